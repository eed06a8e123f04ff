"""Stage `distil`: the student gives a translation the vector that the English teacher gives the original.

Reimers and Gurevych, "Making Monolingual Sentence Embeddings Multilingual using Knowledge Distillation", arXiv 2004.09813.
"""

from __future__ import annotations

import bisect
import random
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from transformers import BertModel

from .align import teacher_folder
from .config import Config
from .model import Optimiser, Student, autocast, cosine_loss, device_of, mean, padded
from .progress import Clock
from .vocabulary import CLOSE, OPEN, PAD


class Teacher:
    """The English sentence encoder, with its answers kept: a sentence often has many translations."""

    def __init__(self, device: torch.device):
        folder = teacher_folder()
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.enable_truncation(128)
        self.tokenizer.no_padding()
        self.model = BertModel.from_pretrained(folder, add_pooling_layer=False).eval().to(device)
        self.device = device
        self.known: dict[str, np.ndarray] = {}

    @torch.no_grad()
    def __call__(self, texts: list[str]) -> torch.Tensor:
        """Mean-pooled states, of length 1: `[texts, hidden]`."""
        new = sorted({text for text in texts if text not in self.known}, key=len)
        for i in range(0, len(new), 64):
            part = new[i : i + 64]
            ids, mask = padded([e.ids for e in self.tokenizer.encode_batch(part)], 0, self.device)
            with torch.autocast(self.device.type, torch.bfloat16, enabled=autocast(self.device)):
                states = self.model(input_ids=ids, attention_mask=mask).last_hidden_state.float()
            vectors = torch.nn.functional.normalize(mean(states, mask)).half().cpu().numpy()
            self.known.update(zip(part, vectors, strict=True))
        return torch.from_numpy(np.stack([self.known[text] for text in texts])).float().to(self.device)


class Pairs:
    """Draws `(english, other)`; small languages above their share, news before small talk before word lists."""

    # Share of the draws by worth of the source (see `prepare.WORTH`).
    SHARES = (0.55, 0.28, 0.15, 0.02)

    def __init__(self, config: Config, generator: random.Random):
        self.generator = generator
        self.by_language: dict[str, list[list[tuple[str, str]]]] = defaultdict(lambda: [[], [], [], []])
        english = set()
        for line in (config.work / "prepared/pairs.tsv").open(encoding="utf-8"):
            lang, worth, left, right = line.rstrip("\n").split("\t")
            self.by_language[lang][int(worth)].append((left, right))
            if worth in "01":
                english.add(left)
        # English reads itself through the new vocabulary.
        self.by_language["en"][0] = [(text, text) for text in sorted(english)]
        self.names = sorted(name for name, parts in self.by_language.items() if any(parts))
        sizes = [sum(len(part) for part in self.by_language[name][:3]) + 30 for name in self.names]
        self.bounds = np.cumsum([size**config.distil.balance for size in sizes]).tolist()

    def draw(self) -> tuple[str, str]:
        at = bisect.bisect(self.bounds, self.generator.random() * self.bounds[-1])
        parts = self.by_language[self.names[min(at, len(self.names) - 1)]]
        shares = [share if part else 0.0 for share, part in zip(self.SHARES, parts, strict=True)]
        return self.generator.choice(self.generator.choices(parts, shares)[0])


def batches(pairs: Pairs, tokenizer: Tokenizer, tokens: int, longest: int) -> Iterator[tuple[list[str], list[list[int]]]]:
    """Endless batches of sentences of similar lengths."""
    opened, closed = tokenizer.token_to_id(OPEN), tokenizer.token_to_id(CLOSE)
    while True:
        drawn = [pairs.draw() for _ in range(2048)]
        encoded = tokenizer.encode_batch([right for _, right in drawn], add_special_tokens=False)
        rows = sorted(
            ((left, [opened, *e.ids[: longest - 2], closed]) for (left, _), e in zip(drawn, encoded, strict=True) if e.ids),
            key=lambda row: len(row[1]),
        )
        groups, start = [], 0
        for end in range(1, len(rows) + 1):
            if end == len(rows) or (end - start + 1) * len(rows[end][1]) > tokens:
                groups.append(rows[start:end])
                start = end
        pairs.generator.shuffle(groups)
        for group in groups:
            yield [left for left, _ in group], [ids for _, ids in group]


def run(config: Config) -> None:
    device = device_of(config.device)
    if config.threads:
        torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    options = config.distil
    tokenizer = Tokenizer.from_file(str(config.work / "tokenizer.json"))
    pad = tokenizer.token_to_id(PAD)
    teacher = Teacher(device)
    student = Student(config.work / "config.json", 1).read(config.work / "aligned.safetensors").to(device)
    optimiser = Optimiser(student.bert, options.rate)
    clock = Clock(config.work / "distil.pt", student, optimiser, options.minutes, options.steps)
    source = batches(Pairs(config, random.Random(config.seed + clock.step)), tokenizer, options.tokens, options.longest)
    while clock.more():
        english, ids = next(source)
        table, mask = padded(ids, pad, device)
        value = cosine_loss(mean(student.states(table, mask), mask), teacher(english))
        optimiser.step(value, clock.share(), rows=6.0)
        clock.tick(value.item(), int(mask.sum()))
    tensors = {k: v.contiguous() for k, v in student.state_dict().items() if k.startswith("bert.")}
    save_file(tensors, config.work / "distilled.safetensors", {"format": "pt"})
