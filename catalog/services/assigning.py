"""People of objects: assigned and taken away, with their traces."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import NotFound
from accounts.models import User
from catalog.models import Change, GovernedObject, UserRelation, UserRelationType
from catalog.services.ledger import Ledger
from catalog.services.parts import lock, touch


def assign(
    obj: GovernedObject, type: UserRelationType, user: User, *, actor: Actor
) -> UserRelation:
    """Relates a person to an object; a relation that is there already is answered as it is."""
    with transaction.atomic():
        obj = lock(obj)
        may = gate.demand(actor, "edit", obj)
        ledger = Ledger(actor.origin, may.override)
        if _assign_all(ledger, obj, type, [user]):
            touch(obj)
            ledger.write()
        return UserRelation.objects.get(object=obj, type=type, user=user)


def unassign(user_relation: UserRelation, *, actor: Actor) -> None:
    """Takes a person's relation to an object away."""
    with transaction.atomic():
        obj = lock(user_relation.object)
        may = gate.demand(actor, "edit", obj)
        before = _people(obj, user_relation.type)
        gone, _ = UserRelation.objects.filter(pk=user_relation.pk).delete()
        if not gone:
            raise NotFound("There is no such user relation.")
        ledger = Ledger(actor.origin, may.override)
        ledger.note(
            obj,
            Change.Verb.UNASSIGNED,
            f"userRelations.{user_relation.type.key}",
            before=user_relation.user.username,
        )
        _tell_people(ledger, obj, user_relation.type, before)
        touch(obj)
        ledger.write()


def _assign_all(
    ledger: Ledger, obj: GovernedObject, type: UserRelationType, users: Sequence[User]
) -> bool:
    before = _people(obj, type)
    fresh = [user for user in dict.fromkeys(users) if user.username not in before]
    if not fresh:
        return False
    UserRelation.objects.bulk_create(
        [UserRelation(type=type, object=obj, user=user) for user in fresh]
    )
    for user in fresh:
        ledger.note(obj, Change.Verb.ASSIGNED, f"userRelations.{type.key}", after=user.username)
    _tell_people(ledger, obj, type, before)
    return True


def _tell_people(
    ledger: Ledger, obj: GovernedObject, type: UserRelationType, before: list[str]
) -> None:
    ledger.tell(
        "userRelationChanged",
        obj,
        {
            "userRelationTypeKey": type.key,
            "before": before,
            "after": _people(obj, type),
        },
    )


def _people(obj: GovernedObject, type: UserRelationType) -> list[str]:
    rows = UserRelation.objects.filter(object=obj, type=type).order_by("user__username")
    return list(rows.values_list("user__username", flat=True))
