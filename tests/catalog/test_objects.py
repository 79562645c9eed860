"""The verbs of governed objects: what they refuse, what they write, what they leave alone."""

from __future__ import annotations

import pytest

from accounts.exceptions import Conflict, Denied, Invalid, NotFound
from catalog.models import Board, Change, GovernedObject, UniqueValue
from catalog.services import assigning, objects, placing, relating
from catalog.services.boards import create_board
from journal.models import Event
from tests.cast import Cast
from tests.kitchen import SYSTEM, Kitchen

pytestmark = pytest.mark.django_db


def kinds_of_events(obj: GovernedObject) -> list[str]:
    events = Event.objects.filter(subject_id=obj.pk).order_by("pk")
    return list(events.values_list("kind", flat=True))


def test_a_new_object_stands_in_the_first_state_on_the_default_board(kitchen: Kitchen) -> None:
    soup = kitchen.make("Onion soup")
    assert soup.state == kitchen.states["draft"]
    assert soup.key == "onion-soup"
    assert (soup.board.key, soup.board.workspace.key) == ("recipe", "main")
    assert soup.attributes == {"servings": 4}
    assert kinds_of_events(soup) == ["objectCreated"]


def test_one_event_tells_all_of_a_creation(kitchen: Kitchen, cast: Cast) -> None:
    bread, wine = kitchen.make("Bread"), kitchen.make("Wine")
    soup = kitchen.make(
        relations={kitchen.goes_with: [bread, wine, bread]},
        user_relations={kitchen.reviewer: [cast["steward"], cast["member"]]},
    )
    event = Event.objects.get(subject_id=soup.pk)
    assert event.kind == "objectCreated"
    told = event.payload["snapshot"]
    assert told["relations"] == {"goes_with": [bread.key, wine.key]}
    assert told["userRelations"] == {"reviewer": ["steward", "member"]}
    assert Change.objects.filter(object_id=soup.pk).count() == 1
    assert soup.relations_out.count() == 2


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"name": " "}, "/name", "missing"),
        ({"name": "a\x00b"}, "/name", "badCharacter"),
        ({"name": "a\ud800b"}, "/name", "badCharacter"),
        ({"name": "x" * 501}, "/name", "tooLong"),
        ({"key": "1st"}, "/key", "malformedKey"),
        ({"key": "bulk"}, "/key", "malformedKey"),
        ({"attributes": {"servings": "4"}}, "/attributes/servings", "wrongType"),
        ({"attributes": {"servings": True}}, "/attributes/servings", "wrongType"),
        ({"attributes": {"cuisine": "frensh"}}, "/attributes/cuisine", "notAnOption"),
        ({"attributes": {"nte": "x"}}, "/attributes/nte", "unknownAttribute"),
    ],
)
def test_bad_input_is_refused_at_its_place(
    kitchen: Kitchen, fields: dict[str, object], pointer: str, code: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        objects.create(kitchen.recipe, actor=SYSTEM, **{"name": "Soup", **fields})  # type: ignore[arg-type]
    assert [(one.pointer, one.code) for one in refusal.value.problems] == [(pointer, code)]
    assert not GovernedObject.objects.exists()


def test_a_key_is_taken_whatever_its_case(kitchen: Kitchen) -> None:
    kitchen.make(key="Soup")
    with pytest.raises(Invalid) as refusal:
        kitchen.make(key="sOUP")
    assert refusal.value.problems[0].code == "duplicateKey"
    assert kitchen.make("Soup").key.lower() != "soup"


def test_an_update_writes_what_changed_and_no_more(kitchen: Kitchen, cast: Cast) -> None:
    soup = kitchen.make(attributes={"note": "old", "servings": 2})
    GovernedObject.objects.filter(pk=soup.pk).update(name="Renamed meanwhile")
    objects.update(
        soup,
        actor=cast.acting("member"),
        attributes={"note": "new", "servings": 2, "price": "1.50"},
    )
    fresh = GovernedObject.objects.get(pk=soup.pk)
    assert fresh.name == "Renamed meanwhile"
    assert fresh.attributes == {"note": "new", "servings": 2, "price": "1.5"}
    assert fresh.version == 2
    event = Event.objects.get(kind="attributeChanged")
    assert event.payload == {"changes": {"note": ["old", "new"], "price": [None, "1.5"]}}
    rows = Change.objects.filter(object_id=soup.pk, verb="changed").order_by("field")
    assert [(one.field, one.before, one.after) for one in rows] == [
        ("attributes.note", "old", "new"),
        ("attributes.price", None, "1.5"),
    ]


def test_an_equal_update_writes_nothing(kitchen: Kitchen) -> None:
    soup = kitchen.make(attributes={"note": "same"})
    objects.update(soup, actor=SYSTEM, name=soup.name, attributes={"note": "same"})
    assert GovernedObject.objects.get(pk=soup.pk).version == 1
    assert not Event.objects.filter(kind="attributeChanged").exists()


def test_null_deletes_a_value(kitchen: Kitchen) -> None:
    soup = kitchen.make(attributes={"note": "old"})
    objects.update(soup, actor=SYSTEM, attributes={"note": None})
    assert "note" not in GovernedObject.objects.get(pk=soup.pk).attributes


def test_a_stale_version_conflicts(kitchen: Kitchen) -> None:
    soup = kitchen.make()
    objects.update(soup, actor=SYSTEM, attributes={"note": "one"}, expected_version=1)
    with pytest.raises(Conflict) as refusal:
        objects.update(soup, actor=SYSTEM, attributes={"note": "two"}, expected_version=1)
    assert refusal.value.code == "staleVersion"


def test_who_may_not_edit_is_denied(kitchen: Kitchen, cast: Cast) -> None:
    soup = kitchen.make()
    with pytest.raises(Denied):
        objects.update(soup, actor=cast.acting("viewer"), attributes={"note": "x"})
    objects.update(soup, actor=cast.acting("member"), attributes={"note": "x"})


def test_a_unique_value_stands_in_one_object(kitchen: Kitchen) -> None:
    first = kitchen.make(attributes={"number": 7})
    with pytest.raises(Invalid) as refusal:
        kitchen.make("Other", attributes={"number": 7})
    assert refusal.value.problems[0].pointer == "/attributes/number"
    assert GovernedObject.objects.count() == 1
    objects.update(first, actor=SYSTEM, attributes={"number": 8})
    kitchen.make("Other", attributes={"number": 7})
    objects.update(first, actor=SYSTEM, attributes={"number": None})
    assert sorted(UniqueValue.objects.values_list("value", flat=True)) == ["7"]


def test_relations_are_added_once_and_removed(kitchen: Kitchen, cast: Cast) -> None:
    soup, bread = kitchen.make("Soup"), kitchen.make("Bread")
    actor = cast.acting("member")
    relation = relating.relate(soup, kitchen.goes_with, bread, actor=actor)
    assert relating.relate(soup, kitchen.goes_with, bread, actor=actor) == relation
    assert kinds_of_events(soup) == ["objectCreated", "relationAdded"]
    relating.unrelate(relation, actor=actor)
    assert kinds_of_events(soup)[-1] == "relationRemoved"
    with pytest.raises(NotFound):
        relating.unrelate(relation, actor=actor)


def test_people_are_assigned_once_and_taken_away(kitchen: Kitchen, cast: Cast) -> None:
    soup = kitchen.make()
    given = assigning.assign(soup, kitchen.reviewer, cast["steward"], actor=SYSTEM)
    assigning.assign(soup, kitchen.reviewer, cast["steward"], actor=SYSTEM)
    assigning.unassign(given, actor=SYSTEM)
    events = Event.objects.filter(kind="userRelationChanged").order_by("pk")
    assert [(one.payload["before"], one.payload["after"]) for one in events] == [
        ([], ["steward"]),
        (["steward"], []),
    ]


def test_a_tree_has_no_cycles(kitchen: Kitchen) -> None:
    top, middle, leaf = (kitchen.make(name) for name in ("Top", "Middle", "Leaf"))
    placing.move(middle, actor=SYSTEM, parent=top)
    placing.move(leaf, actor=SYSTEM, parent=middle)
    for child in (top, middle, leaf):
        with pytest.raises(Invalid) as refusal:
            placing.move(top, actor=SYSTEM, parent=child)
        assert refusal.value.problems[0].code == "cycle"
    with pytest.raises(Conflict):
        objects.delete(top, actor=SYSTEM)
    placing.move(middle, actor=SYSTEM, parent=None)
    objects.delete(top, actor=SYSTEM)


def test_an_object_moves_to_boards_that_its_mover_reaches(kitchen: Kitchen, cast: Cast) -> None:
    lab = create_board(
        "trials", actor=SYSTEM, workspace=cast.lab, type=Board.Type.PRIVATE, owners=["owner"]
    )
    soup = kitchen.make()
    with pytest.raises(Denied):
        placing.move(soup, actor=cast.acting("member"), board=lab)
    placing.move(soup, actor=cast.acting("owner"), board=lab)
    event = Event.objects.get(kind="objectMoved")
    assert event.payload["after"] == {"parentKey": None, "boardKey": "trials"}
    assert event.payload["before"]["boardKey"] == "recipe"


def test_deleting_leaves_the_history(kitchen: Kitchen) -> None:
    soup = kitchen.make()
    pk = soup.pk
    objects.delete(soup, actor=SYSTEM)
    assert not GovernedObject.objects.exists()
    changes = Change.objects.filter(object_id=pk).order_by("pk")
    assert [one.verb for one in changes] == ["created", "deleted"]


def test_deleting_ends_the_relations_that_led_there(kitchen: Kitchen) -> None:
    bread = kitchen.make("Bread")
    soup = kitchen.make("Soup", relations={kitchen.goes_with: [bread]})
    objects.delete(bread, actor=SYSTEM)
    assert not soup.relations_out.exists()
    assert GovernedObject.objects.get(pk=soup.pk).version == 2
    event = Event.objects.get(kind="relationRemoved")
    assert event.subject_id == soup.pk
    assert [one["targetKey"] for one in event.payload["relations"]] == ["bread"]
    row = Change.objects.get(object_id=soup.pk, verb="unrelated")
    assert (row.field, row.before, row.after) == ("relations.goes_with", "bread", None)


def test_a_refused_creation_makes_no_board(kitchen: Kitchen, cast: Cast) -> None:
    with pytest.raises(Denied):
        kitchen.make(actor=cast.acting("viewer"))
    assert not Board.objects.exists()
    kitchen.make(actor=cast.acting("member"))
    assert Board.objects.get().key == "recipe"


def test_a_name_that_turns_the_text_around_is_refused(kitchen: Kitchen) -> None:
    with pytest.raises(Invalid) as refusal:
        kitchen.make("live \u202eevil")
    assert refusal.value.problems[0].detail == "A name can't hold the character U+202E."
    kitchen.make("שלום \N{PILE OF POO}")
