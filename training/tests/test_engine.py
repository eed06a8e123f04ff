"""What is asked of the engine, and what is made of its answers; the engine itself is stood in for."""

import json
import math

from dateline_training import engine, evaluate
from dateline_training import rows as r


def row(*countries: str, kind: str = "OTHER") -> r.Row:
    return r.Row("a", "en", "", ["x"], kind, countries=list(countries))


def answer(kind: str = "OTHER", score: float = 0.5, **countries: float) -> dict:
    ranked = sorted(countries.items(), key=lambda item: -item[1])
    return {"events": [{"type": kind, "score": score}], "countries": [{"alpha2": code, "score": value} for code, value in ranked]}


def test_the_loss_asks_for_any_right_country_or_for_none():
    assert math.isclose(engine.loss([row("KG", "KZ")], [answer(KG=0.25, KZ=0.25)]), math.log(2))
    assert math.isclose(engine.loss([row()], [answer(KG=0.5)]), math.log(2))
    # A country that is not answered at all costs a lot, but not everything.
    assert math.isclose(engine.loss([row("FR")], [answer(KG=0.9)]), math.log(1000))


def test_accuracy_looks_at_the_first_country_and_at_articles_that_have_one():
    rows = [row("KG"), row("KG"), row("KG"), row()]
    assert engine.accuracy(rows, [answer(KG=0.9, FR=0.1), answer(KG=0.1, FR=0.9), answer(), answer(FR=0.9)]) == 1 / 3


class Fake:
    """An engine that is best where `none` is -3 and `head` is 1.4."""

    def __init__(self):
        self.rows = [row("KG")]

    def score(self, manifest: dict) -> list[dict]:
        join = manifest["tasks"]["country"]["join"]
        return [answer(KG=math.exp(-abs(join["none"] + 3) - abs(join["head"] - 1.4)))]


def manifest() -> dict:
    join = {"head": 1.0, "names": 1.0, "spread": 1.0, "floor": 0.01, "title": 1.0, "decay": 0.2, "none": -5.0}
    return {"tasks": {"country": {"temperature": 1.0, "join": join}}}


def test_the_search_finds_better_weights_and_leaves_what_does_not_matter():
    start = manifest()
    found = engine.search(Fake(), start, rounds=4)["tasks"]["country"]
    assert found["join"] == {**start["tasks"]["country"]["join"], "none": -3.0, "head": 1.4}
    assert found["temperature"] == 1.0
    assert start == manifest()


def test_the_engine_gets_the_rows_and_the_changed_manifest(tmp_path, monkeypatch):
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "config.json").write_text("{}")
    (bundle / "manifest.json").write_text("old")
    program = tmp_path / "dateline"
    # Answers each row with its number of words, and shows the manifest it was given.
    program.write_text(
        "#!/usr/bin/env python3\nimport json, pathlib, sys\n"
        "bundle = pathlib.Path(sys.argv[sys.argv.index('--model') + 1])\n"
        "for line in open(sys.argv[-2]):\n"
        "    article = json.loads(line)\n"
        "    print(json.dumps([article['text'], json.loads((bundle / 'manifest.json').read_text()), '--min-score' in sys.argv]))\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("DATELINE_PROGRAM", str(program))
    rows = [r.Row("1", "en", "", ["One.", "Two."], "OTHER"), r.Row("2", "ja", "", ["一。", "二。"], "OTHER")]
    scored = engine.Engine(bundle, rows)
    assert scored.score({"new": 1}) == [["One. Two.", {"new": 1}, True], ["一。二。", {"new": 1}, True]]
    assert scored.score({"new": 2}, least=None)[0][2] is False
    assert (bundle / "manifest.json").read_text() == "old"


def test_figures_of_the_engine_are_shares_of_the_rows():
    rows = [row("KG", kind="PROTEST"), row("KG", kind="OTHER"), row("FR", kind="CRIME"), row(kind="OTHER")]
    answers = [answer("PROTEST", 0.95, KG=0.9), answer("OTHER", 0.95, FR=0.9), answer("PROTEST", 0.95, FR=0.9), answer("OTHER", 0.95)]
    figures = evaluate.engine_figures(rows, answers)
    assert figures["items"] == 4
    assert figures["event"] == 0.75
    assert figures["not_other"] == 0.5
    assert figures["country"] == round(2 / 3, 3)
    assert figures["ece"] == 0.2
    assert figures["macro_f1"] == round((2 / 3 + 0 + 1) / 3, 3)
    assert json.dumps(figures)
