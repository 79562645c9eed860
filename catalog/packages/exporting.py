"""Export: the JSON that was applied comes out again, key for key, with what has changed since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import NotFound
from accounts.keys import nearest
from catalog.models import Package
from catalog.packages import declarations as declared_before
from catalog.packages.declarations import Declarations, Declared
from catalog.packages.fields import Content
from catalog.packages.gathering import rows, with_kept
from catalog.packages.kinds import in_order, list_names
from catalog.packages.world import World, differing

ALL = "account"


def export(package_key: str | None = None, *, actor: Actor) -> dict[str, Any]:
    """One package, or everything, also what no package declared.

    Everything carries the header of the package where there is just one.
    """
    gate.demand(actor, "configure", Package)
    declarations = declared_before.load()
    world = with_kept(rows(), declarations)
    if package_key is None:
        return _everything(declarations, world)
    if package_key not in declarations.packages:
        near = nearest(package_key, declarations.packages)
        hint = f" Perhaps {near!r} was meant." if near else ""
        raise NotFound(f"There is no package {package_key[:120]!r}.{hint}")
    lists = _lists(declarations.of_package(package_key), declarations, world)
    return _document(declarations.packages[package_key], lists)


def _everything(declarations: Declarations, world: World) -> dict[str, Any]:
    undeclared = list(_undeclared(declarations, world))
    only = len(declarations.packages) == 1
    is_alone = only and not undeclared
    lists = _lists(_first_of_each(declarations), declarations, world, in_full=not is_alone)
    for kind_lists, entry in undeclared:
        lists[kind_lists].append(entry)
    package = next(iter(declarations.packages.values())) if only else Package(key=ALL)
    return _document(package, lists)


def _first_of_each(declarations: Declarations) -> list[Declared]:
    """Each asset once; entries of keyless kinds as often as their package has them."""
    first: dict[tuple[str, str], str] = {}
    for one in declarations:
        first.setdefault((one.kind.key, one.identity), one.package_key)
    return [one for one in declarations if first[one.kind.key, one.identity] == one.package_key]


def _undeclared(declarations: Declarations, world: World) -> Iterable[tuple[str, Content]]:
    for kind in in_order():
        for identity, content in world.of(kind.key).items():
            if not declarations.of_asset(kind.key, identity):
                yield kind.lists[0], kind.minimal(content)


def _lists(
    declared: Iterable[Declared],
    declarations: Declarations,
    world: World,
    *,
    in_full: bool = False,
) -> dict[str, list[Any]]:
    lists: dict[str, list[tuple[Declared, Any]]] = defaultdict(list)
    for one in declared:
        present = world.get(one.kind.key, one.identity)
        if present is None and not one.is_kept:
            continue
        entry = _updated(one, declarations.content(one, world), present)
        if in_full and isinstance(entry, dict) and "." not in one.list_name:
            entry = _in_full(one, entry, present)
        lists[one.list_name].append((one, entry))
    return _nested(lists)


def _updated(declared: Declared, content: Content, present: Content | None) -> Any:
    """The entry as it was written, but for the fields that have another value now."""
    if present is None or declared.is_kept:
        return declared.written
    entry = dict(declared.written)
    for name in differing(content, present):
        if present.get(name) is None:
            entry.pop(name, None)
        else:
            entry[name] = present[name]
    return entry


def _in_full(declared: Declared, entry: Content, present: Content | None) -> Content:
    """With the fields that only its own package allowed it to leave out."""
    implied = {
        name: present[name]
        for name in declared.kind.scoped
        if present is not None and entry.get(name) is None and present.get(name) is not None
    }
    return {**entry, **implied} if implied else entry


def _nested(lists: dict[str, list[tuple[Declared, Any]]]) -> dict[str, list[Any]]:
    """Entries that came inside others are put back where they were."""
    plain: dict[str, list[Any]] = defaultdict(list)
    for name, entries in lists.items():
        if "." not in name:
            plain[name] = [entry for _, entry in entries]
    for name, entries in lists.items():
        outer, _, inner = name.partition(".")
        if not inner:
            continue
        by_parent: dict[str, list[Any]] = defaultdict(list)
        for declared, entry in entries:
            by_parent[declared.identity.partition("/")[0]].append(entry)
        for parent in plain[outer]:
            if inner in parent:
                parent[inner] = by_parent[str(parent.get("key"))]
    return plain


def _document(package: Package, lists: dict[str, list[Any]]) -> dict[str, Any]:
    header = dict(package.header)
    order = header.pop("order", None) or ["packageKey"]
    header["packageKey"] = package.key
    names = list(dict.fromkeys([*order, *(name for name in list_names() if lists.get(name))]))
    return {
        name: header[name] if name in header else lists.get(name, [])
        for name in names
        if name in header or "." not in name
    }
