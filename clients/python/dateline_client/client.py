"""The client: one channel, three calls."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any

import grpc

from ._generated.dateline.v1 import analysis_service_pb2 as pb
from ._generated.dateline.v1 import analysis_service_pb2_grpc as pb_grpc
from . import articles, errors, results
from .articles import Article, Options, Task
from .errors import DatelineError, DeadlineExceeded
from .results import Analysis
from .window import Window


@dataclass(frozen=True)
class Result:
    """What became of one article of a batch or a stream: exactly one of `analysis` and `error` is set."""

    #: Position among the articles given, from 0.
    index: int
    #: The article's id.
    id: str
    analysis: Analysis | None = None
    error: DatelineError | None = None

    def unwrap(self) -> Analysis:
        """The analysis; raises the error if there is none."""
        if self.analysis is None:
            raise self.error or DatelineError("UNKNOWN", "the server sent neither an analysis nor a status")
        return self.analysis

    def to_row(self) -> dict[str, Any]:
        """The JSON object that `dateline score` writes for the article."""
        if self.analysis is not None:
            return self.analysis.to_row()
        error = self.error or DatelineError("UNKNOWN", "no answer")
        # Rows name fields as they stand in a row: `text`, not `article.text`.
        field = error.violations[0].field.removeprefix("article.") if error.violations else None
        return {"id": self.id, "error": {"code": error.code, "field": field, "message": error.message}}


@dataclass(frozen=True)
class Retry:
    """How often and how patiently UNAVAILABLE and RESOURCE_EXHAUSTED are tried again.

    Where the server says how long to wait (RetryInfo), that is waited; otherwise `first_delay`, doubled each time.
    No wait is longer than `longest_delay`, and none outlasts the deadline.
    """

    #: Attempts in all; 1 never tries again.
    attempts: int = 5
    #: Seconds.
    first_delay: float = 0.2
    #: Seconds.
    longest_delay: float = 5.0

    def delay(self, error: DatelineError, attempt: int) -> float | None:
        """Seconds to wait after attempt number `attempt` (from 1) failed so; None: do not try again."""
        if error.code not in ("UNAVAILABLE", "RESOURCE_EXHAUSTED") or attempt >= self.attempts:
            return None
        asked = error.retry_after
        seconds = self.first_delay * 2 ** (attempt - 1) if asked is None else asked
        # Up to a tenth more, so that clients which failed together do not come back together.
        return min(seconds, self.longest_delay) * random.uniform(1.0, 1.1)


class Client:
    """A connection to a Dateline server. Safe to share between threads; close it or use it in a `with`.

    `address` is `host:port`, or any gRPC target: with `dns:///name:port` of a headless service calls go round all
    its servers. `credentials` (such as `grpc.ssl_channel_credentials()`) turns TLS on. `metadata` is sent with every
    call. `timeout` is the deadline, in seconds, of `analyze` and `analyze_batch`, all attempts together.
    """

    def __init__(
        self,
        address: str = "127.0.0.1:50051",
        *,
        timeout: float = 60.0,
        retry: Retry = Retry(),
        credentials: grpc.ChannelCredentials | None = None,
        metadata: Sequence[tuple[str, str]] = (),
    ) -> None:
        options = [
            # A batch of 256 answers with evidence exceeds gRPC's default of 4 MiB.
            ("grpc.max_receive_message_length", -1),
            # A dead connection is noticed even where a stream has no deadline. gRPC servers end connections that ask more
            # often than every five minutes.
            ("grpc.keepalive_time_ms", 300_000),
            ("grpc.keepalive_timeout_ms", 10_000),
            ("grpc.service_config", json.dumps({"loadBalancingConfig": [{"round_robin": {}}]})),
        ]
        if credentials is None:
            self._channel = grpc.insecure_channel(address, options)
        else:
            self._channel = grpc.secure_channel(address, credentials, options)
        self._stub = pb_grpc.AnalysisServiceStub(self._channel)
        self._timeout = timeout
        self._retry = retry
        self._metadata = tuple(metadata)

    def analyze(
        self,
        article: Article | str,
        *,
        tasks: Iterable[Task] = (),
        options: Options | None = None,
        timeout: float | None = None,
    ) -> Analysis:
        """Analyses one article; a string is taken for the text. No tasks: all.

        Raises `InvalidArticle`, `Overloaded`, `Unavailable`, `DeadlineExceeded` or, for all else, `DatelineError`.
        """
        request = articles.request(article, tasks, options)
        deadline = self._deadline(timeout)
        attempt = 0
        while True:
            attempt += 1
            try:
                response = self._stub.Analyze(request, timeout=_left(deadline), metadata=self._metadata)
                return results.from_message(response.analysis)
            except grpc.RpcError as failure:
                error = errors.from_call(failure)
            self._wait(error, attempt, deadline)

    def analyze_batch(
        self,
        articles_: Iterable[Article | str],
        *,
        tasks: Iterable[Task] = (),
        options: Options | None = None,
        timeout: float | None = None,
    ) -> list[Result]:
        """Analyses up to 256 articles in one call: one result per article, in the order given.

        An article that fails has its error in its result; a call that fails raises. Articles for which the server had
        no room are sent again, those alone.
        """
        tasks = tuple(tasks)
        requests = [articles.request(article, tasks, options) for article in articles_]
        deadline = self._deadline(timeout)
        done: dict[int, Result] = {}
        open_ = list(range(len(requests)))
        attempt = 0
        while open_:
            attempt += 1
            try:
                response = self._stub.BatchAnalyze(
                    pb.BatchAnalyzeRequest(requests=[requests[i] for i in open_]),
                    timeout=_left(deadline),
                    metadata=self._metadata,
                )
            except grpc.RpcError as failure:
                error = errors.from_call(failure)
                # What earlier attempts brought is not thrown away for a call that was only to mend the rest.
                if not done:
                    self._wait(error, attempt, deadline)
                    continue
                for i in open_:
                    done[i] = Result(i, requests[i].article.id, error=error)
            else:
                if len(response.results) != len(open_):
                    raise DatelineError(
                        "INTERNAL", f"{len(open_)} articles were sent and {len(response.results)} results came back"
                    )
                for i, message in zip(open_, response.results):
                    done[i] = replace(_result(message, i), id=requests[i].article.id)
            delays = {
                i: delay
                for i in open_
                if (error_ := done[i].error) is not None and (delay := self._retry.delay(error_, attempt)) is not None
            }
            wait = max(delays.values(), default=0.0)
            if wait >= _left(deadline):
                break
            if delays:
                time.sleep(wait)
            open_ = list(delays)
        return [done[i] for i in range(len(requests))]

    def analyze_stream(
        self,
        articles_: Iterable[Article | str],
        *,
        tasks: Iterable[Task] = (),
        options: Options | None = None,
        max_in_flight: int = 64,
        timeout: float | None = None,
    ) -> Iterator[Result]:
        """Analyses articles as they come; results come as they are ready, each with the index of its article.

        The articles are drawn from the iterable, in a thread of the connection, only while fewer than `max_in_flight`
        are unanswered, so it may be endless. An article that fails has its error in its result. A connection that
        breaks is opened again and what was unanswered sent again; if that does not help, the error is raised. An
        exception of the iterable is raised here. `timeout` is for the whole stream; None: no bound.
        """
        if max_in_flight < 1:
            raise ValueError(f"max_in_flight is {max_in_flight}; at least 1 is needed")
        tasks = tuple(tasks)
        window = Window((articles.request(article, tasks, options) for article in articles_), max_in_flight)
        deadline = None if timeout is None else time.monotonic() + timeout
        broken = 0
        try:
            while True:
                call = self._stub.AnalyzeStream(
                    window.requests(),
                    timeout=None if deadline is None else _left(deadline),
                    metadata=self._metadata,
                )
                try:
                    for response in call:
                        # The connection works: what broke before is mended.
                        broken = 0
                        item = window.item(response.index)
                        result = _result(response, item.index)
                        if result.error is not None:
                            delay = self._retry.delay(result.error, item.attempts)
                            if delay is not None and (deadline is None or delay < _left(deadline)):
                                window.again(response.index, delay)
                                continue
                        window.answered(response.index)
                        yield replace(result, id=item.request.article.id)
                    window.raise_failure_of_source()
                    if window.done():
                        return
                    error = DatelineError("UNAVAILABLE", "the server ended the stream before all articles were answered")
                except grpc.RpcError as failure:
                    window.raise_failure_of_source()
                    error = errors.from_call(failure)
                finally:
                    call.cancel()
                broken += 1
                self._wait(error, broken, deadline)
                window.reopen()
        finally:
            window.close()

    def close(self) -> None:
        """Closes the connection; calls under way end as cancelled."""
        self._channel.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _deadline(self, timeout: float | None) -> float:
        return time.monotonic() + (self._timeout if timeout is None else timeout)

    def _wait(self, error: DatelineError, attempt: int, deadline: float | None) -> None:
        """Waits before the next attempt; raises the error if there shall be none."""
        delay = self._retry.delay(error, attempt)
        if delay is None:
            raise error
        if deadline is not None and delay >= _left(deadline):
            raise DeadlineExceeded(
                "DEADLINE_EXCEEDED", f"no time was left to try again after {error.code}: {error.message}"
            ) from error
        time.sleep(delay)


def _left(deadline: float) -> float:
    return max(0.0, deadline - time.monotonic())


def _result(message: pb.BatchAnalyzeResult | pb.AnalyzeStreamResponse, index: int) -> Result:
    if message.WhichOneof("result") == "analysis":
        return Result(index, message.id, analysis=results.from_message(message.analysis))
    if message.WhichOneof("result") == "status":
        return Result(index, message.id, error=errors.from_status(message.status))
    return Result(index, message.id, error=DatelineError("INTERNAL", "the result is empty"))

