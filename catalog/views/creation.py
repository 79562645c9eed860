"""The form for a new object on a board."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts import gate
from accounts.exceptions import Problem
from accounts.gates import gated
from accounts.http.soundness import redraws
from accounts.pages import Attempt, actor_of, attempt, done, given, told_at
from catalog.models import AttributeType, Board, GovernedObject, ObjectType
from catalog.services import objects
from catalog.things import PlaceFor
from catalog.views.inputs import PREFIX, Input, inputs_for, read


@redraws
@require_http_methods(["GET", "HEAD", "POST"])
@gated("create_object", PlaceFor)
def new_object(request: HttpRequest, key: str) -> HttpResponse:
    """Asks for the type first where the board may hold several."""
    actor = actor_of(request)
    board = gate.fetch(actor, Board.objects.select_related("workspace"), key=key)
    types = types_for(board)
    chosen = _chosen(types, given(request.POST, "type") or given(request.GET, "type"))
    gate.demand(actor, "create_object", PlaceFor(board, chosen) if chosen else board)
    attributes = list(chosen.attributes.all()) if chosen else []
    made: Attempt[GovernedObject] = Attempt()
    if request.method == "POST" and chosen is not None:
        made = attempt(
            request,
            lambda: objects.create(
                chosen,
                actor=actor,
                board=board,
                name=request.POST.get("name", "").strip(),
                key=request.POST.get("key", "").strip() or None,
                attributes=_values(attributes, request.POST),
            ),
        )
        if made.result is not None:
            url = reverse("object", args=[made.result.pk])
            return done(request, f"{made.result.name} was created.", url)
    inputs = _inputs(attributes, request, made.problems)
    context = {
        "board": board,
        "crumbs": [
            ("Boards", reverse("boards")),
            (board.name, reverse("board", args=[board.key])),
            (f"New {chosen.name}" if chosen else "New object", ""),
        ],
        "types": types,
        "chosen": chosen,
        "inputs": inputs,
        "problems": made.elsewhere(["/name", "/key", "/attributes"]),
    }
    return render(request, "catalog/new_object.html", context, status=422 if made.problems else 200)


def types_for(board: Board) -> list[ObjectType]:
    """The type that a default board belongs to, else those it holds, else all."""
    every = list(ObjectType.objects.order_by("name", "key"))
    own = [one for one in every if one.key == board.key]
    present = set(
        GovernedObject.objects.filter(board=board)
        .order_by()
        .values_list("object_type", flat=True)
        .distinct()
    )
    return own or [one for one in every if one.pk in present] or every


def _chosen(types: Sequence[ObjectType], key: str) -> ObjectType | None:
    return types[0] if len(types) == 1 else next((one for one in types if one.key == key), None)


def _values(attributes: Sequence[AttributeType], posted: QueryDict) -> dict[str, Any]:
    """What was typed; an input left empty is no value, not the default that stood in it."""
    return {
        one.key: read(one, str(posted[PREFIX + one.key]))
        for one in attributes
        if PREFIX + one.key in posted
    }


def _inputs(
    attributes: Sequence[AttributeType], request: HttpRequest, problems: Sequence[Problem]
) -> list[Input]:
    posted = {name: str(text) for name, text in request.POST.items()}
    defaults = {one.key: one.default for one in attributes}
    return [
        Input(
            name="name",
            label="Name",
            text=posted.get("name", ""),
            is_required=True,
            problem=told_at(problems, "/name"),
        ),
        *inputs_for(
            attributes,
            defaults,
            posted=posted if request.method == "POST" else None,
            problems=problems,
        ),
        Input(
            name="key",
            label="Key",
            text=posted.get("key", ""),
            problem=told_at(problems, "/key"),
            hint="Made from the name where this is left empty. It can't be changed later.",
        ),
    ]
