"""Which assets a definition names, and where: for usages, and for keys that don't exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from catalog.packages.fields import Content
from catalog.packages.kinds import Named
from catalog.packages.known import KnownInWorld, named_by
from catalog.packages.world import World, identity
from workflows.authoring.checks import form_problems, whole_form
from workflows.authoring.definitions import Json, walk
from workflows.authoring.kinds import scope_of, step_kinds
from workflows.authoring.lineage import trail_of
from workflows.authoring.placing import references_in

PLAIN = {
    "objectTypeKey": "objectTypes",
    "relationTypeKey": "relationTypes",
}
STATES = ("fromStateKey", "toStateKey", "workflowStateKey")
EXPRESSION = "{{"


def keys_named(content: Content, world: World) -> Iterator[Named]:
    """The keys in an automation's trigger, stream and actions, with pointers into its entry."""
    trigger, stream, actions = content["trigger"], content["stream"], content["actions"]
    definition = {"trigger": trigger, "steps": actions}
    if stream is not None:
        definition["stream"] = stream
    owner = scope_of(definition).object_type_key if isinstance(trigger, Mapping) else None
    names = _Names(world, owner)
    if isinstance(trigger, Mapping):
        narrowed = trigger.get("objectTypeKey")
        at_trigger = _Names(world, narrowed if isinstance(narrowed, str) else owner)
        yield from at_trigger.of_part(trigger, "/trigger")
    if isinstance(stream, Mapping):
        yield from names.of_part(stream, "/stream")
        yield from names.of_criteria(stream, "/stream")
    for pointer, step in walk(actions, "/actions"):
        if isinstance(step, Mapping):
            yield from names.of_step(step, pointer)
    yield from _in_expressions(definition, world)


def keys_of_definition(definition: Json, world: World) -> Iterator[Named]:
    """The same of a definition as drafts and versions hold it."""
    parts = {name: definition.get(name) for name in ("trigger", "stream")}
    return keys_named({**parts, "actions": definition.get("steps")}, world)


def _in_expressions(definition: Json, world: World) -> Iterator[Named]:
    """What the expressions read; texts that are kept elsewhere tell of their keys themselves."""
    known = KnownInWorld(world)
    for placed in references_in(definition, quoted=False):
        pointer = (placed.pointer + placed.reference.pointer).replace("/steps", "/actions", 1)
        for read in trail_of(placed, known).reads:
            if (named := named_by(read, placed.reference, pointer)) is not None:
                yield named


class _Names:
    """Finds the keys in parts of a definition that acts on objects of one type, if it says so."""

    def __init__(self, world: World, object_type_key: str | None) -> None:
        self._world = world
        self._owner = object_type_key

    def of_part(self, part: Json, pointer: str) -> Iterator[Named]:
        for name, kind in PLAIN.items():
            yield from self._named(kind, part.get(name), f"{pointer}/{name}")
        for name in STATES:
            yield from self._named("workflowStates", part.get(name), f"{pointer}/{name}")
        yield from self._named(
            "attributeTypes", part.get("attributeKey"), f"{pointer}/attributeKey"
        )

    def of_criteria(self, stream: Json, pointer: str) -> Iterator[Named]:
        """The attributes and relation types of a stream, groups of which one must hold included."""
        for name in ("attributes", "relations"):
            for at, one in _numbered(stream.get(name)):
                yield from self.of_part(one, f"{pointer}/{name}/{at}")
        groups = stream.get("any")
        for at, group in enumerate(groups if isinstance(groups, list) else []):
            for place, one in _numbered(group):
                yield from self.of_part(one, f"{pointer}/any/{at}/{place}")

    def of_step(self, step: Json, pointer: str) -> Iterator[Named]:
        kind = step_kinds.get(str(step.get("type")))
        if kind is None or any(True for _ in form_problems(whole_form(kind), step, "")):
            return
        for asset_kind, key in kind.uses(step):
            field = next((name for name, value in step.items() if value == key), "type")
            yield from self._named(asset_kind, key, f"{pointer}/{field}")

    def _named(self, kind: str, key: Any, pointer: str) -> Iterator[Named]:
        if not isinstance(key, str) or EXPRESSION in key or key.startswith("@"):
            return
        if kind == "workflowStates":
            yield Named(pointer, kind, self._within(kind, self._lifecycles(key), key), key)
        elif kind == "attributeTypes":
            owners = [self._owner] if self._owner else self._world.owners(kind, key)
            yield Named(pointer, kind, self._within(kind, owners, key), key)
        else:
            yield Named(pointer, kind, key, key)

    def _lifecycles(self, state_key: str) -> list[str]:
        if self._owner is None:
            return self._world.owners("workflowStates", state_key)
        owner = self._world.get("objectTypes", self._owner)
        return [owner["workflowKey"]] if owner and owner["workflowKey"] else []

    def _within(self, kind: str, owners: Iterable[str], key: str) -> str:
        """The identity under the first owner that has this key, else one that nothing has."""
        candidates = [identity(owner, key) for owner in owners] or [identity("", key)]
        having = (one for one in candidates if self._world.has(kind, one))
        return next(having, candidates[0])


def _numbered(parts: object) -> Iterator[tuple[int, Json]]:
    if isinstance(parts, list):
        yield from ((at, one) for at, one in enumerate(parts) if isinstance(one, Mapping))
