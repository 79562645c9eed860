"""Names of people as they are written from outside: usernames and team names, one list of both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.db.models import QuerySet

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Invalid, Problem
from accounts.keys import nearest
from accounts.models import Team, User

MOST_KNOWN = 1000


@dataclass(frozen=True, slots=True)
class People:
    """Users and teams."""

    users: tuple[User, ...] = ()
    teams: tuple[Team, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.users or self.teams)


def find_people(names: Sequence[str], *, actor: Actor, pointer: str) -> People:
    """The users and teams of these names whom the actor sees; every unknown name is a problem."""
    users = {
        user.username: user
        for user in gate.narrow(actor, "view", User.objects.filter(username__in=names))
    }
    named: QuerySet[Team] = QuerySet(Team).filter(name__in=names)
    teams = {team.name: team for team in gate.narrow(actor, "view", named)}
    problems = [
        _unknown(name, f"{pointer}/{place}", actor)
        for place, name in enumerate(names)
        if name not in users and name not in teams
    ]
    if problems:
        raise Invalid(problems=problems)
    wanted = dict.fromkeys(names)
    return People(
        tuple(users[name] for name in wanted if name in users),
        tuple(teams[name] for name in wanted if name in teams and name not in users),
    )


def find_users(names: Sequence[str], *, actor: Actor, pointer: str) -> tuple[User, ...]:
    """The users of these names; a team's name is a problem here."""
    found = find_people(names, actor=actor, pointer=pointer)
    by_name = {user.username for user in found.users}
    problems = [
        Problem(f"{pointer}/{place}", "unknownUser", f"{name!r} is a team, not a user.", name)
        for place, name in enumerate(names)
        if name not in by_name
    ]
    if problems:
        raise Invalid(problems=problems)
    return found.users


def find_user(name: str, *, actor: Actor, pointer: str) -> User:
    """The one user of this name; the problem stands at the pointer itself."""
    try:
        return find_users([name], actor=actor, pointer=pointer)[0]
    except Invalid as refused:
        problems = [replace(one, pointer=pointer) for one in refused.problems]
        raise Invalid(problems=problems) from None


def _unknown(name: str, pointer: str, actor: Actor) -> Problem:
    return Problem(
        pointer,
        "unknownName",
        f"There is no user and no team {name[:100]!r}.",
        name,
        nearest(name, _known(name, actor)),
    )


def _known(name: str, actor: Actor) -> Iterator[str]:
    """Names that begin alike, so that the nearest is looked for among a few; read if asked."""
    start = name[:1]
    users = gate.narrow(actor, "view", User.objects.filter(username__istartswith=start))
    yield from users.values_list("username", flat=True)[:MOST_KNOWN]
    begin_alike: QuerySet[Team] = QuerySet(Team).filter(name__istartswith=start)
    teams = gate.narrow(actor, "view", begin_alike)
    yield from teams.values_list("name", flat=True)[:MOST_KNOWN]
