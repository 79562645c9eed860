"""Pages of other people's models: django-celery-beat's as they are; Django's groups gone.

A team is a group: on Django's own page for groups it could be changed past its service.
"""

from __future__ import annotations

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

for model in (
    Group,
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
):
    admin.site.unregister(model)


class TaskTable(beat.PeriodicTaskInline, TabularInline):
    """The tasks of a schedule."""


@admin.register(PeriodicTask)
class PeriodicTaskPages(beat.PeriodicTaskAdmin, ModelAdmin):
    """What beat sends to the workers, and when."""


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
