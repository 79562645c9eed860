"""The OpenAPI document: valid, complete, and what its pages show."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator
from rest_framework.test import APIClient

from tests.api.problems import problem
from tests.cast import Client

SCHEMA = "/api/v1/schema/"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    made: dict[str, Any] = SchemaGenerator().get_schema(public=True)
    return made


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if isinstance(operation, dict)
    ]


def test_it_is_made_without_a_warning(tmp_path: Any) -> None:
    call_command("spectacular", "--fail-on-warn", "--file", str(tmp_path / "api.yml"))


def test_it_is_valid(document: dict[str, Any]) -> None:
    validate_schema(document)
    assert document["openapi"] == "3.1.0"


def test_each_operation_has_a_name_a_summary_and_problems(document: dict[str, Any]) -> None:
    found = operations(document)
    names = [operation["operationId"] for _, _, operation in found]
    assert len(names) == len(set(names))
    for path, method, operation in found:
        if path == "/api/v1/schema/":
            continue
        where = f"{method} {path}"
        assert operation.get("summary"), where
        assert {"400", "401", "403", "422", "429", "503"} <= operation["responses"].keys(), where
        if method in ("post", "put", "patch"):
            assert {"408", "409", "413", "415"} <= operation["responses"].keys(), where
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert list(response["content"]) == ["application/problem+json"], where


def test_bodies_say_that_they_take_nothing_else(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["NewUserFormRequest"]["additionalProperties"] is False
    assert "additionalProperties" not in schemas["UserForm"]


def test_what_a_request_needs_is_said(document: dict[str, Any]) -> None:
    made = document["paths"]["/api/v1/objects/"]["post"]
    assert made["requestBody"]["required"] is True
    assert made["requestBody"]["content"]["application/json"]["examples"]
    assert [one["name"] for one in made["parameters"]] == ["Idempotency-Key"]
    assert "required" not in document["paths"]["/api/v1/objects/{id}/move/"]["post"]["requestBody"]
    fields = document["components"]["schemas"]["NewObjectFormRequest"]["properties"]
    assert fields["key"]["pattern"] == "^[A-Za-z][A-Za-z0-9_-]{0,99}$"
    assert "WWW-Authenticate" in made["responses"]["401"]["headers"]
    assert "Idempotency-Replayed" in made["responses"]["201"]["headers"]
    assert document["components"]["schemas"]["ObjectForm"]["properties"]["createdBy"]["type"] == [
        "string",
        "null",
    ]


def test_what_only_asks_keeps_no_answer(document: dict[str, Any]) -> None:
    keys = {}
    for path in ("expressions/evaluate", "packages/plan", "packages/apply"):
        asked = document["paths"][f"/api/v1/{path}/"]["post"]
        replays = "Idempotency-Replayed" in asked["responses"]["200"].get("headers", {})
        told = asked["parameters"][-1]
        keys[path] = (told["name"], "not kept" in told["description"], replays)
    asks, changes = ("Idempotency-Key", True, False), ("Idempotency-Key", False, True)
    assert list(keys.values()) == [asks, asks, changes]


def test_examples_are_what_their_schemas_ask_for(document: dict[str, Any]) -> None:
    found = 0
    for path, method, operation in operations(document):
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        resolved = {**body.get("schema", {}), "components": document["components"]}
        for name, example in body.get("examples", {}).items():
            problems = [
                one.message for one in Draft202012Validator(resolved).iter_errors(example["value"])
            ]
            assert problems == [], (path, method, name)
            found += 1
    assert found >= 6


def test_each_address_of_the_contract_is_there(document: dict[str, Any]) -> None:
    paths = {path.removeprefix("/api/v1/").rstrip("/") for path in document["paths"]}
    wanted = {
        *("me", "account", "users", "users/{name}", "teams", "workspaces", "boards"),
        *("applications", "object-types", "attribute-types", "relation-types"),
        *("user-relation-types", "lifecycles", "conditions", "notification-templates"),
        *("objects", "objects/{id}", "objects/{id}/transitions", "objects/{id}/relations"),
        *("objects/{id}/user-relations", "objects/{id}/changes", "objects/{id}/move"),
        *("workflows", "workflows/{key}", "workflows/{key}/draft", "workflows/{key}/draft/check"),
        *("workflows/{key}/publish", "workflows/{key}/unpublish", "workflows/{key}/enable"),
        *("workflows/{key}/disable", "workflows/{key}/versions"),
        *("workflows/{key}/versions/{number}", "executions", "executions/{id}"),
        *("executions/{id}/items", "executions/{id}/steps", "packages/plan", "packages/apply"),
        *("packages/export", "notifications", "notifications/{id}/read"),
    }
    assert wanted <= paths


def test_it_is_served_to_those_who_are_signed_in(
    api: Client, nobody: APIClient, document: dict[str, Any]
) -> None:
    problem(nobody.get(SCHEMA), 401)
    served = api("guest").get(SCHEMA)
    assert served["Content-Type"].startswith("application/json")
    assert json.loads(served.content)["paths"].keys() == document["paths"].keys()


def test_its_page_has_its_script_in_a_file_of_its_own(api: Client, nobody: APIClient) -> None:
    problem(nobody.get("/api/v1/docs/"), 401)
    page = api("guest").get("/api/v1/docs/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "swagger-ui-bundle.js" in text
    assert "<script>" not in text
    script = api("guest").get("/api/v1/docs/?script=")
    assert script["Content-Type"] == "application/javascript"
    assert "/api/v1/schema/" in script.content.decode()
