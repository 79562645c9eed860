"""Pages of other people's models: what beat sends is looked at; Django's groups are gone.

A team is a group: on Django's own page for groups it could be changed past its service. The forms
of django-celery-beat would let anybody who comes in here call any task with any arguments.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)

from accounts.administration.asking import operates
from accounts.administration.themed import Themed

for model in (
    Group,
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
):
    admin.site.unregister(model)


@admin.register(PeriodicTask)
class PeriodicTaskPages(Themed):
    """What beat sends to the workers, and when; the settings say it."""

    list_display = ("name", "task", "scheduler", "enabled", "last_run_at")
    list_select_related = ("interval", "crontab", "solar", "clocked")
    fields = ("name", "task", "scheduler", "enabled", "last_run_at", "total_run_count")
    actions = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(operates(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(operates(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
