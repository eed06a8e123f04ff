from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EventType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EVENT_TYPE_UNSPECIFIED: _ClassVar[EventType]
    EVENT_TYPE_AGREE: _ClassVar[EventType]
    EVENT_TYPE_CONSULT: _ClassVar[EventType]
    EVENT_TYPE_SUPPORT: _ClassVar[EventType]
    EVENT_TYPE_CONCEDE: _ClassVar[EventType]
    EVENT_TYPE_COOPERATE: _ClassVar[EventType]
    EVENT_TYPE_AID: _ClassVar[EventType]
    EVENT_TYPE_RETREAT: _ClassVar[EventType]
    EVENT_TYPE_REQUEST: _ClassVar[EventType]
    EVENT_TYPE_ACCUSE: _ClassVar[EventType]
    EVENT_TYPE_REJECT: _ClassVar[EventType]
    EVENT_TYPE_THREATEN: _ClassVar[EventType]
    EVENT_TYPE_PROTEST: _ClassVar[EventType]
    EVENT_TYPE_SANCTION: _ClassVar[EventType]
    EVENT_TYPE_MOBILIZE: _ClassVar[EventType]
    EVENT_TYPE_COERCE: _ClassVar[EventType]
    EVENT_TYPE_ASSAULT: _ClassVar[EventType]
    EVENT_TYPE_ELECTION: _ClassVar[EventType]
    EVENT_TYPE_DISASTER: _ClassVar[EventType]
    EVENT_TYPE_ACCIDENT: _ClassVar[EventType]
    EVENT_TYPE_CRIME: _ClassVar[EventType]
    EVENT_TYPE_HEALTH: _ClassVar[EventType]
    EVENT_TYPE_ECONOMY: _ClassVar[EventType]
    EVENT_TYPE_OTHER: _ClassVar[EventType]

class Mode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MODE_UNSPECIFIED: _ClassVar[Mode]
    MODE_DEMO: _ClassVar[Mode]
    MODE_RIOT: _ClassVar[Mode]
    MODE_STRIKE: _ClassVar[Mode]
    MODE_BOYCOTT: _ClassVar[Mode]
    MODE_OBSTRUCT: _ClassVar[Mode]
    MODE_HUNGER: _ClassVar[Mode]
    MODE_BATTLE: _ClassVar[Mode]
    MODE_AERIAL: _ClassVar[Mode]
    MODE_EXPLOSIVES: _ClassVar[Mode]
    MODE_FIREARMS: _ClassVar[Mode]
    MODE_SUICIDE_ATTACK: _ClassVar[Mode]
    MODE_ABDUCT: _ClassVar[Mode]
    MODE_BEAT: _ClassVar[Mode]
    MODE_TORTURE: _ClassVar[Mode]
    MODE_EXECUTE: _ClassVar[Mode]
    MODE_ASSASSINATE: _ClassVar[Mode]
    MODE_SEXUAL: _ClassVar[Mode]
    MODE_MASSACRE: _ClassVar[Mode]
    MODE_CROWD_CONTROL: _ClassVar[Mode]
    MODE_OTHER: _ClassVar[Mode]
    MODE_ARREST: _ClassVar[Mode]
    MODE_BAN: _ClassVar[Mode]
    MODE_CENSOR: _ClassVar[Mode]
    MODE_CURFEW: _ClassVar[Mode]
    MODE_MARTIAL_LAW: _ClassVar[Mode]
    MODE_RESTRICT: _ClassVar[Mode]
    MODE_SEIZE: _ClassVar[Mode]
    MODE_DEPORT: _ClassVar[Mode]
    MODE_CYBER: _ClassVar[Mode]
    MODE_MISINFORMATION: _ClassVar[Mode]
    MODE_COUP: _ClassVar[Mode]
    MODE_CEASEFIRE: _ClassVar[Mode]
    MODE_WITHDRAW: _ClassVar[Mode]
    MODE_RELEASE: _ClassVar[Mode]
    MODE_RESIGN: _ClassVar[Mode]
    MODE_DISARM: _ClassVar[Mode]
    MODE_RETURN: _ClassVar[Mode]
    MODE_TROOPS: _ClassVar[Mode]
    MODE_WEAPONS: _ClassVar[Mode]
    MODE_POLICE: _ClassVar[Mode]
    MODE_MILITIA: _ClassVar[Mode]
    MODE_EXERCISE: _ClassVar[Mode]
    MODE_ALERT: _ClassVar[Mode]
    MODE_EARTHQUAKE: _ClassVar[Mode]
    MODE_FLOOD: _ClassVar[Mode]
    MODE_STORM: _ClassVar[Mode]
    MODE_WILDFIRE: _ClassVar[Mode]
    MODE_DROUGHT: _ClassVar[Mode]
    MODE_LANDSLIDE: _ClassVar[Mode]
    MODE_VOLCANO: _ClassVar[Mode]
    MODE_HEAT: _ClassVar[Mode]
    MODE_COLD: _ClassVar[Mode]
    MODE_TSUNAMI: _ClassVar[Mode]

class QuadClass(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    QUAD_CLASS_UNSPECIFIED: _ClassVar[QuadClass]
    QUAD_CLASS_VERBAL_COOPERATION: _ClassVar[QuadClass]
    QUAD_CLASS_MATERIAL_COOPERATION: _ClassVar[QuadClass]
    QUAD_CLASS_VERBAL_CONFLICT: _ClassVar[QuadClass]
    QUAD_CLASS_MATERIAL_CONFLICT: _ClassVar[QuadClass]

class Task(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TASK_UNSPECIFIED: _ClassVar[Task]
    TASK_COUNTRY: _ClassVar[Task]
    TASK_EVENT: _ClassVar[Task]
    TASK_SUMMARY: _ClassVar[Task]

class Relation(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RELATION_UNSPECIFIED: _ClassVar[Relation]
    RELATION_EXACT: _ClassVar[Relation]
    RELATION_BROADER: _ClassVar[Relation]
    RELATION_NARROWER: _ClassVar[Relation]
    RELATION_NONE: _ClassVar[Relation]
EVENT_TYPE_UNSPECIFIED: EventType
EVENT_TYPE_AGREE: EventType
EVENT_TYPE_CONSULT: EventType
EVENT_TYPE_SUPPORT: EventType
EVENT_TYPE_CONCEDE: EventType
EVENT_TYPE_COOPERATE: EventType
EVENT_TYPE_AID: EventType
EVENT_TYPE_RETREAT: EventType
EVENT_TYPE_REQUEST: EventType
EVENT_TYPE_ACCUSE: EventType
EVENT_TYPE_REJECT: EventType
EVENT_TYPE_THREATEN: EventType
EVENT_TYPE_PROTEST: EventType
EVENT_TYPE_SANCTION: EventType
EVENT_TYPE_MOBILIZE: EventType
EVENT_TYPE_COERCE: EventType
EVENT_TYPE_ASSAULT: EventType
EVENT_TYPE_ELECTION: EventType
EVENT_TYPE_DISASTER: EventType
EVENT_TYPE_ACCIDENT: EventType
EVENT_TYPE_CRIME: EventType
EVENT_TYPE_HEALTH: EventType
EVENT_TYPE_ECONOMY: EventType
EVENT_TYPE_OTHER: EventType
MODE_UNSPECIFIED: Mode
MODE_DEMO: Mode
MODE_RIOT: Mode
MODE_STRIKE: Mode
MODE_BOYCOTT: Mode
MODE_OBSTRUCT: Mode
MODE_HUNGER: Mode
MODE_BATTLE: Mode
MODE_AERIAL: Mode
MODE_EXPLOSIVES: Mode
MODE_FIREARMS: Mode
MODE_SUICIDE_ATTACK: Mode
MODE_ABDUCT: Mode
MODE_BEAT: Mode
MODE_TORTURE: Mode
MODE_EXECUTE: Mode
MODE_ASSASSINATE: Mode
MODE_SEXUAL: Mode
MODE_MASSACRE: Mode
MODE_CROWD_CONTROL: Mode
MODE_OTHER: Mode
MODE_ARREST: Mode
MODE_BAN: Mode
MODE_CENSOR: Mode
MODE_CURFEW: Mode
MODE_MARTIAL_LAW: Mode
MODE_RESTRICT: Mode
MODE_SEIZE: Mode
MODE_DEPORT: Mode
MODE_CYBER: Mode
MODE_MISINFORMATION: Mode
MODE_COUP: Mode
MODE_CEASEFIRE: Mode
MODE_WITHDRAW: Mode
MODE_RELEASE: Mode
MODE_RESIGN: Mode
MODE_DISARM: Mode
MODE_RETURN: Mode
MODE_TROOPS: Mode
MODE_WEAPONS: Mode
MODE_POLICE: Mode
MODE_MILITIA: Mode
MODE_EXERCISE: Mode
MODE_ALERT: Mode
MODE_EARTHQUAKE: Mode
MODE_FLOOD: Mode
MODE_STORM: Mode
MODE_WILDFIRE: Mode
MODE_DROUGHT: Mode
MODE_LANDSLIDE: Mode
MODE_VOLCANO: Mode
MODE_HEAT: Mode
MODE_COLD: Mode
MODE_TSUNAMI: Mode
QUAD_CLASS_UNSPECIFIED: QuadClass
QUAD_CLASS_VERBAL_COOPERATION: QuadClass
QUAD_CLASS_MATERIAL_COOPERATION: QuadClass
QUAD_CLASS_VERBAL_CONFLICT: QuadClass
QUAD_CLASS_MATERIAL_CONFLICT: QuadClass
TASK_UNSPECIFIED: Task
TASK_COUNTRY: Task
TASK_EVENT: Task
TASK_SUMMARY: Task
RELATION_UNSPECIFIED: Relation
RELATION_EXACT: Relation
RELATION_BROADER: Relation
RELATION_NARROWER: Relation
RELATION_NONE: Relation

class Mapping(_message.Message):
    __slots__ = ("taxonomy", "code", "name", "relation", "requires")
    TAXONOMY_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    RELATION_FIELD_NUMBER: _ClassVar[int]
    REQUIRES_FIELD_NUMBER: _ClassVar[int]
    taxonomy: str
    code: str
    name: str
    relation: Relation
    requires: str
    def __init__(self, taxonomy: _Optional[str] = ..., code: _Optional[str] = ..., name: _Optional[str] = ..., relation: _Optional[_Union[Relation, str]] = ..., requires: _Optional[str] = ...) -> None: ...
