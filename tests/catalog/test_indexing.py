"""Indexes on filterable attributes: which there are, that queries use them, what they bear."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict

from accounts import gate
from accounts.http.pagination import Pageable
from catalog.api import listing
from catalog.api.presenting import with_columns
from catalog.models import AttributeType, Board, GovernedObject, ObjectType, UserRelation
from catalog.packages.applying import apply
from catalog.packages.single import delete_one, save_one
from catalog.services import indexing
from permissions import conditions
from tests.cast import Cast
from tests.kitchen import SYSTEM, Kitchen

pytestmark = pytest.mark.django_db

VALUES: dict[str, tuple[str, Any]] = {
    "title": ("string", lambda n: f"t{n}" if n % 7 else "x" * 400 + str(n)),
    "course": ("enum", lambda n: ["starter", "main", "sweet"][n % 3]),
    "count": ("integer", lambda n: n % 500 - 250),
    "weight": ("decimal", lambda n: f"{n % 500 - 250}.5"),
    "vegan": ("boolean", lambda n: n % 50 == 0),
    "due": ("date", lambda n: f"20{n % 90 + 10}-01-31"),
    "seen": ("datetime", lambda n: f"20{n % 90 + 10}-01-31T10:00:00.000000Z"),
}
ROWS = 1_500


@pytest.fixture
def names(kitchen: Kitchen) -> dict[str, str]:
    """By attribute's key, the name of its index, over enough rows that it pays to use it."""
    AttributeType.objects.filter(object_type=kitchen.recipe).delete()
    for key, (kind, _) in VALUES.items():
        AttributeType.objects.create(
            object_type=kitchen.recipe, key=key, name=key, type=kind, is_filterable=True
        )
    board = kitchen.make("First").board
    GovernedObject.objects.bulk_create(
        GovernedObject(
            object_type=kitchen.recipe,
            board=board,
            key=f"k{n}",
            name=f"Dish {n}",
            attributes={key: value(n) for key, (_, value) in VALUES.items() if n % 11},
        )
        for n in range(ROWS)
    )
    indexing.reconcile()
    ids = dict(AttributeType.objects.values_list("pk", "key"))
    return {ids[int(name.split("_")[2])]: name for name in indexing.existing()}


def plan(query: str, cast: Cast, who: str = "member", of: str = "objectTypeKey=recipe&") -> str:
    """How the database reads the first page of a list, part by part."""
    actor = cast.acting(who)
    wanted = listing.read(QueryDict(f"{of}{query}"), actor=actor)
    rows = wanted.narrow(gate.narrow(actor, "view", with_columns(GovernedObject.objects.all())))
    seen: list[str] = []

    class Explained(QuerySet[Any]):
        def __getitem__(self, key: Any) -> Any:
            # What a page asks for is told by the database instead of being read.
            sliced: Any = self.all()
            sliced.query.set_limits(key.start, key.stop)
            seen.append(sliced.explain())
            return []

    rows.__class__ = Explained
    order: Pageable = wanted.order
    order.page(rows, None, 50)
    return "\n".join(seen)


@pytest.mark.parametrize(
    ("key", "query"),
    [
        ("title", "attribute.title=t7"),
        ("title", "attribute.title__in=t7,t8&sort=attribute.title"),
        ("title", "attribute.title__startsWith=t77"),
        ("title", "attribute.title__greaterThan=x&sort=attribute.title"),
        ("course", "attribute.course=nothing"),
        ("count", "attribute.count=7"),
        ("count", "attribute.count__greaterThan=245&sort=attribute.count"),
        ("weight", "attribute.weight=7.50"),
        ("weight", "attribute.weight__lessThan=-249&sort=attribute.weight"),
        ("due", "attribute.due=2044-01-31"),
        ("seen", "attribute.seen__greaterThan=2098-01-01T00:00:00Z&sort=attribute.seen"),
    ],
)
def test_a_filter_uses_the_index(names: dict[str, str], cast: Cast, key: str, query: str) -> None:
    assert names[key] in plan(query, cast)


def test_an_attribute_of_one_type_alone_needs_no_type(names: dict[str, str], cast: Cast) -> None:
    query = "attribute.title=t7"
    assert names["title"] in plan(query, cast, of="")
    book = ObjectType.objects.create(key="book", name="Book")
    AttributeType.objects.create(object_type=book, key="title", name="Title", type="string")
    assert names["title"] not in plan(query, cast, of="")
    assert names["title"] in plan(query, cast)


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("key", [key for key in VALUES if key not in ("vegan", "course")])
def test_a_sort_follows_the_index(names: dict[str, str], cast: Cast, key: str, sign: str) -> None:
    told = plan(f"sort={sign}attribute.{key}", cast)
    assert told.count(names[key]) == 2  # those with a value, and those without


def settle() -> None:
    """Does what a worker would, if it was woken."""
    assert indexing.TASK in str(connection.run_on_commit)
    connection.run_on_commit = []
    indexing.reconcile()


def test_indexes_follow_the_schema(kitchen: Kitchen) -> None:
    assert indexing.reconcile() == ([], [])
    identity = "recipe/price"
    save_one("attributeTypes", {"filterable": True}, existing=identity, actor=SYSTEM)
    settle()
    (name,) = indexing.existing()
    price = AttributeType.objects.get(key="price")
    assert name.startswith(f"filterable_{kitchen.recipe.pk}_{price.pk}_")
    assert indexing.reconcile() == ([], [])
    save_one("attributeTypes", {"type": "integer"}, existing=identity, actor=SYSTEM)
    settle()
    (other,) = indexing.existing()
    assert other != name
    delete_one("attributeTypes", identity, actor=SYSTEM)
    settle()
    assert not indexing.existing()
    due = {"key": "due", "objectTypeKey": "recipe", "type": "date", "filterable": True}
    apply({"packageKey": "p", "attributeTypes": [due]}, actor=SYSTEM)
    settle()
    assert len(indexing.existing()) == 1
    apply({"packageKey": "p", "attributeTypes": [{**due, "filterable": False}]}, actor=SYSTEM)
    settle()
    assert not indexing.existing()


def test_what_was_lost_is_found_by_the_sweep(kitchen: Kitchen) -> None:
    AttributeType.objects.filter(key="price").update(is_filterable=True)
    indexing.sweep()
    settle()
    (name,) = indexing.existing()
    with connection.cursor() as cursor:
        cursor.execute(f'DROP INDEX "{name}"')
    indexing.sweep()
    settle()
    assert indexing.existing() == {name}


HOSTILE = [
    "x" * 100_000, "😀" * 5_000, "", " ", "12", "1e400", "9" * 60, "NaN", "true", None, True, 0,
    -0.0, 1e300, 2**70, [], ["a"], {}, {"a": 1}, "2026-13-45", "2026-01-31", "0" * 40, "\u0130",
    "\x01",
]  # fmt: skip


def test_an_index_bears_whatever_is_stored(kitchen: Kitchen) -> None:
    """One bad value must not keep an object from being stored, nor an index from being made."""
    kinds = ("string", "integer", "decimal", "boolean", "date", "datetime")
    for kind in kinds:
        AttributeType.objects.create(
            object_type=kitchen.recipe, key=f"x-{kind}", name=kind, type=kind, is_filterable=True
        )
    board: Board = kitchen.make("First").board
    recipe: ObjectType = kitchen.recipe

    def store(prefix: str) -> None:
        for n, value in enumerate(HOSTILE):
            GovernedObject.objects.create(
                object_type=recipe,
                board=board,
                key=f"{prefix}{n}",
                name="x",
                attributes={f"x-{kind}": value for kind in kinds},
            )

    store("before")
    made, _ = indexing.reconcile()
    assert len(made) == len(kinds)
    store("after")
    GovernedObject.objects.filter(key="after1").update(attributes={"x-string": "y" * 90_000})


SCANS = [
    "",
    "sort=name",
    "sort=-modifiedAt",
    "q=nowhere",
    "attribute.title__contains=nowhere",
    "attribute.title__isEmpty=",
    "sort=attribute.plain",
]


@pytest.mark.parametrize("query", SCANS)
def test_no_index_of_an_attribute_is_read_for_the_type_alone(
    names: dict[str, str], kitchen: Kitchen, cast: Cast, query: str
) -> None:
    """It holds the objects in its own order: to read all of them through it takes long."""
    AttributeType.objects.create(
        object_type=kitchen.recipe, key="plain", name="Plain", type="integer"
    )
    told = plan(query, cast)
    assert told
    assert indexing.PREFIX not in told
    assert "filterable" in plan("attribute.title=t7", cast)


@pytest.mark.parametrize(
    "query", ["", "sort=name", "sort=-modifiedAt,name", "sort=attribute.count"]
)
def test_a_sort_reads_no_other_table(names: dict[str, str], cast: Cast, query: str) -> None:
    """They would be joined to every object, although one page of them is shown."""
    told = plan(query, cast)
    assert "catalog_state" not in told
    assert "catalog_board" not in told
    assert "catalog_state" in plan("stateKey=draft", cast)


def test_an_object_is_found_by_the_index_of_keys(names: dict[str, str], cast: Cast) -> None:
    assert "object_key_unique" in plan("key=k7", cast)


def test_the_relations_of_a_page_are_found_by_its_objects(kitchen: Kitchen, cast: Cast) -> None:
    """Of one person there may be hundreds of thousands."""
    ids = [kitchen.make(f"Dish {n}").pk for n in range(50)]
    people = [UserRelation(type=kitchen.reviewer, object_id=pk, user=cast["member"]) for pk in ids]
    UserRelation.objects.bulk_create(people)
    held = conditions.HELD_ON.rows(ids[:3], user=cast["member"].pk)
    assert sorted(held) == [(pk, kitchen.reviewer.pk) for pk in ids[:3]]
    assert "user_relation_of_user" not in conditions.held_on(cast["member"].pk, ids[:3]).explain()
