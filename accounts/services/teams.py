"""Teams: made, renamed, filled and dissolved by account admins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager

from django.db import transaction
from django.db.models import QuerySet

from accounts import gate
from accounts.actor import Actor
from accounts.constraints import refusing
from accounts.exceptions import Invalid, Problem
from accounts.holdings import owned_alone_by_team
from accounts.keys import TEAM_FORM
from accounts.lookalikes import mixed_word
from accounts.models import Team, User
from accounts.services.handing_over import sole_owner
from accounts.services.likenesses import demand_unlike
from accounts.services.people import find_users
from accounts.services.user_problems import mixing
from journal.recording import Fact, record

LONGEST = 150
# Two requests at once: the second meets one of these. The name's own belongs to Django's groups.
NAME_CONSTRAINTS = ("team_name_unique_ignoring_case", "auth_group_name_key")
FORM_SENTENCE = (
    "A team's name begins with a letter; names nest with '::', as in Team::Admins, "
    f"and are at most {LONGEST} characters long."
)


def create_team(
    name: str, *, actor: Actor, description: str = "", members: Sequence[str] = ()
) -> Team:
    """Makes a team of these users."""
    gate.demand(actor, "manage", Team)
    _check_name(name)
    team = Team(name=name, description=description)
    with transaction.atomic(), _refusing_taken(name):
        demand_unlike(name, pointer="/name", kind="team")
        team.save(force_insert=True)
        _fill(team, find_users(members, actor=actor, pointer="/members"))
    return team


def change_team(
    team: Team,
    *,
    actor: Actor,
    name: str | None = None,
    description: str | None = None,
    members: Sequence[str] | None = None,
) -> Team:
    """Changes what is given; grants to the team follow it, whatever it is called."""
    gate.demand(actor, "manage", team)
    with transaction.atomic(), _refusing_taken(name or team.name):
        _rename(team, name)
        if description is not None and description != team.description:
            team.description = description
            team.save(update_fields=["description"])
        if members is not None:
            _fill(team, find_users(members, actor=actor, pointer="/members"))
            _tell(team, actor)
    return team


def delete_team(team: Team, *, actor: Actor) -> None:
    """Dissolves a team; what was granted to it is granted to nobody any more.

    Refused where something would have no owner then.
    """
    gate.demand(actor, "manage", team)
    with transaction.atomic():
        locked = all_teams().select_for_update(of=("self",)).get(pk=team.pk)
        if alone := owned_alone_by_team(locked):
            raise sole_owner(locked.name, alone)
        _tell(locked, actor)
        locked.delete()


def all_teams() -> QuerySet[Team]:
    return QuerySet(Team)


def members_of(teams: Iterable[Team]) -> dict[int, list[str]]:
    """The usernames of each team's members, in order, by the team's id; one query for them all."""
    found: dict[int, list[str]] = {team.pk: [] for team in teams}
    pairs = User.objects.filter(groups__in=list(found)).values_list("groups", "username")
    for team_id, username in pairs.order_by("username"):
        found[team_id].append(username)
    return found


def _fill(team: Team, users: Iterable[User]) -> None:
    """Makes these, and nobody else, the members; writes only what differs."""
    memberships = User.groups.through._default_manager.filter(group_id=team.pk)
    wanted = {user.pk for user in users}
    present = set(memberships.values_list("user_id", flat=True))
    memberships.filter(user_id__in=present - wanted).delete()
    for user in users:
        if user.pk not in present:
            user.groups.add(team)


def _tell(team: Team, actor: Actor) -> None:
    """Others rely on who is in it: whoever left has no vote through it any more."""
    named = {"thing": "team", "key": team.name}
    record(Fact("holdersChanged", payload=named), origin=actor.origin)


def _rename(team: Team, name: str | None) -> None:
    if name is None or name == team.name:
        return
    _check_name(name)
    demand_unlike(name, pointer="/name", kind="team", but=team)
    team.name = name
    team.save(update_fields=["name", "folded_name", "plain_name"])


def _check_name(name: str) -> None:
    if len(name) > LONGEST or not TEAM_FORM.match(name):
        raise Invalid(problems=[Problem("/name", "badName", FORM_SENTENCE, name)])
    if word := mixed_word(name):
        raise Invalid(problems=[mixing("/name", name, word)])


def _refusing_taken(name: str) -> AbstractContextManager[None]:
    return refusing(dict.fromkeys(NAME_CONSTRAINTS, _taken(name)))


def _taken(name: str) -> Invalid:
    detail = f"There is a team {name!r} already."
    return Invalid(problems=[Problem("/name", "taken", detail, name)])
