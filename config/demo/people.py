"""Who is in the demo account, and where they work."""

from __future__ import annotations

from accounts.actor import Actor
from accounts.demo_names import DEMO_PASSWORD, DEMO_USERNAMES
from accounts.models import Role, Team, User, Workspace
from accounts.models.workspaces import Access
from accounts.services.teams import create_team
from accounts.services.users import create_user
from accounts.services.workspaces import create_workspace
from catalog.models import Board
from catalog.services.boards import create_board

PEOPLE = (
    (Role.ADMIN, "Ada", "Lind"),
    (Role.MEMBER, "Omar", "Haddad"),
    (Role.MEMBER, "Stella", "Moreau"),
    (Role.MEMBER, "Aoife", "Byrne"),
    (Role.MEMBER, "Mehmet", "Yıldız"),
    (Role.MEMBER, "Olga", "Petrova"),
    (Role.VIEWER, "Vikram", "Rao"),
    (Role.GUEST, "Gustavo", "Lima"),
)
USERS = dict(zip(DEMO_USERNAMES, PEOPLE, strict=True))
TEAMS = {
    "Team::Admins": ["admin"],
    "Team::Approvers": ["approver"],
    "Team::Stewards": ["steward"],
}
MEMBERS = ("steward", "approver", "member")


def load_people(actor: Actor) -> int:
    """Makes the users and teams that are missing; returns how many users it made."""
    made = 0
    for username, (role, first_name, last_name) in USERS.items():
        if User.objects.filter(username=username).exists():
            continue
        user = create_user(
            username,
            actor=actor,
            email=f"{username}@demo.example",
            first_name=first_name,
            last_name=last_name,
            role=role,
        )
        _open_with_demo_password(user)
        made += 1
    for name, members in TEAMS.items():
        if not Team.objects.filter(name=name).exists():
            create_team(name, actor=actor, members=members)
    return made


def _open_with_demo_password(user: User) -> None:
    """A password that no validator would accept; the server refuses to serve it to others."""
    user.set_password(DEMO_PASSWORD)
    user.is_superuser = user.username == "admin"
    user.save(update_fields=["password", "is_superuser"])


def load_places(actor: Actor) -> None:
    """Makes the private workspace and the two boards where they are missing."""
    lab = Workspace.objects.filter(key="lab").first() or create_workspace(
        "lab",
        actor=actor,
        name="Lab",
        access=Access.PRIVATE,
        owners=["owner"],
        members=MEMBERS,
    )
    if not Board.objects.filter(key="recipe").exists():
        main = Workspace.objects.get(key="main")
        create_board("recipe", actor=actor, workspace=main, name="Recipes", owners=["owner"])
    if not Board.objects.filter(key="trials").exists():
        create_board(
            "trials",
            actor=actor,
            workspace=lab,
            name="Trials",
            type=Board.Type.PRIVATE,
            owners=["owner"],
            members=MEMBERS,
        )
