"""The clock of a training stage: schedule, log, checkpoints."""

from __future__ import annotations

import math
import pathlib
import time

import torch


class Clock:
    """Ends a stage after its minutes or its steps, whichever comes first; a stopped run goes on from its checkpoint.

    Minutes count training time over all runs, so that a slower machine too reaches the small rates at the end.
    """

    def __init__(self, path: pathlib.Path, model: torch.nn.Module, optimiser, minutes: float, steps: int, warm: int = 60):
        self.path, self.model, self.optimiser = path, model, optimiser
        self.seconds, self.steps, self.warm = minutes * 60, steps, warm
        self.step, self.spent, self.tokens = 0, 0.0, 0
        self.mean: float | None = None
        if path.exists():
            # A run on an accelerator may go on without one, and the other way round.
            saved = torch.load(path, map_location="cpu")
            model.load_state_dict(saved["model"])
            optimiser.load_state_dict(saved["optimiser"])
            self.step, self.spent, self.tokens = saved["step"], saved["spent"], saved["tokens"]
            print(f"goes on from step {self.step}", flush=True)
        self.last = self.written = time.monotonic()

    def done(self) -> float:
        return max(self.spent / self.seconds, self.step / self.steps)

    def more(self) -> bool:
        return self.done() < 1

    def share(self) -> float:
        """Share of the peak rate: linear up, then a cosine down to a fiftieth."""
        return min(1.0, (self.step + 1) / self.warm) * (0.02 + 0.49 * (1 + math.cos(math.pi * min(self.done(), 1.0))))

    def tick(self, value: float, tokens: int) -> None:
        now = time.monotonic()
        self.spent += now - self.last
        self.last = now
        self.step += 1
        self.tokens += tokens
        self.mean = value if self.mean is None else 0.98 * self.mean + 0.02 * value
        if self.step % 50 == 0:
            print(
                f"step {self.step} minutes {self.spent / 60:.1f} loss {self.mean:.4f} tokens/s {self.tokens / self.spent:.0f}",
                flush=True,
            )
        if now - self.written > 300:
            self.save()

    def save(self) -> None:
        state = {
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "spent": self.spent,
            "tokens": self.tokens,
        }
        # Whole or not at all: a run may be stopped while it writes.
        half = self.path.with_suffix(".half")
        torch.save(state, half)
        half.rename(self.path)
        self.written = self.last = time.monotonic()
