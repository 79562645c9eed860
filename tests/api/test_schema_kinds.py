"""The schema of objects: types, attributes, lifecycles, conditions, templates; and boards."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Workspace
from catalog.models import Board, Change, Comment, GovernedObject, Lifecycle, ObjectType
from catalog.services import commenting
from permissions.models import Condition
from tests.api.problems import pointers, problem
from tests.cast import Cast, Client
from tests.kitchen import Kitchen

KINDS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("applications", {"key": "pantry"}, {"name": "The pantry"}),
    ("object-types", {"key": "dish", "workflowKey": "recipe_lifecycle"}, {"name": "A dish"}),
    ("attribute-types", {"key": "heat", "objectTypeKey": "recipe"}, {"name": "How hot"}),
    ("relation-types", {"key": "needs", "sourceObjectTypeKey": "recipe"}, {"name": "Is needed"}),
    ("user-relation-types", {"key": "taster"}, {"name": "Taster"}),
    ("notification-templates", {"key": "hot", "subject": "Hot", "body": "<p>x</p>"}, {"name": "H"}),
    (
        "comment-type-categories",
        {"key": "feedback", "commentTypes": [{"key": "idea", "name": "Idea", "mayHaveFile": True}]},
        {"name": "Feedback", "defaultCommentTypeKey": "idea"},
    ),
    ("lifecycles", {"key": "short"}, {"name": "A short life"}),
]


@pytest.mark.parametrize(("address", "new", "change"), KINDS, ids=[kind[0] for kind in KINDS])
def test_admins_make_change_and_delete_a_part_of_the_schema(
    api: Client, kitchen: Kitchen, address: str, new: dict[str, Any], change: dict[str, Any]
) -> None:
    everything, one = f"/api/v1/{address}/", f"/api/v1/{address}/{new['key']}/"
    refused = problem(api("owner").post(everything, new), 403)
    assert refused["level"]
    made = api("admin").post(everything, new)
    assert made.status_code == 201, made.content
    assert made.json()["key"] == new["key"]
    assert made.json()["name"] == new["key"]
    assert api("viewer").get(one).json() == made.json()
    listed = api("viewer").get(everything).json()["results"]
    assert made.json() in listed
    assert [row["key"] for row in api("viewer").get(f"{everything}?q=zzz").json()["results"]] == []

    problem(api("member").patch(one, change), 403)
    problem(api("member").patch(one, {}), 403)
    changed = api("admin").patch(one, change)
    assert changed.status_code == 200, changed.content
    assert changed.json() == {**made.json(), **change}
    assert pointers(problem(api("admin").patch(one, {"nmae": "x"}), 422)) == ["/nmae"]
    again = problem(api("admin").post(everything, {**new, "key": new["key"].upper()}), 422)
    assert pointers(again) == ["/key"]

    problem(api("member").delete(one), 403)
    assert api("admin").delete(one).status_code == 204
    problem(api("admin").get(one), 404)
    problem(api("admin").patch(one, change), 404)
    problem(api("admin").delete(one), 404)


@pytest.mark.parametrize("address", [kind[0] for kind in KINDS])
@pytest.mark.parametrize("body", [{}, [], "x", {"key": "a b"}, {"key": "bulk"}, {"key": 5}])
def test_a_part_without_a_good_key_is_refused(
    api: Client, kitchen: Kitchen, address: str, body: Any
) -> None:
    problem(api("admin").post(f"/api/v1/{address}/", body), 422)


def test_what_is_in_use_is_not_deleted(api: Client, kitchen: Kitchen) -> None:
    kitchen.make("Soup")
    answer = api("admin").delete("/api/v1/object-types/recipe/")
    assert problem(answer, 409, "inUse")["uses"]
    problem(api("admin").delete("/api/v1/lifecycles/recipe_lifecycle/"), 409, "inUse")
    assert ObjectType.objects.filter(key="recipe").exists()
    assert Lifecycle.objects.get(key="recipe_lifecycle").states.count() == 4


def test_a_comment_type_in_use_is_neither_taken_out_nor_deleted(
    api: Client, cast: Cast, kitchen: Kitchen
) -> None:
    admin, one = api("admin"), "/api/v1/comment-type-categories/decision/"
    # The transition `drop` wants a reason.
    found = problem(admin.delete(one), 409, "inUse")
    assert found["uses"] == ["transition drop"]
    remark, reason = {"key": "remark"}, {"key": "reason"}
    found = problem(admin.patch(one, {"commentTypes": [remark]}), 409, "inUse")
    assert found["uses"] == ["transition drop"]
    commenting.add(
        kitchen.make(), "Salt?", actor=cast.acting("member"), type=kitchen.comment_types["remark"]
    )
    given = {"commentTypes": [reason], "defaultCommentTypeKey": "reason"}
    found = problem(admin.patch(one, given), 422)
    assert pointers(found) == ["/commentTypes"]
    kitchen.transitions["drop"].delete()
    found = problem(admin.delete(one), 409, "inUse")
    assert found["uses"] == ["1 comment"]
    Comment.objects.all().delete()
    assert admin.patch(one, given).json()["commentTypes"] == [{"key": "reason", "name": "reason"}]
    assert admin.delete(one).status_code == 204


def test_a_comment_type_that_another_category_has_too_may_go(api: Client, kitchen: Kitchen) -> None:
    admin, everything = api("admin"), "/api/v1/comment-type-categories/"
    twin = {"key": "other", "commentTypes": [{"key": "reason"}]}
    assert admin.post(everything, twin).status_code == 201
    assert admin.delete(f"{everything}other/").status_code == 204


def test_a_category_that_is_not_visible_is_shown_to_admins_alone(
    api: Client, kitchen: Kitchen
) -> None:
    everything = "/api/v1/comment-type-categories/"
    for who, keys in (("admin", ["decision", "internal"]), ("member", ["decision"])):
        listed = api(who).get(everything).json()["results"]
        assert [row["key"] for row in listed] == keys
    assert api("admin").get(f"{everything}internal/").status_code == 200
    problem(api("member").get(f"{everything}internal/"), 404)


def test_features_of_a_comment_type_come_back_as_they_were_given(
    api: Client, kitchen: Kitchen
) -> None:
    features = {"icon": "flag", "isPrivate": False, "limits": [1, 2.5, None, {"deep": ["<b>"]}]}
    new = {"key": "feedback", "commentTypes": [{"key": "idea", "name": "Idea", **features}]}
    made = api("admin").post("/api/v1/comment-type-categories/", new)
    assert made.json()["commentTypes"] == new["commentTypes"]
    bad = {"key": "worse", "commentTypes": [{"key": "idea"}, {"key": "Idea"}, {"name": "x"}, 5]}
    found = problem(api("admin").post("/api/v1/comment-type-categories/", bad), 422)
    assert set(pointers(found)) == {
        "/commentTypes/1/key",
        "/commentTypes/2/key",
        "/commentTypes/3",
    }


def test_an_attribute_of_several_types_needs_its_type(api: Client, kitchen: Kitchen) -> None:
    admin = api("admin")
    admin.post("/api/v1/object-types/", {"key": "dish"})
    admin.post("/api/v1/attribute-types/", {"key": "price", "objectTypeKey": "dish"})
    found = problem(admin.get("/api/v1/attribute-types/price/"), 422)
    assert pointers(found) == ["/objectTypeKey"]
    one = "/api/v1/attribute-types/price/?objectTypeKey=dish"
    assert admin.get(one).json()["type"] == "string"
    assert admin.patch(one, {"required": True}).json()["required"] is True
    listed = admin.get("/api/v1/attribute-types/?objectTypeKey=dish").json()["results"]
    assert [row["key"] for row in listed] == ["price"]
    assert admin.delete(one).status_code == 204
    recipe = "/api/v1/attribute-types/price/"
    assert admin.get(recipe).json()["objectTypeKey"] == "recipe"


def test_an_unknown_key_is_told_with_the_nearest(api: Client, kitchen: Kitchen) -> None:
    new = {"key": "dish", "workflowKey": "recipe_lifecicle"}
    found = problem(api("admin").post("/api/v1/object-types/", new), 422)
    assert pointers(found) == ["/workflowKey"]
    assert found["errors"][0]["nearest"] == "recipe_lifecycle"


# --- lifecycles ----------------------------------------------------------------------------------

RECIPES = "/api/v1/lifecycles/recipe_lifecycle/"
LIFECYCLE = {
    "key": "order",
    "name": "Order",
    "initStateKey": "open",
    "states": [
        {"key": "open", "name": "Open", "color": "#00f", "position": 1},
        {"key": "closed", "name": "Closed", "position": 2},
    ],
    "transitions": [{"key": "close", "fromStateKey": "open", "toStateKey": "closed"}],
}


def test_a_lifecycle_comes_with_its_states_and_transitions(api: Client) -> None:
    made = api("admin").post("/api/v1/lifecycles/", LIFECYCLE)
    assert made.status_code == 201, made.content
    shown = made.json()
    assert shown["initStateKey"] == "open"
    assert shown["states"][0] == {
        "key": "open",
        "name": "Open",
        "color": "#00f",
        "position": 1,
    }
    assert shown["transitions"][0]["changeThresholdTypeKey"] == "any"
    assert api("guest").get("/api/v1/lifecycles/order/").json() == shown


def test_a_lifecycle_is_changed_as_a_whole(api: Client) -> None:
    admin, one = api("admin"), "/api/v1/lifecycles/order/"
    admin.post("/api/v1/lifecycles/", LIFECYCLE)
    states = [*LIFECYCLE["states"], {"key": "lost", "position": 3}]
    moves = [{"key": "lose", "fromStateKey": "open", "toStateKey": "lost"}]
    changed = admin.patch(one, {"states": states[::2], "transitions": moves})
    assert changed.status_code == 200, changed.content
    assert [state["key"] for state in changed.json()["states"]] == ["open", "lost"]
    assert [move["key"] for move in changed.json()["transitions"]] == ["lose"]
    assert admin.delete(one).status_code == 204
    problem(admin.get(one), 404)


def test_a_lifecycle_tells_all_problems_and_keeps_nothing(api: Client) -> None:
    wrong = {
        **LIFECYCLE,
        "states": [{"key": "open", "color": "blue"}, {"key": "closed"}, 5],
        "transitions": [
            {"key": "close", "fromStateKey": "opne", "toStateKey": "closed"},
            {"key": "stay", "fromStateKey": "closed", "toStateKey": "closed"},
        ],
    }
    found = problem(api("admin").post("/api/v1/lifecycles/", wrong), 422)
    assert {"/states/0/color", "/states/2", "/transitions/1/toStateKey"} <= set(pointers(found))
    assert not Lifecycle.objects.filter(key="order").exists()


def in_review_and_draft(kitchen: Kitchen) -> list[GovernedObject]:
    made = [kitchen.make(state=kitchen.states["review"]) for _ in range(2)]
    return [*made, kitchen.make()]


def without_review(api: Client, **more: Any) -> dict[str, Any]:
    """What a PATCH would send to take the state `review` out of the recipes' lifecycle."""
    shown = api("admin").get(RECIPES).json()
    return {
        "states": [state for state in shown["states"] if state["key"] != "review"],
        "transitions": [move for move in shown["transitions"] if move["key"] == "retire"],
        **more,
    }


def test_a_state_in_which_objects_stand_leaves_with_a_mapping_alone(
    api: Client, kitchen: Kitchen
) -> None:
    made = in_review_and_draft(kitchen)
    refused = problem(api("admin").patch(RECIPES, without_review(api)), 409, "inUse")
    assert "2 objects in this state" in refused["detail"]
    assert "stateMapping" in refused["detail"]
    mapping = {"review": "approved"}
    body = without_review(api, stateMapping=mapping)
    problem(api("member").patch(RECIPES, body), 403)
    changed = api("admin").patch(RECIPES, body)
    assert changed.status_code == 200, changed.content
    assert [state["key"] for state in changed.json()["states"]] == ["draft", "approved", "archived"]
    assert "stateMapping" not in changed.json()
    rows = GovernedObject.objects.order_by("pk").values_list("state__key", flat=True)
    assert list(rows) == ["approved", "approved", "draft"]
    row = Change.objects.get(object_id=made[0].pk, verb="transitioned")
    assert (row.before, row.after, row.via_kind) == ("review", "approved", "api")
    assert (row.actor_name, row.is_override) == ("admin", True)


@pytest.mark.parametrize(
    ("mapping", "pointer", "code"),
    [
        ({"review": "aproved"}, "/stateMapping/review", "unknownReference"),
        ({"review": "review"}, "/stateMapping/review", "cycle"),
        ({"draft": "approved"}, "/stateMapping/draft", "stillThere"),
        ({"review": 5}, "/stateMapping/review", "malformedKey"),
        (["review"], "/stateMapping", "wrongType"),
        ({f"k{n}": "draft" for n in range(301)}, "/stateMapping", "tooManyItems"),
    ],
)
def test_a_wrong_mapping_has_its_place_and_moves_nobody(
    api: Client, kitchen: Kitchen, mapping: Any, pointer: str, code: str
) -> None:
    in_review_and_draft(kitchen)
    body = without_review(api, stateMapping=mapping)
    found = problem(api("admin").patch(RECIPES, body), 422)
    assert [(one["pointer"], one["code"]) for one in found["errors"]] == [(pointer, code)]
    assert GovernedObject.objects.filter(state=kitchen.states["review"]).count() == 2


# --- conditions ----------------------------------------------------------------------------------


def test_conditions_are_addressed_by_id(api: Client, kitchen: Kitchen) -> None:
    new = {"objectTypeKey": "recipe", "userRelationTypeKey": "reviewer", "editable": True}
    problem(api("member").post("/api/v1/conditions/", new), 403)
    made = api("admin").post("/api/v1/conditions/", new)
    assert made.status_code == 201, made.content
    one = f"/api/v1/conditions/{made.json()['id']}/"
    assert api("viewer").get(one).json() == made.json()
    listed = api("viewer").get("/api/v1/conditions/?objectTypeKey=recipe").json()["results"]
    assert listed == [made.json()]
    assert api("viewer").get("/api/v1/conditions/?objectTypeKey=x").json()["results"] == []
    changed = api("admin").patch(one, {"workflowStateKey": "draft"})
    assert changed.status_code == 200, changed.content
    assert changed.json() == {**made.json(), "workflowStateKey": "draft"}
    assert Condition.objects.get().state == kitchen.states["draft"]
    assert api("admin").delete(one).status_code == 204
    problem(api("admin").get(one), 404)


# --- boards --------------------------------------------------------------------------------------


def test_boards_are_made_where_one_may_and_seen_by_those_they_are_for(
    api: Client, cast: Cast
) -> None:
    new = {"key": "trials", "workspaceKey": "lab", "type": "private", "members": ["steward"]}
    made = api("owner").post("/api/v1/boards/", new)
    assert made.status_code == 201, made.content
    assert made.json() == {
        "key": "trials",
        "name": "trials",
        "workspaceKey": "lab",
        "type": "private",
        "owners": ["owner"],
        "members": ["steward"],
        "columns": [],
        "canEdit": True,
    }
    one = "/api/v1/boards/trials/"
    assert api("steward").get(one).json()["canEdit"] is False
    unseen = problem(api("member").get(one), 404)
    assert unseen == problem(api("member").get("/api/v1/boards/trails/"), 404)
    problem(api("steward").patch(one, {"name": "x"}), 403)
    changed = api("owner").patch(one, {"name": "Trials", "type": "main"}).json()
    assert (changed["name"], changed["type"]) == ("Trials", "main")
    assert api("member").get(one).status_code == 200
    problem(api("outsider").post("/api/v1/boards/", {"key": "x", "workspaceKey": "lab"}), 422)
    problem(api("viewer").post("/api/v1/boards/", {"key": "x"}), 403)


def test_a_board_with_objects_stays(api: Client, cast: Cast, kitchen: Kitchen) -> None:
    board = Board.objects.create(
        key="menu", name="Menu", workspace=Workspace.objects.get(key="lab")
    )
    soup = kitchen.make("Soup", board=board)
    problem(api("owner").delete("/api/v1/boards/menu/"), 409, "inUse")
    soup.delete()
    assert api("owner").delete("/api/v1/boards/menu/").status_code == 204


def test_columns_name_who_views_and_who_edits(api: Client, cast: Cast, kitchen: Kitchen) -> None:
    columns = [
        {"attributeKey": "price", "viewers": ["member", "Team::Stewards"], "editors": []},
        {"attributeKey": "cuisine", "viewers": [], "editors": ["owner"]},
    ]
    new = {"key": "menu", "workspaceKey": "lab", "columns": columns}
    made = api("owner").post("/api/v1/boards/", new)
    assert made.status_code == 201, made.content
    assert made.json()["columns"] == columns
    one = "/api/v1/boards/menu/"
    assert api("owner").patch(one, {"name": "M"}).json()["columns"] == columns
    wrong = [
        {"attributeKey": "prise", "viewers": ["nobody"]},
        {"attributeKey": "price", "editors": ["owner", "no-one"]},
        {"attributeKey": "price"},
    ]
    found = problem(api("owner").patch(one, {"columns": wrong}), 422)
    assert pointers(found) == [
        "/columns/0/attributeKey",
        "/columns/0/viewers/0",
        "/columns/1/editors/1",
        "/columns/2/attributeKey",
    ]
    assert api("owner").get(one).json()["columns"] == columns
    assert api("steward").patch(one, {"columns": []}).status_code == 403
    assert api("owner").patch(one, {"columns": columns[1:]}).json()["columns"] == columns[1:]


def test_a_column_whose_last_viewer_is_gone_is_not_opened(
    api: Client, cast: Cast, kitchen: Kitchen
) -> None:
    pk = kitchen.make(attributes={"price": "3"}).pk
    columns = [{"attributeKey": "price", "viewers": ["Team::Few"], "editors": []}]
    admin, one = api("admin"), "/api/v1/boards/recipe/"
    assert admin.post("/api/v1/teams/", {"name": "Team::Few"}).status_code == 201
    assert admin.patch(one, {"columns": columns}).status_code == 200
    assert admin.delete("/api/v1/teams/Team::Few/").status_code == 204
    left = admin.get(one).json()["columns"]
    assert left == [{"attributeKey": "price", "viewers": [], "editors": []}]
    assert admin.patch(one, {"columns": left}).status_code == 200
    assert "price" not in api("owner").get(f"/api/v1/objects/{pk}/").json()["attributes"]
    assert admin.patch(one, {"columns": []}).status_code == 200
    assert "price" in api("owner").get(f"/api/v1/objects/{pk}/").json()["attributes"]


def test_attribute_types_come_page_by_page(api: Client, kitchen: Kitchen) -> None:
    """They are sorted by a column of their object type."""
    seen, url = [], "/api/v1/attribute-types/?limit=2"
    while url:
        page = api("admin").get(url).json()
        seen += [one["key"] for one in page["results"]]
        url = page["next"]
    assert seen == sorted(kitchen.recipe.attributes.values_list("key", flat=True))


@pytest.mark.parametrize("address", ["conditions", "notification-templates"])
def test_how_others_work_is_nothing_for_guests(
    api: Client, kitchen: Kitchen, cast: Cast, address: str
) -> None:
    Condition.objects.create(object_type=kitchen.recipe, is_editable=True)
    url = f"/api/v1/{address}/"
    assert len(api("viewer").get(url).json()["results"]) > 0
    assert api("guest").get(url).json()["results"] == []
