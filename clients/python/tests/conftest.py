"""A server that answers as a test tells it to, over a real connection."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent import futures

import grpc
import pytest
from google.protobuf import any_pb2, duration_pb2
from google.rpc import error_details_pb2, status_pb2

from dateline_client import Client, Retry
from dateline_client._generated.dateline.v1 import analysis_pb2, taxonomy_pb2
from dateline_client._generated.dateline.v1 import analysis_service_pb2 as pb
from dateline_client._generated.dateline.v1 import analysis_service_pb2_grpc as pb_grpc


def analysis(article_id: str) -> analysis_pb2.Analysis:
    """An answer with something in every field, of the text `Бишкек calm. Riot over.`"""
    span = analysis_pb2.Span(
        field=analysis_pb2.Span.FIELD_TEXT, byte_start=0, byte_end=18, char_start=0, char_end=12
    )
    name = analysis_pb2.NameMention(
        text="Бишкек",
        span=analysis_pb2.Span(
            field=analysis_pb2.Span.FIELD_TEXT, byte_start=0, byte_end=12, char_start=0, char_end=6
        ),
        kind=analysis_pb2.NameMention.KIND_CAPITAL,
    )
    return analysis_pb2.Analysis(
        id=article_id,
        language=analysis_pb2.Language(tag="ky", score=0.9),
        countries=[
            analysis_pb2.Country(
                alpha2="KG",
                alpha3="KGZ",
                name="Kyrgyzstan",
                score=0.87,
                primary=True,
                evidence=[analysis_pb2.Evidence(span=span, text="Бишкек calm.", weight=0.7, names=[name])],
            )
        ],
        events=[
            analysis_pb2.Event(
                type=taxonomy_pb2.EVENT_TYPE_ASSAULT,
                mode=taxonomy_pb2.MODE_SUICIDE_ATTACK,
                score=1e-7,
                primary=True,
                quad_class=taxonomy_pb2.QUAD_CLASS_MATERIAL_CONFLICT,
            ),
            analysis_pb2.Event(type=taxonomy_pb2.EVENT_TYPE_OTHER, score=0.25),
        ],
        summary=analysis_pb2.Summary(
            text="Бишкек calm.",
            sentences=[analysis_pb2.SummarySentence(text="Бишкек calm.", span=span, salience=0.5)],
        ),
        truncation=analysis_pb2.Truncation(tokens_seen=9, windows=1),
        model=analysis_pb2.ModelRef(name="pilot", version="1", taxonomy_version="2026.11"),
        timings=analysis_pb2.Timings(model=duration_pb2.Duration(nanos=1_500_000)),
        warnings=[analysis_pb2.Warning(code="LOW_CONFIDENCE", message="The model is not sure.")],
    )


def status(code: grpc.StatusCode, message: str = "no", *, field: str = "", retry: float | None = None) -> status_pb2.Status:
    """A rich status, as the server sends it."""
    result = status_pb2.Status(code=code.value[0], message=message)
    if field:
        result.details.add().Pack(
            error_details_pb2.BadRequest(
                field_violations=[error_details_pb2.BadRequest.FieldViolation(field=field, description="is empty")]
            )
        )
    if retry is not None:
        delay = duration_pb2.Duration()
        delay.FromNanoseconds(round(retry * 1e9))
        result.details.add().Pack(error_details_pb2.RetryInfo(retry_delay=delay))
    # A detail that this client does not know does not hurt.
    result.details.append(any_pb2.Any(type_url="type.googleapis.com/of.the.Future", value=b"?"))
    return result


def abort(context: grpc.ServicerContext, rich: status_pb2.Status) -> None:
    code = next(c for c in grpc.StatusCode if c.value[0] == rich.code)
    context.set_trailing_metadata((("grpc-status-details-bin", rich.SerializeToString()),))
    context.abort(code, rich.message)


class Fake(pb_grpc.AnalysisServiceServicer):
    """Each call is a function that the test sets; the defaults answer every article."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.requests: list[pb.AnalyzeRequest] = []
        self.calls = 0
        #: What becomes of one article: None, an analysis.
        self.verdict: Callable[[pb.AnalyzeRequest], status_pb2.Status | None] = lambda request: None
        self.stream: Callable[..., Iterator[pb.AnalyzeStreamResponse]] | None = None

    def judge(self, request: pb.AnalyzeRequest) -> status_pb2.Status | None:
        with self.lock:
            self.requests.append(request)
        return self.verdict(request)

    def Analyze(self, request, context):  # noqa: N802 - the name of the contract
        self.calls += 1
        failure = self.judge(request)
        if failure is not None:
            abort(context, failure)
        return pb.AnalyzeResponse(analysis=analysis(request.article.id))

    def BatchAnalyze(self, request, context):  # noqa: N802
        self.calls += 1
        response = pb.BatchAnalyzeResponse()
        for item in request.requests:
            failure = self.judge(item)
            result = response.results.add(id=item.article.id)
            if failure is None:
                result.analysis.CopyFrom(analysis(item.article.id))
            else:
                result.status.CopyFrom(failure)
        return response

    def AnalyzeStream(self, requests, context):  # noqa: N802
        self.calls += 1
        if self.stream is not None:
            yield from self.stream(requests, context)
            return
        for index, item in enumerate(requests):
            yield self.answer(index, item.request)

    def answer(self, index: int, request: pb.AnalyzeRequest) -> pb.AnalyzeStreamResponse:
        failure = self.judge(request)
        response = pb.AnalyzeStreamResponse(id=request.article.id, index=index)
        if failure is None:
            response.analysis.CopyFrom(analysis(request.article.id))
        else:
            response.status.CopyFrom(failure)
        return response


@pytest.fixture
def fake() -> Fake:
    return Fake()


@pytest.fixture
def address(fake: Fake) -> Iterator[str]:
    server = grpc.server(futures.ThreadPoolExecutor(8))
    pb_grpc.add_AnalysisServiceServicer_to_server(fake, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None)


@pytest.fixture
def client(address: str) -> Iterator[Client]:
    with Client(address, timeout=10, retry=Retry(attempts=4, first_delay=0.01, longest_delay=1)) as client:
        yield client
