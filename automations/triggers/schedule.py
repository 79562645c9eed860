"""The schedule trigger: checked and kept; it doesn't fire in this version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from cronsim import CronSim, CronSimError

from accounts.exceptions import Problem
from accounts.keys import nearest
from journal.clock import now
from workflows.authoring.kinds import Scope, TriggerKind

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NEEDED = {"daily": ("time",), "weekly": ("day", "time"), "cron": ("cron",)}
FORM = {
    "type": "object",
    "properties": {
        "schedule": {"enum": list(NEEDED)},
        "time": {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"},
        "day": {"enum": list(DAYS)},
        "cron": {"type": "string", "maxLength": 200},
        "timezone": {"type": "string", "maxLength": 60},
        "catchUp": {"enum": ["none", "one"]},
        "overlap": {"enum": ["skip", "queue", "allow"]},
    },
    "required": ["schedule"],
    "additionalProperties": False,
}


def check(trigger: Mapping[str, Any], pointer: str, scope: Scope) -> list[Problem]:
    """What the schedule needs is there, the cron line can be read, the time zone exists."""
    kind = trigger["schedule"]
    problems = [
        Problem(f"{pointer}/{name}", "missing", f"A {kind} schedule needs {name}.")
        for name in NEEDED[kind]
        if name not in trigger
    ]
    problems += [
        Problem(f"{pointer}/{name}", "notForThisSchedule", f"{name} is for other schedules.")
        for name in ("time", "day", "cron")
        if name in trigger and name not in NEEDED[kind]
    ]
    if "cron" in trigger:
        problems += _cron_problems(trigger["cron"], f"{pointer}/cron")
    zone = trigger.get("timezone", "UTC")
    if zone not in available_timezones():
        near = nearest(zone, available_timezones())
        detail = f"{zone[:120]!r} is no time zone."
        problems.append(Problem(f"{pointer}/timezone", "unknownTimeZone", detail, zone, near))
    return problems


def _cron_problems(line: str, pointer: str) -> list[Problem]:
    try:
        CronSim(line, now())
    except CronSimError as error:
        return [Problem(pointer, "badCron", f"This cron line can't be read: {error}.", line)]
    return []


KIND = TriggerKind(
    key="schedule",
    label="At times",
    form=FORM,
    check=check,
    is_active=False,
)
