"""Statements that are built once: the same rows as by the ORM, with other values each time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F, QuerySet
from django.test.utils import CaptureQueriesContext

from catalog.models import Change, GovernedObject
from catalog.services.boards import default_board
from catalog.services.parts import LOCKED
from journal.clock import now
from journal.models import Event, Pending
from journal.prepared import (
    MOST_BOUND,
    MOST_SINGLE,
    Alteration,
    AlterationOfSeveral,
    Given,
    Question,
    QuestionOfSeveral,
    Several,
    insert,
    update,
)
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


def test_a_list_of_any_length_is_asked_for(kitchen: Kitchen) -> None:
    built: list[int] = []

    def build(names: Several) -> QuerySet[GovernedObject, tuple[str]]:
        built.append(1)
        rows = GovernedObject.objects.filter(
            name__in=names, object_type__in=[kitchen.recipe.pk], created_at__lte=Given("until")
        )
        return rows.order_by("pk").values_list("name")

    question = QuestionOfSeveral(build)
    for text in HOSTILE:
        add(kitchen, text)
    for count in range(len(HOSTILE) + 1):
        wanted = HOSTILE[:count]
        assert question.rows(wanted, until=now()) == [(text,) for text in wanted]
    assert question.rows([*HOSTILE, "of nobody"], until=now() - timedelta(days=1)) == []
    assert len(built) == len({1, 2, 4, 8})


def test_a_list_longer_than_the_protocol_binds(kitchen: Kitchen) -> None:
    question = QuestionOfSeveral(
        lambda ids: GovernedObject.objects.filter(pk__in=ids).values_list("name")
    )
    soup = add(kitchen, "soup")
    assert question.rows([*range(-MOST_BOUND, 0), soup.pk]) == [("soup",)]


def test_the_rows_that_a_foreign_key_names(kitchen: Kitchen) -> None:
    question = QuestionOfSeveral(
        lambda types: GovernedObject.objects.filter(object_type__in=types).values_list("name")
    )
    add(kitchen, "soup")
    assert question.rows([kitchen.recipe.pk, 0]) == [("soup",)]


def test_an_alteration_changes_what_it_names_alone(kitchen: Kitchen) -> None:
    first, second = add(kitchen, "soup"), add(kitchen, "stew")
    rename = Alteration(
        lambda: (
            GovernedObject.objects.filter(name=Given("old")),
            {"name": Given("new"), "version": F("version") + 1, "created_at": Given("at")},
        )
    )
    instant = now() + timedelta(hours=1)
    for text in HOSTILE:
        assert rename.apply(old="soup", new=text, at=instant) == 1
        first.refresh_from_db()
        assert (first.name, first.created_at) == (text, instant)
        assert rename.apply(old=text, new="soup", at=instant) == 1
    assert rename.apply(old="nothing", new="x", at=instant) == 0
    second.refresh_from_db()
    assert (second.name, second.version) == ("stew", 1)
    first.refresh_from_db()
    assert first.version == 1 + 2 * len(HOSTILE)


def test_an_alteration_of_several(kitchen: Kitchen) -> None:
    rows = [add(kitchen, text) for text in HOSTILE]
    alteration = AlterationOfSeveral(
        lambda keys: (
            GovernedObject.objects.filter(pk__in=keys, name=Given("name")),
            {"version": 7},
        )
    )
    assert alteration.apply([], name="%s") == 0
    assert alteration.apply([row.pk for row in rows], name="%s") == 1
    assert list(GovernedObject.objects.filter(version=7)) == [rows[0]]


def test_fields_of_a_row_are_written_as_by_save(kitchen: Kitchen) -> None:
    row = add(kitchen, "soup", attributes={"note": "x"})
    for text in HOSTILE:
        row.name, row.attributes, row.version = text, {"note": [text, None]}, 9
        update(row, "name", "attributes")
        read = GovernedObject.objects.get(pk=row.pk)
        assert (read.name, read.attributes) == (text, {"note": [text, None]})
        assert read.version == 1
    row.enter(kitchen.states["review"])
    update(row, "state", "parent")
    # The guard of a state that somebody else moved meanwhile knows that it was written.
    row.save()
    read = GovernedObject.objects.get(pk=row.pk)
    assert (read.state, read.parent, read.version) == (kitchen.states["review"], None, 9)
    GovernedObject.objects.filter(pk=row.pk).delete()
    with pytest.raises(DatabaseError, match="There is no object"):
        update(row, "name")


def test_the_server_prepares_them(kitchen: Kitchen) -> None:
    """On PostgreSQL, where the server would plan a text anew each time."""
    question = Question(lambda: GovernedObject.objects.filter(name=Given("name")).order_by("pk"))
    add(kitchen, "soup")
    for _ in range(10):
        assert question.first(name="soup") is not None
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%name%"]
        )
        assert cursor.fetchone()[0] >= 1
