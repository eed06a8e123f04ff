import datetime

from dateline_client._generated.dateline.v1 import taxonomy_pb2 as _taxonomy_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Span(_message.Message):
    __slots__ = ("field", "byte_start", "byte_end", "char_start", "char_end")
    class Field(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        FIELD_UNSPECIFIED: _ClassVar[Span.Field]
        FIELD_TITLE: _ClassVar[Span.Field]
        FIELD_TEXT: _ClassVar[Span.Field]
    FIELD_UNSPECIFIED: Span.Field
    FIELD_TITLE: Span.Field
    FIELD_TEXT: Span.Field
    FIELD_FIELD_NUMBER: _ClassVar[int]
    BYTE_START_FIELD_NUMBER: _ClassVar[int]
    BYTE_END_FIELD_NUMBER: _ClassVar[int]
    CHAR_START_FIELD_NUMBER: _ClassVar[int]
    CHAR_END_FIELD_NUMBER: _ClassVar[int]
    field: Span.Field
    byte_start: int
    byte_end: int
    char_start: int
    char_end: int
    def __init__(self, field: _Optional[_Union[Span.Field, str]] = ..., byte_start: _Optional[int] = ..., byte_end: _Optional[int] = ..., char_start: _Optional[int] = ..., char_end: _Optional[int] = ...) -> None: ...

class Evidence(_message.Message):
    __slots__ = ("span", "text", "weight", "names")
    SPAN_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    NAMES_FIELD_NUMBER: _ClassVar[int]
    span: Span
    text: str
    weight: float
    names: _containers.RepeatedCompositeFieldContainer[NameMention]
    def __init__(self, span: _Optional[_Union[Span, _Mapping]] = ..., text: _Optional[str] = ..., weight: _Optional[float] = ..., names: _Optional[_Iterable[_Union[NameMention, _Mapping]]] = ...) -> None: ...

class NameMention(_message.Message):
    __slots__ = ("text", "span", "kind")
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        KIND_UNSPECIFIED: _ClassVar[NameMention.Kind]
        KIND_COUNTRY: _ClassVar[NameMention.Kind]
        KIND_DEMONYM: _ClassVar[NameMention.Kind]
        KIND_CAPITAL: _ClassVar[NameMention.Kind]
        KIND_CITY: _ClassVar[NameMention.Kind]
        KIND_LEADER: _ClassVar[NameMention.Kind]
    KIND_UNSPECIFIED: NameMention.Kind
    KIND_COUNTRY: NameMention.Kind
    KIND_DEMONYM: NameMention.Kind
    KIND_CAPITAL: NameMention.Kind
    KIND_CITY: NameMention.Kind
    KIND_LEADER: NameMention.Kind
    TEXT_FIELD_NUMBER: _ClassVar[int]
    SPAN_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    text: str
    span: Span
    kind: NameMention.Kind
    def __init__(self, text: _Optional[str] = ..., span: _Optional[_Union[Span, _Mapping]] = ..., kind: _Optional[_Union[NameMention.Kind, str]] = ...) -> None: ...

class Language(_message.Message):
    __slots__ = ("tag", "score", "given")
    TAG_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    GIVEN_FIELD_NUMBER: _ClassVar[int]
    tag: str
    score: float
    given: bool
    def __init__(self, tag: _Optional[str] = ..., score: _Optional[float] = ..., given: _Optional[bool] = ...) -> None: ...

class Country(_message.Message):
    __slots__ = ("alpha2", "alpha3", "name", "score", "primary", "evidence")
    ALPHA2_FIELD_NUMBER: _ClassVar[int]
    ALPHA3_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    PRIMARY_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    alpha2: str
    alpha3: str
    name: str
    score: float
    primary: bool
    evidence: _containers.RepeatedCompositeFieldContainer[Evidence]
    def __init__(self, alpha2: _Optional[str] = ..., alpha3: _Optional[str] = ..., name: _Optional[str] = ..., score: _Optional[float] = ..., primary: _Optional[bool] = ..., evidence: _Optional[_Iterable[_Union[Evidence, _Mapping]]] = ...) -> None: ...

class Event(_message.Message):
    __slots__ = ("type", "mode", "score", "primary", "quad_class", "evidence")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    PRIMARY_FIELD_NUMBER: _ClassVar[int]
    QUAD_CLASS_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    type: _taxonomy_pb2.EventType
    mode: _taxonomy_pb2.Mode
    score: float
    primary: bool
    quad_class: _taxonomy_pb2.QuadClass
    evidence: _containers.RepeatedCompositeFieldContainer[Evidence]
    def __init__(self, type: _Optional[_Union[_taxonomy_pb2.EventType, str]] = ..., mode: _Optional[_Union[_taxonomy_pb2.Mode, str]] = ..., score: _Optional[float] = ..., primary: _Optional[bool] = ..., quad_class: _Optional[_Union[_taxonomy_pb2.QuadClass, str]] = ..., evidence: _Optional[_Iterable[_Union[Evidence, _Mapping]]] = ...) -> None: ...

class Summary(_message.Message):
    __slots__ = ("text", "sentences")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    SENTENCES_FIELD_NUMBER: _ClassVar[int]
    text: str
    sentences: _containers.RepeatedCompositeFieldContainer[SummarySentence]
    def __init__(self, text: _Optional[str] = ..., sentences: _Optional[_Iterable[_Union[SummarySentence, _Mapping]]] = ...) -> None: ...

class SummarySentence(_message.Message):
    __slots__ = ("text", "span", "salience")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    SPAN_FIELD_NUMBER: _ClassVar[int]
    SALIENCE_FIELD_NUMBER: _ClassVar[int]
    text: str
    span: Span
    salience: float
    def __init__(self, text: _Optional[str] = ..., span: _Optional[_Union[Span, _Mapping]] = ..., salience: _Optional[float] = ...) -> None: ...

class Truncation(_message.Message):
    __slots__ = ("tokens_seen", "tokens_dropped", "windows")
    TOKENS_SEEN_FIELD_NUMBER: _ClassVar[int]
    TOKENS_DROPPED_FIELD_NUMBER: _ClassVar[int]
    WINDOWS_FIELD_NUMBER: _ClassVar[int]
    tokens_seen: int
    tokens_dropped: int
    windows: int
    def __init__(self, tokens_seen: _Optional[int] = ..., tokens_dropped: _Optional[int] = ..., windows: _Optional[int] = ...) -> None: ...

class ModelRef(_message.Message):
    __slots__ = ("name", "version", "taxonomy_version")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    TAXONOMY_VERSION_FIELD_NUMBER: _ClassVar[int]
    name: str
    version: str
    taxonomy_version: str
    def __init__(self, name: _Optional[str] = ..., version: _Optional[str] = ..., taxonomy_version: _Optional[str] = ...) -> None: ...

class Timings(_message.Message):
    __slots__ = ("text", "queue", "model", "tasks")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    TASKS_FIELD_NUMBER: _ClassVar[int]
    text: _duration_pb2.Duration
    queue: _duration_pb2.Duration
    model: _duration_pb2.Duration
    tasks: _duration_pb2.Duration
    def __init__(self, text: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., queue: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., model: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., tasks: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class Warning(_message.Message):
    __slots__ = ("code", "message")
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    code: str
    message: str
    def __init__(self, code: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class Analysis(_message.Message):
    __slots__ = ("id", "language", "countries", "events", "summary", "truncation", "model", "timings", "warnings")
    ID_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    COUNTRIES_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    TRUNCATION_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    TIMINGS_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    id: str
    language: Language
    countries: _containers.RepeatedCompositeFieldContainer[Country]
    events: _containers.RepeatedCompositeFieldContainer[Event]
    summary: Summary
    truncation: Truncation
    model: ModelRef
    timings: Timings
    warnings: _containers.RepeatedCompositeFieldContainer[Warning]
    def __init__(self, id: _Optional[str] = ..., language: _Optional[_Union[Language, _Mapping]] = ..., countries: _Optional[_Iterable[_Union[Country, _Mapping]]] = ..., events: _Optional[_Iterable[_Union[Event, _Mapping]]] = ..., summary: _Optional[_Union[Summary, _Mapping]] = ..., truncation: _Optional[_Union[Truncation, _Mapping]] = ..., model: _Optional[_Union[ModelRef, _Mapping]] = ..., timings: _Optional[_Union[Timings, _Mapping]] = ..., warnings: _Optional[_Iterable[_Union[Warning, _Mapping]]] = ...) -> None: ...
