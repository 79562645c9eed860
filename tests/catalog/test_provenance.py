"""What a value was made of: noted, handed on, kept as JSON and read again."""

from __future__ import annotations

import json

import pytest

from catalog.provenance import MOST_OBJECTS, Noting, Provenance, untold


def noted(*read: tuple[int, str]) -> Provenance:
    made_of = Provenance()
    for object_id, key in read:
        made_of.note(object_id, *([key] if key else []))
    return made_of


def test_objects_of_which_the_same_was_read_stand_together() -> None:
    made_of = noted((7, "price"), (3, ""), (5, "price"), (9, ""), (9, "note"), (9, "price"))
    assert made_of.as_json() == {
        "objects": [[[], [3]], [["price"], [5, 7]], [["note", "price"], [9]]]
    }


def test_of_too_many_objects_only_the_keys_are_kept() -> None:
    made_of = noted(*((number, "price") for number in range(MOST_OBJECTS)))
    assert len(made_of.objects) == MOST_OBJECTS
    made_of.note(MOST_OBJECTS)
    made_of.note(MOST_OBJECTS + 1, "note")
    assert made_of == Provenance(anywhere={"note", "price"})


@pytest.mark.parametrize(
    "made_of",
    [
        Provenance(),
        noted((1, "")),
        noted((1, "price"), (2, "price"), (2, "note")),
        Provenance(anywhere=set()),
        Provenance(anywhere={"price"}),
        untold(),
    ],
)
def test_what_was_kept_is_read_again(made_of: Provenance) -> None:
    assert Provenance.of_json(json.loads(json.dumps(made_of.as_json()))) == made_of


def test_it_takes_in_all_of_another() -> None:
    made_of = noted((1, "price"))
    made_of.take_in(noted((1, "note"), (2, "")))
    assert made_of == noted((1, "price"), (1, "note"), (2, ""))
    made_of.take_in(Provenance(anywhere={"servings"}))
    assert made_of == Provenance(anywhere={"note", "price", "servings"})
    assert made_of.may_hold(99, "note")
    assert not made_of.may_hold(99, "name")


def test_what_is_left_out_is_the_objects_alone() -> None:
    made_of = noted((1, "price"), (2, ""))
    assert made_of.without({1}) == noted((2, ""))
    assert made_of.without({1, 2}).is_nothing
    assert not Provenance(anywhere=set()).without({1}).is_nothing


def test_named_values_are_noted_when_they_are_read() -> None:
    values = {"a": 1, "b": 2, "strange": 3}
    made_of = {"a": noted((1, "price")), "b": noted((2, ""))}
    reads = Provenance()
    named = Noting(values, made_of, reads)
    assert ("b" in named, "c" in named, len(named)) == (True, False, 3)
    assert reads.is_nothing
    assert named["a"] == 1
    assert reads == noted((1, "price"))
    assert dict(named) == values
    assert reads.anywhere == {"*", "price"}
