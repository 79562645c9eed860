"""What the gate says where generated cases say little: closed, inactive, overrides, reasons."""

from __future__ import annotations

import pytest

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Denied, NotFound
from accounts.gate import Decision
from accounts.models import Account, ApiToken, Team, User, Workspace
from catalog.models import Application, GovernedObject, ObjectType, UserRelation
from catalog.things import AttributeOf, PlaceFor
from permissions.fields import editable_attributes, hidden_attributes
from tests.permissions.world import World, acting, condition, give
from workflows.lifecycle.moves import Move
from workflows.models import Transition, Version, Workflow

SYSTEM = Actor.system()


def as_(world: World, name: str) -> Actor:
    return acting(world.people[name])


def usernames(verb: str, thing: object) -> set[str]:
    return {user.username for user in gate.who(verb, thing)}


# --- closed by default ---------------------------------------------------------------------------


def test_what_nobody_made_a_rule_for_is_closed(world: World) -> None:
    unruled = UserRelation(object=world.objects[0])
    for actor in (as_(world, "admin"), SYSTEM):
        assert gate.allows(actor, "view", world.objects[0])
        assert not gate.allows(actor, "devour", world.objects[0])
        assert not gate.allows(actor, "view", unruled)
        assert not gate.allows(actor, "view", object())
        assert not gate.narrow(actor, "devour", GovernedObject.objects.all()).exists()
        assert not gate.narrow(actor, "view", UserRelation.objects.all()).exists()
    assert usernames("devour", world.objects[0]) == set()
    assert usernames("view", unruled) == set()
    assert gate.allows(SYSTEM, "devour", world.objects[0]).level == "gate"


def test_a_move_of_a_transition_that_is_gone_is_closed(world: World) -> None:
    rows = GovernedObject.objects.all()
    assert gate.narrow(SYSTEM, f"transition:{world.transitions[0].pk}", rows).exists()
    assert not gate.narrow(SYSTEM, "transition:0", rows).exists()
    assert not gate.narrow(SYSTEM, "transition:x", rows).exists()


def test_deactivated_people_may_nothing(world: World) -> None:
    gone = world.people["gone"]
    actor = Actor(gone, "api")
    thing = world.objects[0]
    assert gate.allows(as_(world, "admin"), "view", thing)
    refused = gate.allows(actor, "view", thing)
    assert (refused.allowed, refused.level) == (False, "account")
    assert not gate.narrow(actor, "view", GovernedObject.objects.all()).exists()
    assert not gate.allows(actor, "view", ObjectType)
    assert gate.allows_each(actor, "view", [thing]) == [refused]
    assert editable_attributes(actor, [thing]) == {thing.pk: frozenset()}
    assert hidden_attributes(actor, [thing]) == {thing.pk: {"price", "colour"}}
    assert "gone" not in usernames("view", thing)


def test_denied_names_the_level_and_unseen_is_not_there(world: World) -> None:
    lab = world.objects[2]
    with pytest.raises(Denied) as refusal:
        gate.demand(as_(world, "member"), "edit", lab)
    assert refusal.value.extra["level"] == "workspace"
    with pytest.raises(NotFound):
        gate.fetch(as_(world, "member"), GovernedObject.objects.all(), pk=lab.pk)
    assert gate.fetch(as_(world, "admin"), GovernedObject.objects.all(), pk=lab.pk) == lab


# --- overrides -----------------------------------------------------------------------------------


def test_admins_see_and_edit_everything_which_makes_them_no_electors(world: World) -> None:
    private = world.objects[3]
    attribute = AttributeOf(private, world.attributes[0])
    any_move, vote = (Move(private, one) for one in world.transitions)
    root = as_(world, "root")
    for verb, thing in (("view", private), ("edit", private), ("view", attribute)):
        assert gate.allows(root, verb, thing).override
        assert "root" not in usernames(verb, thing)
    assert gate.allows(root, "transition", any_move).override
    refused = gate.allows(root, "transition", vote)
    assert (refused.allowed, refused.level) == (False, "transition")
    assert usernames("transition", any_move) == set()


def test_an_admin_whom_a_condition_matches_is_an_elector_without_override(world: World) -> None:
    thing = world.objects[0]
    vote = Move(thing, world.transitions[1])
    condition(vote.transition, world.relation_types[0], editable=True)
    assert not gate.allows(as_(world, "admin"), "transition", vote)
    world.relate(world.people["admin"], world.relation_types[0], thing)
    assert gate.allows(as_(world, "admin"), "transition", vote) == Decision(
        True, "transition", "A condition grants it to them."
    )
    assert usernames("transition", vote) == {"admin"}


def test_the_system_moves_everything_and_overrides_only_where_a_condition_refuses(
    world: World,
) -> None:
    free, vote = (Move(world.objects[3], one) for one in world.transitions)
    assert gate.allows(SYSTEM, "transition", free) == Decision(
        True, "account", "The system acts as an account admin."
    )
    assert not gate.allows(SYSTEM, "transition", vote)
    assert not gate.allows(SYSTEM, "edit", free.object).override
    condition(world.types[0], world.relation_types[0], editable=True)
    assert gate.allows(SYSTEM, "edit", free.object).override
    assert gate.allows(SYSTEM, "transition", free).override
    condition(free.transition, editable=True)
    assert not gate.allows(SYSTEM, "transition", free).override


def test_the_system_sees_every_kind(world: World) -> None:
    assert gate.narrow(SYSTEM, "view", GovernedObject.objects.all()).count() == 5
    assert gate.narrow(SYSTEM, "delete", Workflow.objects.all()).count() == 4
    assert gate.allows(SYSTEM, "create", Workspace)
    assert gate.allows(SYSTEM, "publish", world.workflows[3])
    assert hidden_attributes(SYSTEM, world.objects)[world.objects[0].pk] == frozenset()
    rows = gate.narrow(
        SYSTEM, f"transition:{world.transitions[1].pk}", GovernedObject.objects.all()
    )
    assert not rows.exists()


# --- places --------------------------------------------------------------------------------------


def test_guests_see_only_what_they_are_invited_to(world: World) -> None:
    main, private = world.objects[0], world.objects[1]
    guest = world.people["guest"]
    assert gate.allows(as_(world, "viewer"), "view", main)
    assert gate.allows(as_(world, "guest"), "view", main).level == "role"
    give(guest, world.boards[1], "join")
    assert gate.allows(as_(world, "guest"), "view", private)
    assert not gate.allows(as_(world, "guest"), "view", main)
    give(guest, world.workspaces[0], "join")
    assert gate.allows(as_(world, "guest"), "view", main)


def test_a_team_opens_a_private_workspace_until_one_leaves_it(world: World) -> None:
    thing = world.objects[2]
    member = world.people["member"]
    give(world.teams[0], world.workspaces[1], "join")
    assert not gate.allows(as_(world, "member"), "view", thing)
    member.groups.add(world.teams[0])
    assert gate.allows(as_(world, "member"), "view", thing)
    assert "member" in usernames("view", thing)
    member.groups.clear()
    assert not gate.allows(as_(world, "member"), "view", thing)


def test_members_create_objects_where_they_see_the_board(world: World) -> None:
    places = [PlaceFor(board, world.types[0]) for board in world.boards]
    allowed = [bool(gate.allows(as_(world, "member"), "create_object", one)) for one in places]
    assert allowed == [True, False, False, False]
    assert gate.allows(as_(world, "viewer"), "create_object", places[0]).level == "role"
    assert gate.allows(as_(world, "admin"), "create_object", places[3]).override
    assert usernames("create_object", places[0]) == {"admin", "member", "outsider"}


def test_the_account_says_which_roles_create_workflows(world: World) -> None:
    hall, lab = world.workspaces
    assert gate.allows(as_(world, "member"), "create_workflow", hall)
    assert gate.allows(as_(world, "viewer"), "create_workflow", hall).level == "account"
    assert gate.allows(as_(world, "member"), "create_workflow", lab).level == "workspace"
    assert gate.allows(as_(world, "admin"), "create_workflow", lab).override
    Account.objects.update_or_create(pk=1, defaults={"roles_that_create_workflows": ["viewer"]})
    assert gate.allows(as_(world, "viewer"), "create_workflow", hall)
    assert not gate.allows(as_(world, "member"), "create_workflow", hall)
    assert not gate.allows(as_(world, "admin"), "create_workflow", lab)
    assert not gate.narrow(as_(world, "admin"), "create_workflow", Workspace.objects.all()).exists()
    assert usernames("create_workflow", hall) == {"viewer"}


# --- workflows -----------------------------------------------------------------------------------


def test_an_unseen_workflow_is_refused_with_a_level_that_callers_hide(world: World) -> None:
    private = world.workflows[1]
    for verb in ("view", "edit", "run", "stop"):
        assert gate.allows(as_(world, "member"), verb, private).level == "visibility"
    give(world.people["member"], private, "join")
    assert gate.allows(as_(world, "member"), "run", private)
    assert gate.allows(as_(world, "member"), "edit", private).level == "workflow"
    give(world.people["member"], private, "own")
    assert gate.allows(as_(world, "member"), "edit", private)


def test_admins_open_private_workflows_but_do_not_edit_them(world: World) -> None:
    private = world.workflows[1]
    admin = as_(world, "admin")
    for verb in ("view", "view_draft", "stop", "disable"):
        assert gate.allows(admin, verb, private).override
    for verb in ("edit", "publish", "run", "delete"):
        assert gate.allows(admin, verb, private).level == "workflow"
    assert not gate.allows(admin, "stop", world.workflows[0]).override
    assert gate.allows(admin, "edit", world.workflows[3]) == Decision(
        True, "workflow", "They own the workflow Flow."
    )


def test_owners_of_the_workspace_stop_what_they_see(world: World) -> None:
    main, private = world.workflows[:2]
    give(world.people["outsider"], world.workspaces[0], "own")
    outsider = as_(world, "outsider")
    assert gate.allows(outsider, "stop", main).level == "workspace"
    assert not gate.allows(outsider, "enable", main)
    assert gate.allows(outsider, "stop", private).level == "visibility"


def test_versions_follow_their_workflow(world: World) -> None:
    version = Version.objects.create(
        workflow=world.workflows[1], number=1, definition={}, published_by="system"
    )
    assert not gate.allows(as_(world, "member"), "view", version)
    assert not gate.narrow(as_(world, "member"), "view", Version.objects.all()).exists()
    give(world.people["member"], world.workflows[1], "join")
    assert gate.allows(as_(world, "member"), "view", version)
    assert gate.narrow(as_(world, "member"), "view", Version.objects.all()).get() == version
    assert usernames("view", version) == {"member"}
    assert gate.allows(as_(world, "admin"), "view", version).override


# --- people and settings -------------------------------------------------------------------------


def test_settings_are_seen_by_all_and_configured_by_admins(world: World) -> None:
    Application.objects.create(key="kitchen", name="Kitchen")
    for thing in (ObjectType, Transition, world.types[0], world.transitions[0]):
        assert gate.allows(as_(world, "guest"), "view", thing)
        assert gate.allows(as_(world, "member"), "configure", thing).level == "role"
        assert gate.allows(as_(world, "root"), "configure", thing)
        assert not gate.allows(as_(world, "root"), "configure", thing).override
        assert usernames("configure", thing) == {"admin", "root"}
    rows = Application.objects.filter(key="kitchen")
    assert gate.narrow(as_(world, "guest"), "view", rows).exists()
    assert not gate.narrow(as_(world, "member"), "configure", rows).exists()
    assert gate.narrow(as_(world, "admin"), "configure", rows).exists()


def test_guests_see_themselves_and_their_teams_only(world: World) -> None:
    guest, member = world.people["guest"], world.people["member"]
    guest.groups.add(world.teams[0])
    actor = as_(world, "guest")
    assert list(gate.narrow(actor, "view", User.objects.all())) == [guest]
    assert list(gate.narrow(actor, "view", Team.objects.all())) == [world.teams[0]]
    assert gate.allows(actor, "view", guest)
    assert gate.allows(actor, "view", world.teams[0])
    assert not gate.allows(actor, "view", member)
    assert not gate.allows(actor, "view", world.teams[1])
    assert gate.allows(as_(world, "member"), "view", guest)
    assert "guest" in usernames("view", guest)
    assert "guest" not in usernames("view", member)
    assert gate.allows(as_(world, "root"), "view", member).override


def test_admins_manage_people_and_workspaces(world: World) -> None:
    for verb, thing in (("manage", User), ("manage", world.teams[0]), ("create", Workspace)):
        assert gate.allows(as_(world, "admin"), verb, thing)
        assert not gate.allows(as_(world, "member"), verb, thing)
        assert usernames(verb, thing) == {"admin", "root"}
    account = Account.objects.get_or_create(pk=1)[0]
    assert gate.allows(as_(world, "guest"), "view", account)
    assert not gate.allows(as_(world, "member"), "edit", account)
    assert gate.allows(as_(world, "admin"), "edit", account)


def test_tokens_are_ones_own(world: World) -> None:
    token = ApiToken.objects.create(user=world.people["member"], digest="0" * 64)
    assert gate.allows(as_(world, "guest"), "create", ApiToken)
    assert gate.allows(as_(world, "member"), "delete", token)
    assert not gate.allows(as_(world, "admin"), "view", token)
    assert not gate.narrow(as_(world, "admin"), "view", ApiToken.objects.all()).exists()
    assert usernames("view", token) == {"member"}


# --- sentences -----------------------------------------------------------------------------------


def test_reasons_say_which_level_refused_and_who_may(world: World) -> None:
    recipe, steward = world.types[0], world.relation_types[1]
    thing, move = world.objects[0], Move(world.objects[0], world.transitions[0])
    member = as_(world, "member")
    condition(recipe, steward, world.states[0], editable=True)
    assert gate.allows(member, "edit", thing) == Decision(
        False, "condition", "Only Steward may edit a Recipe in the state Draft."
    )
    condition(move.transition, steward, world.states[1], editable=True)
    assert gate.allows(member, "transition", move) == Decision(
        False,
        "transition",
        "No condition lets anybody make the transition Submit any in the state Draft.",
    )
    condition(world.attributes[0], visible=False)
    assert gate.allows(member, "view", AttributeOf(thing, world.attributes[0])) == Decision(
        False, "attribute", "The conditions on Price hide it."
    )
    condition(recipe, visible=False)
    assert gate.allows(member, "view", thing) == Decision(
        False, "condition", "The conditions on Recipe hide it in the state Draft."
    )


def test_viewers_are_told_what_they_lack(world: World) -> None:
    thing = world.objects[0]
    refused = gate.allows(as_(world, "viewer"), "edit", thing)
    assert (refused.level, "The role viewer may edit" in refused.reason) == ("role", True)
    condition(world.types[0], editable=True)
    refused = gate.allows(as_(world, "viewer"), "edit", thing)
    assert (refused.level, "none does in the state Draft." in refused.reason) == ("role", True)
    condition(world.types[0], world.relation_types[0], editable=True)
    for person in ("viewer", "guest"):
        if person == "guest":
            give(world.people[person], world.workspaces[0], "join")
        assert gate.allows(as_(world, person), "edit", thing) == Decision(
            False,
            "role",
            f"The role {person} may edit a Recipe only where a condition with a relation matches; "
            "in the state Draft that is Owner.",
        )
    assert gate.allows(as_(world, "member"), "edit", thing)
    world.relate(world.people["viewer"], world.relation_types[0], thing)
    assert gate.allows(as_(world, "viewer"), "edit", thing)


def test_a_move_that_editing_decides_is_still_told_as_a_move(world: World) -> None:
    thing, move = world.objects[0], Move(world.objects[0], world.transitions[0])
    assert gate.allows(as_(world, "member"), "transition", move)
    condition(world.types[0], world.relation_types[1], editable=True)
    assert gate.allows(as_(world, "member"), "transition", move) == Decision(
        False,
        "condition",
        "Only Steward may make the transition Submit any in the state Draft.",
    )
    world.relate(world.people["member"], world.relation_types[1], thing)
    assert gate.allows(as_(world, "member"), "transition", move)
