"""What a form saves goes through the service, and what the service refuses stands in the form."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.grants import JOIN, OWN, holders
from accounts.models import Account, Team, User, Workspace
from accounts.services.teams import all_teams, members_of
from catalog.models import (
    Application,
    Board,
    Change,
    GovernedObject,
    Lifecycle,
    ObjectType,
    RelationType,
    State,
)
from catalog.services.boards import default_board
from notifications.models import Template
from permissions.models import Condition
from tests.admin.conftest import address, fields_of, send, text_of
from tests.cast import Cast
from tests.kitchen import Kitchen
from workflows.models import Transition

ADD_USER = address("accounts_user", "add")


def lines(*names: str) -> str:
    return "\n".join(names)


# --- people --------------------------------------------------------------------------------------


def test_a_user_is_made_with_a_role_and_a_team(cast: Cast, desk: Client) -> None:
    answer = send(
        desk, ADD_USER, username="nina", email="nina@example.org", role="viewer",
        teams=["Team::Stewards"], password="a long enough one",
    )  # fmt: skip
    nina = User.objects.get(username="nina")
    assert answer.status_code == 302
    assert (nina.role, nina.is_staff, nina.is_active) == ("viewer", False, True)
    assert [team.name for team in nina.groups.all()] == ["Team::Stewards"]
    assert nina.check_password("a long enough one")
    assert LogEntry.objects.get().user == cast.admin


def test_a_bad_user_is_refused_in_the_form(cast: Cast, desk: Client) -> None:
    for wrong, sentence in (
        ({"username": "system"}, "is not 'system'"),
        ({"username": "OWNER"}, "There is a user 'OWNER' already."),
        ({"username": "Team::Admins"}, "A username has 1 to 150 letters"),
        ({"email": "nowhere"}, "Enter a valid e-mail address."),
        ({"password": "demo"}, "This password is too short"),
    ):
        given = {"username": "nina", "role": "member", **wrong}
        page = send(desk, ADD_USER, **given)
        assert page.status_code == 200
        assert sentence in text_of(page)
    assert not User.objects.filter(username__in=["nina", "system", "OWNER"]).exists()


def test_a_role_that_is_none_is_refused(cast: Cast, desk: Client) -> None:
    page = send(desk, ADD_USER, username="nina", role="emperor")
    assert page.status_code == 200
    assert not User.objects.filter(username="nina").exists()


def test_only_what_was_changed_is_written(cast: Cast, desk: Client) -> None:
    url = address("accounts_user", "change", cast.member.pk)
    stamp = cast.member.session_stamp
    before = cast.member.password
    send(desk, url, first_name="Mina")
    member = User.objects.get(username="member")
    assert member.first_name == "Mina"
    assert (member.password, member.session_stamp) == (before, stamp)


def test_a_user_name_stays(cast: Cast, desk: Client) -> None:
    send(desk, address("accounts_user", "change", cast.member.pk), username="boss", last_name="X")
    assert User.objects.get(pk=cast.member.pk).username == "member"
    assert User.objects.get(pk=cast.member.pk).last_name == "X"


def test_whoever_is_deactivated_loses_sessions_and_tokens(
    cast: Cast, desk: Client, door: Any
) -> None:
    hers = door("member")
    assert hers.get("/").status_code == 200
    send(desk, address("accounts_user", "change", cast.member.pk), active=None)
    assert not User.objects.get(username="member").is_active
    assert hers.get("/").status_code == 302


def test_another_password_signs_out_everywhere(cast: Cast, desk: Client, door: Any) -> None:
    hers = door("member")
    url = address("accounts_user", "change", cast.member.pk)
    assert "too short" in text_of(send(desk, url, password="abc"))
    assert hers.get("/").status_code == 200
    send(desk, url, password="quite another secret")
    assert User.objects.get(username="member").check_password("quite another secret")
    assert hers.get("/").status_code == 302


def test_the_last_admin_keeps_the_role(cast: Cast, desk: Client) -> None:
    page = send(desk, address("accounts_user", "change", cast.admin.pk), role="member")
    assert page.status_code == 200
    assert "admin is the last account admin." in text_of(page)
    assert User.objects.get(username="admin").is_account_admin


def test_flags_of_django_are_no_fields(cast: Cast, desk: Client) -> None:
    url = address("accounts_user", "change", cast.member.pk)
    send(desk, url, first_name="Mo", is_superuser="on", is_staff="on", session_stamp="x", pk="1")
    member = User.objects.get(username="member")
    assert (member.first_name, member.is_superuser, member.is_staff) == ("Mo", False, False)
    assert member.session_stamp != "x"


def test_a_team_is_made_renamed_and_filled(cast: Cast, desk: Client) -> None:
    send(
        desk, address("accounts_team", "add"), name="Team::Cooks", members=lines("owner", "member")
    )
    cooks = all_teams().get(name="Team::Cooks")
    assert members_of([cooks]) == {cooks.pk: ["member", "owner"]}
    url = address("accounts_team", "change", cooks.pk)
    send(desk, url, name="Team::Chefs", members=lines("owner"))
    chefs = all_teams().get(pk=cooks.pk)
    assert (chefs.name, chefs.folded_name) == ("Team::Chefs", "team::chefs")
    assert members_of([chefs]) == {chefs.pk: ["owner"]}


def test_a_team_of_nobody_we_know_is_refused_with_the_nearest_name(
    cast: Cast, desk: Client
) -> None:
    page = send(desk, address("accounts_team", "add"), name="Team::Cooks", members="ownr")
    assert "There is no user and no team 'ownr'. Did you mean owner?" in text_of(page)
    for name in ("::", "owner", "team::admins"):
        page = send(desk, address("accounts_team", "add"), name=name)
        assert page.status_code == 200
    assert Team.objects.count() == 3


def test_a_workspace_and_its_people(cast: Cast, desk: Client) -> None:
    url = address("accounts_workspace", "add")
    send(desk, url, key="bakery", access="private", owners=lines("owner", "Team::Stewards"))
    bakery = Workspace.objects.get(key="bakery")
    assert (bakery.name, bakery.access) == ("bakery", "private")
    assert holders(bakery, OWN) == (["owner"], ["Team::Stewards"])
    change = address("accounts_workspace", "change", bakery.pk)
    assert fields_of(desk, change)["owners"] == [lines("owner", "Team::Stewards")]
    send(desk, change, members="member")
    assert holders(bakery, JOIN) == (["member"], [])
    assert "The last owner can't leave" in text_of(send(desk, change, owners=""))
    assert holders(bakery, OWN) == (["owner"], ["Team::Stewards"])


def test_a_bad_workspace_is_refused(cast: Cast, desk: Client) -> None:
    url = address("accounts_workspace", "add")
    assert "A key begins with a letter" in text_of(send(desk, url, key="9", access="open"))
    assert "There is a workspace 'LAB' already." in text_of(
        send(desk, url, key="LAB", access="open")
    )
    main = address("accounts_workspace", "change", cast.main.pk)
    assert "The workspace 'main' keeps its key." in text_of(send(desk, main, key="other"))
    assert sorted(Workspace.objects.values_list("key", flat=True)) == ["lab", "main"]


def test_the_account(cast: Cast, desk: Client) -> None:
    url = desk.get(address("accounts_account", "changelist"))["Location"]
    send(desk, url, roles_that_create_workflows=["admin"], most_chain_depth="3")
    account = Account.objects.get()
    assert (account.roles_that_create_workflows, account.most_chain_depth) == (["admin"], 3)
    assert "less than or equal to 100" in text_of(send(desk, url, most_chain_depth="101"))
    assert "1 to 200 characters" in text_of(send(desk, url, name="  "))
    assert Account.objects.get().most_chain_depth == 3


# --- the schema ----------------------------------------------------------------------------------


def test_an_application_is_made_and_its_key_stays(cast: Cast, desk: Client) -> None:
    send(desk, address("catalog_application", "add"), key="shop")
    shop = Application.objects.get(key="shop")
    assert shop.name == "shop"
    send(desk, address("catalog_application", "change", shop.pk), key="store", name="Shop")
    shop.refresh_from_db()
    assert (shop.key, shop.name) == ("shop", "Shop")


def test_a_bad_key_of_an_object_type_is_refused(kitchen: Kitchen, cast: Cast, desk: Client) -> None:
    url = address("catalog_objecttype", "add")
    for key, sentence in (
        ("1st", "A key begins with a letter"),
        ("bulk", "A key begins with a letter"),
        ("RECIPE", "already"),
        ("", "This field is required."),
    ):
        page = send(desk, url, key=key)
        assert page.status_code == 200
        assert sentence in text_of(page)
    assert ObjectType.objects.count() == 1


def table(prefix: str, place: int, **values: str) -> dict[str, str]:
    return {f"{prefix}-{place}-{name}": value for name, value in values.items()}


def test_an_object_type_with_its_attributes(kitchen: Kitchen, cast: Cast, desk: Client) -> None:
    given = {
        **table("attributes", 0, key="title", type="string", required="on"),
        **table("attributes", 1, key="size", type="enum", options=lines("S", "M"), default='"S"'),
        "attributes-TOTAL_FORMS": "2",
    }
    url = address("catalog_objecttype", "add")
    answer = send(desk, url, key="shirt", workflowKey="recipe_lifecycle", **given)
    assert answer.status_code == 302
    shirt = ObjectType.objects.get(key="shirt")
    assert shirt.lifecycle == kitchen.lifecycle
    title, size = shirt.attributes.order_by("position")
    assert (title.key, title.is_required, title.default) == ("title", True, None)
    assert (size.options, size.default) == (["S", "M"], "S")


def test_one_bad_attribute_saves_nothing_of_the_page(
    kitchen: Kitchen, cast: Cast, desk: Client
) -> None:
    given = {
        **table("attributes", 0, key="title", type="string"),
        **table("attributes", 1, key="size", type="enum"),
        "attributes-TOTAL_FORMS": "2",
    }
    page = send(desk, address("catalog_objecttype", "add"), key="shirt", **given)
    assert page.status_code == 200
    assert "An enum needs options." in text_of(page)
    assert not ObjectType.objects.filter(key="shirt").exists()


def test_an_attribute_is_changed_and_another_deleted(
    kitchen: Kitchen, cast: Cast, desk: Client
) -> None:
    url = address("catalog_objecttype", "change", kitchen.recipe.pk)
    place = _place(desk, url, "attributes", "note")
    gone = _place(desk, url, "attributes", "price")
    send(
        desk,
        url,
        **table("attributes", place, name="Remark", key="other"),
        **{f"attributes-{gone}-DELETE": "on"},
    )
    assert kitchen.recipe.attributes.get(key="note").name == "Remark"
    assert not kitchen.recipe.attributes.filter(key__in=["price", "other"]).exists()


def test_what_is_in_use_is_not_deleted_from_a_table(
    kitchen: Kitchen, cast: Cast, desk: Client
) -> None:
    kitchen.make(attributes={"note": "x"})
    url = address("catalog_objecttype", "change", kitchen.recipe.pk)
    gone = _place(desk, url, "attributes", "note")
    page = send(desk, url, name="Dish", **{f"attributes-{gone}-DELETE": "on"})
    assert page.status_code == 200
    assert "is used by" in text_of(page)
    assert ObjectType.objects.get(key="recipe").name == "Recipe"
    assert kitchen.recipe.attributes.filter(key="note").exists()


def _place(client: Client, url: str, prefix: str, key: str) -> int:
    """The line of a table in which this key stands; fixed keys are disabled, so told by row id."""
    rows: Any = {"attributes": _attribute, "states": _state}[prefix]
    wanted = str(rows(key))
    for name, values in fields_of(client, url).items():
        if name.startswith(prefix) and name.endswith("-id") and values == [wanted]:
            return int(name.split("-")[1])
    raise AssertionError(key)


def _attribute(key: str) -> int:
    return ObjectType.objects.get(key="recipe").attributes.get(key=key).pk


def _state(key: str) -> int:
    return State.objects.get(lifecycle__key="recipe_lifecycle", key=key).pk


def test_default_values_are_read_strictly(kitchen: Kitchen, cast: Cast, desk: Client) -> None:
    url = address("catalog_objecttype", "change", kitchen.recipe.pk)
    place = _place(desk, url, "attributes", "servings")
    for wrong in ("NaN", "[" * 100_000, '{"a": 1, "a": 2}', '"\\ud800"', "four"):
        page = send(desk, url, **table("attributes", place, default=wrong))
        assert page.status_code == 200
        assert "This is no JSON" in text_of(page)
    assert "number" in text_of(send(desk, url, **table("attributes", place, default='"x"')))
    assert kitchen.recipe.attributes.get(key="servings").default == 4
    send(desk, url, **table("attributes", place, default="6"))
    assert kitchen.recipe.attributes.get(key="servings").default == 6


def test_a_state_is_deleted_with_the_word_where_its_objects_go(
    kitchen: Kitchen, cast: Cast, desk: Client
) -> None:
    url = address("catalog_lifecycle", "change", kitchen.lifecycle.pk)
    kitchen.transitions["drop"].delete()
    for key in ("approve", "send_back", "submit"):
        kitchen.transitions[key].delete()
    soup = kitchen.make(state=kitchen.states["review"])
    place = _place(desk, url, "states", "review")
    gone = {f"states-{place}-DELETE": "on"}
    page = send(desk, url, **gone)
    assert "1 object in this state" in text_of(page)
    assert "stateMapping" in text_of(page)
    page = send(desk, url, stateMapping="review: draft")
    assert "is not marked to be deleted" in text_of(page)
    page = send(desk, url, stateMapping="review: daft", **gone)
    assert "Perhaps 'draft' was meant." in text_of(page)
    assert GovernedObject.objects.get(pk=soup.pk).state == kitchen.states["review"]
    answer = send(desk, url, stateMapping="review: draft", **gone)
    assert answer.status_code == 302
    assert GovernedObject.objects.get(pk=soup.pk).state == kitchen.states["draft"]
    assert not kitchen.lifecycle.states.filter(key="review").exists()
    row = Change.objects.get(object_id=soup.pk, verb="transitioned")
    assert (row.actor_name, row.via_kind) == ("admin", "admin")


def test_a_lifecycle_with_states(kitchen: Kitchen, cast: Cast, desk: Client) -> None:
    given = {
        **table("states", 0, key="open", position="1", color="#0a0"),
        **table("states", 1, key="closed", position="2"),
        "states-TOTAL_FORMS": "2",
    }
    answer = send(desk, address("catalog_lifecycle", "add"), key="tickets", **given)
    assert answer.status_code == 302
    tickets = Lifecycle.objects.get(key="tickets")
    assert [state.key for state in tickets.states.all()] == ["open", "closed"]
    url = address("catalog_lifecycle", "change", tickets.pk)
    send(desk, url, initStateKey="closed")
    tickets.refresh_from_db()
    assert tickets.initial_state is not None
    assert tickets.initial_state.key == "closed"


def test_a_bad_lifecycle_is_refused(kitchen: Kitchen, cast: Cast, desk: Client) -> None:
    add = address("catalog_lifecycle", "add")
    assert "already" in text_of(send(desk, add, key="Recipe_Lifecycle"))
    url = address("catalog_lifecycle", "change", kitchen.lifecycle.pk)
    place = _place(desk, url, "states", "review")
    page = send(desk, url, **table("states", place, color="reddish"))
    assert "A colour is #RGB" in text_of(page)
    kitchen.make()
    gone = _place(desk, url, "states", "draft")
    page = send(desk, url, **{f"states-{gone}-DELETE": "on"})
    assert page.status_code == 200
    assert Lifecycle.objects.count() == 1
    assert set(kitchen.lifecycle.states.values_list("key", flat=True)) == set(kitchen.states)


def test_a_transition(kitchen: Kitchen, cast: Cast, desk: Client) -> None:
    url = address("workflows_transition", "add")
    given = {
        "workflowKey": "recipe_lifecycle",
        "fromStateKey": "approved",
        "toStateKey": "archived",
    }
    send(desk, url, key="shelve", changeThresholdTypeKey="majority", **given)
    shelve = Transition.objects.get(key="shelve")
    assert (shelve.mode, shelve.from_state.key) == ("majority", "approved")
    given["toStateKey"] = "approved"
    assert "another state" in text_of(send(desk, url, key="stay", **given))
    assert not Transition.objects.filter(key="stay").exists()


def test_relation_types_name_object_types(kitchen: Kitchen, cast: Cast, desk: Client) -> None:
    url = address("catalog_relationtype", "add")
    send(desk, url, key="made_with", sourceObjectTypeKey="recipe")
    assert RelationType.objects.get(key="made_with").source_object_type == kitchen.recipe
    page = send(desk, url, key="other", sourceObjectTypeKey="absent")
    assert "absent is not one of the available choices" in text_of(page)


def test_a_condition_is_made_and_changed(kitchen: Kitchen, cast: Cast, desk: Client) -> None:
    url = address("permissions_condition", "add")
    given = {"objectTypeKey": "recipe", "userRelationTypeKey": "reviewer", "editable": "on"}
    send(desk, url, workflowStateKey="draft", **given)
    made = Condition.objects.get()
    assert (made.object_type, made.state) == (kitchen.recipe, kitchen.states["draft"])
    assert "already" in text_of(send(desk, url, workflowStateKey="draft", **given))
    send(desk, address("permissions_condition", "change", made.pk), workflowStateKey="review")
    assert Condition.objects.get().state == kitchen.states["review"]


def test_a_template_is_checked(kitchen: Kitchen, cast: Cast, desk: Client) -> None:
    url = address("notifications_template", "change", kitchen.template.pk)
    for body in ("{{ @object.name", "{{ @object.attributes.notte }}", "{{ nothing() }}"):
        page = send(desk, url, body=body)
        assert page.status_code == 200
        assert "errornote" in text_of(page)
    send(
        desk, url, body="<p>{{ @object.attributes.note }}</p>", recipientRelationTypes=["reviewer"]
    )
    template = Template.objects.get()
    assert template.body == "<p>{{ @object.attributes.note }}</p>"
    assert template.recipient_relation_types == ["reviewer"]
    page = send(desk, url, recipients=lines("owner", "nobody"))
    assert "There is no user and no team 'nobody'." in text_of(page)


def test_a_board_is_made_and_moved(cast: Cast, desk: Client) -> None:
    url = address("catalog_board", "add")
    send(desk, url, key="spices", workspace="main", type="private", owners="owner")
    spices = Board.objects.get(key="spices")
    assert (spices.workspace, spices.type) == (cast.main, "private")
    send(desk, address("catalog_board", "change", spices.pk), workspace="lab", name="Spices")
    spices.refresh_from_db()
    assert (spices.workspace, spices.name) == (cast.lab, "Spices")
    page = send(desk, url, key="Spices", workspace="main", type="main")
    assert "There is a board 'Spices' already." in text_of(page)


def test_columns_of_a_board_are_lines(desk: Client, cast: Cast, kitchen: Kitchen) -> None:
    board = default_board(kitchen.recipe)
    url = address("catalog_board", "change", board.pk)
    lines = "price: member, Team::Stewards / owner\nnote: / owner"
    assert send(desk, url, columns=[lines]).status_code == 302
    column = board.columns.get(attribute_key="price")
    assert (column.is_view_restricted, column.is_edit_restricted) == (True, True)
    assert fields_of(desk, url)["columns"] == [lines]
    for wrong, sentence in (
        ("price", "a colon and names"),
        ("prise: member /", "has an attribute"),
    ):
        refused = send(desk, url, columns=[wrong])
        assert refused.status_code == 200
        assert sentence in text_of(refused)
    assert board.columns.count() == 2
