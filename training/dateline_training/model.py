"""The student: a BERT encoder in Hugging Face layout, and the heads."""

from __future__ import annotations

import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from .storage import dequantised, quantised

MODES = {
    "PROTEST": "demo riot strike boycott obstruct hunger",
    "ASSAULT": "battle aerial explosives firearms suicide-attack abduct beat torture execute assassinate sexual massacre crowd-control other",
    "COERCE": "arrest ban censor curfew martial-law restrict seize deport cyber misinformation coup",
    "RETREAT": "ceasefire withdraw release resign disarm return",
    "MOBILIZE": "troops weapons police militia exercise alert",
    "DISASTER": "earthquake flood storm wildfire drought landslide volcano heat cold tsunami",
}
MODE_NAMES = [mode for modes in MODES.values() for mode in modes.split()]
EVENTS = (
    "AGREE CONSULT SUPPORT CONCEDE COOPERATE AID RETREAT REQUEST ACCUSE REJECT THREATEN PROTEST SANCTION MOBILIZE COERCE ASSAULT "
    "ELECTION DISASTER ACCIDENT CRIME HEALTH ECONOMY OTHER"
).split()
OTHER = EVENTS.index("OTHER")
# Rows of the pooling head.
EVENT_POOL, COUNTRY_POOL = 0, 1


class Student(nn.Module):
    def __init__(self, shape: pathlib.Path, countries: int):
        super().__init__()
        config = BertConfig.from_json_file(shape)
        config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
        # No bf16, wherever it would be faster.
        self.exact = False
        self.config = config
        self.bert = BertModel(config, add_pooling_layer=False)
        # Only the rows of a batch change: a dense gradient of the whole table would cost more than a layer.
        self.bert.embeddings.word_embeddings = nn.Embedding(config.vocab_size, config.hidden_size, sparse=True)
        hidden = config.hidden_size
        self.heads = nn.ModuleDict(
            {
                "pool": nn.Linear(hidden, 2),
                "event": nn.Linear(hidden, len(EVENTS)),
                "country": nn.Linear(hidden, countries),
                "mode": nn.Linear(hidden, len(MODE_NAMES)),
                "salience": nn.Linear(hidden, 1),
            }
        )
        nn.init.zeros_(self.heads["pool"].weight)
        # One or two of all countries are right: from zero, the bias alone would take a thousand steps to say so.
        nn.init.constant_(self.heads["country"].bias, -5.0)

    def read(self, path: pathlib.Path) -> Student:
        """Takes the weights of a safetensors file; heads that it lacks stay as they are."""
        stored = {k: v.float() for k, v in load_file(path).items()}
        missing, unknown = self.load_state_dict(stored, strict=False)
        if unknown or any(not name.startswith("heads.") for name in missing):
            raise SystemExit(f"{path}: lacks {missing}, has unknown {unknown}")
        return self

    def narrow(self) -> Student:
        """The weights as a bundle stores them, so that what is measured is what is shipped."""
        self.load_state_dict(dequantised(quantised(self.state_dict())))
        return self

    def states(self, ids: Tensor, mask: Tensor | None) -> Tensor:
        """`ids`, `mask`: `[rows, tokens]`; returns `[rows, tokens, hidden]`."""
        with torch.autocast(ids.device.type, torch.bfloat16, enabled=autocast(ids.device) and not self.exact):
            return self.bert(input_ids=ids, attention_mask=mask).last_hidden_state.float()

    def pool(self, states: Tensor, mask: Tensor) -> Tensor:
        """Attention pooling, one vector for each row of the pooling head: `[rows, pools, hidden]`."""
        logits = self.heads["pool"](states).masked_fill(~mask[..., None], -1e9)
        return torch.einsum("btp,bth->bph", logits.softmax(1), states)


def autocast(device: torch.device) -> bool:
    """Whether products in bf16 are faster here than in f32."""
    if device.type == "cuda":
        return True
    return "avx512_bf16" in open("/proc/cpuinfo").read() if pathlib.Path("/proc/cpuinfo").exists() else False


def mean(states: Tensor, mask: Tensor) -> Tensor:
    """Mean over the tokens: `[rows, hidden]`."""
    weight = mask.to(states.dtype)[..., None]
    return (states * weight).sum(1) / weight.sum(1)


def padded(ids: list[list[int]], pad: int, device: torch.device) -> tuple[Tensor, Tensor]:
    longest = max(map(len, ids))
    table = torch.full((len(ids), longest), pad)
    for i, row in enumerate(ids):
        table[i, : len(row)] = torch.tensor(row)
    table = table.to(device)
    mask = torch.arange(longest, device=device)[None] < torch.tensor([len(row) for row in ids], device=device)[:, None]
    return table, mask


def device_of(name: str) -> torch.device:
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


class Optimiser:
    """AdamW on the layers, lazy Adam on the rows of the embedding table."""

    def __init__(self, model: nn.Module, rate: float):
        table = [p for n, p in model.named_parameters() if n.endswith("word_embeddings.weight")]
        rest = [(n, p) for n, p in model.named_parameters() if not n.endswith("word_embeddings.weight")]
        self.dense = [p for _, p in rest]
        self.rate = rate
        encoder = [p for n, p in rest if not n.startswith("heads.")]
        heads = [p for n, p in rest if n.startswith("heads.")]
        # The heads start from nothing, the encoder does not.
        self.factors = [1.0, 1.0, 5.0]
        groups = [
            {"params": [p for p in encoder if p.dim() > 1], "weight_decay": 0.01},
            {"params": [p for p in encoder if p.dim() <= 1], "weight_decay": 0.0},
            {"params": heads, "weight_decay": 0.0},
        ]
        self.adam = torch.optim.AdamW([group for group in groups if group["params"]], lr=rate, betas=(0.9, 0.98))
        self.rows = torch.optim.SparseAdam(table, lr=rate, betas=(0.9, 0.98))

    def step(self, value: Tensor, share: float, rows: float = 3.0) -> None:
        """One step at `share` of the peak rate; the table learns `rows` times as fast."""
        for group, factor in zip(self.adam.param_groups, self.factors, strict=False):
            group["lr"] = self.rate * share * factor
        for group in self.rows.param_groups:
            group["lr"] = self.rate * share * rows
        self.adam.zero_grad()
        self.rows.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(self.dense, 1.0)
        self.adam.step()
        self.rows.step()

    def state_dict(self) -> dict:
        return {"adam": self.adam.state_dict(), "rows": self.rows.state_dict()}

    def load_state_dict(self, state: dict) -> None:
        self.adam.load_state_dict(state["adam"])
        self.rows.load_state_dict(state["rows"])


def cosine_loss(a: Tensor, b: Tensor) -> Tensor:
    return (1 - F.cosine_similarity(a, b)).mean()
