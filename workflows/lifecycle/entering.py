"""The one function that writes an object's state, with its history row and its event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.actor import Actor
from catalog.models import Change, GovernedObject
from catalog.services.ledger import Ledger
from catalog.services.parts import touch
from journal.clock import now
from journal.prepared import Given, Question
from workflows.lifecycle.models import ApprovalRequest, Transition

OPEN_ELSEWHERE: Question[ApprovalRequest] = Question(
    lambda: ApprovalRequest.objects.filter(object=Given("object"), status="open").order_by()
)
LEFT = "The object has left the state from which it was asked for."


@dataclass(frozen=True, slots=True)
class Moved:
    """An object that has changed its state; `override` tells that only an admin's power let it."""

    object: GovernedObject
    transition: Transition
    override: bool


def enter(
    obj: GovernedObject,
    transition: Transition,
    *,
    actor: Actor,
    override: bool = False,
    approval: ApprovalRequest | None = None,
) -> Moved:
    """Puts a locked object into the state where a transition leads that was permitted just now."""
    before = obj.state.key if obj.state else None
    obj.enter(transition.to_state)
    obj.state_since = now()
    touch(obj, "state", "state_since")
    ledger = Ledger(actor.origin)
    pair = {"before": before, "after": transition.to_state.key}
    ledger.note(obj, Change.Verb.TRANSITIONED, "stateKey", **pair, override=override)
    told = {**pair, "transitionKey": transition.key}
    if approval is not None:
        told["approvalId"] = approval.pk
    ledger.tell("workflowStateChanged", obj, told)
    ledger.write()
    close_requests(OPEN_ELSEWHERE.rows(object=obj.pk))
    return Moved(obj, transition, override)


def close_requests(requests: Iterable[ApprovalRequest]) -> None:
    """Ends what was asked for about a state in which the object isn't any more."""
    for request in requests:
        request.withdraw(LEFT)
        request.save()
        request.elector_rows.all().delete()
