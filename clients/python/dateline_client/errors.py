"""Why an article got no analysis: one exception per thing a caller would do differently."""

from __future__ import annotations

from dataclasses import dataclass

import grpc
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status


@dataclass(frozen=True)
class FieldViolation:
    """A field that was refused, named as the contract names it, such as `article.text`."""

    field: str
    description: str


class DatelineError(Exception):
    """A call or an article that failed."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        violations: tuple[FieldViolation, ...] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        #: Name of the gRPC status code, such as INVALID_ARGUMENT.
        self.code = code
        self.message = message
        #: The fields that were refused; empty if none was to blame.
        self.violations = violations
        #: Seconds that the server asks to wait before trying again; None if it did not say.
        self.retry_after = retry_after


class InvalidArticle(DatelineError):
    """INVALID_ARGUMENT: the article or an option cannot be accepted; `violations` says which field and why."""

    @classmethod
    def of_field(cls, field: str, description: str) -> InvalidArticle:
        """For what is refused before it is sent."""
        return cls("INVALID_ARGUMENT", f"{field} {description}", violations=(FieldViolation(field, description),))


class Overloaded(DatelineError):
    """RESOURCE_EXHAUSTED: the queue of the server was still full after the last attempt."""


class Unavailable(DatelineError):
    """UNAVAILABLE: no server, or one that shuts down, after the last attempt."""


class DeadlineExceeded(DatelineError):
    """DEADLINE_EXCEEDED: the time given was up."""


_CLASSES: dict[str, type[DatelineError]] = {
    "INVALID_ARGUMENT": InvalidArticle,
    "RESOURCE_EXHAUSTED": Overloaded,
    "UNAVAILABLE": Unavailable,
    "DEADLINE_EXCEEDED": DeadlineExceeded,
}
_NAMES: dict[int, str] = {code.value[0]: code.name for code in grpc.StatusCode}


def from_status(status: status_pb2.Status) -> DatelineError:
    """The error of a google.rpc.Status: of an item, or of a call that carried details."""
    violations: list[FieldViolation] = []
    retry_after = None
    for detail in status.details:
        bad_request, retry_info = error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
        if detail.Unpack(bad_request):
            violations += [FieldViolation(v.field, v.description) for v in bad_request.field_violations]
        elif detail.Unpack(retry_info):
            retry_after = max(0.0, retry_info.retry_delay.ToTimedelta().total_seconds())
    code = _NAMES.get(status.code, "UNKNOWN")
    error = _CLASSES.get(code, DatelineError)
    return error(code, status.message, violations=tuple(violations), retry_after=retry_after)


def from_call(error: grpc.RpcError) -> DatelineError:
    """The error of a call that failed."""
    try:
        status = rpc_status.from_call(error)
    except ValueError:
        # The details do not agree with the status: a proxy rewrote one of them.
        status = None
    if status is None:
        status = status_pb2.Status(code=error.code().value[0], message=error.details() or "")
    return from_status(status)
