"""Stage `calibrate`: temperatures by group of languages, the prior of OTHER, and thresholds, on the development rows.

Guo et al., "On Calibration of Modern Neural Networks", arXiv 1706.04599. The labelled articles hold every type equally
often, real news is one third OTHER: rows are weighed so that OTHER has that share, and the bias of OTHER is fitted with
the temperatures.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer

from . import rows as r
from .config import Config
from .finetune import Example, Shaper, forward
from .model import EVENTS, OTHER, Student, device_of
from .vocabulary import PAD

# Share of OTHER in real news (whole articles of a day, labelled for the project).
OTHER_SHARE = 0.35
# Languages with labelled whole articles; all others are the group "unseen".
SEEN = set("am ar az bn de en es fa fr ha he hi id it ja kk ko ky pl pt ru so sw tr uk ur uz vi zh".split())


def group(lang: str) -> str:
    return "en" if lang == "en" else "seen" if lang in SEEN else "unseen"


@dataclass
class Answers:
    """What the heads say of some rows, beside what is right."""

    # `[items, types]`
    logits: np.ndarray
    event: np.ndarray
    also: list[list[int]]
    country: np.ndarray
    countries: list[list[int]]
    mode: np.ndarray
    mode_gold: np.ndarray
    # By item: a score for each sentence, 0..1, and the marked ones.
    salience: list[np.ndarray]
    salient: list[set[int]]


@torch.no_grad()
def answers(student: Student, examples: list[Example], pad: int, device: torch.device) -> Answers:
    student.eval()
    order = sorted(range(len(examples)), key=lambda i: len(examples[i].ids))
    parts: dict[int, tuple] = {}
    for i in range(0, len(order), 32):
        at = order[i : i + 32]
        batch = [examples[j] for j in at]
        out = {name: value.float().cpu().numpy() for name, value in forward(student, batch, pad, device).items()}
        spans = 0
        for b, j in enumerate(at):
            n = len(batch[b].spans)
            parts[j] = (out["event"][b], out["country"][b], out["mode"][b], 1 / (1 + np.exp(-out["salience"][spans : spans + n])))
            spans += n
    rows = [parts[j] for j in range(len(examples))]
    return Answers(
        np.stack([p[0] for p in rows]),
        np.array([e.event for e in examples]),
        [e.also for e in examples],
        np.stack([p[1] for p in rows]),
        [e.countries for e in examples],
        np.stack([p[2] for p in rows]),
        np.array([e.mode for e in examples]),
        [p[3] for p in rows],
        [{j for j, span in enumerate(e.spans) if span[2]} for e in examples],
    )


def softmax(logits: np.ndarray) -> np.ndarray:
    e = np.exp(logits - logits.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def adjusted(logits: np.ndarray, learned: dict, lang: str) -> np.ndarray:
    """Probabilities of the event types after calibration: `[items, types]`."""
    shifted = logits.copy()
    shifted[:, OTHER] += learned["other"]
    return softmax(shifted / learned["temperatures"][group(lang)])


def calibration_error(probabilities: np.ndarray, gold: np.ndarray) -> float:
    """Expected calibration error of the first answer, in ten bins."""
    return binned_error(probabilities.max(1), probabilities.argmax(1) == gold)


def binned_error(score: np.ndarray, right: np.ndarray) -> float:
    total = 0.0
    for low in np.arange(0, 1, 0.1):
        at = (score > low) & (score <= low + 0.1)
        if at.any():
            total += at.mean() * abs(score[at].mean() - right[at].mean())
    return float(total)


def fit(parts: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]) -> dict:
    """`parts`: logits, gold type and weight by group. Least weighted log loss over temperatures and the bias of OTHER."""
    names = sorted(parts)
    logs = torch.zeros(len(names), requires_grad=True)
    other = torch.zeros(1, requires_grad=True)
    tensors = [
        [torch.from_numpy(np.asarray(x, np.float32)) for x in (parts[n][0], parts[n][2])] + [torch.from_numpy(parts[n][1])] for n in names
    ]
    optimiser = torch.optim.LBFGS([logs, other], max_iter=100, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        # Held near 1 and 0 a little: where all answers are right, the loss alone would have the temperature fall to zero.
        total = 1e-3 * (logs.square().sum() + other.square().sum())
        for i, (logits, weight, gold) in enumerate(tensors):
            shifted = logits + torch.nn.functional.one_hot(torch.tensor(OTHER), len(EVENTS)) * other
            value = torch.nn.functional.cross_entropy(shifted / logs[i].exp(), gold, reduction="none")
            total = total + (value * weight).sum() / weight.sum()
        total.backward()
        return total

    optimiser.step(closure)
    return {"temperatures": {n: round(logs[i].exp().item(), 3) for i, n in enumerate(names)}, "other": round(other.item(), 3)}


def weights(gold: np.ndarray) -> np.ndarray:
    """So that OTHER has its share of real news."""
    share = max((gold == OTHER).mean(), 1e-6)
    return np.where(gold == OTHER, OTHER_SHARE / share, (1 - OTHER_SHARE) / max(1 - share, 1e-6))


def run(config: Config) -> None:
    device = device_of(config.device)
    tokenizer = Tokenizer.from_file(str(config.work / "tokenizer.json"))
    labels = json.loads((config.work / "labels.json").read_text())
    shape = Shaper(tokenizer, labels["country"], 400)
    pad = tokenizer.token_to_id(PAD)
    student = Student(config.work / "config.json", len(labels["country"])).read(config.work / "finetuned.safetensors").narrow().to(device)
    articles = [row for row in r.read_rows(config.work / "prepared/articles.jsonl") if row.dev]
    sentences = [row for row in r.read_rows(config.work / "prepared/sentences.jsonl") if row.dev]
    by_group: dict[str, list[r.Row]] = defaultdict(list)
    for row in articles + sentences:
        by_group[group(row.lang)].append(row)
    parts = {}
    for name, rows in by_group.items():
        found = answers(student, [shape(row) for row in rows], pad, device)
        # Articles are what the model is for: together they weigh as much as the sentences.
        whole = np.array([row.whole for row in rows])
        weight = weights(found.event)
        if whole.any() and not whole.all():
            weight[whole] *= weight[~whole].sum() / weight[whole].sum()
        parts[name] = (found.logits, found.event, weight)
    learned = fit(parts)
    learned["ece"] = {}
    for name, rows in by_group.items():
        logits, gold, _ = parts[name]
        learned["ece"][name] = round(calibration_error(adjusted(logits, learned, rows[0].lang), gold), 3)

    found = answers(student, [shape(row) for row in articles], pad, device)
    probabilities = np.concatenate([adjusted(found.logits[i : i + 1], learned, row.lang) for i, row in enumerate(articles)])
    learned["further"] = further(probabilities, found)
    learned["abstain"] = abstain(probabilities, found.event)
    learned["position"] = position(found)
    print(learned, flush=True)
    (config.work / "calibration.json").write_text(json.dumps(learned, indent=1))


def further(probabilities: np.ndarray, found: Answers) -> float:
    """The least probability of a further type that gives the best F1."""
    best = (0.0, 0.2)
    for threshold in np.arange(0.06, 0.5, 0.02):
        hits = told = wanted = 0
        for i, also in enumerate(found.also):
            first = probabilities[i].argmax()
            chosen = {j for j in np.nonzero(probabilities[i] >= threshold)[0] if j != first}
            hits, told, wanted = hits + len(chosen & set(also)), told + len(chosen), wanted + len(also)
        best = max(best, (2 * hits / max(told + wanted, 1), round(float(threshold), 2)))
    return best[1]


def abstain(probabilities: np.ndarray, gold: np.ndarray) -> float:
    """The score below which fewer than half of the first answers are right."""
    score, right = probabilities.max(1), probabilities.argmax(1) == gold
    for threshold in np.arange(0.5, 0.1, -0.02):
        below = score < threshold
        if below.sum() < 5 or right[below].mean() < 0.5:
            return round(float(threshold), 2)
    return 0.1


def position(found: Answers) -> float:
    """What a sentence's place costs, for the best overlap with the marked sentences."""
    from .evaluate import overlap

    return max((overlap(found, cost).get("overlap", 0.0), -cost) for cost in (0.0, 0.02, 0.04, 0.06, 0.08, 0.12, 0.16))[1] * -1
