"""The student learns the teacher's vectors; a stopped run goes on."""

import random
from collections import Counter

import pytest
import torch
from conftest import WIKI, WMT
from safetensors.torch import load_file

from dateline_training import distil

CPU = torch.device("cpu")


def test_the_loss_falls(trained):
    losses = trained[1][0].losses
    assert len(losses) == trained[0].distil.steps
    assert sum(losses[-10:]) < 0.6 * sum(losses[:10])


def test_a_stopped_run_goes_on_where_it_stopped(copy, watched, monkeypatch):
    copy.distil.steps = 20
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(watched, "stop_at", 8)
        distil.run(copy)
    distil.run(copy)
    stopped, resumed = watched.made
    assert (stopped.step, resumed.first, resumed.step) == (8, 8, 20)
    for name, tensor in stopped.model.state_dict().items():
        assert torch.equal(tensor, resumed.start[name]), name


@pytest.fixture(scope="module")
def texts():
    return [row.english for row in [*WIKI, *WMT]]


def test_the_teacher_remembers_what_it_would_say_anew(texts):
    teacher = distil.Teacher(CPU)
    kept = teacher(texts[:20])
    assert torch.equal(teacher(texts[:20]), kept)
    # In another order, and among texts that are new.
    mixed = teacher([*texts[40:20:-1], *texts[:20], texts[3]])
    assert torch.equal(mixed[20:40], kept) and torch.equal(mixed[40], kept[3])
    # The company of a batch changes no more than the rounding of what is kept.
    anew = torch.cat([distil.Teacher(CPU)([text]) for text in texts[:5]])
    torch.testing.assert_close(anew, kept[:5], atol=1e-3, rtol=0)
    torch.testing.assert_close(kept.norm(dim=1), torch.ones(20), atol=1e-3, rtol=0)
    assert (kept[0] - kept[7]).abs().max() > 0.01


def test_batches_stay_within_their_tokens(copy, tokenizer):
    pairs = distil.Pairs(copy, random.Random(1))
    source = distil.batches(pairs, tokenizer, 256, 24)
    for _ in range(300):
        english, ids = next(source)
        longest = max(map(len, ids))
        assert len(english) == len(ids) > 0 and longest <= 24
        assert longest * len(ids) <= 256 or len(ids) == 1


def test_small_languages_and_news_are_drawn_above_their_share(copy):
    lines = (copy.work / "prepared/pairs.tsv").read_text(encoding="utf-8").splitlines()
    few = [line for line in lines if line.startswith("zz\t0")][:8]
    (copy.work / "prepared/pairs.tsv").write_text(
        "\n".join([line for line in lines if not line.startswith("zz")] + few) + "\n", encoding="utf-8"
    )
    pairs = distil.Pairs(copy, random.Random(1))
    news = {line.split("\t")[3]: line.split("\t")[1] for line in lines}
    script = {line.split("\t")[3]: line.split("\t")[0] for line in lines}
    drawn = [pairs.draw()[1] for _ in range(4000)]
    languages = Counter(script.get(text, "en") for text in drawn)
    assert set(languages) == {"en", "ky", "ar", "zz"}
    size = Counter(line.split("\t")[0] for line in lines)["ky"]
    assert languages["zz"] / languages["ky"] > 1.5 * 8 / size
    worth = Counter(news[text] for text in drawn if text in news)
    assert worth["0"] > worth["2"] > 5 * worth["3"] > 0


def test_the_saved_encoder_has_no_heads(copy):
    copy.distil.steps = 1
    distil.run(copy)
    stored = load_file(copy.work / "distilled.safetensors")
    assert stored and all(name.startswith("bert.") for name in stored)
