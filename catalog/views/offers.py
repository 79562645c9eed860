"""What the dialogs of an object's page offer while one types: people and objects that one sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import gate
from accounts.gates import gated
from accounts.models import User
from accounts.pages import given
from catalog.models import GovernedObject, RelationType, State
from catalog.views.objects import found

MOST_OFFERED = 12
MOST_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class Offer:
    """One line to choose: `value` is what the form posts, `id` the object's where it is one."""

    value: str
    name: str
    detail: str
    id: int | None = None
    state: State | None = None


@require_safe
@gated("view", GovernedObject, User)
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Active people whose name or username contains each word that was typed."""
    actor, _obj = found(request, pk)
    rows = gate.narrow(actor, "view", User.objects.filter(is_active=True))
    for word in _words(request):
        named = Q(first_name__icontains=word) | Q(last_name__icontains=word)
        rows = rows.filter(named | Q(username__icontains=word))
    shown = rows.order_by("username")[:MOST_OFFERED]
    return _drawn(request, [Offer(one.username, one.display_name, one.username) for one in shown])


@require_safe
@gated("view", GovernedObject)
def targets(request: HttpRequest, pk: int) -> HttpResponse:
    """Objects that the chosen relation may lead to, whose name or key contains each word."""
    actor, obj = found(request, pk)
    rows = GovernedObject.objects.exclude(pk=obj.pk).select_related("object_type", "state")
    kind = RelationType.objects.filter(key=given(request.GET, "type")).first()
    if kind is not None and kind.target_object_type_id is not None:
        rows = rows.filter(object_type=kind.target_object_type_id)
    for word in _words(request):
        rows = rows.filter(Q(name__icontains=word) | Q(key__icontains=word))
    seen = gate.narrow(actor, "view", rows).order_by("-pk")[:MOST_OFFERED]
    offers = [
        Offer(one.key, one.name, f"{one.object_type.name} · {one.key}", one.pk, one.state)
        for one in seen
    ]
    return _drawn(request, offers)


def _words(request: HttpRequest) -> list[str]:
    return given(request.GET, "q")[:MOST_CHARACTERS].split()


def _drawn(request: HttpRequest, offers: Sequence[Offer]) -> HttpResponse:
    return render(request, "catalog/offers.html", {"offers": offers})
