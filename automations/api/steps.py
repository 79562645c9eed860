"""Pages of steps: they stand inside the rows of items, so a place is an item and a number in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db.models import QuerySet

from accounts.actor import Actor
from accounts.http.pagination import Page, Position, page_of
from automations.models import ExecutionItem
from automations.redaction import StepView, steps_for

CHUNK = 100


@dataclass(frozen=True, slots=True)
class StepPlace:
    """The nth step of an item."""

    item: ExecutionItem
    number: int

    @property
    def values(self) -> tuple[int, int]:
        return (self.item.pk, self.number)


@dataclass(frozen=True, slots=True)
class StepOrder:
    """The steps of an execution: item after item, each in its own order."""

    prints: str = "steps"

    def page(self, rows: QuerySet[ExecutionItem], position: Position | None, limit: int) -> Page:
        found = list(islice(_places(rows, position), limit + 1))
        return page_of(found, position, limit, lambda place: place.values)


def views_of(places: Sequence[StepPlace], *, actor: Actor) -> list[StepView]:
    """These steps as the actor may read them."""
    items = {place.item.pk: place.item for place in places}
    views: dict[int, list[StepView]] = {}
    for view in steps_for(items.values(), actor=actor):
        views.setdefault(view.item_id, []).append(view)
    return [views[place.item.pk][place.number] for place in places]


def _places(rows: QuerySet[ExecutionItem], position: Position | None) -> Iterator[StepPlace]:
    """All places beyond the position, in the direction in which it is read."""
    backward = position is not None and position.is_backward
    if position is not None:
        rows = rows.filter(**{"pk__lte" if backward else "pk__gte": position.values[0]})
    for item in rows.order_by("-pk" if backward else "pk").iterator(chunk_size=CHUNK):
        numbers = range(len(item.steps))
        for number in reversed(numbers) if backward else numbers:
            place = StepPlace(item, number)
            if position is None or _is_beyond(place, position):
                yield place


def _is_beyond(place: StepPlace, position: Position) -> bool:
    values = tuple(position.values)
    if place.values == values:
        return position.includes
    return place.values < values if position.is_backward else place.values > values
