"""Temperatures, weights, thresholds."""

import json

import numpy as np
import pytest

from dateline_training import calibrate
from dateline_training.model import EVENTS, OTHER

TYPES = len(EVENTS)


def drawn(items: int, temperature: float, other: float, seed: int, scale: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    """Logits and gold types such that `(logits + other) / temperature` are the true log-odds."""
    generator = np.random.default_rng(seed)
    true = generator.normal(size=(items, TYPES)) * scale
    gold = np.array([generator.choice(TYPES, p=p) for p in calibrate.softmax(true)])
    logits = true * temperature
    logits[:, OTHER] -= other
    return logits.astype(np.float32), gold


def test_fit_recovers_what_the_logits_were_made_with():
    parts = {}
    for seed, (name, temperature) in enumerate((("en", 0.7), ("seen", 1.6), ("unseen", 2.5))):
        logits, gold = drawn(6000, temperature, 1.2, seed)
        parts[name] = (logits, gold, np.ones(len(gold)))
    learned = calibrate.fit(parts)
    assert learned["temperatures"] == pytest.approx({"en": 0.7, "seen": 1.6, "unseen": 2.5}, rel=0.06)
    assert learned["other"] == pytest.approx(1.2, abs=0.2)


def test_after_the_fit_scores_are_honest():
    logits, gold = drawn(6000, 2.5, 0.0, 9)
    learned = calibrate.fit({"en": (logits, gold, np.ones(len(gold)))})
    before = calibrate.calibration_error(calibrate.softmax(logits), gold)
    after = calibrate.calibration_error(calibrate.adjusted(logits, learned, "en"), gold)
    assert after < 0.03 < before


def test_weights_move_the_bias_of_other():
    """OTHER is rare among the rows and a third of real news: weighing it up raises its bias."""
    logits, gold = drawn(6000, 1.0, 0.0, 4)
    even = calibrate.fit({"en": (logits, gold, np.ones(len(gold)))})
    weighed = calibrate.fit({"en": (logits, gold, calibrate.weights(gold))})
    assert weighed["other"] > even["other"] + 1


@pytest.mark.parametrize("share", [0.04, 0.35, 0.9])
def test_weights_give_other_its_share(share):
    gold = np.array([OTHER] * round(100 * share) + [0] * round(100 * (1 - share)))
    weight = calibrate.weights(gold)
    assert weight[gold == OTHER].sum() / weight.sum() == pytest.approx(calibrate.OTHER_SHARE)
    assert weight.sum() == pytest.approx(len(gold))


def test_weights_of_rows_without_other_are_even():
    assert len(set(calibrate.weights(np.zeros(5, int)))) == 1


def test_calibration_error_of_known_cases():
    certain = np.eye(TYPES)[[0, 1, 2, 3]]
    assert calibrate.calibration_error(certain, np.array([0, 1, 2, 3])) == 0.0
    assert calibrate.calibration_error(certain, np.array([4, 4, 4, 4])) == pytest.approx(1.0)
    assert calibrate.calibration_error(certain, np.array([0, 1, 4, 4])) == pytest.approx(0.5)
    # Two bins: 0.85 with all right, 0.65 with half right, evenly many.
    rows = np.zeros((4, TYPES))
    rows[:2, 0], rows[:2, 1] = 0.85, 0.15
    rows[2:, 0], rows[2:, 1] = 0.65, 0.35
    assert calibrate.calibration_error(rows, np.array([0, 0, 0, 1])) == pytest.approx((0.15 + 0.15) / 2)


def test_adjusted_by_hand():
    logits = np.zeros((1, TYPES))
    logits[0, 0] = 2.0
    learned = {"temperatures": {"en": 1.0, "seen": 2.0, "unseen": 4.0}, "other": 3.0}
    for lang, temperature in (("en", 1.0), ("ky", 2.0), ("is", 4.0)):
        odds = calibrate.adjusted(logits, learned, lang)[0]
        assert odds.sum() == pytest.approx(1.0)
        assert np.log(odds[OTHER] / odds[0]) == pytest.approx(1.0 / temperature)
        assert np.log(odds[0] / odds[1]) == pytest.approx(2.0 / temperature)
    # The logits that were given stay as they were.
    assert logits[0, OTHER] == 0.0


def answers(**given) -> calibrate.Answers:
    """Answers of which a test states only what it reads."""
    items = len(next(iter(given.values())))
    empty = {
        "logits": np.zeros((items, TYPES)), "event": np.zeros(items, int), "also": [[]] * items, "country": np.zeros((items, 2)),
        "countries": [[]] * items, "mode": np.zeros((items, 2)), "mode_gold": np.full(items, -1), "salience": [np.zeros(0)] * items,
        "salient": [set()] * items,
    }  # fmt: skip
    return calibrate.Answers(**(empty | given))


def test_further_lies_between_right_and_wrong_second_types():
    rows = np.zeros((4, TYPES))
    rows[:, 0] = 0.6
    rows[:2, 1] = 0.31
    rows[2:, 1] = 0.17
    threshold = calibrate.further(rows, answers(also=[[1], [1], [], []]))
    assert 0.17 < threshold <= 0.31


def test_abstain_lies_where_half_of_the_answers_are_wrong():
    """Right with the score itself as chance: fewer than half below one half. Always right: no need to abstain."""
    generator = np.random.default_rng(1)
    score = generator.uniform(0.15, 1.0, 4000)
    rows = np.zeros((4000, TYPES))
    rows[:, 0] = score
    rows[:, 1:] = (1 - score)[:, None] / (TYPES - 1)
    honest = np.where(generator.uniform(size=4000) < score, 0, 1)
    assert calibrate.abstain(rows, honest) == 0.5
    assert calibrate.abstain(rows, np.zeros(4000, int)) < 0.2


def test_position_costs_only_where_the_lead_is_the_summary():
    lead = answers(salience=[np.array([0.50, 0.52, 0.54, 0.56])] * 3, salient=[{0, 1}] * 3)
    late = answers(salience=[np.array([0.2, 0.2, 0.3, 0.35])] * 3, salient=[{2, 3}] * 3)
    # The least cost that does it: what follows gains 0.02 a sentence.
    assert calibrate.position(lead) in (0.02, 0.04)
    assert calibrate.position(late) == 0.0


def test_the_stage_writes_what_the_next_ones_read(trained):
    config, _ = trained
    calibrate.run(config)
    learned = json.loads((config.work / "calibration.json").read_text())
    assert set(learned) >= {"temperatures", "other", "ece", "further", "abstain", "position"}
    assert set(learned["temperatures"]) == {"en", "seen", "unseen"}
    assert all(temperature > 0 for temperature in learned["temperatures"].values())


def test_a_group_without_a_mistake_has_a_temperature_too():
    gold = np.arange(40) % 23
    logits = np.eye(23, dtype=np.float32)[gold] * 30
    learned = calibrate.fit({"en": (logits, gold, np.ones(40))})
    assert 0.01 < learned["temperatures"]["en"] <= 1
    assert np.isfinite(learned["other"])
