"""How weights are stored: matrices in int8 with a scale per row, everything else in f16.

A matrix is stored as `<name>.weight` (I8) and `<name>.scale` (F16, one per row), `weight = scale * value`; vectors, the
positions and the heads are F16. `load` gives the plain Hugging Face tensors back, for PyTorch.
"""

from __future__ import annotations

import pathlib

import torch
from safetensors.torch import load_file

# Tables that stay as they are: few rows, or read by plain code.
PLAIN = ("position_embeddings", "token_type_embeddings", "LayerNorm", "heads.")


def quantised(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Matrices `[rows, columns]` as int8 with one scale per row, the rest as f16."""
    out = {}
    for name, tensor in tensors.items():
        if tensor.dim() != 2 or any(part in name for part in PLAIN):
            out[name] = tensor.half().contiguous()
            continue
        # The scale is rounded first: the values then fit the scale that is stored.
        scale = (tensor.abs().amax(1) / 127).clamp(min=1e-7).half()
        values = (tensor / scale.float()[:, None]).round().clamp(-127, 127)
        out[name] = values.to(torch.int8).contiguous()
        out[name.removesuffix("weight") + "scale"] = scale
    return out


def dequantised(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The plain f32 tensors of a stored file."""
    out = {}
    for name, tensor in tensors.items():
        if name.endswith(".scale"):
            continue
        out[name] = tensor.float()
        if tensor.dtype == torch.int8:
            out[name] *= tensors[name.removesuffix("weight") + "scale"].float()[:, None]
    return out


def load(path: pathlib.Path) -> dict[str, torch.Tensor]:
    """The tensors of a bundle's `model.safetensors` in f32, named as in Hugging Face transformers after `bert.`."""
    return dequantised(load_file(path))
