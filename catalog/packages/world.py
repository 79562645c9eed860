"""All assets as contents by kind and identity: as they are, and as a package wants them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from catalog.packages.fields import Content

SEPARATOR = "/"


def identity(*parts: str) -> str:
    return SEPARATOR.join(parts)


class World:
    """What exists, or will: asked by checks for keys, before anything is written.

    Some keys are no assets of their own but come with one (a comment type with its category); they
    are offered under a kind of their own.
    """

    def __init__(self, contents: Mapping[str, Mapping[str, Content]] | None = None) -> None:
        self._contents: dict[str, dict[str, Content]] = {}
        self._folded: dict[str, dict[str, str]] = {}
        self._owners: dict[tuple[str, str], dict[str, None]] = {}
        for kind, assets in (contents or {}).items():
            for named, content in assets.items():
                self.put(kind, named, content)

    def put(self, kind: str, named: str, content: Content) -> None:
        self._contents.setdefault(kind, {})[named] = content
        owner, _, key = named.rpartition(SEPARATOR)
        self._owners.setdefault((kind, key), {})[owner] = None
        self._folded.setdefault(kind, {}).setdefault(named.lower(), named)

    def drop(self, kind: str, named: str) -> None:
        self._contents.get(kind, {}).pop(named, None)
        owner, _, key = named.rpartition(SEPARATOR)
        self._owners.get((kind, key), {}).pop(owner, None)
        if self.alike(kind, named) == named:
            del self._folded[kind][named.lower()]

    def get(self, kind: str, named: str) -> Content | None:
        return self.of(kind).get(named)

    def has(self, kind: str, named: str) -> bool:
        return named in self.of(kind)

    def alike(self, kind: str, named: str) -> str | None:
        """The identity that there is already, or that differs from this one in case only."""
        return self._folded.get(kind, {}).get(named.lower())

    def of(self, kind: str) -> Mapping[str, Content]:
        return self._contents.get(kind, {})

    def owners(self, kind: str, key: str) -> list[str]:
        """Within what this key stands: the lifecycles that have this transition."""
        return list(self._owners.get((kind, key), {}))

    def keys(self, kind: str, within: str = "") -> list[str]:
        """The keys that may follow `within`, to find the nearest among them."""
        prefix = within + SEPARATOR if within else ""
        named = (one[len(prefix) :] for one in self.of(kind) if one.startswith(prefix))
        return [one for one in named if SEPARATOR not in one]

    def last_keys(self, kind: str) -> list[str]:
        """The keys themselves, within whatever they stand."""
        return list({one.rpartition(SEPARATOR)[2]: None for one in self.of(kind)})

    def __iter__(self) -> Iterator[tuple[str, str, Content]]:
        for kind, assets in self._contents.items():
            for named, content in assets.items():
                yield kind, named, content

    def copy(self) -> World:
        return World(self._contents)


def differing(before: Content | None, after: Content | None) -> Iterable[str]:
    """The fields in which two contents differ, as JSON: true is not 1."""
    one, other = before or {}, after or {}
    for name in {**other, **one}:
        if not same(one.get(name), other.get(name)):
            yield name


def same(one: object, other: object) -> bool:
    """Equal as JSON values; Python takes true for 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and one == other
