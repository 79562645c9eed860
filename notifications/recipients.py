"""Who gets a notification: found by relation or by name; who is left out, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F

from accounts import gate
from accounts.actor import Actor
from accounts.models import Team, User
from catalog.models import GovernedObject
from journal.prepared import Given, Question
from notifications.models import Template
from notifications.told import LeftOut, Reason

HOLDERS: Question[User] = Question(
    lambda: User.objects.filter(
        user_relations__object=Given("object"), user_relations__type__key=Given("key")
    ).order_by()
)
MOST_SINGLE = 3


@dataclass(frozen=True, slots=True)
class RecipientRule:
    """Whom to tell: holders of these user relations of the object, and users and teams by name."""

    relation_types: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @classmethod
    def of_template(cls, template: Template) -> RecipientRule:
        return cls(tuple(template.recipient_relation_types), tuple(template.recipients))

    @classmethod
    def of_step(
        cls, *, relation_type: str | None = None, names: Sequence[str] | None = None
    ) -> RecipientRule | None:
        """The rule of a step, None where the step names nobody and the template's counts."""
        if relation_type is None and names is None:
            return None
        return cls((relation_type,) if relation_type else (), tuple(names or ()))


@dataclass(slots=True)
class Audience:
    """Those who are to be told, in the order of their names, and those who are left out."""

    users: list[User] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def leave_out(self, gone: Iterable[User], reason: Reason) -> None:
        absent = {user.pk for user in gone}
        self.left_out += [
            LeftOut(user.username, reason) for user in self.users if user.pk in absent
        ]
        self.users = [user for user in self.users if user.pk not in absent]


def audience_of(
    rule: RecipientRule, obj: GovernedObject | None, *, author_id: int | None
) -> Audience:
    """Each person once; not the inactive, not the author, nobody who may not see the object.

    `author_id` is None where the author is to be told like everybody else.
    """
    return _without_others(_named(rule, obj), obj, author_id)


def audience_among(
    users: Iterable[User], obj: GovernedObject, *, author_id: int | None
) -> Audience:
    """Those of the given users who are to be told about an object, by the same rules."""
    audience = Audience(sorted({user.pk: user for user in users}.values(), key=_name))
    return _without_others(audience, obj, author_id)


def _without_others(
    audience: Audience, obj: GovernedObject | None, author_id: int | None
) -> Audience:
    audience.leave_out([user for user in audience.users if not user.is_active], Reason.INACTIVE)
    audience.leave_out([user for user in audience.users if user.pk == author_id], Reason.AUTHOR)
    if obj is not None:
        audience.leave_out(_blind(audience.users, obj), Reason.MAY_NOT_SEE)
    return audience


def active_of(users: Iterable[User]) -> Audience:
    """Those of the given users who are active, each once."""
    audience = Audience(sorted({user.pk: user for user in users}.values(), key=_name))
    audience.leave_out([user for user in audience.users if not user.is_active], Reason.INACTIVE)
    return audience


def may_see(user: User, obj: GovernedObject) -> bool:
    return bool(gate.allows(Actor(user), "view", obj))


def _named(rule: RecipientRule, obj: GovernedObject | None) -> Audience:
    found: dict[int, User] = {}
    if obj is not None and rule.relation_types:
        found |= _by_id(_holders(obj, rule.relation_types))
    found |= _by_id(User.objects.filter(username__in=rule.names)) if rule.names else {}
    others = set(rule.names) - {user.username for user in found.values()}
    unknown: list[str] = []
    if others:
        teams = _teams(others)
        found |= _by_id(user for members in teams.values() for user in members)
        unknown = sorted(others - teams.keys())
    return Audience(
        sorted(found.values(), key=_name), [LeftOut(name, Reason.UNKNOWN) for name in unknown]
    )


def _holders(obj: GovernedObject, keys: Iterable[str]) -> Iterable[User]:
    return [user for key in dict.fromkeys(keys) for user in HOLDERS.rows(object=obj.pk, key=key)]


def _teams(names: Iterable[str]) -> dict[str, list[User]]:
    """The members of the teams of these names; a team without members is known, too."""
    found: dict[str, list[User]] = {
        name: []
        for name in Team.objects.filter(name__in=list(names)).values_list("name", flat=True)
    }
    for user in User.objects.filter(groups__name__in=found).annotate(of=F("groups__name")):
        found[user.of].append(user)
    return found


def _blind(users: Sequence[User], obj: GovernedObject) -> list[User]:
    """Those who may not see the object: a few are asked one by one, many by one query.

    It doesn't name admins who see it by their power alone, so they are asked one by one, too.
    """
    if len(users) <= MOST_SINGLE:
        return [user for user in users if not may_see(user, obj)]
    seeing = set(
        gate.who("view", obj)
        .filter(pk__in=[user.pk for user in users])
        .values_list("pk", flat=True)
    )
    return [
        user
        for user in users
        if user.pk not in seeing and not (user.is_account_admin and may_see(user, obj))
    ]


def _by_id(users: Iterable[User]) -> dict[int, User]:
    return {user.pk: user for user in users}


def _name(user: User) -> Any:
    return user.username
