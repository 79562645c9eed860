"""Celery's entry points to the catalog."""

from __future__ import annotations

from celery import shared_task

from accounts.gates import house
from catalog.importing import uploads
from catalog.services import indexing


@shared_task(name="catalog.import")
@house(why="Each line of an import goes through the gate as the user who started it.")
def run_import(import_id: int) -> None:
    uploads.run(import_id)


@shared_task(name=indexing.TASK)
@house(why="Makes indexes equal to the schema, which was written under its own gate.")
def index_attributes() -> None:
    indexing.try_to_reconcile()
