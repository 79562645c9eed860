"""A workflow's definition as those read it who don't own it: without what they may not see.

Owners edit the definition and so get it as it is. What is kept from others is replaced by a text
that is no key: a board or a target left out would tell of a stream that is wider than it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from accounts import gate
from accounts.actor import Actor
from accounts.keys import is_key
from catalog.visible_keys import VisibleKeys, visible_keys
from workflows.authoring.definitions import Json
from workflows.authoring.models import Workflow

NOT_SHARED = "(not shared with you)"
BOARD = "boardKey"
TARGET = "targetKey"
RELATION_TYPE = "relationTypeKey"


def readable(definition: Json, *, workflow: Workflow, actor: Actor) -> dict[str, Any]:
    """The definition of this workflow, or of a version or draft of it, for this reader."""
    if gate.allows(actor, "edit", workflow):
        return dict(definition)
    return redacted(definition, actor)


def redacted(definition: Json, actor: Actor) -> dict[str, Any]:
    """Without the keys of boards and of objects that the actor may not see, wherever they stand.

    Expressions stay: what they come to is known when the workflow runs.
    """
    if actor.is_active and actor.is_admin:
        return dict(definition)
    boards = {part[BOARD] for part in _parts(definition) if is_key(part.get(BOARD))}
    targets = {part[TARGET] for part in _parts(definition) if is_key(part.get(TARGET))}
    keys = visible_keys(actor, boards=boards, objects=targets)
    return {name: _redacted(value, keys) for name, value in definition.items()}


def _parts(value: object) -> Iterator[Json]:
    """Every object inside the value, itself included."""
    if isinstance(value, Mapping):
        yield value
        for inner in value.values():
            yield from _parts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _parts(inner)


def _redacted(value: Any, keys: VisibleKeys) -> Any:
    if isinstance(value, list):
        return [_redacted(inner, keys) for inner in value]
    if not isinstance(value, Mapping):
        return value
    return {
        name: NOT_SHARED if _is_hidden(name, value, keys) else _redacted(inner, keys)
        for name, inner in value.items()
    }


def _is_hidden(name: str, part: Json, keys: VisibleKeys) -> bool:
    key = part[name]
    if name == BOARD and is_key(key):
        return not keys.shows_board(key)
    if name == TARGET and is_key(key):
        return not keys.shows_target(str(part.get(RELATION_TYPE, "")), key)
    return False
