"""Everybody reads what they may see of the object, and nothing else of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accounts.actor import Actor
from accounts.models import User
from catalog.models import AttributeType, GovernedObject, Relation, RelationType
from catalog.provenance import Provenance
from notifications.models import Notification
from notifications.services import notify
from permissions.models import Condition
from tests.notifications.conftest import Kitchen, event_of


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


def subjects(
    kitchen: Kitchen, subject: str, *, attribute: str | None = None, **steps: Provenance
) -> dict[str, str]:
    """What each of the three reads; the steps gave `total` 42, made of what is given."""
    made_of = event_of(kitchen.soup, *([attribute] if attribute else []))
    notify(
        kitchen.template(subject=subject, recipients=["approver", "member", "admin"]),
        kitchen.soup,
        context=replace(
            kitchen.context(),
            event={"before": 41, "after": 42},
            steps={name: {"total": 42} for name in ("count", *steps)},
            made_of={**made_of, "steps": steps},
        ),
        cause="1",
        author_id=None,
        actor=Actor.system(),
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


def test_what_a_step_made_of_a_hidden_attribute_is_missing(priced: Kitchen) -> None:
    text = "{{ @steps.sum.total }} of {{ @steps.all.total }}"
    of_price = Provenance({priced.soup.pk: {"price"}})
    found = subjects(priced, text, sum=of_price, all=Provenance({priced.soup.pk: set()}))
    assert found == {"approver": "42 of 42", "admin": "42 of 42", "member": "of 42"}


def test_what_a_step_made_of_a_hidden_attribute_decides_nothing(priced: Kitchen) -> None:
    text = "{{ text(@steps) }}"
    found = subjects(priced, text, sum=Provenance({priced.soup.pk: {"price"}}))
    assert "42" in found["admin"]
    assert "42" not in found["member"]


def test_what_a_step_made_of_another_object_is_read_by_who_may_see_it(kitchen: Kitchen) -> None:
    found = subjects(
        kitchen, "{{ @steps.sum.total }}.", sum=Provenance({kitchen.secret().pk: set()})
    )
    assert found == {"approver": ".", "member": "42.", "admin": "42."}


def test_a_step_of_which_nothing_can_be_told_is_read_by_admins(kitchen: Kitchen) -> None:
    found = subjects(kitchen, "{{ @steps.count.total }}.")
    assert found == {"approver": ".", "member": ".", "admin": "42."}


def test_what_the_event_tells_of_another_object_is_read_by_who_may_see_it(
    kitchen: Kitchen,
) -> None:
    secret = kitchen.secret()
    for deleted in (False, True):
        if deleted:
            GovernedObject.objects.filter(pk=secret.pk).delete()
        notify(
            kitchen.template(
                f"told_{deleted}", subject="{{ @event.after }}", recipients=["approver", "member"]
            ),
            kitchen.soup,
            context=replace(kitchen.context(), made_of=event_of(secret)),
            cause=str(deleted),
            author_id=None,
            actor=Actor.system(),
        )
    rows = Notification.objects.values_list("cause", "user__username", "subject")
    assert sorted(rows) == [
        ("False", "approver", ""),
        ("False", "member", "review"),
        ("True", "approver", "review"),
        ("True", "member", "review"),
    ]


def test_it_is_kept_what_each_text_was_made_of(priced: Kitchen) -> None:
    uses = RelationType.objects.create(key="uses", name="Uses")
    salt, soup = priced.make("Salt"), priced.soup
    Relation.objects.create(type=uses, source=soup, target=salt)
    subjects(
        priced,
        "{{ @object.attributes.price }} {{ @object.relations.uses.name }} {{ @event.after }}",
    )
    kept = {one.user.username: one.made_of for one in Notification.objects.all()}
    own, other = [[["price"], [soup.pk]], [[], [salt.pk]]], [[[], [soup.pk, salt.pk]]]
    assert kept["approver"] == {"objects": own}
    assert kept["member"] == {"objects": other}


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
