"""Leases: rows that one worker at a time may act on.

A row is claimed for some seconds under a fresh token. Whoever finishes must show the token: a late
worker, whose lease ran out and was given to another, finds no row and undoes what it did.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Generic, TypedDict, TypeVar

import structlog
from django.db import DatabaseError, connection, models, transaction
from django.db.models import F, Q

from journal.clock import now
from journal.prepared import Alteration, AlterationOfSeveral, Given, Question, Value

log = structlog.get_logger(__name__)

LEASE_SECONDS = 30


class LeaseLost(Exception):
    """Another worker holds this row now; what was done under the old lease must not be kept."""


class Leased(models.Model):
    """Fields of a row that is work to be done at `due_at`."""

    due_at = models.DateTimeField(default=now)
    lease_token = models.CharField(max_length=32, blank=True, default="")
    leased_until = models.DateTimeField(null=True, blank=True)
    lease_count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True


L = TypeVar("L", bound=Leased)


def due(at: datetime | Given) -> Q:
    """The rows that may be claimed at this instant."""
    return Q(due_at__lte=at) & (Q(leased_until=None) | Q(leased_until__lt=at))


TAKEN = {
    "lease_token": Given("token"),
    "leased_until": Given("until"),
    "lease_count": F("lease_count") + 1,
}
"""What a claim writes."""


class Claim(Generic[L]):
    """Claims rows again and again: `rows` tells which, with `Given` for what changes."""

    def __init__(self, rows: Callable[[], models.QuerySet[L]]) -> None:
        self._rows = rows
        self._free: dict[int, Question[tuple[Any]]] = {}
        self._take = AlterationOfSeveral(lambda keys: (_of(rows().model, keys), TAKEN))
        self._take_one = Alteration(lambda: (rows().filter(due(Given("now"))).order_by(), TAKEN))

    def take(
        self, *, limit: int = 1, seconds: float = LEASE_SECONDS, **given: Value
    ) -> tuple[str, list[Any]]:
        """Claims up to `limit` due rows, oldest first; returns the token and their primary keys.

        Commits at once. On PostgreSQL rows locked by another claim are passed over; on SQLite the
        transaction takes the write lock at its start, so two claims can't see the same free row.
        """
        lease = _lease(seconds)
        with transaction.atomic():
            free = self._free.setdefault(limit, Question(lambda: self._unlocked(limit)))
            keys = [pk for (pk,) in free.rows(now=lease["now"], **given)]
            self._take.apply(keys, token=lease["token"], until=lease["until"])
        return lease["token"], keys

    def take_one(self, *, seconds: float = LEASE_SECONDS, **given: Value) -> str | None:
        """Claims the one row that there is, in one statement; None where it isn't due or is taken.

        The update decides: of two at once the second finds the row leased.
        """
        lease = _lease(seconds)
        return lease["token"] if self._take_one.apply(**lease, **given) else None

    def _unlocked(self, limit: int) -> models.QuerySet[L, tuple[Any]]:
        # SQLite knows no row locks and ignores the clause; there the write lock is the referee.
        free = self._rows().filter(due(Given("now"))).order_by("pk")
        return free.select_for_update(skip_locked=True, of=("self",)).values_list("pk")[:limit]


def _of(model: type[L], keys: Any) -> models.QuerySet[L]:
    return model._default_manager.filter(pk__in=keys).order_by()


class _Lease(TypedDict):
    now: datetime
    token: str
    until: datetime


def _lease(seconds: float) -> _Lease:
    instant = now()
    return {
        "now": instant,
        "token": secrets.token_hex(16),
        "until": instant + timedelta(seconds=seconds),
    }


def renew(
    model: type[Leased], keys: list[Any], token: str, *, seconds: float = LEASE_SECONDS
) -> bool:
    """Prolongs a lease; False where it was lost."""
    until = now() + timedelta(seconds=seconds)
    held = model._default_manager.filter(pk__in=keys, lease_token=token)
    return held.update(leased_until=until) == len(keys)


def hand_back(
    model: type[Leased], keys: list[Any], token: str, *, after_seconds: float = 0
) -> None:
    """Gives claimed rows back, to be due again after some seconds."""
    model._default_manager.filter(pk__in=keys, lease_token=token).update(
        lease_token="",
        leased_until=None,
        due_at=now() + timedelta(seconds=after_seconds),
    )


@contextmanager
def heartbeat(
    model: type[Leased], keys: list[Any], token: str, *, seconds: float = LEASE_SECONDS
) -> Iterator[None]:
    """Keeps a lease alive from a thread while the block works.

    Without this, work that takes longer than its lease would be begun a second time elsewhere.
    """
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(seconds / 3):
            try:
                if not renew(model, keys, token, seconds=seconds):
                    return
            except DatabaseError as problem:
                # SQLite's writer holds the lock: nobody else can take the lease meanwhile either.
                log.warning("lease_heartbeat_missed", model=model.__name__, problem=str(problem))

    def beat_and_close() -> None:
        try:
            beat()
        finally:
            connection.close()

    thread = threading.Thread(target=beat_and_close, name="lease-heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=seconds)
