"""The history of an object as its reader may see it: who changed what, when, through what.

What may be read is decided by `permissions.history`, for pages and API alike; here it gets words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts import gate
from accounts.actor import SYSTEM, Actor
from accounts.models import User
from automations.models import Execution
from catalog.models import (
    AttributeType,
    Board,
    Change,
    GovernedObject,
    RelationType,
    State,
    UserRelationType,
)
from permissions.history import ChangeView
from workflows.models import Transition

Verb = Change.Verb
MOST_SHOWN = 300
UNSEEN = "an object that you may not see"
UNSEEN_BOARD = "a board that you may not see"
ICONS = {
    Verb.CREATED: "circle-plus",
    Verb.CHANGED: "pencil",
    Verb.TRANSITIONED: "transform",
    Verb.REQUESTED: "circle-check",
    Verb.VOTED: "circle-check",
    Verb.DECIDED: "circle-check",
    Verb.RELATED: "link",
    Verb.UNRELATED: "link",
    Verb.ASSIGNED: "user",
    Verb.UNASSIGNED: "user",
    Verb.MOVED: "arrows-right-left",
    Verb.COMMENTED: "message",
    Verb.COMMENT_EDITED: "message",
    Verb.COMMENT_DELETED: "message",
    Verb.DELETED: "trash",
}
DEEDS = {
    Verb.CREATED: "created it",
    Verb.CHANGED: "changed",
    Verb.TRANSITIONED: "moved it",
    Verb.REQUESTED: "put to the vote",
    Verb.VOTED: "voted on",
    Verb.DECIDED: "closed the vote on",
    Verb.RELATED: "added {other} to",
    Verb.UNRELATED: "removed {other} from",
    Verb.ASSIGNED: "made {other}",
    Verb.UNASSIGNED: "took {other} off as",
    Verb.MOVED: "changed",
    Verb.COMMENTED: "commented",
    Verb.COMMENT_EDITED: "edited a comment",
    Verb.COMMENT_DELETED: "deleted a comment",
    Verb.DELETED: "deleted it",
}
WITHOUT_SIDES = {Verb.CREATED, Verb.DELETED, Verb.REQUESTED, Verb.VOTED}
VOTES = {
    "approve": "voted for",
    "reject": "voted against",
    "withdrawn": "withdrew {elector}'s vote on",
    "voided": "found {elector}'s vote void, since what it was bound to changed, on",
}
VIA = {
    "api": "through the API",
    "page": "in the browser",
    "import": "by an import",
    "package": "by a package",
    "execution": "by a workflow",
    "admin": "in the administration",
    "trigger": "by an automatic transition",
    "command": "from the command line",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the history, as `parts/timeline_entry.html` draws it."""

    icon: str
    who: str
    what: str
    field: str
    before: str | None
    after: str | None
    before_color: str
    after_color: str
    at: datetime
    via: str
    via_url: str
    is_override: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """Names for the keys that a page of history holds, read once; what is not here is not shown."""

    people: Mapping[str, str]
    states: Mapping[str, State]
    attributes: Mapping[str, AttributeType]
    relation_types: Mapping[str, str]
    person_types: Mapping[str, str]
    transitions: Mapping[str, str]
    objects: Mapping[str, str]
    boards: Mapping[str, str]
    executions: Mapping[str, Execution]


def story_of(
    views: Sequence[ChangeView],
    *,
    states: Iterable[State],
    attributes: Iterable[AttributeType],
    actor: Actor,
) -> list[Entry]:
    """The changes in the order given."""
    changes = [view.change for view in views]
    known = _Known(
        people=_people(changes),
        states={state.key: state for state in states},
        attributes={one.key: one for one in attributes},
        relation_types=_named(RelationType, "relations.", changes),
        person_types=_named(UserRelationType, "userRelations.", changes),
        transitions=_named(Transition, "transitions.", changes),
        objects=_objects(changes, actor),
        boards=_boards(changes, actor),
        executions=_executions(changes, actor),
    )
    return [_entry(view, known) for view in views]


def _entry(view: ChangeView, known: _Known) -> Entry:
    change = view.change
    before = _side(change, change.before, view.before, known)
    after = _side(change, change.after, view.after, known)
    what = _vote(view.after) or DEEDS.get(Verb(change.verb), change.verb)
    if "{other}" in what:
        what, before, after = what.replace("{other}", after or before or ""), None, None
    via, via_url = _via(change, known)
    return Entry(
        icon=ICONS.get(Verb(change.verb), "history"),
        who=_name(change.actor_name, known),
        what=what,
        field=_field(change, known),
        before=before,
        after=after,
        before_color=_color(change, change.before, known),
        after_color=_color(change, change.after, known),
        at=change.at,
        via=via,
        via_url=via_url,
        is_override=change.is_override,
    )


def _vote(after: Any) -> str:
    """What a vote says, in words; empty where the row tells of none."""
    if not isinstance(after, dict) or after.get("decision") not in VOTES:
        return ""
    said = VOTES[after["decision"]].format(elector=after.get("elector", ""))
    return f"{said} (in the name of {after['elector']})" if "castBy" in after else said


def _field(change: Change, known: _Known) -> str:
    kind, _, key = change.field.partition(".")
    match kind:
        case "attributes":
            attribute = known.attributes.get(key)
            return attribute.name if attribute else key
        case "relations":
            return known.relation_types.get(key, key)
        case "userRelations":
            return known.person_types.get(key, key)
        case "transitions":
            return known.transitions.get(key, key)
        case "parentKey":
            return "the parent"
        case "boardKey":
            return "the board"
        case "name":
            return "the name"
    return ""


def _side(change: Change, value: Any, seen: Any, known: _Known) -> str | None:
    """A value before or after, in words; what was there and is not to be told is said to be so."""
    if value is None or change.verb in WITHOUT_SIDES:
        return None
    kind = change.field.partition(".")[0]
    if kind == "stateKey":
        state = known.states.get(value)
        return state.name if state else str(value)
    if kind == "userRelations":
        return _name(str(value), known)
    if kind in {"relations", "parentKey"}:
        return UNSEEN if seen is None else known.objects.get(str(value), str(value))
    if kind == "boardKey":
        return UNSEEN_BOARD if seen is None else known.boards.get(str(value), str(value))
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    text = ", ".join(map(_text, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


def _color(change: Change, value: Any, known: _Known) -> str:
    if change.field != "stateKey" or value is None:
        return ""
    state = known.states.get(value)
    return state.color if state else ""


def _via(change: Change, known: _Known) -> tuple[str, str]:
    execution = known.executions.get(change.via_id) if change.via_kind == "execution" else None
    if execution is None:
        return VIA.get(change.via_kind, change.via_kind), ""
    name = execution.workflow.name if execution.workflow else execution.workflow_key
    return f"by the workflow {name}", reverse("execution", args=[execution.pk])


def _name(username: str, known: _Known) -> str:
    return "System" if username == SYSTEM else known.people.get(username, username)


# --- what the rows name, a query each ------------------------------------------------------------


def _people(changes: Sequence[Change]) -> dict[str, str]:
    named = {one.actor_name for one in changes}
    named |= _values(changes, "userRelations")
    return {one.username: one.display_name for one in User.objects.filter(username__in=named)}


def _values(changes: Sequence[Change], *kinds: str) -> set[str]:
    return {
        str(value)
        for one in changes
        if one.field.partition(".")[0] in kinds
        for value in (one.before, one.after)
        if value is not None
    }


def _named(
    model: type[RelationType | UserRelationType | Transition],
    prefix: str,
    changes: Sequence[Change],
) -> dict[str, str]:
    keys = {one.field.removeprefix(prefix) for one in changes if one.field.startswith(prefix)}
    rows = model._default_manager.filter(key__in=keys).values_list("key", "name")
    return dict(rows) if keys else {}


def _objects(changes: Sequence[Change], actor: Actor) -> dict[str, str]:
    """Keys are unique within a type only; one that several types hold shows none but its key."""
    keys = _values(changes, "relations", "parentKey")
    if not keys:
        return {}
    seen = gate.narrow(actor, "view", GovernedObject.objects.filter(key__in=keys))
    found: dict[str, set[str]] = {}
    for key, name in seen.values_list("key", "name"):
        found.setdefault(key, set()).add(name)
    return {key: names.pop() if len(names) == 1 else key for key, names in found.items()}


def _boards(changes: Sequence[Change], actor: Actor) -> dict[str, str]:
    keys = _values(changes, "boardKey")
    if not keys:
        return {}
    seen = gate.narrow(actor, "view", Board.objects.filter(key__in=keys))
    return dict(seen.values_list("key", "name"))


def _executions(changes: Sequence[Change], actor: Actor) -> dict[str, Execution]:
    ids = {one.via_id for one in changes if one.via_kind == "execution" and one.via_id.isdecimal()}
    if not ids:
        return {}
    seen = gate.narrow(actor, "view", Execution.objects.filter(pk__in=ids))
    return {str(one.pk): one for one in seen.select_related("workflow")}
