"""From where a request comes: the client's address, and the program that it says it is."""

from __future__ import annotations

import re

from django.http import HttpRequest
from rest_framework.request import Request

from accounts.models.sessions import LONGEST_AGENT

UNPRINTABLE = re.compile(r"[^\x20-\x7e]")
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def address_of(request: HttpRequest | Request) -> str:
    """The client: the peer, or whom a proxy of ours vouches for. Empty where it has no address."""
    return str(request.META.get("REMOTE_ADDR") or "")


def agent_of(request: HttpRequest) -> str:
    return UNPRINTABLE.sub("", request.headers.get("User-Agent", ""))[:LONGEST_AGENT]


def described(agent: str) -> str:
    """A browser and its system as people call them; the words it uses itself where none fits."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or agent[:60] or "Unknown program"
