"""Users: made, changed, deactivated and removed by account admins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import ProtectedError, Q, QuerySet

from accounts import gate
from accounts.actor import Actor
from accounts.constraints import refusing
from accounts.exceptions import Conflict, Invalid, NotFound, Problem
from accounts.folding import folded
from accounts.keys import nearest
from accounts.lookalikes import plain_form
from accounts.models import Role, Team, User
from accounts.person_names import tidy
from accounts.services import addresses
from accounts.services.handing_over import demand_others_own
from accounts.services.likenesses import demand_unlike, likenesses, looking_like
from accounts.services.sessions import sign_out_everywhere
from accounts.services.user_problems import (
    email_problems,
    name_problems,
    normal_username,
    password_problems,
    username_problems,
)
from journal.recording import Fact, record

BATCH = 500
# Two requests at once: the second meets one of these.
NAME_CONSTRAINTS = ("user_name_unique_ignoring_case", "accounts_user_username_key")


def create_user(
    username: str,
    *,
    actor: Actor,
    email: str = "",
    first_name: str = "",
    last_name: str = "",
    role: str = Role.MEMBER,
    active: bool = True,
    password: str | None = None,
    teams: Sequence[str] = (),
) -> User:
    """Makes a user. Without a password nobody can sign in as them until one is set."""
    gate.demand(actor, "manage", User)
    user = User(
        username=normal_username(username),
        email=email,
        first_name=tidy(first_name),
        last_name=tidy(last_name),
        is_active=active,
    )
    give_role(user, role)
    problems = [
        *username_problems(user.username),
        *email_problems(email),
        *name_problems(user.first_name, user.last_name),
        *password_problems(password, user),
    ]
    if problems:
        raise Invalid(problems=problems)
    user.password = make_password(password)
    with transaction.atomic(), _refusing_taken(user.username), addresses.refusing_taken(email):
        demand_unlike(user.username, pointer="/username", kind="user")
        addresses.demand_free(email)
        user.save(force_insert=True)
        user.groups.set(find_teams(teams))
    return user


def change_user(
    user: User,
    *,
    actor: Actor,
    active: bool | None = None,
    role: str | None = None,
    teams: Sequence[str] | None = None,
    email: str | None = None,
    first_name: str | None = None,
    last_name: str | None = None,
) -> User:
    """Changes what is given. Whoever is deactivated loses sessions and tokens for good."""
    gate.demand(actor, "manage", user)
    with transaction.atomic():
        locked = _lock(user)
        if role is not None and role != locked.role:
            change_role(locked, role)
        if active is not None and active != locked.is_active:
            _activate(locked) if active else _deactivate(locked)
        if teams is not None:
            locked.groups.set(find_teams(teams))
        _change_columns(locked, email=email, first_name=first_name, last_name=last_name)
        _tell_changed(locked, actor)
    return locked


def _tell_changed(user: User, actor: Actor) -> None:
    """Others rely on who is there: whoever left has no vote any more."""
    record(Fact("userChanged", payload={"username": user.username}), origin=actor.origin)


def delete_user(user: User, *, actor: Actor) -> None:
    """Removes somebody to whom nothing is tied; whoever has a past can only be deactivated."""
    gate.demand(actor, "manage", user)
    with transaction.atomic():
        locked = _lock(user)
        _keep_an_admin(locked)
        demand_others_own(locked)
        try:
            _tell_changed(locked, actor)
            locked.delete()
        except ProtectedError as error:
            kinds = sorted({str(row._meta.verbose_name_plural) for row in error.protected_objects})
            raise Conflict(
                f"{user.username} is named by {', '.join(kinds)}. Deactivate them instead.",
                code="inUse",
            ) from error


def sign_out(user: User, *, actor: Actor, tokens_too: bool = False) -> None:
    """Signs somebody out of every browser, as an admin may."""
    gate.demand(actor, "manage", user)
    with transaction.atomic():
        sign_out_everywhere(_lock(user), tokens_too=tokens_too)


def change_role(user: User, role: str) -> None:
    """Gives a locked user another account role; the last admin keeps theirs."""
    if role != Role.ADMIN:
        _keep_an_admin(user)
    give_role(user, role)
    user.save(update_fields=["role", "is_staff", "is_superuser"])


def give_role(user: User, role: str) -> None:
    """Sets the role of a user in memory. Admins, and only they, reach Django's admin pages."""
    user.role = known_role(role)
    user.is_staff = role == Role.ADMIN
    user.is_superuser = user.is_superuser and role == Role.ADMIN


def known_role(role: str) -> Role:
    if role not in Role.values:
        raise Invalid(
            problems=[
                Problem(
                    "/role",
                    "unknownRole",
                    f"There is no role {role[:100]!r}; there are {', '.join(Role.values)}.",
                    role,
                    nearest(role, Role.values),
                )
            ]
        )
    return Role(role)


def add_inactive_users(usernames: Iterable[str], *, actor: Actor) -> dict[str, User]:
    """The users of these names, those unknown made as inactive ones: people of imported objects."""
    gate.demand(actor, "manage", User)
    wanted = list(dict.fromkeys(usernames))
    problems = [problem for name in wanted for problem in username_problems(name)]
    if problems:
        raise Invalid(problems=problems)
    found = _by_folded_name(wanted)
    missing = {folded(name): name for name in wanted if folded(name) not in found}
    if wrong := problems_of_new(missing.values()):
        raise Invalid(problems=list(wrong.values()))
    people = [
        User(username=normal_username(name), is_active=False, password=make_password(None))
        for name in missing.values()
    ]
    User.objects.bulk_create(people, batch_size=BATCH)
    found.update({user.folded_username: user for user in people})
    return {name: found[folded(name)] for name in wanted}


def problems_of_new(usernames: Iterable[str]) -> dict[str, Problem]:
    """By name, what is wrong with names that no user has yet; two of them may look alike, too."""
    names = list(usernames)
    found = {name: wrong[0] for name in names if (wrong := username_problems(name))}
    rest = [name for name in names if name not in found]
    likes = likenesses(rest)
    first: dict[str, str] = {}
    for name in rest:
        other = first.setdefault(plain_form(name), name)
        if name in likes:
            found[name] = likes[name].problem("/username", name, kind="user")
        elif folded(other) != folded(name):
            found[name] = looking_like("/username", name, other)
    return found


def admins() -> QuerySet[User]:
    """The active account admins."""
    return User.objects.filter(Q(role=Role.ADMIN) | Q(is_superuser=True), is_active=True)


def find_teams(names: Sequence[str], *, pointer: str = "/teams") -> list[Team]:
    """The teams of these names; every unknown one is a problem."""
    teams: QuerySet[Team] = QuerySet(Team)
    found = {team.name: team for team in teams.filter(name__in=names)}
    known = list(teams.values_list("name", flat=True)) if len(found) < len(names) else []
    problems = [
        Problem(
            f"{pointer}/{place}",
            "unknownTeam",
            f"There is no team {name[:100]!r}.",
            name,
            nearest(name, known),
        )
        for place, name in enumerate(names)
        if name not in found
    ]
    if problems:
        raise Invalid(problems=problems)
    return list(found.values())


def _lock(user: User) -> User:
    """The row, fresh, with those of all admins: who is the last one can't change meanwhile.

    In one order, by one query: two admins who remove each other at once would otherwise wait for
    each other, or both find the other one left.
    """
    admin = Q(role=Role.ADMIN) | Q(is_superuser=True)
    rows = User.objects.select_for_update().filter(admin | Q(pk=user.pk)).order_by("pk")
    locked = {row.pk: row for row in rows}
    if user.pk not in locked:
        raise NotFound("There is no such user.")
    return locked[user.pk]


def _deactivate(user: User) -> None:
    _keep_an_admin(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    sign_out_everywhere(user, tokens_too=True)


def _activate(user: User) -> None:
    user.is_active = True
    user.save(update_fields=["is_active"])


def _change_columns(user: User, **given: str | None) -> None:
    changed = {name: value for name, value in given.items() if value is not None}
    for name in ("first_name", "last_name"):
        if name in changed:
            changed[name] = tidy(changed[name])
    problems = [
        *email_problems(changed.get("email", "")),
        *name_problems(changed.get("first_name", ""), changed.get("last_name", "")),
    ]
    if problems:
        raise Invalid(problems=problems)
    if "email" in changed and changed["email"] != user.email:
        addresses.demand_free(changed["email"], but=user)
    for name, value in changed.items():
        setattr(user, name, value)
    if changed:
        with addresses.refusing_taken(user.email):
            user.save(update_fields=_columns_of(changed))


def _columns_of(changed: Iterable[str]) -> list[str]:
    return [
        column for name in changed for column in (addresses.COLUMNS if name == "email" else (name,))
    ]


def _keep_an_admin(user: User) -> None:
    """Without this, an account could lock out everybody who could let them in again."""
    if list(admins().values_list("pk", flat=True)) == [user.pk]:
        raise Conflict(f"{user.username} is the last account admin.", code="lastAdmin")


def _refusing_taken(username: str) -> AbstractContextManager[None]:
    return refusing(dict.fromkeys(NAME_CONSTRAINTS, _taken(username)))


def _taken(username: str) -> Invalid:
    detail = f"There is a user {username!r} already."
    return Invalid(problems=[Problem("/username", "taken", detail, username)])


def _by_folded_name(usernames: Iterable[str]) -> dict[str, User]:
    wanted = [folded(name) for name in usernames]
    found: dict[str, User] = {}
    for start in range(0, len(wanted), BATCH):
        for user in User.objects.filter(folded_username__in=wanted[start : start + BATCH]):
            found[user.folded_username] = user
    return found
