"""Checks a whole definition and tells every problem with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from accounts.exceptions import Invalid, Problem
from accounts.keys import nearest
from catalog.expressions import ExpressionError
from catalog.filters import Schema, parse_stream, present
from workflows.authoring.definitions import MOST_STEPS, Json, depth_of, walk
from workflows.authoring.kinds import (
    Scope,
    StepKind,
    TriggerKind,
    scope_of,
    step_kinds,
    trigger_kind_of,
    trigger_kinds,
)
from workflows.authoring.lineage import wrong_references
from workflows.authoring.placing import unreadable

MOST_DEPTH = 60
PARTS = ("trigger", "stream", "steps")

ON_ANY_STEP: dict[str, Any] = {
    "id": {"type": "string", "minLength": 1, "maxLength": 100},
    "type": {"type": "string"},
    "label": {"type": "string", "maxLength": 200},
    "onFailure": {
        "anyOf": [
            {"enum": ["continue", "stop"]},
            {
                "type": "object",
                "properties": {"steps": {"type": "array"}},
                "required": ["steps"],
                "additionalProperties": False,
            },
        ]
    },
    "retry": {
        "type": "object",
        "properties": {
            "maxAttempts": {"type": "integer", "minimum": 1, "maximum": 20},
            "backoffSeconds": {"type": "number", "minimum": 0, "maximum": 86400},
        },
        "additionalProperties": False,
    },
    "timeoutSeconds": {"type": "number", "exclusiveMinimum": 0, "maximum": 86400},
}


def check(definition: object) -> list[Problem]:
    """Every problem of a definition; none means that it may be published."""
    if not isinstance(definition, Mapping):
        return [Problem("", "wrongType", "A definition is an object with trigger and steps.")]
    if depth_of(definition, MOST_DEPTH) > MOST_DEPTH:
        return [Problem("", "tooDeep", f"A definition nests at most {MOST_DEPTH} levels.")]
    schema = present()
    return [
        *_unknown(definition, PARTS, ""),
        *_check_trigger(definition),
        *_check_stream(definition, schema),
        *_check_steps(definition),
        *wrong_references(definition, schema),
    ]


def _unknown(part: Json, known: tuple[str, ...], pointer: str) -> list[Problem]:
    return [
        Problem(
            f"{pointer}/{_escaped(name)}",
            "unknownKey",
            f"{str(name)[:120]!r} is no part of a definition.",
            name,
            nearest(str(name), known),
        )
        for name in part
        if name not in known
    ]


def _check_trigger(definition: Json) -> list[Problem]:
    trigger = definition.get("trigger")
    if not isinstance(trigger, Mapping) or not trigger:
        ways = ", ".join(trigger_kinds.keys())
        return [Problem("/trigger", "missing", f"A workflow needs a trigger: one of {ways}.")]
    kind = trigger_kind_of(trigger)
    if kind is None:
        ways = ", ".join(trigger_kinds.keys())
        detail = f"A trigger carries exactly one of {ways}."
        near = next((nearest(name, trigger_kinds.keys()) for name in trigger), None)
        return [Problem("/trigger", "unknownTrigger", detail, sorted(map(str, trigger)), near)]
    problems = list(form_problems(kind.form, trigger, "/trigger"))
    return problems or kind.check(trigger, "/trigger", scope_of(definition))


def _check_stream(definition: Json, schema: Schema) -> list[Problem]:
    trigger = definition.get("trigger")
    kind = trigger_kind_of(trigger) if isinstance(trigger, Mapping) else None
    stream = definition.get("stream")
    if stream is None:
        return _check_own_object(kind, trigger)
    if not isinstance(stream, Mapping):
        return [Problem("/stream", "wrongType", "A stream is an object of criteria.")]
    own = kind.object_type_key(trigger) if kind and isinstance(trigger, Mapping) else None
    try:
        parse_stream(
            stream,
            schema,
            pointer="/stream",
            object_type_key=own,
            for_events=kind is not None and kind.has_own_object,
        )
    except Invalid as refusal:
        return refusal.problems
    return []


def _check_own_object(kind: TriggerKind | None, trigger: object) -> list[Problem]:
    if kind is None or not kind.has_own_object or not isinstance(trigger, Mapping):
        return []
    if kind.object_type_key(trigger) or trigger.get("allowAllObjectTypes"):
        return []
    return [_all_types("/trigger/objectTypeKey")]


def _all_types(pointer: str) -> Problem:
    return Problem(
        pointer,
        "allObjectTypes",
        "Without an object type this acts on every object of the account; name one, "
        "or set allowAllObjectTypes.",
    )


def _check_steps(definition: Json) -> list[Problem]:
    steps = definition.get("steps")
    if not isinstance(steps, list) or not steps:
        return [Problem("/steps", "missing", "A workflow needs at least one step.")]
    scope = scope_of(definition)
    seen: dict[str, str] = {}
    problems: list[Problem] = []
    for count, (pointer, step) in enumerate(walk(steps)):
        if count >= MOST_STEPS:
            detail = f"A workflow has at most {MOST_STEPS} steps."
            return [*problems, Problem("/steps", "tooMany", detail)]
        problems += _check_step(step, pointer, scope)
        problems += _check_id(step, pointer, seen)
    return problems


def _check_id(step: object, pointer: str, seen: dict[str, str]) -> list[Problem]:
    given = step.get("id") if isinstance(step, Mapping) else None
    if not isinstance(given, str):
        return []
    first = seen.setdefault(given, pointer)
    if first == pointer:
        return []
    detail = f"The step at {first} has the id {given[:120]!r} already."
    return [Problem(f"{pointer}/id", "duplicate", detail, given)]


def _check_step(step: object, pointer: str, scope: Scope) -> list[Problem]:
    if not isinstance(step, Mapping):
        return [Problem(pointer, "wrongType", "A step is an object with a type.")]
    type_key = step.get("type")
    kind = step_kinds.get(type_key) if isinstance(type_key, str) else None
    if kind is None:
        if not isinstance(type_key, str):
            return [Problem(f"{pointer}/type", "missing", "A step needs a type.")]
        detail = f"{type_key[:120]!r} is no step type of this version."
        near = nearest(type_key, step_kinds.keys())
        return [Problem(f"{pointer}/type", "unknownStepType", detail, type_key, near)]
    problems = list(form_problems(whole_form(kind), step, pointer))
    if problems:
        return problems
    problems = [_unreadable(error, step, pointer) for error in unreadable(kind, step)]
    return [*problems, *kind.check(step, pointer, scope)]


def _unreadable(error: ExpressionError, step: Json, pointer: str) -> Problem:
    field = error.pointer.split("/")[1]
    value = step.get(field)
    shown = value[:120] if isinstance(value, str) else None
    return Problem(pointer + error.pointer, error.code, str(error), shown)


def whole_form(kind: StepKind) -> dict[str, Any]:
    """The JSON schema of a step of this kind, with the fields that stand on any step."""
    return {
        "type": "object",
        **kind.form,
        "properties": {**ON_ANY_STEP, **kind.form.get("properties", {})},
        "additionalProperties": False,
    }


def form_problems(form: Json, part: object, pointer: str) -> Iterator[Problem]:
    """What a JSON schema says against a part, as problems with pointers and nearest names."""
    for error in Draft202012Validator(form).iter_errors(part):
        yield from _as_problems(error, pointer)


def _as_problems(error: ValidationError, pointer: str) -> Iterator[Problem]:
    place = pointer + "".join(f"/{_escaped(one)}" for one in error.absolute_path)
    if error.validator == "additionalProperties" and isinstance(error.instance, Mapping):
        known = list(error.schema["properties"]) if isinstance(error.schema, Mapping) else []
        for name in sorted(set(error.instance) - set(known)):
            detail = f"{name[:120]!r} is not known here."
            yield Problem(
                f"{place}/{_escaped(name)}", "unknownKey", detail, name, nearest(name, known)
            )
    elif error.validator == "required":
        name = error.message.split("'")[1]  # one error a name, which stands only in the message
        yield Problem(f"{place}/{name}", "missing", f"{name} is needed here.")
    else:
        code = {"type": "wrongType", "enum": "unknownValue"}.get(str(error.validator), "badValue")
        near = None
        if error.validator == "enum" and isinstance(error.instance, str):
            near = nearest(error.instance, [str(one) for one in _listed(error.validator_value)])
        shown = error.instance if isinstance(error.instance, str | int | float) else None
        yield Problem(place, code, error.message[:300], shown, near)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _escaped(name: object) -> str:
    return str(name).replace("~", "~0").replace("/", "~1")
