"""A small account for the tests of the gate: a fixed cast and places, and grants drawn at will."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.contrib.auth.models import Group
from django.db import models, transaction

from accounts.actor import Actor
from accounts.grants import permission_of
from accounts.models import Role, Team, User, Workspace
from catalog.models import (
    AttributeType,
    Board,
    GovernedObject,
    Lifecycle,
    ObjectType,
    State,
    UserRelation,
    UserRelationType,
)
from permissions.models import Condition
from workflows.models import Transition, Workflow


def make_user(username: str, role: str = Role.MEMBER, **more: bool) -> User:
    return User.objects.create(username=username, role=role, **more)


def make_team(name: str) -> Team:
    team = Team(name=name)
    team.save()
    return team


def acting(user: User) -> Actor:
    """The actor as a request has it: the user read from the database just now."""
    return Actor(User.objects.get(pk=user.pk), "api")


def give(holder: User | Group, thing: models.Model, level: str) -> None:
    """Grants a level of a workspace, a board or a workflow to a user or a team."""
    is_user = isinstance(holder, User)
    grants = getattr(thing, "user_grants" if is_user else "team_grants")
    row = {"user_id" if is_user else "group_id": holder.pk}
    grants.get_or_create(permission=permission_of(type(thing), level), **row)


@contextmanager
def rolled_back() -> Iterator[None]:
    """What is written inside leaves no trace, so that the next generated case starts clean."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclass
class World:
    """Two workspaces, a main and a private board in each, two object types, and the cast."""

    people: dict[str, User] = field(default_factory=dict)
    teams: list[Team] = field(default_factory=list)
    workspaces: list[Workspace] = field(default_factory=list)
    boards: list[Board] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    types: list[ObjectType] = field(default_factory=list)
    attributes: list[AttributeType] = field(default_factory=list)
    transitions: list[Transition] = field(default_factory=list)
    relation_types: list[UserRelationType] = field(default_factory=list)
    objects: list[GovernedObject] = field(default_factory=list)
    workflows: list[Workflow] = field(default_factory=list)

    def relate(self, user: User, relation_type: UserRelationType, thing: GovernedObject) -> None:
        UserRelation.objects.create(user=user, type=relation_type, object=thing)


Asset = ObjectType | AttributeType | Transition
CAST = {
    "admin": Role.ADMIN,
    "member": Role.MEMBER,
    "outsider": Role.MEMBER,
    "viewer": Role.VIEWER,
    "guest": Role.GUEST,
}


def make_world() -> World:
    world = World()
    world.people = {name: make_user(name, role) for name, role in CAST.items()}
    world.people["root"] = make_user("root", Role.GUEST, is_superuser=True)
    world.people["gone"] = make_user("gone", Role.ADMIN, is_active=False)
    world.teams = [make_team("Team::Admins"), make_team("Team::Stewards")]
    _make_places(world)
    _make_schema(world)
    _make_things(world)
    return world


def _make_places(world: World) -> None:
    Workspace.objects.filter(key="main").delete()
    for key, access in (("hall", "open"), ("lab", "private")):
        workspace = Workspace.objects.create(key=key, name=key.title(), access=access)
        world.workspaces.append(workspace)
        for board_type in Board.Type.values:
            board = Board.objects.create(
                key=f"{key}-{board_type}", name=key, workspace=workspace, type=board_type
            )
            world.boards.append(board)


def _make_schema(world: World) -> None:
    lifecycle = Lifecycle.objects.create(key="cycle", name="Cycle")
    world.states = [
        State.objects.create(lifecycle=lifecycle, key=key, name=key.title(), position=position)
        for position, key in enumerate(("draft", "review"))
    ]
    world.types = [
        ObjectType.objects.create(key="recipe", name="Recipe", lifecycle=lifecycle),
        ObjectType.objects.create(key="note", name="Note"),
    ]
    world.attributes = [
        AttributeType.objects.create(object_type=one, key=key, name=key.title(), type="string")
        for one in world.types
        for key in ("price", "colour")
    ]
    world.transitions = [
        Transition.objects.create(
            lifecycle=lifecycle,
            key=f"submit_{mode}",
            name=f"Submit {mode}",
            from_state=world.states[0],
            to_state=world.states[1],
            mode=mode,
        )
        for mode in ("any", "majority")
    ]
    world.relation_types = [
        UserRelationType.objects.create(key=key, name=key.title()) for key in ("owner", "steward")
    ]


def _make_things(world: World) -> None:
    recipe, note = world.types
    draft, review = world.states
    hall, hall_private, lab, lab_private = world.boards
    places: list[tuple[ObjectType, Board, State | None]] = [
        (recipe, hall, draft),
        (recipe, hall_private, review),
        (recipe, lab, draft),
        (recipe, lab_private, review),
        (note, hall, None),
    ]
    world.objects = [
        GovernedObject.objects.create(
            object_type=of, board=board, key=f"thing-{number}", name=f"T{number}", state=state
        )
        for number, (of, board, state) in enumerate(places)
    ]
    world.workflows = [
        Workflow.objects.create(
            key=f"flow-{workspace.key}-{workflow_type}",
            name="Flow",
            workspace=workspace,
            type=workflow_type,
            is_owned_by_admins=workspace.key == "lab",
        )
        for workspace in world.workspaces
        for workflow_type in Workflow.Type.values
    ]


def condition(
    asset: Asset,
    relation_type: UserRelationType | None = None,
    state: State | None = None,
    *,
    visible: bool = True,
    editable: bool = False,
    never_matches: bool = False,
) -> Condition:
    return Condition.objects.create(
        object_type=asset if isinstance(asset, ObjectType) else None,
        attribute=asset if isinstance(asset, AttributeType) else None,
        transition=asset if isinstance(asset, Transition) else None,
        user_relation_type=relation_type,
        state=state,
        is_visible=visible,
        is_editable=editable,
        never_matches=never_matches,
    )
