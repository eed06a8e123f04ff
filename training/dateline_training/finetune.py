"""Stage `finetune`: all heads at once, on whole articles, labelled sentences in all languages, and names of places.

An input has the shape that the engine builds: `<s> title </s> sentences </s>`.
"""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from tokenizers import Tokenizer

from . import rows as r
from .config import Config
from .distil import Teacher
from .model import COUNTRY_POOL, EVENT_POOL, EVENTS, MODE_NAMES, OTHER, Optimiser, Student, cosine_loss, device_of, mean, padded
from .progress import Clock
from .vocabulary import CLOSE, OPEN, PAD


@dataclass
class Example:
    """One input and what is right for it."""

    ids: list[int]
    # First and past-the-last token of each sentence, and whether it belongs to the summary.
    spans: list[tuple[int, int, bool]]
    event: int
    also: list[int]
    mode: int
    countries: list[int]
    english: str = ""
    # Names of places say nothing of events.
    place: bool = False


class Shaper:
    """A row to an example."""

    def __init__(self, tokenizer: Tokenizer, countries: list[str], window: int):
        self.tokenizer, self.window = tokenizer, window
        self.open, self.close = tokenizer.token_to_id(OPEN), tokenizer.token_to_id(CLOSE)
        self.events = {name: i for i, name in enumerate(EVENTS)}
        self.countries = {code: i for i, code in enumerate(countries)}
        self.modes = {name: i for i, name in enumerate(MODE_NAMES)}
        self.kept: dict[str, list[int]] = {}

    def ids(self, text: str) -> list[int]:
        if text not in self.kept:
            self.kept[text] = self.tokenizer.encode(text, add_special_tokens=False).ids
        return self.kept[text]

    def __call__(self, row: r.Row, title: bool = True, sentences: int | None = None) -> Example:
        """`title`, `sentences`: what of the article is shown; its lead decides the labels."""
        ids, spans = [self.open], []
        if row.title and title:
            ids += [*self.ids(row.title)[: self.window // 2], self.close]
        for i, sentence in enumerate(row.sentences[:sentences]):
            tokens = self.ids(sentence)[: self.window - 1 - len(ids)]
            if not tokens:
                # The window is full, or the sentence is nothing but signs that the tokenizer takes away.
                continue
            spans.append((len(ids), len(ids) + len(tokens), i in row.salient))
            ids += tokens
        ids.append(self.close)
        return Example(
            ids,
            spans if row.whole and sentences is None else [],
            self.events[row.type],
            [self.events[a] for a in row.also if a in self.events],
            self.modes.get(row.mode, -1),
            [self.countries[c] for c in row.countries if c in self.countries],
            row.english,
        )


class Source:
    """Draws examples from the kinds of `finetune.mix`."""

    def __init__(self, config: Config, shape: Shaper, generator: random.Random):
        self.shape, self.generator = shape, generator
        prepared = config.work / "prepared"
        self.articles = [row for row in r.read_rows(prepared / "articles.jsonl") if not row.dev]
        single = [row for row in r.read_rows(prepared / "sentences.jsonl") if not row.dev]
        self.english = [row for row in single if row.lang == "en"]
        self.foreign = [row for row in single if row.lang != "en"]
        # Most translated sentences are OTHER: three tenths of the draws are enough of them.
        share = Counter("OTHER" if row.type == "OTHER" else "event" for row in self.foreign)
        weight = {"OTHER": 0.3 / max(share["OTHER"], 1), "event": 0.7 / max(share["event"], 1)}
        languages = Counter(row.lang for row in self.foreign)
        self.foreign_weights = []
        total = 0.0
        for row in self.foreign:
            # The many translations into a few languages do not drown the others.
            total += weight["OTHER" if row.type == "OTHER" else "event"] * languages[row.lang] ** -0.4
            self.foreign_weights.append(total)
        self.names = [
            (code, name)
            for path in sorted((config.data / "lexicons").glob("*.tsv"))
            for code, name in r.lexicon(path)
            if code in shape.countries
        ]

    def article(self) -> Example:
        row = self.generator.choice(self.articles)
        fate = self.generator.random()
        if fate < 0.65:
            return self.shape(row, title=self.generator.random() < 0.85)
        # The lead alone, as agencies send it; the labels follow from the lead.
        first = max(row.salient[:1] or [0]) + 1
        return self.shape(row, title=fate < 0.8, sentences=max(first, self.generator.randint(1, 3)))

    def sentence(self) -> Example:
        if self.generator.random() < 0.45:
            return self.shape(self.generator.choice(self.english))
        return self.shape(self.generator.choices(self.foreign, cum_weights=self.foreign_weights)[0])

    def joined(self) -> Example:
        """A labelled English sentence as the lead before sentences of no event."""
        lead = self.generator.choice(self.english)
        rest = [row.sentences[0] for row in self.generator.sample(self.english, 2) if row.type == "OTHER"]
        return self.shape(r.Row(lead.id, "en", "", [lead.sentences[0], *rest], lead.type, lead.mode, lead.also, lead.countries))

    def place(self) -> Example:
        code, name = self.generator.choice(self.names)
        example = self.shape(r.Row("", "", "", [name], "OTHER", countries=[code]))
        example.place = True
        return example


def batches(source: Source, config: Config) -> Iterator[list[Example]]:
    """Endless batches of inputs of similar lengths, mixed by tokens."""
    kinds = [source.article, source.joined, source.sentence, source.place]
    lengths = [1.0] * len(kinds)
    while True:
        # Draws per kind are its share of tokens over its mean length.
        weights = [share / length for share, length in zip(config.finetune.mix, lengths, strict=True)]
        drawn: list[Example] = []
        sizes = defaultdict(list)
        for kind in source.generator.choices(range(len(kinds)), weights, k=1536):
            example = kinds[kind]()
            sizes[kind].append(len(example.ids))
            drawn.append(example)
        lengths = [sum(sizes[k]) / len(sizes[k]) if sizes[k] else length for k, length in enumerate(lengths)]
        drawn.sort(key=lambda example: len(example.ids))
        groups, start = [], 0
        for end in range(1, len(drawn) + 1):
            if end == len(drawn) or (end - start + 1) * len(drawn[end].ids) > config.finetune.tokens:
                groups.append(drawn[start:end])
                start = end
        source.generator.shuffle(groups)
        yield from groups


def forward(student: Student, batch: list[Example], pad: int, device: torch.device) -> dict[str, torch.Tensor]:
    """Logits of all heads, and the mean vector of each input."""
    table, mask = padded([example.ids for example in batch], pad, device)
    states = student.states(table, mask)
    pooled = student.pool(states, mask)
    spans = [(b, s, e) for b, example in enumerate(batch) for s, e, _ in example.spans]
    sums = torch.cat([torch.zeros_like(states[:, :1]), states.cumsum(1)], 1)
    if spans:
        b, s, e = (torch.tensor(column, device=device) for column in zip(*spans, strict=True))
        means = (sums[b, e] - sums[b, s]) / (e - s)[:, None]
        salience = student.heads["salience"](means).squeeze(-1)
    else:
        salience = states.new_zeros(0)
    return {
        "event": student.heads["event"](pooled[:, EVENT_POOL]),
        "mode": student.heads["mode"](pooled[:, EVENT_POOL]),
        "country": student.heads["country"](pooled[:, COUNTRY_POOL]),
        "salience": salience,
        "vector": mean(states, mask),
    }


def loss(out: dict[str, torch.Tensor], batch: list[Example], smoothing: float) -> torch.Tensor:
    """Sum over the tasks: cross entropy of event and mode, country as a set and as its first, salience per sentence."""
    device = out["event"].device
    news = torch.tensor([not example.place for example in batch], device=device)
    target = torch.full((len(batch), len(EVENTS)), smoothing / len(EVENTS))
    for b, example in enumerate(batch):
        share = (1 - smoothing) * (0.85 if example.also else 1.0)
        target[b, example.event] += share
        for also in example.also:
            target[b, also] += (1 - smoothing - share) / len(example.also)
    event = F.cross_entropy(out["event"], target.to(device), reduction="none")
    total = (event * news).sum() / len(batch)

    many = torch.zeros(out["country"].shape)
    first = torch.full((len(batch),), -100)
    for b, example in enumerate(batch):
        many[b, example.countries] = 1.0
        if example.countries:
            first[b] = example.countries[0]
    total = total + F.binary_cross_entropy_with_logits(out["country"], many.to(device), reduction="none").sum(1).mean() * 0.1
    if (first >= 0).any():
        total = total + 0.5 * F.cross_entropy(out["country"], first.to(device)) * (first >= 0).float().mean()
    modes = torch.tensor([example.mode if example.mode >= 0 else -100 for example in batch], device=device)
    if (modes >= 0).any():
        total = total + 0.3 * F.cross_entropy(out["mode"], modes) * (modes >= 0).float().mean()
    salient = torch.tensor([float(s) for example in batch for _, _, s in example.spans], device=device)
    if len(salient):
        total = total + 0.7 * F.binary_cross_entropy_with_logits(out["salience"], salient)
    return total


@torch.no_grad()
def measure(student: Student, examples: list[Example], pad: int, device: torch.device) -> dict[str, float]:
    """Accuracy of the event (all, and where it is not OTHER) and of the first country; share of the summary found."""
    student.eval()
    right: dict[str, list[float]] = defaultdict(list)
    ordered = sorted(examples, key=lambda example: len(example.ids))
    for i in range(0, len(ordered), 16):
        batch = ordered[i : i + 16]
        out = forward(student, batch, pad, device)
        at = 0
        for b, example in enumerate(batch):
            hit = out["event"][b].argmax().item() == example.event
            right["event"].append(hit)
            if example.event != OTHER:
                right["not_other"].append(hit)
            if example.countries:
                right["country"].append(out["country"][b].argmax().item() in example.countries)
            if example.mode >= 0:
                right["mode"].append(out["mode"][b].argmax().item() == example.mode)
            n = len(example.spans)
            scores = out["salience"][at : at + n]
            at += n
            gold = {j for j, span in enumerate(example.spans) if span[2]}
            if gold:
                chosen = set(scores.topk(min(len(gold), n)).indices.tolist())
                right["overlap"].append(len(chosen & gold) / len(gold))
    student.train()
    return {name: round(sum(values) / len(values), 3) for name, values in right.items()}


def country_codes(config: Config) -> list[str]:
    """The countries that the training labels name, and those of the lexicons."""
    codes = {
        code for name in ("articles", "sentences") for row in r.read_rows(config.work / f"prepared/{name}.jsonl") for code in row.countries
    }
    for path in (config.data / "lexicons").glob("*.tsv"):
        codes |= {code for code, _ in r.lexicon(path)}
    return sorted(codes)


def run(config: Config) -> None:
    device = device_of(config.device)
    if config.threads:
        torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    options = config.finetune
    tokenizer = Tokenizer.from_file(str(config.work / "tokenizer.json"))
    pad = tokenizer.token_to_id(PAD)
    countries = country_codes(config)
    (config.work / "labels.json").write_text(
        json.dumps({"event": EVENTS, "country": countries, "mode": MODE_NAMES, "pool": ["event", "country"]}, indent=1)
    )
    student = Student(config.work / "config.json", len(countries)).read(config.work / "distilled.safetensors").to(device)
    optimiser = Optimiser(student, options.rate)
    clock = Clock(config.work / "finetune.pt", student, optimiser, options.minutes, options.steps)
    teacher = Teacher(device) if options.anchor else None
    shape = Shaper(tokenizer, countries, options.window)
    source = batches(Source(config, shape, random.Random(config.seed + clock.step)), config)
    dev = [shape(row) for row in r.read_rows(config.work / "prepared/articles.jsonl") if row.dev]
    held = [row for row in r.read_rows(config.work / "prepared/sentences.jsonl") if row.dev]
    random.Random(config.seed).shuffle(held)
    sentences = [shape(row) for row in held[:600]]
    while clock.more():
        batch = next(source)
        out = forward(student, batch, pad, device)
        value = loss(out, batch, options.smoothing)
        anchored = [b for b, example in enumerate(batch) if example.english]
        if teacher and anchored:
            value = value + options.anchor * cosine_loss(out["vector"][anchored], teacher([batch[b].english for b in anchored]))
        optimiser.step(value, clock.share())
        clock.tick(value.item(), sum(len(example.ids) for example in batch))
        if clock.step % 500 == 0:
            print("articles", measure(student, dev, pad, device), "sentences", measure(student, sentences, pad, device), flush=True)
    print("end: articles", measure(student, dev, pad, device), "sentences", measure(student, sentences, pad, device), flush=True)
    save_file({k: v.contiguous() for k, v in student.state_dict().items()}, config.work / "finetuned.safetensors", {"format": "pt"})
