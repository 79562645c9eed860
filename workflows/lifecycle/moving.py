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
    """One statement for the states of all of them, then their traces.

    Whoever keeps something open for an object in its state (a request for approval) ends it here,
    for all of them at once: nobody else hears before the commit that they have left.
    """
    instant = now()
    rows = GovernedObject.objects.filter(pk__in=[one.pk for one in objects])
    rows.update(state=into, state_since=instant, modified_at=instant, version=F("version") + 1)
    ledger = Ledger(actor.origin, is_override=True)
    payload = {"before": gone.key, "after": into.key, "transitionKey": None}
    for one in objects:
        ledger.note(one, Change.Verb.TRANSITIONED, "stateKey", before=gone.key, after=into.key)
        ledger.tell("workflowStateChanged", one, payload)
    ledger.write()
