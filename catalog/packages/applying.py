"""Apply: write what a package wants, all or nothing, and nothing where all is as it wants."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.db.models import ProtectedError

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Invalid, Problem, Refused
from accounts.keys import sparing_hints
from catalog.models import Package, PackageEntry
from catalog.packages import declarations
from catalog.packages.fields import Content
from catalog.packages.gathering import Wanted
from catalog.packages.kinds import asset_kinds
from catalog.packages.locking import hold_schema
from catalog.packages.planning import Prepared, in_order_of_place, prepare, still_used
from catalog.packages.plans import Plan
from catalog.packages.reviving import note_effect, revive, tell_unmatched
from journal.recording import Fact, record
from journal.snapshots import snapshot


def plan(document: object, *, actor: Actor, allow_unknown_keys: bool = False) -> Plan:
    """What applying this package would create, change and remove, and all its problems.

    It holds up nobody who writes, unless something must be tried to be told; then it reads again
    under the lock, since what it had read may have changed.
    """
    gate.demand(actor, "configure", Package)
    with sparing_hints():
        with snapshot():
            prepared, found = prepare(document, allow_unknown_keys=allow_unknown_keys)
        if not _must_be_tried(prepared):
            return found
        with transaction.atomic():
            hold_schema()
            prepared, found = prepare(document, allow_unknown_keys=allow_unknown_keys)
            return replace(found, problems=tuple(_all_problems(prepared, found, actor)))


def apply(document: object, *, actor: Actor, allow_unknown_keys: bool = False) -> Plan:
    """Writes the package; raises `Invalid` with every problem, and then nothing is written."""
    gate.demand(actor, "configure", Package)
    with sparing_hints(), transaction.atomic():
        hold_schema()
        prepared, found = prepare(document, allow_unknown_keys=allow_unknown_keys)
        if found.problems:
            _refuse(_all_problems(prepared, found, actor))
        problems = _write(prepared, actor)
        if not problems:
            revive(prepared.revived, actor=actor)
            _replace(prepared, actor)
            problems = _remove(prepared, actor)
        if problems:
            _refuse(problems)
        entries = [_entry(one) for one in prepared.wanted]
        kept_anew = declarations.store(prepared.document, entries, applied_by=actor.username)
        for one in prepared.wanted:
            if not one.is_kept and one.was_kept:
                note_effect(*one.asset)
        tell_unmatched(prepared.after)
        if kept_anew or found.changes:
            _tell(found, actor)
        return found


def _refuse(problems: Sequence[Problem]) -> None:
    raise Invalid(problems=problems)


def _all_problems(prepared: Prepared, found: Plan, actor: Actor) -> list[Problem]:
    """With those that only trying tells: it writes what is sound, and takes all of it back."""
    if not _must_be_tried(prepared):
        return list(found.problems)
    with transaction.atomic():
        tried = _write(prepared, actor)
        transaction.set_rollback(True)
    return in_order_of_place([*found.problems, *tried])


def _must_be_tried(prepared: Prepared) -> bool:
    return any(one.kind.needs_rows for one, _ in prepared.changed())


def _write(prepared: Prepared, actor: Actor) -> list[Problem]:
    """Writes what is sound; answers what was refused meanwhile."""
    problems: list[Problem] = []
    unsound = {one.asset for one in prepared.wanted if one.problems}
    written: list[Wanted] = []
    for one, previous in prepared.changed():
        if one.is_kept:
            continue
        refused = _verified(one, unsound, prepared)
        if refused or one.problems or _names_any(one, unsound, prepared):
            unsound.add(one.asset)
        elif one.kind.needs_rows:
            refused = _tried(one, previous, actor)
        else:
            one.kind.write(one.content, before=previous, actor=actor)
            written.append(one)
        problems += [one.placed(problem) for problem in refused]
    for one in written:
        one.kind.settle(one.content, actor=actor)
    return problems


def _names_any(wanted: Wanted, assets: set[tuple[str, str]], prepared: Prepared) -> bool:
    named = wanted.kind.references(wanted.content, prepared.after)
    return bool(assets) and any((one.kind, one.identity) in assets for one in named)


def _verified(wanted: Wanted, unsound: set[tuple[str, str]], prepared: Prepared) -> list[Problem]:
    """Its problems, but none for lack of what comes with other entries once those are mended."""
    found = list(wanted.kind.verify(wanted.content)) if wanted.identity else []
    if not unsound:
        return found
    coming = {
        named.pointer
        for named in wanted.kind.references(wanted.content, prepared.after)
        if prepared.after.has(named.kind, named.identity)
    }
    return [one for one in found if one.pointer not in coming]


def _tried(wanted: Wanted, previous: Content | None, actor: Actor) -> list[Problem]:
    try:
        with transaction.atomic():
            wanted.kind.write(wanted.content, before=previous, actor=actor)
    except Invalid as refusal:
        return refusal.problems
    except Refused as refusal:
        return [Problem("", refusal.code, refusal.detail)]
    return []


def _replace(prepared: Prepared, actor: Actor) -> None:
    """Gives the users of what leaves what takes its place, on behalf of the package."""
    by_package = actor.through("package", prepared.document.key)
    for one in prepared.replacements:
        kind = asset_kinds[one.kind]
        gone, by = prepared.rows.get(*one.asset), prepared.after.get(one.kind, one.by)
        if gone is not None and by is not None:
            kind.replace(gone, by, actor=by_package)


def _remove(prepared: Prepared, actor: Actor) -> list[Problem]:
    """Deletes what has left, and the rows of what is only kept now; answers what needs it still."""
    problems: list[Problem] = []
    for one in prepared.wanted:
        content = prepared.rows.get(*one.asset) if one.never_matches else None
        if content is not None:
            one.kind.remove(content, actor=actor)
    for gone in prepared.leaving:
        content = prepared.rows.get(gone.kind.key, gone.identity)
        if content is None:
            continue
        try:
            gone.kind.remove(content, actor=actor)
        except ProtectedError as refusal:
            users = sorted({str(row._meta.verbose_name) for row in refusal.protected_objects})
            problems.append(still_used(gone, users))
    return problems


def _entry(wanted: Wanted) -> PackageEntry:
    return PackageEntry(
        list_name=wanted.given.list_name,
        position=wanted.given.position,
        kind=wanted.kind.key,
        identity=wanted.identity or "",
        text=json.dumps(wanted.given.written, ensure_ascii=False),
        is_kept=wanted.is_kept,
    )


def _tell(found: Plan, actor: Actor) -> None:
    counts = Counter(one.action for one in found.changes)
    payload = {"packageKey": found.package_key, **counts}
    record(Fact("packageApplied", payload=payload), origin=actor.origin)
