"""Generated requests for every operation of the OpenAPI document, by one user of each role and by
nobody: nothing answers 5xx, and what is answered is what the document says."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
import requests
import schemathesis
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker
from rest_framework.test import APIClient
from schemathesis import Case, Response
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from automations.models import Execution
from catalog.models import Relation, UserRelation
from notifications.models import Notification
from permissions.models import Condition
from tests.cast import client_of, make_cast
from tests.kitchen import NOTE, build_kitchen, definition, published
from tests.settling import settle
from workflows.lifecycle import service

FEW = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "10"))
MANY = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "100"))
BASE = "http://testserver"
HEADERS = {"If-Match": "HTTP_IF_MATCH", "Idempotency-Key": "HTTP_IDEMPOTENCY_KEY"}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
NOBODY = "nobody"
WHO = ("member", "admin", "viewer", "guest", NOBODY)
# What nobody may be told: that they are nobody, or that no address of this form exists.
TO_NOBODY = {401, 404}


@dataclass(frozen=True, slots=True)
class World:
    """Somebody of each role, and what is there: by the first word of an address, its parameters."""

    clients: Mapping[str, APIClient]
    there: Mapping[str, Mapping[str, Any]]


def load(examples: int) -> Any:
    config = {
        "generation": {"max-examples": examples, "deterministic": True, "mode": "all"},
        "phases": {"coverage": {"enabled": False}, "stateful": {"enabled": False}},
    }
    document = SchemaGenerator().get_schema(public=True)
    return schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict(config))


few, many = load(FEW), load(MANY)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Made once for all operations; each request is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


def make_world() -> World:
    cast, kitchen = make_cast(), build_kitchen()
    published("told", definition(NOTE), actor=cast.acting("admin"))
    soup = kitchen.make("Soup", user_relations={kitchen.reviewer: [cast.owner]})
    kitchen.make("Bread", parent=soup, relations={kitchen.goes_with: [soup]})
    service.move(soup, "submit", actor=cast.acting("owner"))
    settle()
    condition = Condition.objects.create(
        object_type=kitchen.recipe, user_relation_type=kitchen.reviewer, is_editable=True
    )
    told = [
        Notification.objects.create(user=cast[who], subject="Hello", cause=who)
        for who in ("admin", "member")
    ]
    related = Relation.objects.get()
    there: dict[str, dict[str, Any]] = {
        "users": {"name": "owner"},
        "teams": {"name": "Team::Admins"},
        "workspaces": {"key": "lab"},
        "boards": {"key": "recipe"},
        "object-types": {"key": "recipe"},
        "attribute-types": {"key": "price"},
        "relation-types": {"key": "goes_with"},
        "user-relation-types": {"key": "reviewer"},
        "notification-templates": {"key": "in_review"},
        "lifecycles": {"key": "recipe_lifecycle"},
        "conditions": {"id": condition.pk},
        "objects": {"id": soup.pk},
        "relations": {"id": related.source_id, "relation_id": related.pk},
        "user-relations": {"id": soup.pk, "relation_id": UserRelation.objects.get().pk},
        "workflows": {"key": "told", "number": 1},
        "executions": {"id": Execution.objects.get().pk},
        "notifications": {"id": told[-1].pk},
    }
    clients = {who: client_of(cast[who]) for who in WHO if who != NOBODY}
    return World({**clients, NOBODY: APIClient(raise_request_exception=False)}, there)


TURNS = count()


@few.parametrize()
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_no_request_breaks_an_address(case: Case[Any], world: World, db: None) -> None:
    """Each request by the next one's turn; of three requests two ask for what is there."""
    turn = next(TURNS)
    known = _known(case, world.there)
    if known is not None and turn % 3:
        case.path_parameters = known
    _send(case, world, WHO[turn % len(WHO)])


@pytest.mark.slow
@many.parametrize()
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_no_request_of_anybody_breaks_an_address(case: Case[Any], world: World, db: None) -> None:
    """Each request by everybody, for something generated and for something that is there."""
    for parameters in (case.path_parameters, _known(case, world.there)):
        if parameters is not None:
            case.path_parameters = parameters
            for who in WHO:
                _send(case, world, who)


def _send(case: Case[Any], world: World, who: str) -> None:
    with transaction.atomic():
        answer = _sent(case, world.clients[who])
        transaction.set_rollback(True)
    case.validate_response(answer, checks=CHECKS)
    assert who != NOBODY or answer.status_code in TO_NOBODY


def _sent(case: Case[Any], client: APIClient) -> Response:
    """Sends a case as Django's test client does, in the test's own transaction."""
    request = requests.Request(**case.as_transport_kwargs(base_url=BASE)).prepare()
    body = request.body or b""
    send: Any = client.generic
    answer = send(
        request.method,
        str(request.url).removeprefix(BASE),
        body.encode() if isinstance(body, str) else body,
        content_type=request.headers.get("Content-Type", ""),
        **{
            meta: request.headers[name] for name, meta in HEADERS.items() if name in request.headers
        },
    )
    return Response(
        status_code=answer.status_code,
        headers={name: [value] for name, value in answer.items()},
        content=answer.getvalue(),
        request=request,
        elapsed=0.0,
        verify=False,
    )


def _known(case: Case[Any], there: Mapping[str, Mapping[str, Any]]) -> dict[str, Any] | None:
    """The parameters of this address that lead to something, None where it has none."""
    words = case.operation.path.removeprefix("/api/v1/").split("/")
    known = there.get(words[0], {})
    if "{relation_id}" in words:
        known = there[words[2]]
    wanted = {word.strip("{}") for word in words if word.startswith("{")}
    return {name: known[name] for name in wanted} if wanted and wanted <= known.keys() else None
