"""Names as they are compared: folded alike in Python and in the column, on every database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.folding import LONGEST_FOLD, FoldedField, folded
from accounts.lookalikes import PlainField, plain_form
from accounts.models import User
from tests.cast import make_user

LETTERS = st.characters(categories=("L", "M", "N"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada", "aDA"),
        ("Straße", "STRASSE"),
        ("\u00e4nne", "A\u0308NNE"),  # one letter, and a letter with its mark
        ("\uff21da", "ada"),  # a wide letter
        ("\ufb01ona", "Fiona"),  # a ligature
        ("\u03c3\u03c2", "\u03a3\u03a3"),  # both small sigmas
    ],
)
def test_names_that_are_one(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"), [("ada", "adа"), ("mike", "m\u0131ke"), ("zoe", "zoë"), ("", " ")]
)
def test_names_that_are_two(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@given(st.text(LETTERS))
def test_folding_again_changes_nothing(name: str) -> None:
    assert folded(folded(name)) == folded(name)
    assert folded(name.upper().lower()) == folded(name.lower().upper().lower())
    assert plain_form(plain_form(name)) == plain_form(name)


@pytest.mark.django_db
def test_the_column_follows_its_source_in_every_way_of_writing() -> None:
    made = make_user("Ada")
    assert (made.folded_username, made.plain_username) == ("ada", "ada")
    made.username = "ADA1"
    made.save(update_fields=["username", "folded_username", "plain_username"])
    User.objects.bulk_create([User(username="ÄNNE", email="A@B.example")])
    found = User.objects.order_by("pk").values_list("username", "folded_username", "folded_email")
    assert list(found) == [
        ("ADA1", "ada1", "ada@example.org"),
        ("ÄNNE", "änne", "a@b.example"),
    ]
    assert User.objects.get(username="ADA1").plain_username == "adal"


@pytest.mark.parametrize("kind", [FoldedField, PlainField])
def test_a_migration_makes_the_same_field_again(kind: type[FoldedField]) -> None:
    field = kind(source="name", max_length=10 * LONGEST_FOLD)
    _, path, args, kwargs = field.deconstruct()
    assert path.rpartition(".")[2] == kind.__name__
    again = kind(*args, **kwargs)
    assert (again.source, again.max_length, again.editable) == ("name", 30, False)
