"""What higher apps contribute: consumers of events, and sweeps that find forgotten work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.registry import Registry

if TYPE_CHECKING:
    from journal.models import Event


@dataclass(frozen=True, slots=True)
class Consumer:
    """Acts on every event of some kinds, once, in batches, inside the transaction that marks them.

    `handle` gets events in the order of their ids; what it writes commits with the mark.
    """

    key: str
    kinds: frozenset[str]
    handle: Callable[[list[Event]], None]


@dataclass(frozen=True, slots=True)
class Sweep:
    """Looks for rows that are due and wakes the task that acts on them."""

    key: str
    run: Callable[[], None]


consumers: Registry[Consumer] = Registry("the journal's consumers")
sweeps: Registry[Sweep] = Registry("the journal's sweeps")


def consumers_of(kind: str) -> list[Consumer]:
    return [consumer for consumer in consumers if kind in consumer.kinds]
