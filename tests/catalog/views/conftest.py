"""Boards and a soup, for the pages of both."""

from __future__ import annotations

import pytest

from accounts.grants import JOIN, set_holders
from catalog.models import Board, GovernedObject
from catalog.services.boards import default_board
from tests.cast import Cast
from tests.kitchen import Kitchen


@pytest.fixture
def trials(cast: Cast, kitchen: Kitchen) -> Board:
    """A private board in the lab, on which the owner of the lab and the member are."""
    made = Board.objects.create(key="trials", name="Trials", workspace=cast.lab, type="private")
    set_holders(made, JOIN, users=[cast.member, cast.owner], teams=[])
    return made


@pytest.fixture
def board(cast: Cast, kitchen: Kitchen) -> Board:
    return default_board(kitchen.recipe)


@pytest.fixture
def soup(cast: Cast, kitchen: Kitchen) -> GovernedObject:
    return kitchen.make("Soup", attributes={"price": "4.5", "note": "Hot"})
