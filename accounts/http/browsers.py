"""Browsers in which somebody has signed in before, known by a cookie of their own.

Attempts from one of them are counted by themselves. Without this, whoever knows a user name could
keep its owner out for as long as they go on guessing.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

COOKIE = "known_browser"
SALT = "accounts.known-browser"
LASTS_SECONDS = 365 * 24 * 3600
MOST_PEOPLE = 10
LONGEST_COOKIE = 1000


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser's own number, and digests of the names that it may be trusted with."""

    number: str
    people: tuple[str, ...] = ()

    def knows(self, name: str) -> bool:
        return _digest(name) in self.people


def browser_of(request: HttpRequest) -> Browser:
    """What the cookie says; a browser that is new where there is none that we have signed."""
    written = request.COOKIES.get(COOKIE, "")
    try:
        number, *people = signing.loads(written[:LONGEST_COOKIE], salt=SALT, max_age=LASTS_SECONDS)
    except (signing.BadSignature, ValueError):
        return Browser(secrets.token_hex(8))
    return Browser(str(number), tuple(map(str, people)))


def remember(request: HttpRequest, response: HttpResponseBase, name: str) -> None:
    """Adds a name to the browser's cookie, the latest ones stay."""
    browser = browser_of(request)
    people = [_digest(name), *(one for one in browser.people if one != _digest(name))]
    response.set_cookie(
        COOKIE,
        signing.dumps([browser.number, *people[:MOST_PEOPLE]], salt=SALT),
        max_age=LASTS_SECONDS,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
