"""Texts that no database of ours can keep: NUL, and halves of surrogate pairs.

They stand for nothing that somebody could have meant. Taken out in silence, something else than
what was typed would be kept; let through, they would be a fault of ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.http import HttpRequest, QueryDict

from accounts.exceptions import Problem
from journal.strict_json import escaped

SHOWN_AS = "\ufffd"
_UNSOUND = re.compile("[\0\ud800-\udfff]")
_HALF = re.compile("[\ud800-\udfff]")
_NAMES = "unsound_names"
_REDRAWS = "redraws"
_POST = "POST"
View = TypeVar("View")


def is_sound(text: str) -> bool:
    """Whether every database takes this text."""
    return _UNSOUND.search(text) is None


def unsound_in(given: QueryDict, *, but_nul: bool = False) -> list[str]:
    """The names of the fields that hold such a text, or are one."""
    wrong = _HALF if but_nul else _UNSOUND
    return [
        name
        for name, values in given.lists()
        if any(wrong.search(text) for text in (name, *values))
    ]


def problems_at(names: Sequence[str]) -> list[Problem]:
    """One for each field; a point in its name leads one step deeper, as in `attributes.KEY`."""
    return [
        Problem(
            "/" + escaped(name).replace(".", "/"),
            "unsoundText",
            f"What was given as {name!r} holds a character that stands for nothing.",
        )
        for name in (mended(one[:100]) for one in names)
    ]


def mended(text: str) -> str:
    """The same with a mark wherever something stood that can't be shown."""
    return _UNSOUND.sub(SHOWN_AS, text)


# --- forms that are drawn again ------------------------------------------------------------------


def redraws(view: View) -> View:
    """Marks a view whose form is drawn again with what was typed and what is wrong with it.

    It refuses by `accounts.pages.attempt`, or asks `unsound_of` itself. Of every other view the
    middleware refuses such a text in its place.
    """
    setattr(view, _REDRAWS, True)
    return view


def is_redrawn(view: Callable[..., object]) -> bool:
    return bool(getattr(view, _REDRAWS, False))


def mend_form(request: HttpRequest, names: Sequence[str]) -> None:
    """Makes what was posted fit to be shown, and notes which fields are to be refused."""
    shown = QueryDict(mutable=True)
    for name, values in request.POST.lists():
        shown.setlist(mended(name), [mended(text) for text in values])
    setattr(request, _NAMES, tuple(names))
    setattr(request, _POST, shown)


def unsound_of(request: HttpRequest | None) -> list[Problem]:
    """What a form that is drawn again has to refuse before anything else."""
    told = (
        "This text held a character that stands for nothing. "
        f"Where it was, there is {SHOWN_AS} now: take that out."
    )
    return [
        Problem(one.pointer, one.code, told) for one in problems_at(getattr(request, _NAMES, ()))
    ]
