"""Voting in the browser: the panel of an object's page, and the page of what waits for a vote."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from catalog.models import Board, Comment, GovernedObject, UserRelation
from catalog.services import objects
from journal.clock import now
from tests.cast import Cast, client_of
from tests.catalog.views.asking import hide_price
from tests.kitchen import SYSTEM, Kitchen
from tests.pages import browser, queries_of, text_of, toasts
from tests.workflows.voting import ask, put_to_reviewers, reviewed
from workflows.lifecycle import approvals
from workflows.lifecycle.deciding import MOST_AT_ONCE
from workflows.lifecycle.models import ApprovalRequest, ApprovalVote, Transition
from workflows.voting import delegating

pytestmark = pytest.mark.django_db


@pytest.fixture
def soup(kitchen: Kitchen, cast: Cast) -> GovernedObject:
    put_to_reviewers(kitchen)
    return reviewed(kitchen, cast)


def page_of(obj: GovernedObject, user: User) -> Any:
    return browser(user).get(f"/objects/{obj.pk}/")


def vote(client: Client, request: ApprovalRequest, decision: str, **more: str) -> Any:
    return client.post(f"/approvals/{request.pk}/vote/", {"decision": decision, **more})


def state_of(obj: GovernedObject) -> str:
    state = GovernedObject.objects.get(pk=obj.pk).state
    return state.key if state else ""


# --- the panel -----------------------------------------------------------------------------------


def test_without_a_request_there_is_no_panel(soup: GovernedObject, cast: Cast) -> None:
    assert 'id="approvals"' not in page_of(soup, cast.owner).content.decode()


def test_the_panel_shows_who_decides_and_what_is_still_needed(
    soup: GovernedObject, cast: Cast
) -> None:
    Transition.objects.filter(key="retire").update(deadline_hours=8)
    ask(soup, cast)
    answer = page_of(soup, cast.steward)
    text = text_of(answer)
    (one,) = answer.context["approvals"].open
    assert "1 of 2" in text
    assert f"{cast.owner.display_name} asked for it" in text
    assert "ends" in text
    assert [(line.username, line.status) for line in one.ballots] == [
        ("approver", "none"),
        ("owner", "approve"),
        ("steward", "none"),
    ]


@pytest.mark.parametrize(
    ("who", "votes", "takes_back", "withdraws"),
    [
        ("owner", False, True, True),
        ("steward", True, False, False),
        ("admin", False, False, True),
        ("member", False, False, False),
    ],
)
def test_only_what_one_may_do_is_offered(
    soup: GovernedObject, cast: Cast, who: str, votes: bool, takes_back: bool, withdraws: bool
) -> None:
    ask(soup, cast)
    text = text_of(page_of(soup, cast[who]))
    assert ("Approve Reject" in " ".join(text.split())) is votes
    assert ("Withdraw my vote" in text) is takes_back
    assert ("Withdraw request" in text) is withdraws


def test_a_vote_moves_the_object_and_says_so(soup: GovernedObject, cast: Cast) -> None:
    request = ask(soup, cast)
    answer = vote(browser(cast.steward), request, "approve", comment="Tastes of nothing.")
    assert answer["Location"] == f"/objects/{soup.pk}/"
    client = browser(cast.steward)
    assert state_of(soup) == "archived"
    assert Comment.objects.get().body == "Tastes of nothing."
    text = text_of(client.get(f"/objects/{soup.pk}/"))
    assert "Closed requests (1)" in text
    assert "Nothing is put to a vote now." in text


def test_what_a_vote_came_to_is_told(soup: GovernedObject, cast: Cast) -> None:
    Transition.objects.filter(key="retire").update(mode="all")
    request = ask(soup, cast)
    address = f"/approvals/{request.pk}/vote/"
    voted = browser(cast.steward).post(address, {"decision": "approve"}, follow=True)
    assert toasts(voted) == ["Your vote is in: 2 of 3 agree so far."]
    against = browser(cast.approver).post(address, {"decision": "reject"}, follow=True)
    assert toasts(against) == ["Your vote has ended the request."]
    assert "approver voted against it." in text_of(against)


@pytest.mark.parametrize(
    ("who", "decision", "status", "sentence"),
    [
        ("owner", "approve", 409, "has voted already"),
        ("member", "approve", 403, "not entitled"),
        ("steward", "perhaps", 422, "approve or reject"),
        ("guest", "approve", 404, "not shared with you"),
    ],
)
def test_a_refused_vote_is_told_as_a_sentence(
    soup: GovernedObject, cast: Cast, who: str, decision: str, status: int, sentence: str
) -> None:
    request = ask(soup, cast)
    answer = vote(browser(cast[who]), request, decision)
    assert answer.status_code == status
    assert sentence in text_of(answer)
    assert ApprovalVote.objects.count() == 1


def test_a_vote_and_a_request_are_withdrawn(soup: GovernedObject, cast: Cast) -> None:
    Transition.objects.filter(key="retire").update(mode="all")
    request = ask(soup, cast)
    steward = browser(cast.steward)
    vote(steward, request, "approve")
    taken = steward.post(f"/approvals/{request.pk}/vote/withdraw/", follow=True)
    assert toasts(taken)[-1] == "The vote was withdrawn."
    assert steward.post(f"/approvals/{request.pk}/withdraw/").status_code == 403
    ended = browser(cast.owner).post(f"/approvals/{request.pk}/withdraw/", follow=True)
    assert toasts(ended) == ["The request was withdrawn."]
    request.refresh_from_db()
    assert request.status == "withdrawn"


def test_a_colleague_votes_and_the_panel_says_for_whom(soup: GovernedObject, cast: Cast) -> None:
    Transition.objects.filter(key="retire").update(mode="all")
    request = ask(soup, cast)
    delegating.delegate(cast.member, actor=cast.acting("steward"))
    member = browser(cast.member)
    assert "In the name of" in text_of(member.get(f"/objects/{soup.pk}/"))
    assert vote(member, request, "approve", elector="steward").status_code == 302
    text = text_of(page_of(soup, cast.approver))
    assert f"{cast.member.display_name} voted in the name of {cast.steward.display_name}" in text
    back = {"elector": "steward"}
    assert member.post(f"/approvals/{request.pk}/vote/withdraw/", back).status_code == 302
    refused = browser(cast.outsider).post(f"/approvals/{request.pk}/vote/withdraw/", back)
    assert refused.status_code == 403


def test_a_void_vote_shows_what_changed_to_those_who_see_it(
    soup: GovernedObject, kitchen: Kitchen, cast: Cast
) -> None:
    Transition.objects.filter(key="retire").update(watched_attribute_keys=["price", "note"])
    request = ask(soup, cast)
    objects.update(soup, actor=SYSTEM, attributes={"price": "7.50", "note": "salty"})
    approvals.recount(request.pk)
    (one,) = page_of(soup, cast.owner).context["approvals"].open
    (void,) = one.ended
    assert {line.name: line.after.text for line in void.differences} == {
        "price": "7.5",
        "note": "salty",
    }
    hide_price(kitchen)
    answer = page_of(soup, cast.owner)
    (one,) = answer.context["approvals"].open
    assert [line.name for line in one.ended[0].differences] == ["note"]
    assert "7.5" not in text_of(answer).split("History")[0]
    (seen,) = page_of(soup, cast.admin).context["approvals"].open
    assert len(seen.ended[0].differences) == 2


def test_a_blocked_request_says_so(soup: GovernedObject, cast: Cast) -> None:
    Transition.objects.filter(key="retire").update(allows_requester_vote=False)
    UserRelation.objects.filter(object=soup).exclude(user=cast.owner).delete()
    ask(soup, cast)
    assert "nobody is entitled to vote" in text_of(page_of(soup, cast.owner))


def test_the_panel_takes_as_many_queries_for_many_requests(
    soup: GovernedObject, cast: Cast
) -> None:
    def close(times: int) -> None:
        for _ in range(times):
            approvals.withdraw(ask(soup, cast), actor=cast.acting("owner"))

    close(1)
    ask(soup, cast)
    client = browser(cast.steward)
    few = queries_of(lambda: client.get(f"/objects/{soup.pk}/"))
    approvals.withdraw(ApprovalRequest.objects.get(status="open"), actor=cast.acting("owner"))
    close(5)
    ask(soup, cast)
    history = few + 1  # a page of history, once it is long enough
    assert queries_of(lambda: client.get(f"/objects/{soup.pk}/")) <= history


# --- what waits for my vote ----------------------------------------------------------------------


def waiting_for(user: User) -> list[str]:
    answer = browser(user).get("/approvals/")
    assert answer.status_code == 200
    return [row.request.object.name for row in answer.context["rows"]]


def test_what_waits_for_ones_vote_is_listed_and_counted(soup: GovernedObject, cast: Cast) -> None:
    ask(soup, cast)
    for who, waits in (("owner", []), ("steward", ["Soup"]), ("member", []), ("guest", [])):
        assert waiting_for(cast[who]) == waits, who
    assert "1 waiting for your vote" in text_of(browser(cast.steward).get("/boards/"))
    assert "waiting for your vote" not in text_of(browser(cast.owner).get("/boards/"))
    assert "Nothing waits for your vote" in text_of(browser(cast.owner).get("/approvals/"))


def test_several_are_approved_at_once_and_each_is_told(
    soup: GovernedObject, kitchen: Kitchen, cast: Cast
) -> None:
    stew = reviewed(kitchen, cast, "Stew")
    first, second = ask(soup, cast), ask(stew, cast)
    approvals.vote(second, "reject", actor=cast.acting("approver"))
    client = browser(cast.steward)
    answer = client.post(
        "/approvals/",
        {"id": [first.pk, second.pk, 999_999], "decision": "approve", "comment": "Fine."},
    )
    assert answer.status_code == 200
    text = text_of(answer)
    assert "1 voted on, 2 refused" in text
    assert "Soup is now Archived" in text
    assert "This request is rejected; no vote counts." in text
    assert (state_of(soup), state_of(stew)) == ("archived", "draft")
    assert Comment.objects.get().body == "Fine."


def test_nothing_chosen_is_said_and_nothing_is_done(soup: GovernedObject, cast: Cast) -> None:
    ask(soup, cast)
    client = browser(cast.steward)
    answer = client.post("/approvals/", {"decision": "approve"})
    assert answer.status_code == 422
    assert "Choose at least one" in text_of(answer)
    assert ApprovalVote.objects.count() == 1


def test_the_page_takes_as_many_queries_for_five_as_for_fifty(
    soup: GovernedObject, kitchen: Kitchen, cast: Cast
) -> None:
    def add(count: int) -> None:
        for number in range(count):
            ask(reviewed(kitchen, cast, f"Stew {number}"), cast)

    client = browser(cast.steward)
    add(3)
    few = queries_of(lambda: client.get("/approvals/"))
    add(20)
    assert queries_of(lambda: client.get("/approvals/")) == few


# --- several by the API --------------------------------------------------------------------------


def bulk(client: APIClient, *ids: int, **more: Any) -> Any:
    given = {"ids": list(ids), "decision": "approve", **more}
    return client.post("/api/v1/approvals/bulk/", given, format="json")


def test_the_api_votes_on_several(soup: GovernedObject, kitchen: Kitchen, cast: Cast) -> None:
    stew = reviewed(kitchen, cast, "Stew")
    first, second = ask(soup, cast), ask(stew, cast)
    approvals.withdraw(second, actor=cast.acting("owner"))
    answer = bulk(client_of(cast.steward), first.pk, second.pk, 999_999, first.pk)
    assert answer.status_code == 200
    assert [(one["id"], one["ok"]) for one in answer.json()["results"]] == [
        (first.pk, True),
        (second.pk, False),
        (999_999, False),
    ]
    assert state_of(soup) == "archived"


def test_the_api_refuses_what_is_no_list_of_ids(soup: GovernedObject, cast: Cast) -> None:
    client = client_of(cast.steward)
    for ids in ([], [0], ["1"], list(range(1, MOST_AT_ONCE + 2))):
        assert bulk(client, *ids).status_code == 422, ids
    assert bulk(client, 1, decision="perhaps").status_code == 422
    assert bulk(client_of(cast.viewer), ask(soup, cast).pk).json()["results"][0]["ok"] is False


def test_an_unseen_request_and_a_missing_one_are_refused_alike(
    kitchen: Kitchen, cast: Cast, soup: GovernedObject
) -> None:
    request = ask(soup, cast)
    board = Board.objects.create(key="hidden", name="Hidden", workspace=cast.lab, type="private")
    GovernedObject.objects.filter(pk=soup.pk).update(board=board)
    unseen, missing = bulk(client_of(cast.outsider), request.pk, 999_999).json()["results"]
    assert unseen["detail"] == missing["detail"] == "There is no such approval request."


def test_a_colleague_votes_on_several_in_the_others_name(soup: GovernedObject, cast: Cast) -> None:
    request = ask(soup, cast)
    ends = now() + timedelta(days=1)
    delegating.delegate(cast.member, actor=cast.acting("steward"), ends_at=ends)
    assert bulk(client_of(cast.member), request.pk).json()["results"][0]["ok"]
    given = ApprovalVote.objects.get(elector=cast.steward)
    assert given.caster_name == "member"
