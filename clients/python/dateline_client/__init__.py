"""Typed client of Dateline: a news article in, country, event type and summary out.

    from dateline_client import Article, Client

    with Client("127.0.0.1:50051") as client:
        analysis = client.analyze(Article(title="...", text="..."))
        print(analysis.countries[0].name, analysis.events[0].type, analysis.summary.text)
"""

from .articles import Article, Options, Task
from .client import Client, Result, Retry
from .errors import (
    DatelineError,
    DeadlineExceeded,
    FieldViolation,
    InvalidArticle,
    Overloaded,
    Unavailable,
)
from .results import (
    Analysis,
    AnalysisWarning,
    Country,
    Event,
    Evidence,
    Language,
    ModelRef,
    NameMention,
    Span,
    Summary,
    SummarySentence,
    Timings,
    Truncation,
)

__all__ = [
    "Analysis",
    "AnalysisWarning",
    "Article",
    "Client",
    "Country",
    "DatelineError",
    "DeadlineExceeded",
    "Event",
    "Evidence",
    "FieldViolation",
    "InvalidArticle",
    "Language",
    "ModelRef",
    "NameMention",
    "Options",
    "Overloaded",
    "Result",
    "Retry",
    "Span",
    "Summary",
    "SummarySentence",
    "Task",
    "Timings",
    "Truncation",
    "Unavailable",
]
