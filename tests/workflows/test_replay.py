"""Replay: a recorded history against a lifecycle."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from catalog.packages.applying import apply
from journal.strict_json import loads
from tests.kitchen import SYSTEM, Kitchen
from workflows.lifecycle.histories import BadHistory, steps
from workflows.lifecycle.replay import Rules, Step, replay

REAL = os.environ.get("SLUICE_REAL_DATA", "")
STATES = ["draft", "review", "approved"]
RULES = Rules(frozenset(STATES), "draft", frozenset({("draft", "review"), ("review", "approved")}))


def test_a_refused_change_is_counted_and_the_history_goes_on() -> None:
    history = [
        Step("a", None, "draft"),
        Step("a", "draft", "approved"),
        Step("a", "approved", "review"),
        Step("a", "review", "approved"),
        Step("b", None, "review"),
        Step("b", "review", "approved"),
        Step("c", None, "gone"),
        Step("c", "gone", "draft"),
    ]
    assert replay(history, RULES).as_json() == {
        "started": 2,
        "startedElsewhere": 1,
        "allowed": 2,
        "refused": 2,
        "unknownState": 2,
        "transitions": [
            {"fromStateKey": "approved", "toStateKey": "review", "count": 1, "allowed": False},
            {"fromStateKey": "draft", "toStateKey": "approved", "count": 1, "allowed": False},
            {"fromStateKey": "review", "toStateKey": "approved", "count": 2, "allowed": True},
        ],
    }


@given(
    st.lists(
        st.builds(
            Step,
            st.just("k"),
            st.none() | st.sampled_from([*STATES, "gone"]),
            st.sampled_from([*STATES, "gone"]),
        )
    )
)
def test_every_line_counts_once(history: list[Step]) -> None:
    found = replay(history, RULES)
    counted = found.started + found.allowed + found.refused + found.unknown_state
    assert counted == len(history)
    assert sum(one.count for one in found.transitions) == found.allowed + found.refused
    assert found.started_elsewhere <= found.started


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"[]", "Line 2: an object"),
        (b"{", "Line 2, column"),
        (b'{"key": "a"}', "Line 2: toStateKey is needed"),
        (b'{"toStateKey": "draft"}', "Line 2: key is needed"),
        (b'{"key": 1, "toStateKey": "draft"}', "Line 2: key is a text"),
        (b"\xff", "Line 2, column 1"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(line: bytes, told: str) -> None:
    good = b'{"key": "a", "fromStateKey": null, "toStateKey": "draft"}\r\n'
    assert list(steps([good, b"\n"])) == [Step("a", None, "draft")]
    with pytest.raises(BadHistory, match=told):
        list(steps([good, line]))


def run(*arguments: Any) -> str:
    out = io.StringIO()
    call_command("replay", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_the_command(kitchen: Kitchen, tmp_path: Path) -> None:
    history = tmp_path / "history.jsonl"
    lines = [
        {"key": "soup", "toStateKey": "draft", "at": "2026-01-01T00:00:00Z"},
        {"key": "soup", "fromStateKey": "draft", "toStateKey": "review"},
        {"key": "soup", "fromStateKey": "review", "toStateKey": "gone"},
    ]
    history.write_text("\n".join(map(json.dumps, lines)))
    found = json.loads(run(history, "--lifecycle", "recipe_lifecycle", "--json"))
    assert (found["started"], found["allowed"], found["unknownState"]) == (1, 1, 1)
    told = run(history, "--lifecycle", "recipe_lifecycle")
    assert "1 changes allowed, 0 refused." in told
    with pytest.raises(CommandError, match="Perhaps recipe_lifecycle was meant"):
        run(history, "--lifecycle", "recipe_lifecicle")
    with pytest.raises(CommandError, match="can't be read"):
        run(tmp_path / "none", "--lifecycle", "recipe_lifecycle")


@pytest.mark.skipif(not REAL, reason="SLUICE_REAL_DATA names no directory")
@pytest.mark.django_db
def test_the_history_of_a_real_community() -> None:
    apply(loads((Path(REAL) / "pep-package.json").read_bytes()), actor=SYSTEM)
    history = Path(REAL) / "pep-history.jsonl"
    found = json.loads(run(history, "--lifecycle", "pep_lifecycle", "--json"))
    assert found.pop("transitions")
    assert found == {
        "started": 736,
        "startedElsewhere": 105,
        "allowed": 988,
        "refused": 72,
        "unknownState": 0,
    }
