"""On which objects a viewer may see an attribute, as a condition of the query.

A filter or a sort by an attribute would tell its value; with this condition it tells nothing of
those objects on which it is hidden.
"""

from __future__ import annotations

from django.db.models import Q

from accounts.actor import Actor
from catalog.models import AttributeType
from permissions import condition_queries as queries
from permissions import conditions
from permissions.outcomes import can_hide


def shows_attribute(actor: Actor, key: str) -> Q:
    """Visible objects on which this actor sees the attribute of this key."""
    if actor.user is None or actor.is_admin:
        return queries.ALWAYS
    held = AttributeType.objects.filter(key=key).values_list("object_type_id", "pk")
    type_of = {attribute: object_type for object_type, attribute in held}
    book = conditions.read(attributes=list(type_of))
    hiding = {
        object_type: clauses
        for attribute, object_type in type_of.items()
        if can_hide(clauses := book.of_attribute(attribute))
    }
    if not hiding:
        return queries.ALWAYS
    shown = (
        Q(object_type_id=pk) & queries.visible_by(clauses, actor.user)
        for pk, clauses in hiding.items()
    )
    return ~Q(object_type_id__in=list(hiding)) | queries.any_of(shown)
