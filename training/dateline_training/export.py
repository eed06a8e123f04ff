"""Stage `export`: the bundle: weights as `storage` lays them down, tokenizer, manifest with what was learned and measured."""

from __future__ import annotations

import hashlib
import json
import pathlib
import shutil

import torch
from safetensors.torch import load_file, save_file

from . import card, reference
from .calibrate import SEEN, group
from .config import Config
from .model import OTHER
from .storage import quantised


def manifest(config: Config) -> dict:
    """The bundle's own settings (`<name>.json`), with what was learned and measured put in."""
    settings = json.loads(config.settings.read_text())
    labels = json.loads((config.work / "labels.json").read_text())
    learned = json.loads((config.work / "calibration.json").read_text())
    event, country, summary = (settings["tasks"][name] for name in ("event", "country", "summary"))
    # The bias of OTHER is in the weights already (`calibrated`).
    event |= {
        "labels": labels["event"],
        "modes": labels["mode"],
        "pool": labels["pool"].index("event"),
        "temperature": learned["temperatures"]["unseen"],
        "temperatures": {lang: learned["temperatures"][group(lang)] for lang in sorted(SEEN)},
        "further": learned["further"],
        "abstain": learned["abstain"],
    }
    country |= {"labels": labels["country"], "pool": labels["pool"].index("country")}
    join = config.work / "join.json"
    if join.exists():
        country |= {key: json.loads(join.read_text())[key] for key in ("temperature", "threshold", "join")}
    summary["position"] = learned["position"]
    head = {"format": settings.pop("format"), "name": config.name, "version": config.version}
    evaluation = config.work / "evaluation.json"
    quality = json.loads(evaluation.read_text())["quality"] if evaluation.exists() else {}
    return head | settings | {"quality": quality}


def calibrated(config: Config, tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The weights with the fitted bias of OTHER added to the event head."""
    tensors = dict(tensors)
    bias = tensors["heads.event.bias"].clone()
    bias[OTHER] += json.loads((config.work / "calibration.json").read_text())["other"]
    tensors["heads.event.bias"] = bias
    return tensors


def checksums(bundle: pathlib.Path) -> dict[str, str]:
    return {
        path.relative_to(bundle).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(bundle.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }


def run(config: Config) -> None:
    """Writes the bundle's folder; its README.md and lexicons/ are kept by hand and must be there."""
    bundle = config.bundle
    bundle.mkdir(parents=True, exist_ok=True)
    tensors = calibrated(config, load_file(config.work / "finetuned.safetensors"))
    save_file(quantised(tensors), bundle / "model.safetensors", {"format": "pt"})
    for name in ("config.json", "tokenizer.json"):
        shutil.copyfile(config.work / name, bundle / name)
    card.write(config)
    written = manifest(config) | {"files": checksums(bundle)}
    (bundle / "manifest.json").write_text(json.dumps(written, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    reference.write(config)
    total = sum(path.stat().st_size for path in bundle.rglob("*") if path.is_file())
    print(f"{bundle}: {total / 1e6:.1f} MB")
