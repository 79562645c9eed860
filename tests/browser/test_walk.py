"""Every page, in both themes and on two widths: nothing on the console, no overflow, no barrier."""

from __future__ import annotations

import pytest

from tests.browser.visitor import Visitor, Visitors
from tests.browser.walk import (
    NO_PAGES,
    PAGES,
    STATES,
    THEMES,
    Watcher,
    addresses,
    places_of,
    problems_of,
)


def test_every_address_is_walked_or_no_page() -> None:
    """Without this a new page would be looked at by nobody."""
    found = set(addresses())
    assert found - PAGES.keys() - NO_PAGES == set()
    assert (PAGES.keys() | NO_PAGES) - found == set()


# What a theme changes: all rules are asked in the first one, in the others those of colours.
OF_COLOURS = ("color-contrast", "link-in-text-block")


@pytest.mark.browser
@pytest.mark.parametrize("theme", THEMES)
def test_pages_have_no_barriers_and_fit(visitors: Visitors, theme: str) -> None:
    rules = () if theme == THEMES[0] else OF_COLOURS
    people: dict[str, tuple[Visitor, Watcher]] = {}
    problems: list[str] = []
    places = places_of(visitors.visitor("owner"))
    for name, (who, path) in {**PAGES, **STATES}.items():
        if who not in people:
            visitor = visitors.visitor(who, color_scheme=theme)
            people[who] = (visitor, Watcher(visitor.page))
        visitor, watcher = people[who]
        visitor.page.goto(visitor.base + path.format(**places))
        problems += [f"{name}: {one}" for one in problems_of(visitor.page, watcher, rules=rules)]
    assert problems == []


@pytest.mark.browser
def test_the_walk_finds_what_is_wrong(visitors: Visitors) -> None:
    """A page with each kind of fault: a walk that sees nothing would pass everywhere."""
    visitor = visitors.visitor("owner")
    watcher = Watcher(visitor.page)
    visitor.go("/boards/")
    visitor.page.evaluate(
        """() => {
          const wide = document.createElement("div");
          wide.style.width = "3000px";
          wide.style.height = "1px";
          const button = document.createElement("button");
          document.body.append(wide, button);
          console.error("planted");
          return fetch("/missing.js").then(() => null);
        }"""
    )
    found = " ".join(problems_of(visitor.page, watcher))
    for expected in ("overflow", "button-name", "planted", "missing.js 404"):
        assert expected in found
