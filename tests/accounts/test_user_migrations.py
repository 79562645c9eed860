"""Users from before a rule: a shared address stops the migration, looks of names are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.actor import Actor
from accounts.exceptions import Invalid
from accounts.services.users import create_user

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE, AFTER = "0005_seal_stored_answers", "0008_plain_names"


def migrate(name: str) -> Any:
    """The models of the time after this migration."""
    executor = MigrationExecutor(connection)
    executor.migrate([("accounts", name)])
    return executor.loader.project_state([("accounts", name)]).apps


@pytest.fixture
def before() -> Iterator[Callable[..., Any]]:
    """Makes users as they were before the rules."""
    people = migrate(BEFORE).get_model("accounts", "User").objects
    yield lambda name, email: people.create(username=name, folded_username=name, email=email)
    people.all().delete()
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_a_shared_address_is_told_and_nothing_is_changed(before: Callable[..., Any]) -> None:
    before("ada", "Ada@müller.example")
    second = before("eve", "ada@MÜLLER.example")
    before("bob", "bob@example.org")
    with pytest.raises(RuntimeError) as refused:
        migrate(AFTER)
    assert "ada@müller.example (ada, eve)" in str(refused.value)
    assert "bob" not in str(refused.value)
    second.email = ""
    second.save(update_fields=["email"])
    people = migrate(AFTER).get_model("accounts", "User").objects
    found = dict(people.values_list("username", "folded_email"))
    assert found == {"ada": "ada@müller.example", "eve": "", "bob": "bob@example.org"}


def test_names_from_before_are_compared_by_their_looks(before: Callable[..., Any]) -> None:
    before("ada1", "")
    models = migrate(AFTER)
    people = models.get_model("accounts", "User").objects
    assert list(people.values_list("username", "plain_username")) == [("ada1", "adal")]
    with pytest.raises(Invalid) as refused:
        create_user("adaI", actor=Actor.system())
    assert [one.code for one in refused.value.problems] == ["looksAlike"]
