"""Folds, offsets and the borders of pieces."""

import dataclasses
from collections import Counter

import pytest
from conftest import TESTS, translate
from tokenizers import Tokenizer, models

from dateline_training import rows as r
from dateline_training import vocabulary

FIVE = [(name, 0.0) for name in (vocabulary.OPEN, vocabulary.PAD, vocabulary.CLOSE, vocabulary.UNKNOWN, vocabulary.MASK)]


def made_of(pieces: list[str]) -> Tokenizer:
    """A tokenizer of these pieces and of all letters that the tests use, each far less likely."""
    letters = sorted({c for c in "abcdefghijklmnopqrstuvwxyz0123456789" + "ابتثجحخدذرزسشصضطظعغفقلمنهویکپچژگئء" + ".,!؟،«»"})
    return vocabulary.merge([(piece, -5.0) for piece in pieces], [(letter, -12.0) for letter in letters])


def cut(tokenizer: Tokenizer, text: str) -> list[str]:
    """The original text of each piece."""
    return [text[a:b] for a, b in tokenizer.encode(text, add_special_tokens=False).offsets]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("أحمد", "احمد"),
        ("إيران", "ایران"),
        ("آب", "اب"),
        ("مصطفى", "مصطفي"),
        ("كتاب", "کتاب"),
        ("حكومة", "حكومه"),
        ("مؤتمر", "موتمر"),
        ("خانۀ", "خانه"),
        ("قُتِلَ", "قتل"),
        ("هٰذا", "هذا"),
        ("مـــصر", "مصر"),
        # A letter and its hamza as two signs.
        ("ا\u0654حمد", "أحمد"),
        ("ﻼ", "لا"),
        ("ÉCOLE", "école"),
        ("ﬁn", "fin"),
    ],
)
def test_folds_make_one_of_what_is_written_in_two_ways(one, other):
    normalise = vocabulary.empty().normalizer.normalize_str
    assert normalise(one) == normalise(other) != ""


def test_all_arabic_letters_stay():
    """A fold takes vowel signs away, no letter."""
    letters = "ءابتثجحخدذرزسشصضطظعغفقلمنهوپچژگکیئے"
    assert vocabulary.empty().normalizer.normalize_str(letters) == letters


@pytest.mark.parametrize("text", ["قُتِلَ ثلاثةُ أشخاصٍ في القاهِرة.", "Der ﬁnale Oﬃzier, №5 ½!", "مـــصر اليوم"])
def test_offsets_cut_the_original_text(text):
    tokenizer = made_of(["قتل", "ثلاثه", "اشخاص", "القاهره", "finale", "offizier", "مصر"])
    encoded = tokenizer.encode(text, add_special_tokens=False)
    normalise = tokenizer.normalizer.normalize_str
    for token, (a, b) in zip(encoded.tokens, encoded.offsets, strict=True):
        assert 0 <= a < b <= len(text)
        assert token == normalise(text[a:b]) or token in normalise(text[a:b])
    # Every letter belongs to a piece.
    covered = {at for a, b in encoded.offsets for at in range(a, b)}
    assert {at for at, c in enumerate(text) if c.isalpha()} <= covered


def test_a_sign_belongs_to_the_piece_of_its_letter():
    assert cut(made_of(["قتل"]), "قُتِلَ")[0].startswith("قُتِل")


def test_no_piece_crosses_a_border(tokenizer):
    """Neither in the vocabulary nor in a text: no space, no punctuation with letters, no two digits."""
    for piece in tokenizer.get_vocab():
        if piece in dict(FIVE):
            continue
        assert not any(c.isspace() for c in piece), piece
        assert len(piece) == 1 or not any(c in ".,!?«»" for c in piece), piece
        assert sum(c.isdigit() for c in piece) == 0 or len(piece) == 1, piece
    for row in TESTS[:5]:
        for lang in ("en", "ky", "ar", "zz"):
            text = translate(row.english, lang).replace(" ", ", ", 2) + " 1984"
            for part in cut(tokenizer, text):
                assert len(part.split()) == 1 and (len(part) == 1 or part.isalpha()), part


def test_a_stem_is_the_same_piece_behind_a_clitic():
    """And inside a compound: no mark of the beginning of a word stands in the way."""
    tokenizer = made_of(["حکومه", "وزیر", "ال", "minister"])
    alone = tokenizer.encode("حكومة", add_special_tokens=False).ids
    assert len(alone) == 1
    for word in ("والحكومة", "للحكومة", "بحكومة"):
        assert alone[0] in tokenizer.encode(word, add_special_tokens=False).ids, word
    (stem,) = tokenizer.encode("Minister", add_special_tokens=False).ids
    assert stem in tokenizer.encode("Innenministers", add_special_tokens=False).ids


def test_merge_keeps_the_better_score_and_the_special_pieces_first():
    tokenizer = vocabulary.merge([("a", -3.0), ("b", -1.0)], [("a", -2.0), ("c", -9.0)])
    assert [tokenizer.id_to_token(i) for i in range(8)] == ["<s>", "<pad>", "</s>", "<unk>", "<mask>", "b", "a", "c"]
    again = Tokenizer.from_str(tokenizer.to_str())
    assert again.encode("abc", add_special_tokens=False).ids == tokenizer.encode("abc", add_special_tokens=False).ids == [6, 5, 7]
    assert isinstance(again.model, models.Unigram)


def test_the_sample_leaves_out_what_is_kept_for_development(toy):
    texts = set(vocabulary.sample(toy, False, 10**9)) | set(vocabulary.sample(toy, True, 10**9))
    prepared = toy.work / "prepared"
    kept = [row.english for row in r.read_rows(prepared / "sentences.jsonl") if row.dev]
    kept += [" ".join([row.title, *row.sentences]) for row in r.read_rows(prepared / "articles.jsonl") if row.dev]
    assert kept and not texts & set(kept)
    assert texts & {row.english for row in r.read_rows(prepared / "sentences.jsonl") if not row.dev}


def test_small_languages_get_more_than_their_share(toy):
    """With power 0 all languages get as many characters."""
    config = dataclasses.replace(toy, vocabulary=dataclasses.replace(toy.vocabulary, balance=0.0, articles=0))
    room = 900
    sizes: Counter[str] = Counter()
    for text in vocabulary.sample(config, False, room):
        if len(text.split()) > 2:
            script = "ky" if "а" <= max(text) <= "я" else "zz" if not text.isascii() else "en"
            sizes[script] += len(text)
    assert set(sizes) >= {"ky", "en"}
    assert max(sizes.values()) < 2 * min(sizes.values())
