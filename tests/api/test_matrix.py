"""Every address, every method, every role: who is let in, and that nothing invisible shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from accounts.actor import Actor
from accounts.services.tokens import create_token
from accounts.services.workspaces import create_workspace
from catalog.services.boards import create_board
from tests.api.problems import problem
from tests.cast import Cast, client_of
from tests.kitchen import NOTE, SYSTEM, Kitchen, definition, published
from tests.settling import settle
from workflows.authoring.models import Workflow
from workflows.authoring.services.workflows import create_workflow

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE")
ROLES = ("admin", "member", "viewer", "guest")
ABSENT_KEY, ABSENT_ID = "nowhere", 987_654_321
VARYING = re.compile(rb"987654321|nowhere|lair|[0-9]+")


def addresses() -> list[tuple[str, frozenset[str]]]:
    """Every address of the API with the methods that it takes."""
    paths = SchemaGenerator().get_schema(public=True)["paths"]
    return [
        (path, frozenset(method.upper() for method in item if method.upper() in METHODS))
        for path, item in paths.items()
    ]


ADDRESSES = addresses()


@pytest.fixture
def lair(cast: Cast, kitchen: Kitchen) -> dict[str, Any]:
    """What nobody but its owner may see, by the first word of an address."""
    hidden = create_workspace("lair", actor=Actor.system(), access="private", owners=["owner"])
    board = create_board("lair", actor=SYSTEM, workspace=hidden, type="private", owners=["owner"])
    workflow = create_workflow("lair", actor=SYSTEM, workspace=hidden, owners=[cast.owner])
    Workflow.objects.filter(pk=workflow.pk).update(type="private")
    thing = kitchen.make("Secret", board=board, key="secret")
    return {"workspaces": "lair", "boards": "lair", "workflows": "lair", "objects": thing.pk}


def filled(path: str, value: Any) -> str:
    """The address of one thing; what stands below it is the first of its kind."""
    first, _, rest = re.sub(r"\{(relation_id|comment_id|number)\}", "1", path).partition("{")
    return f"{first}{value}{rest.partition('}')[2]}" if rest else first


def send(client: APIClient, method: str, path: str) -> Any:
    body = "{}" if method in ("POST", "PUT", "PATCH") else ""
    return client.generic(method, path, body, content_type="application/json" if body else "")


def hidden_addresses(there: dict[str, Any]) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Addresses of what may not be seen, beside those of what isn't there."""
    for path, methods in ADDRESSES:
        word = path.removeprefix("/api/v1/").partition("/")[0]
        if word in there and "{" in path:
            absent = ABSENT_ID if isinstance(there[word], int) else ABSENT_KEY
            yield filled(path, there[word]), filled(path, absent), methods


def test_nobody_is_let_in_anywhere(nobody: APIClient, db: None) -> None:
    for path, _ in ADDRESSES:
        for method in METHODS:
            answer = send(nobody, method, filled(path, 1))
            assert answer.status_code == 401, (method, path)
            assert answer["WWW-Authenticate"] == "Bearer", (method, path)
            if method != "HEAD":
                problem(answer, 401, "notAuthenticated")


def test_a_token_that_may_only_read_changes_nothing(cast: Cast) -> None:
    secret = create_token(cast.admin, actor=Actor.system(), scopes=["read"]).secret
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    for path, methods in ADDRESSES:
        for method in methods - {"GET"}:
            refused = problem(send(client, method, filled(path, 1)), 403)
            assert refused["level"] == "token", (method, path)


@pytest.mark.parametrize("role", ROLES)
def test_a_method_that_an_address_lacks_is_405_with_those_it_has(cast: Cast, role: str) -> None:
    client = client_of(cast[role])
    for path, methods in ADDRESSES:
        for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE"):
            if method not in methods:
                answer = send(client, method, filled(path, 1))
                problem(answer, 405, "methodNotAllowed")
                allowed = set(answer["Allow"].split(", ")) - {"HEAD", "OPTIONS"}
                assert allowed == methods, (method, path)


@pytest.mark.parametrize("role", ["member", "viewer", "guest"])
def test_what_may_not_be_seen_is_answered_as_what_is_not_there(
    cast: Cast, lair: dict[str, Any], role: str
) -> None:
    """The same bytes and headers, but for the name that was asked for, by every method."""
    client = client_of(cast[role])
    walked = 0
    for hidden, absent, methods in hidden_addresses(lair):
        for method in [*methods, "HEAD", "OPTIONS", "TRACE"]:
            one, other = send(client, method, hidden), send(client, method, absent)
            where = (method, hidden, one.status_code, one.content)
            assert one.status_code == other.status_code, where
            if method in methods:
                assert one.status_code == 404, where
            assert VARYING.sub(b"", one.content) == VARYING.sub(b"", other.content), where
            assert dict(one.items()).keys() == dict(other.items()).keys(), where
            walked += 1
    assert walked > 80


def test_what_is_hidden_is_there_for_its_owner(cast: Cast, lair: dict[str, Any]) -> None:
    """Without this, a walk over addresses of nothing would pass."""
    for word, value in lair.items():
        assert client_of(cast.owner).get(f"/api/v1/{word}/{value}/").status_code == 200, word


def test_lists_and_names_tell_nothing_of_what_is_hidden(cast: Cast, lair: dict[str, Any]) -> None:
    for role in ("member", "viewer", "guest"):
        client = client_of(cast[role])
        for word in lair:
            listed = client.get(f"/api/v1/{word}/?limit=500").content
            assert not re.search(b"lair|Secret", listed), (role, word)
        for field in ("boardKey", "parentKey"):
            bodies = [
                {"objectTypeKey": "recipe", "name": "x", field: key}
                for key in ("lair" if field == "boardKey" else "secret", ABSENT_KEY)
            ]
            one, other = (client.post("/api/v1/objects/", body) for body in bodies)
            assert one.status_code == other.status_code == 422, (role, field, one.content)
            texts = [
                answer.content.replace(body[field].encode(), b"")
                for answer, body in zip((one, other), bodies, strict=True)
            ]
            assert texts[0] == texts[1], (role, field)


@pytest.mark.parametrize("role", ["viewer", "guest"])
def test_who_only_looks_changes_nothing(cast: Cast, kitchen: Kitchen, role: str) -> None:
    """By every method that changes, on what may be seen: never done, and never a fault."""
    published("told", definition(NOTE), actor=cast.acting("admin"))
    soup = kitchen.make("Soup", user_relations={kitchen.reviewer: [cast.owner]})
    settle()
    there = {"objects": soup.pk, "workflows": "told", "workspaces": "main", "boards": "recipe"}
    client = client_of(cast[role])
    for path, methods in ADDRESSES:
        word = path.removeprefix("/api/v1/").partition("/")[0]
        if word in ("me", "notifications"):
            continue
        for method in methods - {"GET"}:
            answer = send(client, method, filled(path, there.get(word, 1)))
            problem(answer, answer.status_code)
            assert answer.status_code in (403, 404, 409, 422), (method, path, answer.content)
    soup.refresh_from_db()
    assert (soup.name, soup.version) == ("Soup", 1)
