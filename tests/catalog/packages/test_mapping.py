"""A state in which objects stand leaves a package: with a mapping they move, without it stays."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.actor import Actor
from accounts.exceptions import Invalid, Problem
from catalog.models import Change, GovernedObject, ObjectType, State
from catalog.packages.applying import apply, plan
from catalog.packages.exporting import export
from catalog.services import objects
from journal.models import Event, Pending
from tests.catalog.packages.samples import Document, recipes
from tests.kitchen import SYSTEM
from workflows.lifecycle import service

pytestmark = pytest.mark.django_db


def renamed(**mapping: str) -> Document:
    """The recipes with `checking` where `review` was, all that names it included."""
    document = recipes()
    document["workflowStates"][0] |= {"key": "checking"}
    document["workflowTransitionTriggers"][0]["toStateKey"] = "checking"
    document["workflowTransitionTriggers"][1]["fromStateKey"] = "checking"
    document["automations"][0]["trigger"]["toStateKey"] = "checking"
    if mapping:
        document["workflows"][0]["stateMapping"] = mapping
    return document


def laid(count: int = 3) -> list[GovernedObject]:
    """So many recipes in review, and one in draft."""
    apply(recipes(), actor=SYSTEM)
    kind = ObjectType.objects.get()
    made = [objects.create(kind, actor=SYSTEM, name=f"Soup {n}") for n in range(count + 1)]
    for one in made[:count]:
        service.move(one, "submit_for_review", actor=SYSTEM)
    return made


def states() -> list[str]:
    rows = GovernedObject.objects.order_by("pk").values_list("state__key", flat=True)
    return [str(key) for key in rows]


def refused(document: Document, **more: Any) -> list[Problem]:
    with pytest.raises(Invalid) as refusal:
        apply(document, actor=SYSTEM, **more)
    return refusal.value.problems


def test_without_a_mapping_it_stays_and_the_problem_says_how_many_and_what_to_do() -> None:
    laid()
    (problem,) = refused(renamed())
    assert (problem.pointer, problem.code) == ("/workflowStates", "inUse")
    assert "3 objects in this state" in problem.detail
    assert "stateMapping" in problem.detail
    assert states() == ["review"] * 3 + ["draft"]
    assert State.objects.filter(key="review").exists()


def test_with_a_mapping_they_move_each_with_its_history_and_its_event() -> None:
    made = laid()
    before = GovernedObject.objects.get(pk=made[0].pk)
    document = renamed(review="checking")
    planned = plan(document, actor=SYSTEM)
    (move,) = planned.moves
    assert (move.pointer, move.identity, move.into, move.count) == (
        "/workflows/0/stateMapping/review",
        "cust_lifecycle/review",
        "cust_lifecycle/checking",
        3,
    )
    assert move.detail == "3 objects in this state go over to checking."
    assert states() == ["review"] * 3 + ["draft"]

    assert apply(document, actor=SYSTEM).moves == planned.moves
    assert states() == ["checking"] * 3 + ["draft"]
    assert not State.objects.filter(key="review").exists()
    after = GovernedObject.objects.get(pk=made[0].pk)
    assert after.state_since > before.state_since
    assert after.version == before.version + 1
    rows = Change.objects.filter(via_kind="package")
    assert rows.count() == 3
    row = rows.get(object_id=made[0].pk)
    assert (row.verb, row.field, row.before, row.after) == (
        "transitioned",
        "stateKey",
        "review",
        "checking",
    )
    assert (row.via_id, row.actor_name, row.is_override) == ("recipes", "system", True)
    assert row.root_id is not None
    event = Event.objects.get(pk=row.root_id)
    assert (event.kind, event.subject_id) == ("workflowStateChanged", made[0].pk)
    assert event.payload == {"before": "review", "after": "checking", "transitionKey": None}
    assert Pending.objects.filter(event=event).exists()


def test_applied_again_it_changes_nothing_and_comes_out_of_an_export() -> None:
    laid()
    document = renamed(review="checking")
    apply(document, actor=SYSTEM)
    again = plan(document, actor=SYSTEM)
    assert (again.changes, again.moves, again.problems) == ((), (), ())
    version = GovernedObject.objects.order_by("pk")[0].version
    apply(document, actor=SYSTEM)
    assert GovernedObject.objects.order_by("pk")[0].version == version
    assert export("recipes", actor=SYSTEM) == document


def test_one_file_fits_installations_of_several_ages() -> None:
    laid()
    apply(renamed(review="checking"), actor=SYSTEM)
    later = renamed(review="checking", checking="draft")
    del later["workflowStates"][0]
    del later["automations"]
    later["workflowTransitionTriggers"] = []
    later["conditions"].pop(1)
    (move,) = plan(later, actor=SYSTEM).moves
    assert (move.identity, move.into, move.count) == (
        "cust_lifecycle/checking",
        "cust_lifecycle/draft",
        3,
    )
    apply(later, actor=SYSTEM)
    assert states() == ["draft"] * 4


def test_an_old_installation_follows_the_steps_to_their_end() -> None:
    laid()
    document = renamed(review="lost", lost="checking")
    apply(document, actor=SYSTEM)
    assert states() == ["checking"] * 3 + ["draft"]


def test_a_state_that_another_package_still_has_does_not_leave() -> None:
    laid()
    other = {
        "packageKey": "other",
        "workflows": [{"key": "cust_lifecycle", "name": "Recipe lifecycle"}],
        "workflowStates": [recipes()["workflowStates"][0]],
    }
    apply(other, actor=SYSTEM)
    (problem,) = refused(renamed(review="checking"))
    assert (problem.pointer, problem.code) == ("/workflows/0/stateMapping/review", "stillThere")
    apply({"packageKey": "other"}, actor=SYSTEM)
    apply(renamed(review="checking"), actor=SYSTEM)
    assert states() == ["checking"] * 3 + ["draft"]


def test_a_refused_package_moves_nobody() -> None:
    laid()
    wrong = renamed(review="checking")
    wrong["conditions"].append({"userRelationTypeKey": "nobody", "editable": True})
    assert [one.code for one in refused(wrong)] == ["unknownReference"]
    assert states() == ["review"] * 3 + ["draft"]
    assert not Change.objects.filter(via_kind="package").exists()


def test_the_state_of_the_beginning_may_leave() -> None:
    laid()
    document = recipes()
    document["workflows"][0] |= {"initStateKey": "review", "stateMapping": {"draft": "review"}}
    del document["workflowStates"][1]
    del document["workflowTransitionTriggers"][0]
    del document["conditions"][0]
    apply(document, actor=SYSTEM)
    assert states() == ["review"] * 4
    made = objects.create(ObjectType.objects.get(), actor=SYSTEM, name="New")
    assert made.state is not None
    assert made.state.key == "review"


def test_the_command_shows_how_many_go_where(
    tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    laid(2)
    file = tmp_path / "renamed.json"
    file.write_text(json.dumps(renamed(review="checking")))
    call_command("package", "plan", str(file))
    line = (
        "> workflowStates cust_lifecycle/review -> cust_lifecycle/checking: "
        "2 objects in this state go over to checking."
    )
    assert line in capsys.readouterr().out.splitlines()
    call_command("package", "apply", str(file), "--yes")
    assert line in capsys.readouterr().out.splitlines()
    assert states() == ["checking"] * 2 + ["draft"]


def test_applying_again_never_resets_a_state() -> None:
    made = laid(1)
    service.move(made[0], "approve", actor=SYSTEM)
    changed = recipes()
    changed["workflows"][0]["initStateKey"] = "draft"
    changed["workflowStates"][0]["name"] = "Under review"
    for document in (recipes(), changed, recipes()):
        apply(document, actor=SYSTEM)
        assert states() == ["approved", "draft"]


KEYS = ("s0", "s1", "s2", "s3")


def line_of(keys: list[str], mapping: dict[str, str] | None = None) -> Document:
    own: dict[str, Any] = {"key": "life"}
    if mapping is not None:
        own["stateMapping"] = mapping
    return {
        "packageKey": "line",
        "objectTypes": [{"key": "thing", "workflowKey": "life"}],
        "workflows": [own],
        "workflowStates": [{"key": key, "position": KEYS.index(key)} for key in keys],
    }


class AfterAMappedRemoval(TestCase):
    """Whatever leaves and wherever it goes: no object is lost, and none stands where nothing is."""

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def test_nobody_stands_in_a_state_that_has_left(self, data: st.DataObject) -> None:
        actor = Actor.system()
        apply(line_of(list(KEYS)), actor=actor)
        kind = ObjectType.objects.get(key="thing")
        places = data.draw(st.lists(st.sampled_from(KEYS), max_size=6))
        for place in places:
            state = State.objects.get(key=place)
            objects.create(kind, actor=actor, name="Thing", state=state)
        staying = data.draw(st.lists(st.sampled_from(KEYS), min_size=1, unique=True))
        gone = [key for key in KEYS if key not in staying]
        mapping = {key: data.draw(st.sampled_from(KEYS)) for key in gone}
        document = line_of(staying, mapping)
        ends = {key: _end(key, mapping, staying) for key in KEYS}
        if None in ends.values():
            with pytest.raises(Invalid):
                apply(document, actor=actor)
            assert sorted(states()) == sorted(places)
            return
        assert sum(one.count for one in plan(document, actor=actor).moves) == sum(
            place in gone for place in places
        )
        apply(document, actor=actor)
        assert states() == [ends[place] for place in places]
        assert set(State.objects.values_list("key", flat=True)) == set(staying)


def _end(key: str, mapping: dict[str, str], staying: list[str]) -> str | None:
    """Where an object of a state ends; None where the mapping leads in a circle."""
    seen = set()
    while key not in staying:
        if key in seen:
            return None
        seen.add(key)
        key = mapping[key]
    return key
