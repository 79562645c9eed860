"""Whether anything at all is hidden from a viewer, for values whose object can't be told any more.

Asked of what was read through relations: they may lead elsewhere today. So configuration is asked,
which is small, and not which objects there are.
"""

from __future__ import annotations

from collections.abc import Collection

from accounts import gate
from accounts.actor import Actor
from catalog.models import AttributeType, Board
from permissions import columns, conditions
from permissions.outcomes import can_hide


def sees_every_object(actor: Actor) -> bool:
    """Whether no board and no condition on a type can keep an object from this actor."""
    if actor.is_active and actor.is_admin:
        return True
    if conditions.read_of_types_that_hide().types:
        return False
    seen = gate.narrow(actor, "view", Board.objects.all()).values("pk")
    return not Board.objects.exclude(pk__in=seen).exists()


def hidden_somewhere(actor: Actor, keys: Collection[str]) -> frozenset[str]:
    """Those of the attribute keys that may be hidden from this actor on some object.

    A key that no object type has is one of them: who might have seen it can't be told.
    """
    if actor.is_active and actor.is_admin:
        return frozenset()
    if actor.user is None or not actor.is_active:
        return frozenset(keys)
    held = list(AttributeType.objects.filter(key__in=keys).values_list("key", "pk"))
    book = conditions.read(attributes=[pk for _, pk in held])
    by_condition = {key for key, pk in held if can_hide(book.of_attribute(pk))}
    gone = frozenset(keys) - {key for key, _ in held}
    return gone | by_condition | columns.hidden_keys(actor.user, keys)
