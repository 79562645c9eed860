"""An object's page, and what can be done there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import gate
from accounts.actor import Actor
from accounts.gates import gated
from accounts.http.pagination import Sorted
from accounts.http.soundness import redraws
from accounts.pages import Attempt, actor_of, attempt_over, done, given, listed
from catalog.models import (
    AttributeType,
    GovernedObject,
    State,
)
from catalog.services import objects
from catalog.views import parts, threads
from catalog.views.inputs import WAS, Input, changed, inputs_for, is_touched, over
from catalog.views.story import story_of
from catalog.views.values import names_of
from catalog.views.votes import approvals_of
from permissions.fields import editable_attributes, hidden_attributes
from permissions.history import history_of, shown_changes
from workflows.lifecycle import service as lifecycle
from workflows.lifecycle.approvals import Awaiting, Refused
from workflows.lifecycle.entering import Moved
from workflows.lifecycle.moves import Move

MOST_CHANGES = 20
BEFORE = re.compile("[0-9]{1,18}")


def found(request: HttpRequest, pk: int) -> tuple[Actor, GovernedObject]:
    actor = actor_of(request)
    rows = GovernedObject.objects.select_related(
        "object_type__lifecycle", "board__workspace", "state", "created_by"
    )
    return actor, gate.fetch(actor, rows, pk=pk)


def url_of(obj: GovernedObject) -> str:
    return reverse("object", args=[obj.pk])


@require_safe
@gated("view", GovernedObject)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one object that its reader may see."""
    actor, obj = found(request, pk)
    attributes = list(obj.object_type.attributes.all())
    hidden = hidden_attributes(actor, [obj])[obj.pk]
    editable = editable_attributes(actor, [obj])[obj.pk]
    states = _states(obj)
    history = listed(request, history_of(obj, actor=actor), Sorted.by("-pk"), limit=MOST_CHANGES)
    may_edit = gate.allows(actor, "edit", obj)
    may_comment = gate.allows(actor, "comment", obj)
    comment_types = threads.types_for(obj, actor=actor) if may_comment else []
    parent = parts.parent_of(obj, actor=actor)
    context = {
        "object": obj,
        "crumbs": _crumbs(obj, parent),
        "attributes": parts.attributes_of(
            obj,
            attributes,
            hidden=hidden,
            editable=editable,
            names=names_of(attributes, [obj.attributes]),
        ),
        "may_edit": may_edit,
        "may_delete": may_edit and gate.allows(actor, "delete", obj),
        "diagram": parts.drawing_of(obj, states),
        "next": parts.next_of(obj, actor=actor),
        "said": threads.threads_of(obj, actor=actor, before=_before(request)),
        "may_comment": may_comment,
        "comment_types": comment_types,
        "has_features": any(one.features for some in comment_types for one in some.types),
        "approvals": approvals_of(obj, attributes, hidden=hidden, actor=actor),
        "people": parts.people_of(obj),
        "relations": parts.relations_of(obj, actor=actor),
        "parent": parent,
        "children": parts.children_of(obj, actor=actor),
        "executions": parts.executions_about(obj, actor=actor),
        "history": history,
        "newest_change": history.rows[0].pk if history.rows and not history.previous else 0,
        "story": story_of(
            shown_changes(history.rows, obj, actor=actor),
            states=states,
            attributes=attributes,
            actor=actor,
        ),
        **(_choices(obj, actor) if may_edit else {}),
    }
    return render(request, "catalog/object.html", context)


def _before(request: HttpRequest) -> int | None:
    """Before which comment older ones are asked for."""
    wanted = given(request.GET, "comments")
    return int(wanted) if BEFORE.fullmatch(wanted) else None


def _states(obj: GovernedObject) -> list[State]:
    found = obj.object_type.lifecycle
    return list(found.states.all()) if found else []


def _crumbs(obj: GovernedObject, parent: GovernedObject | None) -> list[tuple[str, str]]:
    above = [(parent.name, url_of(parent))] if parent else []
    board = (obj.board.name, reverse("board", args=[obj.board.key]))
    return [("Boards", reverse("boards")), board, *above, (obj.name, "")]


def _choices(obj: GovernedObject, actor: Actor) -> dict[str, Any]:
    """What the dialogs of people and relations offer."""
    return {
        "person_types": parts.person_types_for(obj),
        "relation_types": list(parts.relation_types_from(obj)),
    }


# --- editing -------------------------------------------------------------------------------------


@redraws
@require_http_methods(["GET", "HEAD", "POST"])
@gated("edit", GovernedObject)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The name, and those attributes that this person may edit."""
    actor, obj = found(request, pk)
    gate.demand(actor, "edit", obj)
    attributes = list(obj.object_type.attributes.all())
    keys = editable_attributes(actor, [obj])[obj.pk]
    editable = [one for one in attributes if one.key in keys]
    saved: Attempt[GovernedObject] = Attempt()
    if request.method == "POST":
        saved = _saved(request, obj, editable, actor)
        if saved.result is not None:
            return done(request, f"{saved.result.name} was saved.", url_of(obj))
        actor, obj = found(request, pk)
    inputs = _inputs(request, obj, editable, saved)
    hidden = hidden_attributes(actor, [obj])[obj.pk]
    context = {
        "object": obj,
        "crumbs": [*_crumbs(obj, None)[:-1], (obj.name, url_of(obj)), ("Edit", "")],
        "inputs": inputs,
        "conflict": saved.conflict,
        "is_overlapping": any(one.newer is not None for one in inputs),
        "fixed": [
            one
            for one in parts.attributes_of(
                obj,
                attributes,
                hidden=hidden,
                editable=keys,
                names=names_of(attributes, [obj.attributes]),
            )
            if not one.is_editable
        ],
        "version": obj.version if saved.conflict else request.POST.get("version", obj.version),
        "problems": saved.elsewhere(["/name", "/attributes"]),
    }
    status = 409 if saved.conflict else 422 if saved.problems else 200
    return render(request, "catalog/edit_object.html", context, status=status)


def _saved(
    request: HttpRequest, obj: GovernedObject, editable: Sequence[AttributeType], actor: Actor
) -> Attempt[GovernedObject]:
    """Over the version that the form was drawn with, and no other."""
    posted = {name: str(text) for name, text in request.POST.items()}
    version = posted.get("version", "")
    name = posted["name"] if is_touched("name", posted, obj.name) else obj.name
    return attempt_over(
        request,
        lambda: objects.update(
            obj,
            actor=actor,
            name=name.strip(),
            attributes=changed(editable, obj.attributes, posted),
            expected_version=int(version) if version.isdecimal() else obj.version,
        ),
    )


def _inputs(
    request: HttpRequest,
    obj: GovernedObject,
    editable: Sequence[AttributeType],
    saved: Attempt[GovernedObject],
) -> list[Input]:
    """As stored; as typed where something is wrong with that; both where somebody was faster."""
    posted = {name: str(text) for name, text in request.POST.items()}
    kept = posted if request.method == "POST" and not saved.conflict else None
    drawn = [
        Input(
            name="name",
            label="Name",
            text=obj.name if kept is None else kept.get("name", obj.name),
            was=obj.name if kept is None else kept.get(WAS + "name", obj.name),
            is_required=True,
            problem=saved.at("/name"),
        ),
        *inputs_for(editable, obj.attributes, posted=kept, problems=saved.problems),
    ]
    return [over(one, posted) for one in drawn] if saved.conflict else drawn


@require_POST
@gated("delete", GovernedObject)
def delete(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Removes the object; its history stays."""
    actor, obj = found(request, pk)
    objects.delete(obj, actor=actor)
    return done(request, f"{obj.name} was deleted.", reverse("board", args=[obj.board.key]))


# --- moving --------------------------------------------------------------------------------------


def _awaiting(result: Awaiting | Refused) -> str:
    if isinstance(result, Refused):
        return "Your vote has ended the request."
    count = result.count
    return f"It was put to a vote: {count.approvals} of {count.required} agree so far."


@require_POST
@gated("transition", Move)
def transition(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Makes the transition whose key is posted, or asks for it where it is put to a vote."""
    actor, obj = found(request, pk)
    moved = lifecycle.move(
        obj, given(request.POST, "transition"), actor=actor, comment=_comment(request)
    )
    if not isinstance(moved, Moved):
        return done(request, _awaiting(moved), url_of(obj))
    told = f"{obj.name} is now {moved.transition.to_state.name}."
    if gate.allows(actor, "view", moved.object):
        return done(request, told, url_of(obj))
    hidden = f"{told} In this state you no longer see it."
    return done(request, hidden, reverse("board", args=[obj.board.key]))


def _comment(request: HttpRequest) -> dict[str, str] | None:
    """What was typed for the move; None where its form asks for nothing."""
    if "body" not in request.POST:
        return None
    body = str(request.POST["body"]).replace("\r\n", "\n")
    return {"comment_type_key": given(request.POST, "type"), "body": body}
