"""What is answered, as plain data. Labels are the names that `dateline score` writes.

Scores are the server's 32-bit floats, printed in the fewest digits that lead back to them, so that a score is the
same number here, in a row of `dateline score` and in any other client.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ._generated.dateline.v1 import analysis_pb2, taxonomy_pb2


@dataclass(frozen=True)
class Analysis:
    """The answer for one article."""

    id: str
    language: Language
    #: Primary first; empty if the article is about no country.
    countries: tuple[Country, ...]
    #: Primary first; empty only if the task was not wanted.
    events: tuple[Event, ...]
    #: None if the task was not wanted.
    summary: Summary | None
    truncation: Truncation
    model: ModelRef
    #: None unless asked for.
    timings: Timings | None
    warnings: tuple[AnalysisWarning, ...]

    @property
    def country(self) -> Country | None:
        """The primary country."""
        return self.countries[0] if self.countries else None

    @property
    def event(self) -> Event | None:
        """The primary event."""
        return self.events[0] if self.events else None

    def to_row(self) -> dict[str, Any]:
        """The JSON object that `dateline score` writes for the article."""
        row: dict[str, Any] = {
            "id": self.id,
            "language": {"tag": self.language.tag, "score": self.language.score},
            "countries": [
                {
                    "alpha2": country.alpha2,
                    "alpha3": country.alpha3,
                    "name": country.name,
                    "score": country.score,
                    "primary": country.primary,
                    "evidence": [_evidence_row(e) for e in country.evidence],
                }
                for country in self.countries
            ],
            "events": [
                {
                    "type": event.type,
                    "mode": event.mode,
                    "score": event.score,
                    "primary": event.primary,
                    "quad_class": event.quad_class,
                    "evidence": [_evidence_row(e) for e in event.evidence],
                }
                for event in self.events
            ],
            "summary": self.summary
            and {
                "text": self.summary.text,
                "sentences": [
                    {"text": s.text, "score": s.score, **_place(s.span)} for s in self.summary.sentences
                ],
            },
            "truncation": dict(vars(self.truncation)),
            "model": dict(vars(self.model)),
        }
        if self.timings is not None:
            row["timings"] = {f"{stage}_ms": time / timedelta(milliseconds=1) for stage, time in vars(self.timings).items()}
        row["warnings"] = [dict(vars(warning)) for warning in self.warnings]
        return row


@dataclass(frozen=True)
class Language:
    #: BCP-47; "und" if it cannot be told.
    tag: str
    #: 0..1; 1 if the caller gave the language.
    score: float
    #: True if the caller gave it.
    given: bool


@dataclass(frozen=True)
class Country:
    #: ISO 3166-1 alpha-2; "XK" for Kosovo, "EU" for the European Union's institutions.
    alpha2: str
    #: ISO 3166-1 alpha-3; "XKX", "EUE".
    alpha3: str
    #: English short name.
    name: str
    #: 0..1.
    score: float
    primary: bool
    #: Best first; empty if evidence was switched off.
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Event:
    #: Such as "PROTEST".
    type: str
    #: Such as "suicide-attack"; None where the type has no modes or the model tells none.
    mode: str | None
    #: Calibrated probability, 0..1.
    score: float
    primary: bool
    #: Such as "verbal_conflict"; None for the types that are neither cooperation nor conflict.
    quad_class: str | None
    #: Best first; empty if evidence was switched off.
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Span:
    """A place in the title or the text; ends are exclusive. `text[char_start:char_end]` is the place in Python."""

    #: "title" or "text".
    field: str
    byte_start: int
    byte_end: int
    char_start: int
    char_end: int


@dataclass(frozen=True)
class Evidence:
    """A sentence that supports a label."""

    text: str
    span: Span
    #: Share of the label's support, 0..1.
    weight: float
    #: Countries only: the names found in the sentence.
    names: tuple[NameMention, ...]


@dataclass(frozen=True)
class NameMention:
    text: str
    span: Span
    #: "country", "demonym", "capital", "city" or "leader".
    kind: str | None


@dataclass(frozen=True)
class Summary:
    #: The sentences joined by a space.
    text: str
    sentences: tuple[SummarySentence, ...]


@dataclass(frozen=True)
class SummarySentence:
    text: str
    span: Span
    #: Salience, 0..1.
    score: float


@dataclass(frozen=True)
class Truncation:
    """What of the article the model has seen."""

    tokens_seen: int
    tokens_dropped: int
    windows: int


@dataclass(frozen=True)
class ModelRef:
    name: str
    version: str
    taxonomy_version: str


@dataclass(frozen=True)
class Timings:
    text: timedelta
    queue: timedelta
    model: timedelta
    tasks: timedelta


@dataclass(frozen=True)
class AnalysisWarning:
    """Something worth knowing that did not stop the analysis."""

    #: A fixed word such as "TRUNCATED".
    code: str
    message: str


def from_message(message: analysis_pb2.Analysis) -> Analysis:
    """The answer of an Analysis message."""
    return Analysis(
        id=message.id,
        language=Language(message.language.tag, shortest(message.language.score), message.language.given),
        countries=tuple(
            Country(c.alpha2, c.alpha3, c.name, shortest(c.score), c.primary, _evidence(c.evidence))
            for c in message.countries
        ),
        events=tuple(
            Event(
                type=_label(taxonomy_pb2.EventType, "EVENT_TYPE_", e.type) or "UNSPECIFIED",
                mode=_lower(_label(taxonomy_pb2.Mode, "MODE_", e.mode), "-"),
                score=shortest(e.score),
                primary=e.primary,
                quad_class=_lower(_label(taxonomy_pb2.QuadClass, "QUAD_CLASS_", e.quad_class), "_"),
                evidence=_evidence(e.evidence),
            )
            for e in message.events
        ),
        summary=Summary(
            message.summary.text,
            tuple(SummarySentence(s.text, _span(s.span), shortest(s.salience)) for s in message.summary.sentences),
        )
        if message.HasField("summary")
        else None,
        truncation=Truncation(
            message.truncation.tokens_seen, message.truncation.tokens_dropped, message.truncation.windows
        ),
        model=ModelRef(message.model.name, message.model.version, message.model.taxonomy_version),
        timings=Timings(
            message.timings.text.ToTimedelta(),
            message.timings.queue.ToTimedelta(),
            message.timings.model.ToTimedelta(),
            message.timings.tasks.ToTimedelta(),
        )
        if message.HasField("timings")
        else None,
        warnings=tuple(AnalysisWarning(w.code, w.message) for w in message.warnings),
    )


def shortest(value: float) -> float:
    """The float with the fewest digits that is the same 32-bit float: 0.9, where protobuf gives 0.8999999761581421."""
    bits = struct.pack("<f", value)
    for digits in range(1, 9):
        candidate = float(f"{value:.{digits}g}")
        try:
            if struct.pack("<f", candidate) == bits:
                return candidate
        except OverflowError:
            # The greatest floats, rounded up.
            continue
    return float(f"{value:.9g}")


def _evidence(messages: Sequence[analysis_pb2.Evidence]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            text=e.text,
            span=_span(e.span),
            weight=shortest(e.weight),
            names=tuple(
                NameMention(
                    n.text, _span(n.span), _lower(_label(analysis_pb2.NameMention.Kind, "KIND_", n.kind), "_")
                )
                for n in e.names
            ),
        )
        for e in messages
    )


def _span(message: analysis_pb2.Span) -> Span:
    return Span(
        field=_lower(_label(analysis_pb2.Span.Field, "FIELD_", message.field), "_") or "text",
        byte_start=message.byte_start,
        byte_end=message.byte_end,
        char_start=message.char_start,
        char_end=message.char_end,
    )


def _label(enum: Any, prefix: str, number: int) -> str | None:
    """A value's name without the prefix; None for UNSPECIFIED; the number for a value newer than this client."""
    if number == 0:
        return None
    try:
        name: str = enum.Name(number)
    except ValueError:
        return str(number)
    return name.removeprefix(prefix)


def _lower(name: str | None, separator: str) -> str | None:
    return name and name.lower().replace("_", separator)


def _place(span: Span) -> dict[str, int]:
    return {
        "byte_start": span.byte_start,
        "byte_end": span.byte_end,
        "char_start": span.char_start,
        "char_end": span.char_end,
    }


def _evidence_row(evidence: Evidence) -> dict[str, Any]:
    return {
        "text": evidence.text,
        "weight": evidence.weight,
        "field": evidence.span.field,
        **_place(evidence.span),
        "names": [{"text": n.text, "kind": n.kind, **_place(n.span)} for n in evidence.names],
    }
