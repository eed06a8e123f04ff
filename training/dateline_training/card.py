"""The tables of the model card, written between its markers from the last evaluation, so that card and figures agree."""

from __future__ import annotations

import json
import re

from .config import Config


def write(config: Config) -> None:
    """Fills `<!-- name -->...<!-- /name -->` in the bundle's README.md; a marker without figures keeps what it has."""
    path = config.bundle / "README.md"
    text = path.read_text(encoding="utf-8")
    for name, table in tables(config).items():
        text, found = re.subn(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", lambda m, t=table: m[1] + t + m[2], text, flags=re.DOTALL)
        if not found:
            raise SystemExit(f"{path}: lacks the markers of {name!r}")
    path.write_text(text, encoding="utf-8")


def tables(config: Config) -> dict[str, str]:
    def read(name: str) -> dict:
        path = config.work / f"{name}.json"
        return json.loads(path.read_text()) if path.exists() else {}

    evaluation, baselines, join = read("evaluation"), read("baselines"), read("join")
    made = {}
    if evaluation:
        made["quality"] = by_language(evaluation["quality"])
        made["heads"] = by_set(evaluation["tests"])
        made["reliability"] = reliability(evaluation["reliability"])
        made["articles"] = articles(evaluation["articles"])
        made["pieces"] = ", ".join(f"{lang} {value}" for lang, value in evaluation["pieces"].items()) + "\n"
    if evaluation and baselines:
        made["baselines"] = compared(evaluation["tests"], baselines)
    if join:
        ways = ("head", "names", "both")
        rows = [[kind, *(share(found[way]) for way in ways)] for kind, found in join["ablation"].items()]
        made["ablation"] = table(["development rows", "head alone", "names alone", "both"], rows)
    return made


def share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}".lstrip("0") if value < 1 else "1"


def table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


def by_language(quality: dict[str, dict]) -> str:
    heads = ["language", "items", "event type", "macro F1", "not OTHER", "a right country first", "calibration error", "summary overlap"]
    keys = [
        "event_accuracy",
        "event_macro_f1",
        "event_accuracy_not_other",
        "country_accuracy",
        "event_calibration_error",
        "summary_overlap",
    ]
    return table(heads, [[lang, str(q["items"])] + [share(q.get(key)) for key in keys] for lang, q in quality.items()])


def by_set(sets: dict[str, dict]) -> str:
    keys = ["event", "macro_f1", "not_other", "country_head", "mode", "ece"]
    heads = ["test", "items", "event type", "macro F1", "not OTHER", "country, head alone", "mode", "calibration error"]
    rows = [[name, str(figures["items"])] + [share(figures.get(key)) for key in keys] for name, figures in sets.items()]
    for prefix in ("events_test", "wmt_test"):
        # English is the original; the mean is of the translations.
        parts = [figures for name, figures in sets.items() if name.startswith(prefix) and name != f"{prefix} en"]
        means = [sum(part[key] for part in parts if key in part) / max(sum(key in part for part in parts), 1) for key in keys]
        rows.append([f"**{prefix}, mean of {len(parts)} languages**", str(sum(p["items"] for p in parts))] + [share(m) for m in means])
    return table(heads, rows)


def reliability(groups: dict[str, list[dict]]) -> str:
    heads = ["score", *(f"{name}: items / mean score / right" for name in groups)]
    rows = []
    for low in sorted({line["from"] for lines in groups.values() for line in lines}):
        cells = []
        for lines in groups.values():
            line = next((line for line in lines if line["from"] == low), None)
            cells.append(f"{line['items']} / {share(line['score'])} / {share(line['right'])}" if line else "-")
        rows.append([f"{low:.1f} to {low + 0.1:.1f}", *cells])
    return table(heads, rows)


def articles(by_lang: dict[str, dict]) -> str:
    keys = ["event", "not_other", "country_head", "mode", "overlap", "lead"]
    heads = ["language", "articles", "event type", "not OTHER", "country, head alone", "mode", "summary overlap", "the first sentences"]
    return table(heads, [[lang, str(f["items"])] + [share(f.get(key)) for key in keys] for lang, f in by_lang.items()])


def compared(tests: dict[str, dict], baselines: dict[str, dict]) -> str:
    names = list(baselines)
    rows = []
    for name in next(iter(baselines.values())):
        cells = [f"{share(baselines[model][name]['event'])} / {share(baselines[model][name]['not_other'])}" for model in names]
        ours = f"{share(tests[name]['event'])} / {share(tests[name].get('not_other'))}"
        rows.append([name, *cells, ours])
    return table(["test: event type / not OTHER", *names, "this model"], rows)
