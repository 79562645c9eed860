"""Accounts from before the rule: a shared address stops the migration, and is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE, AFTER = "0005_seal_stored_answers", "0007_addresses_unique"


def migrate(name: str) -> Any:
    """The models of the time after this migration."""
    executor = MigrationExecutor(connection)
    executor.migrate([("accounts", name)])
    return executor.loader.project_state([("accounts", name)]).apps


@pytest.fixture
def before() -> Iterator[Callable[..., Any]]:
    """Makes users as they were before the rule."""
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
