"""What a board is narrowed by: read from its address in the words of the API, shown as chips."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.http import HttpRequest, QueryDict

from accounts.actor import Actor
from accounts.narrowing import Chip, chip
from accounts.pages import Attempt, address, attempt, given
from catalog.api import listing
from catalog.filters.shapes import Operator
from catalog.models import AttributeType, ObjectType, State
from workflows.views.words import OPERATORS

OFFERED = (
    *(Operator.EQUALS, Operator.NOT_EQUALS, Operator.CONTAINS, Operator.STARTS_WITH),
    *(Operator.GREATER_OR_EQUAL, Operator.LESS_OR_EQUAL, Operator.IS_EMPTY, Operator.IS_NOT_EMPTY),
)
# The fields of the form that adds a criterion; what it adds stands in the address as the API's.
ADDED = ("by", "how", "value")


def read(
    request: HttpRequest, chosen: ObjectType | None, sort: str, *, actor: Actor
) -> Attempt[listing.Wanted]:
    """The condition and the order, or every problem with what the address asks for."""
    query = in_words_of_the_api(request.GET, chosen, sort)
    return attempt(request, lambda: listing.read(query, actor=actor))


def in_words_of_the_api(query: QueryDict, chosen: ObjectType | None, sort: str) -> QueryDict:
    """The page's own parameters as those of the API, which reads and judges them."""
    words = QueryDict(mutable=True)
    for name, value in (
        ("objectTypeKey", chosen.key if chosen else ""),
        ("stateKey", given(query, "state")),
        ("q", given(query, "q")),
        ("sort", sort),
    ):
        if value:
            words[name] = value
    for name in criteria_in(query):
        words[name] = given(query, name)
    return words


def criteria_in(query: QueryDict) -> list[str]:
    return [name for name in query if name.startswith(listing.ATTRIBUTE)]


def offered() -> list[tuple[str, str]]:
    return [(one.value, OPERATORS[one.value]) for one in OFFERED]


def added(query: QueryDict) -> str | None:
    """The address with the criterion that the form has added; None where it has added none."""
    key, operator, value = (given(query, name) for name in ADDED)
    if not any(name in query for name in ADDED):
        return None
    copy = query.copy()
    for field in (*ADDED, "cursor"):
        copy.pop(field, None)
    if not key:
        return address(copy)
    known = [one.value for one in OFFERED]
    is_plain = operator not in known or operator == Operator.EQUALS
    name = listing.ATTRIBUTE + key + ("" if is_plain else f"__{operator}")
    return address(copy, **{name: value})


def chips(
    query: QueryDict,
    *,
    chosen: ObjectType | None,
    types: Sequence[ObjectType],
    states: Sequence[State],
    attributes: Sequence[AttributeType],
) -> list[Chip]:
    """One for each thing that narrows the board; the search stands in its own field."""
    return list(_chips(query, chosen, types, states, attributes))


def _chips(
    query: QueryDict,
    chosen: ObjectType | None,
    types: Sequence[ObjectType],
    states: Sequence[State],
    attributes: Sequence[AttributeType],
) -> Iterator[Chip]:
    if chosen is not None and len(types) > 1:
        yield chip(query, "type", "Type", chosen.name)
    if key := given(query, "state"):
        name = next((one.name for one in states if one.key == key), key)
        yield chip(query, "state", "State", name)
    names = {one.key: one.name for one in attributes}
    for name in criteria_in(query):
        key, operator = listing.taken_apart(name)
        value = given(query, name) if operator.takes_value else ""
        words = f"{OPERATORS[operator.value]} {value}".strip()
        yield chip(query, name, names.get(key, key), words)
