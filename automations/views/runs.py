"""Executions and their steps as a reader sees them: in words, and redacted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from accounts import gate
from accounts.actor import SYSTEM, Actor
from accounts.models import User
from automations.models import Execution, ExecutionItem
from automations.redaction import ItemView, StepView, items_for, steps_for
from automations.views.values import StepNames, lines_of, step_names
from catalog.models import GovernedObject
from workflows.authoring.definitions import step_id, walk
from workflows.authoring.kinds import step_kinds
from workflows.models import Version
from workflows.views.texts import Line, spaced
from workflows.views.words import ICONS

EVENTS = {
    "objectCreated": "An object was created",
    "attributeChanged": "An attribute changed",
    "relationAdded": "A relation was added",
    "relationRemoved": "A relation was removed",
    "objectDeleted": "An object was deleted",
    "workflowStateChanged": "A state changed",
}
OTHERS = {
    "schedule": "Its schedule",
    "source": "A source",
    "manual": "By hand",
    "call": "Another workflow",
}


MOST_OPEN = 12
"""Steps of a page that are shown with their values at once; of more, only failed ones are."""
LEAST_WIDTH = 0.8


@dataclass(frozen=True, slots=True)
class Row:
    """One execution of a list."""

    execution: Execution
    name: str
    trigger: str
    subject: GovernedObject | None
    duration: str


@dataclass(frozen=True, slots=True)
class StepShown:
    """What a step did: its fields as lines. Hidden ones say that there is something, not what."""

    view: StepView
    title: str
    icon: str
    kind: str
    input: list[Line]
    output: list[Line]
    problem: str
    place: str
    duration: str
    bar: Bar | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """When a step ran, as a share of the whole execution: 0 to 100 from its beginning."""

    start: float
    width: float


@dataclass(frozen=True, slots=True)
class ItemShown:
    """An object of the execution's stream and the steps for it."""

    view: ItemView
    steps: list[StepShown]


@dataclass(frozen=True, slots=True)
class Span:
    """From the first step to the end, as milliseconds that a step's bar is drawn in."""

    start: datetime
    milliseconds: float

    def bar(self, started_at: str | None, duration_ms: float | None) -> Bar | None:
        if started_at is None or duration_ms is None or self.milliseconds <= 0:
            return None
        before = (datetime.fromisoformat(started_at) - self.start).total_seconds() * 1000
        start = min(max(before / self.milliseconds, 0), 1) * 100
        width = min(max(duration_ms / self.milliseconds * 100, LEAST_WIDTH), 100)
        return Bar(round(min(start, 100 - width), 2), round(width, 2))


def rows_of(executions: Sequence[Execution], *, actor: Actor) -> list[Row]:
    """With the objects they were about, where the reader sees them; one query for a page."""
    subjects = subjects_of(executions, actor=actor)
    return [
        Row(
            one,
            name_of(one),
            trigger_of(one.trigger),
            subjects.get(one.subject_id or 0),
            duration_of(one.started_at, one.ended_at),
        )
        for one in executions
    ]


def subjects_of(executions: Sequence[Execution], *, actor: Actor) -> dict[int, GovernedObject]:
    ids = {one.subject_id for one in executions if one.subject_id is not None}
    about = GovernedObject.objects.filter(pk__in=ids).select_related("state")
    return {one.pk: one for one in gate.narrow(actor, "view", about)} if ids else {}


def name_of(execution: Execution) -> str:
    """The workflow's name; its key where it was deleted."""
    return execution.workflow.name if execution.workflow else execution.workflow_key


def trigger_of(trigger: Mapping[str, Any]) -> str:
    event = trigger.get("event")
    if isinstance(event, str):
        return EVENTS.get(event, spaced(event))
    return next((told for name, told in OTHERS.items() if name in trigger), "Not recorded")


def person_named(username: str) -> str:
    """How somebody is called who is known by username."""
    if username == SYSTEM:
        return "System"
    found = User.objects.filter(username=username).first()
    return found.display_name if found else username


def duration_of(started: datetime | None, ended: datetime | None) -> str:
    return "" if started is None or ended is None else in_words(ended - started)


def in_words(span: timedelta) -> str:
    """A duration with two figures that say something."""
    seconds = span.total_seconds()
    if seconds < 1:
        return f"{max(seconds, 0) * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def items_shown(
    items: Sequence[ExecutionItem], execution: Execution, *, actor: Actor
) -> list[ItemShown]:
    """The items with their steps, as this reader may see them."""
    views = steps_for(items, actor=actor)
    drawing = _Drawing(
        labels_in(execution.version),
        step_names(
            execution.version.definition if execution.version else {},
            [part for view in views for part in (view.input, view.output)],
        ),
        _span(execution),
        opens=len(views) <= MOST_OPEN,
    )
    steps: dict[int, list[StepShown]] = {item.pk: [] for item in items}
    for view in views:
        steps[view.item_id].append(_step(view, drawing))
    return [ItemShown(view, steps[view.id]) for view in items_for(items, actor=actor)]


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What all steps of a page are drawn with."""

    labels: Mapping[str, str]
    names: StepNames
    span: Span | None
    opens: bool


def _span(execution: Execution) -> Span | None:
    started, ended = execution.started_at, execution.ended_at
    if started is None or ended is None:
        return None
    return Span(started, (ended - started).total_seconds() * 1000)


def labels_in(version: Version | None) -> dict[str, str]:
    """The labels that the version's author gave to steps, by step id."""
    if version is None:
        return {}
    return {
        step_id(step, pointer): str(step["label"])
        for pointer, step in walk(version.definition.get("steps"))
        if isinstance(step, Mapping) and step.get("label")
    }


def _step(step: StepView, drawing: _Drawing) -> StepShown:
    kind = step_kinds.get(step.type)
    label = kind.label if kind else spaced(step.type)
    problem = step.error or {}
    return StepShown(
        view=step,
        title=drawing.labels.get(step.step_id, label),
        icon=ICONS.get(step.type, "bolt"),
        kind=label,
        input=lines_of(step.input, drawing.names, type_key=step.type),
        output=lines_of(step.output, drawing.names, type_key=step.type),
        problem=str(problem.get("detail", "")),
        place=str(problem.get("pointer", "")),
        duration=""
        if step.duration_ms is None
        else in_words(timedelta(milliseconds=step.duration_ms)),
        bar=drawing.span.bar(step.started_at, step.duration_ms) if drawing.span else None,
        is_open=drawing.opens or step.status == "failed",
    )
