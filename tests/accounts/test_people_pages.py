"""Users and account settings as their admins see them, and what a leaving person owns."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accounts.actor import Actor
from accounts.exceptions import Conflict, Denied, Invalid
from accounts.grants import JOIN, OWN, holders, set_holders
from accounts.holdings import owned_alone_by, owned_by
from accounts.models import Account, User, Workspace
from accounts.services import handing_over, teams, users
from tests.accounts.letters import sent
from tests.api.problems import problem
from tests.cast import Cast, make_user
from tests.cast import Client as Api
from tests.pages import browser, queries_of, text_of, toasts

SYSTEM = Actor.system()


@pytest.fixture
def desk(cast: Cast) -> Client:
    return browser(cast.admin)


# --- the list ------------------------------------------------------------------------------------


def test_people_are_found_by_word_role_team_and_standing(cast: Cast, desk: Client) -> None:
    users.change_user(cast.guest, actor=SYSTEM, active=False)

    def found(query: str) -> list[str]:
        page = desk.get(f"/users/?{query}").context["page"]
        return [user.username for user in page.rows]

    assert found("q=stew") == ["steward"]
    assert found("q=owner+example") == ["owner"]
    assert found("role=viewer") == ["viewer"]
    assert found("team=Team::Admins") == ["admin"]
    assert found("standing=inactive") == ["guest"]
    assert len(found("role=nonsense")) == 0


def test_a_list_costs_the_same_however_many_there_are(cast: Cast, desk: Client) -> None:
    few = queries_of(lambda: desk.get("/users/"))
    for number in range(20):
        make_user(f"more{number}").groups.add(cast.teams["Team::Admins"])
    assert queries_of(lambda: desk.get("/users/")) == few


@pytest.mark.parametrize("name", ["owner", "viewer", "guest"])
def test_the_pages_are_for_admins(cast: Cast, name: str) -> None:
    client = browser(cast[name])
    before = User.objects.get(pk=cast.member.pk)
    for path in ("/users/", f"/users/{cast.member.pk}/", "/users/99999/", "/account/"):
        assert client.get(path).status_code == 403, path
    for verb in ("", "active/", "sign-out/", "password-link/", "hand-over/", "delete/"):
        path = f"/users/{cast.member.pk}/{verb}"
        assert client.post(path, {"role": "admin", "to": name}).status_code == 403, path
    client.post("/account/", {"name": "Mine"})
    after = User.objects.get(pk=cast.member.pk)
    assert (after.role, after.is_active, after.session_stamp) == (
        before.role,
        before.is_active,
        before.session_stamp,
    )
    assert Account.objects.get().name == "Sluice"
    assert "/users/" not in client.get("/").content.decode()


# --- one -----------------------------------------------------------------------------------------


def test_a_user_is_changed_on_one_page(cast: Cast, desk: Client) -> None:
    given = {
        "firstName": "Mo",
        "lastName": "",
        "email": "mo@example.org",
        "role": "viewer",
        "teams": ["Team::Admins", "Team::Stewards"],
    }
    answer = desk.post(f"/users/{cast.member.pk}/", given, follow=True)
    assert toasts(answer) == ["member was saved."]
    member = cast["member"]
    assert (member.first_name, member.email, member.role) == ("Mo", "mo@example.org", "viewer")
    assert member.groups.count() == 2
    refused = desk.post(f"/users/{cast.member.pk}/", {**given, "role": "boss", "firstName": "4"})
    assert refused.status_code == 422
    assert desk.get("/users/987654321/").status_code == 404


def test_deactivating_and_signing_out_end_the_sessions(cast: Cast, desk: Client) -> None:
    client = browser(cast.member)
    desk.post(f"/users/{cast.member.pk}/sign-out/")
    assert client.get("/").status_code == 302
    client = browser(cast["member"])
    desk.post(f"/users/{cast.member.pk}/active/", {"active": "false"})
    assert client.get("/").status_code == 302
    assert not cast["member"].is_active
    desk.post(f"/users/{cast.member.pk}/active/", {"active": "true"})
    assert cast["member"].is_active
    assert client.get("/").status_code == 302


def test_an_admin_has_a_link_sent(cast: Cast, desk: Client) -> None:
    desk.post(f"/users/{cast.member.pk}/password-link/")
    (message,) = sent()
    assert message.to == ["member@example.org"]
    users.change_user(cast.member, actor=SYSTEM, email="")
    assert desk.post(f"/users/{cast.member.pk}/password-link/").status_code == 422


def test_the_last_admin_stays(cast: Cast, desk: Client) -> None:
    """Nobody could let them in again."""
    pk = cast.admin.pk
    for verb, given in (
        ("", {"role": "member"}),
        ("active/", {"active": "false"}),
        ("delete/", {}),
    ):
        answer = desk.post(f"/users/{pk}/{verb}", given)
        assert (answer.status_code, "last account admin" in text_of(answer)) == (409, True), verb
    assert cast["admin"].is_account_admin


# --- what they own -------------------------------------------------------------------------------


def test_whoever_alone_owns_something_is_not_deleted(cast: Cast, api: Api) -> None:
    refused = problem(api("admin").delete("/api/v1/users/owner/"), 409)
    assert refused["code"] == "soleOwner"
    assert refused["uses"] == [{"kind": "workspace", "key": "lab"}]
    set_holders(cast.lab, OWN, users=[cast.owner, cast.steward], teams=[])
    assert owned_alone_by(cast.owner) == []
    assert api("admin").delete("/api/v1/users/owner/").status_code == 204
    assert holders(cast.lab, OWN) == (["steward"], [])


def test_owners_who_are_not_active_count_for_nothing(cast: Cast) -> None:
    set_holders(cast.lab, OWN, users=[cast.owner, cast.steward], teams=[])
    users.change_user(cast.steward, actor=SYSTEM, active=False)
    assert [one.key for one in owned_alone_by(cast.owner)] == ["lab"]


def test_a_team_owns_through_its_members(cast: Cast) -> None:
    stewards = cast.teams["Team::Stewards"]
    set_holders(cast.lab, OWN, users=[], teams=[stewards])
    assert [one.key for one in owned_alone_by(cast.steward)] == ["lab"]
    with pytest.raises(Conflict) as refused:
        teams.delete_team(stewards, actor=SYSTEM)
    assert refused.value.code == "soleOwner"
    cast.member.groups.add(stewards)
    assert owned_alone_by(cast.steward) == []
    set_holders(cast.lab, OWN, users=[cast.owner], teams=[stewards])
    teams.delete_team(stewards, actor=SYSTEM)


def test_all_that_somebody_owns_is_handed_over(cast: Cast, desk: Client) -> None:
    mine = Workspace.objects.create(key="mine", name="Mine", access="private")
    set_holders(mine, OWN, users=[cast.owner, cast.member], teams=[])
    set_holders(mine, JOIN, users=[cast.owner], teams=[])
    assert len(owned_by(cast.owner)) == 2
    page = desk.get(f"/users/{cast.owner.pk}/")
    assert "workspace lab" in text_of(page)
    before = desk.post(f"/users/{cast.owner.pk}/hand-over/", {"to": "member"})
    assert "Workspaces: 2 lab, mine" in text_of(before)
    assert holders(mine, OWN) == (["member", "owner"], [])
    sure = {"to": "member", "confirmed": "true"}
    after = desk.post(f"/users/{cast.owner.pk}/hand-over/", sure, follow=True)
    assert toasts(after) == ["member has taken over from owner (workspaces: 2)."]
    assert holders(cast.lab, OWN) == (["member"], [])
    assert holders(mine, OWN) == (["member"], [])
    desk.post(f"/users/{cast.owner.pk}/delete/")
    assert not User.objects.filter(username="owner").exists()


@pytest.mark.parametrize("confirmed", ["", "true"])
def test_an_unknown_heir_is_told_in_the_form(cast: Cast, desk: Client, confirmed: str) -> None:
    path = f"/users/{cast.owner.pk}/hand-over/"
    answer = desk.post(path, {"to": "nobdy", "confirmed": confirmed})
    assert answer.status_code == 422
    assert "There is no other active user 'nobdy'." in text_of(answer)
    (field,) = re.findall(r'<input[^>]*id="hand-over-to"[^>]*>', answer.content.decode())
    assert all(part in field for part in ('value="nobdy"', "autofocus", 'aria-invalid="true"'))
    odd = desk.post(path, {"to": "mem\0ber", "confirmed": confirmed})
    assert (odd.status_code, "mem\ufffdber" in odd.content.decode()) == (422, True)
    assert holders(cast.lab, OWN) == (["owner"], [])
    assert desk.post(path, {"to": "member", "confirmed": ""}).status_code == 200


def test_an_heir_is_another_active_user(cast: Cast) -> None:
    users.change_user(cast.guest, actor=SYSTEM, active=False)
    for heir in ("owner", "guest", "nobody", ""):
        with pytest.raises(Invalid):
            handing_over.hand_over(cast.owner, to=heir, actor=SYSTEM)
    with pytest.raises(Denied):
        handing_over.hand_over(cast.owner, to="member", actor=cast.acting("member"))
    assert holders(cast.lab, OWN) == (["owner"], [])


# --- the account ---------------------------------------------------------------------------------


def test_the_settings_are_saved_or_shown_again(cast: Cast, desk: Client) -> None:
    given = {"name": "Kitchen", "roles": ["viewer", "admin"], "chainDepth": "5"}
    assert toasts(desk.post("/account/", given, follow=True)) == ["The settings were saved."]
    account = Account.objects.get()
    assert (account.name, account.most_chain_depth) == ("Kitchen", 5)
    assert account.roles_that_create_workflows == ["admin", "viewer"]
    for wrong in (
        {"chainDepth": "0"},
        {"chainDepth": "x"},
        {"chainDepth": "9" * 5000},
        {"name": " "},
        {"name": "a\u202eb"},
        {"roles": "boss"},
    ):
        assert desk.post("/account/", {**given, **wrong}).status_code == 422, wrong
    assert Account.objects.get().name == "Kitchen"
