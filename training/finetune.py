"""Fine-tunes the encoder and all heads together on labelled articles and sentences, then writes the bundle's weights.

    python training/finetune.py --data DATA --start PILOT --out OUT --minutes 60

DATA holds `authored/*.jsonl` (whole articles), `labels/*.tsv` (sentences) and `parallel/*.tsv.zst` (translations of
labelled sentences). START is a folder in Hugging Face layout with `labels.json`; a mode head is added if it has none.
The test files (`labels/*_test*`, `labels/wiki_held.tsv`) are read only to keep their sentences out of training.

Needs torch 2.15, transformers 5.23, tokenizers, safetensors, zstandard. Checkpoints are written to OUT every few
minutes; a run that was stopped goes on from the last one. Inputs have the shape that the engine builds:
`<s> title </s> sentences </s>`.
"""

import argparse
import glob
import hashlib
import json
import math
import pathlib
import random
import time

import torch
import torch.nn.functional as F
import zstandard
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

MODES = {
    "PROTEST": "demo riot strike boycott obstruct hunger",
    "ASSAULT": "battle aerial explosives firearms suicide-attack abduct beat torture execute assassinate sexual massacre crowd-control other",
    "COERCE": "arrest ban censor curfew martial-law restrict seize deport cyber misinformation coup",
    "RETREAT": "ceasefire withdraw release resign disarm return",
    "MOBILIZE": "troops weapons police militia exercise alert",
    "DISASTER": "earthquake flood storm wildfire drought landslide volcano heat cold tsunami",
}
MODE_NAMES = [mode for modes in MODES.values() for mode in modes.split()]
# Languages whose translations of labelled sentences are used.
LANGUAGES = "am ar az be bg bn cs da de el es fa fi fr ha he hi hu hy id it ja ka kk km ko ky lt mn ms my ne nl pa pl prs ps pt ro ru so sr sv sw ta th tl tr uk ur uz vi zh".split()
OPEN, PAD, CLOSE = 0, 1, 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--start", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--steps", type=int, default=3000, help="length of the learning-rate schedule")
    parser.add_argument("--tokens", type=int, default=4096, help="tokens of a batch")
    parser.add_argument("--window", type=int, default=256, help="most tokens of an input")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    random.seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)

    labels = json.loads((options.start / "labels.json").read_text())
    labels["mode"] = MODE_NAMES
    tokenizer = Tokenizer.from_file(str(options.start / "tokenizer.json"))
    model = Model(options.start, labels)
    rows = authored(options.data) + sentences(options.data)
    encode = Encoder(tokenizer, labels, options.window)
    train = [encode(row) for row in rows if not held_out(row)]
    dev = [encode(row) for row in rows if held_out(row) and row["sentences_marked"]]
    print(f"{len(train)} training rows, {len(dev)} whole articles held out", flush=True)
    fit(model, train, dev, labels, options)
    (options.out / "labels.json").write_text(json.dumps(labels, indent=1))


def held_out(row: dict) -> bool:
    """Every twentieth authored article, the same ones in every run."""
    return row["sentences_marked"] and int(hashlib.sha256(row["id"].encode()).hexdigest(), 16) % 20 == 0


def authored(data: pathlib.Path) -> list[dict]:
    rows = []
    for name in sorted(glob.glob(str(data / "authored/*.jsonl"))):
        for line in open(name, encoding="utf-8"):
            row = json.loads(line)
            row["sentences_marked"] = True
            rows.append(row)
    return rows


def sentences(data: pathlib.Path) -> list[dict]:
    """Labelled sentences in English, and their translations; nothing that equals a test sentence."""
    tests = set()
    for name in [data / "labels/wmt_test.tsv", data / "labels/wiki_held.tsv"]:
        tests |= {line.rstrip("\n").split("\t")[5] for line in open(name, encoding="utf-8").readlines()[1:]}
    english = {}
    for name in ["wiki_train", "wmt_train", "flores"]:
        for line in open(data / f"labels/{name}.tsv", encoding="utf-8").readlines()[1:]:
            id, kind, mode, also, countries, text = line.rstrip("\n").split("\t")
            if text in tests:
                continue
            english[text] = {
                "id": id, "lang": "en", "title": "", "sentences": [text], "salient": [], "type": kind, "mode": mode,
                "also": also.split("+") if also else [], "countries": countries.split("+") if countries else [],
                "sentences_marked": False,
            }
    rows = list(english.values())
    for language in LANGUAGES:
        path = data / f"parallel/{language}.tsv.zst"
        if not path.exists():
            continue
        text = zstandard.ZstdDecompressor().stream_reader(open(path, "rb")).read().decode()
        found = []
        for line in text.splitlines():
            source, left, right = line.split("\t")[:3]
            if left in english and right and left not in tests:
                found.append({**english[left], "id": f"{english[left]['id']}-{language}", "lang": language, "sentences": [right]})
        rows += found
    return rows


class Encoder:
    """A row to token ids, sentence places and targets."""

    def __init__(self, tokenizer: Tokenizer, labels: dict, window: int):
        self.tokenizer, self.window = tokenizer, window
        self.event = {name: i for i, name in enumerate(labels["event"])}
        self.country = {name: i for i, name in enumerate(labels["country"])}
        self.mode = {name: i for i, name in enumerate(labels["mode"])}

    def ids(self, text: str) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def __call__(self, row: dict) -> dict:
        ids, spans = [OPEN], []
        if row["title"]:
            ids += self.ids(row["title"])[: self.window // 2] + [CLOSE]
        for i, sentence in enumerate(row["sentences"]):
            tokens = self.ids(sentence)[: self.window - 1 - len(ids)]
            if not tokens:
                break
            spans.append((len(ids), len(ids) + len(tokens), float(i in row["salient"])))
            ids += tokens
        ids.append(CLOSE)
        also = [self.event[a] for a in row["also"] if a in self.event]
        return {
            "ids": ids,
            "spans": spans if row["sentences_marked"] else [],
            "event": self.event[row["type"]],
            "also": also,
            "mode": self.mode.get(row["mode"], -1),
            "countries": [self.country[c] for c in row["countries"] if c in self.country],
            "lang": row["lang"],
            "salient": len(row["salient"]),
            "titled": bool(row["title"]),
        }


class Model(torch.nn.Module):
    def __init__(self, start: pathlib.Path, labels: dict):
        super().__init__()
        stored = {k: v.float() for k, v in load_file(start / "model.safetensors").items()}
        self.config = BertConfig.from_json_file(start / "config.json")
        self.config.hidden_dropout_prob = 0.1
        self.bert = BertModel(self.config, add_pooling_layer=False)
        self.bert.load_state_dict({k[5:]: v for k, v in stored.items() if k.startswith("bert.")}, strict=False)
        hidden = self.config.hidden_size
        self.heads = torch.nn.ModuleDict({
            "pool": torch.nn.Linear(hidden, len(labels["pool"])),
            "event": torch.nn.Linear(hidden, len(labels["event"])),
            "country": torch.nn.Linear(hidden, len(labels["country"])),
            "mode": torch.nn.Linear(hidden, len(labels["mode"])),
            "salience": torch.nn.Linear(hidden, 1),
        })
        missing = self.heads.load_state_dict({k[6:]: v for k, v in stored.items() if k.startswith("heads.")}, strict=False)
        print("new:", missing.missing_keys, flush=True)

    def forward(self, batch: list[dict]) -> dict:
        longest = max(len(row["ids"]) for row in batch)
        ids = torch.tensor([row["ids"] + [PAD] * (longest - len(row["ids"])) for row in batch])
        mask = ids != PAD
        states = self.bert(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        pool = self.heads["pool"](states).masked_fill(~mask[..., None], -1e9).softmax(1)
        event = torch.einsum("bt,bth->bh", pool[..., 0], states)
        country = torch.einsum("bt,bth->bh", pool[..., 1], states)
        means = [states[b, s:e].mean(0) for b, row in enumerate(batch) for s, e, _ in row["spans"]]
        return {
            "event": self.heads["event"](event),
            "mode": self.heads["mode"](event),
            "country": self.heads["country"](country),
            "salience": self.heads["salience"](torch.stack(means)).squeeze(-1) if means else torch.zeros(0),
        }


def loss(out: dict, batch: list[dict]) -> torch.Tensor:
    events = out["event"].shape[1]
    target = torch.full((len(batch), events), 0.05 / events)
    for b, row in enumerate(batch):
        target[b, row["event"]] += 0.95 if not row["also"] else 0.8
        for also in row["also"]:
            target[b, also] += 0.15 / len(row["also"])
    total = F.cross_entropy(out["event"], target)

    many = torch.zeros_like(out["country"])
    first = torch.full((len(batch),), -1)
    for b, row in enumerate(batch):
        for country in row["countries"]:
            many[b, country] = 1.0
        if row["countries"]:
            first[b] = row["countries"][0]
    total = total + 20 * F.binary_cross_entropy_with_logits(out["country"], many)
    if (first >= 0).any():
        total = total + 0.5 * F.cross_entropy(out["country"], first, ignore_index=-1)
    modes = torch.tensor([row["mode"] for row in batch])
    if (modes >= 0).any():
        total = total + 0.3 * F.cross_entropy(out["mode"], modes, ignore_index=-1)
    salient = torch.tensor([s for row in batch for _, _, s in row["spans"]])
    if len(salient):
        total = total + F.binary_cross_entropy_with_logits(out["salience"], salient)
    return total


def batches(rows: list[dict], tokens: int, generator: random.Random):
    """Endless batches of similar lengths; half of the tokens come from whole articles."""
    whole = [row for row in rows if row["spans"]]
    single = [row for row in rows if not row["spans"]]
    pools = [pool for pool in (whole, single) if pool]
    while True:
        pool = generator.choice(pools)
        sample = sorted(generator.sample(pool, min(len(pool), 512)), key=lambda row: len(row["ids"]))
        cut, groups = [], []
        for row in sample:
            if cut and (len(cut) + 1) * len(row["ids"]) > tokens:
                groups.append(cut)
                cut = []
            cut.append(row)
        groups.append(cut)
        # A few groups of each sample, so that lengths and pools mix.
        for group in generator.sample(groups, min(4, len(groups))):
            yield group


def fit(model: Model, train: list[dict], dev: list[dict], labels: dict, options: argparse.Namespace) -> None:
    decay = [p for n, p in model.named_parameters() if p.dim() > 1]
    plain = [p for n, p in model.named_parameters() if p.dim() <= 1]
    peak = 3e-4
    optimiser = torch.optim.AdamW([{"params": decay, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}], lr=peak, betas=(0.9, 0.98))
    checkpoint = options.out / "checkpoint.pt"
    step = 0
    if checkpoint.exists():
        saved = torch.load(checkpoint)
        model.load_state_dict(saved["model"])
        optimiser.load_state_dict(saved["optimiser"])
        step = saved["step"]
    generator = random.Random(options.seed + step)
    source = batches(train, options.tokens, generator)
    started, written, mean = time.time(), time.time(), None
    # The clock decides when the schedule ends, so that a slower machine also reaches the small learning rates.
    print(step, evaluate(model, dev), flush=True)
    seconds = options.minutes * 60
    while (elapsed := time.time() - started) < seconds and step < options.steps:
        model.train()
        done = max(elapsed / seconds, step / options.steps)
        rate = peak * min(1.0, (step + 1) / 50) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))
        for group in optimiser.param_groups:
            group["lr"] = rate
        batch = next(source)
        value = loss(model(batch), batch)
        optimiser.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        step += 1
        mean = value.item() if mean is None else 0.98 * mean + 0.02 * value.item()
        if step % 25 == 0:
            print(f"step {step} minutes {elapsed / 60:.1f} loss {mean:.3f} rate {rate:.1e}", flush=True)
        if time.time() - written > 600:
            torch.save({"model": model.state_dict(), "optimiser": optimiser.state_dict(), "step": step}, checkpoint)
            print(step, evaluate(model, dev), flush=True)
            written = time.time()
    export(model, options.out)
    print("end", step, evaluate(model, dev), flush=True)


@torch.no_grad()
def evaluate(model: Model, rows: list[dict]) -> dict:
    """Whole articles that were held out: accuracy of the event, also where it is not OTHER, and of the first country."""
    model.eval()
    other = 22
    event, specific, country, overlap = [], [], [], []
    for i in range(0, len(rows), 16):
        batch = rows[i : i + 16]
        out = model(batch)
        at = 0
        for b, row in enumerate(batch):
            right = out["event"][b].argmax().item() == row["event"]
            event.append(right)
            if row["event"] != other:
                specific.append(right)
            if row["countries"]:
                country.append(out["country"][b].argmax().item() in row["countries"])
            n = len(row["spans"])
            scores = out["salience"][at : at + n]
            at += n
            gold = {j for j, span in enumerate(row["spans"]) if span[2]}
            if gold:
                chosen = set(scores.topk(min(len(gold), n)).indices.tolist())
                overlap.append(len(chosen & gold) / len(gold))
    mean = lambda values: round(sum(values) / max(len(values), 1), 3)
    return {"event": mean(event), "not_other": mean(specific), "country": mean(country), "overlap": mean(overlap)}


def export(model: Model, out: pathlib.Path) -> None:
    """The weights in f16, named as the engine reads them."""
    tensors = {f"bert.{k}": v for k, v in model.bert.state_dict().items() if "position_ids" not in k}
    tensors |= {f"heads.{k}": v for k, v in model.heads.state_dict().items()}
    save_file({k: v.half().contiguous() for k, v in tensors.items()}, out / "model.safetensors", {"format": "pt"})


if __name__ == "__main__":
    main()
