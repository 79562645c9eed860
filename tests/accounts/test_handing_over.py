"""Handing over: each kind of thing that has owners goes to the heir, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.grants import OWN, set_holders
from accounts.models import User, Workspace
from accounts.services.handing_over import hand_over
from accounts.shareables import shareables
from catalog.services.boards import create_board
from tests.cast import Cast
from tests.kitchen import SYSTEM
from workflows.authoring.services.workflows import create_workflow

pytestmark = pytest.mark.django_db


def a_workspace(cast: Cast) -> Any:
    den = Workspace.objects.create(key="den", name="Den", access="private")
    set_holders(den, OWN, users=[cast.steward], teams=[])
    return den


MAKE: dict[str, Callable[[Cast], Any]] = {
    "workspace": a_workspace,
    "board": lambda cast: create_board("b", actor=SYSTEM, workspace=cast.main, owners=["steward"]),
    "workflow": lambda cast: create_workflow(
        "w", actor=SYSTEM, workspace=cast.main, owners=[cast.steward]
    ),
}


@pytest.mark.parametrize("kind", MAKE)
def test_what_one_owns_goes_to_the_heir(cast: Cast, kind: str) -> None:
    thing = MAKE[kind](cast)
    assert type(thing) is shareables[kind].model
    assert hand_over(cast.steward, to="member", actor=cast.acting("admin")) == 1
    assert owners_of(thing) == [cast.member]


def owners_of(thing: Any) -> list[User]:
    grants = thing.user_grants.filter(permission__codename__startswith=OWN)
    return [one.user for one in grants]
