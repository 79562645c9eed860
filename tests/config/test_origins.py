"""Which pages may open a socket."""

from __future__ import annotations

import pytest
from django.conf import settings
from pytest_django import Settings

from config.origins import is_ours, may_open

SESSION = (b"cookie", f"a=b; {settings.SESSION_COOKIE_NAME}=x".encode())
HOST = (b"host", b"127.0.0.1:8000")


@pytest.fixture(autouse=True)
def _hosts(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "sluice.example"]


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8000"),
        ("http://localhost:8000", "127.0.0.1:8000"),
        ("http://[::1]:8000", "[::1]:8000"),
        ("https://sluice.example", "sluice.example"),
        ("http://sluice.example", "sluice.example:80"),
        ("https://sluice.example:443", "sluice.example"),
    ],
)
def test_a_page_of_our_own_is_ours(origin: str, host: str) -> None:
    assert is_ours(origin, host=host)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://evil.example", "127.0.0.1:8000"),
        ("http://127.0.0.1:3000", "127.0.0.1:8000"),
        ("http://localhost", "127.0.0.1:8000"),
        ("https://sluice.example.evil.example", "sluice.example"),
        ("https://evil.example/sluice.example", "sluice.example"),
        ("https://sluice.example@evil.example", "sluice.example"),
        ("file://", "127.0.0.1:8000"),
        ("null", "127.0.0.1:8000"),
        ("", "127.0.0.1:8000"),
        ("http://127.0.0.1:port", "127.0.0.1:8000"),
        ("http://[::1", "[::1]:8000"),
    ],
)
def test_a_foreign_page_is_not(origin: str, host: str) -> None:
    assert not is_ours(origin, host=host)


def test_a_program_without_origin_may_come_without_our_cookie() -> None:
    assert may_open([HOST, (b"authorization", b"Bearer x")])
    assert not may_open([HOST, SESSION])
    assert may_open([HOST, SESSION, (b"origin", b"http://127.0.0.1:8000")])


def test_doubled_headers_are_refused() -> None:
    ours = (b"origin", b"http://127.0.0.1:8000")
    assert may_open([HOST, ours])
    assert not may_open([HOST, ours, (b"origin", b"http://evil.example")])
    assert not may_open([HOST, (b"host", b"evil.example"), ours])
    assert not may_open([ours])
