"""The list of executions: what it can be narrowed and sorted by, as its address says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from accounts import gate
from accounts.actor import Actor
from accounts.narrowing import Chip, chip, moment
from accounts.pages import Heading, address, given, sort_of, sortable
from automations.models import Execution, ExecutionItem
from catalog.models import GovernedObject
from workflows.models import Workflow

NEWEST_FIRST = "-started"
SORTS = {"started": "pk", "workflow": "workflow_key", "status": "status"}
MOST_WORKFLOWS = 200
BIGGEST = 2**63 - 1
# What is asked for at a click; all others are among the filters.
FREQUENT = ("running", "succeeded", "completedWithFailures", "failed")
MODES = {"live": "Live", "test": "Test run", "preview": "Preview"}


@dataclass(slots=True)
class Wanted:
    """The rows that were asked for, what narrows them, and what of the address made no sense."""

    rows: QuerySet[Execution]
    sort: str
    chips: list[Chip] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def order(self) -> str:
        sign = "-" if self.sort.startswith("-") else ""
        return sign + SORTS[self.sort.removeprefix("-")]


def read(query: QueryDict, *, actor: Actor) -> Wanted:
    """Narrowed through the gate: of an object that may not be seen, nothing is told."""
    rows = gate.narrow(actor, "view", Execution.objects.select_related("workflow"))
    wanted = Wanted(rows, sort_of(query, list(SORTS), NEWEST_FIRST))
    _by_text(wanted, query)
    _by_choice(wanted, query)
    _by_workflow(wanted, query, actor)
    _by_object(wanted, query, actor)
    _by_time(wanted, query)
    return wanted


def _by_text(wanted: Wanted, query: QueryDict) -> None:
    """A run's number, or part of a workflow's name or key."""
    if text := given(query, "q")[:200]:
        found = Q(workflow__name__icontains=text) | Q(workflow_key__icontains=text)
        if text.isascii() and text.isdigit() and int(text[:20]) <= BIGGEST:
            found |= Q(pk=int(text))
        wanted.rows = wanted.rows.filter(found)


def _by_choice(wanted: Wanted, query: QueryDict) -> None:
    choices = (("status", "Status", dict(Execution.Status.choices)), ("mode", "Mode", MODES))
    for name, label, known in choices:
        if value := given(query, name):
            wanted.rows = wanted.rows.filter(**{name: value})
            wanted.chips.append(chip(query, name, label, known.get(value, value)))


def _by_workflow(wanted: Wanted, query: QueryDict, actor: Actor) -> None:
    if key := given(query, "workflow"):
        wanted.rows = wanted.rows.filter(workflow__key=key)
        seen = gate.narrow(actor, "view", Workflow.objects.filter(key=key))
        name = seen.values_list("name", flat=True).first()
        wanted.chips.append(chip(query, "workflow", "Workflow", name or key))


def _by_object(wanted: Wanted, query: QueryDict, actor: Actor) -> None:
    """Runs that an object set off or that dealt with it; by the id that links to here carry."""
    text = given(query, "object")
    if not text:
        return
    pk = int(text[:20]) if text.isascii() and text.isdigit() else 0
    seen = gate.narrow(actor, "view", GovernedObject.objects.filter(pk=min(pk, BIGGEST)))
    name = seen.values_list("name", flat=True).first()
    items = ExecutionItem.objects.filter(execution=OuterRef("pk"), object_id=pk)
    about = Q(subject_id=pk) | Exists(items)
    wanted.rows = wanted.rows.filter(about) if name is not None else wanted.rows.none()
    wanted.chips.append(chip(query, "object", "Object", name or text))


def _by_time(wanted: Wanted, query: QueryDict) -> None:
    for name, label, lookup in (("since", "Since", "gte"), ("until", "Until", "lte")):
        text = given(query, name)
        if not text:
            continue
        at = moment(text, is_end=name == "until")
        if at is None:
            wanted.problems.append(f"“{label}” wants a date such as 2026-03-31.")
            continue
        wanted.rows = wanted.rows.filter(**{f"created_at__{lookup}": at})
        wanted.chips.append(chip(query, name, label, text))


def owns_any(actor: Actor) -> bool:
    """Whether the reader could do something about an empty list."""
    return gate.narrow(actor, "publish", Workflow.objects.all()).exists()


def headings(query: QueryDict, sort: str) -> list[Heading]:
    return [
        sortable(query, "Workflow", "workflow", sort),
        sortable(query, "Status", "status", sort),
        Heading("Object"),
        Heading("Trigger"),
        sortable(query, "Started", "started", sort),
        Heading("Took", numeric=True),
    ]


def offered(query: QueryDict, *, actor: Actor) -> dict[str, Any]:
    """What the page offers to narrow by."""
    workflows = gate.narrow(actor, "view", Workflow.objects.order_by("name", "key"))
    return {
        "statuses": [(value, address(query, status=value, cursor=None)) for value in FREQUENT],
        "all_statuses": Execution.Status.choices,
        "any_status": address(query, status=None, cursor=None),
        "workflows": list(workflows.values_list("key", "name")[:MOST_WORKFLOWS]),
        "modes": list(MODES.items()),
        "asked": {name: given(query, name) for name in FIELDS},
    }


FIELDS = ("q", "status", "workflow", "mode", "object", "since", "until")
