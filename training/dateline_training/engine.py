"""Stage `join`: the weights that join the country head with the names found, learned through the engine itself.

The engine finds the names, so it also judges: coordinate search over `tasks.country.join` of the manifest, on the
development articles, for the least log loss of the right country (of "none" where there is none). Needs the built
`dateline` program. The ablation (head alone, names alone, both) comes from the same runs.
"""

from __future__ import annotations

import copy
import json
import math
import os
import pathlib
import subprocess
import tempfile

from . import rows as r
from .config import Config

UNSPACED = ("ja", "zh", "th")
# Steps of the search: factors, or for `none` differences.
FACTORS = (0.7, 1.4)
SHIFTS = (-1.0, 1.0)
SEARCHED = ("head", "names", "spread", "floor", "title", "decay")


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


def changed(manifest: dict, **join: float) -> dict:
    new = copy.deepcopy(manifest)
    new["tasks"]["country"]["join"] |= join
    return new


def search(engine: Engine, manifest: dict, rounds: int = 2) -> dict:
    """The manifest with better weights."""
    best, lowest = manifest, loss(engine.rows, engine.score(manifest))
    print(f"log loss {lowest:.4f}", flush=True)
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
                value = loss(engine.rows, engine.score(tried))
                if value < lowest - 1e-4:
                    best, lowest = tried, value
                    break
        print(f"log loss {lowest:.4f} {best['tasks']['country']['join']}", flush=True)
        if before - lowest < 1e-3:
            break
    return best


def ablation(engine: Engine, manifest: dict) -> dict[str, float]:
    """Share of first countries that are right: by the head alone, by the names alone, by both."""
    ways = {"head": changed(manifest, names=0.0, spread=0.0), "names": changed(manifest, head=0.0), "both": manifest}
    return {name: round(accuracy(engine.rows, engine.score(way)), 3) for name, way in ways.items()}


def run(config: Config) -> None:
    bundle = config.bundle
    manifest = json.loads((bundle / "manifest.json").read_text())
    rows = [row for row in r.read_rows(config.work / "prepared/articles.jsonl") if row.dev]
    engine = Engine(bundle, rows)
    best = search(engine, manifest)
    best["tasks"]["country"] = {
        k: {n: [round(x, 4) for x in v] if isinstance(v, list) else round(v, 4) for n, v in part.items()} if k == "join" else part
        for k, part in best["tasks"]["country"].items()
    }
    best["tasks"]["country"]["temperature"] = round(best["tasks"]["country"]["temperature"], 3)
    report = ablation(engine, best)
    print(report, flush=True)
    (config.work / "join.json").write_text(
        json.dumps(
            {
                "temperature": best["tasks"]["country"]["temperature"],
                "join": best["tasks"]["country"]["join"],
                "ablation": report,
            },
            indent=1,
        )
    )
