"""What a plan says: changes field by field, problems, and what has no effect yet. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from accounts.exceptions import Problem, first_of
from catalog.packages.fields import Content
from catalog.packages.world import differing

CREATE, CHANGE, REMOVE = "create", "change", "remove"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field, before and after."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class AssetChange:
    """What happens to one asset; `key` is its own, `identity` says within what it stands, `title`
    tells people which it is, also where it has no key."""

    action: str
    kind: str
    key: str
    identity: str
    title: str
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class NotYetActive:
    """An entry that is kept, and that has no effect in this version."""

    pointer: str
    kind: str
    key: str
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class Move:
    """The users of an asset that leaves go over to another of its kind: so many of them."""

    pointer: str
    kind: str
    identity: str
    into: str
    count: int
    detail: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What applying a package would do; with problems nothing is done.

    `warnings` tell of what was read otherwise than it was written.
    """

    package_key: str
    changes: tuple[AssetChange, ...] = ()
    problems: tuple[Problem, ...] = ()
    not_yet_active: tuple[NotYetActive, ...] = field(default=())
    moves: tuple[Move, ...] = ()
    warnings: tuple[Problem, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "packageKey": self.package_key,
            "changes": [asdict(one) for one in self.changes],
            "problems": problems_as_json(first_of(self.problems)),
            "notYetActive": [asdict(one) for one in self.not_yet_active],
            "moves": [asdict(one) for one in self.moves],
            "warnings": problems_as_json(self.warnings),
        }


def problems_as_json(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in asdict(one).items() if value is not None}
        for one in problems
    ]


def change(
    kind: str, identity: str, title: str, before: Content | None, after: Content | None
) -> AssetChange:
    """The change from one content to another; one of them may be missing."""
    content = after or before or {}
    return AssetChange(
        action=REMOVE if after is None else CREATE if before is None else CHANGE,
        kind=kind,
        key=str(content.get("key") or identity),
        identity=identity,
        title=title,
        fields=tuple(
            FieldChange(name, (before or {}).get(name), (after or {}).get(name))
            for name in differing(before, after)
        ),
    )
