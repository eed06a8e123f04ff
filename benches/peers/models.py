"""The same weights for each engine: a folder for PyTorch and Dateline, ONNX files, OpenVINO models."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nncf
import numpy as np
import onnx
import openvino
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer
from safetensors.torch import load_file, save_file
from transformers import AutoModel

Feed = dict[str, np.ndarray]
WORDS = "embeddings.word_embeddings.weight"


@dataclass
class Models:
    """Where the exports lie."""

    folder: Path
    onnx_f32: Path
    onnx_int8: Path
    openvino_f32: Path
    openvino_weights: Path
    openvino_static: Path


def prepare(source: Path, target: Path, calibration: list[Feed]) -> Models:
    """Exports the encoder of `source` (`config.json`, `model.safetensors`) for each engine."""
    target.mkdir(parents=True, exist_ok=True)
    names = ["f32.onnx", "int8.onnx", "f32.xml", "weights.xml", "static.xml"]
    models = Models(encoder(source, target / "encoder"), *(target / name for name in names))
    to_onnx(models, calibration[0])
    to_openvino(models, calibration)
    return models


def encoder(source: Path, target: Path) -> Path:
    """The encoder alone, in f32 and without a prefix: no engine gets other numbers than the next."""
    tensors = load_file(source / "model.safetensors")
    prefix = next(name for name in tensors if name.endswith(WORDS)).removesuffix(WORDS)
    kept = {
        name.removeprefix(prefix): tensor.float().contiguous()
        for name, tensor in tensors.items()
        if name.startswith((f"{prefix}embeddings.", f"{prefix}encoder.")) and not name.endswith("position_ids")
    }
    target.mkdir(exist_ok=True)
    save_file(kept, target / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((source / "config.json").read_text())
    config.pop("torch_dtype", None)
    (target / "config.json").write_text(json.dumps(config | {"dtype": "float32"}, indent=1))
    return target


class States(torch.nn.Module):
    """Ids and mask in, the last hidden states out: `[batch, tokens, hidden]`."""

    def __init__(self, folder: Path, dtype: torch.dtype = torch.float32, attention: str = "sdpa") -> None:
        super().__init__()
        self.model = AutoModel.from_pretrained(
            folder, dtype=dtype, attn_implementation=attention, add_pooling_layer=False
        ).eval()
        self.eval()

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        return self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state


def to_onnx(models: Models, example: Feed) -> None:
    """ONNX Runtime's own recipe: its transformer optimiser (which knows this exporter's graph), then dynamic int8.

    Weights get a scale per channel: on this model that costs no time, and with one scale per tensor the cosine of some
    texts falls to 0.83.
    """
    axes = {name: {0: "batch", 1: "tokens"} for name in ("input_ids", "attention_mask", "states")}
    raw = models.onnx_f32.with_name("raw.onnx")
    torch.onnx.export(
        States(models.folder, attention="eager"),
        tuple(torch.from_numpy(example[name]) for name in ("input_ids", "attention_mask")),
        raw,
        input_names=["input_ids", "attention_mask"],
        output_names=["states"],
        dynamic_axes=axes,
        opset_version=18,
        dynamo=False,
    )
    config = json.loads((models.folder / "config.json").read_text())
    fused = optimizer.optimize_model(
        str(raw),
        model_type="bert",
        num_heads=config["num_attention_heads"],
        hidden_size=config["hidden_size"],
        opt_level=1,
    )
    fused.save_model_to_file(str(models.onnx_f32))
    quantize_dynamic(
        models.onnx_f32,
        models.onnx_int8,
        weight_type=QuantType.QInt8,
        per_channel=True,
        # Shapes of the optimiser's fused operators cannot be inferred.
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
    )


def to_openvino(models: Models, calibration: list[Feed]) -> None:
    """From PyTorch, which keeps attention one operation; int8 weights, and static int8 by NNCF's transformer preset."""

    def converted() -> openvino.Model:
        return openvino.convert_model(
            States(models.folder),
            example_input={name: torch.from_numpy(ids) for name, ids in calibration[0].items()},
            input=[(name, [-1, -1], openvino.Type.i64) for name in calibration[0]],
        )

    variants: dict[Path, Callable[[openvino.Model], Any]] = {
        models.openvino_f32: lambda model: model,
        models.openvino_weights: lambda model: nncf.compress_weights(model, mode=nncf.CompressWeightsMode.INT8_SYM),
        models.openvino_static: lambda model: nncf.quantize(
            model,
            nncf.Dataset(calibration),
            model_type=nncf.ModelType.TRANSFORMER,
            subset_size=len(calibration),
        ),
    }
    for path, change in variants.items():
        openvino.save_model(change(converted()), path, compress_to_fp16=False)
