"""Finds the modules that apps may have: an app without routes or addresses is fine."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from django.conf import settings
from django.utils.module_loading import module_has_submodule


def modules_named(name: str) -> list[ModuleType]:
    """`<app>.<name>` of each of our apps that has one, lowest app first."""
    return [
        import_module(f"{app}.{name}")
        for app in reversed(settings.OUR_APPS)
        if module_has_submodule(import_module(app), name)
    ]
