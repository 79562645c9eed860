"""Finds every way into the product: routes, sockets, commands and tasks, with their gates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.gates import GateDeclaration, declaration_of, declaration_of_foreign
from config.celery import app
from config.routing import socket_routes, unknown

OURS = {*settings.OUR_APPS, "config"}
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class EntryPoint:
    """One way in, as a person would name it, and what it declares."""

    name: str
    gate: GateDeclaration | None


def all_entry_points() -> list[EntryPoint]:
    return [*routes(), *sockets(), *commands(), *tasks()]


def url_patterns(
    patterns: list[URLPattern | URLResolver] | None = None, prefix: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """Every address, with the whole of its route."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from url_patterns(one.url_patterns, route)
        else:
            yield route, one


def routes() -> Iterator[EntryPoint]:
    for route, pattern in url_patterns():
        yield from of_view(f"/{route}", pattern.callback)


def of_view(route: str, view: Any) -> Iterator[EntryPoint]:
    """One entry for each method that a class answers; one for a function."""
    foreign = declaration_of_foreign(view.__module__)
    is_of_admin = hasattr(view, "admin_site") or hasattr(view, "model_admin")
    if foreign is None and is_of_admin:
        foreign = declaration_of_foreign("django.contrib.admin")
    if foreign is not None:
        yield EntryPoint(route, foreign)
        return
    cls = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if cls is None:
        yield EntryPoint(route, declaration_of(view))
        return
    actions = getattr(view, "actions", None) or {name: name for name in METHODS}
    for method, name in actions.items():
        if perform := getattr(cls, name, None):
            gate = declaration_of(perform) or declaration_of(cls)
            yield EntryPoint(f"{method.upper()} {route}", gate)


def sockets() -> Iterator[EntryPoint]:
    for pattern in socket_routes():
        application: Any = pattern.callback
        if application is not unknown:  # answers 404 to whatever comes
            consumer = getattr(application, "consumer_class", application)
            yield EntryPoint(f"socket {pattern.pattern}", declaration_of(consumer))


def commands() -> Iterator[EntryPoint]:
    for name, place in get_commands().items():
        if str(place).partition(".")[0] in OURS:
            command = load_command_class(str(place), name)
            yield EntryPoint(f"command {name}", declaration_of(command))


def tasks() -> Iterator[EntryPoint]:
    app.loader.import_default_modules()
    for name, task in app.tasks.items():
        if task.__module__.partition(".")[0] in OURS:
            yield EntryPoint(f"task {name}", declaration_of(task) or declaration_of(task.run))
