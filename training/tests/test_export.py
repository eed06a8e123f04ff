"""The stored weights and what they are read back as."""

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import BertConfig, BertModel

from dateline_training import export, storage


@pytest.fixture(scope="module")
def tensors(trained):
    config, _ = trained
    return load_file(config.work / "finetuned.safetensors")


def test_the_round_trip_errs_by_half_a_scale_at_most(tensors):
    stored = storage.quantised(tensors)
    back = storage.dequantised(stored)
    assert back.keys() == tensors.keys()
    matrices = [name for name, tensor in stored.items() if tensor.dtype == torch.int8]
    assert len(matrices) == 1 + 2 * 6
    for name in matrices:
        scale = stored[name.removesuffix("weight") + "scale"].float()
        assert scale.shape == (len(tensors[name]),)
        error = (back[name] - tensors[name]).abs() / scale[:, None]
        # The last bit of the product in f32.
        assert error.max() <= 0.5 + 0.08, name
        # The whole range of int8 is used, but by rows of zeros (the padding piece).
        assert (stored[name].abs().amax(1)[tensors[name].any(1)] >= 126).all(), name


def test_everything_else_is_the_f16_of_the_original(tensors):
    stored = storage.quantised(tensors)
    back = storage.dequantised(stored)
    for name, tensor in tensors.items():
        if stored[name].dtype != torch.int8:
            assert stored[name].dtype == torch.float16
            assert torch.equal(back[name], tensor.half().float()), name
    plain = {name for name in tensors if "LayerNorm" in name or "position" in name or "token_type" in name or name.startswith("heads.")}
    assert plain and all(stored[name].dtype == torch.float16 for name in plain)


def test_a_row_of_zeros_stays_zero():
    back = storage.dequantised(storage.quantised({"bert.x.weight": torch.tensor([[0.0, 0.0], [1.0, -2.0]])}))
    assert back["bert.x.weight"][0].tolist() == [0.0, 0.0]
    assert back["bert.x.weight"][1].tolist() == pytest.approx([1.0, -2.0], abs=0.01)


def test_what_is_dequantised_is_quantised_to_itself(tensors):
    once = storage.dequantised(storage.quantised(tensors))
    twice = storage.dequantised(storage.quantised(once))
    for name in once:
        torch.testing.assert_close(twice[name], once[name], atol=2e-3, rtol=1e-2)


def by_hand(stored: dict[str, torch.Tensor], ids: torch.Tensor, heads: int) -> torch.Tensor:
    """BERT over one row of ids, `[tokens, hidden]`, from int8 values and scales."""

    def matrix(name: str) -> torch.Tensor:
        if name + ".scale" in stored:
            return stored[name + ".weight"].float() * stored[name + ".scale"].float()[:, None]
        return stored[name + ".weight"].float()

    def linear(name: str, x: torch.Tensor) -> torch.Tensor:
        return x @ matrix(name).T + stored[name + ".bias"].float()

    def norm(name: str, x: torch.Tensor) -> torch.Tensor:
        x = (x - x.mean(-1, keepdim=True)) / (x.var(-1, unbiased=False, keepdim=True) + 1e-12).sqrt()
        return x * stored[name + ".weight"].float() + stored[name + ".bias"].float()

    table = "bert.embeddings."
    x = (
        matrix(table + "word_embeddings")[ids]
        + matrix(table + "position_embeddings")[: len(ids)]
        + matrix(table + "token_type_embeddings")[0]
    )
    x = norm(table + "LayerNorm", x)
    layer = 0
    while f"bert.encoder.layer.{layer}.output.dense.weight" in stored:
        prefix = f"bert.encoder.layer.{layer}."
        q, k, v = (
            linear(prefix + f"attention.self.{part}", x).view(len(ids), heads, -1).transpose(0, 1) for part in ("query", "key", "value")
        )
        context = (q @ k.transpose(1, 2) / q.shape[-1] ** 0.5).softmax(-1) @ v
        x = norm(
            prefix + "attention.output.LayerNorm",
            x + linear(prefix + "attention.output.dense", context.transpose(0, 1).reshape(len(ids), -1)),
        )
        inner = torch.nn.functional.gelu(linear(prefix + "intermediate.dense", x))
        x = norm(prefix + "output.LayerNorm", x + linear(prefix + "output.dense", inner))
        layer += 1
    assert layer == 2
    return x


def test_the_loaded_encoder_gives_the_states_of_one_built_by_hand(trained, tensors, tmp_path):
    config, _ = trained
    stored = storage.quantised(tensors)
    save_file(stored, tmp_path / "model.safetensors")
    shape = BertConfig.from_json_file(config.work / "config.json")
    bert = BertModel(shape, add_pooling_layer=False).eval()
    found = {
        name.removeprefix("bert."): tensor
        for name, tensor in storage.load(tmp_path / "model.safetensors").items()
        if name.startswith("bert.")
    }
    bert.load_state_dict(found, strict=True)
    ids = torch.tensor([0, 17, 40, 9, 33, 8, 2])
    with torch.no_grad():
        states = bert(input_ids=ids[None]).last_hidden_state[0]
    torch.testing.assert_close(states, by_hand(stored, ids, shape.num_attention_heads), atol=1e-5, rtol=1e-4)


def test_a_checksum_changes_with_its_file_only(tmp_path):
    (tmp_path / "lexicons").mkdir()
    for name in ("a.txt", "lexicons/b.tsv", "manifest.json"):
        (tmp_path / name).write_text(name)
    before = export.checksums(tmp_path)
    assert list(before) == ["a.txt", "lexicons/b.tsv"]
    (tmp_path / "a.txt").write_text("other")
    (tmp_path / "manifest.json").write_text("other")
    after = export.checksums(tmp_path)
    assert after["a.txt"] != before["a.txt"] and after["lexicons/b.tsv"] == before["lexicons/b.tsv"]
