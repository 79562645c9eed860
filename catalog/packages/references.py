"""Keys that assets name: which of them don't exist, and who names a given asset."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

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


def users_of(world: World) -> dict[tuple[str, str], list[str]]:
    """Every asset that is named by others, with those others as words."""
    users: dict[tuple[str, str], list[str]] = defaultdict(list)
    for user, named in all_named(world):
        users[named.kind, named.identity].append(user)
    return users


def all_named(world: World) -> Iterator[tuple[str, Named]]:
    """Every key that any asset of the world names, with the asset as words."""
    for kind_key, identity, content in world:
        kind = asset_kinds.get(kind_key)
        if kind is None:
            continue
        user = f"{kind.label} {content.get('key') or identity}"
        for named in kind.references(content, world):
            yield user, named
