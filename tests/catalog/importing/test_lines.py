"""Reading lines out of a file."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from accounts.exceptions import Invalid
from catalog.importing.lines import raw_lines
from catalog.importing.reading import MOST_BYTES
from catalog.models import (
    GovernedObject,
)
from tests.catalog.importing.files import Importer, soup, written

pytestmark = pytest.mark.django_db


def test_long_lines_are_passed_over_without_being_held() -> None:
    class Endless(io.RawIOBase):
        left = 50 * MOST_BYTES
        largest = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            size = min(len(buffer), self.left)
            self.largest = max(self.largest, len(buffer))
            buffer[:size] = b"x" * size
            self.left -= size
            if not self.left and size:
                buffer[size - 1 : size] = b"\n"
            return size

    raw = Endless()
    lines = list(raw_lines(io.BufferedReader(raw)))
    assert [(one.number, one.content) for one in lines] == [(1, None)]
    assert raw.largest <= 2 * MOST_BYTES


MARK = b"\xef\xbb\xbf"


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b'{"key": "a"}\n{"key": "b"}', [(1, b'{"key": "a"}'), (2, b'{"key": "b"}')]),
        (b"", []),
        (b"\r\n\nx", [(3, b"x")]),
        (b"x" * MOST_BYTES + b"\ny", [(1, b"x" * MOST_BYTES), (2, b"y")]),
        (b"x" * MOST_BYTES, [(1, b"x" * MOST_BYTES)]),
        (b"x" * (MOST_BYTES + 1) + b"\ny", [(1, None), (2, b"y")]),
        (b"x" * 3 * MOST_BYTES + b"\ny", [(1, None), (2, b"y")]),
        (MARK + b"x\n" + MARK + b"y", [(1, MARK + b"x"), (2, MARK + b"y")]),
    ],
    ids=["two", "nothing", "blank", "longest", "last", "longer", "much-longer", "twice"],
)
def test_a_byte_order_mark_is_passed_over(
    content: bytes, lines: list[tuple[int, bytes | None]]
) -> None:
    """Before the first line; every line is what it is without the mark."""
    found = raw_lines(io.BytesIO(MARK + content))
    assert [(one.number, one.content) for one in found] == lines


def test_a_file_with_a_byte_order_mark_loses_no_line(load: Importer) -> None:
    report = load(MARK + written(soup("first")), soup("second"))
    assert (report.created, report.bad_lines) == (2, 0)
    assert set(GovernedObject.objects.values_list("key", flat=True)) == {"first", "second"}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_a_file_in_another_encoding_is_refused_with_the_remedy(
    load: Importer, encoding: str
) -> None:
    with pytest.raises(Invalid, match=r"UTF-16 or UTF-32, not in UTF-8\. Save it as UTF-8"):
        load(json.dumps(soup("first")).encode(encoding))
    assert not GovernedObject.objects.exists()


def test_lines_up_to_the_limit_are_read() -> None:
    longest = b"x" * MOST_BYTES
    source = io.BytesIO(longest + b"\n" + longest + b"x\n" + b"y\r\n\n" + longest)
    assert [(one.number, one.content) for one in raw_lines(source)] == [
        (1, longest),
        (2, None),
        (3, b"y"),
        (5, longest),
    ]


def test_decimals_lose_no_digit(load: Importer) -> None:
    digits = "12345678901234567890.123456789012345678"
    load(b'{"key": "a", "name": "A", "attributes": {"price": %s}}' % digits.encode())
    assert GovernedObject.objects.get().attributes["price"] == digits
