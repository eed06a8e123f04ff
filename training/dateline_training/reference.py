"""What PyTorch says of a few texts with a bundle's weights, for the engine's test: `tests/reference/<name>/scores.json`."""

from __future__ import annotations

import json

import torch
from tokenizers import Tokenizer

from . import rows as r
from .config import Config
from .finetune import Shaper, forward
from .model import Student
from .storage import load
from .vocabulary import PAD

# The first sentence of the first test article of each.
LANGUAGES = ("en", "ar", "ky", "zh", "hi", "de")


@torch.no_grad()
def write(config: Config) -> None:
    bundle, project = config.bundle, config.bundle.parents[1]
    labels = json.loads((config.work / "labels.json").read_text())
    tokenizer = Tokenizer.from_file(str(bundle / "tokenizer.json"))
    student = Student(bundle / "config.json", len(labels["country"])).eval()
    student.load_state_dict(load(bundle / "model.safetensors"))
    # f32 throughout: this is what the engine is compared with.
    student.exact = True
    shape = Shaper(tokenizer, labels["country"], 400)
    rows = {row.lang: row for row in reversed(r.articles(project / "tests/articles"))}
    found = []
    for lang in LANGUAGES:
        text = rows[lang].sentences[0]
        example = shape(r.Row(lang, lang, "", [text], "OTHER", whole=True))
        out = forward(student, [example], tokenizer.token_to_id(PAD), torch.device("cpu"))
        scores = {name: [round(x, 5) for x in out[name].flatten().tolist()] for name in ("event", "country", "mode", "salience")}
        found.append({"text": text, "ids": example.ids} | scores)
    path = project / f"tests/reference/{config.name}/scores.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, ensure_ascii=False) + "\n", encoding="utf-8")
