"""A recipe whose reviewers decide by vote whether it is retired."""

from __future__ import annotations

from catalog.models import GovernedObject, UserRelation
from permissions.models import Condition
from tests.cast import Cast
from tests.kitchen import Kitchen
from workflows.lifecycle import service
from workflows.lifecycle.approvals import Awaiting
from workflows.lifecycle.models import ApprovalRequest

ELECTORS = ("owner", "steward", "approver")


def put_to_reviewers(kitchen: Kitchen) -> None:
    """Those who review a recipe decide whether it is retired."""
    Condition.objects.create(
        transition=kitchen.transitions["retire"],
        user_relation_type=kitchen.reviewer,
        is_editable=True,
    )


def reviewed(kitchen: Kitchen, cast: Cast, name: str = "Soup") -> GovernedObject:
    """A recipe that owner, steward and approver review."""
    made = kitchen.make(name)
    for who in ELECTORS:
        UserRelation.objects.create(type=kitchen.reviewer, object=made, user=cast[who])
    return made


def ask(soup: GovernedObject, cast: Cast, who: str = "owner") -> ApprovalRequest:
    asked = service.move(soup, "retire", actor=cast.acting(who))
    assert isinstance(asked, Awaiting)
    return asked.request
