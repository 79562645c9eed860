"""What ties an object to people and to other objects: added and removed on its page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import gate
from accounts.exceptions import NotFound
from accounts.gates import gated
from accounts.pages import done, given
from accounts.services.people import find_user
from catalog.models import GovernedObject, Relation, UserRelation
from catalog.services.assigning import assign as assign_person
from catalog.services.assigning import unassign as unassign_person
from catalog.services.naming import find_object, find_relation_type, find_user_relation_type
from catalog.services.relating import relate as relate_objects
from catalog.services.relating import unrelate as unrelate_objects
from catalog.views.objects import found, url_of

BIGGEST = 2**63 - 1


@require_POST
@gated("edit", GovernedObject)
def assign(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Relates a person to the object."""
    actor, obj = found(request, pk)
    kind = find_user_relation_type(given(request.POST, "type"), actor=actor, pointer="/type")
    user = find_user(given(request.POST, "username"), actor=actor, pointer="/username")
    assign_person(obj, kind, user, actor=actor)
    return done(request, f"{user.display_name} is now {kind.name}.", url_of(obj))


@require_POST
@gated("edit", GovernedObject)
def unassign(request: HttpRequest, pk: int, relation: int) -> HttpResponseRedirect:
    """Takes a person's relation away; one's own may have been what let one see the object."""
    actor, obj = found(request, pk)
    rows = UserRelation.objects.select_related("object", "type", "user")
    held = rows.filter(object=obj, pk=relation).first()
    if held is None:
        raise NotFound("There is no such person on this object.")
    unassign_person(held, actor=actor)
    told = f"{held.user.display_name} is no longer {held.type.name}."
    if gate.allows(actor, "view", obj):
        return done(request, told, url_of(obj))
    return done(request, told, reverse("board", args=[obj.board.key]))


@require_POST
@gated("edit", GovernedObject)
def relate(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Relates the object to another: the one that was picked, else the one of the typed key."""
    actor, obj = found(request, pk)
    kind = find_relation_type(given(request.POST, "type"), actor=actor, pointer="/type")
    picked = given(request.POST, "target_id")
    if picked.isascii() and picked.isdigit():
        rows = GovernedObject.objects.select_related("object_type", "board")
        target = gate.fetch(actor, rows, pk=min(int(picked[:20]), BIGGEST))
    else:
        target = find_object(
            given(request.POST, "target"),
            actor=actor,
            object_type=kind.target_object_type,
            pointer="/target",
        )
    relate_objects(obj, kind, target, actor=actor)
    return done(request, f"{kind.name}: {target.name} was added.", url_of(obj))


@require_POST
@gated("edit", GovernedObject)
def unrelate(request: HttpRequest, pk: int, relation: int) -> HttpResponseRedirect:
    """Removes a relation that begins at the object, to another that is seen."""
    actor, obj = found(request, pk)
    seen = gate.narrow(actor, "view", GovernedObject.objects.all()).order_by().values("pk")
    rows = Relation.objects.select_related("source", "target", "type")
    held = rows.filter(source=obj, target__in=seen, pk=relation).first()
    if held is None:
        raise NotFound("There is no such relation.")
    unrelate_objects(held, actor=actor)
    return done(request, f"{held.type.name}: {held.target.name} was removed.", url_of(obj))
