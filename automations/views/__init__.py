"""Pages of executions: what ran, for what, and what each step did."""

from automations.views.executions import execution, executions

__all__ = ["execution", "executions"]
