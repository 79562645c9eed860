"""Reading a list page by page gives what reading it at once gives, in whatever order."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.db.models import QuerySet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.http.pagination import Order, Position, Sorted
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
        rows=st.lists(
            st.tuples(st.sampled_from("abB"), st.sampled_from([None, 0, 1, 2])), max_size=12
        ),
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


@pytest.mark.django_db
def test_missing_values_come_last_in_either_order() -> None:
    user = User.objects.create(username="somebody")
    for number, used in enumerate([None, now(), None]):
        ApiToken.objects.create(user=user, digest=str(number), last_used_at=used)
    for descending in (False, True):
        order = Sorted.by(Order("last_used_at", is_nullable=True, is_descending=descending))
        found = order.page(ApiToken.objects.all(), None, 10).rows
        assert [row.last_used_at is None for row in found] == [False, True, True]
