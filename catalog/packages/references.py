"""Keys that assets name: which of them don't exist, and who names a given asset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.exceptions import Problem
from accounts.keys import nearest
from catalog.packages.fields import shown
from catalog.packages.kinds import Named, asset_kinds
from catalog.packages.world import SEPARATOR, World

MOST_COMPARISONS = 20_000
OFFERED = {"commentTypes": "comment type"}


def offered(world: World) -> World:
    """The same world, with the keys that come along with its assets."""
    whole = world.copy()
    for kind_key, _, content in world:
        kind = asset_kinds.get(kind_key)
        for offered_kind, named in kind.provides(content) if kind else ():
            whole.put(offered_kind, named, content)
    return whole


class Unknown:
    """Makes the problems of keys that nothing has, with the nearest that something has.

    Looking for the nearest takes time for each key there is; past a budget of comparisons it is
    left out. Without this, a file of many wrong keys would keep everybody waiting.
    """

    def __init__(self, world: World, budget: int = MOST_COMPARISONS) -> None:
        self._world = world
        self._left = budget
        self._keys: dict[tuple[str, str], list[str]] = {}

    def problem(self, named: Named) -> Problem:
        """Its pointer begins at the entry."""
        within, _, key = named.identity.rpartition(SEPARATOR)
        near = self._nearest(named.kind, within, key)
        kind = asset_kinds.get(named.kind)
        label = kind.label if kind else OFFERED.get(named.kind, named.kind)
        place = f" in {within}" if within else ""
        hint = f" Perhaps {near!r} was meant." if near else ""
        at = f" (at {named.place})" if named.place else ""
        detail = f"There is no {label} {key[:120]!r}{place}{at}.{hint}"
        return Problem(named.pointer, "unknownReference", detail, shown(named.value), near)

    def _nearest(self, kind: str, within: str, key: str) -> str | None:
        if (kind, within) not in self._keys:
            keys = self._world.keys(kind, within)
            # What stands within something may be named without it: then all such keys are near.
            self._keys[kind, within] = keys or self._world.last_keys(kind)
        known = self._keys[kind, within]
        if len(known) > self._left:
            return None
        self._left -= len(known)
        return nearest(key, known)


@dataclass(frozen=True, slots=True)
class Naming:
    """One asset that names a key."""

    kind: str
    identity: str
    user: str
    named: Named

    @property
    def place(self) -> tuple[str, str, str]:
        return self.kind, self.identity, self.named.pointer

    @property
    def asset(self) -> tuple[str, str]:
        return self.named.kind, self.named.identity


def namings(world: World) -> Iterator[Naming]:
    """Every key that any asset of the world names, or what belongs to one."""
    for kind_key, identity, content in world:
        kind = asset_kinds.get(kind_key)
        if kind is None:
            continue
        user = f"{kind.label} {content.get('key') or identity}"
        for named in kind.references(content, world):
            yield Naming(kind_key, identity, user, named)
    for kind in asset_kinds:
        for identity, user, named in kind.others(world):
            yield Naming(kind.key, identity, user, named)


def users_of(world: World, asset: tuple[str, str]) -> list[str]:
    """The assets that name this one, as words."""
    return list(dict.fromkeys(one.user for one in namings(world) if one.asset == asset))


def newly_broken(before: World, after: World) -> list[Naming]:
    """Keys that named something, and don't any more."""
    already = {one.place for one in namings(before) if not before.has(*one.asset)}
    return [one for one in namings(after) if not after.has(*one.asset) and one.place not in already]
