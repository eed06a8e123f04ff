"""The engines behind one interface: run batches on so many threads, or so many batches side by side."""

import json
import subprocess
import time
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import openvino
import torch

from models import Feed, Models, States


@dataclass(frozen=True)
class Way:
    """`workers` batches side by side, each on `threads` threads."""

    threads: int
    workers: int


@dataclass
class Batches:
    """Texts by number, and the same padded for the engines that need it; made before any clock runs."""

    texts: list[list[int]]
    feeds: list[Feed]

    @classmethod
    def of(cls, ids: list[list[int]], size: int, pad: int) -> "Batches":
        """Sorted by length, longest first: hardly any padding, and no long batch is left over for the end."""
        order = sorted(range(len(ids)), key=lambda text: -len(ids[text]))
        texts = [order[at : at + size] for at in range(0, len(order), size)]
        return cls(texts, [padded([ids[text] for text in batch], pad) for batch in texts])

    def first(self, count: int) -> "Batches":
        return Batches(self.texts[:count], self.feeds[:count])


def padded(texts: list[list[int]], pad: int) -> Feed:
    """`input_ids` and `attention_mask`, both `[batch, tokens]`."""
    shape = (len(texts), max(map(len, texts)))
    ids, mask = np.full(shape, pad, np.int64), np.zeros(shape, np.int64)
    for row, text in enumerate(texts):
        ids[row, : len(text)] = text
        mask[row, : len(text)] = 1
    return {"input_ids": ids, "attention_mask": mask}


@dataclass
class Timing:
    """Seconds of all batches, and of each where they ran one after the other."""

    seconds: float
    each: list[float] = field(default_factory=list)


class Engine(ABC):
    name: str
    precision: str

    def run(self, batches: Batches, way: Way) -> Timing:
        """Runs all batches and throws the states away."""
        started = time.perf_counter()
        each = self.each(batches, way)
        return Timing(time.perf_counter() - started, each)

    @abstractmethod
    def each(self, batches: Batches, way: Way) -> list[float]: ...

    @abstractmethod
    def means(self, ids: list[list[int]]) -> np.ndarray:
        """The mean of each text's last hidden states, one text at a time: `[texts, hidden]`."""

    def notes(self) -> dict[str, Any]:
        """What the engine chose by itself."""
        return {}


class Peer(Engine):
    """An engine of this process."""

    @abstractmethod
    def infer(self, feed: Feed, threads: int) -> np.ndarray:
        """`[batch, tokens, hidden]`"""

    @cache  # noqa: B019  (the engines live as long as the process)
    def pool(self, way: Way) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(way.workers, initializer=self.start_thread, initargs=(way.threads,))

    def start_thread(self, threads: int) -> None:
        """What a thread needs before it calls the engine."""

    def each(self, batches: Batches, way: Way) -> list[float]:
        def one(feed: Feed) -> float:
            started = time.perf_counter()
            self.infer(feed, way.threads)
            return time.perf_counter() - started

        if way.workers == 1:
            self.start_thread(way.threads)
            return [one(feed) for feed in batches.feeds]
        return list(self.pool(way).map(one, batches.feeds))

    def means(self, ids: list[list[int]]) -> np.ndarray:
        self.start_thread(1)
        return np.stack([self.infer(padded([text], 0), 1)[0].mean(0) for text in ids])


class PyTorch(Peer):
    name = "PyTorch"

    def __init__(self, models: Models, precision: str) -> None:
        self.precision = precision
        self.model = States(models.folder, {"f32": torch.float32, "bf16": torch.bfloat16}[precision])

    def start_thread(self, threads: int) -> None:
        # Of OpenMP's making: it holds for the calling thread.
        torch.set_num_threads(threads)

    def infer(self, feed: Feed, threads: int) -> np.ndarray:
        with torch.inference_mode():
            return self.model(**{name: torch.from_numpy(ids) for name, ids in feed.items()}).float().numpy()


class OnnxRuntime(Peer):
    name = "ONNX Runtime"

    def __init__(self, path: Path, precision: str) -> None:
        self.path, self.precision = path, precision

    @cache  # noqa: B019
    def session(self, threads: int) -> onnxruntime.InferenceSession:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        return onnxruntime.InferenceSession(self.path, options, providers=["CPUExecutionProvider"])

    def infer(self, feed: Feed, threads: int) -> np.ndarray:
        return self.session(threads).run(None, feed)[0]


class OpenVino(Peer):
    """One batch at a time under the latency hint; side by side under the throughput hint, a stream for each worker."""

    name = "OpenVINO"

    def __init__(self, path: Path, precision: str, hint: str | None = None) -> None:
        self.path, self.precision, self.hint = path, precision, hint

    @cache  # noqa: B019
    def compiled(self, way: Way) -> openvino.CompiledModel:
        config: dict[str, Any] = {"INFERENCE_NUM_THREADS": way.threads * way.workers, "PERFORMANCE_HINT": "LATENCY"}
        if way.workers > 1:
            config |= {"PERFORMANCE_HINT": "THROUGHPUT", "NUM_STREAMS": way.workers}
        if self.hint:
            config["INFERENCE_PRECISION_HINT"] = self.hint
        return openvino.Core().compile_model(self.path, "CPU", config)

    @cache  # noqa: B019
    def request(self, threads: int) -> openvino.InferRequest:
        return self.compiled(Way(threads, 1)).create_infer_request()

    @cache  # noqa: B019
    def queue(self, way: Way) -> openvino.AsyncInferQueue:
        return openvino.AsyncInferQueue(self.compiled(way), way.workers)

    def each(self, batches: Batches, way: Way) -> list[float]:
        if way.workers == 1:
            return super().each(batches, way)
        queue = self.queue(way)
        for feed in batches.feeds:
            queue.start_async(feed)
        queue.wait_all()
        return []

    def infer(self, feed: Feed, threads: int) -> np.ndarray:
        request = self.request(threads)
        request.infer(feed)
        return request.get_output_tensor(0).data

    def notes(self) -> dict[str, Any]:
        compiled = self.compiled(Way(1, 1))
        return {"inference_precision": compiled.get_property("INFERENCE_PRECISION_HINT").to_string()}


class Dateline(Engine):
    """The encoder in a process of its own (`benches/peers.rs`), told what to do line by line."""

    name = "Dateline"

    def __init__(self, child: "Child", precision: str, states: Path) -> None:
        self.child, self.precision, self.states = child, precision, states

    def run(self, batches: Batches, way: Way) -> Timing:
        answer = self.child.ask(
            {
                "do": "run",
                "precision": self.precision,
                "threads": way.threads,
                "workers": way.workers,
                "batches": batches.texts,
            }
        )
        return Timing(answer["seconds"], answer["each"])

    def each(self, batches: Batches, way: Way) -> list[float]:
        return self.run(batches, way).each

    def means(self, ids: list[list[int]]) -> np.ndarray:
        self.child.ask({"do": "states", "precision": self.precision, "path": str(self.states)})
        return np.fromfile(self.states, "<f4").reshape(len(ids), -1)

    def notes(self) -> dict[str, Any]:
        return {"isa": self.child.isa}


class Child:
    """The process of `benches/peers.rs`."""

    def __init__(self, program: Path, folder: Path, ids: Path) -> None:
        self.process = subprocess.Popen(
            [program, folder, ids], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        hello = self.answer()
        self.precisions: list[str] = hello["precisions"]
        self.isa: str = hello["isa"]

    def ask(self, command: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin
        print(json.dumps(command), file=self.process.stdin, flush=True)
        return self.answer()

    def answer(self) -> dict[str, Any]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the Dateline process ended with code {self.process.wait()}")
        return json.loads(line)


def all_engines(models: Models, child: Child, work: Path) -> list[Engine]:
    """PyTorch in f32 comes first: it is what the others' states are compared with."""
    bf16 = "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    engines: list[Engine] = [
        PyTorch(models, "f32"),
        OnnxRuntime(models.onnx_f32, "f32"),
        OpenVino(models.openvino_f32, "f32", "f32"),
    ]
    if bf16:
        engines += [PyTorch(models, "bf16"), OpenVino(models.openvino_f32, "bf16", "bf16")]
    # What is not int8 in them runs as OpenVINO chooses for the machine (notes in the JSON file).
    engines += [
        OnnxRuntime(models.onnx_int8, "dynamic int8"),
        OpenVino(models.openvino_weights, "int8 weights"),
        OpenVino(models.openvino_static, "static int8"),
    ]
    return engines + [Dateline(child, precision, work / "states.f32") for precision in child.precisions]
