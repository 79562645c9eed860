"""Somebody at a browser: signs in, looks, and complains of what the console says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Of a refusal that a test asks for, the browser and htmx say that it was refused.
REFUSED = re.compile(r"(responded with a status of|Response Status Error Code) 4\d\d")


@dataclass
class Visitor:
    """One person with a browser of their own."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not REFUSED.search(message.text):
            self.complaints.append(message.text)

    def go(self, path: str) -> None:
        answer = self.page.goto(self.base + path)
        assert answer is not None
        assert answer.status == 200, path

    def go_anyhow(self, path: str) -> None:
        """Whatever the answer says."""
        self.page.goto(self.base + path)

    def sign_in(self, username: str) -> None:
        """By keyboard alone."""
        self.go("/sign-in/")
        self.page.keyboard.type(username)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type("demo")
        self.page.keyboard.press("Enter")
        expect(self.page).to_have_url(f"{self.base}/")

    def toast(self, text: str, *, seconds: float = 15) -> None:
        found = self.page.locator(".toast-note__text", has_text=text)
        expect(found.last).to_be_visible(timeout=seconds * 1000)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    @property
    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate(OVERFLOW))


@dataclass
class Visitors:
    """Makes visitors."""

    browser: Browser
    base: str
    contexts: list[BrowserContext] = field(default_factory=list)

    def visitor(self, username: str = "", **options: Any) -> Visitor:
        context = self.browser.new_context(**{"viewport": {"width": 1400, "height": 900}} | options)
        self.contexts.append(context)
        made = Visitor(context.new_page(), self.base)
        if username:
            made.sign_in(username)
        return made

    def leave(self) -> None:
        for context in self.contexts:
            context.close()
