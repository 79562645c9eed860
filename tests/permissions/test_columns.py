"""Columns of a board: the same answer about one person and about who may, an admin's aside."""

from __future__ import annotations

import pytest

from accounts import gate
from catalog.services.boards import create_board
from catalog.services.columns import Column
from catalog.things import ColumnOn
from tests.cast import Cast
from tests.kitchen import SYSTEM, Kitchen

pytestmark = pytest.mark.django_db


@pytest.fixture
def price(kitchen: Kitchen, cast: Cast) -> ColumnOn:
    """The price on a board where stewards see it and the owner alone edits it."""
    column = Column("price", viewers=("Team::Stewards", "owner"), editors=("owner",))
    board = create_board("trials", actor=SYSTEM, workspace=cast.main, columns=[column])
    return ColumnOn(board, kitchen.recipe.attributes.get(key="price"))


@pytest.mark.parametrize(
    ("who", "verbs"),
    [("owner", {"view", "edit"}), ("steward", {"view"}), ("member", set()), ("viewer", set())],
)
def test_a_column_is_for_whom_it_names(
    cast: Cast, price: ColumnOn, who: str, verbs: set[str]
) -> None:
    for verb in ("view", "edit"):
        decision = gate.allows(cast.acting(who), verb, price)
        assert (bool(decision), decision.level) == (verb in verbs, "column")
        people = set(gate.who(verb, price).values_list("username", flat=True))
        assert (who in people) is (verb in verbs)


def test_an_admin_sees_it_by_override_and_is_none_of_those_it_names(
    cast: Cast, price: ColumnOn
) -> None:
    decision = gate.allows(cast.acting("admin"), "view", price)
    assert decision
    assert decision.override
    assert not gate.who("view", price).filter(username="admin").exists()


def test_a_column_that_says_nothing_is_for_everybody(
    kitchen: Kitchen, cast: Cast, price: ColumnOn
) -> None:
    note = ColumnOn(price.board, kitchen.recipe.attributes.get(key="note"))
    assert gate.allows(cast.acting("member"), "edit", note)
    assert gate.who("edit", note).filter(username="member").exists()
