"""Stage `tokenizer`: a unigram vocabulary that is fair to languages.

Words carry no mark of their beginning: a stem is the same piece alone, behind an Arabic or Hebrew clitic, behind a Bantu
prefix and in a German compound. Arabic letters that stand for one another (alef with its hamzas, the two yehs and kafs)
become one, vowel signs and the stretching tatweel fall away.
"""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

from . import rows as r
from .config import Config

OPEN, PAD, CLOSE, UNKNOWN, MASK = "<s>", "<pad>", "</s>", "<unk>", "<mask>"
FOLDS = [
    # Vowel signs and the tatweel; alefs; yehs; kafs; the feminine ending; waw with hamza.
    ("[\u0610-\u061a\u064b-\u065f\u0670\u0640]", ""),
    ("[\u0622\u0623\u0625\u0671]", "\u0627"),
    ("[\u064a\u0649]", "\u06cc"),
    ("\u0643", "\u06a9"),
    ("[\u06c0\u0629]", "\u0647"),
    ("\u0624", "\u0648"),
]
# Languages in Arabic letters have a vocabulary of their own: trained with all others, the few texts would get few pieces.
ARABIC = frozenset("ar ckb fa prs ps ug ur".split())


def empty() -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram())
    folds = [normalizers.Replace(Regex(pattern), into) for pattern, into in FOLDS]
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase(), *folds])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Punctuation(),
            pre_tokenizers.Digits(individual_digits=True),
        ]
    )
    return tokenizer


def sample(config: Config, arabic: bool, characters: int) -> list[str]:
    """Texts of the languages in Arabic letters or of all others, small ones above their share."""
    prepared = config.work / "prepared"
    by_language: dict[str, list[str]] = defaultdict(list)
    english = set()
    for line in (prepared / "pairs.tsv").open(encoding="utf-8"):
        lang, worth, left, right = line.rstrip("\n").split("\t")
        if worth != "3" and (lang in ARABIC) == arabic:
            by_language[lang].append(right)
            english.add(left)
    if not arabic:
        english |= {row.english for row in r.read_rows(prepared / "sentences.jsonl") if row.lang == "en" and not row.dev}
        by_language["en"] = sorted(english)
    for path in sorted((config.data / "mono").glob("*.txt.zst")):
        lang = path.name.split(".")[1]
        if (lang in ARABIC) == arabic:
            by_language[lang] += r.unpacked(path).splitlines()
    generator = random.Random(config.seed)
    texts: list[str] = []
    for row in r.read_rows(prepared / "articles.jsonl"):
        if not row.dev and (row.lang in ARABIC) == arabic:
            texts += [" ".join([row.title, *row.sentences])] * config.vocabulary.articles
    weights = {lang: sum(map(len, lines)) ** config.vocabulary.balance for lang, lines in by_language.items()}
    total = sum(weights.values())
    for lang, lines in sorted(by_language.items()):
        room = characters * weights[lang] / total
        generator.shuffle(lines)
        for line in lines:
            if room <= 0:
                break
            texts.append(line)
            room -= len(line)
    for path in sorted((config.data / "lexicons").glob("lexicon_*.tsv")):
        if (path.stem.removeprefix("lexicon_") in ARABIC) == arabic:
            texts += [name for _, name in r.lexicon(path)]
    generator.shuffle(texts)
    return texts


def train(texts: list[str], size: int) -> list[tuple[str, float]]:
    """Pieces and their log-probabilities, without the special ones."""
    print(f"{len(texts)} texts, {sum(map(len, texts)) / 1e6:.1f} million characters", flush=True)
    tokenizer = empty()
    trainer = trainers.UnigramTrainer(
        vocab_size=size,
        special_tokens=[UNKNOWN],
        unk_token=UNKNOWN,
        max_piece_length=16,
        n_sub_iterations=2,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return [(piece, score) for piece, score in json.loads(tokenizer.to_str())["model"]["vocab"] if piece != UNKNOWN]


def merge(*vocabularies: list[tuple[str, float]]) -> Tokenizer:
    """One tokenizer of several vocabularies; a piece of two keeps the better score."""
    best: dict[str, float] = {}
    for vocabulary in vocabularies:
        for piece, score in vocabulary:
            best[piece] = max(score, best.get(piece, score))
    special = [(name, 0.0) for name in (OPEN, PAD, CLOSE, UNKNOWN, MASK)]
    pieces = special + sorted(best.items(), key=lambda item: (-item[1], item[0]))
    tokenizer = empty()
    tokenizer.model = models.Unigram(pieces, unk_id=3, byte_fallback=False)
    tokenizer.add_special_tokens([name for name, _ in special])
    return tokenizer


def run(config: Config) -> None:
    options = config.vocabulary
    rest = train(sample(config, False, options.characters), options.size)
    arabic = train(sample(config, True, options.arabic_characters), options.arabic)
    tokenizer = merge(rest, arabic)
    tokenizer.save(str(config.work / "tokenizer.json"), pretty=False)
    print(tokenizer.get_vocab_size(), json.dumps(pieces_per_word(config, tokenizer)), flush=True)


def pieces_per_word(config: Config, tokenizer: Tokenizer) -> dict[str, float]:
    """Mean pieces of a word in the articles kept for development, by language; per character where words are not spaced."""
    words, pieces = Counter(), Counter()
    for row in r.read_rows(config.work / "prepared/articles.jsonl"):
        if row.dev:
            text = " ".join([row.title, *row.sentences])
            words[row.lang] += len(text) if row.lang in ("zh", "ja", "th") else len(text.split())
            pieces[row.lang] += len(tokenizer.encode(text, add_special_tokens=False).ids)
    return {lang: round(pieces[lang] / words[lang], 2) for lang in sorted(words)}
