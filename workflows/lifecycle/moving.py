"""The set form of a move: all objects of a state that leaves its lifecycle come into another.

It follows no transition, since the lifecycle itself changes: who may configure lifecycles may do
it. Each object has its row of history and its event, as after a person's move.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Invalid, Problem
from catalog.models import Change, GovernedObject, Lifecycle, State
from catalog.services.ledger import Ledger
from journal.clock import now
from workflows.lifecycle.entering import close_requests
from workflows.lifecycle.models import ApprovalRequest

CHUNK = 2000


def move_all(gone: State, into: State, *, actor: Actor) -> int:
    """Puts every object that stands in `gone` into `into`; answers how many there were."""
    gate.demand(actor, "configure", Lifecycle)
    if gone.lifecycle_id != into.lifecycle_id:
        detail = f"{into.key} is no state of the lifecycle of {gone.key}."
        raise Invalid(problems=[Problem("", "wrongPlace", detail, into.key)])
    moved = 0
    with transaction.atomic():
        _close(gone)
        while objects := _next_in(gone):
            _move(objects, gone, into, actor)
            moved += len(objects)
    return moved


def _close(gone: State) -> None:
    """Keeps others from coming in: a key that is held can't be referred to until this ends."""
    list(State.objects.select_for_update().filter(pk=gone.pk).values_list("pk"))


def _next_in(gone: State) -> list[GovernedObject]:
    rows = GovernedObject.objects.select_for_update(of=("self",), no_key=True)
    return list(rows.filter(state=gone).defer("attributes", "name").order_by("pk")[:CHUNK])


def _move(objects: Sequence[GovernedObject], gone: State, into: State, actor: Actor) -> None:
    """One statement for the states of all of them, then their traces."""
    instant = now()
    rows = GovernedObject.objects.filter(pk__in=[one.pk for one in objects])
    rows.update(state=into, state_since=instant, modified_at=instant, version=F("version") + 1)
    ledger = Ledger(actor.origin, is_override=True)
    payload = {"before": gone.key, "after": into.key, "transitionKey": None}
    for one in objects:
        ledger.note(one, Change.Verb.TRANSITIONED, "stateKey", before=gone.key, after=into.key)
        ledger.tell("workflowStateChanged", one, payload)
    ledger.write()
    close_requests(ApprovalRequest.objects.filter(object__in=objects, status="open"))
