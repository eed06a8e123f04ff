"""The figures, against numbers worked by hand and scikit-learn's."""

import json

import numpy as np
import pytest
from conftest import HELD, TESTS, translate
from sklearn.metrics import f1_score
from test_calibrate import answers

from dateline_training import calibrate, evaluate
from dateline_training.model import EVENTS, OTHER

TYPES = len(EVENTS)


def test_macro_f1_by_hand():
    # 0: two of three found, one too many; 1: found; 2: missed; 3 is no gold type.
    gold, guess = np.array([0, 0, 0, 1, 2]), np.array([0, 0, 3, 1, 0])
    assert evaluate.macro_f1(gold, guess) == pytest.approx((2 * 2 / 6 + 1.0 + 0.0) / 3)


def test_macro_f1_is_that_of_scikit_learn():
    generator = np.random.default_rng(2)
    for _ in range(20):
        gold, guess = generator.integers(0, 6, 40), generator.integers(0, 8, 40)
        expected = f1_score(gold, guess, labels=np.unique(gold), average="macro", zero_division=0)
        assert evaluate.macro_f1(gold, guess) == pytest.approx(expected)


def certain(guess: list[int], scores: list[float]) -> np.ndarray:
    rows = np.zeros((len(guess), TYPES))
    for row, kind, score in zip(rows, guess, scores, strict=True):
        row[:] = (1 - score) / (TYPES - 1)
        row[kind] = score
    return rows


def test_reliability_by_hand():
    table = evaluate.reliability(certain([0, 0, 0, 1], [0.95, 0.93, 0.45, 0.41]), np.array([0, 1, 0, 0]))
    assert table == [
        {"from": 0.4, "items": 2, "score": 0.43, "right": 0.5},
        {"from": 0.9, "items": 2, "score": 0.94, "right": 0.5},
    ]


def test_reliability_counts_every_item():
    generator = np.random.default_rng(3)
    rows = calibrate.softmax(generator.normal(size=(500, TYPES)) * 3)
    assert sum(line["items"] for line in evaluate.reliability(rows, np.zeros(500, int))) == 500
    # Also those at the very end.
    assert evaluate.reliability(np.eye(TYPES)[[0]], np.array([0]))[0]["items"] == 1


def test_overlap_by_hand():
    found = answers(salience=[np.array([0.1, 0.9, 0.8]), np.array([0.9, 0.1, 0.2, 0.3]), np.array([0.5])], salient=[{1, 2}, {0, 1}, set()])
    # Two of two, one of two; the item without marks counts nowhere. The lead: one of two, two of two.
    assert evaluate.overlap(found, 0.0) == {"overlap": 0.75, "lead": 0.75}
    # Costs of the place: 0.1, 0.4, -0.2 and 0.9, -0.4, -0.8, -1.2.
    assert evaluate.overlap(found, 0.5) == {"overlap": 0.75, "lead": 0.75}
    assert evaluate.overlap(answers(salient=[set()]), 0.0) == {}


def test_figures_by_hand():
    found = answers(
        event=np.array([0, 1, OTHER, OTHER]), country=np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [0.0, 1.0]]),
        countries=[[0], [0], [], [1, 0]], mode=np.array([[1.0, 0.0]] * 4), mode_gold=np.array([0, 1, -1, -1]),
    )  # fmt: skip
    report = evaluate.figures(found, certain([0, 2, OTHER, 0], [0.8, 0.8, 0.8, 0.8]))
    assert report == {
        "items": 4, "event": 0.5, "macro_f1": round((2 / 3 + 0 + 2 / 3) / 3, 3), "not_other": 0.5, "country_head": 0.667, "mode": 0.5,
        "ece": 0.3, "mean_score": 0.8,
    }  # fmt: skip


def test_the_test_sets_are_the_labelled_ones_and_their_translations(toy):
    sets = evaluate.tests(toy)
    assert [row.id for row in sets["wiki_held en"]] == [row.id for row in HELD]
    assert [row.id for row in sets["wmt_test en"]] == [row.id for row in TESTS]
    assert [(row.id, row.sentences, row.type, row.lang) for row in sets["events_test ky"]] == [
        (row.id, [translate(row.english, "ky")], row.type, "ky") for row in HELD
    ]
    # Too few translations make no set.
    assert "wmt_test ky" not in sets


@pytest.fixture
def no_engine(monkeypatch):
    """The built program is not part of these tests (test_engine.py has what is asked of it)."""
    monkeypatch.setattr(evaluate, "through_engine", lambda config, articles: ({}, {}))


def test_the_stage_reports_all_sets(trained, no_engine):
    config, _ = trained
    calibrate.run(config)
    evaluate.run(config)
    report = json.loads((config.work / "evaluation.json").read_text())
    assert set(report["tests"]) == {"wiki_held en", "wmt_test en", "events_test ky"}
    assert set(report["articles"]) == {"all", "en", "ky", "ar"}
    assert report["tests"]["wmt_test en"]["event"] > 0.7
    assert sum(line["items"] for line in report["reliability"]["en"]) == len(HELD) + len(TESTS)


def test_the_score_of_all_articles_is_the_mean_of_the_languages(trained, no_engine):
    """Each article is read with the temperature of its own language."""
    config, _ = trained
    calibrate.run(config)
    learned = json.loads((config.work / "calibration.json").read_text())
    learned["temperatures"] = {"en": 1.0, "seen": 2.0, "unseen": 9.0}
    (config.work / "calibration.json").write_text(json.dumps(learned))
    evaluate.run(config)
    report = json.loads((config.work / "evaluation.json").read_text())["articles"]
    parts = [report[lang] for lang in ("en", "ky", "ar")]
    expected = sum(part["mean_score"] * part["items"] for part in parts) / report["all"]["items"]
    assert report["all"]["mean_score"] == pytest.approx(expected, abs=0.002)
