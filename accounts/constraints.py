"""The database refuses first: its violated constraints become sentences, by their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.apps import apps
from django.db import IntegrityError, models

from accounts.exceptions import Refused


def name_of(error: IntegrityError) -> str | None:
    """The name of the constraint that was violated, None where it can't be told."""
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis is not None:
        return str(diagnosis.constraint_name)
    text = str(error)
    if "index '" in text:
        return text.split("index '")[1].split("'", maxsplit=1)[0]
    if text.startswith("UNIQUE constraint failed: "):
        return _unique_by_columns(text.removeprefix("UNIQUE constraint failed: "))
    if text.startswith("CHECK constraint failed: "):
        return text.removeprefix("CHECK constraint failed: ")
    return None


def _unique_by_columns(text: str) -> str | None:
    """SQLite names the columns of a plain unique constraint, and not the constraint."""
    table = text.split(".", maxsplit=1)[0]
    columns = [part.split(".")[1] for part in text.split(", ")]
    for model in apps.get_models():
        if model._meta.db_table != table:
            continue
        by_name = {field.name: field.column for field in model._meta.concrete_fields}
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and columns == [
                by_name[name] for name in constraint.fields
            ]:
                return constraint.name
    return None


@contextmanager
def refusing(refusals: Mapping[str, Refused]) -> Iterator[None]:
    """Raises the refusal that belongs to the constraint which the block violates."""
    try:
        yield
    except IntegrityError as error:
        refusal = refusals.get(name_of(error) or "")
        if refusal is None:
            raise
        raise refusal from error
