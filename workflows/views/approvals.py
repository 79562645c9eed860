"""What waits for one's vote, and voting: there and on the pages of objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Invalid, Problem
from accounts.gates import gated
from accounts.http.pagination import Sorted
from accounts.pages import actor_of, done, given, listed
from accounts.services.people import find_user
from catalog.models import GovernedObject
from workflows.lifecycle import approvals, deciding
from workflows.lifecycle.deciding import MOST_AT_ONCE, Outcome
from workflows.lifecycle.models import ApprovalRequest, ApprovalVote
from workflows.lifecycle.moves import Move

OLDEST_FIRST = Sorted.by("pk")
BIGGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that waits for one's vote; `for_whom` where it is a colleague's."""

    request: ApprovalRequest
    for_whom: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one vote of several, and on what it was cast."""

    outcome: Outcome
    name: str
    url: str


@require_http_methods(["GET", "HEAD", "POST"])
@gated("transition", Move)
def page(request: HttpRequest) -> HttpResponse:
    """The open requests that wait for the reader's vote, oldest first; a post votes on several."""
    actor = actor_of(request)
    chosen = _chosen(request) if request.method == "POST" else []
    told = _vote_on(chosen, request, actor) if chosen else []
    failed = {one.outcome.id for one in told if not one.outcome.ok}
    rows = deciding.mine_to_decide(actor)
    rows = rows.select_related("object", "transition__to_state", "requester")
    found = listed(request, rows, OLDEST_FIRST)
    context = {
        "rows": _waiting(found.rows, actor, failed),
        "page": found,
        "told": told,
        "agreed": sum(one.outcome.ok for one in told),
        "failed": len(failed),
        "is_nothing_chosen": request.method == "POST" and not chosen,
        "remark": given(request.POST, "comment") if failed else "",
    }
    status = 422 if context["is_nothing_chosen"] else 200
    return render(request, "workflows/approvals.html", context, status=status)


def _chosen(request: HttpRequest) -> list[int]:
    texts = [text for text in request.POST.getlist("id") if text.isascii() and text.isdigit()]
    return [min(int(text[:20]), BIGGEST) for text in texts][:MOST_AT_ONCE]


def _vote_on(ids: Sequence[int], request: HttpRequest, actor: Actor) -> list[Told]:
    rows = gate.narrow(actor, "view", ApprovalRequest.objects.select_related("object"))
    known = {one.pk: one.object for one in rows.filter(pk__in=ids)}
    decision = _decision(request)
    outcomes = deciding.vote_on_each(ids, decision, actor=actor, comment=_comment(request))
    return [
        Told(
            one,
            known[one.id].name if one.id in known else f"Request {one.id}",
            reverse("object", args=[known[one.id].pk]) if one.id in known else "",
        )
        for one in outcomes
    ]


def _waiting(rows: list[ApprovalRequest], actor: Actor, chosen: set[int]) -> list[Waiting]:
    left = deciding.electors_of_each(rows, actor=actor)
    return [Waiting(one, _for_whom(left[one.pk], actor), one.pk in chosen) for one in rows]


def _for_whom(left: list[Any], actor: Actor) -> str:
    return "" if not left or left[0] == actor.user else left[0].display_name


# --- one of them ---------------------------------------------------------------------------------


@require_POST
@gated("transition", Move)
def vote(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Votes for or against, for oneself or for whom one stands in."""
    actor = actor_of(request)
    found = approvals.find(pk, actor=actor)
    result = approvals.vote(
        found,
        _decision(request),
        actor=actor,
        on_behalf_of=_elector(request, actor),
        comment=_comment(request),
    )
    return _back(request, found.object, actor, deciding.told(result))


@require_POST
@gated("transition", Move)
def withdraw_vote(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Takes a vote back."""
    actor = actor_of(request)
    found = approvals.find(pk, actor=actor)
    approvals.withdraw_vote(found, actor=actor, on_behalf_of=_elector(request, actor))
    return _back(request, found.object, actor, "The vote was withdrawn.")


@require_POST
@gated("withdraw", ApprovalRequest)
def withdraw(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Ends a request that is not wanted any more."""
    actor = actor_of(request)
    found = approvals.find(pk, actor=actor)
    approvals.withdraw(found, actor=actor)
    return _back(request, found.object, actor, "The request was withdrawn.")


def _decision(request: HttpRequest) -> str:
    decision = given(request.POST, "decision")
    if decision not in ApprovalVote.Decision.values:
        detail = "Say whether you approve or reject it."
        raise Invalid(problems=[Problem("/decision", "unknownDecision", detail, decision[:100])])
    return decision


def _comment(request: HttpRequest) -> dict[str, str] | None:
    """What is said beside the vote; None where nothing is."""
    body = str(request.POST.get("comment", ""))
    if not body.strip():
        return None
    return {"body": body, "comment_type_key": given(request.POST, "comment_type")}


def _elector(request: HttpRequest, actor: Actor) -> Any:
    username = given(request.POST, "elector")
    return find_user(username, actor=actor, pointer="/elector") if username else None


def _back(
    request: HttpRequest, obj: GovernedObject, actor: Actor, told: str
) -> HttpResponseRedirect:
    obj = GovernedObject.objects.select_related("board").get(pk=obj.pk)
    if gate.allows(actor, "view", obj):
        return done(request, told, reverse("object", args=[obj.pk]))
    hidden = f"{told} In this state you no longer see it."
    return done(request, hidden, reverse("board", args=[obj.board.key]))
