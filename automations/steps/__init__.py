"""Step types, a file each: a new one copies a neighbour and is named here."""

from automations.steps import change_workflow_state, send_notification, set_attribute_value

STEPS = (set_attribute_value.STEP, change_workflow_state.STEP, send_notification.STEP)

__all__ = ["STEPS"]
