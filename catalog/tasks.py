"""Celery's entry point to imports."""

from __future__ import annotations

from celery import shared_task

from accounts.gates import house
from catalog.importing import uploads


@shared_task(name="catalog.import")
@house(why="Each line of an import goes through the gate as the user who started it.")
def run_import(import_id: int) -> None:
    uploads.run(import_id)
