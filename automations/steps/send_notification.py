"""Tells people about the object, in the words of a template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from accounts.exceptions import Problem, Refused
from accounts.models import Team, User
from accounts.remembering import remembered_each
from automations.steps.base import Step, StepRun, unknown_key
from catalog.expressions import ExpressionError, Reference
from catalog.models import UserRelationType
from journal.prepared import Given, Question
from notifications.models import Template
from notifications.recipients import RecipientRule
from notifications.rendering import wording_of
from notifications.services import notify
from workflows.authoring.kinds import Scope, StepKind

TEMPLATE: Question[Template] = Question(
    lambda: Template.objects.filter(key=Given("key")).select_related("application").order_by()
)
FORM = {
    "properties": {
        "templateKey": {"type": "string"},
        "recipientRelationType": {"type": "string"},
        "recipients": {
            "type": "array",
            "items": {"type": "string", "minLength": 1, "maxLength": 150},
            "minItems": 1,
            "maxItems": 1000,
        },
    },
    "required": ["type", "templateKey"],
}


def check(step: Mapping[str, Any], pointer: str, scope: Scope) -> list[Problem]:
    """The template exists, and it is known whom to tell."""
    templates = Template.objects.values_list("key", flat=True)
    problems = unknown_key("template", step["templateKey"], templates, f"{pointer}/templateKey")
    if relation := step.get("recipientRelationType"):
        known = UserRelationType.objects.values_list("key", flat=True)
        place = f"{pointer}/recipientRelationType"
        problems += unknown_key("user relation type", relation, known, place)
    for index, name in enumerate(step.get("recipients", [])):
        if not User.objects.filter(username=name).exists():
            teams = Team.objects.values_list("name", flat=True)
            place = f"{pointer}/recipients/{index}"
            problems += unknown_key("user or team", name, teams, place)
    return problems or _nobody(step, pointer)


def _nobody(step: Mapping[str, Any], pointer: str) -> list[Problem]:
    template = Template.objects.get(key=step["templateKey"])
    named = (
        "recipientRelationType" in step
        or "recipients" in step
        or template.recipient_relation_types
        or template.recipients
    )
    if named:
        return []
    detail = f"Neither this step nor the template {template.key} says whom to tell."
    return [Problem(f"{pointer}/recipientRelationType", "missing", detail)]


def run(run: StepRun) -> dict[str, Any]:
    """Writes the notifications; who was told and who was not is the output."""
    step = run.step
    run.input.update({name: step[name] for name in FORM["properties"] if name in step})
    template = TEMPLATE.first(key=step["templateKey"])
    if template is None:
        raise Refused(f"There is no template {step['templateKey']!r}.", code="unknownReference")
    told = notify(
        template,
        run.context.obj,
        context=run.context,
        cause=run.cause,
        author_id=run.author_id,
        actor=run.actor,
        recipients=RecipientRule.of_step(
            relation_type=step.get("recipientRelationType"), names=step.get("recipients")
        ),
    )
    return told.as_json()


def uses(step: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The template, and the user relation type where one is named."""
    relation = step.get("recipientRelationType")
    named = [("userRelationTypes", relation)] if relation else []
    return [("notificationTemplates", step["templateKey"]), *named]


def quotes(step: Mapping[str, Any]) -> list[Reference]:
    """What the template's texts read, as if it stood where the template is named."""
    key = step.get("templateKey")
    return list(references_by_template([key])[key]) if isinstance(key, str) else []


def references_by_template(keys: Iterable[str]) -> dict[str, list[Reference]]:
    """By its key what each template reads, in one query; remembered, so that `quotes` asks none."""
    return remembered_each("references of templates", keys, _references, [])


def _references(keys: Sequence[str]) -> dict[str, list[Reference]]:
    return {one.key: _references_of(one) for one in Template.objects.filter(key__in=keys)}


def _references_of(template: Template) -> list[Reference]:
    try:
        found = wording_of(template.subject, template.body).references()
    except ExpressionError:
        return []
    return [replace(one, pointer="/templateKey") for one in sorted(found)]


STEP = Step(
    StepKind(
        key="sendNotification",
        label="Send notification",
        form=FORM,
        effect="database",
        check=check,
        uses=uses,
        quotes=quotes,
        outputs=("sent", "leftOut", "undelivered"),
    ),
    run,
)
