"""Users: made, changed, deactivated and removed by account admins."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import ProtectedError, Q, QuerySet
from django.db.models.functions import Lower

from accounts import gate
from accounts.actor import SYSTEM, Actor
from accounts.constraints import refusing
from accounts.exceptions import Conflict, Invalid, NotFound, Problem
from accounts.keys import nearest
from accounts.models import Role, Team, User
from accounts.models.users import new_stamp

LONGEST = 150
USERNAME = re.compile(r"[\w.@+-]+")  # as Django's own validator
BATCH = 500
USERNAME_SENTENCE = (
    f"A username has 1 to {LONGEST} letters, digits and characters of @ . + - _, "
    "and is not 'system'."
)
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
        username=unicodedata.normalize("NFKC", username),
        email=email,
        first_name=first_name,
        last_name=last_name,
        is_active=active,
    )
    give_role(user, role)
    problems = username_problems(user.username) + _email_problems(email)
    problems += password_problems(password, user)
    if problems:
        raise Invalid(problems=problems)
    user.password = make_password(password)
    with transaction.atomic(), _refusing_taken(user.username):
        _check_free(user.username)
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
        _change_profile(locked, email=email, first_name=first_name, last_name=last_name)
    return locked


def set_password(user: User, *, actor: Actor, password: str) -> User:
    """Gives somebody another password and signs them out everywhere."""
    gate.demand(actor, "manage", user)
    with transaction.atomic():
        locked = _lock(user)
        if problems := password_problems(password, locked):
            raise Invalid(problems=problems)
        locked.password = make_password(password)
        locked.save(update_fields=["password"])
        sign_out_everywhere(locked)
    return locked


def delete_user(user: User, *, actor: Actor) -> None:
    """Removes somebody to whom nothing is tied; whoever has a past can only be deactivated."""
    gate.demand(actor, "manage", user)
    with transaction.atomic():
        locked = _lock(user)
        _keep_an_admin(locked)
        try:
            locked.delete()
        except ProtectedError as error:
            kinds = sorted({str(row._meta.verbose_name_plural) for row in error.protected_objects})
            raise Conflict(
                f"{user.username} is named by {', '.join(kinds)}. Deactivate them instead.",
                code="inUse",
            ) from error


def change_role(user: User, role: str) -> None:
    """Gives a locked user another account role; the last admin keeps theirs."""
    if role != Role.ADMIN:
        _keep_an_admin(user)
    give_role(user, role)
    user.save(update_fields=["role", "is_staff", "is_superuser"])


def give_role(user: User, role: str) -> None:
    """Sets the role of a user in memory. Admins, and only they, reach Django's admin pages."""
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
    user.role = Role(role)
    user.is_staff = role == Role.ADMIN
    user.is_superuser = user.is_superuser and role == Role.ADMIN


def sign_out_everywhere(user: User, *, tokens_too: bool = False) -> None:
    """Ends every session of a user and, where asked, revokes their tokens."""
    user.session_stamp = new_stamp()
    user.save(update_fields=["session_stamp"])
    if tokens_too:
        user.api_tokens.all().delete()


def add_inactive_users(usernames: Iterable[str], *, actor: Actor) -> dict[str, User]:
    """The users of these names, those unknown made as inactive ones: people of imported objects."""
    gate.demand(actor, "manage", User)
    wanted = list(dict.fromkeys(usernames))
    problems = [problem for name in wanted for problem in username_problems(name)]
    if problems:
        raise Invalid(problems=problems)
    found = _by_folded_name(wanted)
    missing = {name.lower(): name for name in wanted if name.lower() not in found}
    people = [
        User(username=name, is_active=False, password=make_password(None))
        for name in missing.values()
    ]
    User.objects.bulk_create(people, batch_size=BATCH)
    found.update({user.username.lower(): user for user in people})
    return {name: found[name.lower()] for name in wanted}


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


def username_problems(username: str) -> list[Problem]:
    fits = 0 < len(username) <= LONGEST and username.lower() != SYSTEM
    if fits and USERNAME.fullmatch(username):
        return []
    return [Problem("/username", "badUsername", USERNAME_SENTENCE, username)]


def password_problems(password: str | None, user: User) -> list[Problem]:
    if password is None:
        return []
    try:
        validate_password(password, user)
    except ValidationError as refused:
        return [Problem("/password", "weakPassword", message) for message in refused.messages]
    return []


def _email_problems(email: str) -> list[Problem]:
    if not email:
        return []
    try:
        validate_email(email)
    except ValidationError:
        return [Problem("/email", "badEmail", "This is no e-mail address.", email)]
    return []


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


def _change_profile(user: User, **given: str | None) -> None:
    changed = {name: value for name, value in given.items() if value is not None}
    problems = _email_problems(changed.get("email", ""))
    if problems:
        raise Invalid(problems=problems)
    for name, value in changed.items():
        setattr(user, name, value)
    if changed:
        user.save(update_fields=list(changed))


def _keep_an_admin(user: User) -> None:
    """Without this, an account could lock out everybody who could let them in again."""
    if list(admins().values_list("pk", flat=True)) == [user.pk]:
        raise Conflict(f"{user.username} is the last account admin.", code="lastAdmin")


def _check_free(username: str) -> None:
    if User.objects.filter(username__iexact=username).exists():
        raise _taken(username)
    if QuerySet(Team).filter(folded_name=username.casefold()).exists():
        detail = f"There is a team {username!r}: nobody could tell the two apart."
        raise Invalid(problems=[Problem("/username", "taken", detail, username)])


def _refusing_taken(username: str) -> AbstractContextManager[None]:
    return refusing(dict.fromkeys(NAME_CONSTRAINTS, _taken(username)))


def _taken(username: str) -> Invalid:
    detail = f"There is a user {username!r} already."
    return Invalid(problems=[Problem("/username", "taken", detail, username)])


def _by_folded_name(usernames: Sequence[str]) -> dict[str, User]:
    folded = [name.lower() for name in usernames]
    found: dict[str, User] = {}
    for start in range(0, len(folded), BATCH):
        rows = User.objects.annotate(folded=Lower("username"))
        for user in rows.filter(folded__in=folded[start : start + BATCH]):
            found[user.username.lower()] = user
    return found
