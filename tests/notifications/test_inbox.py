"""The inbox is its reader's own, and shows no detail of what they may not see any more."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import NotFound
from accounts.grants import set_holders
from catalog.models import AttributeType, Board, BoardColumn, GovernedObject
from catalog.provenance import Provenance
from notifications import inbox
from notifications.models import Delivery, Notification
from tests.notifications.conftest import Kitchen


def row(kitchen: Kitchen, name: str, cause: str, **fields: object) -> Notification:
    given = {"subject": f"About {cause}", "body": "<p>x</p>", "url": "/x/"} | fields
    return Notification.objects.create(user=kitchen.user(name), cause=cause, **given)


def test_everybody_has_their_own_inbox(kitchen: Kitchen) -> None:
    first, second = row(kitchen, "steward", "1"), row(kitchen, "steward", "2")
    other = row(kitchen, "member", "1")
    row(kitchen, "steward", "3", is_in_inbox=False)
    assert list(inbox.inbox_of(Actor(kitchen.user("steward")))) == [second, first]
    assert list(inbox.inbox_of(Actor(kitchen.user("member")))) == [other]
    assert list(inbox.inbox_of(Actor(kitchen.user("admin")))) == []
    assert list(inbox.inbox_of(Actor(kitchen.user("retired")))) == []
    assert list(inbox.inbox_of(Actor.system())) == []


def test_reading_is_noted_once(kitchen: Kitchen) -> None:
    steward = Actor(kitchen.user("steward"))
    told = row(kitchen, "steward", "1")
    read = inbox.mark_read(told, actor=steward)
    assert read.read_at is not None
    again = inbox.mark_read(Notification.objects.get(pk=told.pk), actor=steward)
    assert again.read_at == read.read_at


def test_nobody_reads_for_another(kitchen: Kitchen) -> None:
    told = row(kitchen, "steward", "1")
    for name in ("member", "admin"):
        with pytest.raises(NotFound):
            inbox.mark_read(told, actor=Actor(kitchen.user(name)))
    assert Notification.objects.get().read_at is None
    assert inbox.mark_read(told, actor=Actor(kitchen.user("steward"))).read_at


def test_the_badge_counts_in_one_query(
    kitchen: Kitchen, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    steward = kitchen.user("steward")
    for cause in "123":
        row(kitchen, "steward", cause)
    row(kitchen, "steward", "4", is_in_inbox=False)
    row(kitchen, "member", "1")
    with django_assert_num_queries(1):
        assert inbox.unread_count(steward.pk) == 3
    assert inbox.mark_all_read(actor=Actor(steward)) == 3
    assert inbox.mark_all_read(actor=Actor(steward)) == 0
    assert inbox.unread_count(steward.pk) == 0
    assert inbox.unread_count(kitchen.user("member").pk) == 1


def test_details_go_with_the_right_to_see_the_object(
    kitchen: Kitchen, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    secret = kitchen.secret()
    for name in ("member", "outsider"):
        row(kitchen, name, "secret", object_id=secret.pk)
        row(kitchen, name, "soup", object_id=kitchen.soup.pk)
        row(kitchen, name, "gone", object_id=987654321)
        row(kitchen, name, "notice")
    seen = subjects(kitchen, "member")
    assert seen == ["About notice", "About gone", "About soup", "About secret"]
    actor = Actor(kitchen.user("outsider"))
    rows = list(inbox.inbox_of(actor))
    with django_assert_max_num_queries(5):
        page = inbox.shown(rows, actor=actor)
    hidden = page[-1]
    assert (hidden.subject, hidden.body, hidden.url) == (inbox.HIDDEN_SUBJECT, "", "")
    assert (hidden.object_id, hidden.is_hidden) == (None, True)
    assert [one.subject for one in page[:3]] == seen[:3]


def hide_price(kitchen: Kitchen) -> None:
    """A column of the soup's board, shown from now on to `member` alone."""
    AttributeType.objects.get_or_create(object_type=kitchen.recipe, key="price", type="integer")
    column = BoardColumn.objects.create(
        board=kitchen.soup.board, attribute_key="price", is_view_restricted=True
    )
    set_holders(column, "view", users=[kitchen.user("member")], teams=[])


def test_texts_go_with_the_right_to_see_what_they_were_made_of(
    kitchen: Kitchen,
) -> None:
    AttributeType.objects.create(object_type=kitchen.recipe, key="price", type="integer")
    salt = kitchen.make("Salt")
    made_of = Provenance({kitchen.soup.pk: {"price"}, salt.pk: {"price"}}).as_json()
    for name in ("member", "outsider", "admin"):
        row(kitchen, name, "price", object_id=kitchen.soup.pk, made_of=made_of)
        row(kitchen, name, "wide", made_of=Provenance(anywhere={"price"}).as_json())
        row(kitchen, name, "name", made_of=Provenance({salt.pk: set()}).as_json())
    every = ["About name", "About wide", "About price"]
    GovernedObject.objects.filter(board=kitchen.trials).delete()
    Board.objects.filter(pk=kitchen.trials.pk).delete()
    assert {name: subjects(kitchen, name) for name in ("member", "outsider")} == {
        "member": every,
        "outsider": every,
    }
    hide_price(kitchen)
    for name in ("member", "admin"):
        assert subjects(kitchen, name) == every
    assert subjects(kitchen, "outsider") == ["About name", *[inbox.HIDDEN_VALUES] * 2]
    hidden = inbox.shown(
        inbox.inbox_of(Actor(kitchen.user("outsider"))), actor=Actor(kitchen.user("outsider"))
    )[-1]
    assert (hidden.body, hidden.url, hidden.object_id) == ("", "/x/", kitchen.soup.pk)
    assert hidden.is_hidden


def test_texts_go_with_an_object_that_they_were_made_of(kitchen: Kitchen) -> None:
    salt = kitchen.make("Salt")
    for name in ("member", "outsider"):
        row(kitchen, name, "salt", made_of=Provenance({salt.pk: set()}).as_json())
    assert subjects(kitchen, "outsider") == ["About salt"]
    GovernedObject.objects.filter(pk=salt.pk).update(board=kitchen.trials)
    assert subjects(kitchen, "member") == ["About salt"]
    assert subjects(kitchen, "outsider") == [inbox.HIDDEN_VALUES]
    GovernedObject.objects.filter(pk=salt.pk).delete()
    assert subjects(kitchen, "outsider") == ["About salt"]


def test_many_texts_take_as_many_queries_as_two(kitchen: Kitchen) -> None:
    hide_price(kitchen)
    outsider = Actor(kitchen.user("outsider"))
    dishes = [kitchen.make(f"Dish {number}") for number in range(12)]
    for number, dish in enumerate(dishes):
        made_of = Provenance({dish.pk: {"price"}, kitchen.soup.pk: set()}).as_json()
        row(kitchen, "outsider", str(number), object_id=dish.pk, made_of=made_of)
    rows = list(inbox.inbox_of(outsider))
    with CaptureQueriesContext(connection) as few:
        inbox.shown(rows[:2], actor=outsider)
    with CaptureQueriesContext(connection) as many:
        inbox.shown(rows, actor=outsider)
    assert len(many) == len(few)
    assert {entry.subject for entry in inbox.shown(rows, actor=outsider)} == {inbox.HIDDEN_VALUES}


def subjects(kitchen: Kitchen, name: str) -> list[str]:
    actor = Actor(kitchen.user(name))
    return [one.subject for one in inbox.shown(inbox.inbox_of(actor), actor=actor)]


def test_how_it_was_delivered_is_seen_by_its_reader_and_by_admins(kitchen: Kitchen) -> None:
    told = row(kitchen, "steward", "1")
    delivery = Delivery.objects.create(notification=told, channel="email")
    for name, may in {"steward": True, "admin": True, "member": False, "outsider": False}.items():
        actor = Actor(kitchen.user(name))
        assert bool(gate.allows(actor, "view", delivery)) is may
        assert gate.narrow(actor, "view", Delivery.objects.all()).exists() is may
        assert bool(gate.allows(actor, "resend", delivery)) is may
