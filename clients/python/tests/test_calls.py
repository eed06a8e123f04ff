"""One article and a batch: what goes out, what comes back, what fails how."""

from __future__ import annotations

import json
import random
import struct
import time
from datetime import datetime, timedelta, timezone

import grpc
import pytest
from conftest import Fake, status

from dateline_client import (
    Article,
    Client,
    DatelineError,
    DeadlineExceeded,
    InvalidArticle,
    Options,
    Overloaded,
    Retry,
    Task,
    Unavailable,
)
from dateline_client._generated.dateline.v1 import taxonomy_pb2
from dateline_client.results import from_message, shortest


def test_the_answer_has_every_field(client: Client) -> None:
    answer = client.analyze(Article(id="a", text="Бишкек calm. Riot over."))
    assert answer.id == "a"
    assert (answer.language.tag, answer.language.score, answer.language.given) == ("ky", 0.9, False)
    assert answer.country is not None and answer.country.alpha3 == "KGZ" and answer.country.score == 0.87
    names = answer.country.evidence[0].names
    assert [(n.text, n.kind, n.span.char_end) for n in names] == [("Бишкек", "capital", 6)]
    assert [(e.type, e.mode, e.quad_class) for e in answer.events] == [
        ("ASSAULT", "suicide-attack", "material_conflict"),
        ("OTHER", None, None),
    ]
    assert answer.summary is not None and answer.summary.sentences[0].span.byte_end == 18
    assert answer.timings is not None and answer.timings.model == timedelta(milliseconds=1.5)
    assert answer.warnings[0].code == "LOW_CONFIDENCE"


def test_the_row_is_that_of_dateline_score(client: Client) -> None:
    place = {"byte_start": 0, "byte_end": 18, "char_start": 0, "char_end": 12}
    assert json.loads(json.dumps(client.analyze(Article(id="a", text="x")).to_row())) == {
        "id": "a",
        "language": {"tag": "ky", "score": 0.9},
        "countries": [
            {
                "alpha2": "KG",
                "alpha3": "KGZ",
                "name": "Kyrgyzstan",
                "score": 0.87,
                "primary": True,
                "evidence": [
                    {
                        "text": "Бишкек calm.",
                        "weight": 0.7,
                        "field": "text",
                        **place,
                        "names": [
                            {
                                "text": "Бишкек",
                                "kind": "capital",
                                "byte_start": 0,
                                "byte_end": 12,
                                "char_start": 0,
                                "char_end": 6,
                            }
                        ],
                    }
                ],
            }
        ],
        "events": [
            {
                "type": "ASSAULT",
                "mode": "suicide-attack",
                "score": 1e-7,
                "primary": True,
                "quad_class": "material_conflict",
                "evidence": [],
            },
            {"type": "OTHER", "mode": None, "score": 0.25, "primary": False, "quad_class": None, "evidence": []},
        ],
        "summary": {"text": "Бишкек calm.", "sentences": [{"text": "Бишкек calm.", "score": 0.5, **place}]},
        "truncation": {"tokens_seen": 9, "tokens_dropped": 0, "windows": 1},
        "model": {"name": "pilot", "version": "1", "taxonomy_version": "2026.11"},
        "timings": {"text_ms": 0.0, "queue_ms": 0.0, "model_ms": 1.5, "tasks_ms": 0.0},
        "warnings": [{"code": "LOW_CONFIDENCE", "message": "The model is not sure."}],
    }


def test_what_is_asked_arrives(client: Client, fake: Fake) -> None:
    when = datetime(2026, 3, 1, 12, 30, tzinfo=timezone(timedelta(hours=3)))
    client.analyze(
        Article(id="i", title="t", text="x", language="ar", published_at=when, source="s"),
        tasks=[Task.EVENT],
        options=Options(summary_sentences=0, min_score=0.5, evidence=False),
    )
    client.analyze("only text")
    full, plain = fake.requests
    assert (full.article.id, full.article.title, full.article.language, full.article.source) == ("i", "t", "ar", "s")
    assert full.article.published_at.ToJsonString() == "2026-03-01T09:30:00Z"
    assert list(full.tasks) == [taxonomy_pb2.TASK_EVENT]
    # A zero that was given is sent, for the server to refuse; what was not given is not sent.
    assert full.options.HasField("summary_sentences") and not full.options.HasField("summary_max_chars")
    assert full.options.HasField("evidence") and not full.options.evidence
    assert plain.article.text == "only text" and not plain.HasField("options") and not plain.tasks


def test_a_refused_field_is_named_and_not_sent_again(client: Client, fake: Fake) -> None:
    fake.verdict = lambda request: status(grpc.StatusCode.INVALID_ARGUMENT, field="article.text")
    with pytest.raises(InvalidArticle) as failure:
        client.analyze("")
    assert [(v.field, v.description) for v in failure.value.violations] == [("article.text", "is empty")]
    assert fake.calls == 1


@pytest.mark.parametrize("code", ["INTERNAL", "NOT_FOUND", "UNAUTHENTICATED"])
def test_other_faults_are_not_tried_again(client: Client, fake: Fake, code: str) -> None:
    fake.verdict = lambda request: status(grpc.StatusCode[code], "the model failed")
    with pytest.raises(DatelineError) as failure:
        client.analyze("x")
    assert (failure.value.code, failure.value.message, fake.calls) == (code, "the model failed", 1)


def test_a_full_queue_is_waited_for_as_long_as_the_server_says(client: Client, fake: Fake) -> None:
    fake.verdict = lambda request: (
        status(grpc.StatusCode.RESOURCE_EXHAUSTED, retry=0.2) if fake.calls <= 2 else None
    )
    started = time.monotonic()
    assert client.analyze(Article(id="a", text="x")).id == "a"
    assert fake.calls == 3
    assert time.monotonic() - started >= 0.4


def test_attempts_are_bounded(client: Client, fake: Fake) -> None:
    fake.verdict = lambda request: status(grpc.StatusCode.RESOURCE_EXHAUSTED, retry=0)
    with pytest.raises(Overloaded):
        client.analyze("x")
    assert fake.calls == 4


def test_a_wait_never_outlasts_the_deadline(client: Client, fake: Fake) -> None:
    fake.verdict = lambda request: status(grpc.StatusCode.UNAVAILABLE, retry=0.9)
    started = time.monotonic()
    with pytest.raises(DeadlineExceeded) as failure:
        client.analyze("x", timeout=0.5)
    assert time.monotonic() - started < 0.5
    assert isinstance(failure.value.__cause__, Unavailable)


def test_the_wait_is_bounded_and_grows() -> None:
    retry = Retry(attempts=10, first_delay=0.1, longest_delay=2)
    silent, greedy = Unavailable("UNAVAILABLE", ""), Unavailable("UNAVAILABLE", "", retry_after=3600)
    delays = [retry.delay(silent, attempt) for attempt in (1, 2, 3, 9)]
    for delay, nominal in zip(delays, [0.1, 0.2, 0.4, 2.0]):
        assert delay is not None and nominal <= delay <= nominal * 1.1
    assert (retry.delay(greedy, 1) or 0) <= 2.2
    assert retry.delay(silent, 10) is None


def test_a_slow_server_meets_the_deadline(client: Client, fake: Fake) -> None:
    fake.verdict = lambda request: time.sleep(1)
    started = time.monotonic()
    with pytest.raises(DeadlineExceeded):
        client.analyze("x", timeout=0.2)
    assert time.monotonic() - started < 0.9


def test_no_server_is_unavailable() -> None:
    with Client("127.0.0.1:1", retry=Retry(attempts=2, first_delay=0.01)) as client, pytest.raises(Unavailable):
        client.analyze("x")


def test_a_batch_keeps_the_order_and_the_errors(client: Client, fake: Fake) -> None:
    fake.verdict = lambda request: (
        status(grpc.StatusCode.INVALID_ARGUMENT, field="article.text") if not request.article.text else None
    )
    # Ids need not be unique.
    texts = [("a", "x"), ("b", ""), ("a", "y"), ("", "z")]
    results = client.analyze_batch(Article(id=id, text=text) for id, text in texts)
    assert [(r.index, r.id) for r in results] == [(0, "a"), (1, "b"), (2, "a"), (3, "")]
    assert [r.error is None for r in results] == [True, False, True, True]
    assert results[1].to_row() == {
        "id": "b",
        "error": {"code": "INVALID_ARGUMENT", "field": "text", "message": "no"},
    }
    with pytest.raises(InvalidArticle):
        results[1].unwrap()
    assert client.analyze_batch([]) == []


def test_only_what_found_no_room_in_a_batch_is_sent_again(client: Client, fake: Fake) -> None:
    fake.verdict = lambda request: (
        status(grpc.StatusCode.RESOURCE_EXHAUSTED, retry=0.01)
        if request.article.id in ("1", "3") and fake.calls == 1
        else None
    )
    results = client.analyze_batch([Article(id=str(i), text="x") for i in range(5)])
    assert [r.unwrap().id for r in results] == ["0", "1", "2", "3", "4"]
    assert [r.article.id for r in fake.requests] == ["0", "1", "2", "3", "4", "1", "3"]


def test_a_batch_without_room_ends_with_errors_in_place(client: Client, fake: Fake) -> None:
    fake.verdict = lambda request: (
        status(grpc.StatusCode.RESOURCE_EXHAUSTED, retry=0) if request.article.id == "1" else None
    )
    results = client.analyze_batch([Article(id=str(i), text="x") for i in range(3)])
    assert [type(r.error) for r in results] == [type(None), Overloaded, type(None)]
    assert fake.calls == 4


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"text": b"bytes"}, "article.text"),
        ({"text": "x", "title": None}, "article.title"),
        # As os.fsdecode or "surrogateescape" make it: protobuf could not encode it.
        ({"text": "bad \udce9"}, "article.text"),
        ({"text": "x", "published_at": datetime(2026, 1, 1)}, "article.published_at"),
    ],
)
def test_what_cannot_be_sent_is_refused_where_it_is_made(fields: dict, field: str) -> None:
    with pytest.raises(InvalidArticle) as failure:
        Article(**fields)
    assert failure.value.violations[0].field == field


@pytest.mark.parametrize("record", [None, [], "x", {}, {"text": None}, {"text": 1}, {"text": "x", "published_at": "soon"}])
def test_a_bad_record_is_an_invalid_article(record: object) -> None:
    with pytest.raises(InvalidArticle):
        Article.from_record(record)  # type: ignore[arg-type]


def test_a_record_may_hold_more_and_less() -> None:
    article = Article.from_record(
        {"id": 7, "text": "x", "title": None, "published_at": "2026-03-01T09:30:00Z", "author": "?"}
    )
    assert (article.id, article.title) == ("7", "")
    assert article.published_at == datetime(2026, 3, 1, 9, 30, tzinfo=timezone.utc)


def test_labels_newer_than_the_client_are_passed_through() -> None:
    from conftest import analysis

    message = analysis("a")
    message.events[0].type = 4711
    assert from_message(message).events[0].type == "4711"


def test_shortest_leads_back_to_the_same_bits() -> None:
    draw = random.Random(1)
    for value in (0.0, 1.0, *(draw.random() for _ in range(2000)), *(draw.random() ** 30 for _ in range(200))):
        (single,) = struct.unpack("<f", struct.pack("<f", value))
        same = [d for d in range(1, 10) if struct.pack("<f", float(f"{single:.{d}g}")) == struct.pack("<f", single)]
        assert shortest(single) == float(f"{single:.{same[0]}g}")
    # No score, but no reason to fall over either.
    assert shortest(struct.unpack("<f", b"\xff\xff\x7f\x7f")[0]) == 3.4028235e38
    assert shortest(float("inf")) == float("inf")
    assert shortest(float("nan")) != shortest(float("nan"))
