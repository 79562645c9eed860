"""Moves that are put to a vote: asked for, voted on, counted anew, closed.

Everything about one object happens under its lock, so of two last votes at one moment the second
finds the request closed or completes it. What decides is counted from who is entitled now and from
what there is to be seen now; nothing that was counted before is relied on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from django.db import transaction

from accounts import gate
from accounts.actor import Actor
from accounts.constraints import refusing
from accounts.exceptions import Conflict, Denied, Invalid, NotFound, Problem
from accounts.keys import nearest
from accounts.models import User
from catalog.models import Change, GovernedObject
from catalog.services.ledger import Ledger
from catalog.services.parts import lock
from journal.clock import now
from journal.recording import Fact, record
from workflows.lifecycle.comments import CheckedComment, read_remark, write_comment
from workflows.lifecycle.electing import electorate_of, seen_of
from workflows.lifecycle.entering import LEFT, Moved, close_requests, enter
from workflows.lifecycle.models import ApprovalRequest, ApprovalVote, Transition
from workflows.lifecycle.moves import Move
from workflows.voting import ballots
from workflows.voting.ballots import Voting
from workflows.voting.models import Vote
from workflows.voting.tally import Count, Mode, Outcome

RECOUNT_AFTER = timedelta(minutes=5)
"""How often an open request is counted without an event that says that somebody came or left."""


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A move that waits for votes; `count` says for how many."""

    request: ApprovalRequest
    count: Count


@dataclass(frozen=True, slots=True)
class Refused:
    """A move that one of those entitled has voted against."""

    request: ApprovalRequest


Result = Moved | Awaiting | Refused


def ask(
    obj: GovernedObject,
    one: Transition,
    *,
    actor: Actor,
    user: User,
    comment: CheckedComment | None = None,
) -> Result:
    """Opens the request for a locked object, or joins the open one, with this person's vote.

    What a workflow asks for in somebody's name is asked only: a person has to vote.
    """
    request = _open_one(obj, one)
    opened = request is None
    request = request or _open(obj, one, actor, user)
    voting = _voting(obj, request, one)
    is_workflow = actor.via_kind == "execution"
    votes = not is_workflow and user.pk in voting.electorate.people
    if not (opened or votes or is_workflow):
        raise Conflict(f"{user.username} can't do more: others have to vote.", code="alreadyAsked")
    comment_id = _written(comment, obj, one, actor)
    if votes:
        given = voting.cast(user, caster=user, decision="approve", comment_id=comment_id)
        _note(obj, request, actor, Change.Verb.VOTED, after=_told(given))
    return _settle(obj, voting, one, actor)


def vote(
    request: ApprovalRequest,
    decision: str,
    *,
    actor: Actor,
    on_behalf_of: User | None = None,
    comment: Mapping[str, Any] | None = None,
) -> Result:
    """Votes for or against, for oneself or for a colleague who is away."""
    _demand_decision(decision)
    caster = _person(actor)
    elector = on_behalf_of or caster
    with transaction.atomic():
        obj, request, one = _open_and_locked(request)
        ballots.demand_stands_in(caster, elector)
        voting = _voting(obj, request, one)
        voting.void()
        comment_id = _written(read_remark(comment), obj, one, actor)
        given = voting.cast(elector, caster=caster, decision=decision, comment_id=comment_id)
        _note(obj, request, actor, Change.Verb.VOTED, after=_told(given))
        return _settle(obj, voting, one, actor)


def withdraw_vote(
    request: ApprovalRequest, *, actor: Actor, on_behalf_of: User | None = None
) -> ApprovalRequest:
    """Takes a vote back. The requester's own, where nobody else has voted, ends the request."""
    caster = _person(actor)
    elector = on_behalf_of or caster
    with transaction.atomic():
        obj, request, one = _open_and_locked(request)
        ballots.demand_stands_in(caster, elector)
        ended = ballots.take_back(request, elector)
        told = {**_told(ended), "decision": "withdrawn"}
        _note(obj, request, actor, Change.Verb.VOTED, after=told)
        if elector.pk == request.requester_id and not ballots.standing(request):
            _close(obj, request, actor, lambda: request.withdraw("The requester withdrew it."))
        else:
            _settle(obj, _voting(obj, request, one), one, actor)
    return request


def withdraw(request: ApprovalRequest, *, actor: Actor) -> ApprovalRequest:
    """Ends a request that is not wanted any more: its requester may, and account admins."""
    with transaction.atomic():
        obj, request, _ = _open_and_locked(request)
        decision = gate.demand(actor, "withdraw", request)
        note = f"{actor.username} withdrew it."
        _close(obj, request, actor, lambda: request.withdraw(note), override=decision.override)
    return request


def recount(pk: int) -> None:
    """Counts an open request anew: who was entitled may have gone, or what was seen changed."""
    with transaction.atomic():
        found = ApprovalRequest.objects.filter(pk=pk).select_related("object").first()
        if found is None:
            return
        actor = Actor.system("trigger", f"approval:{pk}")
        obj, request = _locked(found)
        one = request.transition
        if not request.is_open:
            return
        if one is None or not current(obj, request):
            _close(obj, request, actor, lambda: request.withdraw(LEFT))
        elif request.due_at is not None and request.due_at <= now():
            _close(obj, request, actor, request.expire)
        else:
            _recount(obj, _voting(obj, request, one), one, actor)


def asked_for(
    obj: GovernedObject, transitions: Sequence[Transition], *, actor: Actor
) -> dict[int, str]:
    """By transition, why this actor has nothing left to do about the open request for it."""
    if actor.user is None or not any(one.is_put_to_vote for one in transitions):
        return {}
    rows = ApprovalRequest.objects.filter(object=obj, status="open", transition__in=transitions)
    return {
        request.transition_id: f"{said} {request.approvals} of {request.required} agree so far."
        for request in rows.select_related("transition").prefetch_related("votes")
        if current(obj, request) and (said := _has_acted(request, actor.user))
        if request.transition_id is not None
    }


def _has_acted(request: ApprovalRequest, user: User) -> str:
    votes = [one for one in request.votes.all() if one.ended_at is None]
    if any(one.elector_id == user.pk for one in votes):
        return "You have voted."
    may_vote = request.transition is None or request.transition.allows_requester_vote
    return "" if may_vote or request.requester_id != user.pk else "You asked for it."


def current(obj: GovernedObject, request: ApprovalRequest) -> bool:
    """Whether the request is about the state in which the object stands."""
    return request.from_state_id == obj.state_id and request.opened_at >= obj.state_since


# --- the parts -----------------------------------------------------------------------------------


def _locked(request: ApprovalRequest) -> tuple[GovernedObject, ApprovalRequest]:
    """The object, locked, and the request as it is under that lock."""
    obj = lock(request.object)
    return obj, ApprovalRequest.objects.select_related("transition__to_state").get(pk=request.pk)


def _open_and_locked(
    request: ApprovalRequest,
) -> tuple[GovernedObject, ApprovalRequest, Transition]:
    """Both, and the transition, where there is still something to decide; else Conflict."""
    obj, request = _locked(request)
    ballots.demand_open(request)
    if request.transition is None or not current(obj, request):
        raise Conflict(LEFT, code="requestClosed")
    return obj, request, request.transition


def _recount(obj: GovernedObject, voting: Voting, one: Transition, actor: Actor) -> None:
    request = _request_of(voting)
    for voided in voting.void():
        told = {**_told(voided), "decision": "voided"}
        # Not what it was bound to: history would tell that to who may not see the attributes.
        _note(obj, request, actor, Change.Verb.VOTED, after=told)
    if request.remind_at is not None and request.remind_at <= now():
        request.remind_at = None
        fact = Fact("approvalReminded", obj.pk, obj.object_type_id, _payload(request))
        record(fact, origin=actor.origin)
    _settle(obj, voting, one, actor)


def _open_one(obj: GovernedObject, one: Transition) -> ApprovalRequest | None:
    found = ApprovalRequest.objects.filter(object=obj, transition=one, status="open").first()
    if found is not None and not current(obj, found):
        close_requests([found])
        return None
    return found


def _open(obj: GovernedObject, one: Transition, actor: Actor, user: User) -> ApprovalRequest:
    hours = one.deadline_hours
    request = ApprovalRequest(
        object=obj,
        transition=one,
        transition_key=one.key,
        from_state=obj.state,
        to_state_key=one.to_state.key,
        requester=user,
        requester_name=user.username,
        recount_at=now() + RECOUNT_AFTER,
    )
    if hours:
        request.due_at = request.opened_at + timedelta(hours=hours)
        request.remind_at = request.opened_at + timedelta(hours=hours) * 3 / 4
    taken = Conflict("It was asked for at this very moment; vote on it.", code="alreadyAsked")
    with refusing({"approval_request_open_once": taken}):
        request.save(force_insert=True)
    _note(obj, request, actor, Change.Verb.REQUESTED, after=one.to_state.key)
    return request


def _voting(obj: GovernedObject, request: ApprovalRequest, one: Transition) -> Voting:
    electorate = electorate_of(Move(obj, one), request.requester_id)
    return Voting(request, Mode(one.mode), electorate, seen_of(obj, one))


def _settle(obj: GovernedObject, voting: Voting, one: Transition, actor: Actor) -> Result:
    """Counts, and does what the votes come to."""
    request = _request_of(voting)
    was_blocked, count = request.is_blocked, voting.count()
    voting.keep(count)
    if count.outcome is Outcome.APPROVED:
        _close(obj, request, actor, request.approve)
        return enter(obj, one, actor=actor, approval=request)
    if count.outcome is Outcome.REJECTED:
        names = _names_against(voting)
        _close(obj, request, actor, lambda: request.reject(f"{names} voted against it."))
        return Refused(request)
    request.recount_at = now() + RECOUNT_AFTER
    request.save()
    if request.is_blocked and not was_blocked:
        fact = Fact("approvalBlocked", obj.pk, obj.object_type_id, _payload(request))
        record(fact, origin=actor.origin)
    return Awaiting(request, count)


def _request_of(voting: Voting) -> ApprovalRequest:
    return cast(ApprovalRequest, voting.ballot)


def _names_against(voting: Voting) -> str:
    against = [one for one in ballots.standing(voting.ballot) if not one.approves]
    return " and ".join(one.elector_name for one in against)


def _close(
    obj: GovernedObject,
    request: ApprovalRequest,
    actor: Actor,
    close: Callable[[], object],
    *,
    override: bool = False,
) -> None:
    close()
    request.save()
    request.elector_rows.all().delete()
    ledger = Ledger(actor.origin)
    ledger.note(obj, Change.Verb.DECIDED, _field(request), after=request.status, override=override)
    ledger.tell("approvalDecided", obj, _payload(request) | {"status": request.status})
    ledger.write()


def _written(
    comment: CheckedComment | None, obj: GovernedObject, one: Transition, actor: Actor
) -> int | None:
    """Writes what is said beside a vote, where anything is; answers its id."""
    return write_comment(comment, obj, actor=actor, transition=one).pk if comment else None


def _note(
    obj: GovernedObject,
    request: ApprovalRequest,
    actor: Actor,
    verb: Change.Verb,
    *,
    after: Any,
) -> None:
    """A row of the object's history and, of what others have to know, an event."""
    ledger = Ledger(actor.origin)
    ledger.note(obj, verb, _field(request), after=after)
    if verb == Change.Verb.REQUESTED:
        ledger.tell("approvalRequested", obj, _payload(request))
    elif after["decision"] == "voided":
        ledger.tell("approvalVoided", obj, _payload(request) | {"elector": after["elector"]})
    ledger.write()


def _payload(request: ApprovalRequest) -> dict[str, Any]:
    return {"approvalId": request.pk, "transitionKey": request.transition_key}


def _field(request: ApprovalRequest) -> str:
    return f"transitions.{request.transition_key}"


def _told(vote: Vote) -> dict[str, Any]:
    told = {"decision": str(vote.decision), "elector": vote.elector_name}
    return told if vote.caster_name == vote.elector_name else {**told, "castBy": vote.caster_name}


def _person(actor: Actor) -> User:
    if actor.user is None:
        raise Denied("The system is never an elector.", level="transition")
    return actor.user


def _demand_decision(decision: str) -> None:
    known = ApprovalVote.Decision.values
    if decision not in known:
        detail = f"One of these is expected: {', '.join(known)}."
        near = nearest(decision, known)
        problem = Problem("/decision", "unknownDecision", detail, decision[:100], near)
        raise Invalid(problems=[problem])


def find(pk: int, *, actor: Actor) -> ApprovalRequest:
    """A request about an object that this actor sees."""
    rows = gate.narrow(actor, "view", ApprovalRequest.objects.select_related("object"))
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such approval request.")
    return found
