"""The one table from refusals to problem documents."""

from __future__ import annotations

import sqlite3
from typing import Any

import psycopg
import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404
from django.test import RequestFactory
from rest_framework import exceptions as rest

from accounts.exceptions import Conflict, Denied, Invalid, Malformed, NotFound, Problem
from accounts.http import problems
from accounts.http.parsing import TooLarge


def caused_by(cause: Exception) -> OperationalError:
    error = OperationalError(*cause.args)
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("refusal", "status", "code"),
    [
        (NotFound("There is none."), 404, "notFound"),
        (Denied("You may not.", level="board"), 403, "denied"),
        (Conflict("Too late.", code="staleVersion"), 409, "staleVersion"),
        (Invalid("No."), 422, "invalid"),
        (Malformed("What?"), 400, "malformed"),
        (rest.ValidationError({"a": ["No."]}), 422, "invalid"),
        (rest.NotAuthenticated(), 401, "notAuthenticated"),
        (rest.AuthenticationFailed(), 401, "authenticationFailed"),
        (rest.PermissionDenied(), 403, "permissionDenied"),
        (rest.MethodNotAllowed("PUT"), 405, "methodNotAllowed"),
        (rest.UnsupportedMediaType("text/x"), 415, "unsupportedMediaType"),
        (rest.Throttled(wait=3), 429, "throttled"),
        (TooLarge("Too much."), 413, "tooLarge"),
        (Http404(), 404, "notFound"),
        (PermissionDenied(), 403, "denied"),
        (RequestDataTooBig(), 413, "tooLarge"),
        (SuspiciousOperation(), 400, "malformed"),
        (caused_by(sqlite3.OperationalError("database is locked")), 503, "busy"),
        (caused_by(psycopg.errors.DeadlockDetected("deadlock detected")), 503, "busy"),
    ],
)
def test_each_refusal_has_a_status_and_a_code(refusal: Exception, status: int, code: str) -> None:
    answer = problems.answer(refusal, {})
    assert answer is not None
    content: Any = answer.data
    assert (answer.status_code, content["status"], content["code"]) == (status, status, code)
    assert content["detail"]
    assert content["errors"] == [
        problems.shown(problem) for problem in problems.problems_of(refusal)
    ]


@pytest.mark.parametrize(
    "fault",
    [
        KeyError("x"),
        ValueError("x"),
        caused_by(sqlite3.OperationalError("no such table: accounts_user")),
    ],
)
def test_a_fault_of_ours_is_no_problem_of_theirs(fault: Exception) -> None:
    assert problems.answer(fault, {}) is None


def test_extras_are_members_and_never_replace_the_fixed_ones() -> None:
    refusal = Conflict("Not from here.", allowed=["a"], status="odd", title="odd")
    content = problems.document(refusal, 409)
    assert content["allowed"] == ["a"]
    assert (content["status"], content["title"]) == (409, "Conflict")


def test_a_nested_refusal_of_a_form_is_told_by_pointers() -> None:
    refusal = rest.ValidationError(
        {"a/b": ["One.", "Two"], "rows": [{}, {"name": ["Three."]}], "non_field_errors": ["Four."]}
    )
    found = problems.problems_of(refusal)
    assert [(one.pointer, one.detail) for one in found] == [
        ("/a~1b", "One."),
        ("/a~1b", "Two."),
        ("/rows/1/name", "Three."),
        ("", "Four."),
    ]


def test_a_long_value_is_not_echoed() -> None:
    assert "value" not in problems.shown(Problem("/a", "x", "No.", "v" * 1000))
    assert problems.shown(Problem("/a", "x", "No.", 5, "6"))["nearest"] == "6"


def test_waits_are_told(rf: RequestFactory) -> None:
    throttled = problems.answer(rest.Throttled(wait=3), {})
    busy = problems.answer(caused_by(sqlite3.OperationalError("database is locked")), {})
    assert throttled is not None
    assert busy is not None
    assert (throttled["Retry-After"], busy["Retry-After"]) == ("3", "2")


@pytest.mark.parametrize(
    ("name", "arguments", "status"),
    [
        ("bad_request", [SuspiciousOperation()], 400),
        ("bad_request", [RequestDataTooBig()], 413),
        ("denied", [PermissionDenied()], 403),
        ("not_found", [Http404()], 404),
        ("server_error", [], 500),
    ],
)
def test_what_reaches_no_view_is_a_problem_below_api(
    rf: RequestFactory, name: str, arguments: list[Any], status: int
) -> None:
    answer = getattr(problems, name)(rf.get("/api/v1/x/"), *arguments)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
