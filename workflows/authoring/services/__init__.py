"""The verbs of workflows."""
