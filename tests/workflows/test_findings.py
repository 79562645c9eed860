"""The check of lifecycles: states that nothing leads to, and none leads out of."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.findings import Finding
from catalog.models import Lifecycle
from catalog.packages.applying import apply
from tests.kitchen import SYSTEM, Kitchen
from workflows.lifecycle.findings import dead_ends, unreachable_states

pytestmark = pytest.mark.django_db


def lifecycle(*ways: str, states: str = "a b c", first: str | None = None) -> None:
    """States in this order, and ways between them: `a-b`."""
    apply(
        {
            "packageKey": "life",
            "workflows": [{"key": "life", "initStateKey": first}],
            "workflowStates": [
                {"key": key, "position": place} for place, key in enumerate(states.split())
            ],
            "workflowTransitions": [
                {"key": way, "fromStateKey": way[0], "toStateKey": way[-1]} for way in ways
            ],
        },
        actor=SYSTEM,
    )


def told(found: Any) -> list[tuple[str, str]]:
    return [(str(one.severity), one.place.rpartition(" ")[2]) for one in found]


@pytest.mark.parametrize(
    ("ways", "first", "unreachable", "ends"),
    [
        (["a-b", "b-c", "c-a"], None, [], []),
        (["a-b", "b-c"], None, [], [("info", "c")]),
        (["a-b", "a-c"], None, [], [("info", "b"), ("info", "c")]),
        (["a-b"], None, [("warning", "c")], [("info", "b")]),
        (["a-b", "c-a"], None, [("warning", "c")], [("warning", "b")]),
        (["b-a", "b-c"], "b", [], [("info", "a"), ("info", "c")]),
        (["b-c"], "b", [("warning", "a")], [("info", "c")]),
        (["b-c", "c-b"], None, [("warning", "b"), ("warning", "c")], [("warning", "a")]),
        ([], None, [("warning", "b"), ("warning", "c")], [("warning", "a")]),
    ],
)
def test_the_shape_of_a_lifecycle(
    ways: list[str],
    first: str | None,
    unreachable: list[tuple[str, str]],
    ends: list[tuple[str, str]],
) -> None:
    lifecycle(*ways, first=first)
    assert told(unreachable_states()) == unreachable
    assert told(dead_ends()) == ends


def test_a_lifecycle_of_one_state_or_none_is_no_finding() -> None:
    lifecycle(states="a")
    Lifecycle.objects.create(key="empty", name="Empty")
    assert told(unreachable_states()) == told(dead_ends()) == []


def test_a_finding_says_what_follows_where_and_what_to_do() -> None:
    lifecycle("a-b")
    (found,) = unreachable_states()
    page = f"/admin/catalog/lifecycle/{Lifecycle.objects.get().pk}/change/"
    assert found == Finding(
        severity=found.severity,
        detail="No way leads from a to c: objects stand there only where an import or whoever "
        "made them put them.",
        place="lifecycle life, state c",
        remedy="Add a transition that leads there, or take the state away.",
        url=page,
    )


def test_votes_and_comments_are_ways(kitchen: Kitchen) -> None:
    """`archived` is reached by a vote, and by a move with a comment."""
    assert told(unreachable_states()) == []
    assert told(dead_ends()) == [("info", "approved"), ("info", "archived")]


KINDS = ("unreachableState", "deadEnd")
