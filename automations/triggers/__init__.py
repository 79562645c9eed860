"""Trigger kinds, a file each."""

from automations.triggers import event, schedule

TRIGGER_KINDS = (event.KIND, schedule.KIND)

__all__ = ["TRIGGER_KINDS"]
