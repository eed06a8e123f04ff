#!/usr/bin/env bash
# Makes dateline_client/_generated from ../../proto. The stubs are committed, so that users need no protoc.
#
#   ./generate.sh           writes them
#   ./generate.sh --check   fails if the committed ones differ (CI)
#
# PYTHON names the interpreter that has the packages of requirements.txt; without it, python3.
set -euo pipefail
cd "$(dirname "$0")"

python=${PYTHON:-python3}
wanted=$(sed -n 's/^grpcio-tools==//p' requirements.txt)
found=$("$python" -c 'from importlib.metadata import version; print(version("grpcio-tools"))')
[[ $found == "$wanted" ]] || { echo "grpcio-tools $wanted is wanted, $found found: pip install -r requirements.txt" >&2 && exit 1; }

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
# google/rpc/status.proto is not compiled: googleapis-common-protos has it, and a second copy would clash.
"$python" -m grpc_tools.protoc --proto_path=../../proto \
    --python_out="$made" --pyi_out="$made" --grpc_python_out="$made" ../../proto/dateline/v1/*.proto
# Only services need a grpc module.
grep -L '_METHOD_FUNC\|class .*Stub' "$made"/dateline/v1/*_pb2_grpc.py | xargs -r rm
# protoc imports by the proto's path, `dateline.v1`; ours live inside the package.
sed -i 's/^from dateline\.v1 import /from dateline_client._generated.dateline.v1 import /' "$made"/dateline/v1/*.py "$made"/dateline/v1/*.pyi
touch "$made/__init__.py" "$made/dateline/__init__.py" "$made/dateline/v1/__init__.py"

if [[ ${1:-} == --check ]]; then
    diff --recursive --brief --exclude=__pycache__ "$made" dateline_client/_generated ||
        { echo "the stubs are not those of proto/: run clients/python/generate.sh and commit" >&2 && exit 1; }
else
    rm -rf dateline_client/_generated
    cp -r "$made" dateline_client/_generated
    chmod -R u=rwX,go=rX dateline_client/_generated
fi
