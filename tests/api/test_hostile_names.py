"""Hostile names for everything that has one: refused with a place, or kept as they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.actor import Actor
from catalog.packages import applying
from catalog.packages.kinds import RowKind, in_order
from tests.api.problems import problem
from tests.cast import Cast, client_of
from tests.hostile import INERT, REFUSED
from tests.kitchen import Kitchen

V1 = "/api/v1/"
# What is made at an address of its own, by the body that makes one; NAME is where the name goes.
NAME = "NAME"
MADE: dict[str, tuple[str, dict[str, Any]]] = {
    "objects": ("objects/", {"objectTypeKey": "recipe", "name": NAME}),
    "boards": ("boards/", {"key": "thing", "name": NAME}),
    "workspaces": ("workspaces/", {"key": "thing", "name": NAME}),
    "workflows": ("workflows/", {"key": "thing", "name": NAME}),
    "applications": ("applications/", {"key": "thing", "name": NAME}),
    "object types": ("object-types/", {"key": "thing", "name": NAME}),
    "attribute types": (
        "attribute-types/",
        {"key": "thing", "name": NAME, "objectTypeKey": "recipe", "type": "string"},
    ),
    "relation types": ("relation-types/", {"key": "thing", "name": NAME}),
    "user relation types": ("user-relation-types/", {"key": "thing", "name": NAME}),
    "lifecycles": ("lifecycles/", {"key": "thing", "name": NAME}),
    "states": ("lifecycles/", {"key": "thing", "states": [{"key": "a", "name": NAME}]}),
}
STRICTER: dict[str, tuple[str, dict[str, Any]]] = {
    "teams": ("teams/", {"name": NAME}),
    "people": ("users/", {"username": "thing", "firstName": NAME}),
    "usernames": ("users/", {"username": NAME}),
}


def filled(body: Any, name: str) -> Any:
    """The body with the name in its place."""
    if isinstance(body, dict):
        return {key: filled(value, name) for key, value in body.items()}
    if isinstance(body, list):
        return [filled(value, name) for value in body]
    return name if body == NAME else body


def send(client: APIClient, path: str, body: Any) -> Any:
    """As bytes: half a surrogate pair can only be written as an escape."""
    return client.generic("POST", V1 + path, json.dumps(body), content_type="application/json")


def names_in(answer: Any) -> Iterator[str]:
    for key, value in answer.items() if isinstance(answer, dict) else enumerate(answer):
        if isinstance(value, dict | list):
            yield from names_in(value)
        elif key == "name":
            yield value


@pytest.mark.parametrize("what", [*MADE, *STRICTER])
def test_a_name_that_misleads_is_refused_with_its_place(
    cast: Cast, kitchen: Kitchen, what: str
) -> None:
    path, body = {**MADE, **STRICTER}[what]
    client = client_of(cast.admin)
    for why, name in REFUSED.items():
        answer = send(client, path, filled(body, name))
        assert answer.status_code in (400, 422), (why, answer.content)
        found = problem(answer, answer.status_code)
        assert found["errors"], why
        assert any(one["pointer"].endswith(("ame", "/0")) for one in found["errors"]), (why, found)
        assert len(answer.content) < 5_000, why


@pytest.mark.parametrize("what", [*MADE, *STRICTER])
def test_another_name_comes_back_as_it_was_given(cast: Cast, kitchen: Kitchen, what: str) -> None:
    path, body = {**MADE, **STRICTER}[what]
    client = client_of(cast.admin)
    for number, (why, name) in enumerate(INERT.items()):
        given = filled(body, name)
        if "key" in given:
            given["key"] += str(number)
        answer = send(client, path, given)
        if what in STRICTER:
            assert answer.status_code in (201, 422), (why, answer.content)
        else:
            assert answer.status_code == 201, (why, answer.content)
            assert name in names_in(answer.json()), why


def named_kinds() -> list[str]:
    return [
        kind.key
        for kind in in_order()
        if isinstance(kind, RowKind) and any(one.name == "name" for one in kind.fields)
    ]


@pytest.mark.parametrize("why", [one for one in REFUSED if "surrogate" not in one])
def test_a_package_is_refused_for_each_name_that_misleads(cast: Cast, why: str) -> None:
    """Every kind of asset that has a name, whatever else its entry lacks."""
    document = {
        "packageKey": "hostile",
        **{
            kind: [{"key": f"thing{at}", "name": REFUSED[why]}]
            for at, kind in enumerate(named_kinds())
        },
    }
    found = applying.plan(document, actor=Actor.system())
    places = {one.pointer for one in found.problems}
    assert {f"/{kind}/0/name" for kind in named_kinds()} <= places


def test_a_query_and_an_address_take_them_all(cast: Cast, kitchen: Kitchen) -> None:
    """Asking for what doesn't exist is 404 or an empty list, and never a fault."""
    client = client_of(cast.admin)
    for why, name in {**INERT, **{k: v for k, v in REFUSED.items() if "surr" not in k}}.items():
        text = name[:2000]
        for path in ("objects/", "boards/", "workflows/", "users/", "teams/"):
            answer = client.get(V1 + path, {"q": text})
            assert answer.status_code in (200, 422), (why, path, answer.content)
        for path in ("users/", "teams/", "workspaces/", "boards/", "workflows/"):
            answer = client.get(f"{V1}{path}{json.dumps(text)}/")
            assert answer.status_code == 404, (why, path)
