from dateline_client._generated.dateline.v1 import taxonomy_pb2 as _taxonomy_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetModelRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetModelResponse(_message.Message):
    __slots__ = ("name", "version", "sha256", "taxonomy_version", "license", "languages", "limits", "solvers", "device", "precision")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    TAXONOMY_VERSION_FIELD_NUMBER: _ClassVar[int]
    LICENSE_FIELD_NUMBER: _ClassVar[int]
    LANGUAGES_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    SOLVERS_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    PRECISION_FIELD_NUMBER: _ClassVar[int]
    name: str
    version: str
    sha256: str
    taxonomy_version: str
    license: str
    languages: _containers.RepeatedCompositeFieldContainer[LanguageQuality]
    limits: Limits
    solvers: _containers.RepeatedCompositeFieldContainer[TaskSolver]
    device: str
    precision: str
    def __init__(self, name: _Optional[str] = ..., version: _Optional[str] = ..., sha256: _Optional[str] = ..., taxonomy_version: _Optional[str] = ..., license: _Optional[str] = ..., languages: _Optional[_Iterable[_Union[LanguageQuality, _Mapping]]] = ..., limits: _Optional[_Union[Limits, _Mapping]] = ..., solvers: _Optional[_Iterable[_Union[TaskSolver, _Mapping]]] = ..., device: _Optional[str] = ..., precision: _Optional[str] = ...) -> None: ...

class LanguageQuality(_message.Message):
    __slots__ = ("language", "items", "event_accuracy", "event_accuracy_not_other", "country_accuracy", "summary_overlap", "event_macro_f1", "event_calibration_error")
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    EVENT_ACCURACY_FIELD_NUMBER: _ClassVar[int]
    EVENT_ACCURACY_NOT_OTHER_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_ACCURACY_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_OVERLAP_FIELD_NUMBER: _ClassVar[int]
    EVENT_MACRO_F1_FIELD_NUMBER: _ClassVar[int]
    EVENT_CALIBRATION_ERROR_FIELD_NUMBER: _ClassVar[int]
    language: str
    items: int
    event_accuracy: float
    event_accuracy_not_other: float
    country_accuracy: float
    summary_overlap: float
    event_macro_f1: float
    event_calibration_error: float
    def __init__(self, language: _Optional[str] = ..., items: _Optional[int] = ..., event_accuracy: _Optional[float] = ..., event_accuracy_not_other: _Optional[float] = ..., country_accuracy: _Optional[float] = ..., summary_overlap: _Optional[float] = ..., event_macro_f1: _Optional[float] = ..., event_calibration_error: _Optional[float] = ...) -> None: ...

class Limits(_message.Message):
    __slots__ = ("max_text_bytes", "max_title_bytes", "max_id_bytes", "max_batch", "max_tokens", "max_stream_concurrency", "max_batch_bytes")
    MAX_TEXT_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_TITLE_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_ID_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_BATCH_FIELD_NUMBER: _ClassVar[int]
    MAX_TOKENS_FIELD_NUMBER: _ClassVar[int]
    MAX_STREAM_CONCURRENCY_FIELD_NUMBER: _ClassVar[int]
    MAX_BATCH_BYTES_FIELD_NUMBER: _ClassVar[int]
    max_text_bytes: int
    max_title_bytes: int
    max_id_bytes: int
    max_batch: int
    max_tokens: int
    max_stream_concurrency: int
    max_batch_bytes: int
    def __init__(self, max_text_bytes: _Optional[int] = ..., max_title_bytes: _Optional[int] = ..., max_id_bytes: _Optional[int] = ..., max_batch: _Optional[int] = ..., max_tokens: _Optional[int] = ..., max_stream_concurrency: _Optional[int] = ..., max_batch_bytes: _Optional[int] = ...) -> None: ...

class TaskSolver(_message.Message):
    __slots__ = ("task", "solver")
    TASK_FIELD_NUMBER: _ClassVar[int]
    SOLVER_FIELD_NUMBER: _ClassVar[int]
    task: _taxonomy_pb2.Task
    solver: str
    def __init__(self, task: _Optional[_Union[_taxonomy_pb2.Task, str]] = ..., solver: _Optional[str] = ...) -> None: ...

class ListLabelsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListLabelsResponse(_message.Message):
    __slots__ = ("taxonomy_version", "event_types", "countries")
    TAXONOMY_VERSION_FIELD_NUMBER: _ClassVar[int]
    EVENT_TYPES_FIELD_NUMBER: _ClassVar[int]
    COUNTRIES_FIELD_NUMBER: _ClassVar[int]
    taxonomy_version: str
    event_types: _containers.RepeatedCompositeFieldContainer[EventTypeLabel]
    countries: _containers.RepeatedCompositeFieldContainer[CountryLabel]
    def __init__(self, taxonomy_version: _Optional[str] = ..., event_types: _Optional[_Iterable[_Union[EventTypeLabel, _Mapping]]] = ..., countries: _Optional[_Iterable[_Union[CountryLabel, _Mapping]]] = ...) -> None: ...

class EventTypeLabel(_message.Message):
    __slots__ = ("type", "name", "definition", "quad_class", "modes", "mappings")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DEFINITION_FIELD_NUMBER: _ClassVar[int]
    QUAD_CLASS_FIELD_NUMBER: _ClassVar[int]
    MODES_FIELD_NUMBER: _ClassVar[int]
    MAPPINGS_FIELD_NUMBER: _ClassVar[int]
    type: _taxonomy_pb2.EventType
    name: str
    definition: str
    quad_class: _taxonomy_pb2.QuadClass
    modes: _containers.RepeatedCompositeFieldContainer[ModeLabel]
    mappings: _containers.RepeatedCompositeFieldContainer[_taxonomy_pb2.Mapping]
    def __init__(self, type: _Optional[_Union[_taxonomy_pb2.EventType, str]] = ..., name: _Optional[str] = ..., definition: _Optional[str] = ..., quad_class: _Optional[_Union[_taxonomy_pb2.QuadClass, str]] = ..., modes: _Optional[_Iterable[_Union[ModeLabel, _Mapping]]] = ..., mappings: _Optional[_Iterable[_Union[_taxonomy_pb2.Mapping, _Mapping]]] = ...) -> None: ...

class ModeLabel(_message.Message):
    __slots__ = ("mode", "name")
    MODE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    mode: _taxonomy_pb2.Mode
    name: str
    def __init__(self, mode: _Optional[_Union[_taxonomy_pb2.Mode, str]] = ..., name: _Optional[str] = ...) -> None: ...

class CountryLabel(_message.Message):
    __slots__ = ("alpha2", "alpha3", "name")
    ALPHA2_FIELD_NUMBER: _ClassVar[int]
    ALPHA3_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    alpha2: str
    alpha3: str
    name: str
    def __init__(self, alpha2: _Optional[str] = ..., alpha3: _Optional[str] = ..., name: _Optional[str] = ...) -> None: ...
