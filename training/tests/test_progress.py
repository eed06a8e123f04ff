"""The clock of a stage: its end, its rates, its checkpoints."""

import copy

import pytest
import torch

from dateline_training import progress
from dateline_training.model import Optimiser


class Toy(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.word_embeddings = torch.nn.Embedding(5, 4, sparse=True)
        self.heads = torch.nn.Linear(4, 1)

    def forward(self, ids):
        return self.heads(self.word_embeddings(ids)).square().mean()


def advance(clock, model, optimiser, steps):
    for _ in range(steps):
        value = model(torch.tensor([clock.step % 5, 1]))
        optimiser.step(value, clock.share())
        clock.tick(value.item(), 2)


def start(path, steps=100):
    torch.manual_seed(len(list(path.parent.iterdir())))
    model = Toy()
    optimiser = Optimiser(model, 1e-2)
    return model, optimiser, progress.Clock(path, model, optimiser, 10, steps, warm=5)


def test_a_stopped_run_goes_on_as_if_it_had_not_stopped(tmp_path):
    model, optimiser, clock = start(tmp_path / "run.pt")
    advance(clock, model, optimiser, 7)
    clock.save()
    other, second, resumed = start(tmp_path / "run.pt")
    assert (resumed.step, resumed.spent, resumed.tokens) == (7, clock.spent, 14)
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, other.state_dict()[name]), name
    # The optimisers' moments came along: both take the same further steps.
    resumed.spent = clock.spent = 0.0
    for one in (clock, resumed):
        one.seconds = 1e9
    advance(clock, model, optimiser, 5)
    advance(resumed, other, second, 5)
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, other.state_dict()[name]), name


def test_a_checkpoint_is_whole(tmp_path, monkeypatch):
    """A run that is stopped while it writes leaves the checkpoint before."""
    model, optimiser, clock = start(tmp_path / "run.pt")
    advance(clock, model, optimiser, 2)
    clock.save()
    before = (tmp_path / "run.pt").read_bytes()
    whole = torch.save

    def half(state, path):
        whole(state, path)
        path.write_bytes(path.read_bytes()[:100])
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", half)
    with pytest.raises(KeyboardInterrupt):
        clock.save()
    assert (tmp_path / "run.pt").read_bytes() == before


def test_a_checkpoint_is_written_every_five_minutes(tmp_path, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    model, optimiser, clock = start(tmp_path / "run.pt")
    for _ in range(4):
        now[0] += 100
        advance(clock, model, optimiser, 1)
    assert torch.load(tmp_path / "run.pt")["step"] == 4
    assert clock.spent == 400


def test_the_end_is_the_first_of_minutes_and_steps(tmp_path, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    model, optimiser, clock = start(tmp_path / "a.pt", steps=3)
    advance(clock, model, optimiser, 2)
    assert clock.more()
    advance(clock, model, optimiser, 1)
    assert not clock.more()
    model, optimiser, clock = start(tmp_path / "b.pt", steps=1000)
    now[0] += 601
    advance(clock, model, optimiser, 1)
    assert not clock.more()


def test_the_rate_rises_to_its_peak_and_falls_to_a_fiftieth(tmp_path):
    _, _, clock = start(tmp_path / "run.pt")
    shares = []
    for step in range(101):
        clock.step = step
        shares.append(clock.share())
    assert shares[0] == pytest.approx(0.2, rel=0.01)
    assert max(shares) == pytest.approx(1.0, abs=0.01)
    assert shares[5:] == sorted(shares[5:], reverse=True)
    assert shares[-1] == pytest.approx(0.02)


def test_only_the_rows_of_a_batch_change():
    model = Toy()
    optimiser = Optimiser(model, 1e-2)
    before = copy.deepcopy(model.state_dict())
    optimiser.step(model(torch.tensor([1, 3])), 1.0)
    changed = (model.word_embeddings.weight != before["word_embeddings.weight"]).any(1)
    assert changed.tolist() == [False, True, False, True, False]
