"""Pages of boards and objects."""
