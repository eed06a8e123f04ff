"""Stage `join`: the weights that join the country head with the names found, learned through the engine itself.

The engine finds the names, so it also judges: coordinate search over what joins the head in `tasks.country` of the
manifest, on development articles and sentences, for the least log loss of the right country (of "none" where there is
none) and the fewest wrong first answers; then the thresholds by which most rows are decided rightly. Needs the built
`dateline` program. The ablation (head alone, names alone, both) is measured on the same rows.
"""

from __future__ import annotations

import copy
import json
import math
import os
import pathlib
import random
import subprocess
import tempfile

from . import rows as r
from .config import Config

UNSPACED = ("ja", "zh", "th")
# Steps of the search: factors, or for `none` differences.
FACTORS = (0.7, 1.4)
SHIFTS = (-1.0, 1.0)
# Only what depends on the head. How names are weighed among themselves was fitted on 952 articles before; searched again on
# these short plain ones, it trusts the first name of the lead, which a real article may open with for comparison only.
SEARCHED = ("head",)


def program() -> pathlib.Path:
    """`DATELINE_PROGRAM`, or the release build of this checkout."""
    named = os.environ.get("DATELINE_PROGRAM")
    return pathlib.Path(named) if named else pathlib.Path(__file__).parents[2] / "target/release/dateline"


class Engine:
    """Scores rows with a bundle whose manifest may be changed."""

    def __init__(self, bundle: pathlib.Path, rows: list[r.Row]):
        self.bundle, self.rows = bundle, rows
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)
        (self.path / "bundle").mkdir()
        for file in bundle.iterdir():
            if file.name != "manifest.json":
                (self.path / "bundle" / file.name).symlink_to(file.resolve())
        with (self.path / "rows.jsonl").open("w", encoding="utf-8") as out:
            for row in rows:
                text = ("" if row.lang in UNSPACED else " ").join(row.sentences)
                out.write(json.dumps({"id": row.id, "title": row.title, "text": text}, ensure_ascii=False) + "\n")

    def score(self, manifest: dict, tasks: str = "country", least: float | None = 0.0) -> list[dict]:
        """`least`: the least score of an answer; None: the manifest's thresholds."""
        (self.path / "bundle/manifest.json").write_text(json.dumps(manifest))
        command = [str(program()), "score", "--model", str(self.path / "bundle"), "--tasks", tasks, "--no-evidence", "--log", "error"]
        if least is not None:
            command += ["--min-score", str(least)]
        command += [str(self.path / "rows.jsonl"), "-"]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return [json.loads(line) for line in out.splitlines()]


def loss(rows: list[r.Row], answers: list[dict]) -> float:
    total = 0.0
    for row, answer in zip(rows, answers, strict=True):
        scores = {c["alpha2"]: c["score"] for c in answer["countries"]}
        if row.countries:
            total -= math.log(max(sum(scores.get(c, 0.0) for c in row.countries), 1e-3))
        else:
            total -= math.log(max(1 - sum(scores.values()), 1e-3))
    return total / len(rows)


def accuracy(rows: list[r.Row], answers: list[dict]) -> float:
    """Share of the articles with countries whose first answer is one of them."""
    hits = [
        bool(answer["countries"]) and answer["countries"][0]["alpha2"] in row.countries
        for row, answer in zip(rows, answers, strict=True)
        if row.countries
    ]
    return sum(hits) / len(hits)


def cost(rows: list[r.Row], answers: list[dict]) -> float:
    """What the search lowers: the loss alone would pay for sure answers with wrong first ones."""
    return loss(rows, answers) + 2 * (1 - accuracy(rows, answers))


def decided(rows: list[r.Row], answers: list[dict]) -> float:
    """Share of all rows decided rightly: a right first country, or no country where there is none."""
    right = [
        (answer["countries"][0]["alpha2"] in row.countries) if answer["countries"] else not row.countries
        for row, answer in zip(rows, answers, strict=True)
    ]
    return sum(right) / len(right)


def settle(engine: Engine, manifest: dict) -> dict:
    """The manifest with the thresholds by which most rows are decided rightly: with names found, and by the head alone."""
    best, highest = manifest, decided(engine.rows, engine.score(manifest, least=None))
    for value in (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5):
        tried = changed(best, alone=value)
        share = decided(engine.rows, engine.score(tried, least=None))
        if share > highest:
            best, highest = tried, share
    for value in (0.05, 0.12, 0.2, 0.3, 0.4):
        tried = copy.deepcopy(best)
        tried["tasks"]["country"]["threshold"] = value
        share = decided(engine.rows, engine.score(tried, least=None))
        if share > highest:
            best, highest = tried, share
    print(f"decided rightly {highest:.3f}", flush=True)
    return best


def changed(manifest: dict, **join: float) -> dict:
    new = copy.deepcopy(manifest)
    new["tasks"]["country"]["join"] |= join
    return new


def search(engine: Engine, manifest: dict, rounds: int = 2) -> dict:
    """The manifest with better weights."""
    best, lowest = manifest, cost(engine.rows, engine.score(manifest))
    print(f"cost {lowest:.4f}", flush=True)
    for _ in range(rounds):
        before = lowest
        for name in (*SEARCHED, "none", "temperature"):
            for step in SHIFTS if name == "none" else FACTORS:
                if name == "temperature":
                    tried = copy.deepcopy(best)
                    tried["tasks"]["country"]["temperature"] *= step
                else:
                    value = best["tasks"]["country"]["join"][name]
                    tried = changed(best, **{name: value + step if name == "none" else value * step})
                value = cost(engine.rows, engine.score(tried))
                if value < lowest - 1e-4:
                    best, lowest = tried, value
                    break
        print(f"cost {lowest:.4f} {best['tasks']['country']['join']}", flush=True)
        if before - lowest < 1e-3:
            break
    return best


def ablation(engine: Engine, manifest: dict) -> dict[str, float]:
    """Share of first countries that are right: by the head alone, by the names alone, by both."""
    ways = {"head": changed(manifest, names=0.0, spread=0.0), "names": changed(manifest, head=0.0), "both": manifest}
    return {name: round(accuracy(engine.rows, engine.score(way)), 3) for name, way in ways.items()}


def run(config: Config) -> None:
    manifest = json.loads((config.bundle / "manifest.json").read_text())
    rows = [row for row in r.read_rows(config.work / "prepared/articles.jsonl") if row.dev]
    # Sentences of news often name no place that a lexicon knows: without them, the head would count for nothing.
    sentences = [row for row in r.read_rows(config.work / "prepared/sentences.jsonl") if row.dev]
    random.Random(config.seed).shuffle(sentences)
    engine = Engine(config.bundle, rows + sentences[: 2 * len(rows)])
    country = settle(engine, search(engine, manifest))["tasks"]["country"]
    learned = {
        "temperature": round(country["temperature"], 3),
        "threshold": country["threshold"],
        "join": {k: v if isinstance(v, list) else round(v, 4) for k, v in country["join"].items()},
    }
    manifest["tasks"]["country"] |= learned
    learned["ablation"] = {
        "articles": ablation(Engine(config.bundle, rows), manifest),
        "sentences": ablation(Engine(config.bundle, sentences[: 2 * len(rows)]), manifest),
    }
    print(learned["ablation"], flush=True)
    (config.work / "join.json").write_text(json.dumps(learned, indent=1))
