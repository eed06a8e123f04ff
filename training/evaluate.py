"""Measures a fine-tuned model: on the articles held out of training, and on the test sentences.

    python training/evaluate.py --data DATA --model OUT

The held-out articles fit the temperature and choose the thresholds of the event head; the test files are only measured,
never tuned on. Prints one JSON object. `events_test/<lang>` are one-sentence reports of real events translated for the
project, `wiki_held` the English originals of those and others, `wmt_test` single sentences of real English news.
"""

import argparse
import json
import pathlib

import torch
from tokenizers import Tokenizer

import finetune


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--model", type=pathlib.Path, required=True)
    parser.add_argument("--tokenizer", type=pathlib.Path, required=True)
    options = parser.parse_args()
    labels = json.loads((options.model / "labels.json").read_text())
    labels.setdefault("mode", finetune.MODE_NAMES)
    encode = finetune.Encoder(Tokenizer.from_file(str(options.tokenizer)), labels, 400)
    model = finetune.Model(options.model, labels).eval()

    held = [row for row in finetune.authored(options.data) if finetune.held_out(row)]
    dev = [encode(row) for row in held]
    logits = event_logits(model, dev)
    gold = torch.tensor([row["event"] for row in dev])
    temperature = fit_temperature(logits, gold)
    report = {
        "articles": finetune.evaluate(model, dev),
        "temperature": temperature,
        "articles_ece": calibration_error(logits / temperature, gold),
        "modes": mode_accuracy(model, dev),
        "further": further(logits / temperature, dev),
        "by_language": {},
        "tests": {},
    }
    for language in sorted({row["lang"] for row in dev}):
        report["by_language"][language] = finetune.evaluate(model, [row for row in dev if row["lang"] == language])
    for name, rows in tests(options.data).items():
        encoded = [encode(row) for row in rows]
        logits = event_logits(model, encoded)
        gold = torch.tensor([row["event"] for row in encoded])
        report["tests"][name] = {
            "items": len(rows),
            **finetune.evaluate(model, encoded),
            "ece": calibration_error(logits / temperature, gold),
        }
    print(json.dumps(report, indent=1))


def tests(data: pathlib.Path) -> dict[str, list[dict]]:
    def read(path: pathlib.Path) -> list[list[str]]:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [line.split("\t") for line in lines if not line.startswith("id\t")]

    def row(id, kind, mode, also, countries, text, language="en"):
        return {
            "id": id, "lang": language, "title": "", "sentences": [text], "salient": [], "type": kind, "mode": mode,
            "also": also.split("+") if also else [], "countries": countries.split("+") if countries else [],
            "sentences_marked": False,
        }

    wiki = {line[0]: line for line in read(data / "labels/wiki_held.tsv")}
    sets = {
        "wiki_held en": [row(*line) for line in wiki.values()],
        "wmt_test en": [row(*line) for line in read(data / "labels/wmt_test.tsv")],
    }
    for path in sorted((data / "labels/events_test").glob("*.tsv")):
        lines = [line for line in read(path) if line[0] in wiki]
        sets[f"events_test {path.stem}"] = [row(*wiki[line[0]][:5], line[-1], path.stem) for line in lines]
    return sets


@torch.no_grad()
def event_logits(model: finetune.Model, rows: list[dict]) -> torch.Tensor:
    return torch.cat([model(rows[i : i + 32])["event"] for i in range(0, len(rows), 32)])


@torch.no_grad()
def mode_accuracy(model: finetune.Model, rows: list[dict]) -> dict:
    """Of the modes that belong to the article's type, the likeliest one."""
    right = total = 0
    names = [name for names in finetune.MODES.values() for name in names.split()]
    start = 0
    ranges = {}
    for kind, modes in finetune.MODES.items():
        count = len(modes.split())
        for i in range(start, start + count):
            ranges[i] = (start, start + count)
        start += count
    assert start == len(names)
    for i in range(0, len(rows), 32):
        batch = rows[i : i + 32]
        out = model(batch)["mode"]
        for b, row in enumerate(batch):
            if row["mode"] >= 0:
                low, high = ranges[row["mode"]]
                right += low + out[b, low:high].argmax().item() == row["mode"]
                total += 1
    return {"items": total, "accuracy": round(right / max(total, 1), 3)}


def fit_temperature(logits: torch.Tensor, gold: torch.Tensor) -> float:
    scale = torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.LBFGS([scale], max_iter=50)

    def closure():
        optimiser.zero_grad()
        value = torch.nn.functional.cross_entropy(logits / scale.exp(), gold)
        value.backward()
        return value

    optimiser.step(closure)
    return round(scale.exp().item(), 3)


def calibration_error(logits: torch.Tensor, gold: torch.Tensor, bins: int = 10) -> float:
    """Expected calibration error of the primary type (Guo et al., arXiv 1706.04599)."""
    confidence, chosen = logits.softmax(1).max(1)
    right = (chosen == gold).float()
    error = 0.0
    for b in range(bins):
        inside = (confidence > b / bins) & (confidence <= (b + 1) / bins)
        if inside.any():
            error += inside.float().mean().item() * abs(confidence[inside].mean().item() - right[inside].mean().item())
    return round(error, 3)


def further(logits: torch.Tensor, rows: list[dict]) -> dict:
    """Precision and recall of types beyond the first, by threshold."""
    probabilities = logits.softmax(1)
    table = {}
    for threshold in (0.05, 0.08, 0.1, 0.15, 0.2):
        found = right = wanted = 0
        for p, row in zip(probabilities, rows):
            first = p.argmax().item()
            answers = {i for i in p.topk(4).indices.tolist() if i != first and p[i] >= threshold}
            gold = set(row["also"]) | {row["event"]}
            found += len(answers)
            right += len(answers & gold)
            wanted += len(gold - {first})
        table[str(threshold)] = {"precision": round(right / max(found, 1), 3), "recall": round(right / max(wanted, 1), 3)}
    return table


if __name__ == "__main__":
    main()
