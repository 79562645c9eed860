"""What a definition may say though this version does not act on it: told, and no obstacle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from accounts.exceptions import Problem
from workflows.authoring.definitions import Json, walk
from workflows.authoring.kinds import step_kinds, trigger_kind_of

CODE = "notYetActive"
ON_STEPS = {
    "retry": "A step that fails is not yet tried again: retry is kept, but has no effect.",
    "timeoutSeconds": "A step is not yet ended by its timeoutSeconds: it is kept, without effect.",
}


def warnings(definition: object) -> list[Problem]:
    """Each with its place; of a definition that may be wrong in any way."""
    if not isinstance(definition, Mapping):
        return []
    return [*_of_trigger(definition), *_of_steps(definition)]


def _of_trigger(definition: Json) -> Iterator[Problem]:
    trigger = definition.get("trigger")
    kind = trigger_kind_of(trigger) if isinstance(trigger, Mapping) else None
    if kind is not None and not kind.is_active:
        detail = f"A trigger of the kind {kind.key} doesn't fire yet."
        yield Problem(f"/trigger/{kind.key}", CODE, detail)


def _of_steps(definition: Json) -> Iterator[Problem]:
    for pointer, step in walk(definition.get("steps")):
        if not isinstance(step, Mapping) or not isinstance(step.get("type"), str):
            continue
        kind = step_kinds.get(step["type"])
        own = kind.form.get("properties", {}) if kind is not None else {}
        for name, detail in ON_STEPS.items():
            if name in step and name not in own:
                yield Problem(f"{pointer}/{name}", CODE, detail)
