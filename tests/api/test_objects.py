"""`objects/`, `objects/ID/` and what stands below."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Workspace
from catalog.models import AttributeType, Board, GovernedObject, UserRelation
from permissions.models import Condition
from tests.api.problems import pointers, problem
from tests.cast import Cast, Client
from tests.kitchen import Kitchen

OBJECTS = "/api/v1/objects/"
FIELDS = {
    *("id", "key", "name", "objectTypeKey", "boardKey", "stateKey", "stateSince", "attributes"),
    *("relations", "userRelations", "parentId", "parentKey", "editable", "version", "createdAt"),
    *("createdBy", "modifiedAt"),
}


def address(obj: GovernedObject, *below: str) -> str:
    return "/".join([f"{OBJECTS}{obj.pk}", *below]) + "/"


def listed(api: Client, who: str, query: str = "") -> list[str]:
    answer = api(who).get(f"{OBJECTS}?{query}")
    assert answer.status_code == 200, answer.content
    return [row["key"] for row in answer.json()["results"]]


# --- make and read -------------------------------------------------------------------------------


def test_an_object_is_made_and_read_with_every_field(api: Client, kitchen: Kitchen) -> None:
    stock = kitchen.make("Stock")
    new = {
        "objectTypeKey": "recipe",
        "name": "Onion soup",
        "key": "onion-soup",
        "attributes": {"price": "4.50", "cuisine": "french"},
        "parentKey": stock.key,
        "relations": {"goes_with": [stock.key]},
        "userRelations": {"business_owner": ["owner"], "reviewer": ["steward", "approver"]},
    }
    made = api("member").post(OBJECTS, new)
    assert made.status_code == 201
    shown = made.json()
    assert made["ETag"] == '"1"'
    assert set(shown) == FIELDS
    assert shown["attributes"] == {"servings": 4, "price": "4.5", "cuisine": "french"}
    assert (shown["boardKey"], shown["stateKey"], shown["version"]) == ("recipe", "draft", 1)
    assert (shown["parentId"], shown["parentKey"]) == (stock.pk, "stock")
    assert shown["relations"] == {"goes_with": ["stock"]}
    assert shown["userRelations"]["reviewer"] == ["approver", "steward"]
    assert (shown["createdBy"], shown["editable"]) == ("member", True)
    assert shown["createdAt"].endswith("Z")
    again = api("viewer").get(f"{OBJECTS}{shown['id']}/").json()
    assert again == {**shown, "editable": False}
    assert Board.objects.get(key="recipe").workspace == Workspace.objects.get(key="main")


def test_what_is_wrong_with_a_new_object_is_told_with_its_place(
    api: Client, kitchen: Kitchen
) -> None:
    new: dict[str, Any] = {"objectTypeKey": "recipee", "name": "x"}
    found = problem(api("member").post(OBJECTS, new), 422)
    assert found["errors"][0]["nearest"] == "recipe"
    new = {"objectTypeKey": "recipe", "name": "x", "relations": {"goes_with": ["nowhere"]}}
    found = problem(api("member").post(OBJECTS, new), 422)
    assert pointers(found) == ["/relations/goes_with/0"]
    new = {"objectTypeKey": "recipe", "name": "x", "userRelations": {"revewer": ["owner"]}}
    found = problem(api("member").post(OBJECTS, new), 422)
    assert pointers(found) == ["/userRelations/revewer"]
    new = {"objectTypeKey": "recipe", "name": "x", "attributes": {"price": "dear", "hue": 1}}
    found = problem(api("member").post(OBJECTS, new), 422)
    assert set(pointers(found)) == {"/attributes/price", "/attributes/hue"}
    new = {"objectTypeKey": "recipe", "name": 7, "stateKey": "approved", "key": "1"}
    found = problem(api("member").post(OBJECTS, new), 422)
    assert set(pointers(found)) == {"/name", "/stateKey", "/key"}
    assert not GovernedObject.objects.exists()


def test_a_key_is_taken_ignoring_case(api: Client, kitchen: Kitchen) -> None:
    kitchen.make("Soup", key="soup")
    new = {"objectTypeKey": "recipe", "name": "Soup", "key": "SOUP"}
    assert pointers(problem(api("member").post(OBJECTS, new), 422)) == ["/key"]


def test_viewers_and_guests_make_no_objects(api: Client, kitchen: Kitchen) -> None:
    kitchen.make("Soup")
    new = {"objectTypeKey": "recipe", "name": "Salad"}
    refused = problem(api("viewer").post(OBJECTS, new), 403)
    assert refused["level"]
    assert api("outsider").post(OBJECTS, new).status_code == 201


def test_an_unseen_object_is_like_none(api: Client, cast: Cast, kitchen: Kitchen) -> None:
    board = Board.objects.create(key="trials", name="Trials", workspace=cast.lab)
    hidden = kitchen.make("Hidden", board=board)
    unseen = problem(api("outsider").get(address(hidden)), 404)
    assert unseen == problem(api("outsider").get(f"{OBJECTS}{hidden.pk + 999}/"), 404)
    assert api("steward").get(address(hidden)).json()["boardKey"] == "trials"
    for method in ("patch", "delete"):
        answer = getattr(api("outsider"), method)(address(hidden), {})
        assert problem(answer, 404) == unseen
    for below in ("transitions", "relations", "user-relations", "changes"):
        assert problem(api("outsider").get(address(hidden, below)), 404) == unseen
    new = {"objectTypeKey": "recipe", "name": "x", "boardKey": "trials"}
    refused = problem(api("outsider").post(OBJECTS, new), 422)
    absent = problem(api("outsider").post(OBJECTS, {**new, "boardKey": "nope"}), 422)
    assert refused["errors"][0]["code"] == absent["errors"][0]["code"] == "unknownKey"


def test_numbers_that_no_row_can_have_are_absent(api: Client, kitchen: Kitchen) -> None:
    for number in (0, 2**63, 10**40):
        problem(api("member").get(f"{OBJECTS}{number}/"), 404)


# --- change --------------------------------------------------------------------------------------


def test_a_change_merges_attributes_and_null_takes_away(api: Client, kitchen: Kitchen) -> None:
    soup = kitchen.make("Soup", attributes={"price": "2", "note": "old"})
    change = {"name": "Soup of the day", "attributes": {"note": None, "number": 12}}
    changed = api("member").patch(address(soup), change)
    assert changed.status_code == 200
    assert changed["ETag"] == '"2"'
    shown = changed.json()
    assert shown["name"] == "Soup of the day"
    assert shown["attributes"] == {"servings": 4, "price": "2", "number": 12}
    problem(api("viewer").patch(address(soup), change), 403)


def test_a_decimal_keeps_all_its_digits(api: Client, kitchen: Kitchen) -> None:
    soup = kitchen.make("Soup")
    digits = "1234567890123456789.0123456789"
    body = f'{{"attributes": {{"price": {digits}}}}}'
    answer = api("member").patch(address(soup), body, content_type="application/json")
    assert answer.json()["attributes"]["price"] == digits


def test_a_stale_change_is_refused(api: Client, kitchen: Kitchen) -> None:
    soup = kitchen.make("Soup")
    member = api("member")
    fresh = member.patch(address(soup), {"name": "One"}, HTTP_IF_MATCH='"1"')
    assert fresh.status_code == 200
    stale = problem(member.patch(address(soup), {"name": "Two"}, HTTP_IF_MATCH='"1"'), 409)
    assert (stale["code"], stale["version"]) == ("staleVersion", 2)
    problem(member.delete(address(soup), HTTP_IF_MATCH='"1"'), 409, "staleVersion")
    problem(member.patch(address(soup), {}, HTTP_IF_MATCH="two"), 400)
    assert member.patch(address(soup), {"name": "Two"}, HTTP_IF_MATCH="*").status_code == 200
    weak = problem(member.patch(address(soup), {}, HTTP_IF_MATCH='W/"3"'), 400)
    assert "weak" in weak["detail"]
    for malformed in ('"3', '"3", "4"', "3.0", '"-3"', '""', "٣"):
        problem(member.patch(address(soup), {}, HTTP_IF_MATCH=malformed), 400)
    problem(member.post(f"{address(soup)}move/", {"parentKey": None}, HTTP_IF_MATCH='"1"'), 409)
    assert member.patch(address(soup), {"name": "3"}, HTTP_IF_MATCH='"3"').status_code == 200


def test_the_state_is_no_field_that_changes(api: Client, kitchen: Kitchen) -> None:
    soup = kitchen.make("Soup")
    found = problem(api("admin").patch(address(soup), {"stateKey": "approved"}), 422)
    assert pointers(found) == ["/stateKey"]
    soup.refresh_from_db()
    assert soup.state == kitchen.states["draft"]


def test_an_object_is_deleted_unless_something_lies_below(api: Client, kitchen: Kitchen) -> None:
    soup = kitchen.make("Soup")
    child = kitchen.make("Noodle soup", parent=soup)
    problem(api("viewer").delete(address(soup)), 403)
    problem(api("member").delete(address(soup)), 409, "hasChildren")
    assert api("member").delete(address(child)).status_code == 204
    assert api("member").delete(address(soup)).status_code == 204
    problem(api("member").get(address(soup)), 404)


# --- what may be seen of it ----------------------------------------------------------------------


@pytest.fixture
def secret_price(kitchen: Kitchen) -> AttributeType:
    """Only business owners see a recipe's price."""
    price = AttributeType.objects.get(key="price")
    Condition.objects.create(attribute=price, is_visible=False)
    Condition.objects.create(attribute=price, user_relation_type=kitchen.business_owner)
    return price


def test_a_hidden_attribute_is_left_out_everywhere(
    api: Client, cast: Cast, kitchen: Kitchen, secret_price: AttributeType
) -> None:
    soup = kitchen.make("Soup", attributes={"price": "9"})
    UserRelation.objects.create(object=soup, type=kitchen.business_owner, user=cast.owner)
    kitchen.make("Salad", attributes={"price": "5"})
    api("admin").patch(address(soup), {"attributes": {"price": "8"}})

    assert api("owner").get(address(soup)).json()["attributes"]["price"] == "8"
    assert "price" not in api("member").get(address(soup)).json()["attributes"]
    for query in ("attribute.price=8", "attribute.price__greaterThan=1"):
        assert listed(api, "owner", query) == ["soup"]
        assert listed(api, "member", query) == []
        assert "soup" in listed(api, "admin", query)
    assert listed(api, "member", "attribute.price__isEmpty=") == []
    assert listed(api, "admin", "sort=attribute.price") == ["salad", "soup"]
    assert listed(api, "owner", "sort=attribute.price") == ["soup", "salad"]
    assert listed(api, "member", "sort=attribute.price") == ["soup", "salad"]

    seen = api("owner").get(address(soup, "changes")).json()["results"]
    assert [row.get("field") for row in seen] == ["attributes.price", None]
    assert seen[1]["after"]["attributes"]["price"] == "9"
    unseen = api("member").get(address(soup, "changes")).json()["results"]
    assert [row.get("field") for row in unseen] == [None]
    assert "price" not in unseen[0]["after"]["attributes"]


def test_relations_to_unseen_objects_are_not_told(
    api: Client, cast: Cast, kitchen: Kitchen
) -> None:
    board = Board.objects.create(key="trials", name="Trials", workspace=cast.lab)
    hidden = kitchen.make("Hidden", board=board)
    soup = kitchen.make("Soup", parent=hidden)
    target = {"relationTypeKey": "goes_with", "targetKey": "hidden"}
    assert api("steward").post(address(soup, "relations"), target).status_code == 201

    assert api("steward").get(address(soup)).json()["relations"] == {"goes_with": ["hidden"]}
    shown = api("outsider").get(address(soup)).json()
    assert (shown["relations"], shown["parentId"], shown["parentKey"]) == ({}, None, None)
    assert api("outsider").get(address(soup, "relations")).json()["results"] == []
    told = api("outsider").get(address(soup, "changes")).json()["results"][0]
    assert (told["field"], told["after"]) == ("relations.goes_with", None)
    assert api("steward").get(address(soup, "changes")).json()["results"][0]["after"] == "hidden"


# --- lists ---------------------------------------------------------------------------------------


@pytest.fixture
def menu(kitchen: Kitchen) -> None:
    for name, price, cuisine in (
        ("Soup", "4.5", "french"),
        ("Dal", "12", "indian"),
        ("Curry", "9", "indian"),
        ("Bread", None, None),
    ):
        values = {"price": price, "cuisine": cuisine}
        given = {key: value for key, value in values.items() if value is not None}
        kitchen.make(name, attributes=given)
    GovernedObject.objects.filter(key="dal").update(name="Dal ÉTOUFFÉ")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["soup", "dal", "curry", "bread"]),
        ("objectTypeKey=recipe", ["soup", "dal", "curry", "bread"]),
        ("objectTypeKey=nothing", []),
        ("boardKey=recipe&stateKey=draft", ["soup", "dal", "curry", "bread"]),
        ("stateKey=approved", []),
        ("boardKey=elsewhere", []),
        ("key=soup", ["soup"]),
        ("q=étouffé", ["dal"]),
        ("q=%25", []),
        ("attribute.cuisine=indian", ["dal", "curry"]),
        ("attribute.cuisine__in=french,indian", ["soup", "dal", "curry"]),
        ("attribute.cuisine__notEquals=indian", ["soup", "bread"]),
        ("attribute.price__greaterThan=5", ["dal", "curry"]),
        ("attribute.price__lessOrEqual=9.00", ["soup", "curry"]),
        ("attribute.price__isEmpty=", ["bread"]),
        ("attribute.price__isEmpty=true", ["bread"]),
        ("attribute.price__isNotEmpty=&attribute.cuisine=french", ["soup"]),
        ("attribute.servings=4&objectTypeKey=recipe", ["soup", "dal", "curry", "bread"]),
        ("sort=name", ["bread", "curry", "dal", "soup"]),
        ("sort=-key", ["soup", "dal", "curry", "bread"]),
        ("sort=attribute.price", ["soup", "curry", "dal", "bread"]),
        ("sort=-attribute.price", ["dal", "curry", "soup", "bread"]),
        ("sort=attribute.cuisine,-name", ["soup", "dal", "curry", "bread"]),
    ],
)
def test_a_list_is_narrowed_and_sorted(
    api: Client, menu: None, query: str, expected: list[str]
) -> None:
    assert listed(api, "member", query) == expected


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("colour=red", "/colour", "unknownParameter"),
        ("key=a&key=b", "/key", "repeatedParameter"),
        ("attribute.prise=1", "/attribute.prise", "unknownKey"),
        ("attribute.price__over=1", "/attribute.price__over", "unknownOperator"),
        ("attribute.price__contains=1", "/attribute.price__contains", "operatorDoesNotFit"),
        ("attribute.price__isEmpty=false", "/attribute.price__isEmpty", "unexpectedValue"),
        ("attribute.price=dear", "/attribute.price", "wrongType"),
        ("attribute.price__changed=", "/attribute.price__changed", "unknownOperator"),
        ("sort=colour", "/sort", "unknownSort"),
        ("sort=attribute.prise", "/sort", "unknownKey"),
        ("sort=id,key,name,createdAt", "/sort", "tooManyItems"),
        ("limit=0", "/limit", "outOfRange"),
        ("limit=501", "/limit", "outOfRange"),
        ("limit=ten", "/limit", "outOfRange"),
        ("cursor=abc", "/cursor", "badCursor"),
        ("q=%00", "/q", "unsoundText"),
    ],
)
def test_a_list_refuses_what_it_does_not_know(
    api: Client, menu: None, query: str, pointer: str, code: str
) -> None:
    found = problem(api("member").get(f"{OBJECTS}?{query}"), 422)
    assert (found["errors"][0]["pointer"], found["errors"][0]["code"]) == (pointer, code)


def test_an_expression_in_a_filter_is_plain_text(api: Client, kitchen: Kitchen) -> None:
    kitchen.make("Braces", attributes={"note": "{{ 1 + 1 }}"})
    kitchen.make("Two", attributes={"note": "2"})
    assert listed(api, "member", "attribute.note=%7B%7B%201%20%2B%201%20%7D%7D") == ["braces"]


def test_a_page_costs_the_same_however_long_it_is(
    api: Client, cast: Cast, kitchen: Kitchen, secret_price: AttributeType
) -> None:
    first = kitchen.make("First", attributes={"price": "1"})
    kitchen.make("Second", parent=first, user_relations={kitchen.reviewer: [cast.owner]})

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert api("member").get(OBJECTS).status_code == 200
        return len(caught)

    queries()
    few = queries()
    for number in range(20):
        obj = kitchen.make(f"Dish {number}", parent=first)
        UserRelation.objects.create(object=obj, type=kitchen.reviewer, user=cast.owner)
    assert queries() == few


# --- relations, people, place, history -----------------------------------------------------------


def test_relations_are_added_listed_and_removed(api: Client, kitchen: Kitchen) -> None:
    soup, bread = kitchen.make("Soup"), kitchen.make("Bread")
    target = {"relationTypeKey": "goes_with", "targetKey": "bread"}
    problem(api("viewer").post(address(soup, "relations"), target), 403)
    made = api("member").post(address(soup, "relations"), target)
    assert made.status_code == 201
    shown = {"relationTypeKey": "goes_with", "targetId": bread.pk, "targetKey": "bread"}
    assert made.json() == {"id": made.json()["id"], **shown}
    by_id = {"relationTypeKey": "goes_with", "targetId": bread.pk}
    assert api("member").post(address(soup, "relations"), by_id).json() == made.json()
    assert api("viewer").get(address(soup, "relations")).json()["results"] == [made.json()]
    one = address(soup, "relations", str(made.json()["id"]))
    assert api("viewer").get(one).json() == made.json()
    problem(api("viewer").delete(one), 403)
    problem(api("member").delete(address(bread, "relations", str(made.json()["id"]))), 404)
    assert api("member").delete(one).status_code == 204
    problem(api("member").delete(one), 404)


def test_a_relation_names_one_target(api: Client, kitchen: Kitchen) -> None:
    soup = kitchen.make("Soup")
    member = api("member")
    both = {"relationTypeKey": "goes_with", "targetKey": "soup", "targetId": soup.pk}
    for given in ({"relationTypeKey": "goes_with"}, both):
        found = problem(member.post(address(soup, "relations"), given), 422)
        assert pointers(found) == ["/targetKey"]
    gone = {"relationTypeKey": "goes_with", "targetId": soup.pk + 1}
    assert pointers(problem(member.post(address(soup, "relations"), gone), 422)) == ["/targetId"]
    kind = {"relationTypeKey": "gos_with", "targetId": soup.pk}
    found = problem(member.post(address(soup, "relations"), kind), 422)
    assert found["errors"][0]["nearest"] == "goes_with"


def test_people_are_assigned_and_taken_away(api: Client, kitchen: Kitchen) -> None:
    soup = kitchen.make("Soup")
    person = {"userRelationTypeKey": "reviewer", "username": "steward"}
    problem(api("viewer").post(address(soup, "user-relations"), person), 403)
    made = api("member").post(address(soup, "user-relations"), person)
    assert made.status_code == 201
    assert made.json() == {"id": made.json()["id"], **person}
    assert api("viewer").get(address(soup, "user-relations")).json()["results"] == [made.json()]
    assert api("viewer").get(address(soup)).json()["userRelations"] == {"reviewer": ["steward"]}
    wrong = {"userRelationTypeKey": "reviewer", "username": "stewart"}
    found = problem(api("member").post(address(soup, "user-relations"), wrong), 422)
    assert found["errors"][0]["nearest"] == "steward"
    one = address(soup, "user-relations", str(made.json()["id"]))
    assert api("viewer").get(one).json() == made.json()
    problem(api("viewer").delete(one), 403)
    assert api("member").delete(one).status_code == 204
    problem(api("member").get(one), 404)


def test_an_object_moves_to_another_parent_and_board(
    api: Client, cast: Cast, kitchen: Kitchen
) -> None:
    soup, stock = kitchen.make("Soup"), kitchen.make("Stock")
    Board.objects.create(key="trials", name="Trials", workspace=cast.lab)
    problem(api("viewer").post(address(soup, "move"), {"parentKey": "stock"}), 403)
    moved = api("member").post(address(soup, "move"), {"parentKey": "stock", "boardKey": "trials"})
    assert moved.status_code == 200
    assert (moved.json()["parentKey"], moved.json()["boardKey"]) == ("stock", "trials")
    found = problem(api("member").post(address(stock, "move"), {"parentKey": "soup"}), 422)
    assert found["errors"][0]["code"] == "cycle"
    back = api("member").post(address(soup, "move"), {"parentKey": None})
    assert (back.json()["parentKey"], back.json()["boardKey"]) == (None, "trials")
    found = problem(api("member").post(address(soup, "move"), {"boardKey": "nowhere"}), 422)
    assert pointers(found) == ["/boardKey"]


def test_history_tells_who_changed_what_through_what(api: Client, kitchen: Kitchen) -> None:
    soup = kitchen.make("Soup")
    api("member").patch(address(soup), {"attributes": {"note": "hot"}})
    api("member").post(address(soup, "transitions"), {"transitionKey": "submit"})
    rows = api("viewer").get(address(soup, "changes")).json()["results"]
    moved, changed, created = rows
    assert set(created) == {"id", "at", "actor", "via", "verb", "before", "after", "override"}
    assert (created["verb"], created["actor"], created["via"]["kind"]) == (
        "created",
        "system",
        "command",
    )
    assert (changed["field"], changed["before"], changed["after"]) == (
        "attributes.note",
        None,
        "hot",
    )
    assert (moved["field"], moved["before"], moved["after"]) == ("stateKey", "draft", "review")
    assert (moved["actor"], moved["via"]["kind"]) == ("member", "api")
    assert moved["via"]["id"] != changed["via"]["id"]
