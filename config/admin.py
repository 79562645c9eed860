"""Pages of other people's models: django-celery-beat's as they are; Django's groups gone.

A team is a group: on Django's own page for groups it could be changed past its service.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django_celery_beat import admin as beat
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

for model in (
    Group,
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
):
    admin.site.unregister(model)


class TaskSelect(UnfoldAdminSelectWidget, beat.TaskSelectWidget):
    """The tasks that there are."""


class PeriodicTaskForm(beat.PeriodicTaskForm):
    """Their form, with the theme's looks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["regtask"].widget = TaskSelect()
        self.fields["task"].widget = UnfoldAdminTextInputWidget()


class TaskTable(beat.PeriodicTaskInline, TabularInline):
    """The tasks of a schedule."""


@admin.register(PeriodicTask)
class PeriodicTaskPages(beat.PeriodicTaskAdmin, ModelAdmin):
    """What beat sends to the workers, and when."""

    form = PeriodicTaskForm


@admin.register(ClockedSchedule)
class ClockedSchedulePages(beat.ClockedScheduleAdmin, ModelAdmin):
    """Single instants."""

    inlines = (TaskTable,)


@admin.register(CrontabSchedule)
class CrontabSchedulePages(beat.CrontabScheduleAdmin, ModelAdmin):
    """Times as cron writes them."""

    inlines = (TaskTable,)


@admin.register(SolarSchedule)
class SolarSchedulePages(beat.SolarScheduleAdmin, ModelAdmin):
    """Times of the sun."""

    inlines = (TaskTable,)


@admin.register(IntervalSchedule)
class IntervalSchedulePages(beat.IntervalScheduleAdmin, ModelAdmin):
    """Every so often."""

    inlines = (TaskTable,)
