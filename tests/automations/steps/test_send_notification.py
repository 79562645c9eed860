"""`sendNotification`: what is refused when it is published, and whom it tells."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.services.users import change_user
from automations.models import ExecutionItem
from notifications.models import Notification
from tests.cast import Cast
from tests.kitchen import SYSTEM, Kitchen, definition, published
from tests.settling import settle
from workflows.authoring.checks import check
from workflows.lifecycle import service

pytestmark = pytest.mark.django_db


def step(**fields: Any) -> dict[str, Any]:
    return {"id": "tell", "type": "sendNotification", "templateKey": "in_review", **fields}


@pytest.mark.parametrize(
    ("fields", "pointer", "code", "nearest"),
    [
        (
            {"templateKey": "in_revue", "recipients": ["owner"]},
            "templateKey",
            "unknownReference",
            "in_review",
        ),
        (
            {"recipientRelationType": "busines_owner"},
            "recipientRelationType",
            "unknownReference",
            "business_owner",
        ),
        ({"recipients": ["owner", "nobody"]}, "recipients/1", "unknownReference", None),
        ({"recipients": []}, "recipients", "badValue", None),
        ({}, "recipientRelationType", "missing", None),
    ],
)
def test_what_cannot_be_done_is_told_when_it_is_saved(
    kitchen: Kitchen,
    cast: Cast,
    fields: dict[str, Any],
    pointer: str,
    code: str,
    nearest: str | None,
) -> None:
    [problem] = check(definition(step(**fields)))
    assert (problem.pointer, problem.code) == (f"/steps/0/{pointer}", code)
    assert nearest in (None, problem.nearest)


def test_a_step_s_recipients_replace_those_of_the_template(kitchen: Kitchen, cast: Cast) -> None:
    kitchen.template.recipients = ["approver"]
    kitchen.template.save(update_fields=["recipients"])
    published("tell", definition(step(recipients=["Team::Stewards", "member"])))
    service.move(kitchen.make(), "submit", actor=cast.acting("owner"))
    settle()
    told = Notification.objects.values_list("user__username", flat=True)
    assert sorted(told) == ["member", "steward"]


def test_the_output_says_who_was_not_told_and_why(kitchen: Kitchen, cast: Cast) -> None:
    change_user(cast["member"], actor=SYSTEM, active=False)
    published("tell", definition(step(recipients=["member", "owner", "steward"])))
    service.move(kitchen.make(), "submit", actor=cast.acting("owner"))
    settle()
    [kept] = ExecutionItem.objects.get().steps
    assert kept["status"] == "succeeded"
    shown = str(kept["output"])
    assert "inactive" in shown
    assert "author" in shown
    assert [one.user for one in Notification.objects.all()] == [cast["steward"]]
