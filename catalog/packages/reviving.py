"""Entries that were kept although they named unknown keys, and whose keys have come since.

They take effect with what brings the last of their keys, whoever brings it: so a package that comes
first is whole when the second has come. The plan of that one says so beforehand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from accounts.actor import Actor
from catalog.models import PackageEntry
from catalog.packages.declarations import Declarations, Declared
from catalog.packages.fields import Content
from catalog.packages.kinds import in_order
from catalog.packages.world import World


@dataclass(frozen=True, slots=True)
class Revived:
    """An entry that is about to take effect, and what it means."""

    declared: Declared
    content: Content

    @property
    def asset(self) -> tuple[str, str]:
        return self.declared.kind.key, self.declared.identity


def revivable(
    declarations: Declarations, existing: World, world: World, *, but: Collection[str] = ()
) -> list[Revived]:
    """The kept entries whose keys are all in the world, once an asset; none of the packages `but`,
    and none that people have made by hand meanwhile."""
    found: dict[tuple[str, str], Revived] = {}
    for one in declarations:
        if one.never_matches and one.kind.begins_by_itself and one.package_key not in but:
            content = declarations.content(one, world)
            if not existing.has(one.kind.key, one.identity) and _fits(one, content, world):
                found.setdefault((one.kind.key, one.identity), Revived(one, content))
    return list(found.values())


def _fits(one: Declared, content: Content, world: World) -> bool:
    """Its keys are there, and it means what it meant; else it waits to be applied again."""
    if one.kind.identity(content) != one.identity or not world.has(one.kind.key, one.identity):
        return False
    named = one.kind.references(content, world)
    return all(world.has(each.kind, each.identity) for each in named)


def revive(found: Iterable[Revived], *, actor: Actor) -> None:
    """Writes them, and takes note that they have effect."""
    for one in found:
        one.declared.kind.write(one.content, before=None, actor=actor)
        one.declared.kind.settle(one.content, actor=actor)
        note_effect(*one.asset)


def note_effect(kind: str, identity: str) -> None:
    """No package only keeps this asset any more."""
    kept = PackageEntry.objects.filter(kind=kind, identity=identity, is_kept=True)
    kept.update(is_kept=False)


def tell_unmatched(world: World) -> None:
    """Each kind hears of all entries, of whatever package, that are there without a row."""
    for kind in in_order():
        if kind.may_never_match:
            present = kind.present()
            wanted = world.of(kind.key).items()
            kind.keep([content for identity, content in wanted if identity not in present])
