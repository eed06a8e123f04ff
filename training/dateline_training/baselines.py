"""Stage `baselines`: what simpler models reach on the same tests: words and characters; the English teacher with a linear probe."""

from __future__ import annotations

import json

import numpy as np
import torch
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier

from . import rows as r
from .config import Config
from .distil import Teacher
from .evaluate import tests
from .model import EVENTS, OTHER, device_of


def text(row: r.Row) -> str:
    return " ".join([row.title, *row.sentences])


def figures(gold: list[str], guess: np.ndarray) -> dict[str, float | int]:
    right = np.array([g == k for g, k in zip(guess, gold, strict=True)])
    event = np.array([kind != EVENTS[OTHER] for kind in gold])
    return {"items": len(gold), "event": round(float(right.mean()), 3), "not_other": round(float(right[event].mean()), 3)}


def run(config: Config) -> None:
    prepared = config.work / "prepared"
    rows = [row for name in ("articles", "sentences") for row in r.read_rows(prepared / f"{name}.jsonl") if not row.dev]
    generator = np.random.default_rng(config.seed)
    rows = [row for row in rows if row.whole or row.lang == "en" or generator.random() < 0.1]
    sets = {name: found for name, found in tests(config).items() if not name.startswith("wmt_test") or name == "wmt_test en"}

    words = TfidfVectorizer(sublinear_tf=True, min_df=2, max_features=200_000)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, min_df=3, max_features=200_000)
    texts = [text(row) for row in rows]
    table = hstack([words.fit_transform(texts), characters.fit_transform(texts)]).tocsr()
    bag = SGDClassifier(loss="log_loss", alpha=3e-6, max_iter=15, random_state=config.seed).fit(table, [row.type for row in rows])
    report: dict[str, dict] = {"words and characters": {}, "teacher, linear probe": {}}
    for name, found in sets.items():
        texts = [text(row) for row in found]
        guess = bag.predict(hstack([words.transform(texts), characters.transform(texts)]).tocsr())
        report["words and characters"][name] = figures([row.type for row in found], guess)

    teacher = Teacher(device_of(config.device))
    english = [row for row in rows if row.lang == "en"]
    with torch.no_grad():
        states = teacher([text(row) for row in english]).cpu().numpy()
        probe = LogisticRegression(C=20.0, max_iter=400).fit(states, [row.type for row in english])
        for name, found in sets.items():
            guess = probe.predict(teacher([text(row) for row in found]).cpu().numpy())
            report["teacher, linear probe"][name] = figures([row.type for row in found], guess)
    print(json.dumps(report, indent=1), flush=True)
    (config.work / "baselines.json").write_text(json.dumps(report, indent=1))
