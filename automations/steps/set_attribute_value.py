"""Sets an attribute of the object; null deletes its value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.exceptions import Invalid, Problem
from automations.steps.base import Step, StepRun, constants, unknown_key
from catalog import attributes as rules
from catalog.models import AttributeType
from catalog.services import objects
from workflows.authoring.kinds import Scope, StepKind

FORM = {
    "properties": {"attributeKey": {"type": "string"}, "value": {}},
    "required": ["type", "attributeKey", "value"],
}


def check(step: Mapping[str, Any], pointer: str, scope: Scope) -> list[Problem]:
    """The attribute exists, a fixed value is of the right type."""
    attributes = AttributeType.objects.all()
    if scope.object_type_key is not None:
        attributes = attributes.filter(object_type__key=scope.object_type_key)
    key = step["attributeKey"]
    problems = unknown_key(
        "attribute",
        key,
        attributes.values_list("key", flat=True),
        f"{pointer}/attributeKey",
    )
    if not problems and scope.object_type_key is not None:
        problems += _fixed_value_problems(step, attributes.get(key=key), f"{pointer}/value")
    return problems


def _fixed_value_problems(
    step: Mapping[str, Any], attribute: AttributeType, pointer: str
) -> list[Problem]:
    for value in constants(step["value"]):
        try:
            if value is not None:
                rules.clean(attribute, value, pointer)
        except Invalid as refusal:
            return refusal.problems
    return []


def run(run: StepRun) -> dict[str, Any]:
    """Writes the value through the same service as a person's edit."""
    key = run.step["attributeKey"]
    run.input["attributeKey"] = key
    value = run.value("value")
    before = run.obj.attributes.get(key)
    run.context.obj = objects.update(run.obj, actor=run.actor, attributes={key: value})
    return {"before": before, "after": run.context.obj.attributes.get(key)}


STEP = Step(
    StepKind(
        key="setAttributeValue",
        label="Set attribute value",
        form=FORM,
        effect="database",
        check=check,
        uses=lambda step: [("attributeTypes", step["attributeKey"])],
        is_destructive=True,
        expressions=("value",),
        outputs=("before", "after"),
    ),
    run,
)
