"""A state leaves while people move objects into it and out of it, on real connections."""

from __future__ import annotations

import itertools
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection

from accounts.exceptions import Conflict, Invalid
from accounts.http.problems import told_of
from catalog.models import Change, GovernedObject, State
from journal.models import Event
from tests.kitchen import SYSTEM, Kitchen, build_kitchen
from workflows.lifecycle import saving, service

pytestmark = pytest.mark.django_db(transaction=True)

MOVERS = 12


def take_review_away(kitchen: Kitchen) -> None:
    states = [{"key": key} for key in kitchen.states if key != "review"]
    given = {"states": states, "transitions": [], "stateMapping": {"review": "approved"}}
    saving.change_lifecycle(kitchen.lifecycle, given, actor=SYSTEM)


def test_nobody_is_left_in_a_state_that_leaves_meanwhile() -> None:
    kitchen = build_kitchen()
    coming = [kitchen.make() for _ in range(MOVERS)]
    going = [kitchen.make(state=kitchen.states["review"]) for _ in range(MOVERS)]
    staying = [kitchen.make(state=kitchen.states["review"]) for _ in range(MOVERS)]
    start = Barrier(2 * MOVERS + 1)

    def act(number: int) -> str:
        start.wait(10)
        try:
            if number == 2 * MOVERS:
                take_review_away(kitchen)
            elif number < MOVERS:
                service.move(coming[number], "submit", actor=SYSTEM)
            else:
                service.move(going[number - MOVERS], "approve", actor=SYSTEM)
        except (Conflict, Invalid, IntegrityError) as refusal:
            return type(told_of(refusal)).__name__
        finally:
            connection.close()
        return "done" if number < 2 * MOVERS else "left"

    with ThreadPoolExecutor(2 * MOVERS + 1) as pool:
        outcomes = Counter(pool.map(act, range(2 * MOVERS + 1)))
    assert outcomes["left"] == 1
    # What the database alone refuses is told as a refusal, too.
    assert set(outcomes) <= {"done", "left", "Conflict", "Invalid"}
    assert not State.objects.filter(key="review").exists()
    places = Counter(GovernedObject.objects.values_list("state__key", flat=True))
    assert set(places) <= {"draft", "approved"}
    assert places["draft"] + places["approved"] == 3 * MOVERS
    assert all(
        GovernedObject.objects.get(pk=one.pk).state == kitchen.states["approved"] for one in staying
    )
    for one in GovernedObject.objects.select_related("state"):
        rows = Change.objects.filter(object_id=one.pk, verb="transitioned").order_by("pk")
        steps = [(row.before, row.after) for row in rows]
        assert one.state is not None
        assert not steps or steps[-1][1] == one.state.key
        assert all(first[1] == second[0] for first, second in itertools.pairwise(steps))
        told = Event.objects.filter(subject_id=one.pk, kind="workflowStateChanged").count()
        assert told == len(steps)
