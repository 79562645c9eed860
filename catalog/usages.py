"""Who needs an asset although no other asset names it: objects in a state, people in a relation.

Apps contribute what their own rows need. Asked before something is deleted or leaves a package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from journal.registry import Registry


@dataclass(frozen=True, slots=True)
class Usage:
    """A way in which assets of a kind are used: counts the users of one, given its content.

    `label` begins with a plural in s, as in "objects in this state". `goes_along` says that the
    users of an asset that leaves can be given another one instead; `remedy` tells people how.
    """

    key: str
    kind: str
    label: str
    count: Callable[[Mapping[str, Any]], int]
    goes_along: bool = False
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """So many of these use it."""

    label: str
    count: int
    goes_along: bool = False
    remedy: str = ""

    def __str__(self) -> str:
        noun, _, rest = self.label.partition(" ")
        counted = noun.removesuffix("s") if self.count == 1 else noun
        return f"{self.count:,} {counted} {rest}".rstrip()


usages: Registry[Usage] = Registry("usages of assets")


def used_by_rows(kind: str, content: Mapping[str, Any]) -> list[Use]:
    """What uses this asset, outside of the schema itself."""
    counted = ((one, one.count(content)) for one in usages if one.kind == kind)
    return [Use(one.label, count, one.goes_along, one.remedy) for one, count in counted if count]


def remedies(uses: Iterable[Use]) -> str:
    """What can be done about these uses, as sentences that follow another one."""
    return "".join(dict.fromkeys(f" {use.remedy}" for use in uses if use.remedy))
