"""Reading a list page by page gives what reading it at once gives, in whatever order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

import pytest
from django.db.models import QuerySet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.http.pagination import AsGiven, Order, Position, Sorted
from accounts.models import ApiToken, User
from journal.clock import now

ORDERS = [
    Sorted.by("pk"),
    Sorted.by("-pk"),
    Sorted.by("name"),
    Sorted.by("-name"),
    Sorted.by(Order("last_used_at", is_nullable=True)),
    Sorted.by(Order("last_used_at", is_nullable=True, is_descending=True), "name"),
    Sorted.by("-name", Order("last_used_at", is_nullable=True)),
]
Row = tuple[str, int | None]
ROW = st.tuples(st.sampled_from("abB"), st.sampled_from([None, 0, 1, 2]))
START = now()


def forward(rows: QuerySet[ApiToken], order: Sorted, limit: int) -> list[list[int]]:
    pages, position = [], None
    while True:
        page = order.page(rows, position, limit)
        pages.append([row.pk for row in page.rows])
        position = page.following
        if position is None:
            return pages


def backward(rows: QuerySet[ApiToken], order: Sorted, limit: int) -> list[int]:
    """All rows from the end on, page by page, put in their order."""
    last: Position | None = None
    while (following := order.page(rows, last, limit).following) is not None:
        last = following
    page = order.page(rows, last, limit)
    found = [row.pk for row in page.rows]
    while page.preceding is not None:
        page = order.page(rows, page.preceding, limit)
        found = [row.pk for row in page.rows] + found
    return found


class TestPages(TestCase):
    """Rows with many ties and missing values."""

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        rows=st.lists(ROW, max_size=12),
        order=st.sampled_from(ORDERS),
        limit=st.integers(1, 5),
    )
    def test_all_pages_together_are_the_list(
        self, rows: Sequence[tuple[str, int | None]], order: Sorted, limit: int
    ) -> None:
        user = User.objects.create(username="somebody")
        start = now()
        for number, (name, hours) in enumerate(rows):
            used = None if hours is None else start.replace(hour=hours)
            ApiToken.objects.create(user=user, name=name, digest=str(number), last_used_at=used)
        everything = ApiToken.objects.all()
        at_once = [row.pk for row in order.page(everything, None, 100).rows]
        pages = forward(everything, order, limit)
        assert [pk for page in pages for pk in page] == at_once
        assert all(len(page) <= limit for page in pages)
        assert backward(everything, order, limit) == at_once

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        rows=st.lists(ROW, min_size=1, max_size=10),
        meanwhile=st.lists(st.tuples(st.booleans(), ROW, st.integers(0, 99)), max_size=8),
        order=st.sampled_from(ORDERS),
        limit=st.integers(1, 4),
        backward=st.booleans(),
    )
    def test_rows_that_stay_are_read_once_whatever_comes_and_goes(
        self,
        rows: Sequence[Row],
        meanwhile: Sequence[tuple[bool, Row, int]],
        order: Sorted,
        limit: int,
        backward: bool,
    ) -> None:
        """Between two pages a row is made or removed; those that were there all along are exact."""
        user = User.objects.create(username="somebody")
        numbers = count()
        for row in rows:
            make_row(user, row, next(numbers))
        everything, changes = ApiToken.objects.all(), iter(meanwhile)
        stayed = {row.pk for row in everything}
        position = end_of(everything, order) if backward else None
        read: list[int] = []
        while True:
            page = order.page(everything, position, limit)
            found = [row.pk for row in page.rows]
            read = found + read if backward else read + found
            position = page.preceding if backward else page.following
            if position is None:
                break
            is_new, made, which = next(changes, (True, None, 0))
            if made is not None and is_new:
                make_row(user, made, next(numbers))
            elif made is not None and (left := sorted(one.pk for one in everything)):
                gone = left[which % len(left)]
                everything.filter(pk=gone).delete()
                stayed.discard(gone)
        assert len(read) == len(set(read))
        at_once = [row.pk for row in order.page(everything, None, 100).rows]
        assert [pk for pk in read if pk in stayed] == [pk for pk in at_once if pk in stayed]


def make_row(user: User, row: Row, number: int) -> None:
    name, hours = row
    used = None if hours is None else START.replace(hour=hours)
    ApiToken.objects.create(user=user, name=name, digest=str(number), last_used_at=used)


def end_of(rows: QuerySet[ApiToken], order: Sorted) -> Position:
    """Where somebody stands who reads a list from its end."""
    last = order.page(rows, None, 100).rows[-1]
    return Position(order.values_of(last), is_backward=True, includes=True)


def test_a_short_list_is_paged_in_the_order_in_which_it_comes() -> None:
    order = AsGiven("letters", str)
    first = order.page("abcde", None, 2)
    assert (first.rows, first.preceding) == (["a", "b"], None)
    second = order.page("abcde", first.following, 2)
    assert second.rows == ["c", "d"]
    assert order.page("abcde", second.following, 2).rows == ["e"]
    assert order.page("abcde", second.preceding, 2).rows == ["a", "b"]
    gone = order.page("acde", first.following, 2)
    assert gone.rows == []


@pytest.mark.django_db
def test_missing_values_come_last_in_either_order() -> None:
    user = User.objects.create(username="somebody")
    for number, used in enumerate([None, now(), None]):
        ApiToken.objects.create(user=user, digest=str(number), last_used_at=used)
    for descending in (False, True):
        order = Sorted.by(Order("last_used_at", is_nullable=True, is_descending=descending))
        found = order.page(ApiToken.objects.all(), None, 10).rows
        assert [row.last_used_at is None for row in found] == [False, True, True]
