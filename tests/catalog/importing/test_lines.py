"""Reading lines out of a file."""

from __future__ import annotations

import io
from typing import Any

import pytest

from catalog.importing.lines import raw_lines
from catalog.importing.reading import MOST_BYTES
from catalog.models import (
    GovernedObject,
)
from tests.catalog.importing.files import Importer

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
