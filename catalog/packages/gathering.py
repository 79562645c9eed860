"""From a document to what it wants: the content and the identity of each entry, form checked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from accounts.exceptions import Problem
from catalog.packages.declarations import Declarations
from catalog.packages.document import Document, Given
from catalog.packages.fields import Content, checked
from catalog.packages.kinds import AssetKind, in_order
from catalog.packages.world import SEPARATOR, World


@dataclass(slots=True)
class Wanted:
    """An entry and what it means; `problems` have pointers into the document."""

    given: Given
    content: Content
    identity: str | None
    problems: list[Problem] = field(default_factory=list)
    is_kept: bool = False
    never_matches: bool = False
    was_kept: bool = False

    @property
    def kind(self) -> AssetKind:
        return self.given.kind

    @property
    def asset(self) -> tuple[str, str]:
        return self.kind.key, self.identity or ""

    def object(self, problems: Iterable[Problem]) -> None:
        self.problems += [self.placed(one) for one in problems]

    def placed(self, problem: Problem) -> Problem:
        """A problem of the entry at its place in the document."""
        if self.given.stands_for:
            problem = replace(problem, pointer="")
        return problem.under(self.given.pointer)


def rows() -> World:
    """All assets that have rows."""
    return World({kind.key: kind.present() for kind in in_order()})


def with_kept(existing: World, declarations: Declarations) -> World:
    """The same world, with the assets of which packages only keep the entry."""
    world = existing.copy()
    for declared in declarations:
        if declared.is_kept and not world.has(declared.kind.key, declared.identity):
            content = declarations.content(declared, world)
            world.put(declared.kind.key, declared.identity, content)
    return world


def gather(document: Document, world: World) -> list[Wanted]:
    """What a document wants, put into the world kind by kind, as far as it can be read."""
    by_kind: dict[str, list[Given]] = defaultdict(list)
    for given in document.given:
        by_kind[given.kind.key].append(given)
    gathered: list[Wanted] = []
    for kind in in_order():
        gathered += _of_kind(by_kind[kind.key], document, world)
    return _said_once(gathered)


def _said_once(gathered: Sequence[Wanted]) -> list[Wanted]:
    """Without what stands for an older form where the package says that anyhow."""
    written = {one.asset for one in gathered if not one.given.stands_for}
    return [one for one in gathered if not (one.given.stands_for and one.asset in written)]


def _of_kind(given: Sequence[Given], document: Document, world: World) -> list[Wanted]:
    gathered = [_read(one, document, world) for one in given]
    first: dict[str, Wanted] = {}
    for wanted in gathered:
        if wanted.identity is None:
            continue
        _demand_single(wanted, first, world)
        first.setdefault(wanted.identity.lower(), wanted)
        if not wanted.kind.is_keyless or not world.has(*wanted.asset):
            world.put(wanted.kind.key, wanted.identity, wanted.content)
    return gathered


def _read(given: Given, document: Document, world: World) -> Wanted:
    good, problems = checked(given.kind.fields, given.entry, given.pointer)
    content = given.kind.content(good, document.scope, world)
    is_readable = isinstance(given.entry, dict)
    identity = given.kind.identity(content) if is_readable else None
    wanted = Wanted(given, content, identity, problems, is_kept=given.kind.is_kept_only)
    wanted.object(given.problems)
    if is_readable:
        wanted.object(given.kind.check_written(given.entry))
    if is_readable and not problems:
        wanted.object(given.kind.missing(content))
    return wanted


def _demand_single(wanted: Wanted, first: dict[str, Wanted], world: World) -> None:
    kind, identity = wanted.asset
    if wanted.kind.is_keyless:
        return
    key = identity.rpartition(SEPARATOR)[2]
    other = first.get(identity.lower())
    if other is not None:
        detail = f"{key!r} stands at {other.given.pointer} already; keys differ in more than case."
        wanted.object([Problem("/key", "duplicate", detail, key, other.identity)])
        return
    alike = world.alike(kind, identity)
    if alike is not None and alike != identity:
        detail = f"{key!r} differs from a key that exists in case only."
        near = alike.rpartition(SEPARATOR)[2]
        wanted.object([Problem("/key", "duplicate", detail, key, near)])
