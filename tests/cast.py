"""The fixed cast of the tests: one of each role, what they hold, and how they come in.

`main` is open; `lab` is private: owned by owner, joined by steward, approver and member.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from rest_framework.test import APIClient

from accounts.actor import Actor
from accounts.grants import JOIN, OWN, set_holders
from accounts.models import Role, Team, User, Workspace
from accounts.services.tokens import create_token
from accounts.services.users import give_role

Client = Callable[[str], APIClient]
ROLES = {
    "admin": Role.ADMIN,
    "owner": Role.MEMBER,
    "steward": Role.MEMBER,
    "approver": Role.MEMBER,
    "member": Role.MEMBER,
    "viewer": Role.VIEWER,
    "guest": Role.GUEST,
    "outsider": Role.MEMBER,
}
TEAMS = {"Team::Admins": "admin", "Team::Approvers": "approver", "Team::Stewards": "steward"}


@dataclass(frozen=True)
class Cast:
    """Eight people, three teams, two workspaces."""

    admin: User
    owner: User
    steward: User
    approver: User
    member: User
    viewer: User
    guest: User
    outsider: User
    teams: dict[str, Team]
    main: Workspace
    lab: Workspace

    def __getitem__(self, name: str) -> User:
        return User.objects.get(username=name)

    def acting(self, name: str) -> Actor:
        """Somebody of the cast as a request has them: read from the database just now."""
        return Actor(self[name], via_kind="api")


def make_user(username: str, role: str = Role.MEMBER, *, is_active: bool = True) -> User:
    user = User(username=username, email=f"{username}@example.org", is_active=is_active)
    give_role(user, role)
    user.set_password("demo")
    user.save()
    return user


def make_team(name: str, *members: User) -> Team:
    team = Team(name=name)
    team.save()
    for member in members:
        member.groups.add(team)
    return team


def make_cast() -> Cast:
    people = {name: make_user(name, role) for name, role in ROLES.items()}
    lab = Workspace.objects.create(key="lab", name="Lab", access="private")
    set_holders(lab, OWN, users=[people["owner"]], teams=[])
    members = [people[name] for name in ("steward", "approver", "member")]
    set_holders(lab, JOIN, users=members, teams=[])
    return Cast(
        **people,
        teams={name: make_team(name, people[who]) for name, who in TEAMS.items()},
        main=Workspace.objects.get(key="main"),
        lab=lab,
    )


def client_of(user: User) -> APIClient:
    """A client that sends a token of this user with each request."""
    secret = create_token(user, actor=Actor.system()).secret
    client = APIClient(raise_request_exception=False)
    client.default_format = "json"
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def api(cast: Cast) -> Client:
    """`api("member")`: a client of somebody of the cast, the same one each time."""
    clients: dict[str, APIClient] = {}

    def of(name: str) -> APIClient:
        if name not in clients:
            clients[name] = client_of(cast[name])
        return clients[name]

    return of


@pytest.fixture
def nobody() -> APIClient:
    """A client without credentials."""
    client = APIClient(raise_request_exception=False)
    client.default_format = "json"
    return client
