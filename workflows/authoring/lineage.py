"""What a whole definition reads of objects, and which of its references lead nowhere.

Made for whoever needs to know where a key is used, and for keeping values from those who may not
see where they come from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from accounts.exceptions import Problem
from accounts.keys import is_key
from catalog.expressions import Code
from catalog.filters.tree import COLUMNS
from catalog.lineage import ANY, Known, Read, Trail, What, Wrong, follow, problems_of
from workflows.authoring.definitions import Json
from workflows.authoring.kinds import scope_of, trigger_kind_of
from workflows.authoring.placing import Placed, references_in

OF_OBJECTS = {"objectId": "id", "objectTypeKey": "objectTypeKey"}


@dataclass(frozen=True, slots=True)
class ReadAt:
    """Something that a definition reads, and the pointer of the value that reads it."""

    pointer: str
    read: Read


def reads_of(definition: Json, known: Known) -> list[ReadAt]:
    """All that a definition reads: by its trigger, its stream and its steps' expressions."""
    found = [
        *_of_trigger(definition, known),
        *_of_stream(definition, known),
        *(
            ReadAt(one.pointer + one.reference.pointer, read)
            for one in references_in(definition)
            for read in trail_of(one, known).reads
        ),
    ]
    return list(dict.fromkeys(found))


def wrong_references(definition: Json, known: Known) -> list[Problem]:
    """Every reference that leads nowhere, or that is not there when its expression is evaluated."""
    trails = ((one.pointer, trail_of(one, known).wrong) for one in references_in(definition))
    return list(problems_of((pointer, wrong) for pointer, wrong in trails if wrong is not None))


def trail_of(placed: Placed, known: Known) -> Trail:
    """Where one reference leads."""
    root = placed.reference.root
    if root in ("object", *OF_OBJECTS):
        return _to_object(placed, known)
    turn = _TURNS.get(root)
    return turn(placed, known) if turn is not None else Trail()


def _to_object(placed: Placed, known: Known) -> Trail:
    reference, around = placed.reference, placed.around
    if not around.has_object:
        return _nowhere(
            placed,
            None,
            "There is no object: without a stream this runs once, for none",
            unset=True,
        )
    if reference.root in OF_OBJECTS:
        return Trail([Read(What.METADATA, OF_OBJECTS[reference.root])])
    return follow(reference, around.scope.object_type_key, known)


def _to_event(placed: Placed, known: Known) -> Trail:
    around, path = placed.around, placed.reference.path
    if not around.event_parts:
        sentence = "There is no @event: the trigger is none that tells of what happened"
        return _nowhere(placed, None, sentence, unset=True)
    if path and path[0] not in around.event_parts:
        return _nowhere(placed, 0, f"@event has no {path[0][:40]!r}", around.event_parts)
    trigger = around.scope.trigger
    kind = trigger_kind_of(trigger)
    reads = kind.event_reads(trigger) if kind is not None and path[:1] != ("kind",) else ()
    return Trail([_owned(read, around.scope.object_type_key, known) for read in reads])


def _to_step(placed: Placed, known: Known) -> Trail:
    around, path = placed.around, placed.reference.path
    if not path:
        return Trail()
    if path[0] not in around.steps:
        sentence = f"No step {path[0][:40]!r} runs before this"
        return _nowhere(placed, 0, sentence, list(around.steps))
    outputs = around.steps[path[0]]
    if len(path) > 1 and outputs is not None and path[1] not in outputs:
        return _nowhere(placed, 1, f"This step gives no {path[1][:40]!r}", outputs)
    return Trail()


def _to_item(placed: Placed, known: Known) -> Trail:
    if placed.around.has_item:
        return Trail()
    return _nowhere(placed, None, "@item is there inside a forEach step only", unset=True)


def _to_variable(placed: Placed, known: Known) -> Trail:
    around, path = placed.around, placed.reference.path
    if not path or path[0] in around.variables:
        return Trail()
    sentence = f"No step sets a variable {path[0][:40]!r}"
    return _nowhere(placed, 0, sentence, sorted(around.variables))


_TURNS: dict[str, Callable[[Placed, Known], Trail]] = {
    "event": _to_event,
    "steps": _to_step,
    "item": _to_item,
    "variables": _to_variable,
}


def _nowhere(
    placed: Placed,
    at: int | None,
    sentence: str,
    choices: Any = (),
    *,
    unset: bool = False,
) -> Trail:
    code = Code.UNKNOWN_VARIABLE if unset else Code.UNKNOWN_REFERENCE
    return Trail(wrong=Wrong(placed.reference, at, sentence, choices, code))


# --- trigger and stream ---


def _of_trigger(definition: Json, known: Known) -> Iterator[ReadAt]:
    """The attribute or relation by whose changes it starts."""
    scope = scope_of(definition)
    kind = trigger_kind_of(scope.trigger)
    for read in kind.event_reads(scope.trigger) if kind is not None else ():
        yield ReadAt("/trigger", _owned(read, scope.object_type_key, known))


def _of_stream(definition: Json, known: Known) -> Iterator[ReadAt]:
    stream = definition.get("stream")
    if not isinstance(stream, Mapping):
        return
    owner = scope_of(definition).object_type_key
    if is_key(stream.get("boardKey")):
        yield ReadAt("/stream/boardKey", Read(What.BOARD, stream["boardKey"]))
    if stream.get("workflowStateKey") is not None:
        yield ReadAt("/stream/workflowStateKey", Read(What.METADATA, "stateKey"))
    for pointer, criterion in criteria_of(stream):
        key = criterion.get("attributeKey")
        if isinstance(key, str):
            column = Read(What.METADATA, key.removeprefix("@"))
            attribute = _owned(Read(What.ATTRIBUTE, key), owner, known)
            yield ReadAt(pointer, column if key in COLUMNS else attribute)
    for at, one in _mappings(stream.get("relations")):
        if isinstance(one.get("relationTypeKey"), str):
            yield ReadAt(f"/stream/relations/{at}", Read(What.RELATION, one["relationTypeKey"]))


def criteria_of(stream: Json) -> Iterator[tuple[str, Json]]:
    """The criteria on attributes, those in groups of which one must hold included."""
    for at, one in _mappings(stream.get("attributes")):
        yield f"/stream/attributes/{at}", one
    groups = stream.get("any")
    for at, group in enumerate(groups if isinstance(groups, list) else []):
        for place, one in _mappings(group):
            yield f"/stream/any/{at}/{place}", one


def _mappings(parts: object) -> Iterator[tuple[int, Json]]:
    if isinstance(parts, list):
        yield from ((at, one) for at, one in enumerate(parts) if isinstance(one, Mapping))


def _owned(read: Read, owner: str | None, known: Known) -> Read:
    """The same with the types that the attribute may be of, where it didn't say."""
    if read.what is not What.ATTRIBUTE or read.object_type_keys is not None or read.key == ANY:
        return read
    having = frozenset(known.types_with(read.key))
    return replace(read, object_type_keys=having if owner is None else having & {owner})
