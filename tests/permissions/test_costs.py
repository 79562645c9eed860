"""What the gate costs in queries: more than is written down here fails."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import gate
from accounts.models import User
from catalog.models import Board, GovernedObject
from catalog.things import AttributeOf
from permissions import grants
from permissions.fields import editable_attributes, hidden_attributes
from permissions.kinds import boards
from tests.permissions.world import Asset, World, acting, condition, give
from workflows.lifecycle.moves import Move
from workflows.models import Workflow


@pytest.fixture
def busy(world: World) -> World:
    """Conditions on everything, so that nothing is saved by there being none."""
    owner, steward = world.relation_types
    assets: list[Asset] = [*world.types, *world.attributes, *world.transitions]
    for asset in assets:
        condition(asset, visible=False)
        condition(asset, owner, world.states[0], editable=True)
        condition(asset, steward, editable=True)
    give(world.people["member"], world.boards[1], "join")
    for thing in world.objects[1:]:
        world.relate(world.people["member"], steward, thing)
    return world


def queries(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as seen:
        work()
    return len(seen)


def member(world: World) -> User:
    return world.people["member"]


def test_one_decision(busy: World) -> None:
    actor = acting(member(busy))
    thing = GovernedObject.objects.get(pk=busy.objects[1].pk)
    assert queries(lambda: gate.allows(actor, "view", thing)) <= 4
    assert queries(lambda: gate.allows(actor, "edit", AttributeOf(thing, busy.attributes[0]))) <= 4
    assert queries(lambda: gate.allows(actor, "transition", Move(thing, busy.transitions[0]))) <= 4
    hidden = GovernedObject.objects.get(pk=busy.objects[0].pk)
    # Two more for the sentence that says why not.
    assert queries(lambda: gate.allows(actor, "view", hidden)) <= 6
    assert queries(lambda: gate.allows(actor, "edit", busy.workflows[1])) <= 2
    assert queries(lambda: gate.allows(actor, "edit", busy.boards[1])) <= 2


def test_a_page_costs_what_one_costs(busy: World) -> None:
    actor = acting(member(busy))
    things = list(GovernedObject.objects.filter(state=busy.states[0], board=busy.boards[0]))
    one, copies = [things[0]], _more(busy, 50)
    assert queries(lambda: gate.allows_each(actor, "view", copies)) <= queries(
        lambda: gate.allows_each(actor, "view", one)
    )
    assert queries(lambda: hidden_attributes(actor, copies)) <= 5
    assert queries(lambda: editable_attributes(actor, copies)) <= 6
    moves = [Move(thing, each) for thing in copies for each in busy.transitions]
    assert queries(lambda: gate.allows_each(actor, "transition", moves)) <= 6


def _more(world: World, count: int) -> list[GovernedObject]:
    """Objects that their conditions show and let edit, so that no sentence is needed."""
    one = world.objects[0]
    made = GovernedObject.objects.bulk_create(
        GovernedObject(
            object_type=one.object_type,
            board=one.board,
            state=world.states[0],
            key=f"more-{number}",
            name="More",
        )
        for number in range(count)
    )
    for each in made:
        world.relate(member(world), world.relation_types[1], each)
    return made


def test_narrowing(busy: World) -> None:
    actor = acting(member(busy))
    for verb in ("view", "edit", f"transition:{busy.transitions[0].pk}"):
        rows = gate.narrow(actor, verb, GovernedObject.objects.all())
        assert queries(partial(list, rows)) == 1
    assert queries(lambda: gate.narrow(actor, "view", GovernedObject.objects.all())) <= 3
    assert queries(lambda: gate.narrow(actor, "edit", GovernedObject.objects.all())) <= 3
    assert queries(lambda: gate.narrow(actor, "view", Board.objects.all())) <= 1
    assert queries(lambda: gate.narrow(actor, "view", Workflow.objects.all())) <= 2


def test_electors(busy: World) -> None:
    move = Move(GovernedObject.objects.get(pk=busy.objects[0].pk), busy.transitions[0])
    assert queries(lambda: list(gate.who("transition", move))) <= 4


def test_who_holds_more_than_can_be_listed_gets_the_same(
    busy: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(member(busy), busy.workspaces[1], "join")
    actor = acting(member(busy))
    for model, verb in ((GovernedObject, "view"), (GovernedObject, "edit"), (Board, "view")):
        rows = model._default_manager.order_by("pk")
        listed = list(gate.narrow(actor, verb, rows))
        with monkeypatch.context() as many:
            many.setattr(grants, "MOST_LISTED", 0)
            many.setattr(boards, "MOST_LISTED", 0)
            assert list(gate.narrow(actor, verb, rows)) == listed
        assert listed
