"""States and statuses are written by their own functions only: the code is read for ways around.

django-fsm's protection doesn't see `queryset.update()`, `bulk_update` or raw SQL.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.sources import sources

GUARDED = {"state", "state_id", "status"}
MOVERS = {"workflows/lifecycle/entering.py"}
MOVERS_OF_MANY = {"workflows/lifecycle/moving.py"}


def trees() -> Iterator[tuple[str, ast.Module]]:
    for source in sources():
        yield source.path, source.tree


def calls(tree: ast.Module, *names: str) -> Iterator[ast.Call]:
    for found in ast.walk(tree):
        if (
            isinstance(found, ast.Call)
            and isinstance(found.func, ast.Attribute)
            and found.func.attr in names
        ):
            yield found


def writes_around(tree: ast.Module) -> list[int]:
    """Lines in which a guarded column is written in bulk, past its machine."""
    return [
        *(call.lineno for call in calls(tree, "update") if GUARDED & keywords(call)),
        *(call.lineno for call in calls(tree, "bulk_update") if GUARDED & texts(call)),
    ]


def keywords(call: ast.Call) -> set[str]:
    return {keyword.arg for keyword in call.keywords if keyword.arg}


def texts(call: ast.Call) -> set[str]:
    constants = (one.value for one in ast.walk(call) if isinstance(one, ast.Constant))
    return {one for one in constants if isinstance(one, str)}


def moves(tree: ast.Module) -> list[int]:
    return [call.lineno for call in calls(tree, "enter")]


def assignments(tree: ast.Module) -> list[int]:
    """Lines that assign `.state` or `.status` of something other than a plain local value."""
    return [
        found.lineno
        for found in ast.walk(tree)
        if isinstance(found, ast.Assign)
        for target in found.targets
        if isinstance(target, ast.Attribute)
        and target.attr in GUARDED
        and not (isinstance(target.value, ast.Name) and target.value.id == "self")
    ]


def test_nobody_writes_a_guarded_column_in_bulk() -> None:
    found = {name: lines for name, tree in trees() if (lines := writes_around(tree))}
    assert found.keys() == MOVERS_OF_MANY
    assert all(len(lines) == 1 for lines in found.values())


def test_only_the_lifecycle_moves_objects() -> None:
    assert {name for name, tree in trees() if moves(tree)} == MOVERS


def test_nobody_assigns_a_state_or_a_status() -> None:
    found = {name: lines for name, tree in trees() if (lines := assignments(tree))}
    # The stored answer of a request has the status of HTTP, which is no machine.
    assert found.pop("accounts/http/idempotency.py")
    assert found == {}


@pytest.mark.parametrize(
    "planted",
    [
        "GovernedObject.objects.filter(pk=1).update(state=2)",
        "rows.update(status='sent')",
        "GovernedObject.objects.bulk_update(rows, ['state'])",
    ],
)
def test_a_planted_write_is_found(planted: str) -> None:
    assert writes_around(ast.parse(planted))


def test_a_planted_assignment_is_found() -> None:
    assert assignments(ast.parse("obj.state = other"))
    assert moves(ast.parse("obj.enter(state)"))
