"""The card's tables."""

import json
from types import SimpleNamespace

import pytest

from dateline_training import card


def test_shares_read_as_in_the_field():
    assert [card.share(x) for x in (0.5, 0.1234, 1.0, 0.0, None)] == [".500", ".123", "1", ".000", "-"]


def test_tables_go_between_their_markers_and_leave_the_rest(tmp_path):
    config = SimpleNamespace(bundle=tmp_path, work=tmp_path)
    (tmp_path / "README.md").write_text("before\n<!-- ablation -->\nold\n<!-- /ablation -->\nafter\n")
    (tmp_path / "join.json").write_text(json.dumps({"ablation": {"articles": {"head": 0.5, "names": 0.25, "both": 1.0}}}))
    card.write(config)
    written = (tmp_path / "README.md").read_text()
    rows = "| development rows | head alone | names alone | both |\n| --- | --- | --- | --- |\n| articles | .500 | .250 | 1 |\n"
    assert written == f"before\n<!-- ablation -->\n{rows}<!-- /ablation -->\nafter\n"
    card.write(config)
    assert (tmp_path / "README.md").read_text() == written


def test_a_card_without_the_markers_is_refused(tmp_path):
    (tmp_path / "README.md").write_text("no markers\n")
    (tmp_path / "join.json").write_text(json.dumps({"ablation": {"articles": {"head": 0.5, "names": 0.25, "both": 1.0}}}))
    with pytest.raises(SystemExit, match="ablation"):
        card.write(SimpleNamespace(bundle=tmp_path, work=tmp_path))


def test_the_mean_of_a_test_is_over_its_translations():
    figures = {"items": 10, "event": 0.5, "macro_f1": 0.5, "not_other": 0.5, "country_head": 0.5, "mode": 0.5, "ece": 0.1}
    sets = {
        "wmt_test en": figures | {"event": 0.9},
        "wmt_test de": figures,
        "wmt_test fr": figures | {"event": 0.7},
        "events_test ar": figures,
    }
    lines = card.by_set(sets).splitlines()
    assert any(line.startswith("| **wmt_test, mean of 2 languages** | 20 | .600 |") for line in lines)
