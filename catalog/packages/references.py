"""Keys that assets name: which of them don't exist, and who names a given asset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.exceptions import Problem
from accounts.keys import nearest
from catalog.packages.fields import shown
from catalog.packages.kinds import Named, asset_kinds
from catalog.packages.world import SEPARATOR, World

OFFERED = {"commentTypes": "comment type"}


def offered(world: World) -> World:
    """The same world, with the keys that come along with its assets."""
    whole = world.copy()
    for kind_key, _, content in world:
        kind = asset_kinds.get(kind_key)
        for offered_kind, named in kind.provides(content) if kind else ():
            whole.put(offered_kind, named, content)
    return whole


def unknown(named: Named, world: World) -> Problem:
    """The problem of a key that nothing has; the pointer begins at the entry."""
    within, _, key = named.identity.rpartition(SEPARATOR)
    near = nearest(key, world.keys(named.kind, within))
    kind = asset_kinds.get(named.kind)
    label = kind.label if kind else OFFERED.get(named.kind, named.kind)
    place = f" in {within}" if within else ""
    hint = f" Perhaps {near!r} was meant." if near else ""
    detail = f"There is no {label} {key[:120]!r}{place}.{hint}"
    return Problem(named.pointer, "unknownReference", detail, shown(named.value), near)


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
    """Every key that any asset of the world names."""
    for kind_key, identity, content in world:
        kind = asset_kinds.get(kind_key)
        if kind is None:
            continue
        user = f"{kind.label} {content.get('key') or identity}"
        for named in kind.references(content, world):
            yield Naming(kind_key, identity, user, named)


def users_of(world: World, asset: tuple[str, str]) -> list[str]:
    """The assets that name this one, as words."""
    return list(dict.fromkeys(one.user for one in namings(world) if one.asset == asset))


def newly_broken(before: World, after: World) -> list[Naming]:
    """Keys that named something, and don't any more."""
    already = {one.place for one in namings(before) if not before.has(*one.asset)}
    return [one for one in namings(after) if not after.has(*one.asset) and one.place not in already]
