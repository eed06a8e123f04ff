"""The client against the real binary. DATELINE_BIN names it; CI always sets it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from dateline_client import Article, Client, InvalidArticle, Options, Task

BINARY = os.environ.get("DATELINE_BIN")
ROOT = Path(__file__).resolve().parents[3]
ARTICLES = ROOT / "examples" / "articles"
SCORE_FOLDER = ROOT / "clients" / "python" / "examples" / "score_folder.py"

pytestmark = pytest.mark.skipif(
    BINARY is None, reason="DATELINE_BIN is not set: build the server (cargo build --release) and name target/release/dateline"
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on a free port; at the end it must drain and leave with 0."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    log = tmp_path_factory.mktemp("server") / "stderr"
    with log.open("wb") as stderr:
        server = subprocess.Popen(
            [str(BINARY), "serve"],
            env=os.environ | {"DATELINE_ADDRESS": address},
            stdin=subprocess.DEVNULL,
            stdout=stderr,
            stderr=stderr,
        )
    try:
        wait_until_serving(address, server, log)
        yield address
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0, log.read_text(errors="replace")
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()


def wait_until_serving(address: str, server: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    with grpc.insecure_channel(address) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        while True:
            assert server.poll() is None, f"the server ended with {server.returncode}: {log.read_text(errors='replace')}"
            try:
                answer = health.Check(health_pb2.HealthCheckRequest(), timeout=2, wait_for_ready=True)
                if answer.status == health_pb2.HealthCheckResponse.SERVING:
                    return
            except grpc.RpcError:
                pass
            assert time.monotonic() < deadline, f"not serving after {seconds} s: {log.read_text(errors='replace')}"
            time.sleep(0.05)


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[Client]:
    with Client(address) as client:
        yield client


def examples() -> list[Article]:
    """The articles that score_folder reads, with the ids it gives them."""
    articles = [Article(id=path.name, text=path.read_text(encoding="utf-8")) for path in sorted(ARTICLES.glob("*.txt"))]
    articles += [Article.from_record(json.loads(path.read_bytes())) for path in sorted(ARTICLES.glob("*.json"))]
    assert len(articles) >= 7
    return articles


@pytest.fixture(scope="module")
def alone(client: Client) -> dict[str, dict[str, Any]]:
    """The row of every example from a call of its own, by id."""
    return {article.id: client.analyze(article).to_row() for article in examples()}


def test_an_answer_is_whole(client: Client) -> None:
    for article in examples():
        answer = client.analyze(article, options=Options(timings=True))
        assert answer.id == article.id
        assert answer.event is not None and answer.event.primary
        assert [e.primary for e in answer.events].count(True) == 1
        assert answer.country is not None, article.id
        assert answer.summary is not None and 1 <= len(answer.summary.sentences) <= 3
        assert answer.timings is not None
        assert answer.truncation.tokens_seen > 0 and answer.truncation.tokens_dropped == 0
        assert answer.model.name and answer.model.version


def test_offsets_lead_to_the_words(client: Client) -> None:
    for article in examples():
        answer = client.analyze(article)
        assert answer.summary is not None
        found = [(s.text, s.span) for s in answer.summary.sentences]
        for label in (*answer.countries, *answer.events):
            found += [(e.text, e.span) for e in label.evidence]
            found += [(n.text, n.span) for e in label.evidence for n in e.names]
        for words, span in found:
            field = article.title if span.field == "title" else article.text
            assert field[span.char_start : span.char_end] == words
            assert field.encode()[span.byte_start : span.byte_end].decode() == words


def test_a_batch_answers_as_single_calls_do(client: Client, alone: dict[str, dict[str, Any]]) -> None:
    # Thrice and backwards, so that every article meets other company than alone.
    articles = [*examples(), *reversed(examples()), *examples()]
    results = client.analyze_batch(articles)
    assert [r.id for r in results] == [a.id for a in articles]
    for result in results:
        assert result.to_row() == alone[result.id]


@pytest.mark.parametrize("most", [1, 4, 64])
def test_a_stream_answers_as_single_calls_do(client: Client, alone: dict[str, dict[str, Any]], most: int) -> None:
    articles = examples() * 3
    results = sorted(client.analyze_stream(articles, max_in_flight=most), key=lambda r: r.index)
    assert [r.id for r in results] == [a.id for a in articles]
    for result in results:
        assert result.to_row() == alone[result.id]


def test_the_command_line_answers_as_calls_do(client: Client, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    rows = ROOT / "examples" / "articles.jsonl"
    subprocess.run([str(BINARY), "score", str(rows), str(out)], check=True, stdin=subprocess.DEVNULL)
    records = [json.loads(line) for line in rows.read_text(encoding="utf-8").splitlines()]
    scored = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert scored == [client.analyze(Article.from_record(record)).to_row() for record in records]


def test_score_folder_writes_the_same_rows(address: str, alone: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    done = subprocess.run(
        [sys.executable, str(SCORE_FOLDER), str(ARTICLES), str(out), "--address", address, "--max-in-flight", "3"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert {row["id"]: row for row in rows} == alone
    assert len(rows) == len(alone)
    assert f"rows in {len(alone)}, out {len(alone)}, failed 0" in done.stderr


def test_tasks_and_options_are_followed(client: Client) -> None:
    article = examples()[0]
    answer = client.analyze(article, tasks=[Task.SUMMARY], options=Options(summary_sentences=1))
    assert answer.summary is not None and len(answer.summary.sentences) == 1
    assert answer.countries == () and answer.events == ()
    bare = client.analyze(article, options=Options(evidence=False))
    assert all(label.evidence == () for label in (*bare.countries, *bare.events))


@pytest.mark.parametrize(
    ("article", "options", "field"),
    [
        (Article(text=" \n"), None, "article.text"),
        (Article(text="x", id="i" * 1_000_000), None, "article.id"),
        (Article(text="x " * 200_000), None, "article.text"),
        (Article(text="x", language="no tag"), None, "article.language"),
        (Article(text="x"), Options(summary_sentences=0), "options.summary_sentences"),
        (Article(text="x"), Options(min_score=float("nan")), "options.min_score"),
    ],
)
def test_bad_input_names_the_field(client: Client, article: Article, options: Options | None, field: str) -> None:
    with pytest.raises(InvalidArticle) as failure:
        client.analyze(article, options=options)
    assert [v.field for v in failure.value.violations] == [field]
    # The same of an item: in its place, and the others are answered.
    results = client.analyze_batch([Article(id="a", text="Calm in Bishkek."), article], options=options)
    assert isinstance(results[1].error, InvalidArticle)
    assert results[1].error.violations[0].field.endswith(field)
    streamed = list(client.analyze_stream([article, article], options=options))
    assert [type(r.error) for r in streamed] == [InvalidArticle] * 2
