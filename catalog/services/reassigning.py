"""Putting one person in another's place on all objects, when somebody leaves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef

from accounts import gate
from accounts.actor import Actor
from accounts.handovers import Part
from accounts.models import User
from catalog.models import Change, GovernedObject, UserRelation
from catalog.services.ledger import Ledger
from journal.clock import now

CHUNK = 500


def parts(user: User, heir: User) -> Iterator[Part]:
    """How many objects ask for the person, by the type of the relation."""
    rows = UserRelation.objects.filter(user=user).values("type__name").annotate(all=Count("pk"))
    for row in rows.order_by("type__name"):
        yield Part(f"objects ({row['type__name']})", row["all"])


def reassign(user: User, heir: User, actor: Actor) -> None:
    """Gives the heir the person's relations to objects; one that the heir has already is kept.

    Each object's history and its event are those of taking one person away and adding the other.
    """
    with transaction.atomic():
        mine = UserRelation.objects.filter(user=user).order_by("object_id")
        ids = list(mine.values_list("object_id", flat=True).distinct())
        for start in range(0, len(ids), CHUNK):
            _reassign(ids[start : start + CHUNK], user, heir, actor)


def _reassign(ids: Sequence[int], user: User, heir: User, actor: Actor) -> None:
    rows = GovernedObject.objects.select_for_update(of=("self",), no_key=True)
    rows = rows.select_related("object_type", "board__workspace", "state")
    objects = list(rows.filter(pk__in=ids).order_by("pk"))
    decisions = gate.demand_each(actor, "edit", objects)
    people = _people(ids)
    ledger = Ledger(actor.origin)
    for obj, decision in zip(objects, decisions, strict=True):
        for relation in people[obj.pk]:
            if relation.user_id == user.pk:
                there = [one for one in people[obj.pk] if one.type_id == relation.type_id]
                _tell(ledger, obj, there, user, heir, override=decision.override)
    theirs = UserRelation.objects.filter(
        user=heir, object=OuterRef("object"), type=OuterRef("type")
    )
    UserRelation.objects.filter(Exists(theirs), user=user, object__in=ids).delete()
    UserRelation.objects.filter(user=user, object__in=ids).update(user=heir)
    GovernedObject.objects.filter(pk__in=ids).update(version=F("version") + 1, modified_at=now())
    ledger.write()


def _people(ids: Sequence[int]) -> dict[int, list[UserRelation]]:
    found: dict[int, list[UserRelation]] = {pk: [] for pk in ids}
    rows = UserRelation.objects.filter(object__in=ids).select_related("type", "user")
    for relation in rows.order_by("user__username"):
        found[relation.object_id].append(relation)
    return found


def _tell(
    ledger: Ledger,
    obj: GovernedObject,
    there: Sequence[UserRelation],
    user: User,
    heir: User,
    *,
    override: bool,
) -> None:
    """`there`: all who have the one relation to the object, in order."""
    key, before = there[0].type.key, [one.user.username for one in there]
    field = f"userRelations.{key}"
    ledger.note(obj, Change.Verb.UNASSIGNED, field, before=user.username, override=override)
    if heir.username not in before:
        ledger.note(obj, Change.Verb.ASSIGNED, field, after=heir.username, override=override)
    after = sorted({*before, heir.username} - {user.username})
    told = {"userRelationTypeKey": key, "before": before, "after": after}
    ledger.tell("userRelationChanged", obj, told)
