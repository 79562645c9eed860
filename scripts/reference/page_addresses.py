"""page-addresses.md: every address of the pages and their forms, and what each asks the gate."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from accounts.gates import Audience, GateDeclaration, declaration_of
from scripts.reference.markdown import code, page, table

INTRODUCTION = """
What the [pages](pages.md) and their forms send requests to. Programs use
[the HTTP API](http-api.md): these addresses may change with the pages. Whoever isn't signed in is
led to `/sign-in/`, but from those that are open to everyone.
"""
NO_PAGES = ("api/", "admin/", "static/")
PART = re.compile(r"<(?:\w+:)?(\w+)>")
WORDS = {"pk": "ID", "relation": "ID"}
METHODS = ("get", "post")


def render() -> str:
    rows = sorted(
        (code(_address(route)), _says(name, view), _asks(view)) for route, name, view in views()
    )
    heads = ("address", "what it does", "asks the gate for")
    return page("Addresses of the pages", INTRODUCTION, table(heads, rows))


def views(
    patterns: list[URLPattern | URLResolver] | None = None, prefix: str = ""
) -> Iterator[tuple[str, str, Any]]:
    """Route, name and view of each page, in the order of the URL configuration."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from views(one.url_patterns, route)
        elif not route.startswith(NO_PAGES):
            yield route, one.name or "", getattr(one.callback, "view_class", one.callback)


def _address(route: str) -> str:
    return "/" + PART.sub(lambda part: WORDS.get(part[1], part[1].upper()), route)


def _says(name: str, view: Any) -> str:
    """What its docstring begins with; the name of its address where it has none."""
    told = " ".join((inspect.getdoc(view) or "").split("\n\n", maxsplit=1)[0].split())
    return told or f"{name.replace('-', ' ').capitalize()}."


def _asks(view: Any) -> str:
    declared = [
        declaration_of(view),
        *(declaration_of(getattr(view, one, None)) for one in METHODS),
    ]
    return ", ".join(dict.fromkeys(_shown(one) for one in declared if one))


def _shown(gate: GateDeclaration) -> str:
    if gate.audience is Audience.GATE:
        return f"{code(gate.verb)} {', '.join(thing.__name__ for thing in gate.things)}"
    return "open to everyone" if gate.audience is Audience.EVERYONE else "nothing: one's own"
