"""What is wrong with a lifecycle as it is written, by package, by API and on the admin page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser

from catalog.models import State
from catalog.packages.applying import apply, plan
from tests.admin.conftest import address, door, send, text_of
from tests.api.problems import problem
from tests.cast import Cast, Client
from tests.kitchen import SYSTEM, Kitchen

pytestmark = pytest.mark.django_db
__all__ = ["door"]

STATES = [{"key": "open", "position": 1}, {"key": "shut", "position": 2}]
MOVES = [{"key": "close", "fromStateKey": "open", "toStateKey": "shut"}]
HUGE = 2**31

# What is replaced, where: (part, its index, field), value, code.
WRONG: list[tuple[tuple[str, int, str], Any, str]] = [
    (("states", 0, "color"), "blue", "badColor"),
    (("states", 0, "color"), "#12345", "badColor"),
    (("states", 0, "color"), 7, "wrongType"),
    (("states", 0, "position"), HUGE, "outOfRange"),
    (("states", 0, "position"), -HUGE - 1, "outOfRange"),
    (("states", 0, "position"), "1", "wrongType"),
    (("states", 0, "position"), 1.5, "wrongType"),
    (("states", 1, "key"), "OPEN", "duplicate"),
    (("transitions", 0, "toStateKey"), "open", "selfTransition"),
    (("transitions", 0, "toStateKey"), "shutt", "unknownReference"),
    (("lifecycle", 0, "initStateKey"), "opne", "unknownReference"),
    (("lifecycle", 0, "initStateKey"), ["open", "shut"], "wrongType"),
]
IN_PACKAGE = {
    "states": "workflowStates",
    "transitions": "workflowTransitions",
    "lifecycle": "workflows",
}


def lifecycle() -> dict[str, list[dict[str, Any]]]:
    return {
        "lifecycle": [{"key": "door", "initStateKey": "open"}],
        "states": [dict(one) for one in STATES],
        "transitions": [dict(one) for one in MOVES],
    }


def in_package(parts: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    return {"packageKey": "doors"} | {IN_PACKAGE[name]: one for name, one in parts.items()}


def in_api(parts: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    own, states, moves = parts["lifecycle"][0], parts["states"], parts["transitions"]
    return {**own, "states": states, "transitions": moves}


@pytest.mark.parametrize(("place", "value", "code"), WRONG)
def test_it_is_told_with_its_place_in_a_package_and_by_the_api(
    api: Client, place: tuple[str, int, str], value: Any, code: str
) -> None:
    name, at, field = place
    parts = lifecycle()
    parts[name][at][field] = value
    found = plan(in_package(parts), actor=SYSTEM).problems
    assert (f"/{IN_PACKAGE[name]}/{at}/{field}", code) in [(one.pointer, one.code) for one in found]
    refused = problem(api("admin").post("/api/v1/lifecycles/", in_api(parts)), 422)
    pointer = f"/{field}" if name == "lifecycle" else f"/{name}/{at}/{field}"
    assert (pointer, code) in [(one["pointer"], one["code"]) for one in refused["errors"]]
    assert not State.objects.exists()

    assert api("admin").post("/api/v1/lifecycles/", in_api(lifecycle())).status_code == 201


def test_one_lifecycle_begins_in_one_state() -> None:
    parts = lifecycle()
    parts["lifecycle"].append({"key": "door", "initStateKey": "shut"})
    found = plan(in_package(parts), actor=SYSTEM).problems
    assert ("/workflows/1/key", "duplicate") in [(one.pointer, one.code) for one in found]


def test_equal_and_negative_positions_keep_an_order() -> None:
    parts = lifecycle()
    parts["states"] = [
        {"key": "c", "position": -5},
        {"key": "b", "position": 7},
        {"key": "a", "position": 7},
        {"key": "d", "position": -HUGE},
    ]
    parts["transitions"], parts["lifecycle"][0]["initStateKey"] = [], None
    apply(in_package(parts), actor=SYSTEM)
    assert list(State.objects.values_list("key", flat=True)) == ["d", "c", "a", "b"]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("position", str(HUGE), "less than or equal to 2147483647"),
        ("position", "first", "Enter a whole number."),
        ("color", "blue", "A colour is #RGB"),
    ],
)
def test_the_admin_page_tells_it_at_the_field(
    kitchen: Kitchen, cast: Cast, door: Any, field: str, value: str, sentence: str
) -> None:
    desk: Browser = door("admin")
    url = address("catalog_lifecycle", "change", kitchen.lifecycle.pk)
    page = send(desk, url, **{f"states-0-{field}": value})
    assert page.status_code == 200
    assert sentence in text_of(page)
    assert send(desk, url, **{f"states-0-{field}": "4" if field == "position" else "#444"})
    rows = kitchen.lifecycle.states.values_list(field, flat=True)
    assert {4, "#444"} & set(rows)
