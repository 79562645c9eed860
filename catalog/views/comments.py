"""Comments on an object's page: said, changed, taken away."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.exceptions import NotFound
from accounts.gates import gated
from accounts.pages import done, given
from catalog.models import Comment, GovernedObject
from catalog.services import commenting
from catalog.views.objects import found, url_of

BIGGEST = 2**63 - 1


@require_POST
@gated("comment", GovernedObject)
def comment(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Says something about the object, or answers what somebody said."""
    actor, obj = found(request, pk)
    key, _, category = given(request.POST, "type").partition(" ")
    parent = given(request.POST, "parent")
    commenting.add(
        obj,
        text_of(request.POST),
        actor=actor,
        type=commenting.find_type(key, obj, actor=actor, category_key=category or None)
        if key
        else None,
        parent=_one(obj, int(parent), actor) if parent.isdecimal() else None,
    )
    return done(request, "Your comment was added.", f"{url_of(obj)}#comments")


@require_POST
@gated("edit", Comment)
def edit(request: HttpRequest, pk: int, comment: int) -> HttpResponseRedirect:
    """Says it in other words."""
    actor, obj = found(request, pk)
    commenting.edit(_one(obj, comment, actor), text_of(request.POST), actor=actor)
    return done(request, "Your comment was changed.", f"{url_of(obj)}#comments")


@require_POST
@gated("delete", Comment)
def delete(request: HttpRequest, pk: int, comment: int) -> HttpResponseRedirect:
    """Takes a comment away."""
    actor, obj = found(request, pk)
    commenting.delete(_one(obj, comment, actor), actor=actor)
    return done(request, "The comment was deleted.", f"{url_of(obj)}#comments")


def text_of(query: QueryDict) -> str:
    """What was typed, with the line ends that it has elsewhere."""
    return str(query.get("body", "")).replace("\r\n", "\n")


def _one(obj: GovernedObject, pk: int, actor: Actor) -> Comment:
    rows = commenting.comments_of(obj, actor=actor)
    row = rows.filter(pk=pk).first() if pk <= BIGGEST else None
    if row is None:
        raise NotFound("There is no such comment.")
    return row
