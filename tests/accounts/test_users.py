"""Users and teams: the services, beside what the API's tests try."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection

from accounts.actor import Actor
from accounts.exceptions import Conflict, Denied, Invalid, Refused
from accounts.models import Role, Team, User
from accounts.services import people, teams, users
from tests.cast import Cast, make_user

SYSTEM = Actor.system()


def test_only_admins_and_the_system_make_users(cast: Cast) -> None:
    for actor in (cast.acting("owner"), cast.acting("guest")):
        with pytest.raises(Denied) as refused:
            users.create_user("new", actor=actor)
        assert refused.value.extra["level"] == "role"
    assert users.create_user("new", actor=cast.acting("admin")).role == Role.MEMBER
    assert users.create_user("newer", actor=SYSTEM).is_active


def test_a_deactivated_admin_may_do_nothing(cast: Cast) -> None:
    make_user("second", Role.ADMIN)
    users.change_user(cast.admin, actor=SYSTEM, active=False)
    with pytest.raises(Denied):
        users.create_user("new", actor=cast.acting("admin"))


@pytest.mark.parametrize(
    "name", ["", " ", "a b", "x" * 151, "system", "SYSTEM", "a:b", "\x00", "ﬁ ne"]
)
def test_a_username_has_a_form(cast: Cast, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        users.create_user(name, actor=SYSTEM)
    assert [problem.pointer for problem in refused.value.problems] == ["/username"]


def test_a_username_is_kept_in_one_form(cast: Cast) -> None:
    assert users.create_user("ﬁona", actor=SYSTEM).username == "fiona"


def test_a_password_is_validated_and_hashed(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        users.create_user("new", actor=SYSTEM, password="new")
    assert {problem.pointer for problem in refused.value.problems} == {"/password"}
    made = users.create_user("new", actor=SYSTEM, password="correct horse battery")
    assert made.check_password("correct horse battery")
    assert "horse" not in made.password


def test_people_of_an_import_are_found_or_added_inactive(cast: Cast) -> None:
    found = users.add_inactive_users(["owner", "OWNER", "ada", "grace"], actor=SYSTEM)
    assert found["owner"] == found["OWNER"] == cast.owner
    assert (found["ada"].is_active, found["ada"].role) == (False, Role.MEMBER)
    assert not User.objects.get(username="grace").has_usable_password()
    again = users.add_inactive_users(["ada", "grace"], actor=SYSTEM)
    assert {name: user.pk for name, user in again.items()} == {
        name: found[name].pk for name in ("ada", "grace")
    }
    with pytest.raises(Invalid):
        users.add_inactive_users(["fine", "not fine"], actor=SYSTEM)
    assert not User.objects.filter(username="fine").exists()
    with pytest.raises(Denied):
        users.add_inactive_users(["fine"], actor=cast.acting("owner"))


def test_many_people_cost_few_queries(cast: Cast, django_assert_max_num_queries: Any) -> None:
    names = [f"p{number}" for number in range(1200)]
    with django_assert_max_num_queries(40):
        assert len(users.add_inactive_users(names, actor=SYSTEM)) == 1200


def test_a_role_writes_only_its_own_columns(cast: Cast) -> None:
    User.objects.filter(pk=cast.owner.pk).update(email="new@example.org")
    users.change_user(cast.owner, actor=SYSTEM, role="admin")
    fresh = User.objects.get(pk=cast.owner.pk)
    assert (fresh.email, fresh.is_staff) == ("new@example.org", True)


def test_whoever_is_demoted_is_no_superuser_either(cast: Cast) -> None:
    User.objects.filter(pk=cast.owner.pk).update(is_superuser=True, role="admin", is_staff=True)
    users.change_user(cast.owner, actor=SYSTEM, role="member")
    fresh = User.objects.get(pk=cast.owner.pk)
    assert (fresh.is_superuser, fresh.is_staff, fresh.is_account_admin) == (False, False, False)


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_remove_each_other_leave_one() -> None:
    pair = [make_user("one", Role.ADMIN), make_user("two", Role.ADMIN)]

    def deactivate(user: User) -> str:
        try:
            users.change_user(user, actor=SYSTEM, active=False)
        except Conflict as refused:
            return refused.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(deactivate, pair))
    assert outcomes == ["done", "lastAdmin"]
    assert users.admins().count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_users_of_one_name_at_once_become_one() -> None:
    def make(name: str) -> str:
        try:
            users.create_user(name, actor=SYSTEM)
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(make, ["ada", "Ada", "ADA", "aDa"]))
    assert outcomes == ["done", "invalid", "invalid", "invalid"]


@pytest.mark.django_db(transaction=True)
def test_two_teams_of_one_name_at_once_become_one() -> None:
    def make(name: str) -> str:
        try:
            teams.create_team(name, actor=SYSTEM)
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(make, ["Team::A", "Team::A", "TEAM::A", "team::a"]))
    assert outcomes == ["done", "invalid", "invalid", "invalid"]


def test_names_of_people_are_users_or_teams(cast: Cast) -> None:
    found = people.find_people(
        ["owner", "Team::Stewards", "owner"], actor=cast.acting("member"), pointer="/members"
    )
    assert (found.users, found.teams) == ((cast.owner,), (cast.teams["Team::Stewards"],))
    with pytest.raises(Invalid) as refused:
        people.find_users(["Team::Stewards"], actor=SYSTEM, pointer="/members")
    assert refused.value.problems[0].pointer == "/members/0"


def test_a_guest_names_nobody_but_themselves(cast: Cast) -> None:
    guest = cast.acting("guest")
    assert people.find_users(["guest"], actor=guest, pointer="").__len__() == 1
    with pytest.raises(Invalid) as refused:
        people.find_people(["owner"], actor=guest, pointer="")
    assert refused.value.problems[0].nearest is None


def test_grants_of_a_team_end_with_it(cast: Cast) -> None:
    teams.delete_team(cast.teams["Team::Stewards"], actor=SYSTEM)
    assert not Team.objects.filter(name="Team::Stewards").exists()
    assert not cast["steward"].groups.exists()


@pytest.mark.parametrize(
    ("one", "other"), [("Änne", "änne"), ("ΣΊΣΥΦΟΣ", "σίσυφος"), ("straße", "STRASSE"), ("ﬁ", "FI")]
)
def test_names_that_differ_in_case_alone_are_one_in_any_script(
    cast: Cast, one: str, other: str
) -> None:
    users.create_user(one, actor=SYSTEM)
    with pytest.raises(Invalid) as refused:
        users.create_user(other, actor=SYSTEM)
    assert refused.value.problems[0].code == "taken"
    assert users.add_inactive_users([other], actor=SYSTEM)[other].username != other
    teams.create_team("Zoë", actor=SYSTEM)
    with pytest.raises(Invalid):
        teams.create_team("ZOË", actor=SYSTEM)


def test_the_database_refuses_a_folded_double(cast: Cast) -> None:
    User.objects.bulk_create([User(username="Änne")])
    with pytest.raises(IntegrityError):
        User.objects.bulk_create([User(username="ÄNNE")])
