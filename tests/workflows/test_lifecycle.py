"""Moving objects: what is refused, in which order, and what is written."""

from __future__ import annotations

import pytest

from accounts.exceptions import Conflict, Denied, Invalid, NotFound
from catalog.models import Change, GovernedObject
from catalog.services import objects
from journal.models import Event
from tests.cast import Cast
from tests.kitchen import SYSTEM, Kitchen
from workflows.lifecycle import service
from workflows.lifecycle.entering import Moved

pytestmark = pytest.mark.django_db


def test_a_move_writes_the_state_one_history_row_and_one_event(
    kitchen: Kitchen, cast: Cast
) -> None:
    soup = kitchen.make()
    moved = service.move(soup, "submit", actor=cast.acting("member"))
    fresh = GovernedObject.objects.get(pk=soup.pk)
    assert fresh.state == kitchen.states["review"]
    assert fresh.state_since > soup.state_since
    assert fresh.version == soup.version + 1
    assert isinstance(moved, Moved)
    assert not moved.override
    row = Change.objects.get(object_id=soup.pk, verb="transitioned")
    assert (row.field, row.before, row.after) == ("stateKey", "draft", "review")
    assert (row.actor_name, row.via_kind) == ("member", "api")
    event = Event.objects.get(kind="workflowStateChanged")
    assert event.payload == {"before": "draft", "after": "review", "transitionKey": "submit"}
    assert row.root_id == event.pk


def test_an_unknown_key_names_the_nearest(kitchen: Kitchen) -> None:
    with pytest.raises(Invalid) as refusal:
        service.move(kitchen.make(), "submitt", actor=SYSTEM)
    assert refusal.value.code == "unknownTransition"
    assert refusal.value.problems[0].nearest == "submit"


def test_a_known_move_from_elsewhere_names_what_is_allowed(kitchen: Kitchen) -> None:
    with pytest.raises(Conflict) as refusal:
        service.move(kitchen.make(), "approve", actor=SYSTEM)
    assert refusal.value.extra["allowed"] == ["submit", "retire"]


def test_who_may_not_is_denied_and_nothing_is_written(kitchen: Kitchen, cast: Cast) -> None:
    soup = kitchen.make()
    with pytest.raises(Denied) as refusal:
        service.move(soup, "submit", actor=cast.acting("viewer"))
    assert refusal.value.extra["level"]
    assert GovernedObject.objects.get(pk=soup.pk).state == kitchen.states["draft"]
    assert not Change.objects.filter(verb="transitioned").exists()
    service.move(soup, "submit", actor=cast.acting("member"))


def test_a_deleted_object_is_not_there(kitchen: Kitchen) -> None:
    soup = kitchen.make()
    objects.delete(kitchen.recipe.objects_of.get(pk=soup.pk), actor=SYSTEM)
    with pytest.raises(NotFound):
        service.move(soup, "submit", actor=SYSTEM)


def test_move_to_finds_the_transition_that_leads_there(kitchen: Kitchen) -> None:
    soup = kitchen.make()
    moved = service.move_to(soup, "review", actor=SYSTEM)
    assert isinstance(moved, Moved)
    assert moved.transition.key == "submit"
    with pytest.raises(Conflict):
        service.move_to(soup, "review", actor=SYSTEM)


def test_options_say_why_not(kitchen: Kitchen, cast: Cast) -> None:
    soup = kitchen.make()
    by_key = {
        option.transition.key: option
        for option in service.options(soup, actor=cast.acting("member"))
    }
    assert by_key["submit"].allowed
    assert not by_key["submit"].reason
    assert by_key["retire"].allowed
    service.move(soup, "retire", actor=cast.acting("member"))
    (_, retire) = service.options(soup, actor=cast.acting("member"))
    assert not retire.allowed
    assert retire.reason.startswith("You have voted. 1 of ")
    for option in service.options(soup, actor=cast.acting("viewer")):
        assert not option.allowed
        assert option.reason


def test_a_state_cannot_be_assigned(kitchen: Kitchen) -> None:
    soup = kitchen.make()
    with pytest.raises(AttributeError):
        soup.state = kitchen.states["approved"]
    with pytest.raises(AttributeError):
        soup.state_id = kitchen.states["approved"].pk
    soup.refresh_from_db()
    assert soup.state == kitchen.states["draft"]


def test_the_protection_outlives_the_refresh_of_a_deleted_row(kitchen: Kitchen) -> None:
    gone, kept = kitchen.make("Gone"), kitchen.make("Kept")
    GovernedObject.objects.filter(pk=gone.pk).delete()
    with pytest.raises(GovernedObject.DoesNotExist):
        gone.refresh_from_db()
    for obj in (gone, kept):
        with pytest.raises(AttributeError):
            obj.state = kitchen.states["approved"]


def test_a_move_leaves_other_columns_alone(kitchen: Kitchen) -> None:
    soup = kitchen.make()
    GovernedObject.objects.filter(pk=soup.pk).update(name="Changed meanwhile")
    service.move(soup, "submit", actor=SYSTEM)
    assert GovernedObject.objects.get(pk=soup.pk).name == "Changed meanwhile"
