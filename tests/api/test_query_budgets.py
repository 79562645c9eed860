"""What every list and every page costs in statements: no more than `tests/budgets.toml` allows.

Each address that answers GET is asked as an account admin and as a plain member, in a world with
few rows of everything and in one with many. The number must not rise between the two, so that no
row costs a statement of its own. An address without a budget fails, so that a new one gets one.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import remembering
from accounts.http import noting
from tests.api.wealth import Wealth, build_wealth
from tests.architecture.entry_points import url_patterns
from tests.pages import browser

BUDGETS = Path(__file__).parents[1] / "budgets.toml"
FEW, MANY = 3, 12
AGES = timedelta(days=1)
READERS = ("admin", "member")
FOREIGN = "/admin/"
"""Built by Django from its own lists; `tests/admin` holds them."""
EXCEPTIONS = {
    "/sign-in/": "Whoever is signed in is sent on, to the first page.",
    "/password/new/<str:uidb64>/<str:token>/": "A form, behind a link for one person.",
    "/invitation/<str:token>/": "A form, behind a link for one person.",
    "/email/<str:token>/": "A question, behind a link for one person.",
    "/api/v1/schema/": "A description of the API, made from the code; it reads no rows.",
    "/api/v1/docs/": "A description of the API, made from the code; it reads no rows.",
    "/imports/<int:pk>/report/": "A download, streamed however long it is.",
    "/boards/<slug:key>/export/": "A download, streamed in batches that repeat one statement.",
    "/api/v1/boards/<key:key>/export/": "A download, streamed in batches that repeat one.",
}
PARAMETER = re.compile(r"<\w+:(\w+)>")
VALUE = re.compile(r"'(?:[^']|'')*'|\b\d+\b")
MOST_SHOWN = 400

Budgets = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Cost:
    """The statements that one answer took."""

    statements: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.statements)

    @property
    def repeated(self) -> str:
        """The statement that was sent most often, whatever its values."""
        alike = Counter(VALUE.sub("?", one) for one in self.statements)
        statement, times = alike.most_common(1)[0] if alike else ("nothing", 0)
        return f"most often, {times} times: {statement[:MOST_SHOWN]}"


Costs = Mapping[tuple[str, str], Cost]
"""By address, as the URL conf has it, and by reader."""


def faults(few: Costs, many: Costs, budgets: Budgets) -> Iterator[str]:
    """What is wrong, a sentence each: who asks what, how much it takes, and which statement."""
    for (route, reader), cost in many.items():
        allowed = budgets.get(route, {}).get(reader)
        before = len(few[route, reader])
        asked = f"GET {route} as {reader}: {len(cost)} statements"
        if before < len(cost):
            rise = f"{before} with {FEW} rows of everything, so rows cost statements"
            yield f"{asked} with {MANY}, {rise}; {cost.repeated}"
        if allowed is None:
            yield f"{asked}, and no budget in tests/{BUDGETS.name}."
        elif len(cost) > allowed:
            yield f"{asked}, allowed are {allowed}; {cost.repeated}"
    for route in sorted(budgets.keys() - {route for route, _ in many}):
        yield f"{route} has a budget, but is no address of a list or page."


def costs(wealth: Wealth, routes: Iterable[str]) -> dict[tuple[str, str], Cost]:
    clients = {name: browser(wealth.cast[name]) for name in READERS}
    return {
        (route, name): _cost(client, route, wealth, name)
        for route in routes
        for name, client in clients.items()
    }


def _cost(client: Client, route: str, wealth: Wealth, reader: str) -> Cost:
    """Asked twice, and the second counts: the first also fills what a process keeps for good."""
    address = _address(route, wealth)
    client.get(address)
    with CaptureQueriesContext(connection) as sent:
        answer = client.get(address)
    fine = {200} if reader == "admin" else {200, 403}
    hint = "make a sample of what it shows in tests/api/wealth.py, or name it in EXCEPTIONS"
    assert answer.status_code in fine, f"GET {address} as {reader}: {answer.status_code}; {hint}"
    return Cost(tuple(one["sql"] for one in sent.captured_queries))


def _address(route: str, wealth: Wealth) -> str:
    return PARAMETER.sub(lambda part: wealth.part(route, part[1]), route)


def _routes(wealth: Wealth) -> list[str]:
    """Every address that answers GET with a list or a page."""
    client: Any = browser(wealth.cast.admin)
    known = [f"/{route}" for route, _ in url_patterns()]
    assert not EXCEPTIONS.keys() - set(known), "An exception is no address any more."
    own = [one for one in known if not one.startswith(FOREIGN) and one not in EXCEPTIONS]
    return [one for one in own if client.get(_address(one, wealth)).status_code != 405]


@pytest.mark.django_db
def test_no_list_or_page_takes_more_statements_than_its_budget(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # On a busy machine an answer takes longer than these, and would ask or note once more.
    monkeypatch.setattr(remembering, "MOST_SECONDS", AGES.total_seconds())
    monkeypatch.setattr(noting, "NOTED_AFTER", AGES)
    wealth = build_wealth()
    wealth.grow(FEW)
    routes = _routes(wealth)
    few = costs(wealth, routes)
    wealth.grow(MANY)
    many = costs(wealth, routes)
    found = list(faults(few, many, tomllib.loads(BUDGETS.read_text(encoding="utf-8"))))
    assert not found, "\n".join(found)


def test_what_costs_too_much_is_told_with_its_statement() -> None:
    one = 'SELECT "name" FROM "user" WHERE "id" = '
    few = {("/users/", "admin"): Cost((f"{one}1", "BEGIN"))}
    many = {("/users/", "admin"): Cost((f"{one}1", f"{one}22", "BEGIN"))}
    assert list(faults(few, few, {"/users/": {"admin": 2}})) == []
    told = list(faults(few, many, {"/users/": {"admin": 2}, "/gone/": {"admin": 1}}))
    asked, most = "GET /users/ as admin: 3 statements", f"most often, 2 times: {one}?"
    assert told == [
        f"{asked} with {MANY}, 2 with {FEW} rows of everything, so rows cost statements; {most}",
        f"{asked}, allowed are 2; {most}",
        "/gone/ has a budget, but is no address of a list or page.",
    ]
    assert list(faults(few, few, {})) == [
        f"GET /users/ as admin: 2 statements, and no budget in tests/{BUDGETS.name}."
    ]
