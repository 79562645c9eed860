"""gate.md: what the gate is asked about each kind of thing, from the rules that are registered."""

from __future__ import annotations

import inspect
from typing import Any

from permissions.registry import rules
from scripts.reference.markdown import codes, page, table

INTRODUCTION = """
Every way in asks the gate: may this actor do that to this thing, which things may this actor, who
may ([the gate](../explanation/the-gate.md)). A kind without rules, or a verb that its rules don't
name, is closed to everybody. *Of the kind* are verbs that are asked about no thing in particular,
as making one. *For admins* are those that an account admin may on every thing, beside what the
rules say; where only that let them, an object's history says so.
"""


def render() -> str:
    rows = sorted(map(_row, rules))
    heads = ("thing", "rules", "verbs", "of the kind", "for admins")
    return page("What the gate is asked", INTRODUCTION, table(heads, rows))


def _row(rule: Any) -> tuple[str, ...]:
    return (
        rule.key.rpartition(".")[2],
        " ".join((inspect.getdoc(type(rule)) or "").split("\n\n", maxsplit=1)[0].split()),
        codes(sorted(rule.verbs)),
        codes(sorted(rule.kind_verbs)),
        codes(sorted(rule.overridden)),
    )
