"""Packages: one JSON file of asset entries; plan, apply, export, and the same checks one by one."""
