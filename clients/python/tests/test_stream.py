"""The stream: every article answered once, never more under way than allowed, breaks mended."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Iterator

import grpc
import pytest
from conftest import Fake, abort, status

from dateline_client import Article, Client, InvalidArticle, Overloaded, Retry, Unavailable


def some(count: int) -> list[Article]:
    return [Article(id=f"id{i}", text="x") for i in range(count)]


def test_answers_in_any_order_find_their_articles(client: Client, fake: Fake) -> None:
    draw = random.Random(7)

    def shuffled(requests, context):
        """Answers in handfuls, each in random order."""
        numbered = enumerate(requests)
        while handful := list(itertools.islice(numbered, 10)):
            draw.shuffle(handful)
            for index, item in handful:
                yield fake.answer(index, item.request)

    fake.stream = shuffled
    results = list(client.analyze_stream(some(200), max_in_flight=20))
    assert sorted(r.index for r in results) == list(range(200))
    assert all(r.unwrap().id == r.id == f"id{r.index}" for r in results)
    assert [r.index for r in results] != list(range(200)), "the server did shuffle"


@pytest.mark.parametrize("most", [1, 7, 64])
def test_never_more_unanswered_than_allowed(client: Client, fake: Fake, most: int) -> None:
    """The server holds its answers back until nothing more comes: what has come then is what was in flight."""
    arrived: list[tuple[int, object]] = []
    seen: list[int] = []

    def holding(requests, context):
        lock, over = threading.Condition(), threading.Event()

        def read() -> None:
            for index, item in enumerate(requests):
                with lock:
                    arrived.append((index, item.request))
                    lock.notify()
            over.set()
            with lock:
                lock.notify()

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        while not over.is_set() or arrived:
            with lock:
                # Quiet for a moment: the client waits for answers.
                while lock.wait(0.05):
                    pass
                seen.append(len(arrived))
                ready, arrived[:] = list(arrived), []
            for index, request in ready:
                yield fake.answer(index, request)

    fake.stream = holding
    results = list(client.analyze_stream(some(3 * most), max_in_flight=most))
    assert len(results) == 3 * most
    # Reached, so that the window is used; never exceeded, so that it is kept.
    assert max(seen) == most


def test_an_endless_source_is_drawn_only_as_far_as_needed(client: Client) -> None:
    drawn = itertools.count()
    source = (Article(id=str(next(drawn)), text="x") for _ in itertools.repeat(None))
    stream = client.analyze_stream(source, max_in_flight=5)
    assert [r.unwrap().id for r in itertools.islice(stream, 10)]
    stream.close()
    time.sleep(0.1)
    # Ten answered, five in flight.
    assert next(drawn) <= 15


def test_answers_do_not_wait_for_a_slow_source(client: Client) -> None:
    go_on = threading.Event()

    def source() -> Iterator[Article]:
        yield Article(id="first", text="x")
        assert go_on.wait(5), "the first answer came only after the second article"
        yield Article(id="second", text="x")

    stream = client.analyze_stream(source())
    assert next(stream).id == "first"
    go_on.set()
    assert [r.id for r in stream] == ["second"]


def test_a_failed_article_does_not_end_the_stream(client: Client, fake: Fake) -> None:
    fake.verdict = lambda request: (
        status(grpc.StatusCode.INVALID_ARGUMENT, field="article.text") if request.article.id == "id2" else None
    )
    results = {r.index: r for r in client.analyze_stream(some(5))}
    assert sorted(results) == [0, 1, 2, 3, 4]
    assert isinstance(results[2].error, InvalidArticle)
    assert sum(r.error is None for r in results.values()) == 4


def test_an_article_without_room_is_sent_again_on_the_stream(client: Client, fake: Fake) -> None:
    met: set[str] = set()

    def first_time(request):
        if request.article.id in ("id1", "id4") and request.article.id not in met:
            met.add(request.article.id)
            return status(grpc.StatusCode.RESOURCE_EXHAUSTED, retry=0.05)
        return None

    fake.verdict = first_time
    results = list(client.analyze_stream(some(6), max_in_flight=2))
    assert sorted(r.unwrap().id for r in results) == [f"id{i}" for i in range(6)]
    assert (fake.calls, len(fake.requests)) == (1, 8)


def test_an_article_that_never_finds_room_ends_in_its_error(client: Client, fake: Fake) -> None:
    fake.verdict = lambda request: (
        status(grpc.StatusCode.RESOURCE_EXHAUSTED, retry=0) if request.article.id == "id0" else None
    )
    results = {r.index: r for r in client.analyze_stream(some(3))}
    assert isinstance(results[0].error, Overloaded)
    assert len(fake.requests) == 4 + 2


@pytest.mark.parametrize("ending", ["abort", "end"])
def test_a_broken_stream_is_opened_again_and_loses_nothing(client: Client, fake: Fake, ending: str) -> None:
    def breaking(requests, context):
        """Answers seven, then breaks with others unanswered; each stream brings progress, so it may break often."""
        for index, item in enumerate(requests):
            if index == 7:
                if ending == "abort":
                    abort(context, status(grpc.StatusCode.UNAVAILABLE, retry=0.01))
                return
            yield fake.answer(index, item.request)

    fake.stream = breaking
    results = list(client.analyze_stream(some(50), max_in_flight=5))
    assert sorted(r.index for r in results) == list(range(50))
    assert all(r.unwrap().id == f"id{r.index}" for r in results)
    assert fake.calls > 4


def test_a_stream_that_breaks_while_the_source_is_slow_loses_nothing(client: Client, fake: Fake) -> None:
    broken = threading.Event()

    def breaking(requests, context):
        for index, item in enumerate(requests):
            yield fake.answer(index, item.request)
            if index == 0 and not broken.is_set():
                broken.set()
                abort(context, status(grpc.StatusCode.UNAVAILABLE, retry=0))

    def source() -> Iterator[Article]:
        yield Article(id="0", text="x")
        broken.wait(5)
        # The client opens the next stream while its old thread sits here.
        time.sleep(0.3)
        yield Article(id="1", text="x")
        yield Article(id="2", text="x")

    fake.stream = breaking
    assert sorted(r.unwrap().id for r in client.analyze_stream(source())) == ["0", "1", "2"]


def test_a_stream_that_brings_nothing_is_given_up(client: Client, fake: Fake) -> None:
    def refusing(requests, context):
        abort(context, status(grpc.StatusCode.UNAVAILABLE, "the server is shutting down", retry=0.01))
        yield

    fake.stream = refusing
    with pytest.raises(Unavailable):
        list(client.analyze_stream(some(3)))
    assert fake.calls == 4


def test_no_server_is_unavailable() -> None:
    with Client("127.0.0.1:1", retry=Retry(attempts=3, first_delay=0.01)) as client, pytest.raises(Unavailable):
        list(client.analyze_stream(some(3)))


def test_what_the_source_raises_is_raised_here(client: Client) -> None:
    def source() -> Iterator[Article]:
        yield Article(text="x")
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        list(client.analyze_stream(source()))


def test_an_empty_source_is_no_error(client: Client) -> None:
    assert list(client.analyze_stream([])) == []


def test_a_window_of_none_is_refused(client: Client) -> None:
    with pytest.raises(ValueError, match="max_in_flight"):
        list(client.analyze_stream(some(1), max_in_flight=0))
