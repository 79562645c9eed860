"""The main job on real input: proposals of a community move through their published lifecycle.

Needs the real files, in the folder that SLUICE_REAL_DATA names.
"""

from __future__ import annotations

import json
import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from accounts.models import User
from catalog.models import Change, GovernedObject, Relation
from journal.models import Event
from notifications.models import Delivery, Notification
from tests.cast import Client, client_of
from tests.settling import settle

FOLDER = os.environ.get("SLUICE_REAL_DATA", "")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FOLDER, reason="SLUICE_REAL_DATA names no folder with the real files"),
]


def file(name: str) -> str:
    return str(Path(FOLDER) / name)


def said(*words: str, **options: Any) -> str:
    out = StringIO()
    call_command(*words, stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


@pytest.fixture
def proposals(db: None) -> None:
    said("package", "apply", file("pep-package.json"), "--yes")
    said("import_objects", file("peps.jsonl"), "--object-type", "pep", "--create-users")


def counts() -> tuple[int, ...]:
    """Everything that a second application could add to."""
    return (
        GovernedObject.objects.count(),
        Relation.objects.count(),
        User.objects.count(),
        Change.objects.count(),
        Event.objects.count(),
    )


def test_the_files_give_what_they_hold_and_again_nothing(proposals: None) -> None:
    assert GovernedObject.objects.count() == 736
    assert Relation.objects.count() == 113
    assert User.objects.filter(is_active=False).count() == 372
    before = counts()
    plan = json.loads(said("package", "plan", file("pep-package.json"), "--json"))
    assert plan["changes"] == []
    assert plan["problems"] == []
    said("package", "apply", file("pep-package.json"), "--yes")
    again = said(
        "import_objects", file("peps.jsonl"), "--object-type", "pep", "--create-users", "--json"
    )
    assert json.loads(again)["unchanged"] == 736
    assert counts() == before


def test_the_package_comes_out_as_it_went_in(proposals: None, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    said("package", "export", "--package", "python_peps", "--output", str(out))
    given = Path(file("pep-package.json")).read_text(encoding="utf-8")
    assert json.dumps(json.loads(out.read_text(encoding="utf-8"))) == json.dumps(json.loads(given))


def test_replaying_the_history_counts_what_the_lifecycle_allows(proposals: None) -> None:
    told = said("replay", file("pep-history.jsonl"), "--lifecycle", "pep_lifecycle", "--json")
    expected = {"started": 736, "startedElsewhere": 105, "allowed": 988, "refused": 72}
    assert {name: json.loads(told)[name] for name in expected} == expected


def test_a_deferred_proposal_is_noted_and_its_active_authors_are_told(
    proposals: None, api: Client
) -> None:
    admin: APIClient = api("admin")
    listed = admin.get("/api/v1/objects/?objectTypeKey=pep&stateKey=draft&limit=1").json()
    draft = listed["results"][0]
    author = User.objects.get(username=draft["userRelations"]["author"][0])
    changed = admin.patch(f"/api/v1/users/{author.username}/", {"active": True})
    assert changed.status_code == 200
    address = f"/api/v1/objects/{draft['id']}/transitions/"

    refused = admin.post(address, {"transitionKey": "final_to_superseded"})
    assert refused.status_code == 409
    assert "draft_to_deferred" in refused.json()["allowed"]
    assert admin.post(address, {"transitionKey": "draft_to_defered"}).status_code == 422
    voted = admin.post(address, {"transitionKey": "draft_to_accepted"})
    assert (voted.status_code, voted.json()["level"]) == (403, "transition")

    moved = admin.post(address, {"transitionKey": "draft_to_deferred"})
    assert (moved.status_code, moved.json()) == (
        200,
        {"outcome": "transitioned", "stateKey": "deferred"},
    )
    settle()
    (run,) = admin.get("/api/v1/executions/?workflowKey=note_deferral").json()["results"]
    assert run["status"] == "succeeded"
    steps = admin.get(f"/api/v1/executions/{run['id']}/steps/").json()["results"]
    assert [(one["type"], one["status"]) for one in steps] == [
        ("setAttributeValue", "succeeded"),
        ("sendNotification", "succeeded"),
    ]
    after = admin.get(f"/api/v1/objects/{draft['id']}/").json()
    assert after["attributes"]["topic"].startswith("deferred in 20")
    assert [one.user for one in Notification.objects.all()] == [author]
    assert Notification.objects.get().subject == f"{draft['name']} was deferred"
    # They left no address in the files, so nothing goes out by mail; the run says so.
    assert not Delivery.objects.filter(channel="email").exists()
    reader = client_of(User.objects.get(pk=author.pk))
    inbox = reader.get("/api/v1/notifications/").json()["results"]
    assert [one["objectId"] for one in inbox] == [draft["id"]]


def activated(api: Client, *names: str) -> dict[str, APIClient]:
    """People of the files who may sign in from now on."""
    for name in names:
        changed = api("admin").patch(f"/api/v1/users/{name}/", {"active": True})
        assert changed.status_code == 200
    return {name: client_of(User.objects.get(username=name)) for name in names}


def pep(key: str) -> str:
    return f"/api/v1/objects/{GovernedObject.objects.get(key=key).pk}"


def test_sponsor_and_delegate_accept_a_proposal_together(proposals: None, api: Client) -> None:
    people = activated(api, "fridol-n-pokorn", "donald-stufft", "paul-moore")
    author, sponsor, delegate = people.values()
    address = f"{pep('pep-0710')}/transitions/"
    accept = {"transitionKey": "draft_to_accepted"}
    refused = author.post(address, accept)
    assert (refused.status_code, refused.json()["level"]) == (403, "transition")
    asked = sponsor.post(address, accept)
    assert (asked.status_code, asked.json()["required"]) == (202, 2)
    (waiting,) = delegate.get("/api/v1/approvals/").json()["results"]
    assert waiting["electors"] == ["donald-stufft", "paul-moore"]
    voted = delegate.post(f"/api/v1/approvals/{waiting['id']}/votes/", {"decision": "approve"})
    assert (voted.status_code, voted.json()["stateKey"]) == (200, "accepted")


def test_a_majority_rejects_a_proposal_and_says_why(proposals: None, api: Client) -> None:
    people = activated(api, "barry-warsaw", "donald-stufft", "ee-durbin", "dustin-ingram")
    barry, donald, ee, _ = people.values()
    address = f"{pep('pep-0694')}/transitions/"
    reject: dict[str, Any] = {"transitionKey": "draft_to_rejected"}
    silent = barry.post(address, reject)
    assert (silent.status_code, silent.json()["errors"][0]["code"]) == (422, "commentMissing")
    said_why = {"commentTypeKey": "rejection_reason", "body": "Too early."}
    asked = barry.post(address, {**reject, "comment": said_why})
    assert (asked.status_code, asked.json()["required"]) == (202, 3)
    votes = f"/api/v1/approvals/{asked.json()['approvalId']}/votes/"
    assert donald.post(votes, {"decision": "approve"}).status_code == 202
    last = ee.post(votes, {"decision": "approve"})
    assert (last.status_code, last.json()["stateKey"]) == (200, "rejected")
    comments = barry.get(f"{pep('pep-0694')}/comments/").json()["results"]
    assert [(one["commentTypeKey"], one["body"]) for one in comments] == [
        ("rejection_reason", "Too early.")
    ]
