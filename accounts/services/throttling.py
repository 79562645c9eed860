"""How often something may be tried: buckets that fill with each attempt and empty steadily.

The rows stand in the database, so that a restart forgets nothing and all processes count together.
A bucket is full for `1 / burst` of a period longer with each attempt, and never for good: whoever
waits gets in again, whatever others do meanwhile (the generic cell rate algorithm of ATM).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from django.db import transaction

from accounts.exceptions import TooMany
from accounts.folding import folded
from accounts.models import Throttle
from journal.clock import now

IPV6_CLIENT_BITS = 64
"""Whoever has one IPv6 address has as many as these leave."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many attempts at once, then one more each `seconds`."""

    name: str
    burst: int
    seconds: float

    def of(self, *parts: object) -> Bucket:
        """The bucket of one name, address or user."""
        text = "\0".join(map(str, (self.name, *parts)))
        return Bucket(self, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest())


@dataclass(frozen=True, slots=True)
class Bucket:
    """One row's worth of attempts under a limit."""

    limit: Limit
    key: str

    @property
    def step(self) -> timedelta:
        return timedelta(seconds=self.limit.seconds)

    def wait(self, empty_at: datetime | None, instant: datetime) -> float:
        """In how many seconds one more fits; 0 where it does now."""
        if empty_at is None:
            return 0.0
        latest = instant + self.step * (self.limit.burst - 1)
        return max(0.0, (empty_at - latest).total_seconds())


# Only failures stay in these: what succeeds is given back.
SIGN_IN_NAME = Limit("signIn.name", 10, 120)
SIGN_IN_KNOWN = Limit("signIn.known", 10, 60)
SIGN_IN_CLIENT = Limit("signIn.client", 50, 10)
OWN_PASSWORD = Limit("ownPassword", 10, 60)
TOKEN_CLIENT = Limit("token.client", 100, 1)
# Each one counts in these: it sends a mail.
RESET_ADDRESS = Limit("reset.address", 3, 1200)
RESET_CLIENT = Limit("reset.client", 20, 60)
EMAIL_CHANGE_USER = Limit("emailChange.user", 5, 600)


def take(*buckets: Bucket) -> None:
    """Puts an attempt into each of the buckets, or into none and raises `TooMany`.

    It is taken before the attempt is judged: of many at once only as many as fit are judged.
    """
    instant = now()
    _refuse_full(buckets, _rows(buckets), instant)
    with transaction.atomic():
        held = _hold(buckets, instant)
        _refuse_full(buckets, {key: row.empty_at for key, row in held.items()}, instant)
        for bucket in buckets:
            row = held[bucket.key]
            row.empty_at = max(row.empty_at, instant) + bucket.step
            row.save(update_fields=["empty_at"])


def give_back(*buckets: Bucket) -> None:
    """Takes the attempt out again: it was no failure."""
    steps = {bucket.key: bucket.step for bucket in buckets}
    with transaction.atomic():
        for row in _locked(buckets):
            row.empty_at -= steps[row.key]
            row.save(update_fields=["empty_at"])


def check(*buckets: Bucket) -> None:
    """Raises `TooMany` where one of the buckets is full, and puts nothing in."""
    _refuse_full(buckets, _rows(buckets), now())


def forget_empty() -> None:
    """Removes the rows of buckets in which nothing is; a sweep of the journal."""
    empty = Throttle.objects.filter(empty_at__lt=now() - timedelta(minutes=1))
    if empty.exists():
        empty.delete()


def name_of_client(address: str) -> str:
    """An address as it is counted: of IPv6 the network that one client has to itself."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Address(int(parsed) >> IPV6_CLIENT_BITS << IPV6_CLIENT_BITS))


def name_of_person(written: str) -> str:
    """A user name or e-mail address as it is counted, whether anybody has it or not."""
    return folded(written.strip())


def _rows(buckets: Iterable[Bucket]) -> dict[str, datetime]:
    keys = [bucket.key for bucket in buckets]
    return dict(Throttle.objects.filter(pk__in=keys).values_list("key", "empty_at"))


def _hold(buckets: Iterable[Bucket], instant: datetime) -> dict[str, Throttle]:
    """The rows, locked; made where they are missing, again where a sweep was faster."""
    keys = sorted({bucket.key for bucket in buckets})
    held: dict[str, Throttle] = {}
    while len(held) < len(keys):
        missing = [Throttle(key=key, empty_at=instant) for key in keys]
        Throttle.objects.bulk_create(missing, ignore_conflicts=True)
        held = {row.key: row for row in _locked(buckets)}
    return held


def _locked(buckets: Iterable[Bucket]) -> Iterable[Throttle]:
    """In one order: two attempts with the same buckets would otherwise wait for each other."""
    keys = [bucket.key for bucket in buckets]
    return list(Throttle.objects.select_for_update().filter(pk__in=keys).order_by("key"))


def _refuse_full(
    buckets: Iterable[Bucket], empty_at: dict[str, datetime], instant: datetime
) -> None:
    wait = max((bucket.wait(empty_at.get(bucket.key), instant) for bucket in buckets), default=0.0)
    if wait > 0:
        raise TooMany(f"This was tried too often. Try again in {_told(wait)}.", wait=wait)


def _told(seconds: float) -> str:
    minutes = int(seconds // 60) + 1
    return f"{minutes} minutes" if minutes > 1 else "a minute"
