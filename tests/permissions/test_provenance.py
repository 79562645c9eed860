"""What values were made of is seen where the gate shows each part of it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import gate
from accounts.actor import Actor
from accounts.grants import set_holders
from catalog.models import AttributeType, Board, BoardColumn, GovernedObject
from catalog.provenance import Provenance, untold
from catalog.things import AttributeOf
from permissions.models import Condition
from permissions.provenance import sight_of
from tests.cast import Cast
from tests.kitchen import Kitchen

KEYS = ("price", "note", "servings")


@pytest.fixture
def dishes(cast: Cast, kitchen: Kitchen) -> list[GovernedObject]:
    """On an open and a private board, with a column and a condition that hide."""
    secret = Board.objects.create(key="trials", name="T", workspace=cast.lab, type="private")
    set_holders(secret, "join", users=[cast.steward], teams=[])
    made = [kitchen.make("Soup"), kitchen.make("Stew", board=secret), kitchen.make("Bread")]
    column = BoardColumn.objects.create(
        board=made[0].board, attribute_key="price", is_view_restricted=True
    )
    set_holders(column, "view", users=[cast.steward, cast.viewer], teams=[])
    note = AttributeType.objects.get(key="note")
    Condition.objects.create(attribute=note, is_visible=False)
    Condition.objects.create(attribute=note, user_relation_type=kitchen.reviewer)
    cast.member.user_relations.create(type=kitchen.reviewer, object=made[2])
    return made


@pytest.mark.parametrize("who", ["admin", "steward", "member", "viewer", "guest", "outsider"])
def test_it_shows_what_the_gate_shows(cast: Cast, dishes: list[GovernedObject], who: str) -> None:
    actor = Actor(cast[who])
    types = {one.key: one for one in AttributeType.objects.filter(key__in=KEYS)}
    single = {
        (dish.pk, key): bool(gate.allows(actor, "view", AttributeOf(dish, types[key])))
        for dish in dishes
        for key in KEYS
    }
    values = [Provenance({pk: {key}}) for pk, key in single]
    sight = sight_of(values, actor=actor)
    assert [sight.shows(one) for one in values] == list(single.values())
    bare = [Provenance({dish.pk: set()}) for dish in dishes]
    sight = sight_of(bare, actor=actor)
    seen = [bool(gate.allows(actor, "view", dish)) for dish in dishes]
    assert [sight.shows(one) for one in bare] == seen
    for key in KEYS:
        together = Provenance({dish.pk: {key} for dish in dishes})
        every = all(single[dish.pk, key] for dish in dishes)
        assert sight_of([together], actor=actor).shows(together) is every


def test_what_was_read_anywhere_is_seen_where_nothing_can_be_hidden(
    cast: Cast, kitchen: Kitchen
) -> None:
    kitchen.make("Soup")
    wide, member, admin = (
        Provenance(anywhere={"price"}),
        cast.acting("member"),
        cast.acting("admin"),
    )
    assert sight_of([wide], actor=member).shows(wide)
    assert not sight_of([untold()], actor=member).shows(untold())
    assert sight_of([untold()], actor=admin).shows(untold())
    Board.objects.create(key="trials", name="T", workspace=cast.lab, type="private")
    assert not sight_of([wide], actor=member).shows(wide)
    assert sight_of([wide], actor=admin).shows(wide)


def test_what_is_gone_is_not_seen(cast: Cast, kitchen: Kitchen) -> None:
    of_soup, member = Provenance({kitchen.make("Soup").pk: {"price"}}), cast.acting("member")
    assert sight_of([of_soup], actor=member).shows(of_soup)
    AttributeType.objects.filter(key="price").delete()
    assert not sight_of([of_soup], actor=member).shows(of_soup)
    GovernedObject.objects.all().delete()
    bare = Provenance({pk: set() for pk in of_soup.objects})
    assert not sight_of([bare], actor=member).shows(bare)


def test_many_values_take_as_many_queries_as_two(
    cast: Cast, kitchen: Kitchen, dishes: list[GovernedObject]
) -> None:
    member = cast.acting("member")
    values = [Provenance({dish.pk: {"price", "note"}}) for dish in dishes]
    values += [Provenance({kitchen.make(f"Dish {n}").pk: {"price"}}) for n in range(9)]
    asked = []
    for some in values[:2], values:
        with CaptureQueriesContext(connection) as queries:
            sight_of(some, actor=member)
        asked.append(len(queries))
    assert asked[0] == asked[1]
