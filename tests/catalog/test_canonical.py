"""The one stored form of each kind of value, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import canonical
from catalog.canonical import Unacceptable


def refusal(form: Any, value: object) -> str:
    with pytest.raises(Unacceptable) as refused:
        form(value)
    assert refused.value.detail.endswith(".")
    return refused.value.code


@pytest.mark.parametrize("value", [0, 1, -1, 2**63 - 1, -(2**63), Decimal(3), Decimal("1E+3")])
def test_integers(value: Any) -> None:
    stored = canonical.integer(value)
    assert stored == value
    assert type(stored) is int


@pytest.mark.parametrize(
    "value",
    [True, False, "12", 1.0, None, [1], Decimal("1.0"), Decimal("NaN"), Decimal("1E+99999")],
)  # fmt: skip
def test_what_is_no_integer(value: object) -> None:
    assert refusal(canonical.integer, value) == "wrongType"


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 10**4000])
def test_integers_beyond_64_bits_are_out_of_range(value: int) -> None:
    assert refusal(canonical.integer, value) == "outOfRange"


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("12.50", "12.5"),
        ("-0", "0"),
        ("0.000", "0"),
        ("1e3", "1000"),
        ("1E-3", "0.001"),
        ("+7", "7"),
        ("007", "7"),
        (7, "7"),
        (-7, "-7"),
        (1.1, "1.1"),
        (Decimal("2.300"), "2.3"),
        (Decimal("-0E+5"), "0"),
        ("9" * 38, "9" * 38),
        ("0." + "0" * 37 + "1", "0." + "0" * 37 + "1"),
        ("-1e37", "-1" + "0" * 37),
    ],
)
def test_decimals(value: object, stored: str) -> None:
    assert canonical.decimal(value) == stored


@pytest.mark.parametrize(
    "value",
    [True, None, "", " 1", "1 ", "1_0", "0x1", "NaN", "inf", "-Infinity", "1,5", "\u0663", "1.",
     ".5", "1e99999", Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), float("nan"), [],
     "1" * 300],
)  # fmt: skip
def test_what_is_no_decimal(value: object) -> None:
    assert refusal(canonical.decimal, value) == "wrongType"


@pytest.mark.parametrize(
    "value",
    ["1" * 39, "1e38", "1e9999", 10**38, "1e-39", "1" * 20 + "." + "1" * 19, Decimal("1e-9999")],
)  # fmt: skip
def test_decimals_of_more_than_38_digits(value: object) -> None:
    assert refusal(canonical.decimal, value) == "tooManyDigits"


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30, places=8
    )
)
def test_a_decimal_keeps_its_value_and_is_stored_in_one_way(value: Decimal) -> None:
    stored = canonical.decimal(value)
    assert Decimal(stored) == value
    assert canonical.decimal(stored) == stored
    assert canonical.decimal(f"{value:f}000") == stored


@pytest.mark.parametrize("value", [0, 1, "true", None, []])
def test_only_true_and_false_are_booleans(value: object) -> None:
    assert refusal(canonical.boolean, value) == "wrongType"
    assert canonical.boolean(True) is True


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("2026-03-31", "2026-03-31"),
        ("0001-01-01", "0001-01-01"),
        (date(33, 1, 2), "0033-01-02"),
        (datetime(2026, 3, 31, 23, tzinfo=timezone(-timedelta(hours=5))), "2026-04-01"),
    ],
)
def test_dates(value: object, stored: str) -> None:
    assert canonical.day(value) == stored


@pytest.mark.parametrize(
    "value", ["2026-02-30", "2026-3-1", "20260301", "2026-W01-1", "31-03-2026", "", 20260331, None,
              "2026-03-31T00:00:00Z", "2026-03-31\n"],
)  # fmt: skip
def test_what_is_no_date(value: object) -> None:
    assert refusal(canonical.day, value) == "malformed"


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("2026-03-31T14:30:00Z", "2026-03-31T14:30:00.000000Z"),
        ("2026-03-31 14:30", "2026-03-31T14:30:00.000000Z"),
        ("2026-03-31T14:30:00.5+02:00", "2026-03-31T12:30:00.500000Z"),
        (datetime(33, 1, 1, tzinfo=UTC), "0033-01-01T00:00:00.000000Z"),
        (date(2026, 3, 31), "2026-03-31T00:00:00.000000Z"),
    ],
)
def test_moments(value: object, stored: str) -> None:
    assert canonical.moment(value) == stored


@pytest.mark.parametrize(
    "value", ["2026-03-31", "2026-03-31T25:00:00Z", "2026-03-31T14:30:00.1234567Z", "now", 0, None,
              "0001-01-01T00:00:00+02:00", "2026-03-31T14:30:60Z", "2026-03-31t14:30:00z"],
)  # fmt: skip
def test_what_is_no_moment(value: object) -> None:
    assert refusal(canonical.moment, value) == "malformed"


@given(st.lists(st.datetimes(), min_size=2, max_size=2))
def test_text_order_of_moments_is_time_order(pair: list[datetime]) -> None:
    one, other = pair
    assert (canonical.moment(one) < canonical.moment(other)) is (one < other)


@pytest.mark.parametrize(
    "value", ["http://a", "https://example.org/x?y=1#z", "HTTPS://EXAMPLE.ORG", "mailto:a@b.org"]
)
def test_addresses(value: str) -> None:
    assert canonical.url(value) == value


@pytest.mark.parametrize(
    "value",
    ["javascript:alert(1)", "data:text/html,x", "ftp://a", "//a", "http://", "http:///x", "a b", "",
     "http://a b", "http://a\n", " http://a", "java\tscript:x", "mailto:", "http://[", 'http://"'],
)  # fmt: skip
def test_what_is_no_address(value: str) -> None:
    assert refusal(canonical.url, value) == "malformed"


def test_texts_have_a_length_and_only_characters_that_can_be_stored() -> None:
    assert canonical.string("x" * 2_000) == "x" * 2_000
    assert refusal(canonical.string, "x" * 2_001) == "tooLong"
    assert canonical.text("x" * 100_000)
    assert refusal(canonical.text, "x" * 100_001) == "tooLong"
    assert refusal(canonical.string, "a\x00b") == "unsoundText"
    assert refusal(canonical.text, "a\ud800b") == "unsoundText"
    assert refusal(canonical.string, 7) == "wrongType"
    assert canonical.string("\u202e😀\n") == "\u202e😀\n"
    assert refusal(canonical.username, "") == "wrongType"


@pytest.mark.parametrize(
    ("stored", "empty"),
    [(None, True), ("", True), ([], True), (0, False), (False, False), (" ", False)],
)  # fmt: skip
def test_what_counts_as_no_value(stored: object, empty: bool) -> None:
    assert canonical.is_empty(stored) is empty
