"""What only operators deal with: the journal's events, and those that no consumer could act on."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from accounts.gate import Decision
from accounts.models import User
from permissions.people import ACCOUNT_ADMINS, EVERYBODY, NOBODY
from permissions.rules import RuleSet


class OperatorRules(RuleSet[Any]):
    """Account admins, and nobody else: an event tells of objects that others may not see."""

    def __init__(self, kind: type, *verbs: str) -> None:
        self.kind = kind
        self.verbs = self.kind_verbs = frozenset(verbs)

    def allows(self, user: User, verb: str, thing: object) -> Decision:
        return self.allows_kind(user, verb)

    def allows_kind(self, user: User, verb: str) -> Decision:
        if user.is_account_admin:
            return Decision(True, "role", "Account admins operate this.")
        return Decision(False, "role", "Only account admins may do this.")

    def narrow(self, user: User, verb: str) -> Q:
        return EVERYBODY if self.allows_kind(user, verb) else NOBODY

    def who(self, verb: str, thing: object) -> Q:
        return ACCOUNT_ADMINS

    def who_kind(self, verb: str) -> Q:
        return ACCOUNT_ADMINS
