#!/usr/bin/env bash
# Runs an image the way it would run in earnest and asks it over gRPC: healthy, right, not root, and gone when told.
#
#   container/smoke.sh IMAGE
#
# Needs docker and, for the calls, a Python with the packages of clients/python/requirements.txt: PYTHON, or .venv of
# this checkout, or python3. DOCKER names another client.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

image=${1:?usage: $0 IMAGE}
docker=${DOCKER:-docker}
python=${PYTHON:-$PWD/.venv/bin/python}
[[ -x $python ]] || python=python3
"$python" -c 'import grpc, grpc_status' 2>/dev/null ||
    { echo "$python has no grpcio: $python -m pip install -r clients/python/requirements.txt" >&2 && exit 2; }

id=""
finish() {
    local code=$?
    if [[ -n $id ]]; then
        ((code == 0)) || { echo "--- log of the container" && "$docker" logs "$id" 2>&1 | tail -30; }
        "$docker" rm --force "$id" >/dev/null
    fi
    ((code == 0)) && echo "$image: passed" || echo "$image: FAILED" >&2
}
trap finish EXIT
fail() { echo "$*" >&2 && exit 1; }

user=$("$docker" inspect --format '{{.Config.User}}' "$image")
[[ $user =~ ^[1-9][0-9]*(:[1-9][0-9]*)?$ ]] || fail "the image's user is \"$user\", no number other than 0"
echo "user of the image: $user"

# As a hardened cluster would: nothing writable, no capabilities, no way to more rights.
id=$("$docker" run --detach --publish 127.0.0.1::50051 --read-only --cap-drop ALL --security-opt no-new-privileges "$image")

for ((second = 0; ; second++)); do
    [[ $("$docker" inspect --format '{{.State.Running}}' "$id") == true ]] || fail "the container ended by itself"
    health=$("$docker" inspect --format '{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}' "$id")
    case $health in
        healthy) break ;;
        none) fail "the image has no HEALTHCHECK" ;;
        unhealthy) fail "unhealthy: $("$docker" inspect --format '{{range .State.Health.Log}}{{.Output}}{{end}}' "$id")" ;;
    esac
    ((second < 60)) || fail "still $health after 60 s"
    sleep 1
done
echo "healthy after $second s"

uid=$("$docker" top "$id" -eo pid,uid | awk 'NR > 1 { print $2 }' | sort -u)
[[ $uid != 0 && -n $uid ]] || fail "the process runs as user $uid"
echo "user of the process: $uid"

address=$("$docker" port "$id" 50051/tcp | head -n 1)
PYTHONPATH=clients/python "$python" - "$address" <<'PYTHON'
import pathlib, sys
from dateline_client import Article, Client

text = pathlib.Path("examples/articles/en-protest.txt").read_text(encoding="utf-8")
with Client(sys.argv[1]) as client:
    alone = client.analyze(Article(id="smoke", text=text))
    batch = [result.unwrap() for result in client.analyze_batch([Article(id="smoke", text=text)] * 3)]
    stream = [result.unwrap() for result in client.analyze_stream([Article(id="smoke", text=text)] * 3)]
assert alone.id == "smoke"
assert alone.country is not None and alone.country.alpha2 == "KE", alone.countries
assert alone.event is not None, "no event"
assert alone.summary is not None and alone.summary.sentences, "no summary"
assert all(text[s.span.char_start : s.span.char_end] == s.text for s in alone.summary.sentences)
assert batch == stream == [alone] * 3, "the calls differ"
print(f"{alone.country.name} {alone.country.score}, {alone.event.type} {alone.event.score}: {alone.summary.text}")
PYTHON

"$docker" stop --time 20 "$id" >/dev/null
code=$("$docker" inspect --format '{{.State.ExitCode}}' "$id")
# 137 would be the kill after 20 s, 143 a process that never heard of SIGTERM.
[[ $code == 0 ]] || fail "exit code $code after SIGTERM"
echo "exit code after SIGTERM: 0"
