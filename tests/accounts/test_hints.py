"""What is unknown is told with the nearest that is known, and costs no more for being much."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.exceptions import MOST_PROBLEMS
from accounts.keys import MOST_HINTS, nearest, sparing_hints
from tests.api.problems import problem
from tests.cast import Cast, Client, client_of
from tests.kitchen import Kitchen

OBJECTS = "/api/v1/objects/"
MANY = 20_000


def test_hints_are_spared_when_enough_were_given() -> None:
    read = []

    def known() -> Iterator[str]:
        read.append(1)
        yield "price"

    with sparing_hints(3), sparing_hints():
        found = [nearest("prise", known()) for _ in range(5)]
    assert found == ["price", "price", "price", None, None]
    assert len(read) == 3
    assert nearest("prise", known()) == "price"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (OBJECTS, {"attributes": {f"a{at}": 1 for at in range(MANY)}}),
        (OBJECTS, {"relations": {f"r{at}": ["x"] for at in range(MANY)}}),
        (OBJECTS, {"userRelations": {"reviewer": [f"x{at}" for at in range(10_000)]}}),
        (OBJECTS, {f"x{at}": 1 for at in range(MANY)}),
        ("/api/v1/object-types/", {f"x{at}": 1 for at in range(MANY)}),
        ("/api/v1/lifecycles/", {"key": "l", "states": [{"key": f"s{at}"} for at in range(MANY)]}),
        ("/api/v1/packages/apply/", {f"x{at}": [] for at in range(MANY)}),
        ("/api/v1/packages/apply/", {"packageKey": "p", "categories": [{}] * 60_000}),
    ],
)
def test_thousands_of_unknown_names_are_refused_in_few_queries(
    cast: Cast, kitchen: Kitchen, path: str, body: dict[str, Any]
) -> None:
    """What a name costs in time is a comparison or a query, and neither grows with their number."""
    client = client_of(cast.admin)
    given = {"objectTypeKey": "recipe", "name": "Soup", **body} if path == OBJECTS else body
    with CaptureQueriesContext(connection) as queries:
        found = problem(client.post(path, given), 422)
    assert len(queries) < 300
    assert 0 < len(found["errors"]) <= MOST_PROBLEMS + 1
    assert sum("nearest" in one for one in found["errors"]) <= MOST_HINTS


def test_a_plan_tells_a_bounded_number_of_problems(api: Client) -> None:
    entries = [{"key": f"k{at}", "nme": "x"} for at in range(MOST_PROBLEMS + 10)]
    answer = api("admin").post(
        "/api/v1/packages/plan/", {"packageKey": "p", "applications": entries}
    )
    problems = answer.json()["problems"]
    assert len(problems) == MOST_PROBLEMS + 1
    assert problems[0]["nearest"] == "name"
    assert problems[-1]["code"] == "tooManyProblems"
