"""Runs Sluice: web, worker and scheduler as supervised parts of one operating-system process."""
