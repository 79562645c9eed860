"""On which objects a viewer may see an attribute, as a condition of the query.

A filter or a sort by an attribute would tell its value; with this condition it tells nothing of
those objects on which it is hidden.
"""

from __future__ import annotations

from django.db.models import Q

from accounts.actor import Actor
from catalog.models import AttributeType
from permissions import columns, conditions
from permissions import condition_queries as queries

ALWAYS = queries.ALWAYS
"""The very condition that `shows_attribute` answers where the attribute is hidden nowhere."""


def shows_attribute(actor: Actor, key: str) -> Q:
    """Visible objects on which this actor sees the attribute of this key."""
    if actor.user is None or actor.is_admin:
        return ALWAYS
    held = AttributeType.objects.filter(key=key).values_list("object_type_id", "pk")
    type_of = {attribute: object_type for object_type, attribute in held}
    book = conditions.read(attributes=list(type_of))
    by_type = {object_type: book.of_attribute(pk) for pk, object_type in type_of.items()}
    shown = queries.visible_objects(by_type, actor.user)
    hiding = columns.boards_that_hide(actor.user, key)
    return shown & ~Q(board_id__in=hiding) if hiding else shown
