"""What is found in assets of whatever kind: keys that nothing has, and entries that never match."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from accounts.findings import Finding, FindingKind, Severity
from accounts.remembering import remembered
from catalog.packages import declarations as declared_before
from catalog.packages.declarations import Declarations, Declared
from catalog.packages.gathering import rows, with_kept
from catalog.packages.kinds import Named, asset_kinds
from catalog.packages.references import Unknown, namings, offered
from catalog.packages.world import World

MEND = "Apply the package with the key mended, or the package that has this key."


def contributed() -> Iterator[FindingKind]:
    yield FindingKind(
        "neverMatches",
        "Entries of packages that never match",
        "They name keys that don't exist, and were let in by --allow-unknown-keys.",
        never_matching,
    )
    yield FindingKind(
        "unknownKey",
        "Keys that nothing has",
        "What names them can't do what it says.",
        naming_nothing,
    )


def never_matching() -> Iterator[Finding]:
    """Every key that keeps an entry from matching, and entries that only wait to be applied."""
    declarations, world = _read()
    unknown = Unknown(world)
    for one in declarations:
        if not one.never_matches:
            continue
        lacking = _lacking(one, declarations, world)
        yield from (_lacks(one, named, unknown) for named in lacking)
        if not lacking and not one.kind.is_kept_only:
            yield _waits(one)


def naming_nothing() -> Iterator[Finding]:
    """Keys that are gone although something that has effect names them."""
    declarations, world = _read()
    unknown = Unknown(world)
    for one in namings(world):
        if world.has(*one.asset):
            continue
        if any(each.is_kept for each in declarations.of_asset(one.kind, one.identity)):
            continue
        kind, content = asset_kinds[one.kind], world.get(one.kind, one.identity) or {}
        problem = unknown.problem(one.named)
        yield Finding(
            Severity.ERROR,
            problem.detail,
            f"{one.user}, {problem.pointer}",
            "Name a key that exists, or make what has this one.",
            kind.address(content),
        )


def _read() -> tuple[Declarations, World]:
    return remembered("world of findings", _read_now)


def _read_now() -> tuple[Declarations, World]:
    declarations = declared_before.load()
    return declarations, offered(with_kept(rows(), declarations))


def _lacking(one: Declared, declarations: Declarations, world: World) -> list[Named]:
    content = declarations.content(one, world)
    named = one.kind.references(content, world)
    return [each for each in named if not world.has(each.kind, each.identity)]


def _lacks(one: Declared, named: Named, unknown: Unknown) -> Finding:
    problem = unknown.problem(named)
    detail = f"{problem.detail} So this {one.kind.label} never matches."
    return Finding(Severity.ERROR, detail, _place(one, problem.pointer), MEND, _page(one))


def _waits(one: Declared) -> Finding:
    detail = f"All keys that this {one.kind.label} names exist now, and it is without effect still."
    remedy = f"Apply the package {one.package_key} once more."
    return Finding(Severity.WARNING, detail, _place(one, ""), remedy, _page(one))


def _place(one: Declared, pointer: str) -> str:
    return f"package {one.package_key}, {one.pointer}{pointer}"


def _page(one: Declared) -> str:
    return f"{reverse('admin:catalog_package_changelist')}?q={one.package_key}"
