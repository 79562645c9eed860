"""`workflows/`: who sees and changes them, and the way from a draft to a version."""

from __future__ import annotations

from typing import Any

from accounts.grants import JOIN, OWN, set_holders
from accounts.models import Workspace
from tests.api.problems import pointers, problem
from tests.cast import Cast, Client
from tests.kitchen import NOTE, Kitchen, definition, published
from workflows.models import Workflow

WORKFLOWS = "/api/v1/workflows/"
FIELDS = {
    *("key", "name", "description", "workspaceKey", "type", "draftMode", "status"),
    *("hasUnpublishedChanges", "liveVersion", "categoryKey", "sectionKey", "tags", "owners"),
    *("members", "timeBackMinutes", "canEdit"),
}


def at(key: str, *below: str) -> str:
    return "/".join([WORKFLOWS + key, *below]) + "/"


def make(api: Client, who: str, key: str, **fields: Any) -> dict[str, Any]:
    answer = api(who).post(WORKFLOWS, {"key": key, **fields})
    assert answer.status_code == 201, answer.content
    made: dict[str, Any] = answer.json()
    return made


def test_a_workflow_is_made_by_whom_the_account_lets(api: Client) -> None:
    problem(api("viewer").post(WORKFLOWS, {"key": "notes"}), 403)
    made = make(api, "member", "notes", name="Notes", tags=["a"], timeBackMinutes=5)
    assert set(made) == FIELDS
    assert (made["owners"], made["members"], made["canEdit"]) == (["member"], [], True)
    assert (made["status"], made["liveVersion"]) == ("notPublished", None)
    assert (made["workspaceKey"], made["type"], made["draftMode"]) == ("main", "main", "shared")
    assert api("viewer").get(at("notes")).json() == {**made, "canEdit": False}
    taken = problem(api("owner").post(WORKFLOWS, {"key": "NOTES"}), 422)
    assert pointers(taken) == ["/key"]
    for key in ("bulk", "test", "compare"):
        assert pointers(problem(api("member").post(WORKFLOWS, {"key": key}), 422)) == ["/key"]


def test_a_private_workflow_is_there_for_those_invited_alone(api: Client) -> None:
    make(api, "owner", "secret", type="private", members=["steward", "Team::Approvers"])
    for who in ("owner", "steward", "approver", "admin"):
        assert api(who).get(at("secret")).status_code == 200, who
    unseen = problem(api("member").get(at("secret")), 404)
    assert unseen == problem(api("member").get(at("sesame")), 404)
    for method, below in (("get", "draft"), ("post", "publish"), ("post", "enable")):
        assert problem(getattr(api("member"), method)(at("secret", below)), 404) == unseen
    assert api("member").get(WORKFLOWS).json()["results"] == []
    assert [row["key"] for row in api("steward").get(WORKFLOWS).json()["results"]] == ["secret"]


def test_owners_change_it_and_the_last_one_stays(api: Client) -> None:
    make(api, "owner", "notes", members=["steward"])
    problem(api("steward").patch(at("notes"), {"name": "x"}), 403)
    change = {"name": "N", "description": "d", "tags": ["x", "y"], "owners": ["owner", "member"]}
    changed = api("owner").patch(at("notes"), change).json()
    assert {name: changed[name] for name in change} == {**change, "owners": ["member", "owner"]}
    assert api("member").patch(at("notes"), {"owners": ["member"]}).status_code == 200
    problem(api("owner").patch(at("notes"), {"name": "x"}), 403)
    found = problem(api("member").patch(at("notes"), {"owners": []}), 422)
    assert pointers(found) == ["/owners"]
    found = problem(api("member").patch(at("notes"), {"status": "publishedEnabled"}), 422)
    assert pointers(found) == ["/status"]


def test_lists_are_narrowed(api: Client, kitchen: Kitchen) -> None:
    make(api, "owner", "notes", name="Notes", tags=["crème", "a"])
    make(api, "member", "mails", name="Mails", workspaceKey="lab")
    published("told", definition(NOTE))

    def keys(query: str) -> list[str]:
        answer = api("admin").get(f"{WORKFLOWS}?{query}")
        return [row["key"] for row in answer.json()["results"]]

    assert keys("") == ["mails", "notes", "told"]
    assert keys("q=MAIL") == ["mails"]
    assert keys("status=publishedEnabled") == ["told"]
    assert keys("tag=crème") == ["notes"]
    assert keys("tag=cr") == []
    assert keys("workspace=lab") == ["mails"]
    assert keys("owner=owner") == ["notes"]
    problem(api("admin").get(f"{WORKFLOWS}?status=live"), 422)


def test_a_draft_is_edited_checked_and_published(api: Client, kitchen: Kitchen) -> None:
    make(api, "owner", "notes")
    owner = api("owner")
    draft = owner.get(at("notes", "draft")).json()
    assert set(draft) == {"definition", "baseVersion", "epoch"}
    problem(api("member").get(at("notes", "draft")), 403)
    problem(api("member").put(at("notes", "draft"), {"definition": {}}), 403)

    wrong = {"definition": definition({**NOTE, "attributeKey": "nte"})}
    assert owner.put(at("notes", "draft"), wrong).status_code == 200
    found = owner.post(at("notes", "draft", "check")).json()["problems"]
    assert [one["pointer"] for one in found] == ["/steps/0/attributeKey"]
    refused = problem(owner.post(at("notes", "publish"), {}), 422)
    assert pointers(refused) == ["/steps/0/attributeKey"]
    assert refused["errors"][0]["nearest"] == "note"

    good = {"definition": definition(NOTE)}
    assert owner.put(at("notes", "draft"), good).json()["definition"] == good["definition"]
    assert owner.post(at("notes", "draft", "check")).json() == {"problems": [], "warnings": []}
    problem(api("member").post(at("notes", "publish"), {}), 403)
    said = {"description": "First", "tags": ["x"], "timeBackMinutes": 3}
    assert owner.post(at("notes", "publish"), said).json() == {"version": 1, "warnings": []}
    problem(owner.get(at("notes", "draft")), 404)
    problem(owner.post(at("notes", "publish"), {}), 409, "noDraft")
    shown = api("viewer").get(at("notes")).json()
    assert (shown["status"], shown["liveVersion"], shown["tags"]) == ("publishedEnabled", 1, ["x"])


def test_a_live_workflow_gets_a_draft_and_loses_it(api: Client, kitchen: Kitchen) -> None:
    make(api, "owner", "notes")
    owner = api("owner")
    owner.put(at("notes", "draft"), {"definition": definition(NOTE)})
    owner.post(at("notes", "publish"), {})
    begun = owner.post(at("notes", "draft"))
    assert begun.status_code == 201
    assert (begun.json()["baseVersion"], begun.json()["definition"]) == (1, definition(NOTE))
    assert owner.post(at("notes", "draft")).status_code == 200
    assert owner.get(at("notes")).json()["hasUnpublishedChanges"] is False
    owner.put(at("notes", "draft"), {"definition": definition(NOTE, NOTE | {"id": "again"})})
    assert api("viewer").get(at("notes")).json()["hasUnpublishedChanges"] is True
    stale = problem(owner.post(at("notes", "publish"), {"expectedVersion": 7}), 409)
    assert stale["code"] == "staleVersion"
    assert owner.delete(at("notes", "draft")).status_code == 204
    problem(owner.delete(at("notes", "draft")), 409, "noDraft")
    problem(owner.put(at("notes", "draft"), {"definition": {}}), 409)


def test_a_trigger_is_switched_and_the_workflow_taken_back(
    api: Client, cast: Cast, kitchen: Kitchen
) -> None:
    workflow = published("notes", definition(NOTE), actor=cast.acting("owner"))
    owner = api("owner")
    problem(owner.post(at("notes", "enable")), 409, "statusNotAllowed")
    problem(api("member").post(at("notes", "disable")), 403)
    disabled = owner.post(at("notes", "disable"))
    assert disabled.status_code == 200
    assert disabled.json()["status"] == "publishedDisabled"
    assert owner.post(at("notes", "enable")).json()["status"] == "publishedEnabled"
    assert api("admin").post(at("notes", "disable")).status_code == 200
    problem(api("admin").post(at("notes", "enable")), 403)
    problem(api("admin").post(at("notes", "unpublish")), 403)
    taken = owner.post(at("notes", "unpublish")).json()
    assert (taken["status"], taken["liveVersion"]) == ("notPublished", None)
    assert owner.get(at("notes", "draft")).json()["definition"] == definition(NOTE)
    problem(owner.post(at("notes", "unpublish")), 409)
    workflow.refresh_from_db()
    assert workflow.status == "notPublished"


def test_versions_are_history(api: Client, cast: Cast, kitchen: Kitchen) -> None:
    published("notes", definition(NOTE), actor=cast.acting("owner"))
    owner = api("owner")
    owner.post(at("notes", "draft"))
    owner.post(at("notes", "publish"), {"description": "Second"})
    listed = api("viewer").get(at("notes", "versions")).json()["results"]
    assert [(row["number"], row["description"]) for row in listed] == [(2, "Second"), (1, "")]
    assert listed[0]["publishedBy"] == "owner"
    one = api("viewer").get(at("notes", "versions", "1")).json()
    assert one == {**listed[1], "definition": definition(NOTE)}
    problem(api("viewer").get(at("notes", "versions", "3")), 404)


def test_a_workflow_is_deleted_by_its_owners(api: Client, cast: Cast) -> None:
    make(api, "owner", "notes")
    problem(api("member").delete(at("notes")), 403)
    assert api("owner").delete(at("notes")).status_code == 204
    problem(api("owner").get(at("notes")), 404)


def test_what_the_system_made_is_the_admins(api: Client, cast: Cast, kitchen: Kitchen) -> None:
    published("notes", definition(NOTE))
    shown = api("admin").get(at("notes")).json()
    assert (shown["owners"], shown["canEdit"]) == (["admin"], True)
    assert api("owner").get(at("notes")).json()["canEdit"] is False


def test_addresses_of_later_versions_are_absent(api: Client, cast: Cast) -> None:
    make(api, "owner", "notes")
    for below in ("run", "test-run", "preview", "duplicate", "stop-executions", "sections"):
        problem(api("owner").post(at("notes", below), {}), 404)
    problem(api("owner").post(at("bulk"), {}), 404)


def test_a_page_of_workflows_costs_the_same(
    api: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    main = Workspace.objects.get(key="main")
    for number in range(30):
        workflow = Workflow.objects.create(key=f"w{number}", name="W", workspace=main)
        set_holders(workflow, OWN, users=[cast.owner], teams=[])
        set_holders(workflow, JOIN, users=[cast.member], teams=[])
    with django_assert_max_num_queries(14):
        assert len(api("owner").get(WORKFLOWS).json()["results"]) == 30
