"""Every route, socket, command and task declares its gate, and signing in is asked of all."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.views import View

from accounts.gates import Audience, GateDeclaration, declaration_of, gated, open_to, signed_in
from accounts.models import Workspace
from permissions.rules import rules
from tests.architecture.entry_points import (
    all_entry_points,
    commands,
    of_view,
    routes,
    sockets,
    tasks,
    url_patterns,
)


def test_every_entry_point_declares_its_gate() -> None:
    undeclared = sorted(one.name for one in all_entry_points() if one.gate is None)
    assert undeclared == []


def test_every_declared_gate_is_one_that_the_rules_know() -> None:
    unknown = []
    for one in all_entry_points():
        gate = one.gate or GateDeclaration(Audience.HOUSE, why="The test above finds these.")
        for thing in gate.things:
            rule = rules.of(thing)
            if rule is None or gate.verb not in rule.verbs | rule.kind_verbs:
                unknown.append(f"{one.name}: {gate}")
    assert unknown == []


def test_each_kind_of_entry_point_is_found() -> None:
    """Without this, a walker that finds nothing would pass."""
    assert {"command serve", "command create_token"} <= {one.name for one in commands()}
    assert "task journal.sweep" in {one.name for one in tasks()}
    assert {"GET /sign-in/", "GET /api/v1/objects/"} <= {one.name for one in routes()}
    assert list(sockets())


def test_an_entry_point_without_declaration_is_noticed() -> None:
    @gated("view", Workspace)
    class Declared(View):
        def get(self, request: HttpRequest) -> HttpResponse:
            return HttpResponse()

        @gated("edit", Workspace)
        def post(self, request: HttpRequest) -> HttpResponse:
            return HttpResponse()

    class Undeclared(View):
        def get(self, request: HttpRequest) -> HttpResponse:
            return HttpResponse()

    def bare(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    found = {one.name: str(one.gate) for one in of_view("x/", Declared.as_view())}
    assert found == {"GET x/": "view Workspace", "POST x/": "edit Workspace"}
    assert [one.gate for one in of_view("x/", Undeclared.as_view())] == [None]
    assert [one.gate for one in of_view("x/", bare)] == [None]


def test_a_declaration_says_what_is_asked_or_why_nothing_is() -> None:
    with pytest.raises(ValueError, match="verb"):
        GateDeclaration(Audience.GATE)
    with pytest.raises(ValueError, match="why"):
        GateDeclaration(Audience.SIGNED_IN)
    with pytest.raises(ValueError, match="nobodyKnows"):
        open_to("nobodyKnows", why="x")

    @signed_in(why="Shows one's own.")
    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    assert str(declaration_of(page)) == "signedIn: Shows one's own."


SAMPLES = {"int": "1", "uuid": "2d1c3c5e-7a39-4f6b-9c54-0a1b2c3d4e5f"}
PART = re.compile(r"<(?:(?P<converter>\w+):)?\w+>")


def addresses() -> list[Any]:
    """Each route with something in the place of its parts, but those open to everyone."""
    found = []
    for route, pattern in url_patterns():
        gates = {one.gate for one in of_view(route, pattern.callback)}
        is_open = any(gate and gate.audience is Audience.EVERYONE for gate in gates)
        if is_open or "(?P" in route or route in OPEN_OF_ADMIN:
            continue
        path = PART.sub(lambda part: SAMPLES.get(part["converter"] or "", "x"), route)
        found.append(pytest.param(f"/{path}".replace("\\", ""), id=route))
    return found


OPEN_OF_ADMIN = {"admin/login/", "admin/jsi18n/"}


@pytest.mark.django_db
@pytest.mark.parametrize("path", addresses())
def test_nobody_gets_in_without_signing_in(path: str, client: Client) -> None:
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code in {302, 401}, (path, answer.status_code)
        if answer.status_code == 302:
            assert "sign-in" in answer["Location"] or "/admin/login/" in answer["Location"]
