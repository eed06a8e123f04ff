"""Makes tiny encoders with random weights, and the hidden states the reference implementation gives for them.

Made with Python 3, torch 2.15.0 (CPU), transformers 5.23.0, safetensors 0.8.0:

    python tests/reference/make_reference.py

Each folder beside this file gets `config.json`, `model.safetensors` (f32, named as in a `BertForX` checkpoint) and
`reference.json` (token ids, and the last hidden states of each sequence computed alone, without padding).
The weights are drawn wide, so that a wrong scale, a skipped bias or a shifted position shows in the numbers.
"""

import json
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
from transformers import BertConfig, BertModel, XLMRobertaConfig, XLMRobertaModel

HERE = Path(__file__).resolve().parent
LENGTHS = [1, 2, 7, 16, 33, 40]

MODELS = {
    "bert-tiny": (
        BertModel,
        "BertForSequenceClassification",
        BertConfig(
            vocab_size=120,
            hidden_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=128,
            max_position_embeddings=40,
            type_vocab_size=2,
            layer_norm_eps=1e-12,
            hidden_act="gelu",
            pad_token_id=0,
        ),
    ),
    # Positions start at pad_token_id + 1 = 2, so that 42 embeddings serve 40 tokens.
    "xlm-roberta-tiny": (
        XLMRobertaModel,
        "XLMRobertaForSequenceClassification",
        XLMRobertaConfig(
            vocab_size=150,
            hidden_size=96,
            num_hidden_layers=3,
            num_attention_heads=3,
            intermediate_size=192,
            max_position_embeddings=42,
            type_vocab_size=1,
            layer_norm_eps=1e-5,
            hidden_act="gelu",
            pad_token_id=1,
            bos_token_id=0,
            eos_token_id=2,
        ),
    ),
}


def main():
    torch.set_num_threads(1)
    for seed, (name, (model_class, architecture, config)) in enumerate(MODELS.items()):
        generator = torch.Generator().manual_seed(20240 + seed)
        config.architectures = [architecture]
        config._attn_implementation = "eager"
        model = model_class(config, add_pooling_layer=False).float().eval()
        assert model.config._attn_implementation == "eager"
        draw_weights(model, generator)
        folder = HERE / name
        folder.mkdir(exist_ok=True)
        save(model, folder)
        reference = compute(model, generator)
        (folder / "reference.json").write_text(as_json(reference))


def draw_weights(model, generator):
    """Every parameter is drawn anew: gains around 1, biases and matrices with a deviation of 0.15."""
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            noise = torch.randn(parameter.shape, generator=generator) * 0.15
            parameter.copy_(1 + noise if name.endswith("LayerNorm.weight") else noise)


def save(model, folder):
    tensors = {f"{model.base_model_prefix}.{name}": p.detach().contiguous() for name, p in model.named_parameters()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)
    config = model.config.to_dict() | {"dtype": "float32"}
    (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def compute(model, generator):
    """Last hidden states of ragged sequences, one at a time."""
    sequences, hidden, shape = [], [], []
    for length in LENGTHS:
        # Ids 0 to 3 are the special tokens of both families, the padding among them.
        ids = torch.randint(4, model.config.vocab_size, (length,), generator=generator)
        with torch.no_grad():
            states = model(input_ids=ids[None], attention_mask=torch.ones(1, length)).last_hidden_state[0]
        sequences.append(ids.tolist())
        hidden.append([float(f"{v:.7g}") for v in states.flatten().tolist()])
        shape.append(list(states.shape))
    return {
        "torch": torch.__version__.split("+")[0],
        "transformers": transformers.__version__,
        "sequences": sequences,
        "shape": shape,
        "hidden": hidden,
    }


def as_json(reference):
    """One line for each sequence."""
    fields = []
    for key, value in reference.items():
        if isinstance(value, list):
            rows = ",\n".join(json.dumps(row, separators=(",", ":")) for row in value)
            fields.append(f'"{key}": [\n{rows}\n]')
        else:
            fields.append(f'"{key}": {json.dumps(value)}')
    return "{\n" + ",\n".join(fields) + "\n}\n"


if __name__ == "__main__":
    main()
