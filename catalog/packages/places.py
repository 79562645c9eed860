"""Which entry of a package a pointer leads to, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.packages.kinds import said


def entry_at(document: object, pointer: str) -> str:
    """The key of the entry (`lifecycle/transition` where one stands in another), or what it says
    where it has none; nothing where the pointer leads to none."""
    names: list[str] = []
    value = document
    for part in pointer.split("/")[1:]:
        within_list = isinstance(value, list)
        value = _member(value, part.replace("~1", "/").replace("~0", "~"))
        if within_list and isinstance(value, Mapping):
            names += _names(value, is_first=not names)
    return "/".join(names)


def _member(value: Any, name: str) -> object:
    if isinstance(value, list):
        is_place = name.isascii() and name.isdigit() and int(name[:9]) < len(value)
        return value[int(name[:9])] if is_place else None
    return value.get(name) if isinstance(value, Mapping) else None


def _names(entry: Mapping[str, Any], *, is_first: bool) -> list[str]:
    key = entry.get("key")
    if isinstance(key, str) and key:
        return [key]
    return [said(entry)] if is_first and entry else []
