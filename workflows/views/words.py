"""A definition in words: its trigger, its stream and its steps as a person reads them.

Works on definitions that are unfinished or older than this version: what it doesn't know is shown
by its key and its JSON. Names stand for keys where they are known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from catalog.models import (
    AttributeType,
    ObjectType,
    RelationType,
    State,
    UserRelationType,
)
from workflows.authoring.kinds import step_kinds
from workflows.views.texts import Json, Line, in_order, spaced, text_of, with_article

ICONS = {
    "setAttributeValue": "edit",
    "changeWorkflowState": "transform",
    "sendNotification": "bell",
    "addRelation": "link",
    "removeRelation": "link",
    "runScript": "code",
    "createObject": "circle-plus",
    "findObjects": "search",
    "condition": "route",
    "forEach": "refresh",
    "parallel": "git-branch",
    "wait": "hourglass",
    "approval": "hand-stop",
    "callWorkflow": "arrow-up-right",
    "httpRequest": "world",
    "setVariable": "tag",
    "respond": "message",
    "stop": "player-stop",
}
EVENTS = {
    "objectCreated": "is created",
    "attributeChanged": "has an attribute changed",
    "relationAdded": "gets a relation",
    "relationRemoved": "loses a relation",
    "objectDeleted": "is deleted",
    "workflowStateChanged": "changes its state",
}
OPERATORS = {
    "equals": "is",
    "notEquals": "is not",
    "contains": "contains",
    "startsWith": "starts with",
    "endsWith": "ends with",
    "greaterThan": "is greater than",
    "greaterOrEqual": "is at least",
    "lessThan": "is less than",
    "lessOrEqual": "is at most",
    "in": "is one of",
    "isEmpty": "is empty",
    "isNotEmpty": "is not empty",
    "changed": "changed",
    "changedFrom": "changed from",
    "changedTo": "changed to",
}
BUILT_IN = {
    "@name": "The name",
    "@key": "The key",
    "@stateSince": "The time of its present state",
    "@createdAt": "The time it was created",
    "@modifiedAt": "The time it was changed",
}
# Fields of a step that its title tells already, or that stand on every step.
TOLD = frozenset({"id", "type", "label", "steps", "then", "else", "branches", "onFailure"})


@dataclass(frozen=True, slots=True)
class Branch:
    """Steps inside a step."""

    label: str
    steps: list[StepWords] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StepWords:
    """A step: what it does in one line, its fields, and the steps inside it."""

    icon: str
    kind: str
    title: str
    lines: list[Line]
    branches: list[Branch]


@dataclass(frozen=True, slots=True)
class DefinitionWords:
    """A whole definition."""

    trigger: str
    trigger_icon: str
    stream: list[str]
    steps: list[StepWords]


@dataclass(frozen=True, slots=True)
class Names:
    """What the keys in definitions are called."""

    object_types: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)
    relation_types: Mapping[str, str] = field(default_factory=dict)
    person_types: Mapping[str, str] = field(default_factory=dict)
    boards: Mapping[str, str] = field(default_factory=dict)


EVERY_KIND = frozenset({"object_types", "attributes", "states", "relation_types", "person_types"})


def names_for(
    definition: Json,
    *,
    boards: Mapping[str, str] | None = None,
    kinds: frozenset[str] = EVERY_KIND,
) -> Names:
    """The names that a definition may need: a query for each kind, however long it is.

    Boards are given, since not every reader may know what a board is called.
    """
    trigger, stream = _part(definition, "trigger"), _part(definition, "stream")
    type_key = stream.get("objectTypeKey") or trigger.get("objectTypeKey")
    attributes, states = AttributeType.objects.all(), State.objects.all()
    if isinstance(type_key, str):
        attributes = attributes.filter(object_type__key=type_key)
        states = states.filter(lifecycle__object_types__key=type_key)
    rows: dict[str, QuerySet[Any]] = {
        "object_types": ObjectType.objects.all(),
        "attributes": attributes,
        "states": states,
        "relation_types": RelationType.objects.all(),
        "person_types": UserRelationType.objects.all(),
    }
    found = {kind: dict(rows[kind].values_list("key", "name")) for kind in kinds & EVERY_KIND}
    return Names(boards=boards or {}, **found)


def in_words(definition: Json, names: Names) -> DefinitionWords:
    trigger, stream = _part(definition, "trigger"), definition.get("stream")
    type_key = _text_of(stream, "objectTypeKey") or _text_of(trigger, "objectTypeKey")
    return DefinitionWords(
        trigger=_trigger(trigger, type_key, names),
        trigger_icon=_trigger_icon(trigger),
        stream=list(_stream(stream, names)) if isinstance(stream, Mapping) else [],
        steps=_steps(definition.get("steps"), names),
    )


def _part(definition: Json, name: str) -> Json:
    part = definition.get(name)
    return part if isinstance(part, Mapping) else {}


def _text_of(part: object, name: str) -> str:
    found = part.get(name) if isinstance(part, Mapping) else None
    return found if isinstance(found, str) else ""


# --- triggers ------------------------------------------------------------------------------------


def _trigger(trigger: Json, type_key: str, names: Names) -> str:
    if "event" in trigger:
        return _event(trigger, type_key, names)
    if "schedule" in trigger:
        return _schedule(trigger)
    if "source" in trigger:
        return f"When the source {trigger['source']} calls"
    return "When somebody runs it by hand" if "manual" in trigger else "No trigger is chosen yet"


def _trigger_icon(trigger: Json) -> str:
    icons = {"event": "bolt", "schedule": "calendar", "source": "webhook", "manual": "player-play"}
    return next((icon for name, icon in icons.items() if name in trigger), "circle-dashed")


def _event(trigger: Json, type_key: str, names: Names) -> str:
    subject = with_article(names.object_types.get(type_key, type_key)) if type_key else "an object"
    kind = str(trigger["event"])
    if kind == "attributeChanged" and (key := _text_of(trigger, "attributeKey")):
        return f"When {names.attributes.get(key, key)} of {subject} changes"
    told = f"When {subject} {EVENTS.get(kind, kind)}"
    if key := _text_of(trigger, "relationTypeKey"):
        told += f" of the type {names.relation_types.get(key, key)}"
    for word in ("from", "to"):
        if key := _text_of(trigger, f"{word}StateKey"):
            told += f" {word} {names.states.get(key, key)}"
    return told


def _schedule(trigger: Json) -> str:
    at = f" at {trigger['time']}" if "time" in trigger else ""
    zone = trigger.get("timezone", "UTC")
    if trigger["schedule"] == "daily":
        return f"Every day{at} ({zone})"
    if trigger["schedule"] == "weekly":
        return f"Every {str(trigger.get('day', 'week')).capitalize()}{at} ({zone})"
    return f"At the times {trigger.get('cron', '')} ({zone})"


# --- streams -------------------------------------------------------------------------------------


def _stream(stream: Json, names: Names) -> Iterator[str]:
    """A line for each thing that must hold."""
    if key := _text_of(stream, "objectTypeKey"):
        yield f"Only objects of the type {names.object_types.get(key, key)}"
    elif stream.get("allowAllObjectTypes"):
        yield "Objects of every type"
    if key := _text_of(stream, "workflowStateKey"):
        yield f"In the state {names.states.get(key, key)}"
    if key := _text_of(stream, "boardKey"):
        yield f"On the board {names.boards.get(key, 'that is not shared with you')}"
    for criterion in _list_of(stream, "attributes"):
        yield _criterion(criterion, names)
    for relation in _list_of(stream, "relations"):
        yield _relation(relation, names)
    groups = [group for group in stream.get("any") or [] if isinstance(group, list)]
    if groups:
        either = [" and ".join(_criterion(one, names) for one in group) for group in groups]
        yield f"One of these: {'; '.join(either)}"


def _list_of(part: Json, name: str) -> list[Json]:
    found = part.get(name)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _criterion(criterion: object, names: Names) -> str:
    if not isinstance(criterion, Mapping):
        return text_of(criterion)
    key = str(criterion.get("attributeKey", ""))
    name = BUILT_IN.get(key) or names.attributes.get(key, key)
    operator = str(criterion.get("operator", ""))
    value = f" {text_of(criterion['value'])}" if "value" in criterion else ""
    return f"{name} {OPERATORS.get(operator, operator)}{value}"


def _relation(relation: Json, names: Names) -> str:
    key = str(relation.get("relationTypeKey", ""))
    has = "Has a" if relation.get("exists", True) else "Has no"
    target = f" to {relation['targetKey']}" if "targetKey" in relation else ""
    return f"{has} relation {names.relation_types.get(key, key)}{target}"


# --- steps ---------------------------------------------------------------------------------------


def _steps(steps: object, names: Names) -> list[StepWords]:
    if not isinstance(steps, list):
        return []
    return [_step(step, names) for step in steps if isinstance(step, Mapping)]


def _step(step: Json, names: Names) -> StepWords:
    type_key = _text_of(step, "type")
    kind = step_kinds.get(type_key)
    label = kind.label if kind else spaced(type_key) or "Step"
    own, used = _title(step, type_key, names)
    given = _text_of(step, "label")
    return StepWords(
        icon=ICONS.get(type_key, "bolt"),
        kind=label,
        title=given or own or label,
        lines=[
            *([Line("Does", own)] if given and own else []),
            *(_line(name, step[name]) for name in in_order(step) if name not in TOLD | used),
            *_failure(step),
        ],
        branches=list(_branches(step, names)),
    )


def _title(step: Json, type_key: str, names: Names) -> tuple[str, frozenset[str]]:
    """What the step does, and which of its fields that tells."""
    match type_key:
        case "setAttributeValue":
            key = _text_of(step, "attributeKey")
            return f"Set {names.attributes.get(key, key)}", frozenset({"attributeKey"})
        case "changeWorkflowState":
            key = _text_of(step, "toStateKey")
            return f"Change the state to {names.states.get(key, key)}", frozenset({"toStateKey"})
        case "sendNotification":
            return _notification(step, names)
        case "condition":
            return f"If {_text_of(step, 'if')}", frozenset({"if"})
        case "forEach":
            return f"For each of {_text_of(step, 'items')}", frozenset({"items"})
    return "", frozenset()


def _notification(step: Json, names: Names) -> tuple[str, frozenset[str]]:
    told = f"Send {_text_of(step, 'templateKey')}"
    if key := _text_of(step, "recipientRelationType"):
        told += f" to the {names.person_types.get(key, key)}"
    elif "recipients" in step:
        told += f" to {text_of(step['recipients'])}"
    return told, frozenset({"templateKey", "recipientRelationType", "recipients"})


def _line(name: str, value: Any) -> Line:
    return Line(spaced(name), text_of(value), is_code=isinstance(value, str | Mapping))


def _failure(step: Json) -> list[Line]:
    return [Line("If it fails", "stop")] if step.get("onFailure") == "stop" else []


def _branches(step: Json, names: Names) -> Iterator[Branch]:
    for name, label in (("steps", "Each time"), ("then", "Then"), ("else", "Else")):
        if isinstance(step.get(name), list):
            yield Branch(label, _steps(step[name], names))
    branches = step.get("branches")
    for number, inner in enumerate(branches if isinstance(branches, list) else [], start=1):
        yield Branch(f"Branch {number}", _steps(inner, names))
    if isinstance(step.get("onFailure"), Mapping):
        yield Branch("If it fails", _steps(step["onFailure"].get("steps"), names))
