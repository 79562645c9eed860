"""`approvals/` and `delegations/`: what waits for a vote, and votes, by HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.models import Board, GovernedObject
from tests.api.problems import pointers, problem
from tests.cast import Cast, Client
from tests.kitchen import Kitchen
from workflows.models import ApprovalRequest, Transition

pytestmark = pytest.mark.django_db

LIST = "/api/v1/approvals/"


def transitions(obj: GovernedObject) -> str:
    return f"/api/v1/objects/{obj.pk}/transitions/"


def votes(pk: int) -> str:
    return f"{LIST}{pk}/votes/"


@pytest.fixture
def soup(kitchen: Kitchen, cast: Cast) -> GovernedObject:
    """On a private board, so that these decide by majority: owner, steward, approver, member."""
    trials = Board.objects.create(key="trials", name="Trials", workspace=cast.lab)
    return kitchen.make("Soup", board=trials)


def asked(api: Client, soup: GovernedObject, who: str = "owner") -> dict[str, Any]:
    answer = api(who).post(transitions(soup), {"transitionKey": "retire"})
    assert answer.status_code == 202, answer.content
    told: dict[str, Any] = answer.json()
    return told


def test_three_of_four_decide(api: Client, soup: GovernedObject) -> None:
    told = asked(api, soup)
    assert told == {
        "outcome": "awaitingApproval",
        "approvalId": told["approvalId"],
        "approvals": 1,
        "required": 3,
    }
    (waiting,) = api("steward").get(LIST).json()["results"]
    assert (waiting["objectId"], waiting["transitionKey"]) == (soup.pk, "retire")
    assert waiting["electors"] == ["approver", "member", "owner", "steward"]
    assert [(one["elector"], one["decision"], one["counts"]) for one in waiting["votes"]] == [
        ("owner", "approve", True)
    ]
    assert api("owner").get(LIST).json()["results"] == []
    address = votes(told["approvalId"])
    second = api("steward").post(address, {"decision": "approve"})
    assert (second.status_code, second.json()["approvals"]) == (202, 2)
    third = api("approver").post(address, {"decision": "approve"})
    assert (third.status_code, third.json()) == (
        200,
        {"outcome": "transitioned", "stateKey": "archived"},
    )
    closed = api("member").get(f"{LIST}{told['approvalId']}/").json()
    assert (closed["status"], closed["approvals"], closed["required"]) == ("approved", 3, 3)
    of_object = api("member").get(f"{LIST}?objectId={soup.pk}").json()["results"]
    assert [one["id"] for one in of_object] == [told["approvalId"]]


def test_who_may_not_vote_is_told_why(api: Client, soup: GovernedObject) -> None:
    told = asked(api, soup)
    address = votes(told["approvalId"])
    assert api("outsider").get(f"{LIST}{told['approvalId']}/").status_code == 404
    problem(api("outsider").post(address, {"decision": "approve"}), 404)
    problem(api("guest").post(address, {"decision": "approve"}), 404)
    assert problem(api("admin").post(address, {"decision": "approve"}), 403)["level"]
    twice = problem(api("owner").post(address, {"decision": "approve"}), 409)
    assert twice["code"] == "alreadyVoted"
    wrong = problem(api("steward").post(address, {"decision": "aprove"}), 422)
    assert pointers(wrong) == ["/decision"]
    problem(api("steward").get(f"{LIST}?objectId=999999"), 404)
    assert api("outsider").get(LIST).json()["results"] == []


def test_a_reject_ends_it(api: Client, soup: GovernedObject) -> None:
    told = asked(api, soup)
    answer = api("steward").post(votes(told["approvalId"]), {"decision": "reject"})
    assert answer.json() == {"outcome": "rejected", "approvalId": told["approvalId"]}
    late = problem(api("member").post(votes(told["approvalId"]), {"decision": "approve"}), 409)
    assert late["code"] == "requestClosed"


def test_votes_and_requests_are_withdrawn(api: Client, soup: GovernedObject) -> None:
    told = asked(api, soup)
    address = votes(told["approvalId"])
    api("steward").post(address, {"decision": "approve"})
    assert api("steward").delete(address).status_code == 204
    assert problem(api("steward").delete(address), 409)["code"] == "notVoted"
    problem(api("steward").delete(f"{LIST}{told['approvalId']}/"), 403)
    assert api("owner").delete(f"{LIST}{told['approvalId']}/").status_code == 204
    assert ApprovalRequest.objects.get().status == "withdrawn"


def test_a_vote_is_handed_over(api: Client, soup: GovernedObject) -> None:
    Transition.objects.filter(key="retire").update(mode="all")
    told = asked(api, soup)
    made = api("steward").post("/api/v1/delegations/", {"delegate": "member"})
    assert made.status_code == 201
    handed = made.json()
    assert (handed["delegator"], handed["delegate"]) == ("steward", "member")
    for who in ("steward", "member"):
        assert api(who).get("/api/v1/delegations/").json()["results"] == [handed]
    assert api("owner").get("/api/v1/delegations/").json()["results"] == []
    address = votes(told["approvalId"])
    given = {"decision": "approve", "onBehalfOf": "steward"}
    problem(api("approver").post(address, given), 403)
    assert api("member").post(address, given).status_code == 202
    (_, for_steward) = api("member").get(f"{LIST}{told['approvalId']}/").json()["votes"]
    assert (for_steward["elector"], for_steward["castBy"]) == ("steward", "member")
    withdrawn = api("member").delete(f"{address}?onBehalfOf=steward")
    assert withdrawn.status_code == 204
    problem(api("approver").delete(f"{address}?onBehalfOf=steward"), 403)
    problem(api("owner").delete(f"/api/v1/delegations/{handed['id']}/"), 404)
    problem(api("member").delete(f"/api/v1/delegations/{handed['id']}/"), 404)
    assert api("steward").delete(f"/api/v1/delegations/{handed['id']}/").status_code == 204
    himself = problem(api("steward").post("/api/v1/delegations/", {"delegate": "steward"}), 422)
    assert pointers(himself) == ["/delegate"]
