"""The three forms of the gate give one answer, which is the one that the contract gives."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import pytest
from django.db.models import Model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import gate
from accounts.grants import LEVELS
from accounts.models import User
from catalog.models import AttributeType, BoardColumn, GovernedObject
from catalog.things import AttributeOf
from permissions.attribute_sight import shows_attribute
from permissions.fields import editable_attributes, hidden_attributes
from tests.permissions.oracle import Oracle, is_admin
from tests.permissions.world import Asset, World, acting, condition, give, rolled_back
from workflows.lifecycle.moves import Move

EXAMPLES = int(os.environ.get("SLUICE_EXAMPLES", "12"))
proven = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@dataclass(frozen=True)
class Clause:
    """One of the sixteen shapes of a condition, on one of the assets; some name unknown keys."""

    asset: int
    relation: int | None
    state: int | None
    visible: bool
    editable: bool
    never_matches: bool


@dataclass(frozen=True)
class Case:
    """What is drawn: who is in which team, who holds what, who relates to what, the conditions,
    the columns of boards and who holds those."""

    memberships: frozenset[tuple[int, int]]
    grants: frozenset[tuple[bool, int, int, str]]
    relations: frozenset[tuple[int, int, int]]
    clauses: frozenset[Clause]
    columns: dict[tuple[int, str], tuple[bool, bool]]
    column_grants: frozenset[tuple[bool, int, int, str]]


def upto(count: int) -> st.SearchStrategy[int]:
    return st.integers(0, count - 1)


clauses = st.builds(
    Clause,
    asset=upto(8),
    relation=st.none() | upto(2),
    state=st.none() | upto(2),
    visible=st.booleans(),
    editable=st.booleans(),
    never_matches=st.sampled_from([False, False, False, True]),
)
cases = st.builds(
    Case,
    memberships=st.frozensets(st.tuples(upto(7), upto(2)), max_size=5),
    grants=st.frozensets(
        st.tuples(st.booleans(), upto(7), upto(10), st.sampled_from(LEVELS)), max_size=10
    ),
    relations=st.frozensets(st.tuples(upto(7), upto(2), upto(5)), max_size=14),
    clauses=st.frozensets(clauses, max_size=9),
    columns=st.dictionaries(
        st.tuples(upto(4), st.sampled_from(["price", "colour"])),
        st.tuples(st.booleans(), st.booleans()),
        max_size=4,
    ),
    column_grants=st.frozensets(
        st.tuples(st.booleans(), upto(7), upto(4), st.sampled_from(["view", "edit"])), max_size=8
    ),
)


def lay(world: World, case: Case) -> None:
    people = list(world.people.values())
    assets: list[Asset] = [*world.types, *world.attributes, *world.transitions]
    things: list[Model] = [*world.workspaces, *world.boards, *world.workflows]
    for person, team in case.memberships:
        people[person].groups.add(world.teams[team])
    for to_team, holder, thing, level in case.grants:
        give(world.teams[holder % 2] if to_team else people[holder], things[thing], level)
    for person, relation, thing in case.relations:
        world.relate(people[person], world.relation_types[relation], world.objects[thing])
    for one in case.clauses:
        condition(
            assets[one.asset],
            None if one.relation is None else world.relation_types[one.relation],
            None if one.state is None else world.states[one.state],
            visible=one.visible,
            editable=one.editable,
            never_matches=one.never_matches,
        )
    columns = [
        BoardColumn.objects.create(
            board=world.boards[board],
            attribute_key=key,
            is_view_restricted=for_viewers,
            is_edit_restricted=for_editors,
        )
        for (board, key), (for_viewers, for_editors) in case.columns.items()
    ]
    for to_team, holder, at, level in case.column_grants if columns else ():
        column = columns[at % len(columns)]
        give(world.teams[holder % 2] if to_team else people[holder], column, level)


Row = TypeVar("Row", bound=Model)
WORKFLOW_VERBS = ("view", "edit", "view_draft", "run", "disable")
VERBS_THAT_ADMINS_OVERRIDE = ("view", "view_draft", "disable", "stop")


def active(world: World) -> list[User]:
    return [one for one in world.people.values() if one.is_active]


def names(people: Iterable[User]) -> list[str]:
    return sorted(one.username for one in people)


def check_rows(
    world: World,
    verb: str,
    things: list[Row],
    rule: Callable[[User, Row], bool],
    *,
    overrides: bool = True,
) -> None:
    """All three forms say what the rule says; what only an admin's power allows is marked."""
    for user in active(world):
        check_person(user, verb, things, partial(rule, user), override=overrides and is_admin(user))
    for one in things:
        wanted = [user for user in active(world) if rule(user, one)]
        assert names(gate.who(verb, one)) == names(wanted), (verb, one)


def check_person(
    user: User, verb: str, things: list[Row], rule: Callable[[Row], bool], *, override: bool
) -> None:
    actor = acting(user)
    allowed = set()
    decisions = [gate.allows(actor, verb, one) for one in things]
    assert gate.allows_each(actor, verb, things) == decisions
    for one, decision in zip(things, decisions, strict=True):
        assert decision.allowed == (rule(one) or override), (user, verb, one, decision)
        assert decision.override == (decision.allowed and not rule(one)), (user, verb, decision)
        assert decision.level, (user, verb, one)
        assert decision.reason.endswith("."), decision
        if decision:
            allowed.add(one.pk)
    rows = type(things[0])._default_manager.filter(pk__in=[one.pk for one in things])
    narrowed = gate.narrow(actor, verb, rows)
    assert set(narrowed.values_list("pk", flat=True)) == allowed, (user, verb)


@pytest.mark.django_db
@proven
@given(case=cases)
def test_objects(case: Case, world: World) -> None:
    with rolled_back():
        lay(world, case)
        oracle = Oracle()
        check_rows(world, "view", world.objects, oracle.sees_object)
        check_rows(world, "edit", world.objects, oracle.edits_object)


@pytest.mark.django_db
@proven
@given(case=cases)
def test_moves(case: Case, world: World) -> None:
    recipes = world.objects[:4]
    with rolled_back():
        lay(world, case)
        oracle = Oracle()
        for transition in world.transitions:
            check_rows(
                world,
                f"transition:{transition.pk}",
                recipes,
                partial(oracle.makes_move, transition),
                overrides=transition.mode == "any",
            )
            for one in recipes:
                check_one_move(world, oracle, Move(one, transition))


def check_one_move(world: World, oracle: Oracle, move: Move) -> None:
    """The move itself, of which `transition:ID` is the set form."""
    entitled = [u for u in active(world) if oracle.makes_move(move.transition, u, move.object)]
    assert names(gate.who("transition", move)) == names(entitled)
    for user in active(world):
        actor = acting(user)
        decision = gate.allows(actor, "transition", move)
        assert gate.allows_each(actor, "transition", [move, move]) == [decision, decision]
        overrides = is_admin(user) and move.transition.mode == "any"
        assert decision.allowed == (user in entitled or overrides), (user, move, decision)
        assert decision.override == (decision.allowed and user not in entitled)


@pytest.mark.django_db
@proven
@given(case=cases)
def test_attributes(case: Case, world: World) -> None:
    with rolled_back():
        lay(world, case)
        oracle = Oracle()
        for user in active(world):
            actor = acting(user)
            hidden = hidden_attributes(actor, world.objects)
            editable = editable_attributes(actor, world.objects)
            for one in world.objects:
                seen, edited = check_attributes(user, oracle, one)
                assert hidden[one.pk] == {a.key for a in attributes_of(one)} - seen
                assert editable[one.pk] == edited
            check_filters_by_attributes(user, oracle, world)
        for one in world.objects:
            check_people_of_attributes(world, oracle, one)


def rules_of_attributes(
    oracle: Oracle,
) -> dict[str, Callable[[User, GovernedObject, AttributeType], bool]]:
    return {"view": oracle.sees_attribute, "edit": oracle.edits_attribute}


def attributes_of(one: GovernedObject) -> list[AttributeType]:
    return list(AttributeType.objects.filter(object_type=one.object_type_id))


def check_attributes(user: User, oracle: Oracle, one: GovernedObject) -> tuple[set[str], set[str]]:
    """The keys that the gate lets this person see and edit, compared with the rule."""
    actor = acting(user)
    found: dict[str, set[str]] = {"view": set(), "edit": set()}
    for attribute in attributes_of(one):
        for verb, rule in rules_of_attributes(oracle).items():
            decision = gate.allows(actor, verb, AttributeOf(one, attribute))
            wanted = rule(user, one, attribute)
            assert decision.allowed == (wanted or is_admin(user)), (user, one, decision)
            assert decision.override == (decision.allowed and not wanted)
            if decision:
                found[verb].add(attribute.key)
    assert found["edit"] <= found["view"]
    return found["view"], found["edit"]


def check_filters_by_attributes(user: User, oracle: Oracle, world: World) -> None:
    """A filter or a sort by an attribute leaves out those objects on which it is hidden."""
    actor = acting(user)
    rows = gate.narrow(actor, "view", GovernedObject.objects.all())
    for key in {attribute.key for attribute in world.attributes}:
        wanted = {
            one.pk
            for one in world.objects
            for attribute in attributes_of(one)
            if attribute.key == key
            and (is_admin(user) or oracle.sees_attribute(user, one, attribute))
        }
        assert {one.pk for one in rows.filter(shows_attribute(actor, key))} == wanted


def check_people_of_attributes(world: World, oracle: Oracle, one: GovernedObject) -> None:
    for attribute in attributes_of(one):
        for verb, rule in rules_of_attributes(oracle).items():
            wanted = [user for user in active(world) if rule(user, one, attribute)]
            assert names(gate.who(verb, AttributeOf(one, attribute))) == names(wanted)


@pytest.mark.django_db
@proven
@given(case=cases)
def test_workflows(case: Case, world: World) -> None:
    with rolled_back():
        lay(world, case)
        oracle = Oracle()
        for verb in WORKFLOW_VERBS:
            check_rows(
                world,
                verb,
                world.workflows,
                partial(oracle.does_with_workflow, verb),
                overrides=verb in VERBS_THAT_ADMINS_OVERRIDE,
            )


@pytest.mark.django_db
@proven
@given(case=cases)
def test_workspaces_and_boards(case: Case, world: World) -> None:
    with rolled_back():
        lay(world, case)
        oracle = Oracle()
        for verb in ("view", "edit", "create_object"):
            check_rows(
                world,
                verb,
                world.boards,
                partial(oracle.does_with_board, verb),
            )
        for verb in ("view", "edit", "create_board"):
            check_rows(
                world,
                verb,
                world.workspaces,
                partial(oracle.does_with_workspace, verb),
            )
