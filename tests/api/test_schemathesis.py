"""Generated requests for every operation of the OpenAPI document: nothing answers 5xx, and what is
answered is what the document says."""

from __future__ import annotations

import os
from typing import Any

import pytest
import requests
import schemathesis
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, settings
from rest_framework.test import APIClient
from schemathesis import Case, Response
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from automations.models import Execution
from catalog.models import Relation, UserRelation
from notifications.models import Notification
from permissions.models import Condition
from tests.cast import Cast, client_of
from tests.kitchen import NOTE, Kitchen, definition, published
from tests.settling import settle
from workflows.lifecycle import service

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "3"))
CONFIG = {
    "generation": {"max-examples": EXAMPLES, "deterministic": True, "mode": "all"},
    "phases": {"coverage": {"enabled": False}, "stateful": {"enabled": False}},
}
BASE = "http://testserver"
HEADERS = {"If-Match": "HTTP_IF_MATCH"}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def load() -> Any:
    document = SchemaGenerator().get_schema(public=True)
    made = schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict(CONFIG))
    return made.exclude(path_regex="/schema/$")


schema = load()


@pytest.fixture
def there(cast: Cast, kitchen: Kitchen) -> dict[str, dict[str, Any]]:
    """What is there to be asked for: by the first word of an address, its path's parameters."""
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
    return {
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


@schema.parametrize()
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_no_request_breaks_an_address(
    case: Case[Any], cast: Cast, there: dict[str, dict[str, Any]]
) -> None:
    """By a member and an admin, for something generated and for something that is there."""
    for parameters in (case.path_parameters, _known(case, there)):
        if parameters is not None:
            case.path_parameters = parameters
            for who in ("member", "admin"):
                case.validate_response(_sent(case, client_of(cast[who])), checks=CHECKS)


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
        content=answer.content,
        request=request,
        elapsed=0.0,
        verify=False,
    )


def _known(case: Case[Any], there: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
    """The parameters of this address that lead to something, None where it has none."""
    words = case.operation.path.removeprefix("/api/v1/").split("/")
    known = there.get(words[0], {})
    if "{relation_id}" in words:
        known = there[words[2]]
    wanted = {word.strip("{}") for word in words if word.startswith("{")}
    return {name: known[name] for name in wanted} if wanted and wanted <= known.keys() else None
