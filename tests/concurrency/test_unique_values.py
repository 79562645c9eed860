"""Two people give the same unique value at the same moment: one keeps it, the other is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from catalog.models import GovernedObject, UniqueValue
from tests.api.problems import problem
from tests.cast import client_of, make_user
from tests.kitchen import build_kitchen

pytestmark = pytest.mark.django_db(transaction=True)

OBJECTS = "/api/v1/objects/"
CALLERS = 4
ROUNDS = 5


def at_once(send: Any) -> list[Any]:
    """What each of several callers with a connection of their own was answered."""
    together = Barrier(CALLERS)

    def call(number: int) -> Any:
        try:
            together.wait(30)
            return send(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(call, range(CALLERS)))


def held(answers: list[Any], good: int) -> None:
    """One was taken; the others were refused, at the attribute's place and for its reason."""
    assert sorted(one.status_code for one in answers) == [good] + [422] * (CALLERS - 1)
    for answer in answers:
        if answer.status_code != good:
            found = problem(answer, 422)
            told = [(one["pointer"], one["code"]) for one in found["errors"]]
            assert told == [("/attributes/number", "notUnique")]


def test_of_objects_made_with_one_unique_value_at_once_one_is_made() -> None:
    build_kitchen()
    clients = [client_of(make_user(f"cook{number}")) for number in range(CALLERS)]
    for turn in range(ROUNDS):
        made = at_once(
            lambda number, turn=turn: clients[number].post(
                OBJECTS,
                {"objectTypeKey": "recipe", "name": "Soup", "attributes": {"number": turn}},
            )
        )
        held(made, 201)
        assert GovernedObject.objects.count() == UniqueValue.objects.count() == turn + 1


def test_of_changes_to_one_unique_value_at_once_one_is_kept() -> None:
    kitchen = build_kitchen()
    clients = [client_of(make_user(f"cook{number}")) for number in range(CALLERS)]
    soups = [kitchen.make(f"Soup {number}") for number in range(CALLERS)]
    for turn in range(ROUNDS):
        changed = at_once(
            lambda number, turn=turn: clients[number].patch(
                f"{OBJECTS}{soups[number].pk}/", {"attributes": {"number": turn}}
            )
        )
        held(changed, 200)
        having = GovernedObject.objects.filter(attributes__number=turn)
        assert having.count() == 1
