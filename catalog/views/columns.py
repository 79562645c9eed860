"""Which columns of a board its reader wants to see: remembered by the browser, for each board."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import gate
from accounts.gates import gated
from accounts.pages import actor_of, given, own_address
from catalog.models import AttributeType, Board

COOKIE = "sluice-columns"
YEAR_SECONDS = 365 * 24 * 3600
MOST_BYTES = 3000
"""Browsers keep four kilobytes for a cookie; a choice that is longer than this is not kept."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A column that may be shown, and whether it is."""

    attribute: AttributeType
    is_shown: bool


def choices(request: HttpRequest, attributes: Iterable[AttributeType]) -> list[Choice]:
    """All columns are shown until somebody chooses; what came since the choice is, too."""
    hidden = set(request.COOKIES.get(COOKIE, "").split("."))
    return [Choice(one, one.key not in hidden) for one in attributes]


def shown(offered: Sequence[Choice]) -> list[AttributeType]:
    return [one.attribute for one in offered if one.is_shown]


@require_POST
@gated("view", Board)
def choose(request: HttpRequest, key: str) -> HttpResponseRedirect:
    """Keeps what was chosen; of what was offered, that which is not wanted is hidden."""
    board = gate.fetch(actor_of(request), Board.objects.all(), key=key)
    own = reverse("board", args=[board.key])
    answer = redirect(own_address(request, given(request.POST, "next"), own))
    wanted = set(request.POST.getlist("column"))
    hidden = ".".join(one for one in request.POST.getlist("offered") if one not in wanted)
    if not hidden:
        answer.delete_cookie(COOKIE, path=own)
    elif len(hidden) <= MOST_BYTES and hidden.isascii():
        answer.set_cookie(
            COOKIE,
            hidden,
            max_age=YEAR_SECONDS,
            path=own,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    return answer
