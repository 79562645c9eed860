"""Requests for moves that are put to a vote: seen with their object, ended by who made them.

Who votes on one is who is entitled to the move, see `kinds.moves`.
"""

from __future__ import annotations

from django.db.models import Q

from accounts.gate import Decision
from accounts.models import User
from catalog.models import GovernedObject
from permissions.kinds import objects
from permissions.kinds.objects import standings
from permissions.people import NOBODY
from permissions.rules import RuleSet
from workflows.models import ApprovalRequest

VIEW, WITHDRAW = "view", "withdraw"


class ApprovalRules(RuleSet[ApprovalRequest]):
    """Whoever sees the object sees what is asked for; the requester may take it back."""

    kind = ApprovalRequest
    verbs = frozenset({VIEW, WITHDRAW})
    overridden = verbs

    def allows(self, user: User, verb: str, thing: ApprovalRequest) -> Decision:
        seen = objects.sight(standings(user, [thing.object])[thing.object.pk])
        if not seen or verb == VIEW:
            return seen
        if thing.requester_id == user.pk:
            return Decision(True, "owner", "They asked for it.")
        return Decision(False, "owner", f"Only {thing.requester_name}, who asked for it, may.")

    def narrow(self, user: User, verb: str) -> Q:
        seen = GovernedObject.objects.filter(objects.visible_objects(user))
        shown = Q(object__in=seen.order_by().values("pk"))
        return shown if verb == VIEW else shown & Q(requester=user)

    def who(self, verb: str, thing: ApprovalRequest) -> Q:
        rules = objects.ObjectRules()
        shown = rules.who(VIEW, thing.object)
        if verb == VIEW:
            return shown
        return shown & Q(pk=thing.requester_id) if thing.requester_id else NOBODY
