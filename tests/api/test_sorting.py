"""Lists sorted by attributes: every type, ties, missing and hostile values, page by page."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import remembering
from catalog.models import AttributeType, GovernedObject, ObjectType
from catalog.services import indexing
from permissions.models import Condition
from tests.api.problems import problem
from tests.cast import Cast, Client
from tests.kitchen import Kitchen

OBJECTS = "/api/v1/objects/?objectTypeKey=recipe&limit=3"
LONG = "x" * 250
# In their order; a tuple's values tie. What can't be compared has no place, as what is missing.
VALUES: dict[str, list[Any]] = {
    "string": [
        "", " ", "A", "B", ("a", "a", "a"), "e\u0301", LONG, LONG + "a", LONG + "b", "é", "😀",
    ],
    "text": ["12", "2", "a\nb"],
    "enum": [("a", "a"), "é"],
    "user": ["ana", "bob"],
    "url": ["https://a.example", "https://b.example"],
    "integer": [-(2**63), -1, (0, 0), 9, 10, 2**63 - 1],
    "decimal": ["-99", "-0.5", ("0", "-0", "0.00"), "9.9", ("10", "10.0"), "9" * 38],
    "boolean": [(False, False, False, False), (True, True)],
    "date": ["0001-01-01", ("2026-01-31", "2026-01-31"), "9999-12-31"],
    "datetime": ["2026-01-31T10:00:00.000000Z", "2026-01-31T10:00:00.000001Z"],
}  # fmt: skip
NOWHERE: list[Any] = [None, [], {"a": 1}, 1.5]


def address(url: str) -> str:
    return url.removeprefix("http://testserver")


def walked(api: Client, query: str, who: str = "member") -> list[str]:
    """The keys of all pages forward; they must be the same on the way back."""
    url: str | None = f"{OBJECTS}&{query}"
    pages = []
    while url is not None:
        body = api(who).get(address(url)).json()
        pages.append([one["key"] for one in body["results"]])
        last, url = body, body["next"]
    back = [pages[-1]]
    while last["previous"] is not None:
        last = api(who).get(address(last["previous"])).json()
        back.insert(0, [one["key"] for one in last["results"]])
    assert [key for page in back for key in page] == [key for page in pages for key in page]
    assert all(len(page) == 3 for page in pages[:-1])
    return [key for page in pages for key in page]


def made(kitchen: Kitchen, kind: str) -> tuple[list[str], list[str]]:
    """The keys in ascending order and in descending, of objects in another order."""
    AttributeType.objects.create(
        object_type=kitchen.recipe, key="it", name="It", type=kind, options=["a", "é"]
    )
    ranks: list[tuple[int, Any]] = []
    for rank, value in enumerate(VALUES[kind]):
        ranks += [(rank, one) for one in (value if isinstance(value, tuple) else (value,))]
    # Not in their order, so that none comes out by chance; those that tie in the order of ids.
    mixed = sorted(enumerate(ranks), key=lambda one: (one[0] * 7) % 11)
    board = kitchen.make("First", key="first").board
    rows = [(rank, {"it": value}) for _, (rank, value) in mixed]
    rows += [(999, {"it": value}) for value in NOWHERE if not (kind == "decimal" and value == 1.5)]
    keys = [(999, "first")]
    for number, (rank, attributes) in enumerate(rows):
        GovernedObject.objects.create(
            object_type=kitchen.recipe,
            board=board,
            key=f"k{number}",
            name="x",
            attributes=attributes,
        )
        keys.append((rank, f"k{number}"))
    placed = [(rank, place, key) for place, (rank, key) in enumerate(keys)]
    missing = [key for rank, _, key in placed if rank == 999]
    having = [one for one in placed if one[0] != 999]
    ascending = [key for _, _, key in sorted(having)]
    return ascending + missing, [*reversed(ascending), *reversed(missing)]


@pytest.mark.parametrize("is_indexed", [False, True])
@pytest.mark.parametrize("kind", list(VALUES))
def test_every_type_sorts_page_by_page(
    api: Client, kitchen: Kitchen, kind: str, is_indexed: bool
) -> None:
    ascending, descending = made(kitchen, kind)
    if is_indexed:
        AttributeType.objects.filter(key="it").update(is_filterable=True)
        indexing.reconcile()
    assert walked(api, "sort=attribute.it") == ascending
    assert walked(api, "sort=-attribute.it") == descending
    assert set(walked(api, "sort=attribute.it,name")) == set(ascending)


def test_a_page_costs_the_same_wherever_it_is(
    api: Client, kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembering, "MOST_SECONDS", 60)  # on a slow machine, it would ask again
    made(kitchen, "string")
    url, counts = f"{OBJECTS}&sort=attribute.it", []
    api("member").get(url)  # what is read once a process is read now
    while url:
        with CaptureQueriesContext(connection) as asked:
            body = api("member").get(address(url)).json()
        counts.append(len(asked))
        url = body["next"]
    # Those without a value are a second query, on the page where they begin.
    assert max(counts[1:]) - min(counts[1:]) <= 1


def test_what_is_inserted_meanwhile_moves_nothing(api: Client, kitchen: Kitchen) -> None:
    for name, price in (("b", "2"), ("c", "3"), ("d", "3"), ("e", "4"), ("f", None)):
        kitchen.make(name, key=name, attributes={"price": price} if price else {})
    first = api("member").get(f"{OBJECTS}&sort=attribute.price").json()
    assert [one["key"] for one in first["results"]] == ["b", "c", "d"]
    kitchen.make("a", key="a", attributes={"price": "1"})
    kitchen.make("late", key="late", attributes={"price": "3"})
    second = api("member").get(address(first["next"])).json()
    assert [one["key"] for one in second["results"]] == ["late", "e", "f"]
    back = api("member").get(address(second["previous"])).json()
    assert [one["key"] for one in back["results"]] == ["b", "c", "d"]


def test_where_it_is_hidden_it_gives_no_place(api: Client, kitchen: Kitchen, cast: Cast) -> None:
    price = AttributeType.objects.get(key="price")
    Condition.objects.create(attribute=price, is_visible=False)
    Condition.objects.create(attribute=price, user_relation_type=kitchen.business_owner)
    for name, amount, people in (("a", "3", []), ("b", "2", ["owner"]), ("c", "1", ["owner"])):
        kitchen.make(
            name,
            key=name,
            attributes={"price": amount},
            user_relations={kitchen.business_owner: [cast[one] for one in people]},
        )
    assert walked(api, "sort=attribute.price", "owner") == ["c", "b", "a"]
    assert walked(api, "sort=-attribute.price", "owner") == ["b", "c", "a"]
    assert walked(api, "sort=attribute.price", "member") == ["a", "b", "c"]


def test_a_cursor_means_nothing_where_the_attribute_is_of_another_kind(
    api: Client, kitchen: Kitchen
) -> None:
    other = ObjectType.objects.create(key="tool", name="Tool", lifecycle=kitchen.lifecycle)
    AttributeType.objects.create(key="x", name="X", object_type=kitchen.recipe, type="string")
    AttributeType.objects.create(key="x", name="X", object_type=other, type="integer")
    for number in range(5):
        kitchen.make(f"Dish {number}", attributes={"x": f"text {number}"})
    for sort in ("attribute.x,name", "attribute.x"):
        following = api("member").get(f"{OBJECTS}&sort={sort}").json()["next"]
        moved = address(following).replace("objectTypeKey=recipe", "objectTypeKey=tool")
        assert api("member").get(address(following)).status_code == 200
        refused = problem(api("member").get(moved), 422)
        assert refused["errors"][0]["pointer"] == "/cursor"
