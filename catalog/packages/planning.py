"""Plan: what applying a package would do, and everything that is wrong with it."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from accounts.exceptions import Problem
from accounts.keys import nearest
from catalog.models import Package
from catalog.packages import declarations as declared_before
from catalog.packages.declarations import Declarations, Declared
from catalog.packages.document import Document, read
from catalog.packages.fields import Content
from catalog.packages.gathering import Wanted, gather, rows, with_kept
from catalog.packages.kinds import AssetKind, Replacement, in_order
from catalog.packages.plans import AssetChange, Move, NotYetActive, Plan, change
from catalog.packages.references import Unknown, newly_broken, offered
from catalog.packages.reviving import Revived, revivable
from catalog.packages.world import SEPARATOR, World, differing, same
from catalog.usages import remedies, used_by_rows


@dataclass(frozen=True, slots=True)
class Prepared:
    """A package that was read and compared with what exists; nothing is written yet.

    `rows` are the assets that have effect, `before` also those kept only, `after` what is wanted.
    """

    document: Document
    rows: World
    before: World
    after: World
    wanted: tuple[Wanted, ...]
    leaving: tuple[Declared, ...]
    replacements: tuple[Replacement, ...]
    revived: tuple[Revived, ...]

    def changed(self) -> Iterator[tuple[Wanted, Content | None]]:
        """What is to be written, once an asset, with its present content."""
        told: set[tuple[str, str]] = set()
        for one in self.wanted:
            previous = _previous(one, self.rows, self.before)
            if one.asset not in told and not same(previous, one.content):
                told.add(one.asset)
                yield one, previous


def prepare(given: object, *, allow_unknown_keys: bool) -> tuple[Prepared, Plan]:
    """Reads a package and finds its changes and its problems, as far as that needs no writing."""
    document = read(given)
    declarations = declared_before.load()
    existing = rows()
    before = with_kept(existing, declarations)
    after = before.copy()
    wanted = gather(document, after)
    leaving = list(_leaving(document, wanted, declarations))
    for one in leaving:
        after.drop(one.kind.key, one.identity)
    world = offered(after)
    _check_references(wanted, world, existing, allow_unknown_keys=allow_unknown_keys)
    _check_contents(wanted, before, world, document, declarations)
    for entry in wanted:
        kept = declarations.of_asset(*entry.asset)
        entry.was_kept = any(one.never_matches for one in kept)
    replacements = _replacements(wanted, world)
    own = {one.asset for one in wanted}
    revived = [
        one
        for one in revivable(declarations, existing, world, but=[document.key])
        if one.asset not in own
    ]
    problems = [
        *document.problems,
        *_header_problems(document, declarations),
        *(problem for one in wanted for problem in one.problems),
        *_leaving_problems(leaving, before, {one.asset for one in replacements}),
        *_broken_elsewhere(wanted, leaving, before, world),
    ]
    prepared = Prepared(
        document,
        existing,
        before,
        world,
        tuple(wanted),
        tuple(leaving),
        tuple(replacements),
        tuple(revived),
    )
    return prepared, Plan(
        package_key=document.key,
        changes=tuple(_changes(prepared)),
        problems=tuple(in_order_of_place(problems)),
        not_yet_active=tuple(_not_yet_active(wanted)),
        moves=tuple(_moves(prepared)),
        warnings=document.warnings,
    )


def in_order_of_place(problems: Iterable[Problem]) -> list[Problem]:
    """Each problem once, those of one list in the order of its entries."""

    def place(problem: Problem) -> list[tuple[int, str]]:
        parts = problem.pointer.split("/")
        return [
            (int(part), "") if re.fullmatch("[0-9]{1,9}", part) else (-1, part) for part in parts
        ]

    once = {(one.pointer, one.code, str(one.value)): one for one in problems}
    return sorted(once.values(), key=place)


def _leaving(
    document: Document, wanted: list[Wanted], declarations: Declarations
) -> Iterator[Declared]:
    """What this package declared before, declares no more, and nobody else declares."""
    kept = {one.asset for one in wanted}
    unclear = {one.kind.key for one in wanted if one.identity is None}
    seen: set[tuple[str, str]] = set()
    last_first = {kind.key: -place for place, kind in enumerate(in_order())}
    for one in sorted(
        declarations.of_package(document.key), key=lambda one: last_first[one.kind.key]
    ):
        asset = one.kind.key, one.identity
        if asset in kept or asset in seen or one.kind.key in unclear:
            continue
        seen.add(asset)
        others = declarations.of_asset(*asset)
        if all(other.package_key == document.key for other in others):
            yield one


def _check_references(
    wanted: list[Wanted], world: World, existing: World, *, allow_unknown_keys: bool
) -> None:
    unknown = Unknown(world)
    for one in wanted:
        if one.identity is None:
            continue
        lacking = [
            named
            for named in one.kind.references(one.content, world)
            if not world.has(named.kind, named.identity)
        ]
        is_there = existing.has(*one.asset)
        if lacking and allow_unknown_keys and one.kind.may_lack(lacking, is_there=is_there):
            one.is_kept = one.never_matches = True
        else:
            one.object(unknown.problem(named) for named in lacking)


def _check_contents(
    wanted: list[Wanted],
    before: World,
    world: World,
    document: Document,
    declarations: Declarations,
) -> None:
    for one in wanted:
        if one.identity is None:
            continue
        if not one.problems and one.never_matches:
            one.object(one.kind.check_kept(one.content))
        elif not one.problems:
            one.object(one.kind.check(one.content, world, document.scope))
        previous = before.get(*one.asset)
        if previous is not None and not one.problems and not same(previous, one.content):
            one.object(one.kind.obstacles(one.content, previous))
        one.object(_conflicts(one, document, before, declarations))


def _replacements(wanted: list[Wanted], world: World) -> list[Replacement]:
    found: list[Replacement] = []
    for one in wanted:
        if one.identity is None or not isinstance(one.given.entry, dict):
            continue
        replacements, problems = one.kind.replaced(one.given.entry, one.content, world)
        found += [replace(r, pointer=one.given.pointer + r.pointer) for r in replacements]
        one.object(problems)
    return found


def _moves(prepared: Prepared) -> Iterator[Move]:
    """How many go over where; none of what has left already."""
    for one in prepared.replacements:
        content = prepared.rows.get(*one.asset)
        if content is None:
            continue
        uses = [use for use in used_by_rows(one.kind, content) if use.goes_along]
        count = sum(use.count for use in uses)
        who = " and ".join(str(use) for use in uses) or "Nothing"
        verb = "goes" if count < 2 else "go"
        detail = f"{who} {verb} over to {_last_key(one.by)}."
        yield Move(one.pointer, one.kind, one.gone, one.by, count, detail)


def _last_key(named: str) -> str:
    return named.rpartition(SEPARATOR)[2]


def _conflicts(
    wanted: Wanted, document: Document, before: World, declarations: Declarations
) -> Iterator[Problem]:
    for other in declarations.of_asset(*wanted.asset):
        if other.package_key == document.key:
            continue
        theirs = declarations.content(other, before)
        fields = list(differing(theirs, wanted.content))
        if fields:
            detail = (
                f"The package {other.package_key} declares this with another "
                f"{', '.join(fields)}; two packages may declare one asset only alike."
            )
            value = wanted.content.get("key")
            yield Problem("", "conflictsWithPackage", detail, value, other.package_key)


def _header_problems(document: Document, declarations: Declarations) -> Iterator[Problem]:
    key = document.key
    for other in declarations.packages:
        if other != key and other.lower() == key.lower():
            detail = "There is a package whose key differs in case only."
            yield Problem("/packageKey", "duplicate", detail, key, other)
    for at, needed in enumerate(document.header.get("dependsOn") or []):
        pointer = f"/dependsOn/{at}"
        if circle := _way(needed, key, declarations):
            path = " → ".join([key, *circle])
            detail = f"Packages can't depend in a circle: {path}."
            yield Problem(pointer, "cycle", detail, needed)
        elif needed not in declarations.packages:
            near = nearest(needed, declarations.packages)
            detail = f"The package {needed!r} has not been applied here."
            yield Problem(pointer, "unknownReference", detail, needed, near)


def _way(start: str, end: str, declarations: Declarations) -> list[str]:
    """The shortest chain of packages, each depending on the next; empty where there is none."""
    before: dict[str, str] = {start: ""}
    waiting = deque([start])
    while waiting:
        key = waiting.popleft()
        if key == end:
            return _back(key, before)
        package = declarations.packages.get(key)
        for needed in _depends_on(package) if package else []:
            if needed not in before:
                before[needed] = key
                waiting.append(needed)
    return []


def _back(key: str, before: Mapping[str, str]) -> list[str]:
    way = [key]
    while before[way[-1]]:
        way.append(before[way[-1]])
    return way[::-1]


def _depends_on(package: Package) -> list[str]:
    return list(package.header.get("dependsOn") or [])


def _leaving_problems(
    leaving: list[Declared], before: World, replaced: Collection[tuple[str, str]]
) -> Iterator[Problem]:
    for one in leaving:
        content = before.get(one.kind.key, one.identity)
        uses = used_by_rows(one.kind.key, content) if content and not one.is_kept else []
        if (one.kind.key, one.identity) in replaced:
            uses = [use for use in uses if not use.goes_along]
        if uses:
            problem = still_used(one, [str(use) for use in uses])
            yield replace(problem, detail=problem.detail + remedies(uses))


def _broken_elsewhere(
    wanted: list[Wanted], leaving: list[Declared], before: World, world: World
) -> Iterator[Problem]:
    """Assets that this package doesn't declare, and that name what it takes away."""
    own = {one.asset for one in wanted}
    users: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in newly_broken(offered(before), world):
        if (one.kind, one.identity) not in own:
            users[one.asset].append(one.user)
    by_asset = {(one.kind.key, one.identity): one for one in leaving}
    # What nothing has any more is named by its last key alone.
    by_asset |= {(kind, _last(named)): one for (kind, named), one in by_asset.items()}
    for asset, who in users.items():
        if asset in by_asset:
            yield still_used(by_asset[asset], who)
        else:
            key = asset[1].strip(SEPARATOR)
            yield Problem("", "inUse", f"{key} would be gone, and is used by {_some(who)}.", key)


def _last(named: str) -> str:
    return SEPARATOR + _last_key(named)


def still_used(one: Declared, users: list[str]) -> Problem:
    """The problem of an asset that can't go; `users` are words."""
    pointer = f"/{one.list_name.partition('.')[0]}"
    detail = (
        f"The {one.kind.label} {one.identity} has left the package but is used by {_some(users)}."
    )
    return Problem(pointer, "inUse", detail, one.identity)


def _some(users: list[str]) -> str:
    rest = f" and {len(users) - 5} more" if len(users) > 5 else ""
    return ", ".join(users[:5]) + rest


def _changes(prepared: Prepared) -> Iterator[AssetChange]:
    for one, previous in prepared.changed():
        if one.identity is not None:
            title = one.kind.title(one.content)
            yield change(one.kind.key, one.identity, title, previous, one.content)
    for gone in prepared.leaving:
        content = prepared.before.get(gone.kind.key, gone.identity)
        if content is not None:
            yield change(gone.kind.key, gone.identity, gone.kind.title(content), content, None)
    for one in prepared.wanted:
        if one.never_matches and one.identity and prepared.rows.has(*one.asset):
            yield _matching(one.kind, one.identity, one.content, never=True)
    for back in prepared.revived:
        yield _matching(back.declared.kind, back.declared.identity, back.content, never=False)


def _matching(kind: AssetKind, identity: str, content: Content, *, never: bool) -> AssetChange:
    """It stops to match, or begins to."""
    told = {"key": content.get("key")}
    before, after = {**told, "neverMatches": not never}, {**told, "neverMatches": never}
    return change(kind.key, identity, kind.title(content), before, after)


def _previous(wanted: Wanted, existing: World, before: World) -> Content | None:
    """What it is now; an entry that was only kept so far is nothing to what has rows."""
    return (before if wanted.is_kept else existing).get(*wanted.asset)


def _not_yet_active(wanted: list[Wanted]) -> Iterator[NotYetActive]:
    for one in wanted:
        if one.never_matches:
            reason: str | None = "It names a key that doesn't exist, and never matches."
        else:
            reason = one.kind.not_yet_active(one.content)
        if reason:
            key = str(one.content.get("key") or one.identity or "")
            title = one.kind.title(one.content)
            yield NotYetActive(one.given.pointer, one.kind.key, key, title, reason)
