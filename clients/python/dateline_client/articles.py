"""What is asked: articles, tasks, options."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from ._generated.dateline.v1 import analysis_service_pb2 as service_pb
from ._generated.dateline.v1 import article_pb2, taxonomy_pb2
from .errors import InvalidArticle


class Task(enum.Enum):
    """A question the analysis answers."""

    COUNTRY = taxonomy_pb2.TASK_COUNTRY
    EVENT = taxonomy_pb2.TASK_EVENT
    SUMMARY = taxonomy_pb2.TASK_SUMMARY


@dataclass(frozen=True)
class Article:
    """One news article. Only `text` is required.

    Raises `InvalidArticle` where the article could not be sent at all: a field of the wrong type, a lone surrogate, a
    time without a zone. All else is for the server to judge.
    """

    text: str
    title: str = ""
    #: Comes back in the answer; need not be unique.
    id: str = ""
    #: BCP-47; empty: it is detected.
    language: str = ""
    published_at: datetime | None = None
    source: str = ""

    def __post_init__(self) -> None:
        for field in ("id", "title", "text", "language", "source"):
            value = getattr(self, field)
            if not isinstance(value, str):
                raise InvalidArticle.of_field(f"article.{field}", f"is {type(value).__name__}; give a string")
            try:
                value.encode("utf-8")
            except UnicodeEncodeError as error:
                raise InvalidArticle.of_field(
                    f"article.{field}", f"has a lone surrogate at character {error.start}; decode the source as UTF-8"
                ) from None
        if self.published_at is not None and (
            not isinstance(self.published_at, datetime) or self.published_at.tzinfo is None
        ):
            raise InvalidArticle.of_field("article.published_at", "is no datetime with a time zone")

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Article:
        """Reads a JSON object of the form that `dateline score` takes. Unknown fields are ignored, null is absent."""
        if not isinstance(record, Mapping):
            raise InvalidArticle("INVALID_ARGUMENT", 'the article is no object; write {"text": "..."}')
        fields = {name: record[name] for name in cls.__dataclass_fields__ if record.get(name) is not None}
        if "text" not in fields:
            raise InvalidArticle.of_field("article.text", "is missing; give the body of the article")
        if isinstance(fields.get("id"), int) and not isinstance(fields["id"], bool):
            fields["id"] = str(fields["id"])
        published_at = fields.get("published_at")
        if isinstance(published_at, str):
            try:
                # Python 3.10 does not read the Z.
                fields["published_at"] = datetime.fromisoformat(published_at.replace("Z", "+00:00"))
            except ValueError:
                raise InvalidArticle.of_field(
                    "article.published_at", 'is no RFC 3339 time such as "2026-03-01T09:30:00Z"'
                ) from None
        return cls(**fields)


@dataclass(frozen=True)
class Options:
    """What is wanted of the answer. None takes the server's default."""

    #: 1..10; the server's default is 3.
    summary_sentences: int | None = None
    #: Most code points of the summary, at least 40.
    summary_max_chars: int | None = None
    #: Least score of countries and of further events, 0..1.
    min_score: float | None = None
    #: False leaves the evidence out.
    evidence: bool | None = None
    #: True adds stage timings.
    timings: bool = False


def request(article: Article | str, tasks: Iterable[Task], options: Options | None) -> service_pb.AnalyzeRequest:
    """The message for one article."""
    if isinstance(article, str):
        article = Article(text=article)
    message = service_pb.AnalyzeRequest(
        article=article_pb2.Article(
            id=article.id,
            title=article.title,
            text=article.text,
            language=article.language,
            source=article.source,
        ),
        tasks=[task.value for task in tasks],
    )
    if article.published_at is not None:
        message.article.published_at.FromDatetime(article.published_at.astimezone(timezone.utc))
    if options is not None:
        message.options.CopyFrom(
            service_pb.AnalyzeOptions(
                summary_sentences=options.summary_sentences,
                summary_max_chars=options.summary_max_chars,
                min_score=options.min_score,
                evidence=options.evidence,
                timings=options.timings,
            )
        )
    return message
