"""Stage `evaluate`: one run over everything that was kept out of training; `evaluation.json` holds what the card says.

First the heads alone, one window, in PyTorch; then, as `quality`, what a user gets: the exported bundle in the engine, with
its sentence borders, its language detection and the names found. Needs the built `dateline` program.
"""

from __future__ import annotations

import json
from collections import defaultdict

import numpy as np
from tokenizers import Tokenizer

from . import rows as r
from .calibrate import Answers, adjusted, answers, binned_error, calibration_error, group
from .config import Config
from .engine import Engine, accuracy
from .finetune import Shaper
from .model import EVENTS, OTHER, Student, device_of
from .vocabulary import PAD, pieces_per_word


def tests(config: Config) -> dict[str, list[r.Row]]:
    """The test sets by name; `<set> <language>`."""
    wiki = {row.id: row for row in r.labelled(config.data / "labels/wiki_held.tsv")}
    wmt = {" ".join(row.english.split()): row for row in r.labelled(config.data / "labels/wmt_test.tsv")}
    sets = {"wiki_held en": list(wiki.values()), "wmt_test en": list(wmt.values())}
    for path in sorted((config.data / "labels/events_test").glob("*.tsv")):
        lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
        sets[f"events_test {path.stem}"] = [translated(wiki[line[0]], path.stem, line[-1]) for line in lines if line[0] in wiki]
    for lang in r.languages(config.data):
        found = {}
        for _, left, right in r.pairs(config.data / f"parallel/{lang}.tsv.zst"):
            row = wmt.get(" ".join(left.split()))
            if row is not None:
                found.setdefault(row.id, translated(row, lang, right))
        if len(found) >= 50:
            sets[f"wmt_test {lang}"] = list(found.values())
    return sets


def translated(row: r.Row, lang: str, text: str) -> r.Row:
    return r.Row(row.id, lang, "", [text], row.type, row.mode, row.also, row.countries)


def figures(found: Answers, probabilities: np.ndarray) -> dict[str, float | int]:
    """`probabilities`: of the event types, `[items, types]`."""
    guess = probabilities.argmax(1)
    right = guess == found.event
    report: dict[str, float | int] = {"items": len(guess), "event": float(right.mean()), "macro_f1": macro_f1(found.event, guess)}
    if (found.event != OTHER).any():
        report["not_other"] = float(right[found.event != OTHER].mean())
    first = found.country.argmax(1)
    named = [i for i, gold in enumerate(found.countries) if gold]
    if named:
        report["country_head"] = float(np.mean([first[i] in found.countries[i] for i in named]))
    moded = found.mode_gold >= 0
    if moded.any():
        report["mode"] = float((found.mode.argmax(1) == found.mode_gold)[moded].mean())
    report["ece"] = calibration_error(probabilities, found.event)
    report["mean_score"] = float(probabilities.max(1).mean())
    return {name: value if isinstance(value, int) else round(value, 3) for name, value in report.items()}


def macro_f1(gold: np.ndarray, guess: np.ndarray) -> float:
    """Over the types that occur in the gold labels."""
    scores = []
    for kind in np.unique(gold):
        hits = ((gold == kind) & (guess == kind)).sum()
        scores.append(2 * hits / ((gold == kind).sum() + (guess == kind).sum()))
    return float(np.mean(scores))


def overlap(found: Answers, position: float) -> dict[str, float]:
    """Share of the marked sentences that are chosen, as many as are marked; by the head and by taking the first ones."""
    ours, lead = [], []
    for scores, gold in zip(found.salience, found.salient, strict=True):
        if gold:
            ranked = np.argsort(-(scores - position * np.minimum(np.arange(len(scores)), 12)))[: len(gold)]
            ours.append(len(set(ranked.tolist()) & gold) / len(gold))
            lead.append(len(set(range(len(gold))) & gold) / len(gold))
    return {"overlap": round(float(np.mean(ours)), 3), "lead": round(float(np.mean(lead)), 3)} if ours else {}


def run(config: Config) -> None:
    device = device_of(config.device)
    tokenizer = Tokenizer.from_file(str(config.work / "tokenizer.json"))
    labels = json.loads((config.work / "labels.json").read_text())
    learned = json.loads((config.work / "calibration.json").read_text())
    shape = Shaper(tokenizer, labels["country"], 400)
    student = (
        Student(config.work / "config.json", len(labels["country"])).read(config.work / "finetuned.safetensors").narrow().to(device).eval()
    )
    pad = tokenizer.token_to_id(PAD)
    report: dict[str, dict] = {"tests": {}, "articles": {}, "reliability": {}}
    bins: dict[str, list] = defaultdict(list)

    for name, rows in tests(config).items():
        found = answers(student, [shape(row) for row in rows], pad, device)
        probabilities = adjusted(found.logits, learned, rows[0].lang)
        report["tests"][name] = figures(found, probabilities)
        bins[group(rows[0].lang)].append((probabilities, found.event))
        print(name, report["tests"][name], flush=True)
    for kind, parts in bins.items():
        report["reliability"][kind] = reliability(np.concatenate([p for p, _ in parts]), np.concatenate([g for _, g in parts]))

    by_language = whole_articles(config)
    by_language["all"] = [row for rows in by_language.values() for row in rows]
    for lang, rows in sorted(by_language.items()):
        found = answers(student, [shape(row) for row in rows], pad, device)
        probabilities = np.concatenate([adjusted(found.logits[i : i + 1], learned, row.lang) for i, row in enumerate(rows)])
        report["articles"][lang] = figures(found, probabilities) | overlap(found, learned["position"])
    print("articles", report["articles"]["all"], flush=True)
    report["pieces"] = pieces_per_word(config, tokenizer)
    report["engine"], report["quality"] = through_engine(config, report["articles"])
    (config.work / "evaluation.json").write_text(json.dumps(report, indent=1))


def through_engine(config: Config, articles: dict[str, dict]) -> tuple[dict, dict]:
    """Figures of the engine by test set, and by language over all sets; `articles`: for the overlap of summaries."""
    manifest = json.loads((config.bundle / "manifest.json").read_text())
    sets = tests(config)
    sets |= {f"articles {lang}": rows for lang, rows in whole_articles(config).items()}
    report, by_language = {}, defaultdict(lambda: ([], []))
    for name, rows in sets.items():
        answers = Engine(config.bundle, rows).score(manifest, "country,event", None)
        report[name] = engine_figures(rows, answers)
        by_language[rows[0].lang][0].extend(rows)
        by_language[rows[0].lang][1].extend(answers)
    quality = {}
    for lang, (rows, answers) in sorted(by_language.items()):
        figure = engine_figures(rows, answers)
        quality[TAGS.get(lang, lang)] = {
            "items": figure["items"],
            "event_accuracy": figure["event"],
            "event_macro_f1": figure["macro_f1"],
            "event_accuracy_not_other": figure["not_other"],
            "event_calibration_error": figure["ece"],
            "country_accuracy": figure["country"],
        }
        if "overlap" in articles.get(lang, {}):
            quality[TAGS.get(lang, lang)]["summary_overlap"] = articles[lang]["overlap"]
    return report, quality


# Names of languages in the data that are not BCP-47.
TAGS = {"zht": "zh-Hant"}


def whole_articles(config: Config) -> dict[str, list[r.Row]]:
    by_language = defaultdict(list)
    for row in r.read_rows(config.work / "prepared/articles.jsonl"):
        if row.dev:
            by_language[row.lang].append(row)
    return by_language


def engine_figures(rows: list[r.Row], answers: list[dict]) -> dict[str, float | int]:
    gold = np.array([EVENTS.index(row.type) for row in rows])
    guess = np.array([EVENTS.index(answer["events"][0]["type"]) for answer in answers])
    score = np.array([answer["events"][0]["score"] for answer in answers])
    right = gold == guess
    figure = {
        "items": len(rows),
        "event": float(right.mean()),
        "macro_f1": macro_f1(gold, guess),
        "not_other": float(right[gold != OTHER].mean()),
        "ece": binned_error(score, right),
        "country": accuracy(rows, answers),
    }
    return {name: value if isinstance(value, int) else round(value, 3) for name, value in figure.items()}


def reliability(probabilities: np.ndarray, gold: np.ndarray) -> list[dict[str, float]]:
    """By tenth of the score: items, mean score, share that is right."""
    score, right = probabilities.max(1), probabilities.argmax(1) == gold
    table = []
    for low in np.arange(0, 1, 0.1):
        at = (score > low) & (score <= low + 0.1)
        if at.any():
            table.append(
                {
                    "from": round(float(low), 1),
                    "items": int(at.sum()),
                    "score": round(float(score[at].mean()), 3),
                    "right": round(float(right[at].mean()), 3),
                }
            )
    return table
