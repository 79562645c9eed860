"""`packages/`: plan, apply, export."""

from __future__ import annotations

import json
from typing import Any

from catalog.models import ObjectType
from tests.api.problems import pointers, problem
from tests.cast import Client

PACKAGE: dict[str, Any] = {
    "packageKey": "pantry",
    "applications": [{"key": "pantry", "name": "Pantry"}],
    "objectTypes": [{"key": "jar", "name": "Jar", "applicationKey": "pantry"}],
    "attributeTypes": [{"key": "weight", "objectTypeKey": "jar", "type": "decimal"}],
}


def at(verb: str, query: str = "") -> str:
    return f"/api/v1/packages/{verb}/{query}"


def test_a_package_is_planned_applied_and_exported(api: Client) -> None:
    admin = api("admin")
    planned = admin.post(at("plan"), PACKAGE)
    assert planned.status_code == 200
    assert [one["action"] for one in planned.json()["changes"]] == ["create"] * 3
    assert planned.json()["problems"] == []
    assert not ObjectType.objects.filter(key="jar").exists()
    applied = admin.post(at("apply"), PACKAGE)
    assert applied.status_code == 200
    assert len(applied.json()["changes"]) == 3
    assert admin.post(at("apply"), PACKAGE).json()["changes"] == []
    assert admin.get(at("export", "?package=pantry")).json() == PACKAGE
    assert admin.get(at("export")).json()["objectTypes"] == PACKAGE["objectTypes"]
    problem(admin.get(at("export", "?package=pantri")), 404)


def test_a_byte_order_mark_is_passed_over(api: Client) -> None:
    admin: Any = api("admin")

    def sent(body: bytes) -> Any:
        return admin.generic("POST", at("plan"), body, content_type="application/json")

    written = json.dumps(PACKAGE)
    planned = sent(b"\xef\xbb\xbf" + written.encode())
    assert planned.status_code == 200
    assert planned.json() == sent(written.encode()).json()
    refused = problem(sent(written.encode("utf-16")), 400)
    assert "not in UTF-8: save it as UTF-8" in refused["detail"]


def test_packages_are_for_admins(api: Client) -> None:
    for verb in ("plan", "apply"):
        problem(api("owner").post(at(verb), PACKAGE), 403)
    problem(api("owner").get(at("export")), 403)


def test_a_package_with_problems_changes_nothing(api: Client) -> None:
    wrong = {**PACKAGE, "objectTypes": [{"key": "jar", "applicationKey": "pantri"}], "gadgets": []}
    planned = api("admin").post(at("plan"), wrong)
    assert planned.status_code == 200
    found = [one["pointer"] for one in planned.json()["problems"]]
    assert set(found) >= {"/objectTypes/0/applicationKey", "/gadgets"}
    refused = problem(api("admin").post(at("apply"), wrong), 422)
    assert pointers(refused) == found
    assert refused["errors"][found.index("/objectTypes/0/applicationKey")]["nearest"] == "pantry"
    assert not ObjectType.objects.exists()


def test_unknown_keys_may_be_allowed(api: Client) -> None:
    lenient = {
        **PACKAGE,
        "conditions": [{"objectTypeKey": "jar", "userRelationTypeKey": "cook", "editable": True}],
    }
    problem(api("admin").post(at("apply"), lenient), 422)
    applied = api("admin").post(at("apply", "?allowUnknownKeys=true"), lenient)
    assert applied.status_code == 200
    assert [one["kind"] for one in applied.json()["notYetActive"]] == ["conditions"]
    problem(api("admin").post(at("plan", "?allowUnknownKeys=yes"), lenient), 422)


def test_what_is_no_package_is_refused(api: Client) -> None:
    bodies: list[Any] = [[], "x", {}]
    for body in bodies:
        problem(api("admin").post(at("apply"), body), 422)
    broken = api("admin").generic("POST", at("plan"), "{", content_type="application/json")
    problem(broken, 400)
