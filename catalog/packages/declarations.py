"""What packages have declared so far, read from the entries they keep."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.models import Package, PackageEntry
from catalog.packages.document import Document, scope_of
from catalog.packages.fields import Content, checked
from catalog.packages.kinds import AssetKind, Scope, asset_kinds
from catalog.packages.world import SEPARATOR, World
from journal.clock import now

BATCH = 500


@dataclass(frozen=True, slots=True)
class Declared:
    """An asset as a package declares it."""

    package_key: str
    kind: AssetKind
    list_name: str
    identity: str
    written: Any
    is_kept: bool
    position: int = 0

    @property
    def never_matches(self) -> bool:
        """Whether it was let in although it names keys that nothing had."""
        return self.is_kept and self.kind.may_never_match

    @property
    def pointer(self) -> str:
        """Where its export has it; of one that stands inside another, the list of that."""
        outer, dot, _ = self.list_name.partition(".")
        return f"/{outer}" if dot else f"/{self.list_name}/{self.position}"

    @property
    def entry(self) -> Any:
        """The entry with what it need not say where it stands."""
        if "." not in self.list_name:
            return self.written
        return self.kind.nested(self.written, {"key": self.identity.partition(SEPARATOR)[0]})[0]


class Declarations:
    """The entries of every package, by package and by asset."""

    def __init__(self, packages: Iterable[Package]) -> None:
        self.packages = {package.key: package for package in packages}
        self._scopes: dict[str, Scope] = {}
        self._by_package: dict[str, list[Declared]] = defaultdict(list)
        self._by_asset: dict[tuple[str, str], list[Declared]] = defaultdict(list)

    def add(self, declared: Declared) -> None:
        self._by_package[declared.package_key].append(declared)
        self._by_asset[declared.kind.key, declared.identity].append(declared)

    def of_package(self, key: str) -> list[Declared]:
        return self._by_package[key]

    def of_asset(self, kind: str, identity: str) -> list[Declared]:
        return self._by_asset[kind, identity]

    def __iter__(self) -> Iterator[Declared]:
        for entries in self._by_package.values():
            yield from entries

    def scope(self, package_key: str) -> Scope:
        if package_key not in self._scopes:
            lists: dict[str, list[Any]] = defaultdict(list)
            for one in self.of_package(package_key):
                lists[one.list_name].append(one.written)
            self._scopes[package_key] = scope_of(lists)
        return self._scopes[package_key]

    def content(self, declared: Declared, world: World) -> Content:
        """What the entry means within its package."""
        good, _ = checked(declared.kind.fields, declared.entry, "")
        return declared.kind.content(good, self.scope(declared.package_key), world)


def load() -> Declarations:
    """All that packages have declared."""
    declarations = Declarations(Package.objects.all())
    entries = PackageEntry.objects.select_related("package").order_by(
        "package__key", "list_name", "position"
    )
    for entry in entries:
        kind = asset_kinds.get(entry.kind)
        if kind is not None:
            declarations.add(_declared(entry, kind))
    return declarations


def _declared(entry: PackageEntry, kind: AssetKind) -> Declared:
    return Declared(
        entry.package.key,
        kind,
        entry.list_name,
        entry.identity,
        entry.written,
        entry.is_kept,
        entry.position,
    )


def store(document: Document, entries: Sequence[PackageEntry], *, applied_by: str) -> bool:
    """Keeps what a package declares now; False where that is what it kept already."""
    header = {**document.header, "order": list(document.order)}
    package = Package.objects.filter(key=document.key).first()
    if package is None:
        package = Package(key=document.key)
    elif package.header == header and _rows(package.entries.all()) == _rows(entries):
        return False
    package.name = document.header.get("name", "")
    package.header = header
    package.applied_by, package.applied_at = applied_by, now()
    package.save()
    package.entries.all().delete()
    for entry in entries:
        entry.package = package
    PackageEntry.objects.bulk_create(entries, batch_size=BATCH)
    return True


def forget(kind: str, identity: str) -> None:
    """Takes a deleted asset out of the packages that declared it."""
    PackageEntry.objects.filter(kind=kind, identity=identity).delete()


def _rows(entries: Iterable[PackageEntry]) -> list[tuple[Any, ...]]:
    return sorted(
        (one.list_name, one.position, one.kind, one.identity, one.text, one.is_kept)
        for one in entries
    )
