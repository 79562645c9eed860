"""Handing over: what a leaving person owns and is asked for goes to the heir, told before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.exceptions import Invalid
from accounts.grants import OWN, set_holders
from accounts.handovers import Part, handovers
from accounts.models import Invitation, User, Workspace
from accounts.services.handing_over import hand_over, preview
from accounts.services.invitations import invite
from accounts.services.tokens import create_token
from accounts.services.users import change_user
from accounts.shareables import shareables
from catalog.models import Change, GovernedObject, UserRelation
from catalog.services.boards import create_board
from journal.models import Event
from tests.cast import Cast, Client
from tests.kitchen import NOTE, SYSTEM, Kitchen, definition, published
from workflows.authoring.services.workflows import create_workflow

pytestmark = pytest.mark.django_db


def a_workspace(cast: Cast) -> Any:
    den = Workspace.objects.create(key="den", name="Den", access="private")
    set_holders(den, OWN, users=[cast.steward], teams=[])
    return den


MAKE: dict[str, Callable[[Cast], Any]] = {
    "workspace": a_workspace,
    "board": lambda cast: create_board("b", actor=SYSTEM, workspace=cast.main, owners=["steward"]),
    "workflow": lambda cast: create_workflow(
        "w", actor=SYSTEM, workspace=cast.main, owners=[cast.steward]
    ),
}


@pytest.mark.parametrize("kind", MAKE)
def test_what_one_owns_goes_to_the_heir(cast: Cast, kind: str) -> None:
    thing: Any = MAKE[kind](cast)
    told = [Part(f"{kind}s", 1, (thing.key,))]
    assert type(thing) is shareables[kind].model
    actor = cast.acting("admin")
    assert preview(cast.steward, to="member", actor=actor) == told
    assert owners_of(thing) == [cast.steward]
    assert hand_over(cast.steward, to="member", actor=actor) == told
    assert owners_of(thing) == [cast.member]
    assert preview(cast.steward, to="member", actor=actor) == []


def owners_of(thing: Any) -> list[User]:
    grants = thing.user_grants.filter(permission__codename__startswith=OWN)
    return [one.user for one in grants]


def test_there_is_a_test_of_each_kind() -> None:
    assert list(handovers.keys()) == ["owned", "invitations", "tokens", "people", "runAs"]


def test_objects_that_ask_for_a_person_ask_for_the_heir(cast: Cast, kitchen: Kitchen) -> None:
    owner, reviewer = kitchen.business_owner, kitchen.reviewer
    soup = kitchen.make(user_relations={owner: [cast.steward], reviewer: [cast.steward]})
    stew = kitchen.make("Stew", user_relations={owner: [cast.approver, cast.steward, cast.member]})
    pie = kitchen.make("Pie", user_relations={owner: [cast.approver]})
    untouched = pie.version
    Change.objects.all().delete()
    Event.objects.all().delete()
    told = [Part("objects (Owner)", 2), Part("objects (Reviewer)", 1)]
    assert hand_over(cast.steward, to="member", actor=cast.acting("admin")) == told
    assert people(soup) == {"business_owner": ["member"], "reviewer": ["member"]}
    assert people(stew) == {"business_owner": ["approver", "member"]}
    assert people(pie) == {"business_owner": ["approver"]}
    noted = Change.objects.filter(object_id=stew.pk).values_list("verb", "before", "after")
    assert list(noted) == [("unassigned", "steward", None)]
    assert Change.objects.filter(object_id=soup.pk, actor_name="admin").count() == 4
    event = Event.objects.get(subject_id=stew.pk)
    assert (event.kind, event.payload) == (
        "userRelationChanged",
        {
            "userRelationTypeKey": "business_owner",
            "before": ["approver", "member", "steward"],
            "after": ["approver", "member"],
        },
    )
    assert GovernedObject.objects.get(pk=soup.pk).version == soup.version + 1
    assert GovernedObject.objects.get(pk=pie.pk).version == untouched


def test_many_objects_cost_few_queries(
    cast: Cast, kitchen: Kitchen, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        kitchen.make(f"Soup {number}", user_relations={kitchen.reviewer: [cast.steward]})
    with django_assert_max_num_queries(62):
        hand_over(cast.steward, to="member", actor=SYSTEM)
    assert UserRelation.objects.filter(user=cast.member).count() == 30


def test_invitations_go_to_whoever_may_invite(cast: Cast) -> None:
    invite("ada@example.org", actor=cast.acting("admin"))
    why = "member is no account admin, so can't invite."
    told = [Part("open invitations", 1, ("ada@example.org",), why)]
    assert hand_over(cast.admin, to="member", actor=SYSTEM) == told
    assert Invitation.objects.get().invited_by == cast.admin
    change_user(cast.member, actor=SYSTEM, role="admin")
    assert hand_over(cast.admin, to="member", actor=SYSTEM) == [
        Part("open invitations", 1, ("ada@example.org",))
    ]
    assert Invitation.objects.get().invited_by == cast.member


def test_rights_are_not_handed_on(cast: Cast, kitchen: Kitchen) -> None:
    """Tokens, and what a workflow may do because somebody published it."""
    workflow = published("w", definition(NOTE), actor=cast.acting("admin"))
    create_token(cast.admin, actor=SYSTEM, name="laptop")
    parts = hand_over(cast.admin, to="member", actor=SYSTEM)
    assert [(one.kind, one.names) for one in parts if one.stays] == [
        ("API tokens", ("laptop",)),
        ("live workflows", ("w",)),
    ]
    workflow.refresh_from_db()
    assert workflow.live_version is not None
    assert workflow.live_version.run_as == cast.admin
    assert cast.admin.api_tokens.count() == 1
    assert owners_of(workflow) == [cast.member]


def test_the_api_looks_before_it_moves(cast: Cast, api: Client) -> None:
    address = "/api/v1/users/owner/hand-over/"
    moves = [{"kind": "workspaces", "count": 1, "names": ["lab"]}]
    seen = api("admin").post(address, {"to": "member", "preview": True})
    assert (seen.status_code, seen.json()["moves"]) == (200, moves)
    assert owners_of(cast.lab) == [cast.owner]
    assert api("admin").post(address, {"to": "member"}).json()["moves"] == moves
    assert owners_of(cast.lab) == [cast.member]
    assert api("admin").post(address, {"to": "member"}).json()["moves"] == []
    wrong = api("admin").post(address, {"to": "nobody"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/to")
    assert api("member").post(address, {"to": "member"}).status_code == 403


def test_nothing_moves_where_something_fails(cast: Cast) -> None:
    with pytest.raises(Invalid):
        preview(cast.owner, to="owner", actor=SYSTEM)
    with pytest.raises(Invalid):
        hand_over(cast.owner, to="owner", actor=SYSTEM)
    assert owners_of(cast.lab) == [cast.owner]


def people(obj: GovernedObject) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    rows = UserRelation.objects.filter(object=obj).order_by("type__key", "user__username")
    for key, name in rows.values_list("type__key", "user__username"):
        found.setdefault(key, []).append(name)
    return found
