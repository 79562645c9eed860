"""Every generated page: its file in docs/reference, and what renders it. Needs Django set up."""

from __future__ import annotations

from collections.abc import Callable

from catalog.expressions import reference as expressions
from scripts.reference import (
    addresses,
    asset_kinds,
    commands,
    environment,
    events,
    findings,
    gate,
    page_addresses,
    problem_codes,
)

PAGES: dict[str, Callable[[], str]] = {
    "addresses.md": addresses.render,
    "asset-kinds.md": asset_kinds.render,
    "commands.md": commands.render,
    "configuration-check.md": findings.render,
    "events.md": events.render,
    "gate.md": gate.render,
    "expressions.md": expressions.render,
    "page-addresses.md": page_addresses.render,
    "problem-codes.md": problem_codes.render,
    "settings.md": environment.render,
}
