"""Stage `prepare`: clean, deduplicate and split; nothing of a test set, nor a translation of it, gets into training."""

from __future__ import annotations

import dataclasses
import json
import pathlib
from collections import Counter

from . import rows as r
from .config import Config

# Labelled English sentences; their translations are found among the pairs by their English side.
LABELS = ("wiki_train", "wmt_train", "flores")
TESTS = ("wmt_test", "wiki_held")
# Sources by what they are worth for news, best first; word lists and strings of programs last.
WORTH = {
    "opusmt-wmtnews": 0,
    "wmt22-general": 0,
    "wmt23-general": 0,
    "xwmt": 0,
    "korean-news": 0,
    "hornmt": 0,
    "flores200": 0,
    "gunnxx-idmt": 1,
    "tico19": 1,
    "flores1-wiki": 1,
    "opusmt-multi30k": 2,
    "opusmt-tatoeba": 2,
    "laser-tatoeba": 2,
    "tico19-terms": 3,
    "mozilla-www": 3,
}


class Tests:
    """The test sentences, and what counts as a copy of one."""

    def __init__(self, data: pathlib.Path, overlap: float):
        self.overlap = overlap
        texts = [row.sentences[0] for name in TESTS for row in r.labelled(data / f"labels/{name}.tsv")]
        for path in (data / "labels/events_test").glob("*.tsv"):
            texts += [line.split("\t")[-1] for line in path.read_text(encoding="utf-8").splitlines()]
        self.texts = {r.plain(text) for text in texts}
        self.runs: dict[str, set[int]] = {}
        self.sizes = []
        for i, text in enumerate(sorted(self.texts)):
            found = r.runs(text)
            self.sizes.append(len(found))
            for run in found:
                self.runs.setdefault(run, set()).add(i)

    def hold(self, text: str) -> bool:
        """Whether `text` is a test sentence or holds a good part of one."""
        if r.plain(text) in self.texts:
            return True
        hits = Counter(i for run in r.runs(text) for i in self.runs.get(run, ()))
        return any(n >= min(3, self.sizes[i]) and n >= self.overlap * self.sizes[i] for i, n in hits.items())


def run(config: Config) -> None:
    out = config.work / "prepared"
    out.mkdir(parents=True, exist_ok=True)
    tests = Tests(config.data, config.prepare.overlap)
    dropped: Counter[str] = Counter()

    def clean(text: str, where: str) -> bool:
        if tests.hold(text):
            dropped[where] += 1
            return False
        return True

    whole = r.articles(config.data / "authored") + (r.articles(config.own) if config.own.exists() else [])
    whole = [row for row in whole if clean(" ".join([row.title, *row.sentences]), "articles")]
    for row in whole:
        row.dev = r.lot(row.id, config.prepare.dev_articles)

    english: dict[str, r.Row] = {}
    for name in LABELS:
        for row in r.labelled(config.data / f"labels/{name}.tsv"):
            if clean(row.english, name):
                # All translations of a sentence fall on the same side, and so do sentences that differ in signs only.
                row.dev = r.lot(r.plain(row.english), config.prepare.dev_sentences)
                english.setdefault(" ".join(row.english.split()), row)

    dev = {r.plain(row.english) for row in english.values() if row.dev}
    single = list(english.values())
    counts: Counter[str] = Counter()
    verdicts: dict[str, bool] = {}
    with (out / "pairs.tsv").open("w", encoding="utf-8") as pairs:
        for lang in r.languages(config.data):
            lines = [(s, " ".join(a.split()), " ".join(b.split())) for s, a, b in r.pairs(config.data / f"parallel/{lang}.tsv.zst")]
            for _, left, _ in lines:
                if left not in verdicts:
                    verdicts[left] = clean(left, "pairs")
            # The translation of a test sentence may stand beside other English words too.
            seen = {r.plain(right) for _, left, right in lines if not verdicts[left]}
            for source, left, right in lines:
                key = r.plain(right)
                if key in seen or tests.hold(right):
                    continue
                seen.add(key)
                row = english.get(left)
                if row is not None:
                    single.append(dataclasses.replace(row, id=f"{row.id}-{lang}", lang=lang, sentences=[right]))
                if r.plain(left) not in dev:
                    pairs.write(f"{lang}\t{WORTH.get(source, 2)}\t{left}\t{right}\n")
                    counts[lang] += 1

    r.write_rows(out / "articles.jsonl", whole)
    r.write_rows(out / "sentences.jsonl", single)
    report = {
        "articles": len(whole),
        "sentences": len(single),
        "sentences_english": len(english),
        "pairs": sum(counts.values()),
        "dropped_as_test": dict(dropped),
        "pairs_by_language": dict(counts.most_common()),
    }
    (out / "report.json").write_text(json.dumps(report, indent=1))
    print({k: v for k, v in report.items() if k != "pairs_by_language"})
