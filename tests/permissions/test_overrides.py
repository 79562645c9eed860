"""What only an admin's power let somebody do is marked in the history, row by row."""

from __future__ import annotations

import pytest

from accounts.actor import Actor
from catalog.models import Board, Change, GovernedObject
from catalog.services import objects, placing
from catalog.services.assigning import assign, unassign
from catalog.services.boards import create_board
from catalog.services.columns import Column
from catalog.services.relating import relate, unrelate
from permissions.models import Condition
from tests.cast import Cast, Client
from tests.kitchen import SYSTEM, Kitchen

pytestmark = pytest.mark.django_db


@pytest.fixture
def board(cast: Cast, kitchen: Kitchen) -> Board:
    """Its prices are edited by the owner alone."""
    column = Column("price", editors=("owner",))
    return create_board("trials", actor=SYSTEM, workspace=cast.main, columns=[column])


def marks(obj: GovernedObject) -> dict[str, bool]:
    """By field, whether its newest row is an override."""
    rows = Change.objects.filter(object_id=obj.pk).order_by("pk")
    return {row.field or row.verb: row.is_override for row in rows}


def test_an_attribute_past_the_editors_of_its_column(
    cast: Cast, kitchen: Kitchen, board: Board, api: Client
) -> None:
    soup = kitchen.make(board=board)
    given = {"attributes": {"price": "3", "note": "warm"}, "name": "Hot soup"}
    assert api("admin").patch(f"/api/v1/objects/{soup.pk}/", given).status_code == 200
    told = {"attributes.price": True, "attributes.note": False, "name": False}
    assert {field: mark for field, mark in marks(soup).items() if field in told} == told
    changes = api("admin").get(f"/api/v1/objects/{soup.pk}/changes/").json()["results"]
    assert {one["field"]: one["override"] for one in changes if one.get("field") in told} == told
    objects.update(soup, actor=cast.acting("owner"), attributes={"price": "4"})
    assert not marks(soup)["attributes.price"]
    made = kitchen.make("Stew", actor=cast.acting("admin"), board=board, attributes={"price": "1"})
    plain = kitchen.make("Pie", actor=cast.acting("admin"), board=board)
    assert (marks(made)["created"], marks(plain)["created"]) == (True, False)


@pytest.mark.parametrize("is_closed", [True, False])
def test_every_change_of_an_object_that_is_closed(
    cast: Cast, kitchen: Kitchen, board: Board, *, is_closed: bool
) -> None:
    soup, stew = kitchen.make(), kitchen.make("Stew")
    if is_closed:
        Condition.objects.create(object_type=kitchen.recipe, is_editable=False)
    actor = Actor(cast.admin, via_kind="page")
    objects.update(soup, actor=actor, name="Hot soup", attributes={"note": "warm"})
    unrelate(relate(soup, kitchen.goes_with, stew, actor=actor), actor=actor)
    unassign(assign(soup, kitchen.reviewer, cast.member, actor=actor), actor=actor)
    placing.move(soup, actor=actor, parent=stew)
    objects.delete(soup, actor=actor)
    rows = Change.objects.filter(object_id=soup.pk).exclude(verb=Change.Verb.CREATED)
    # Whoever sees an object may comment on it, and an admin's power makes nobody an elector.
    powerless = {"commented", "commentEdited", "commentDeleted", "requested", "voted", "decided"}
    elsewhere = {"created", "transitioned"}
    assert {row.verb for row in rows} == set(Change.Verb.values) - powerless - elsewhere
    assert {row.is_override for row in rows} == {is_closed}
