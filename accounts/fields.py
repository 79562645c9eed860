"""Fields of the account's forms, as `accounts/field.html` draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeGuard

from django.http import QueryDict

from accounts.exceptions import Problem
from accounts.pages import told_at


@dataclass(frozen=True, slots=True)
class Field:
    """One labelled input. `place` is where a service points to when it refuses what was given.

    `control` is an input's type, `select` or `checks`; the last two have `options`. The first
    problem of a form gets the focus: without that it may stand below the window.
    """

    name: str
    label: str
    control: str = "text"
    value: str = ""
    chosen: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    autocomplete: str = "off"
    hint: str = ""
    place: str = ""
    problem: str = ""
    is_first_problem: bool = False
    required: bool = True
    longest: int = 150
    form: str = "field"

    @property
    def id(self) -> str:
        """Its own on a page of several forms that ask for the same."""
        return f"{self.form}-{self.name}"

    @property
    def places(self) -> tuple[str, ...]:
        """Where a service points to, and what is said of the text as it was posted."""
        own = f"/{self.name}"
        return (self.place, own) if self.place else (own,)


def filled(
    fields: Sequence[Field], given: Mapping[str, str], problems: Sequence[Problem] = ()
) -> list[Field]:
    """The fields with what was given (never a password) and what is wrong with it."""
    made = [
        replace(
            field,
            value="" if field.control == "password" else given.get(field.name, field.value),
            chosen=tuple(given.getlist(field.name)) if _is_posted(given) else field.chosen,
            problem=" ".join(filter(None, (told_at(problems, one) for one in field.places))),
        )
        for field in fields
    ]
    first = next((field for field in made if field.problem), None)
    return [replace(field, is_first_problem=field is first) for field in made]


def _is_posted(given: Mapping[str, str]) -> TypeGuard[QueryDict]:
    """A box that isn't ticked is not posted: of a form that was, nothing means none."""
    return isinstance(given, QueryDict) and bool(given)


def unplaced(fields: Sequence[Field], problems: Sequence[Problem]) -> list[str]:
    """What is wrong that stands at none of the fields."""
    places = [place for field in fields for place in field.places]
    return [
        one.detail
        for one in problems
        if not any(one.pointer == place or one.pointer.startswith(f"{place}/") for place in places)
    ]
