"""Statements that are built once: the same rows as by the ORM, with other values each time."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.test.utils import CaptureQueriesContext

from catalog.models import Change, GovernedObject
from catalog.services.boards import default_board
from catalog.services.parts import LOCKED
from journal.models import Event, Pending
from journal.prepared import MOST_SINGLE, Given, Question, insert
from tests.kitchen import Kitchen

pytestmark = pytest.mark.django_db
HOSTILE = ["%s", "'; --", "Ω\N{COMBINING ACUTE ACCENT}", "", '{"a": 1}']


def add(kitchen: Kitchen, name: str, **columns: Any) -> GovernedObject:
    """An object as the columns say, past the services, which would refuse it."""
    given = {"state": kitchen.states["draft"], "board": default_board(kitchen.recipe), **columns}
    return GovernedObject.objects.create(
        object_type=kitchen.recipe, name=name, key=f"k{GovernedObject.objects.count()}", **given
    )


def objects() -> QuerySet[GovernedObject]:
    rows = GovernedObject.objects.select_related("object_type", "state", "parent")
    return rows.annotate(lifecycle=F("object_type__lifecycle"))


def test_models_are_those_of_the_orm(kitchen: Kitchen) -> None:
    question = Question(lambda: objects().filter(pk=Given("pk")))
    for text in HOSTILE:
        first = add(kitchen, text, attributes={"note": text, "list": [1, None, True]})
    add(kitchen, "stateless", state=None, parent=first)
    for wanted in objects():
        found = question.first(pk=wanted.pk)
        assert found is not None
        for field in GovernedObject._meta.concrete_fields:
            assert getattr(found, field.attname) == getattr(wanted, field.attname)
        with CaptureQueriesContext(connection) as asked:
            assert (found.state, found.parent) == (wanted.state, wanted.parent)
            assert found.object_type.name == wanted.object_type.name
        assert not asked
    assert question.first(pk=0) is None


def test_tuples_are_those_of_the_orm(kitchen: Kitchen) -> None:
    columns = ("attributes", "name", "created_at", "state__name")
    question = Question(
        lambda: GovernedObject.objects.filter(name=Given("name")).values_list(*columns)
    )
    for text in HOSTILE:
        add(kitchen, text, attributes={"note": text})
    for text in HOSTILE:
        assert question.rows(name=text) == list(
            GovernedObject.objects.filter(name=text).values_list(*columns)
        )
    assert question.rows(name=None) == []


def test_it_is_built_once(kitchen: Kitchen) -> None:
    built: list[int] = []

    def build() -> QuerySet[GovernedObject]:
        built.append(1)
        return GovernedObject.objects.filter(pk=Given("pk"))

    question = Question(build)
    for _ in range(3):
        question.rows(pk=1)
    assert built == [1]


@pytest.mark.django_db(transaction=True)
def test_what_locks_wants_a_transaction(kitchen: Kitchen) -> None:
    row = kitchen.make()
    with transaction.atomic():
        assert LOCKED.first(pk=row.pk) == row
    with pytest.raises(transaction.TransactionManagementError):
        LOCKED.first(pk=row.pk)


@pytest.mark.parametrize("count", [1, MOST_SINGLE, MOST_SINGLE + 1])
def test_new_rows_are_read_back_as_they_were_given(count: int) -> None:
    rows = [Event(kind="k", actor_name=text, via_kind="api") for text in HOSTILE[:count]]
    for row in rows:
        row.payload = {"text": row.actor_name, "none": None}
    insert(rows)
    assert [row.pk for row in rows] == sorted({row.pk for row in rows})
    for row in rows:
        assert not row._state.adding
        read = Event.objects.get(pk=row.pk)
        for field in Event._meta.concrete_fields:
            assert getattr(read, field.attname) == getattr(row, field.attname)


def test_new_rows_name_others_and_hold_nothing() -> None:
    event = Event(kind="k", actor_name="system", via_kind="api")
    insert([event])
    insert([Pending(event=event, consumer="nobody")])
    assert Pending.objects.get().event == event
    insert([Change(object_id=1, object_key="k", verb="changed", before=None, after=False)])
    change = Change.objects.get()
    assert (change.before, change.after) == (None, False)
    assert Change.objects.filter(before__isnull=True).exists()


def test_nothing_to_insert_is_no_statement() -> None:
    with CaptureQueriesContext(connection) as sent:
        insert([])
    assert not sent
