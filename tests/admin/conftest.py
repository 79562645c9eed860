"""The admin pages as somebody of the cast sees them, and forms sent as a browser sends them."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from tests.cast import Cast

Door = Callable[[str], Client]


@pytest.fixture
def door(cast: Cast) -> Door:
    """`door("member")`: a browser in which somebody of the cast is signed in."""

    def of(name: str) -> Client:
        client = Client(raise_request_exception=True)
        client.force_login(cast[name])
        return client

    return of


@pytest.fixture
def desk(door: Door) -> Client:
    """The account admin's browser."""
    return door("admin")


def address(model: str, page: str, *args: Any) -> str:
    """`address("accounts_user", "change", 1)`."""
    return reverse(f"admin:{model}_{page}", args=args)


class _Fields(HTMLParser):
    """What a browser would send of the main form of a page if nothing was touched."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        name = given.get("name") or ""
        if "disabled" in given and tag != "option":
            return
        if tag == "input" and name:
            self._input(name, given)
        elif tag == "select" and name:
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self._add(self._select, given.get("value") or "")
        elif tag == "textarea" and name:
            self._area = name
            self._add(name, "")

    def _input(self, name: str, given: dict[str, str | None]) -> None:
        if given.get("type") in ("submit", "button"):
            return
        if given.get("type") in ("checkbox", "radio") and "checked" not in given:
            return
        self._add(name, given.get("value") or ("on" if given.get("type") == "checkbox" else ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.found[self._area][-1] += data

    def _add(self, name: str, value: str) -> None:
        self.found.setdefault(name, []).append(value)


def fields_of(client: Client, url: str) -> dict[str, Any]:
    """The fields of the form at this address, as they stand there."""
    page = client.get(url)
    assert page.status_code == 200, page.status_code
    reader = _Fields()
    # A textarea's first line break belongs to the markup.
    reader.feed(page.content.decode().replace("\r\n", "\n"))
    return {
        name: [value.removeprefix("\n") for value in values]
        for name, values in reader.found.items()
        if not name.endswith("__prefix__") and "__prefix__" not in name
    }


def send(client: Client, url: str, **changed: Any) -> Any:
    """Sends the form at this address with some fields changed (None leaves one out)."""
    filled = {**fields_of(client, url), **changed}
    kept = {name: value for name, value in filled.items() if value is not None}
    return client.post(url, kept)


def told(response: Any) -> list[str]:
    """The messages that a request left for the next page."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def text_of(response: Any) -> str:
    return unescape(response.content.decode())
