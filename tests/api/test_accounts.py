"""`me/`, `account/`, `users/`, `teams/` and `workspaces/`."""

from __future__ import annotations

import pytest

from accounts.models import ApiToken, User, Workspace
from tests.api.problems import pointers, problem
from tests.cast import Cast, Client


def test_me_tells_who_is_signed_in(api: Client) -> None:
    assert api("approver").get("/api/v1/me/").json() == {
        "username": "approver",
        "name": "approver",
        "email": "approver@example.org",
        "role": "member",
        "teams": ["Team::Approvers"],
        "firstName": "",
        "lastName": "",
        "waitingEmail": None,
        "isAdmin": False,
        "canCreateWorkflows": True,
    }
    assert api("guest").get("/api/v1/me/").json()["canCreateWorkflows"] is False


def test_settings_are_read_by_all_and_changed_by_admins(api: Client) -> None:
    change = {"rolesThatCreateWorkflows": ["viewer", "admin"], "limits": {"chainDepth": 3}}
    refused = problem(api("member").patch("/api/v1/account/", change), 403)
    assert refused["level"] == "role"
    assert api("admin").patch("/api/v1/account/", change).json() == {
        "name": "Sluice",
        "rolesThatCreateWorkflows": ["admin", "viewer"],
        "limits": {"chainDepth": 3},
    }
    assert api("guest").get("/api/v1/account/").json()["limits"] == {"chainDepth": 3}


def test_settings_name_every_bad_field(api: Client) -> None:
    change = {"name": 5, "limits": {"chainDepth": "deep"}, "colour": "red"}
    found = problem(api("admin").patch("/api/v1/account/", change), 422)
    assert set(pointers(found)) == {"/name", "/limits/chainDepth", "/colour"}


# --- users ---------------------------------------------------------------------------------------


def test_users_are_listed_for_all_but_guests(api: Client) -> None:
    listed = api("viewer").get("/api/v1/users/").json()
    assert listed["next"] is None
    assert [user["username"] for user in listed["results"]] == sorted(
        ["admin", "owner", "steward", "approver", "member", "viewer", "guest", "outsider"]
    )
    own = api("guest").get("/api/v1/users/").json()["results"]
    assert [user["username"] for user in own] == ["guest"]


def test_users_can_be_narrowed(api: Client) -> None:
    def names(query: str) -> list[str]:
        results = api("member").get(f"/api/v1/users/?{query}").json()["results"]
        return [user["username"] for user in results]

    assert names("role=viewer") == ["viewer"]
    assert names("team=Team::Stewards") == ["steward"]
    assert names("q=OWN") == ["owner"]
    assert names("active=false") == []


def test_a_user_whom_one_may_not_see_is_like_one_who_does_not_exist(api: Client) -> None:
    unseen = problem(api("guest").get("/api/v1/users/member/"), 404)
    assert unseen == problem(api("guest").get("/api/v1/users/mumble/"), 404)
    assert api("member").get("/api/v1/users/member/").json()["role"] == "member"


def test_admins_make_users_and_others_do_not(api: Client) -> None:
    new = {"username": "zoë", "email": "zoe@example.org", "teams": ["Team::Stewards"]}
    problem(api("owner").post("/api/v1/users/", new), 403)
    made = api("admin").post("/api/v1/users/", new)
    assert made.status_code == 201
    shown = made.json()
    assert (shown["role"], shown["active"], shown["teams"]) == ("member", True, ["Team::Stewards"])
    assert api("member").get("/api/v1/users/zo%C3%AB/").json() == shown
    assert not User.objects.get(username="zoë").has_usable_password()


def test_a_user_with_problems_is_told_all_of_them(api: Client) -> None:
    new = {"username": "a b", "email": "nowhere", "role": "boss", "password": "1234"}
    found = problem(api("admin").post("/api/v1/users/", new), 422)
    assert {"/email", "/role"} <= set(pointers(found))
    new |= {"email": "a@example.org", "role": "member"}
    found = problem(api("admin").post("/api/v1/users/", new), 422)
    assert {"/username", "/password"} <= set(pointers(found))
    assert not User.objects.filter(email="a@example.org").exists()


@pytest.mark.parametrize("name", ["Member", "member", "System", "team::admins"])
def test_names_that_are_taken_or_reserved_are_refused(api: Client, name: str) -> None:
    found = problem(api("admin").post("/api/v1/users/", {"username": name}), 422)
    assert pointers(found) == ["/username"]


def test_a_deactivated_user_is_out_at_once_and_for_good(api: Client, cast: Cast) -> None:
    member = api("member")
    browser = member.__class__()
    browser.force_login(cast.member)
    assert member.get("/api/v1/me/").status_code == 200
    assert browser.get("/api/v1/me/").status_code == 200
    answer = api("admin").patch("/api/v1/users/member/", {"active": False})
    assert answer.json()["active"] is False
    problem(member.get("/api/v1/me/"), 401)
    problem(browser.get("/api/v1/me/"), 401)
    assert not ApiToken.objects.filter(user=cast.member).exists()
    api("admin").patch("/api/v1/users/member/", {"active": True})
    problem(member.get("/api/v1/me/"), 401)
    problem(browser.get("/api/v1/me/"), 401)


def test_a_role_gives_and_takes_the_admin_pages(api: Client, cast: Cast) -> None:
    problem(api("owner").patch("/api/v1/users/owner/", {"role": "admin"}), 403)
    api("admin").patch("/api/v1/users/owner/", {"role": "admin"})
    assert cast["owner"].is_staff
    api("owner").patch("/api/v1/users/admin/", {"role": "viewer"})
    assert (cast["admin"].role, cast["admin"].is_staff) == ("viewer", False)
    problem(api("admin").patch("/api/v1/users/owner/", {"role": "guest"}), 403)


def test_the_last_admin_stays(api: Client) -> None:
    for change in ({"role": "member"}, {"active": False}):
        answer = api("admin").patch("/api/v1/users/admin/", change)
        problem(answer, 409, "lastAdmin")
    problem(api("admin").delete("/api/v1/users/admin/"), 409, "lastAdmin")


def test_teams_of_a_user_are_replaced_and_checked(api: Client) -> None:
    change = {"teams": ["Team::Approvers", "Team::Steward"]}
    found = problem(api("admin").patch("/api/v1/users/member/", change), 422)
    assert pointers(found) == ["/teams/1"]
    assert found["errors"][0]["nearest"] == "Team::Stewards"
    answer = api("admin").patch("/api/v1/users/member/", {"teams": ["Team::Approvers"]})
    assert answer.json()["teams"] == ["Team::Approvers"]


def test_a_user_is_removed(api: Client) -> None:
    problem(api("owner").delete("/api/v1/users/outsider/"), 403)
    assert api("admin").delete("/api/v1/users/outsider/").status_code == 204
    problem(api("admin").get("/api/v1/users/outsider/"), 404)


# --- teams ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["Team::Admins", "Team%3A%3AAdmins"])
def test_a_team_is_addressed_by_its_name(api: Client, address: str) -> None:
    assert api("member").get(f"/api/v1/teams/{address}/").json() == {
        "name": "Team::Admins",
        "description": "",
        "members": ["admin"],
    }


def test_teams_are_made_changed_and_dissolved_by_admins(api: Client) -> None:
    new = {"name": "Team::Lab::Night shift", "members": ["member", "owner"]}
    problem(api("owner").post("/api/v1/teams/", new), 403)
    made = api("admin").post("/api/v1/teams/", new)
    assert made.status_code == 201
    assert made.json()["members"] == ["member", "owner"]
    address = "/api/v1/teams/Team::Lab::Night%20shift/"
    changed = api("admin").patch(address, {"name": "Team::Night", "members": ["viewer"]}).json()
    assert (changed["name"], changed["members"]) == ("Team::Night", ["viewer"])
    problem(api("member").delete("/api/v1/teams/Team::Night/"), 403)
    assert api("admin").delete("/api/v1/teams/Team::Night/").status_code == 204
    problem(api("admin").get("/api/v1/teams/Team::Night/"), 404)


@pytest.mark.parametrize(
    ("name", "code"),
    [("team::admins", "taken"), ("Team::Admins", "taken"), ("member", "taken"), ("1", "badName")],
)
def test_a_team_needs_a_name_of_its_own(api: Client, name: str, code: str) -> None:
    found = problem(api("admin").post("/api/v1/teams/", {"name": name}), 422)
    assert [error["code"] for error in found["errors"]] == [code]


def test_a_guest_sees_no_teams_but_their_own(api: Client) -> None:
    assert api("guest").get("/api/v1/teams/").json()["results"] == []
    problem(api("guest").get("/api/v1/teams/Team::Admins/"), 404)


# --- workspaces ----------------------------------------------------------------------------------


def keys(api: Client, who: str) -> list[str]:
    return [row["key"] for row in api(who).get("/api/v1/workspaces/").json()["results"]]


def test_private_workspaces_are_listed_for_those_who_hold_them(api: Client) -> None:
    assert keys(api, "member") == ["lab", "main"]
    assert keys(api, "outsider") == ["main"]
    assert keys(api, "guest") == []
    unseen = problem(api("outsider").get("/api/v1/workspaces/lab/"), 404)
    assert unseen == problem(api("outsider").get("/api/v1/workspaces/lub/"), 404)


def test_a_workspace_tells_who_holds_it(api: Client) -> None:
    assert api("member").get("/api/v1/workspaces/lab/").json() == {
        "key": "lab",
        "name": "Lab",
        "access": "private",
        "owners": ["owner"],
        "members": ["approver", "member", "steward"],
        "canEdit": False,
    }
    assert api("owner").get("/api/v1/workspaces/lab/").json()["canEdit"] is True


def test_owners_change_their_workspace_and_members_do_not(api: Client) -> None:
    change = {"members": ["Team::Stewards", "viewer"], "name": "Laboratory"}
    problem(api("member").patch("/api/v1/workspaces/lab/", change), 403)
    changed = api("owner").patch("/api/v1/workspaces/lab/", change).json()
    assert (changed["name"], changed["members"]) == ("Laboratory", ["viewer", "Team::Stewards"])
    problem(api("member").get("/api/v1/workspaces/lab/"), 404)
    assert api("steward").get("/api/v1/workspaces/lab/").status_code == 200


def test_the_last_owner_stays_and_unknown_names_are_told(api: Client) -> None:
    found = problem(api("owner").patch("/api/v1/workspaces/lab/", {"owners": []}), 422)
    assert found["errors"][0]["code"] == "lastOwner"
    found = problem(api("owner").patch("/api/v1/workspaces/lab/", {"members": ["membr"]}), 422)
    assert found["errors"] == [
        {
            "pointer": "/members/0",
            "code": "unknownName",
            "detail": "There is no user and no team 'membr'.",
            "value": "membr",
            "nearest": "member",
        }
    ]


def test_a_maker_owns_the_workspace_and_removes_it_while_empty(api: Client) -> None:
    made = api("admin").post("/api/v1/workspaces/", {"key": "Attic", "access": "private"})
    assert made.status_code == 201
    assert made.json()["owners"] == ["admin"]
    found = problem(api("admin").post("/api/v1/workspaces/", {"key": "attic"}), 422)
    assert found["errors"][0]["code"] == "duplicateKey"
    problem(api("member").delete("/api/v1/workspaces/Attic/"), 404)
    assert api("admin").delete("/api/v1/workspaces/Attic/").status_code == 204
    problem(api("admin").delete("/api/v1/workspaces/main/"), 409, "inUse")
    assert Workspace.objects.filter(key="main").exists()


@pytest.mark.parametrize("key", ["bulk", "1a", "a b", "", "x" * 101])
def test_a_key_has_the_form_of_keys(api: Client, key: str) -> None:
    found = problem(api("admin").post("/api/v1/workspaces/", {"key": key}), 422)
    assert pointers(found) == ["/key"]
