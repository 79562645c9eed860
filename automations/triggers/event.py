"""The event trigger: something happened to an object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.exceptions import Problem
from accounts.keys import nearest
from catalog.lineage import ANY, Read, What
from catalog.models import AttributeType, ObjectType, RelationType, State
from journal.models import Event
from workflows.authoring.kinds import Scope, TriggerKind

EVENT_KINDS = (
    "objectCreated",
    "attributeChanged",
    "relationAdded",
    "relationRemoved",
    "objectDeleted",
    "workflowStateChanged",
)
NARROWED_BY = {
    "attributeKey": ("attributeChanged",),
    "relationTypeKey": ("relationAdded", "relationRemoved"),
    "fromStateKey": ("workflowStateChanged",),
    "toStateKey": ("workflowStateChanged",),
}
FORM = {
    "type": "object",
    "properties": {
        "event": {"enum": list(EVENT_KINDS)},
        "objectTypeKey": {"type": "string"},
        "allowAllObjectTypes": {"type": "boolean"},
        **{name: {"type": "string"} for name in NARROWED_BY},
    },
    "required": ["event"],
    "additionalProperties": False,
}
Json = Mapping[str, Any]


def check(trigger: Json, pointer: str, scope: Scope) -> list[Problem]:
    """Keys that narrow this event, and that exist."""
    problems = [
        Problem(
            f"{pointer}/{name}",
            "notForThisEvent",
            f"{name} narrows {' and '.join(kinds)} only.",
            trigger[name],
        )
        for name, kinds in NARROWED_BY.items()
        if name in trigger and trigger["event"] not in kinds
    ]
    type_key = trigger.get("objectTypeKey")
    type_keys = ObjectType.objects.values_list("key", flat=True)
    problems += _unknown(trigger, pointer, "objectTypeKey", type_keys)
    within = type_key or scope.object_type_key
    attributes = AttributeType.objects.all()
    states = State.objects.all()
    if within is not None:
        attributes = attributes.filter(object_type__key=within)
        states = states.filter(lifecycle__object_types__key=within)
    known = {
        "attributeKey": attributes,
        "relationTypeKey": RelationType.objects.all(),
        "fromStateKey": states,
        "toStateKey": states,
    }
    for name, rows in known.items():
        problems += _unknown(trigger, pointer, name, rows.values_list("key", flat=True))
    return problems


def _unknown(trigger: Json, pointer: str, name: str, keys: Any) -> list[Problem]:
    wanted = trigger.get(name)
    if wanted is None:
        return []
    known = set(keys)
    if wanted in known:
        return []
    detail = f"There is no such {name.removesuffix('Key')}: {wanted[:120]!r}."
    near = nearest(wanted, known)
    return [Problem(f"{pointer}/{name}", "unknownReference", detail, wanted, near)]


def matches(trigger: Json, event: Event) -> bool:
    """Whether an event of the right kind and object type is what the trigger waits for."""
    payload = event.payload
    if "attributeKey" in trigger and trigger["attributeKey"] not in payload.get("changes", {}):
        return False
    if "relationTypeKey" in trigger and not _related(trigger, payload):
        return False
    return all(
        trigger[name] == payload.get(side)
        for name, side in (("fromStateKey", "before"), ("toStateKey", "after"))
        if name in trigger
    )


def _related(trigger: Json, payload: Json) -> list[Json]:
    """The relations that came or went, of the trigger's relation type."""
    wanted = trigger.get("relationTypeKey")
    return [one for one in payload.get("relations", []) if wanted in {None, one["relationTypeKey"]}]


def attribute_of(trigger: Json, event: Event) -> str | None:
    """The attribute of which `@event` tells: the trigger's own, else the first that changed."""
    if event.kind != "attributeChanged":
        return None
    return str(trigger.get("attributeKey") or min(event.payload["changes"]))


def before_and_after(trigger: Json, event: Event) -> dict[str, Any]:
    """`@event`: the attribute's value, the state's key, or the related object's key."""
    payload = event.payload
    pair: list[Any] = [payload.get("before"), payload.get("after")]
    if event.kind == "attributeChanged":
        pair = payload["changes"][attribute_of(trigger, event)]
    elif event.kind in {"relationAdded", "relationRemoved"}:
        related = [one["targetKey"] for one in _related(trigger, payload)[:1]]
        pair = [None, *related] if event.kind == "relationAdded" else [*related, None]
    return {"kind": event.kind, "before": pair[0], "after": pair[1]}


def targets_of(trigger: Json, event: Event) -> list[int]:
    """The id of the related object of which `@event` tells, where it tells of one."""
    if event.kind not in {"relationAdded", "relationRemoved"}:
        return []
    return [one["targetId"] for one in _related(trigger, event.payload)[:1]]


def reads(trigger: Json) -> list[Read]:
    """What of its object `@event` tells."""
    kind, owner = trigger.get("event"), trigger.get("objectTypeKey")
    if kind == "attributeChanged":
        types = frozenset({owner}) if isinstance(owner, str) else None
        return [Read(What.ATTRIBUTE, str(trigger.get("attributeKey", ANY)), (), types)]
    if kind == "workflowStateChanged":
        return [Read(What.METADATA, "stateKey")]
    if kind in ("relationAdded", "relationRemoved"):
        return [Read(What.RELATION, str(trigger.get("relationTypeKey", ANY)))]
    return []


KIND = TriggerKind(
    key="event",
    label="When something happens to an object",
    form=FORM,
    check=check,
    object_type_key=lambda trigger: trigger.get("objectTypeKey"),
    has_own_object=True,
    event_parts=("kind", "before", "after"),
    event_reads=reads,
)
