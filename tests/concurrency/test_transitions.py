"""Races on real connections: what only one may win, one wins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import connection

from accounts.exceptions import Conflict, Invalid
from automations import engine
from automations.dispatch import CONSUMER
from automations.models import Execution
from catalog.models import Change, GovernedObject
from catalog.services import placing
from journal.consuming import consume
from journal.models import Event
from notifications.models import Notification
from tests.cast import make_cast
from tests.kitchen import NOTE, SYSTEM, TELL, build_kitchen, definition, published
from workflows.authoring.services import drafts, publishing
from workflows.lifecycle import service
from workflows.models import Version

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(attempts: int, act: Callable[[int], object], *, threads: int = 25) -> Counter[str]:
    """Runs the attempts on connections of their own, as close together as threads allow.

    Answers how often each outcome came: "done", or the name of the refusal.
    """
    start = Barrier(threads)

    def attempt(number: int) -> str:
        try:
            if number < threads:
                start.wait(10)
            act(number)
        except (Conflict, Invalid) as refusal:
            return type(refusal).__name__
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return Counter(pool.map(attempt, range(attempts)))


def test_of_fifty_requests_for_one_transition_one_succeeds() -> None:
    cast, kitchen = make_cast(), build_kitchen()
    published("greet", definition(NOTE, TELL))
    soup = kitchen.make(user_relations={kitchen.business_owner: [cast.steward]})
    actor = cast.acting("member")
    outcomes = at_once(50, lambda _: service.move(soup, "submit", actor=actor))
    assert outcomes == {"done": 1, "Conflict": 49}
    assert Change.objects.filter(verb="transitioned").count() == 1
    assert Event.objects.filter(kind="workflowStateChanged").count() == 1
    at_once(8, lambda _: consume(CONSUMER), threads=8)
    assert Execution.objects.count() == 1


def test_of_many_workers_one_runs_an_execution() -> None:
    cast, kitchen = make_cast(), build_kitchen()
    published("greet", definition(NOTE, TELL))
    soup = kitchen.make(user_relations={kitchen.business_owner: [cast.steward]})
    service.move(soup, "submit", actor=cast.acting("member"))
    consume(CONSUMER)
    execution = Execution.objects.get()

    at_once(16, lambda _: engine.run(execution.pk), threads=16)
    assert Execution.objects.get().status == "succeeded"
    assert Notification.objects.count() == 1
    assert Change.objects.filter(field="attributes.note").count() == 1
    assert GovernedObject.objects.get(pk=soup.pk).attributes["note"] == "seen"


def test_versions_have_no_gap_and_no_double() -> None:
    build_kitchen()
    workflow = published("greet", definition(NOTE))

    def publish(number: int) -> None:
        drafts.begin_draft(workflow, actor=SYSTEM)
        drafts.save_draft(workflow, definition({**NOTE, "value": str(number)}), actor=SYSTEM)
        publishing.publish(workflow, actor=SYSTEM)

    outcomes = at_once(20, publish, threads=8)
    numbers = sorted(Version.objects.values_list("number", flat=True))
    assert numbers == list(range(1, outcomes["done"] + 2))


def test_concurrent_events_all_find_their_workflow() -> None:
    """Marks written by parallel commits are all handed out, whatever the order of their ids."""
    cast, kitchen = make_cast(), build_kitchen()
    published("greet", definition(NOTE))
    soups = [kitchen.make(f"Soup {number}") for number in range(40)]
    actor = cast.acting("member")
    at_once(40, lambda number: service.move(soups[number], "submit", actor=actor), threads=8)
    at_once(4, lambda _: consume(CONSUMER), threads=4)
    consume(CONSUMER)
    assert Execution.objects.count() == 40


def test_two_moves_at_once_close_no_cycle() -> None:
    kitchen = build_kitchen()
    for round_number in range(10):
        pair = [kitchen.make(f"Half {round_number} {side}") for side in "ab"]
        outcomes = at_once(2, partial(move_below_the_other, pair), threads=2)
        assert outcomes == {"done": 1, "Invalid": 1}


def move_below_the_other(pair: list[GovernedObject], number: int) -> None:
    placing.move(pair[number], actor=SYSTEM, parent=pair[1 - number])
