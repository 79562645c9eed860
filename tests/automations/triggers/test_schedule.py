"""The schedule trigger: checked and kept, and told that it doesn't fire yet."""

from __future__ import annotations

from typing import Any

import pytest

from automations.triggers import TRIGGER_KINDS
from workflows.authoring.checks import check

pytestmark = pytest.mark.django_db

STEPS = [{"type": "setAttributeValue", "attributeKey": "note", "value": "seen"}]


def problems(**trigger: Any) -> list[tuple[str, str, str | None]]:
    """Those of the trigger alone."""
    found = check({"trigger": trigger, "steps": STEPS})
    return [
        (one.pointer.removeprefix("/trigger/"), one.code, one.nearest)
        for one in found
        if one.pointer.startswith("/trigger")
    ]


@pytest.mark.parametrize(
    "trigger",
    [
        {"schedule": "daily", "time": "07:30"},
        {"schedule": "weekly", "day": "monday", "time": "23:59", "timezone": "Europe/Berlin"},
        {"schedule": "cron", "cron": "*/30 8-17 * * 1-5", "catchUp": "one", "overlap": "queue"},
    ],
)
def test_a_schedule_that_can_be_kept(trigger: dict[str, Any]) -> None:
    assert problems(**trigger) == []


@pytest.mark.parametrize(
    ("trigger", "found"),
    [
        ({"schedule": "hourly"}, ("schedule", "unknownValue", None)),
        ({"schedule": "daily"}, ("time", "missing", None)),
        ({"schedule": "daily", "time": "25:00"}, ("time", "badValue", None)),
        ({"schedule": "weekly", "time": "07:00"}, ("day", "missing", None)),
        (
            {"schedule": "weekly", "time": "07:00", "day": "mondai"},
            ("day", "unknownValue", "monday"),
        ),
        (
            {"schedule": "daily", "time": "07:00", "cron": "* * * * *"},
            ("cron", "notForThisSchedule", None),
        ),
        ({"schedule": "cron", "cron": "61 * * * *"}, ("cron", "badCron", None)),
        (
            {"schedule": "daily", "time": "07:00", "timezone": "Europe/Berlinn"},
            ("timezone", "unknownTimeZone", "Europe/Berlin"),
        ),
    ],
)
def test_what_is_wrong_is_told_when_it_is_saved(
    trigger: dict[str, Any], found: tuple[str, str, str | None]
) -> None:
    assert found in problems(**trigger)


def test_it_says_that_it_does_not_fire() -> None:
    assert {kind.key: kind.is_active for kind in TRIGGER_KINDS}["schedule"] is False
