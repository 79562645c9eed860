"""Hostile names on pages and in mails: shown as the text that they are, and nothing else."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.template.loader import render_to_string

from accounts.models import Account, User, Workspace
from catalog.models import (
    Application,
    AttributeType,
    Board,
    GovernedObject,
    Lifecycle,
    ObjectType,
    RelationType,
    State,
    UserRelationType,
)
from notifications.channels.email import message_of
from notifications.models import Delivery, Notification
from tests.cast import Cast
from tests.hostile import INERT
from tests.kitchen import TELL, Kitchen, definition, published
from tests.pages import browser
from tests.settling import settle
from workflows.authoring.models import Workflow
from workflows.lifecycle import service as lifecycle
from workflows.models import Transition

MARK = "x-hostile"
NAME = "".join(INERT[why] for why in ("markup", "attribute", "expression", "format"))
NAMED: tuple[type[Any], ...] = (
    *(Application, AttributeType, Board, GovernedObject, Lifecycle, ObjectType, RelationType),
    *(State, Transition, UserRelationType, Workflow, Workspace),
)
ADMIN_PAGES = (
    *("accounts/workspace", "accounts/user", "catalog/objecttype", "catalog/lifecycle"),
    *("catalog/board", "catalog/governedobject", "workflows/workflow", "automations/execution"),
)


class Injected(HTMLParser):
    """Elements and attributes that a name has brought into a page, and how often it is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.shown = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if MARK in tag or any(name in ("hostile", "onfocus") for name in names):
            self.found.append(f"<{tag} {names}>")
        self.shown += sum(MARK in (value or "") for _, value in attrs)

    def handle_data(self, data: str) -> None:
        self.shown += MARK in data


def shown_in(page: str) -> int:
    """How often the name is shown in a page; fails where it did anything else."""
    reading = Injected()
    reading.feed(page)
    reading.close()
    assert reading.found == []
    assert "49" not in page.replace("249", "") or "{{7*7}}" in page
    return reading.shown


def test_names_are_inert_wherever_they_are_shown(cast: Cast, kitchen: Kitchen) -> None:
    published("told", definition(TELL), actor=cast.acting("admin"))
    soup = kitchen.make(
        "Soup",
        attributes={"note": NAME},
        user_relations={kitchen.business_owner: [cast.owner], kitchen.reviewer: [cast.admin]},
    )
    kitchen.make("Bread", parent=soup, relations={kitchen.goes_with: [soup]})
    for model in NAMED:
        model._default_manager.update(name=NAME)
    User.objects.update(first_name=NAME[:140])
    Account.objects.update(name=NAME)
    lifecycle.move(soup, "submit", actor=cast.acting("admin"))
    settle()
    boss = browser(cast.admin)
    pages = {
        "/": 5,
        "/boards/": 1,
        "/boards/recipe/": 5,
        f"/objects/{soup.pk}/": 10,
        f"/objects/{soup.pk}/edit/": 3,
        "/boards/recipe/new/": 2,
        "/workflows/": 1,
        "/workflows/told/": 2,
        "/executions/": 1,
        "/users/": 1,
        f"/users/{cast.owner.pk}/": 1,
        "/profile/": 1,
        "/account/": 1,
        "/inbox/": 0,
        "/nothing/": 0,
    }
    for path, least in pages.items():
        answer = boss.get(path)
        assert answer.status_code in (200, 404), path
        assert shown_in(answer.content.decode()) >= least, path
    for path in ADMIN_PAGES:
        answer = boss.get(f"/admin/{path}/")
        assert answer.status_code == 200, path
        shown_in(answer.content.decode())
    refused = boss.post(f"/objects/{soup.pk}/transitions/", {"transition": NAME}, follow=True)
    shown_in(refused.content.decode())


def test_a_name_is_inert_in_a_toast_and_on_an_error_page() -> None:
    toast = render_to_string("parts/toasts.html", {"messages": [Said(NAME)]})
    assert shown_in(toast) == 1
    for status in (400, 403, 409, 413, 422):
        page = render_to_string(f"errors/{status}.html", {"exception": NAME, "problems": [NAME]})
        assert shown_in(page) >= 1, status


def test_a_name_is_inert_in_a_mail(cast: Cast, kitchen: Kitchen) -> None:
    published("told", definition(TELL), actor=cast.acting("admin"))
    soup = kitchen.make(NAME, user_relations={kitchen.business_owner: [cast.owner]})
    lifecycle.move(soup, "submit", actor=cast.acting("admin"))
    settle()
    told = Notification.objects.get(user=cast.owner)
    assert NAME in told.subject
    message = message_of(Delivery(notification=told, channel="email"))
    html = str(message.alternatives[0][0])
    assert shown_in(html) >= 1
    written = message.message().as_bytes()
    assert written.count(b"\nSubject:") + written.startswith(b"Subject:") <= 1
    assert shown_in(browser(cast.owner).get("/inbox/").content.decode()) >= 1


class Said:
    """A message as Django's framework hands it to a template."""

    level_tag = "error"

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text
