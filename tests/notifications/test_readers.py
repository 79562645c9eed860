"""Everybody reads what they may see of the object, and nothing else of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accounts.actor import Actor
from accounts.models import User
from catalog.models import AttributeType, GovernedObject, Relation, RelationType
from notifications.models import Notification
from notifications.services import notify
from permissions.models import Condition
from tests.notifications.conftest import Kitchen


@pytest.fixture
def priced(kitchen: Kitchen) -> Kitchen:
    """The price is seen by reviewers only: by `approver`, and by `admin` who overrides."""
    price = AttributeType.objects.create(object_type=kitchen.recipe, key="price", type="integer")
    Condition.objects.create(attribute=price, is_visible=False)
    Condition.objects.create(
        attribute=price, user_relation_type=kitchen.reviewer, is_visible=True, is_editable=False
    )
    kitchen.user("approver").user_relations.create(type=kitchen.reviewer, object=kitchen.soup)
    GovernedObject.objects.filter(pk=kitchen.soup.pk).update(attributes={"price": 42})
    kitchen.soup.refresh_from_db()
    return kitchen


def subjects(kitchen: Kitchen, subject: str, *, attribute: str | None = None) -> dict[str, str]:
    """What each of the three reads."""
    notify(
        kitchen.template(subject=subject, recipients=["approver", "member", "admin"]),
        kitchen.soup,
        context=replace(kitchen.context(), event={"before": 41, "after": 42}),
        cause="1",
        author_id=None,
        actor=Actor.system(),
        event_attribute=attribute,
    )
    rows = Notification.objects.values_list("user__username", "subject")
    return dict(rows)


def test_a_hidden_attribute_is_missing(priced: Kitchen) -> None:
    found = subjects(priced, "{{ @object.name }}: {{ @object.attributes.price }}.")
    assert found == {"approver": "Soup: 42.", "admin": "Soup: 42.", "member": "Soup: ."}


def test_a_hidden_attribute_decides_nothing(priced: Kitchen) -> None:
    found = subjects(priced, "{{ if(@object.attributes.price > 40, 'dear', 'cheap') }}")
    assert found["approver"] == "dear"
    assert found["member"] != "dear"


def test_the_change_of_a_hidden_attribute_is_missing(priced: Kitchen) -> None:
    found = subjects(priced, "from {{ @event.before }} to {{ @event.after }}", attribute="price")
    assert found == {"approver": "from 41 to 42", "admin": "from 41 to 42", "member": "from to"}


def test_other_events_are_read_by_all(priced: Kitchen) -> None:
    found = subjects(priced, "from {{ @event.before }}")
    assert set(found.values()) == {"from 41"}


def test_related_objects_are_read_by_who_may_see_them(kitchen: Kitchen) -> None:
    uses = RelationType.objects.create(key="uses", name="Uses")
    for target in (kitchen.secret(), kitchen.make("Salt")):
        Relation.objects.create(type=uses, source=kitchen.soup, target=target)
    found = subjects(kitchen, "{{ join(@object.relations.uses.name, ' and ') }}")
    assert found == {
        "approver": "Salt",
        "member": "Secret sauce and Salt",
        "admin": "Secret sauce and Salt",
    }


def test_a_parent_is_read_by_who_may_see_it(kitchen: Kitchen) -> None:
    kitchen.soup.parent = kitchen.secret()
    kitchen.soup.save(update_fields=["parent"])
    found = subjects(kitchen, "in {{ @object.parent.name }}")
    assert found == {"approver": "in", "member": "in Secret sauce", "admin": "in Secret sauce"}


def test_who_sees_all_of_it_reads_the_same(priced: Kitchen) -> None:
    User.objects.filter(username="member").update(role="admin")
    found = subjects(priced, "{{ @object.attributes.price }}")
    assert set(found.values()) == {"42"}
