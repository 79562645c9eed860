"""A walk over every page that the URL conf serves, and what is wrong with each as it is drawn.

The pages stand in a table by the names of their addresses; a test fails where an address is in
neither it nor among those that are no pages, so a new page can't be forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import FilePayload, Page, Request, Response

from tests.browser.visitor import Visitor

AXE = Path(__file__).parent / "axe" / "axe.min.js"
WIDTHS = (1440, 390)
THEMES = ("light", "dark")
HEIGHT = 900
# Name of the address -> who looks at it, and what stands in its places.
PAGES: dict[str, tuple[str, str]] = {
    "home": ("owner", "/"),
    "inbox": ("steward", "/inbox/"),
    "approvals": ("owner", "/approvals/"),
    "boards": ("owner", "/boards/"),
    "board": ("owner", "/boards/recipe/"),
    "new-object": ("owner", "/boards/recipe/new/"),
    "object": ("owner", "/objects/{object}/"),
    "edit-object": ("owner", "/objects/{object}/edit/"),
    "new-import": ("owner", "/boards/recipe/import/"),
    "import": ("owner", "/imports/{import}/"),
    "workflows": ("owner", "/workflows/"),
    "workflow": ("owner", "/workflows/tell_owner_on_review/"),
    "executions": ("owner", "/executions/"),
    "execution": ("owner", "/executions/{execution}/"),
    "sign-in": ("", "/sign-in/"),
    "forgotten-password": ("", "/password/forgotten/"),
    "profile": ("owner", "/profile/"),
    "users": ("admin", "/users/"),
    "user": ("admin", "/users/{user}/"),
    "account": ("admin", "/account/"),
    "configuration": ("admin", "/account/configuration/"),
}
# States of pages that have no address of their own.
STATES: dict[str, tuple[str, str]] = {
    "board-narrowed": (
        "owner",
        "/boards/recipe/?state=review&attribute.servings__greaterOrEqual=2",
    ),
    "board-nothing-matches": ("owner", "/boards/recipe/?q=nothing-like-this"),
    "board-wrong-filter": ("owner", "/boards/recipe/?attribute.servings=many"),
    "executions-narrowed": ("owner", "/executions/?status=failed&since=2026-01-01"),
    "object-read-only": ("viewer", "/objects/{object}/"),
    "home-empty": ("guest", "/"),
    "boards-empty": ("guest", "/boards/"),
    "workflows-empty": ("guest", "/workflows/"),
    "executions-empty": ("guest", "/executions/"),
    "inbox-empty": ("guest", "/inbox/"),
    "not-found": ("owner", "/nothing/here/"),
    "forbidden": ("owner", "/users/"),
    "void-invitation": ("", "/invitation/void/"),
    "void-password-link": ("", "/password/new/MQ/void/"),
}
# Addresses that take forms or answer with parts of pages, or lead on from an e-mail's secret.
NO_PAGES = frozenset(
    [
        "sign-out",
        "new-password",
        "accept-invitation",
        "confirm-email",
        "change-name",
        "change-email",
        "withdraw-email",
        "change-password",
        "end-other-sessions",
        "end-session",
        "create-token",
        "revoke-token",
        "invite",
        "resend-invitation",
        "revoke-invitation",
        "activate-user",
        "sign-out-user",
        "send-password-link",
        "hand-over",
        "delete-user",
        "board-count",
        "export-board",
        "start-import",
        "discard-import",
        "import-report",
        "choose-columns",
        "make-transition",
        "vote",
        "withdraw-vote",
        "withdraw-approval",
        "assign",
        "unassign",
        "relate",
        "unrelate",
        "offered-people",
        "offered-objects",
        "comment",
        "edit-comment",
        "delete-comment",
        "delete-object",
        "publish-workflow",
        "unpublish-workflow",
        "enable-workflow",
        "disable-workflow",
        "open-notification",
        "mark-read",
        "mark-all-read",
    ]
)
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CHECK = """async (rules) => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const runOnly = rules.length ? {type: "rule", values: rules} : tags;
  const found = await axe.run(document, {runOnly, resultTypes: ["violations"]});
  const told = (one) => one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160));
  return found.violations
    .filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => [one.id, ...told(one)].join(" | "));
}"""
# What a refused page answers itself; the browser complains of it on the console, too.
REFUSED = re.compile(r"status of 4\d\d")


def addresses() -> Iterator[str]:
    """The names of all addresses but the API's, the admin's and those of programs."""
    for pattern in get_resolver().url_patterns:
        yield from _names(pattern)


def _names(pattern: URLPattern | URLResolver) -> Iterator[str]:
    if isinstance(pattern, URLPattern):
        if pattern.name and pattern.name not in {"healthz", "readyz", "metrics"}:
            yield pattern.name
    elif not str(pattern.pattern).startswith(("admin/", "api/")):
        for below in pattern.url_patterns:
            yield from _names(below)


@dataclass
class Stop:
    """One page as it was drawn in a theme."""

    name: str
    path: str
    problems: list[str] = field(default_factory=list)


class Watcher:
    """Hears what a page's console and requests complain of."""

    def __init__(self, page: Page) -> None:
        self.problems: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    def _console(self, message: Any) -> None:
        if message.type in {"error", "warning"} and not REFUSED.search(message.text):
            self.problems.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":
            self.problems.append(f"request: {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        is_page = response.request.is_navigation_request()
        if response.status >= (500 if is_page else 400):
            self.problems.append(f"answer: {response.url} {response.status}")

    def take(self) -> list[str]:
        found, self.problems = self.problems, []
        return found


def places_of(visitor: Visitor) -> dict[str, str]:
    """Ids of an object in review, an execution, a user and an import, as the pages link to them."""
    found = {}
    for name, path, link in (
        ("object", "/boards/recipe/?state=review", "/objects/"),
        ("execution", "/executions/", "/executions/"),
    ):
        visitor.go(path)
        href = visitor.page.locator(f'tbody a[href^="{link}"]').first.get_attribute("href") or ""
        found[name] = href.strip("/").rpartition("/")[2]
    return found | {"user": "2", "import": _checked_import(visitor)}


def _checked_import(visitor: Visitor) -> str:
    """The id of an import that waits for a yes: a good line and a bad one."""
    visitor.go("/boards/recipe/import/")
    lines = b'{"key": "walked", "name": "Walked"}\n{"key": "", "name": "Bad"}\n'
    file = FilePayload(name="walk.jsonl", mimeType="application/x-ndjson", buffer=lines)
    visitor.page.set_input_files("#import-file", file)
    visitor.press("Check the file")
    visitor.page.wait_for_url("**/imports/*/")
    return visitor.page.url.strip("/").rpartition("/")[2]


def problems_of(
    page: Page, watcher: Watcher, *, with_axe: bool = True, rules: Sequence[str] = ()
) -> list[str]:
    """What is wrong with the page that is open, on a screen and on a phone.

    `rules` are the only ones of axe that are asked; all are where none is named.
    """
    found = []
    if with_axe:
        page.evaluate(AXE.read_text(encoding="utf-8"))
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.wait_for_load_state("networkidle")
        if (over := int(page.evaluate(OVERFLOW))) > 0:
            found.append(f"overflow: {over} px at {width}")
        if with_axe:
            found += [f"axe at {width}: {one}" for one in page.evaluate(CHECK, list(rules))]
    return found + watcher.take()
