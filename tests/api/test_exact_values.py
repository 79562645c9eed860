"""Values that a database or a parser would round or take for something else: exact, or refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from catalog.models import AttributeType
from tests.api.problems import pointers, problem
from tests.cast import Client
from tests.kitchen import NOTE, Kitchen, definition

OBJECTS = "/api/v1/objects/"
EVALUATE = "/api/v1/expressions/evaluate/"
DRAFT = "/api/v1/workflows/told/draft/"
LOW = "123456789012345678901234567.001"
MIDDLE = "123456789012345678901234567.002"
HIGH = "123456789012345678901234567.003"
# All are one and the same number to a binary computer.
PRICES = {"high": HIGH, "low": LOW, "middle": MIDDLE, "negative": f"-{HIGH}"}


@pytest.fixture
def priced(kitchen: Kitchen) -> None:
    for key, price in PRICES.items():
        kitchen.make(key, key=key, attributes={"price": price})


def listed(api: Client, **query: str) -> list[str]:
    answer = api("member").get(OBJECTS, {"objectTypeKey": "recipe", **query})
    assert answer.status_code == 200, answer.content
    return [row["key"] for row in answer.json()["results"]]


def test_decimals_of_thirty_digits_are_told_apart_in_filters(api: Client, priced: None) -> None:
    assert listed(api, **{"attribute.price": MIDDLE}) == ["middle"]
    assert listed(api, **{"attribute.price": MIDDLE + "0"}) == ["middle"]
    assert listed(api, **{"attribute.price__greaterThan": MIDDLE}) == ["high"]
    assert set(listed(api, **{"attribute.price__lessOrEqual": MIDDLE})) == {
        *("middle", "low", "negative"),
    }
    assert set(listed(api, **{"attribute.price__notEquals": LOW})) == {"middle", "high", "negative"}


def test_decimals_of_thirty_digits_are_sorted_page_by_page(api: Client, priced: None) -> None:
    order = ["negative", "low", "middle", "high"]
    assert listed(api, sort="attribute.price") == order
    assert listed(api, sort="-attribute.price") == order[::-1]
    seen = []
    url: str | None = f"{OBJECTS}?objectTypeKey=recipe&sort=attribute.price&limit=1"
    while url:
        page = api("member").get(url).json()
        seen += [row["key"] for row in page["results"]]
        url = page["next"]
    assert seen == order


def test_decimals_of_thirty_digits_are_exact_in_expressions(api: Client, kitchen: Kitchen) -> None:
    soup = kitchen.make("Soup", attributes={"price": MIDDLE})
    for expression, value in (
        ("@object.attributes.price", MIDDLE),
        (f"@object.attributes.price - {LOW}", "0.001"),
        (f"@object.attributes.price == {MIDDLE}", True),
        (f"@object.attributes.price > {MIDDLE}", False),
        (f"@object.attributes.price > {LOW}", True),
        ("@input.given + 0", LOW),
    ):
        asked = {"expression": "{{ " + expression + " }}", "objectId": soup.pk}
        body = json.dumps(asked)[:-1] + f', "input": {{"given": {LOW}}}}}'
        answer = api("member").generic("POST", EVALUATE, body, content_type="application/json")
        assert answer.status_code == 200, answer.content
        assert answer.json()["value"] == value, expression


def test_a_decimal_of_more_digits_than_are_kept_is_refused(api: Client, kitchen: Kitchen) -> None:
    long = "1" * 39
    new = {"objectTypeKey": "recipe", "name": "Soup", "attributes": {"price": long}}
    found = problem(api("member").post(OBJECTS, new), 422)
    assert [(one["pointer"], one["code"]) for one in found["errors"]] == [
        ("/attributes/price", "tooManyDigits")
    ]
    asked = api("member").get(OBJECTS, {"objectTypeKey": "recipe", "attribute.price": long})
    assert pointers(problem(asked, 422)) == ["/attribute.price"]


def test_a_decimal_of_thirty_digits_in_a_stream_is_exact_in_quotes_and_refused_without(
    api: Client, priced: None
) -> None:
    """A bare number would be kept as a binary one, which rounds it in silence."""
    criteria = [{"attributeKey": "price", "operator": "equals", "value": MIDDLE}]
    stream = {"objectTypeKey": "recipe", "attributes": criteria}
    assert api("member").post("/api/v1/workflows/", {"key": "told"}).status_code == 201

    def put(value: str) -> Any:
        body = json.dumps({"definition": definition(NOTE, stream=stream)})
        given = body.replace(f'"{MIDDLE}"', value)
        return api("member").generic("PUT", DRAFT, given, content_type="application/json")

    kept = put(f'"{MIDDLE}"').json()
    assert kept["definition"]["stream"]["attributes"][0]["value"] == MIDDLE
    for value in (MIDDLE, "1e-400", "0.1000000000000000000001"):
        found = problem(put(value), 400)
        assert [(one["pointer"], one["code"]) for one in found["errors"]] == [
            ("/definition/stream/attributes/0/value", "notExact")
        ]
    for value in ("0.10", "1.5e3", "9007199254740991"):
        assert put(value).status_code == 200, value
    for value in ("9007199254740993", "9" * 30):
        answer = put(value)
        assert answer.status_code in (200, 400, 422), value
        if answer.status_code == 200:
            assert str(answer.json()["definition"]["stream"]["attributes"][0]["value"]) == value


@pytest.mark.parametrize("brackets", ["()", "[]"])
def test_an_expression_nested_too_deep_is_refused(api: Client, brackets: str) -> None:
    for depth, status in ((10, 200), (2_000, 422)):
        text = brackets[0] * depth + "1" + brackets[1] * depth
        answer = api("member").post(EVALUATE, {"expression": f"{{{{ {text} }}}}"})
        assert answer.status_code == status, answer.content
        if status == 422:
            assert problem(answer, 422)["errors"][0]["code"] in ("tooDeep", "tooLong")


def attribute(kitchen: Kitchen, key: str, kind: str, **more: Any) -> None:
    AttributeType.objects.create(object_type=kitchen.recipe, key=key, name=key, type=kind, **more)


@pytest.mark.parametrize(
    ("value", "is_good"),
    [
        ("https://example.org/a?b=c#d", True),
        ("mailto:cook@example.org", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("data:text/html,<b>", False),
        ("//example.org", False),
        ("https://", False),
        ("https://exa mple.org", False),
        ("https://example.org/\u202egpj.exe", False),
        ("\thttps://example.org", False),
        ("https://[::1", False),
        ("mailto:", False),
        ("", False),
        (7, False),
    ],
)
def test_an_address_is_one_that_is_safe_to_follow(
    api: Client, kitchen: Kitchen, value: object, is_good: bool
) -> None:
    attribute(kitchen, "link", "url")
    new = {"objectTypeKey": "recipe", "name": "Soup", "attributes": {"link": value}}
    answer = api("member").post(OBJECTS, new)
    if is_good:
        assert answer.status_code == 201, answer.content
        assert answer.json()["attributes"]["link"] == value
    else:
        assert pointers(problem(answer, 422)) == ["/attributes/link"]


def test_each_item_of_a_list_is_held_to_its_type_at_its_place(
    api: Client, kitchen: Kitchen
) -> None:
    attribute(kitchen, "sizes", "list", item_type="decimal")
    attribute(kitchen, "links", "list", item_type="url")
    new = {"objectTypeKey": "recipe", "name": "Soup"}
    for attributes, places in (
        ({"sizes": [HIGH, 1, "2.50"]}, None),
        ({"sizes": "1"}, ["/attributes/sizes"]),
        ({"sizes": {"0": 1}}, ["/attributes/sizes"]),
        ({"sizes": ["1", "one"]}, ["/attributes/sizes/1"]),
        ({"sizes": ["1", [2]]}, ["/attributes/sizes/1"]),
        ({"sizes": [True]}, ["/attributes/sizes/0"]),
        ({"links": ["https://example.org", "javascript:x"]}, ["/attributes/links/1"]),
        ({"sizes": ["1"] * 100_000}, ["/attributes/sizes"]),
    ):
        answer = api("member").post(OBJECTS, {**new, "attributes": attributes})
        if places is None:
            assert answer.status_code == 201, answer.content
            assert answer.json()["attributes"]["sizes"] == [HIGH, "1", "2.5"]
        else:
            assert pointers(problem(answer, 422)) == places, attributes
