#!/usr/bin/env bash
# Compiles `--features cuda` where there is neither a GPU nor a CUDA toolkit, to see that it compiles and links.
# The compiler and the libraries come from NVIDIA's Python packages, into target/cuda-wheels (1.2 GB).
#
#   docs/cuda-from-wheels.sh                  cargo build --release --features cuda
#   docs/cuda-from-wheels.sh --toolkit-only   installs the toolkit and compiles one small kernel with it
#
# CUDA_COMPUTE_CAP chooses the GPU generation (90, Hopper, unless set). About 18 minutes from nothing on one core.
# The binary needs the NVIDIA driver's libcuda.so.1 to start with `--device cuda`; the one linked here is a stand-in.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

place=$PWD/target/cuda-wheels
mkdir -p "$place"
[[ -x $place/venv/bin/pip ]] || python3 -m venv "$place/venv"
# The compiler's parts must be of one release; the packages of the cu12 series hold no nvcc.
"$place/venv/bin/pip" install --quiet \
    nvidia-cuda-nvcc==13.0.88 nvidia-nvvm==13.0.88 nvidia-cuda-crt==13.0.88 nvidia-cuda-runtime==13.0.96 \
    nvidia-cuda-cccl==13.0.85 nvidia-cuda-nvrtc==13.0.88 'nvidia-cublas==13.0.*' 'nvidia-curand==10.4.0.*'
CUDA_HOME=$("$place/venv/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')/nvidia/cu13
export CUDA_HOME CUDA_COMPUTE_CAP=${CUDA_COMPUTE_CAP:-90}
export PATH=$CUDA_HOME/bin:$PATH

# The packages hold versioned libraries only (libcublas.so.13); the linker looks for libcublas.so.
for library in "$CUDA_HOME"/lib/*.so.*; do
    name=${library##*/}
    ln -sf "$name" "$CUDA_HOME/lib/${name%%.so.*}.so"
done
# The driver's library is on machines with a driver only. Like the stub of a full toolkit, an empty function for each
# of its names satisfies the linker; the names are those that cudarc, candle's binding, declares.
mkdir -p "$CUDA_HOME/lib/stubs"
cudarc=$(cargo metadata --format-version 1 --locked --features cuda | python3 -c '
import json, os, sys
print(*(os.path.dirname(p["manifest_path"]) for p in json.load(sys.stdin)["packages"] if p["name"] == "cudarc"))')
grep -rhoE '\bfn cu[A-Z][A-Za-z0-9_]*' "$cudarc/src/driver/sys" | sort -u | sed 's/^fn \(.*\)/void \1(void) {}/' |
    gcc -shared -fPIC -x c - -Wl,-soname,libcuda.so.1 -o "$CUDA_HOME/lib/stubs/libcuda.so"
ln -sfn lib "$CUDA_HOME/lib64"
export LIBRARY_PATH=$CUDA_HOME/lib:$CUDA_HOME/lib/stubs${LIBRARY_PATH:+:$LIBRARY_PATH}

nvcc --version | tail -2
if [[ ${1:-} == --toolkit-only ]]; then
    printf '__global__ void twice(float *x) { x[threadIdx.x] *= 2; }\nint main() { twice<<<1, 1>>>(nullptr); }\n' >"$place/probe.cu"
    nvcc -arch="sm_$CUDA_COMPUTE_CAP" -L"$CUDA_HOME/lib" -o "$place/probe" "$place/probe.cu"
    echo "CUDA_HOME=$CUDA_HOME compiles for sm_$CUDA_COMPUTE_CAP"
    exit
fi
# A target of its own: other features would make cargo build much of the usual one anew.
cargo build --release --locked --features cuda --target-dir "$place/target"
