from dateline_client._generated.dateline.v1 import analysis_pb2 as _analysis_pb2
from dateline_client._generated.dateline.v1 import article_pb2 as _article_pb2
from dateline_client._generated.dateline.v1 import taxonomy_pb2 as _taxonomy_pb2
from google.rpc import status_pb2 as _status_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AnalyzeOptions(_message.Message):
    __slots__ = ("summary_sentences", "summary_max_chars", "min_score", "evidence", "timings")
    SUMMARY_SENTENCES_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_MAX_CHARS_FIELD_NUMBER: _ClassVar[int]
    MIN_SCORE_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    TIMINGS_FIELD_NUMBER: _ClassVar[int]
    summary_sentences: int
    summary_max_chars: int
    min_score: float
    evidence: bool
    timings: bool
    def __init__(self, summary_sentences: _Optional[int] = ..., summary_max_chars: _Optional[int] = ..., min_score: _Optional[float] = ..., evidence: _Optional[bool] = ..., timings: _Optional[bool] = ...) -> None: ...

class AnalyzeRequest(_message.Message):
    __slots__ = ("article", "tasks", "options")
    ARTICLE_FIELD_NUMBER: _ClassVar[int]
    TASKS_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    article: _article_pb2.Article
    tasks: _containers.RepeatedScalarFieldContainer[_taxonomy_pb2.Task]
    options: AnalyzeOptions
    def __init__(self, article: _Optional[_Union[_article_pb2.Article, _Mapping]] = ..., tasks: _Optional[_Iterable[_Union[_taxonomy_pb2.Task, str]]] = ..., options: _Optional[_Union[AnalyzeOptions, _Mapping]] = ...) -> None: ...

class AnalyzeResponse(_message.Message):
    __slots__ = ("analysis",)
    ANALYSIS_FIELD_NUMBER: _ClassVar[int]
    analysis: _analysis_pb2.Analysis
    def __init__(self, analysis: _Optional[_Union[_analysis_pb2.Analysis, _Mapping]] = ...) -> None: ...

class BatchAnalyzeRequest(_message.Message):
    __slots__ = ("requests",)
    REQUESTS_FIELD_NUMBER: _ClassVar[int]
    requests: _containers.RepeatedCompositeFieldContainer[AnalyzeRequest]
    def __init__(self, requests: _Optional[_Iterable[_Union[AnalyzeRequest, _Mapping]]] = ...) -> None: ...

class BatchAnalyzeResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[BatchAnalyzeResult]
    def __init__(self, results: _Optional[_Iterable[_Union[BatchAnalyzeResult, _Mapping]]] = ...) -> None: ...

class BatchAnalyzeResult(_message.Message):
    __slots__ = ("id", "analysis", "status")
    ID_FIELD_NUMBER: _ClassVar[int]
    ANALYSIS_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    id: str
    analysis: _analysis_pb2.Analysis
    status: _status_pb2.Status
    def __init__(self, id: _Optional[str] = ..., analysis: _Optional[_Union[_analysis_pb2.Analysis, _Mapping]] = ..., status: _Optional[_Union[_status_pb2.Status, _Mapping]] = ...) -> None: ...

class AnalyzeStreamRequest(_message.Message):
    __slots__ = ("request",)
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    request: AnalyzeRequest
    def __init__(self, request: _Optional[_Union[AnalyzeRequest, _Mapping]] = ...) -> None: ...

class AnalyzeStreamResponse(_message.Message):
    __slots__ = ("id", "analysis", "status", "index")
    ID_FIELD_NUMBER: _ClassVar[int]
    ANALYSIS_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    id: str
    analysis: _analysis_pb2.Analysis
    status: _status_pb2.Status
    index: int
    def __init__(self, id: _Optional[str] = ..., analysis: _Optional[_Union[_analysis_pb2.Analysis, _Mapping]] = ..., status: _Optional[_Union[_status_pb2.Status, _Mapping]] = ..., index: _Optional[int] = ...) -> None: ...
