"""Every refusal as an RFC 9457 problem document: one table from exceptions to status and code."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import (
    DisallowedHost,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.urls import is_valid_path
from psycopg.errors import ForeignKeyViolation
from rest_framework import exceptions as rest
from rest_framework.response import Response

from accounts.exceptions import (
    Conflict,
    Denied,
    Invalid,
    Malformed,
    NotFound,
    Problem,
    Refused,
    TooMany,
    first_of,
)
from accounts.http.forms import camel
from journal.strict_json import escaped

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:sluice:problem:"
API_PREFIX = "/api/"
LONGEST_ECHO = 200
RETRY_SECONDS = 2

# The first class that fits decides. Everything else is a fault of ours: 500, by Django.
STATUS_OF: tuple[tuple[type[Exception], int], ...] = (
    (NotFound, 404),
    (Denied, 403),
    (Conflict, 409),
    (Invalid, 422),
    (Malformed, 400),
    (TooMany, 429),
    (rest.ValidationError, 422),
    (Http404, 404),
    (PermissionDenied, 403),
    (RequestDataTooBig, 413),
    (SuspiciousOperation, 400),
    (OperationalError, 503),
)
SENTENCES = {
    400: "This request can't be read.",
    403: "This is not allowed.",
    404: "There is nothing at this address.",
    405: "This address doesn't take this method.",
    408: "The request did not arrive in time.",
    413: "The body is too large.",
    422: "What was given can't be accepted.",
    500: "Something went wrong on our side; it was recorded.",
    503: "The database is busy. Try again.",
}
CODES = {
    400: "malformed",
    403: "denied",
    404: "notFound",
    405: "methodNotAllowed",
    408: "tooSlow",
    413: "tooLarge",
    422: "invalid",
    500: "fault",
    503: "busy",
}
UNREADABLE: Mapping[type[Exception], str] = {
    DisallowedHost: "The Host header names no host of this installation.",
    TooManyFieldsSent: "This request has too many fields.",
    TooManyFilesSent: "This request has too many files.",
    MultiPartParserError: "The multipart body is malformed.",
}


def told_of(exc: Exception) -> Exception:
    """The exception, but what another transaction took away under this one as the refusal it is.

    The database asks at the commit whether what rows refer to is still there.
    """
    if isinstance(exc, IntegrityError) and isinstance(exc.__cause__, ForeignKeyViolation):
        log.warning("gone_meanwhile", exc_info=exc)
        return Conflict(
            "Something that this relies on was taken away at this very moment: look again.",
            code="goneMeanwhile",
        )
    return exc


def answer(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """The answer to an exception of a view; None where it is a fault of ours."""
    exc = told_of(exc)
    status = status_of(exc)
    if status is None:
        return None
    if status == 503:
        log.error("database_busy", exc_info=exc)
    return Response(
        document(exc, status), status=status, headers=headers_of(exc), content_type=MEDIA_TYPE
    )


def status_of(exc: Exception) -> int | None:
    if isinstance(exc, OperationalError) and not _is_busy(exc):
        return None
    for kind, status in STATUS_OF:
        if isinstance(exc, kind):
            return status
    return exc.status_code if isinstance(exc, rest.APIException) else None


def _is_busy(error: OperationalError) -> bool:
    """SQLite calls a missing table operational, too: that is a fault of ours, not a wait."""
    return not isinstance(error.__cause__, sqlite3.Error) or "locked" in str(error)


def document(exc: Exception, status: int) -> dict[str, Any]:
    """The problem document of a refusal; its extras stand as members beside the fixed ones."""
    extras = exc.extra if isinstance(exc, Refused) else {}
    found = problems_of(exc)
    made = build(status, detail=_detail(exc, status, found), code=_code(exc, status), errors=found)
    kept = {name: value for name, value in extras.items() if name not in ("problems", *made)}
    return {**made, **kept}


def build(status: int, *, detail: str, code: str, errors: Sequence[Problem] = ()) -> dict[str, Any]:
    return {
        "type": f"{TYPE_PREFIX}{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "errors": [shown(problem) for problem in first_of(errors)],
    }


def shown(problem: Problem) -> dict[str, Any]:
    """One problem as JSON; a long value is not sent back."""
    made: dict[str, Any] = {
        "pointer": problem.pointer,
        "code": problem.code,
        "detail": problem.detail,
    }
    if problem.value is not None and len(repr(problem.value)) <= LONGEST_ECHO:
        made["value"] = problem.value
    if problem.nearest is not None:
        made["nearest"] = problem.nearest
    return made


def problems_of(exc: Exception) -> list[Problem]:
    if isinstance(exc, Invalid):
        return exc.problems
    if isinstance(exc, Malformed):
        return list(exc.extra.get("problems", ()))
    if isinstance(exc, rest.ValidationError):
        return list(_walk(exc.detail, ""))
    return []


def _walk(detail: Any, pointer: str) -> Iterable[Problem]:
    """The leaves of what a serializer refused, with their places."""
    if isinstance(detail, Mapping):
        for name, below in detail.items():
            step = "" if name == "non_field_errors" else f"/{escaped(name)}"
            yield from _walk(below, pointer + step)
    elif isinstance(detail, list):
        for place, below in enumerate(detail):
            nested = isinstance(below, Mapping | list)
            yield from _walk(below, f"{pointer}/{place}" if nested else pointer)
    else:
        code = camel(getattr(detail, "code", "invalid"))
        yield Problem(pointer, code, sentence(str(detail)))


def sentence(text: str) -> str:
    """A message that another library made, ended as a sentence."""
    return text if text.endswith((".", "?", "!", ")")) else f"{text}."


def _detail(exc: Exception, status: int, found: list[Problem]) -> str:
    if isinstance(exc, Refused):
        return exc.detail
    if isinstance(exc, rest.ValidationError):
        return Invalid(problems=found).detail
    if isinstance(exc, rest.APIException):
        return str(exc.detail)
    return _unreadable(exc) or SENTENCES[status]


def _code(exc: Exception, status: int) -> str:
    if isinstance(exc, Refused):
        return exc.code
    if isinstance(exc, rest.APIException) and not isinstance(exc, rest.ValidationError):
        return camel(str(exc.get_codes()))
    return CODES[status]


def headers_of(exc: Exception) -> dict[str, str]:
    """What stands in the head of the answer: how to sign in, when to come again."""
    headers = {}
    challenge = getattr(exc, "auth_header", None)
    if challenge:
        headers["WWW-Authenticate"] = challenge
    wait = getattr(exc, "wait", None)
    if wait or isinstance(exc, OperationalError):
        headers["Retry-After"] = str(int(wait or RETRY_SECONDS))
    return headers


# --- what never reaches a view of the API --------------------------------------------------------


def refusal(path: str, status: int, detail: str = "") -> HttpResponse:
    """A refusal of what was asked at this path: a problem document in the API, elsewhere a page.

    Needs neither request nor user nor database: it must also come out when those are broken.
    """
    if is_of_api(path):
        content = build(status, detail=detail or SENTENCES[status], code=CODES[status])
        return JsonResponse(content, status=status, content_type=MEDIA_TYPE)
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    context = {"exception": detail, "request_id": request_id}
    return HttpResponse(render_to_string(f"errors/{status}.html", context), status=status)


def is_of_api(path: str) -> bool:
    return f"{path}/".startswith(API_PREFIX)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    return refusal(request.path, status, _unreadable(exception))


def _unreadable(exc: Exception) -> str:
    return next((text for kind, text in UNREADABLE.items() if isinstance(exc, kind)), "")


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request.path, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    detail = ""
    if is_of_api(request.path) and is_valid_path(f"{request.path_info}/"):
        detail = f"{SENTENCES[404]} Addresses end with a slash ({request.path[:LONGEST_ECHO]}/)."
    return refusal(request.path, 404, detail)


def server_error(request: HttpRequest) -> HttpResponse:
    return refusal(request.path, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if is_of_api(request.path):
        return refusal(request.path, 403)
    return HttpResponse(render_to_string("403_csrf.html"), status=403)
