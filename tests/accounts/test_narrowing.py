"""Chips of a narrowed list, and dates as addresses hold them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.http import QueryDict

from accounts.narrowing import Chip, chip, moment


def test_a_chip_leads_to_the_list_without_it_from_its_first_page() -> None:
    query = QueryDict("status=failed&q=soup+%26+stew&cursor=abc")
    made = chip(query, "status", "Status", "Failed")
    assert made == Chip("Status", "Failed", made.url)
    assert QueryDict(made.url.partition("?")[2]).dict() == {"q": "soup & stew"}


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        (
            "2026-02-28",
            datetime(2026, 2, 28, tzinfo=UTC),
            datetime(2026, 2, 28, 23, 59, 59, 999999, tzinfo=UTC),
        ),
        ("2026-02-28T10:00:00", datetime(2026, 2, 28, 10, tzinfo=UTC), None),
        (
            "2026-02-28T10:00:00+02:00",
            datetime(2026, 2, 28, 10, tzinfo=timezone(timedelta(hours=2))),
            None,
        ),
    ],
)
def test_a_date_is_a_whole_day_and_a_time_is_itself(
    text: str, first: datetime, last: datetime | None
) -> None:
    assert moment(text) == first
    assert moment(text, is_end=True) == (last or first)


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-02-30", "2026-13-01", "28.02.2026", "9999-12-31x", "\0", "٢٠٢٦"]
)
def test_what_is_neither_is_none(text: str) -> None:
    assert moment(text) is None


def test_the_last_day_there_is_has_an_end() -> None:
    assert moment("9999-12-31", is_end=True) == datetime.max.replace(tzinfo=UTC)
