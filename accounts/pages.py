"""What all pages share: who acts, a list a page at a time, what a form was refused for, toasts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import structlog
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.actor import Actor
from accounts.exceptions import Conflict, Invalid, Problem
from accounts.http.pagination import Pageable, Position, cursor_of, read_cursor
from accounts.http.soundness import unsound_of
from accounts.models import User

MOST_ROWS = 50
VIA = "page"
T = TypeVar("T")


def user_of(request: HttpRequest) -> User:
    """Who is signed in. Pages for everybody don't ask this."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in user, acting through a page; the request's id tells which request it was."""
    request_id = str(structlog.contextvars.get_contextvars().get("request_id", ""))
    return Actor(user_of(request), via_kind=VIA, via_id=request_id[:100])


def given(query: QueryDict, name: str) -> str:
    """A parameter as text, without the space around it; empty where it is missing."""
    return str(query.get(name, "")).strip()


# --- lists ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """The rows of one page, and the addresses of its neighbours; empty where there is none."""

    rows: list[T]
    previous: str
    next: str


def listed(
    request: HttpRequest, rows: QuerySet[Any], order: Pageable, *, limit: int = MOST_ROWS
) -> Listed[Any]:
    """The page that the address asks for; all else in the address is kept in its neighbours."""
    found = order.page(rows, read_cursor(request.GET, order), limit)
    return Listed(
        found.rows,
        previous=_neighbour(request.GET, found.preceding, order),
        next=_neighbour(request.GET, found.following, order),
    )


def _neighbour(query: QueryDict, position: Position | None, order: Pageable) -> str:
    return "" if position is None else address(query, cursor=cursor_of(position, order))


def address(query: QueryDict, **changed: str | None) -> str:
    """The present address with other parameters (None takes one out), as a relative link."""
    copy = query.copy()
    for name, value in changed.items():
        if value is None:
            copy.pop(name, None)
        else:
            copy[name] = value
    return f"?{copy.urlencode()}" if copy else "?"


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a column, as `parts/table_head.html` reads it.

    The key makes it the same one after sorting, so that it keeps the focus.
    """

    label: str
    url: str = ""
    key: str = ""
    direction: str = ""
    numeric: bool = False
    hidden: bool = False


def sort_of(query: QueryDict, known: Sequence[str], default: str) -> str:
    """The wanted sort, a minus before it for descending; the default where it isn't known."""
    wanted = query.get("sort", default)
    return wanted if wanted.removeprefix("-") in known else default


def sortable(query: QueryDict, label: str, key: str, present: str, **more: bool) -> Heading:
    """The head of a column that can be sorted by; a second click turns the order round."""
    direction = {key: "ascending", f"-{key}": "descending"}.get(present, "")
    target = f"-{key}" if direction == "ascending" else key
    url = address(query, sort=target, cursor=None)
    return Heading(label, url, key=key, direction=direction, **more)


# --- forms ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attempt(Generic[T]):
    """What a service answered, or every problem it found with what was given.

    `conflict` says that somebody was faster, where that was asked for.
    """

    result: T | None = None
    problems: list[Problem] = field(default_factory=list)
    conflict: str = ""

    def at(self, pointer: str) -> str:
        """What is wrong at a place or below it, as one text."""
        return told_at(self.problems, pointer)

    def elsewhere(self, pointers: Sequence[str]) -> list[str]:
        """What is wrong at none of these places."""
        return [
            one.detail
            for one in self.problems
            if not any(_is_at(one, pointer) for pointer in pointers)
        ]


def attempt(request: HttpRequest, verb: Callable[[], T]) -> Attempt[T]:
    """Calls a service for a form: what is invalid comes back as problems, to stand at its field.

    What holds characters that stand for nothing is refused without calling it.
    """
    if unsound := unsound_of(request):
        return Attempt(problems=unsound)
    try:
        return Attempt(verb())
    except Invalid as refusal:
        return Attempt(problems=refusal.problems or [Problem("", refusal.code, refusal.detail)])


def attempt_over(request: HttpRequest, verb: Callable[[], T]) -> Attempt[T]:
    """The same; that what is saved over has changed meanwhile comes back, too."""
    try:
        return attempt(request, verb)
    except Conflict as refusal:
        return Attempt(conflict=refusal.detail)


def told_at(problems: Sequence[Problem], pointer: str) -> str:
    return " ".join(one.detail for one in problems if _is_at(one, pointer))


def _is_at(problem: Problem, pointer: str) -> bool:
    return problem.pointer == pointer or problem.pointer.startswith(f"{pointer}/")


# --- answers -------------------------------------------------------------------------------------


def done(request: HttpRequest, text: str, url: str) -> HttpResponseRedirect:
    """Says what was done, as a toast of the page that is shown next."""
    messages.success(request, text)
    return redirect(url)


def own_address(request: HttpRequest, wanted: str, default: str) -> str:
    """The wanted address where it is one of ours, else the default."""
    hosts = {request.get_host()}
    if wanted and url_has_allowed_host_and_scheme(wanted, hosts, require_https=request.is_secure()):
        return wanted
    return default
