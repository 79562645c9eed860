"""The rule sets: for each kind of thing, who may do what, in the three forms of the gate.

An app above contributes the rules of its own kinds in `AppConfig.ready()`. A kind without rules, or
a verb that its rules don't name, is closed to everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Generic, TypeVar

from django.db.models import Q

from accounts.gate import Decision
from accounts.models import Role, User
from permissions.people import ACCOUNT_ADMINS, EVERYBODY, NOBODY, is_guest
from permissions.registry import rules

T = TypeVar("T")

__all__ = [
    "AnyRules",
    "FollowingRules",
    "InnerSettingRules",
    "OwnRules",
    "RuleSet",
    "SettingRules",
    "rules",
]

ADMIN_REASON = "Account admins may do this everywhere."
SYSTEM_REASON = "The system acts as an account admin."


class RuleSet(Generic[T]):
    """The rules of one kind. `allows`, `narrow` and `who` must give the same answer.

    They speak of the person's own rights; what only the power of an account admin allows stands in
    `overridden`, and the gate adds it. All people and users here are active: the gate sees to it.
    `verbs` are asked about a thing, `kind_verbs` about the kind as a whole (its class).
    """

    kind: type[T]
    verbs: frozenset[str] = frozenset()
    kind_verbs: frozenset[str] = frozenset()
    overridden: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        return f"{self.kind.__module__}.{self.kind.__qualname__}"

    def serving(self, verb: str, *, of_kind: bool) -> RuleSet[Any] | None:
        """The rules that answer for this verb: these, or None where nobody has made one for it."""
        return self if verb in (self.kind_verbs if of_kind else self.verbs) else None

    def allows(self, user: User, verb: str, thing: T) -> Decision:
        """May this person do this to that thing, and why (not)?"""
        raise NotImplementedError

    def allows_each(self, user: User, verb: str, things: Sequence[T]) -> list[Decision]:
        """`allows` of several things; rules that read rows for it read them for all at once."""
        return [self.allows(user, verb, thing) for thing in things]

    def narrow(self, user: User, verb: str) -> Q:
        """The rows to which this person may do this."""
        raise NotImplementedError

    def who(self, verb: str, thing: T) -> Q:
        """The users who may do this to that thing."""
        raise NotImplementedError

    def allows_kind(self, user: User, verb: str) -> Decision:
        return Decision(False, "gate", f"Nobody may {verb} this.")

    def who_kind(self, verb: str) -> Q:
        return NOBODY

    def override(self, user: User, verb: str, thing: T) -> Decision | None:
        """What an account admin may do although no rule lets them; None where that is nothing."""
        if verb in self.overridden:
            return Decision(True, "account", ADMIN_REASON, override=True)
        return None

    def narrow_for_admin(self, user: User, verb: str) -> Q:
        return EVERYBODY if verb in self.overridden else self.narrow(user, verb)

    def allows_system(self, verb: str, thing: T) -> Decision:
        return Decision(True, "account", SYSTEM_REASON)

    def narrow_for_system(self, verb: str) -> Q:
        return EVERYBODY


AnyRules = RuleSet[Any]


class SettingRules(RuleSet[Any]):
    """Rows that configure the account: everybody signed in sees them, admins configure them."""

    verbs = frozenset({"view", "configure"})
    kind_verbs = verbs

    def __init__(self, kind: type) -> None:
        self.kind = kind

    def allows(self, user: User, verb: str, thing: object) -> Decision:
        return self.allows_kind(user, verb)

    def allows_kind(self, user: User, verb: str) -> Decision:
        if verb == "view":
            return Decision(True, "account", "Everybody who is signed in sees this.")
        if user.is_account_admin:
            return Decision(True, "role", "Account admins configure this.")
        return Decision(False, "role", "Only account admins may configure this.")

    def narrow(self, user: User, verb: str) -> Q:
        return EVERYBODY if self.allows_kind(user, verb) else NOBODY

    def who(self, verb: str, thing: object) -> Q:
        return self.who_kind(verb)

    def who_kind(self, verb: str) -> Q:
        return EVERYBODY if verb == "view" else ACCOUNT_ADMINS


class InnerSettingRules(SettingRules):
    """Rows that configure the account and say how others work in it: not for guests."""

    def allows_kind(self, user: User, verb: str) -> Decision:
        if verb == "view" and is_guest(user) and not user.is_account_admin:
            return Decision(False, "role", "Guests see only what they are invited to.")
        return super().allows_kind(user, verb)

    def who_kind(self, verb: str) -> Q:
        return ~Q(role=Role.GUEST) | ACCOUNT_ADMINS if verb == "view" else ACCOUNT_ADMINS


class OwnRules(RuleSet[Any]):
    """Rows that belong to one user and concern nobody else, admins included."""

    def __init__(self, kind: type, verbs: set[str], *, path: str = "user") -> None:
        self.kind = kind
        self.verbs = frozenset(verbs)
        self.path = path

    def allows(self, user: User, verb: str, thing: object) -> Decision:
        if getattr(thing, f"{self.path}_id") == user.pk:
            return Decision(True, "owner", "It is your own.")
        return Decision(False, "owner", "It is somebody else's.")

    def narrow(self, user: User, verb: str) -> Q:
        return Q(**{self.path: user.pk})

    def who(self, verb: str, thing: object) -> Q:
        return Q(pk=getattr(thing, f"{self.path}_id"))


class FollowingRules(RuleSet[Any]):
    """Rows that may be seen, or dealt with, as something else may that they belong to.

    `verbs` maps a verb here to the verb there. A row whose `path` is empty is closed to everybody
    but the system, and admins for what they may override there.
    """

    FOLLOWED: ClassVar[str] = "It belongs to nothing any more."

    def __init__(self, kind: type, path: str, verbs: dict[str, str], *, parent: AnyRules) -> None:
        self.kind = kind
        self.path = path
        self.mapped = verbs
        self.verbs = frozenset(verbs)
        self.parent = parent
        self.overridden = frozenset(
            here for here, there in verbs.items() if there in parent.overridden
        )

    def allows(self, user: User, verb: str, thing: object) -> Decision:
        followed = getattr(thing, self.path)
        if followed is None:
            return Decision(False, "visibility", self.FOLLOWED)
        return self.parent.allows(user, self.mapped[verb], followed)

    def narrow(self, user: User, verb: str) -> Q:
        model = self.parent.kind
        mine = model.objects.filter(self.parent.narrow(user, self.mapped[verb]))
        return Q(**{f"{self.path}__in": mine.order_by().values("pk")})

    def who(self, verb: str, thing: object) -> Q:
        followed = getattr(thing, self.path)
        return NOBODY if followed is None else self.parent.who(self.mapped[verb], followed)
