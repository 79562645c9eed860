"""Incidents: events that were parked because every attempt to act on them failed."""

from __future__ import annotations

from django.db import transaction

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Conflict, NotFound
from journal.clock import now
from journal.models import Pending
from journal.waking import wake


def retry_incident(mark: Pending, *, actor: Actor) -> Pending:
    """Hands a parked event to its consumer again, with all its attempts before it."""
    gate.demand(actor, "retry", mark)
    with transaction.atomic():
        locked = Pending.objects.select_for_update().filter(pk=mark.pk).first()
        if locked is None:
            raise NotFound("This event has been acted on meanwhile.")
        if locked.parked_at is None:
            raise Conflict("This event is not parked: it waits for its consumer.", code="notParked")
        locked.parked_at, locked.problem = None, ""
        locked.lease_count, locked.due_at = 0, now()
        locked.save(update_fields=["parked_at", "problem", "lease_count", "due_at"])
        wake("journal.consume", locked.consumer)
    return locked
