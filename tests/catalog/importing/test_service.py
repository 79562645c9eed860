"""The import as a whole: rights, a database that refuses, the real files."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from accounts.actor import Actor
from accounts.exceptions import Denied
from accounts.models import Role, User
from catalog.importing.service import import_objects
from catalog.models import (
    AttributeType,
    Change,
    GovernedObject,
    Lifecycle,
    ObjectType,
    RelationType,
    State,
    UniqueValue,
    UserRelationType,
)
from journal.models import Event
from tests.catalog.importing.files import Importer, codes, soup

pytestmark = pytest.mark.django_db


def test_only_who_manages_users_adds_people(load: Importer) -> None:
    member = User.objects.create_user("member")
    with pytest.raises(Denied):
        load(soup(), actor=Actor(member), creates_users=True)
    admin = User.objects.create_user("boss", role=Role.ADMIN)
    assert load(soup(), actor=Actor(admin), creates_users=True).created == 1


def test_a_line_that_the_database_refuses_does_not_cost_the_others_theirs(load: Importer) -> None:
    load(soup("a"))
    other = GovernedObject.objects.get()
    number = AttributeType.objects.get(key="number")

    def somebody_else(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        """Takes the number 1 between our look and our write."""
        if sql.startswith('INSERT INTO "catalog_governedobject"'):
            UniqueValue.objects.get_or_create(attribute=number, object=other, value="1")
        return execute(sql, *rest)

    with connection.execute_wrapper(somebody_else):
        report = load(
            *(
                soup(f"n{at}", attributes={"number": at}, userRelations={"owner": [f"p{at}"]})
                for at in range(1, 6)
            ),
            creates_users=True,
        )
    assert codes(report) == {1: [("/attributes", "notUnique")]}
    assert (report.created, report.users_created) == (4, 4)
    assert Event.objects.count() == 5


@pytest.mark.skipif("SLUICE_REAL_DATA" not in os.environ, reason="set SLUICE_REAL_DATA")
def test_the_real_proposals(load: Importer) -> None:
    folder = Path(os.environ["SLUICE_REAL_DATA"])
    package = json.loads((folder / "pep-package.json").read_text())
    lifecycle = Lifecycle.objects.create(key="pep_lifecycle", name="PEPs")
    for one in package["workflowStates"]:
        State.objects.create(lifecycle=lifecycle, key=one["key"], name=one["name"])
    kind = ObjectType.objects.create(key="pep", name="PEP", lifecycle=lifecycle)
    for one in package["attributeTypes"]:
        AttributeType.objects.create(
            object_type=kind, key=one["key"], name=one["name"], type=one["type"],
            is_required=one.get("required", False), is_unique=one.get("unique", False),
            options=one.get("options", []),
        )  # fmt: skip
    for one in package["relationTypes"]:
        RelationType.objects.get_or_create(
            key=one["key"], defaults={"source_object_type": None, "target_object_type": None}
        )
    RelationType.objects.update(source_object_type=kind, target_object_type=kind)
    for one in package["userRelationTypes"]:
        UserRelationType.objects.create(key=one["key"], name=one["name"])
    people = User.objects.count()
    arguments: dict[str, Any] = {
        "actor": Actor.system(),
        "object_type": kind,
        "creates_users": True,
    }
    first = import_objects(folder / "peps.jsonl", **arguments)
    assert (first.created, first.relations_added, first.users_created) == (736, 113, 372)
    assert not first.bad
    assert User.objects.count() - people == 372
    rows = (Change.objects.count(), Event.objects.count())
    again = import_objects(folder / "peps.jsonl", **arguments)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 736)
    assert (Change.objects.count(), Event.objects.count()) == rows
