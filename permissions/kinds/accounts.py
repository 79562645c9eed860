"""People, teams, tokens and the account itself."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from accounts.gate import Decision
from accounts.models import Account, ApiToken, Invitation, Role, Team, User
from permissions.people import ACCOUNT_ADMINS, EVERYBODY, NOBODY, is_guest
from permissions.rules import OwnRules, RuleSet


class _DirectoryRules(RuleSet[Any]):
    """Who is there: everybody but guests looks it up, admins manage it."""

    verbs = frozenset({"view", "manage"})
    kind_verbs = verbs
    overridden = frozenset({"view"})

    def allows_kind(self, user: User, verb: str) -> Decision:
        if verb == "manage":
            return _admins_only(user)
        if is_guest(user):
            return Decision(False, "role", "Guests see themselves only.")
        return Decision(True, "role", "Everybody but guests sees who is there.")

    def allows(self, user: User, verb: str, thing: object) -> Decision:
        decision = self.allows_kind(user, verb)
        if decision or verb != "view" or not self.concerns(user, thing):
            return decision
        return Decision(True, "role", "It is about themselves.")

    def narrow(self, user: User, verb: str) -> Q:
        if self.allows_kind(user, verb):
            return EVERYBODY
        return self.own_rows(user) if verb == "view" else NOBODY

    def who(self, verb: str, thing: object) -> Q:
        allowed = self.who_kind(verb)
        return allowed | self.people_concerned(thing) if verb == "view" else allowed

    def who_kind(self, verb: str) -> Q:
        return ~Q(role=Role.GUEST) if verb == "view" else ACCOUNT_ADMINS

    def concerns(self, user: User, thing: Any) -> bool:
        raise NotImplementedError

    def own_rows(self, user: User) -> Q:
        raise NotImplementedError

    def people_concerned(self, thing: Any) -> Q:
        raise NotImplementedError


class UserRules(_DirectoryRules):
    """As a directory; `edit_own` is what people change of themselves, and nobody for them."""

    kind = User
    verbs = _DirectoryRules.verbs | {"edit_own"}

    def allows(self, user: User, verb: str, thing: object) -> Decision:
        if verb != "edit_own":
            return super().allows(user, verb, thing)
        if isinstance(thing, User) and self.concerns(user, thing):
            return Decision(True, "owner", "It is about themselves.")
        return Decision(False, "owner", "Only they themselves may change this.")

    def narrow(self, user: User, verb: str) -> Q:
        return self.own_rows(user) if verb == "edit_own" else super().narrow(user, verb)

    def who(self, verb: str, thing: Any) -> Q:
        return self.people_concerned(thing) if verb == "edit_own" else super().who(verb, thing)

    def concerns(self, user: User, thing: User) -> bool:
        return user.pk == thing.pk

    def own_rows(self, user: User) -> Q:
        return Q(pk=user.pk)

    def people_concerned(self, thing: User) -> Q:
        return Q(pk=thing.pk)


class TeamRules(_DirectoryRules):
    kind = Team

    def concerns(self, user: User, thing: Team) -> bool:
        return user.groups.filter(pk=thing.pk).exists()

    def own_rows(self, user: User) -> Q:
        return Q(
            pk__in=User.groups.through._default_manager.filter(user=user.pk).values("group_id")
        )

    def people_concerned(self, thing: Team) -> Q:
        return Q(
            pk__in=User.groups.through._default_manager.filter(group=thing.pk).values("user_id")
        )


class AccountRules(RuleSet[Account]):
    """The settings of the account: everybody reads them, admins change them."""

    kind = Account
    verbs = frozenset({"view", "edit"})
    kind_verbs = verbs

    def allows_kind(self, user: User, verb: str) -> Decision:
        if verb == "view":
            return Decision(True, "account", "Everybody who is signed in sees this.")
        return _admins_only(user)

    def allows(self, user: User, verb: str, thing: Account) -> Decision:
        return self.allows_kind(user, verb)

    def narrow(self, user: User, verb: str) -> Q:
        return EVERYBODY if self.allows_kind(user, verb) else NOBODY

    def who(self, verb: str, thing: Account) -> Q:
        return self.who_kind(verb)

    def who_kind(self, verb: str) -> Q:
        return EVERYBODY if verb == "view" else ACCOUNT_ADMINS


class InvitationRules(RuleSet[Invitation]):
    """Account admins invite, and see who is invited."""

    kind = Invitation
    verbs = frozenset({"view", "manage"})
    kind_verbs = verbs

    def allows_kind(self, user: User, verb: str) -> Decision:
        return _admins_only(user)

    def allows(self, user: User, verb: str, thing: Invitation) -> Decision:
        return _admins_only(user)

    def narrow(self, user: User, verb: str) -> Q:
        return EVERYBODY if _admins_only(user) else NOBODY

    def who(self, verb: str, thing: Invitation) -> Q:
        return ACCOUNT_ADMINS

    def who_kind(self, verb: str) -> Q:
        return ACCOUNT_ADMINS


class TokenRules(OwnRules):
    """A token is its user's alone, but account admins may revoke it; everybody may make one."""

    kind_verbs = frozenset({"create"})
    overridden = frozenset({"delete"})

    def __init__(self) -> None:
        super().__init__(ApiToken, {"view", "edit", "delete"})

    def allows_kind(self, user: User, verb: str) -> Decision:
        return Decision(True, "account", "Everybody may make tokens of their own.")

    def who_kind(self, verb: str) -> Q:
        return EVERYBODY


def _admins_only(user: User) -> Decision:
    if user.is_account_admin:
        return Decision(True, "role", "Account admins manage this.")
    return Decision(False, "role", "Only account admins may do this.")
