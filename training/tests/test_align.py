"""The student's start: IBM model 1, English by characters, embeddings."""

import json

import numpy as np
import pytest
import torch
from conftest import word
from safetensors.torch import load_file
from tokenizers import Tokenizer, models, pre_tokenizers

from dateline_training import align, vocabulary

WIDTH = 10


def counts_of(pairs, rounds=5):
    """`[piece][english]` expected counts."""
    keys, counts = align.translations(pairs, WIDTH, rounds)
    found = {}
    for key, count in zip(keys.tolist(), counts.tolist(), strict=True):
        found.setdefault(key // WIDTH, {})[key % WIDTH] = count
    return found


def test_model_1_finds_the_translation():
    """Pieces 1, 2, 3 are English 5, 6, 7; each sentence alone leaves it open."""
    found = counts_of([([1, 2], [5, 6]), ([1, 3], [5, 7]), ([2, 3], [7, 6])] * 3, rounds=20)
    for piece, english in ((1, 5), (2, 6), (3, 7)):
        row = found[piece]
        assert max(row, key=row.get) == english
        assert row[english] > 0.99 * sum(row.values())


def test_the_order_of_a_sentence_says_nothing():
    a = counts_of([([1, 2], [5, 6]), ([1, 3], [5, 7])])
    b = counts_of([([2, 1], [6, 5]), ([3, 1], [7, 5])])
    assert a.keys() == b.keys() and all(a[piece] == pytest.approx(b[piece]) for piece in a)


def test_every_english_token_is_counted_once():
    pairs = [([1, 2], [5, 6, 5]), ([3], [7, 8]), ([1, 3, 4], [5])]
    found = counts_of(pairs)
    total = sum(sum(row.values()) for row in found.values())
    assert total == pytest.approx(sum(len(english) for _, english in pairs))
    by_english = {e: sum(row.get(e, 0.0) for row in found.values()) for e in (5, 6, 7, 8)}
    assert by_english == pytest.approx({5: 3, 6: 1, 7: 1, 8: 1})


def test_one_round_by_hand():
    """Without knowledge each English token is shared evenly by the pieces of its sentence."""
    found = counts_of([([1, 2], [5]), ([1], [5, 6])], rounds=1)
    assert found == {1: {5: pytest.approx(1.5), 6: pytest.approx(1.0)}, 2: {5: pytest.approx(0.5)}}


def whole_words(pieces: list[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece({piece: i for i, piece in enumerate(pieces)}, unk_token=pieces[0]))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return tokenizer


def test_english_is_counted_by_shared_characters():
    """`harbour` is `harb` + `our` for the teacher: four and three of seven characters."""
    teacher = whole_words(["?", "harb", "##our", "old", "s", "##ea"])
    student = vocabulary.merge([("harbour", -1.0), ("old", -1.0), ("s", -1.0), ("ea", -1.0)])
    keys, counts = align.english_counts(["Old harbour".lower(), "sea"], student, teacher, WIDTH)
    found = {(key // WIDTH, key % WIDTH): count for key, count in zip(keys.tolist(), counts.tolist(), strict=True)}
    ours, theirs = student.token_to_id, teacher.token_to_id
    assert found == pytest.approx({
        (ours("old"), theirs("old")): 1, (ours("harbour"), theirs("harb")): 4 / 7, (ours("harbour"), theirs("##our")): 3 / 7,
        (ours("s"), theirs("s")): 1, (ours("ea"), theirs("##ea")): 1,
    })  # fmt: skip


def test_embeddings_are_weighted_means_of_the_stated_length():
    torch.manual_seed(0)
    words = torch.randn(WIDTH, 8)
    # Piece 2 is word 4; piece 3 is words 4 and 5 alike; piece 4 was seen too seldom.
    keys, counts = np.array([24, 34, 35, 46]), np.array([7.0, 2.0, 2.0, 0.3])
    table, known = align.embeddings(keys, counts, words, 6)
    length = words.norm(dim=1).median()
    assert known == 2 and table.shape == (6, 8)
    torch.testing.assert_close(table[2:4].norm(dim=1), length.expand(2))
    torch.testing.assert_close(torch.cosine_similarity(table[2], words[4], 0), torch.tensor(1.0))
    torch.testing.assert_close(torch.cosine_similarity(table[3], words[4] + words[5], 0), torch.tensor(1.0))
    again, _ = align.embeddings(keys, counts, words, 6)
    assert torch.equal(table, again)


def test_the_student_starts_as_the_teacher(toy, tokenizer):
    """Its layers, its special pieces, and a frequent word beside its translation."""
    folder = align.teacher_folder()
    stored, made = load_file(folder / "model.safetensors"), load_file(toy.work / "aligned.safetensors")
    teacher = Tokenizer.from_file(str(folder / "tokenizer.json"))
    table, words = made.pop("bert.embeddings.word_embeddings.weight"), stored["embeddings.word_embeddings.weight"]
    assert made and all(torch.equal(tensor, stored[name.removeprefix("bert.")]) for name, tensor in made.items())
    assert not any("pooler" in name for name in made)
    for ours, theirs in align.SPECIAL.items():
        assert torch.equal(table[tokenizer.token_to_id(ours)], words[teacher.token_to_id(theirs)])
    shape = json.loads((toy.work / "config.json").read_text())
    assert shape["vocab_size"] == len(table) == tokenizer.get_vocab_size()
    assert shape["pad_token_id"] == tokenizer.token_to_id(vocabulary.PAD)

    def vector(part, text, rows):
        return rows[part.encode(text, add_special_tokens=False).ids].mean(0)

    names = ["railway", "bridge", "museum", "market", "harbour"]
    for lang in ("ky", "ar", "zz"):
        right = 0
        for name in names:
            ours = vector(tokenizer, word(name, lang), table)
            scores = [torch.cosine_similarity(ours, vector(teacher, other, words), 0) for other in names]
            right += names[int(torch.stack(scores).argmax())] == name
        assert right >= 4, lang
