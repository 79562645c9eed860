"""A member reads the first page of 50 of many objects: through the API, and a board's page.

Bare: the query for the same rows, and the same members as JSON; what a view without sign-in,
permissions, relations and people would do. The pages that are narrowed or sorted, those of several
boards, and the board's have the same bare page beside them: a yardstick, not the same work. Those
without an index read all objects.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.http import JsonResponse
from django.test import Client

from accounts.actor import Actor
from accounts.services.tokens import create_token
from benchmarks.benchmark import Benchmark
from benchmarks.timing import Race, Unit
from benchmarks.world import World
from catalog.models import AttributeType, GovernedObject
from catalog.services import indexing

ROWS = 50
REQUESTS = 20
ADDRESS = "/api/v1/objects/?objectTypeKey=recipe"
INDEXED = "price"
QUERIES = {
    "page": ("first page of 50 objects by the API", ""),
    "page-filter-indexed": ("the same, by an indexed attribute", f"attribute.{INDEXED}=7.5"),
    "page-sort-indexed": ("the same, sorted by an indexed attribute", f"sort=-attribute.{INDEXED}"),
    "page-filter": ("the same, by an attribute without index", "attribute.servings=99"),
    "page-sort": ("the same, sorted by an attribute without index", "sort=attribute.servings"),
    "page-sort-name": ("the same, sorted by name", "sort=name"),
    "page-contains": ("the same, by a text in names and keys", "q=nowhere"),
}
SPREAD = {
    "page-boards": ("first page of 50 objects of five boards", ""),
    "page-boards-filter-indexed": ("the same, by an indexed attribute", f"attribute.{INDEXED}=7.5"),
    "page-boards-sort-indexed": (
        "the same, sorted by an indexed attribute",
        f"sort=-attribute.{INDEXED}",
    ),
    "page-boards-sort": (
        "the same, sorted by an attribute without index",
        "sort=attribute.servings",
    ),
}
BOARDS = 5
BESIDE = ("object_type", "board", "state", "parent", "created_by")


def prepare(query: str, world: World, objects: int) -> Race:
    _fill(world, objects)
    secret = create_token(world.member, actor=Actor.system(), name="benchmark").secret
    client = Client(SERVER_NAME="127.0.0.1", headers={"authorization": f"Bearer {secret}"})
    return _race(client, f"{ADDRESS}&{query}", objects)


def prepare_spread(query: str, world: World, objects: int) -> Race:
    """As `prepare`, with the objects on several boards, all of which the member sees."""
    _fill(world, objects)
    world.spread(BOARDS)
    return prepare(query, world, objects)


def prepare_board(world: World, objects: int) -> Race:
    _fill(world, objects)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(world.member, backend="django.contrib.auth.backends.ModelBackend")
    return _race(client, f"/boards/{world.board.key}/", objects)


def _fill(world: World, objects: int) -> None:
    missing = objects - GovernedObject.objects.filter(object_type=world.recipe).count()
    world.recipes(max(0, missing))
    AttributeType.objects.filter(key=INDEXED).update(is_filterable=True)
    indexing.reconcile()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as PostgreSQL does by itself, some time later


def _race(client: Client, address: str, objects: int) -> Race:
    """A trial with a few objects asks a few times."""
    requests = min(REQUESTS, objects)
    return Race(
        requests,
        lambda: partial(_ours, client, address, requests),
        lambda: partial(_bare, requests),
    )


def _ours(client: Client, address: str, requests: int) -> None:
    for _ in range(requests):
        answer = client.get(address)
        assert answer.status_code == 200, answer.content


def _bare(requests: int) -> None:
    for _ in range(requests):
        rows = GovernedObject.objects.filter(object_type__key="recipe").select_related(*BESIDE)
        JsonResponse(
            {"results": [_shown(row) for row in rows.order_by("pk")[: ROWS + 1]][:ROWS]},
            encoder=DjangoJSONEncoder,
        )


def _shown(row: GovernedObject) -> dict[str, Any]:
    return {
        "id": row.pk,
        "key": row.key,
        "name": row.name,
        "objectTypeKey": row.object_type.key,
        "boardKey": row.board.key,
        "stateKey": row.state.key if row.state else None,
        "stateSince": row.state_since,
        "attributes": row.attributes,
        "parentKey": row.parent.key if row.parent else None,
        "version": row.version,
        "createdAt": row.created_at,
        "createdBy": row.created_by.username if row.created_by else None,
        "modifiedAt": row.modified_at,
    }


def _benchmark(key: str, label: str, prepared: Callable[[World, int], Race]) -> Benchmark:
    return Benchmark(
        key=key, label=label, unit=Unit.MILLISECONDS, objects=20_000, rounds=5, prepare=prepared
    )


BENCHMARKS = (
    *(_benchmark(key, label, partial(prepare, query)) for key, (label, query) in QUERIES.items()),
    _benchmark("page-board", "a board's page of 50 objects", prepare_board),
    *(
        _benchmark(key, label, partial(prepare_spread, query))
        for key, (label, query) in SPREAD.items()
    ),
)
