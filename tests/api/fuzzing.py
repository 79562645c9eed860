"""What generated requests are made from and sent to: the operations of the OpenAPI document, their
cases, a small world with somebody of each role, and what must hold of each answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import requests
import schemathesis
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient
from schemathesis import Case, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.generation.drivers import CoverageGenerator
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.generation.overrides import Override
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from automations.models import Execution
from catalog.models import Relation, UserRelation
from catalog.services import commenting
from notifications.models import Notification
from permissions.models import Condition
from tests.cast import client_of, make_cast
from tests.kitchen import NOTE, build_kitchen, definition, published
from tests.settling import settle
from workflows.lifecycle import service

BASE = "http://testserver"
# What the client sets by itself, or what would make somebody else of the one who sends.
KEPT_BACK = {"Authorization", "Content-Length", "Content-Type", "Cookie", "Host"}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]
# These answer 200 with what is wrong with what they were given.
TELLING = {"/api/v1/packages/plan/", "/api/v1/workflows/{key}/draft/check/"}
NOBODY = "nobody"
ROLES = ("member", "admin", "viewer", "guest")
EVERYBODY = (*ROLES, NOBODY)
# What nobody may be told: that they are nobody, or that no address of this form exists.
TO_NOBODY = {401, 404}


@cache
def operations() -> Mapping[str, Any]:
    """Every operation of the document by its label, such as `GET /api/v1/me/`; read once."""
    document = SchemaGenerator().get_schema(public=True)
    generation = {"deterministic": True, "mode": "all", "with-security-parameters": False}
    config = SchemathesisConfig.from_dict({"generation": generation})
    schema: Any = schemathesis.openapi.from_dict(document, config=config)
    return {one.ok().label: one.ok() for one in schema.get_all_operations()}


def drawn(operation: Any, number: int) -> list[Case[Any]]:
    """So many requests, those that the document allows and those it doesn't; always the same."""
    found: list[Case[Any]] = []

    @settings(
        max_examples=number,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of([operation.as_strategy(mode) for mode in GenerationMode]))
    def keep(case: Case[Any]) -> None:
        found.append(case)

    keep()
    return found


def at_the_edges(operation: Any) -> Iterable[Case[Any]]:
    """A request for each edge of each rule: the longest, one longer, absent, twice, of a type..."""
    return CoverageGenerator(
        operation=operation,
        generation_modes=list(GenerationMode),
        generation_config=operation.schema.config.generation_for(
            operation=operation, phase="coverage"
        ),
        auth_storage=None,
        override=Override(),
        feedback=FeedbackSources(),
    )


@dataclass(frozen=True, slots=True)
class World:
    """Somebody of each role, and what is there: by the first word of an address, its parameters."""

    clients: Mapping[str, APIClient]
    there: Mapping[str, Mapping[str, Any]]

    def known(self, case: Case[Any]) -> dict[str, Any] | None:
        """The parameters of this address that lead to something, None where it has none."""
        words = case.operation.path.removeprefix("/api/v1/").split("/")
        known = self.there.get(words[0], {})
        if {"{relation_id}", "{comment_id}"} & set(words):
            known = self.there[words[2]]
        wanted = {word.strip("{}") for word in words if word.startswith("{")}
        return {name: known[name] for name in wanted} if wanted and wanted <= known.keys() else None

    def hold(self, case: Case[Any], who: str) -> None:
        """Sends a case, takes back what it did, and fails where the answer is not as documented."""
        with transaction.atomic():
            answer = _sent(case, self.clients[who])
            transaction.set_rollback(True)
        tells = case.operation.path in TELLING
        checks = [one for one in CHECKS if not (tells and one is negative_data_rejection)]
        case.validate_response(answer, checks=checks)
        assert who != NOBODY or answer.status_code in TO_NOBODY


def make_world() -> World:
    cast, kitchen = make_cast(), build_kitchen()
    published("told", definition(NOTE), actor=cast.acting("admin"))
    soup = kitchen.make("Soup", user_relations={kitchen.reviewer: [cast.owner]})
    kitchen.make("Bread", parent=soup, relations={kitchen.goes_with: [soup]})
    service.move(soup, "submit", actor=cast.acting("owner"))
    said = commenting.add(soup, "Salt?", actor=cast.acting("member"))
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
        "comment-type-categories": {"key": "decision"},
        "objects": {"id": soup.pk},
        "comments": {"id": soup.pk, "comment_id": said.pk},
        "relations": {"id": related.source_id, "relation_id": related.pk},
        "user-relations": {"id": soup.pk, "relation_id": UserRelation.objects.get().pk},
        "workflows": {"key": "told", "number": 1},
        "executions": {"id": Execution.objects.get().pk},
        "notifications": {"id": told[-1].pk},
    }
    clients = {who: client_of(cast[who]) for who in ROLES}
    return World({**clients, NOBODY: APIClient(raise_request_exception=False)}, there)


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
            f"HTTP_{name.upper().replace('-', '_')}": value
            for name, value in request.headers.items()
            if name.title() not in KEPT_BACK
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
