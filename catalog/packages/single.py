"""One asset at a time, for pages and the API: the same form, references and usages as a package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Conflict, Invalid, NotFound, Problem
from catalog.models import Package
from catalog.packages import declarations
from catalog.packages.declarations import Declarations, forget
from catalog.packages.fields import Content, checked
from catalog.packages.gathering import rows, with_kept
from catalog.packages.kinds import AssetKind, Scope, asset_kinds
from catalog.packages.locking import hold_schema
from catalog.packages.references import Unknown, newly_broken, offered, users_of
from catalog.packages.reviving import note_effect, revivable, revive, tell_unmatched
from catalog.packages.world import World, differing
from catalog.usages import remedies, used_by_rows
from journal.recording import Fact, record


def save_one(
    kind_key: str,
    given: Mapping[str, Any],
    *,
    actor: Actor,
    existing: str | None = None,
) -> Content:
    """Makes an asset, or changes the one whose identity is `existing`, by the fields given.

    Null gives a field its default back. The key, and what it stands within, can't be changed.
    """
    kind = _active(kind_key)
    gate.demand(actor, "configure", kind.model or Package)
    with transaction.atomic():
        hold_schema()
        declared, present = declarations.load(), rows()
        before = offered(with_kept(present, declared))
        old = _existing(kind, existing, before)
        entry = {**kind.minimal(old), **given} if old is not None else dict(given)
        content = _sound(kind, entry, before, existing)
        if old is not None and not any(differing(old, content)):
            return old
        _demand_unbroken(kind, content, existing, before)
        kind.write(content, before=old, actor=actor)
        kind.settle(content, actor=actor)
        if any(one.never_matches for one in declared):
            _revive(kind, content, declared, present, before, actor)
        named = {"kind": kind.key, "identity": kind.identity(content)}
        record(Fact("assetSaved", payload=named), origin=actor.origin)
        return content


def _revive(
    kind: AssetKind,
    content: Content,
    declared: Declarations,
    present: World,
    before: World,
    actor: Actor,
) -> None:
    """What waited for this key, or is this very asset, is kept no longer."""
    own = kind.key, kind.identity(content) or ""
    present.put(*own, content)
    after = before.copy()
    after.put(*own, content)
    after = offered(after)
    note_effect(*own)
    revive(revivable(declared, present, after), actor=actor)
    tell_unmatched(after)


def delete_one(kind_key: str, identity: str, *, actor: Actor) -> None:
    """Deletes an asset that nothing uses; raises `Conflict` that tells what uses it."""
    kind = _active(kind_key)
    gate.demand(actor, "configure", kind.model or Package)
    with transaction.atomic():
        hold_schema()
        world = _world()
        content = _existing(kind, identity, world)
        uses = where_used(kind_key, identity, world)
        if uses:
            told = remedies(used_by_rows(kind_key, content or {}))
            detail = f"The {kind.label} {identity} is used by {', '.join(uses[:10])}.{told}"
            raise Conflict(detail, code="inUse", uses=uses)
        try:
            kind.remove(content or {}, actor=actor)
        except ProtectedError as refusal:
            detail = f"The {kind.label} {identity} is still used."
            raise Conflict(detail, code="inUse", uses=[]) from refusal
        forget(kind_key, identity)
        named = {"kind": kind_key, "identity": identity}
        record(Fact("assetDeleted", payload=named), origin=actor.origin)


def where_used(kind_key: str, identity: str, world: World | None = None) -> list[str]:
    """What names this asset or needs it, as words; empty where it may be deleted."""
    world = world or _world()
    content = world.get(kind_key, identity)
    if content is None:
        return []
    assets = [(kind_key, identity), *_only_here(asset_kinds[kind_key], identity, world)]
    named = [user for asset in assets for user in users_of(world, asset)]
    return [*named, *(str(use) for use in used_by_rows(kind_key, content))]


def _only_here(kind: AssetKind, identity: str, world: World) -> list[tuple[str, str]]:
    """The keys that come with this asset, and with no other of its kind."""
    others = {
        provided
        for other, content in world.of(kind.key).items()
        if other != identity
        for provided in kind.provides(content)
    }
    own = kind.provides(world.get(kind.key, identity) or {})
    return [provided for provided in own if provided not in others]


def _active(kind_key: str) -> AssetKind:
    kind = asset_kinds.get(kind_key)
    if kind is None:
        raise NotFound(f"There is no asset kind {kind_key[:120]!r}.")
    if kind.is_kept_only:
        raise Conflict(f"Assets of the kind {kind.label} come with packages only, so far.")
    return kind


def _world() -> World:
    return offered(with_kept(rows(), declarations.load()))


def _existing(kind: AssetKind, identity: str | None, world: World) -> Content | None:
    if identity is None:
        return None
    content = world.get(kind.key, identity)
    if content is None:
        raise NotFound(f"There is no {kind.label} {identity[:120]!r}.")
    return content


def _sound(kind: AssetKind, entry: Content, world: World, existing: str | None) -> Content:
    """The content of the entry; raises `Invalid` with all that is wrong with it."""
    good, problems = checked(kind.own_fields(), entry, "")
    content = kind.content(good, Scope(), world)
    identity = kind.identity(content)
    if not problems:
        problems += kind.missing(content)
    problems += _key_problems(kind, identity, existing, world)
    if identity is not None:
        problems += [
            Unknown(world).problem(named)
            for named in kind.references(content, world)
            if not world.has(named.kind, named.identity)
        ]
    if not problems:
        problems += kind.check(content, world, Scope())
    before = world.get(kind.key, existing) if existing is not None else None
    if before is not None and not problems:
        problems += kind.obstacles(content, before)
    if not problems:
        problems += kind.verify(content)
    if problems:
        raise Invalid(problems=problems)
    return content


def _key_problems(
    kind: AssetKind, identity: str | None, existing: str | None, world: World
) -> list[Problem]:
    if identity is None or identity == existing:
        return []
    if existing is not None and not kind.is_keyless:
        detail = "A key can't be changed; make another asset and delete this one."
        return [Problem("/key", "immutable", detail, identity)]
    alike = world.alike(kind.key, identity)
    if alike is None:
        return []
    detail = f"There is a {kind.label} {alike!r} already."
    return [Problem("" if kind.is_keyless else "/key", "duplicate", detail, identity, alike)]


def _demand_unbroken(
    kind: AssetKind, content: Content, existing: str | None, before: World
) -> None:
    """Refuses a change that would leave others with keys that don't exist any more."""
    after = before.copy()
    if existing is not None:
        for provided in _only_here(kind, existing, before):
            after.drop(*provided)
        after.drop(kind.key, existing)
    after.put(kind.key, kind.identity(content) or "", content)
    broken = newly_broken(before, offered(after))
    own = kind.key, kind.identity(content)
    uses = list(dict.fromkeys(one.user for one in broken if (one.kind, one.identity) != own))
    if uses:
        detail = f"This would leave {', '.join(uses[:10])} naming what isn't there any more."
        raise Conflict(detail, code="inUse", uses=uses)
