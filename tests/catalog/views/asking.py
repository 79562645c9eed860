"""What the tests of these pages share."""

from __future__ import annotations

from catalog.models import AttributeType, GovernedObject
from permissions.models import Condition
from tests.kitchen import Kitchen


def address(obj: GovernedObject, *below: str) -> str:
    return "/".join([f"/objects/{obj.pk}", *below]) + "/"


def hide_price(kitchen: Kitchen) -> AttributeType:
    """The price is for business owners."""
    price = AttributeType.objects.get(key="price")
    Condition.objects.create(attribute=price, is_visible=False)
    Condition.objects.create(
        attribute=price, user_relation_type=kitchen.business_owner, is_visible=True
    )
    return price
