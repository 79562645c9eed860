"""An object type to import into, and a way to import lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from accounts.actor import Actor
from accounts.models import User, Workspace
from catalog.importing.report import Report
from catalog.importing.service import import_objects
from catalog.models import (
    AttributeType,
    Lifecycle,
    ObjectType,
    RelationType,
    State,
    UserRelationType,
)
from tests.catalog.importing.files import Importer, written


@pytest.fixture
def recipe() -> ObjectType:
    """An object type with a lifecycle, a few attributes, relations and people."""
    Workspace.objects.get_or_create(key="main", defaults={"name": "Main"})
    lifecycle = Lifecycle.objects.create(key="life", name="Life")
    for at, key in enumerate(("draft", "review", "approved")):
        State.objects.create(lifecycle=lifecycle, key=key, name=key, position=at)
    kind = ObjectType.objects.create(key="recipe", name="Recipe", lifecycle=lifecycle)
    for key, value_type, more in (
        ("price", "decimal", {}),
        ("servings", "integer", {"default": 4}),
        ("number", "integer", {"is_unique": True}),
        ("course", "enum", {"options": ["starter", "main dish"]}),
        ("tags", "list", {"item_type": "string"}),
        ("cook", "user", {}),
    ):
        AttributeType.objects.create(object_type=kind, key=key, name=key, type=value_type, **more)
    for key in ("requires", "replaces"):
        RelationType.objects.create(
            key=key, name=key, source_object_type=kind, target_object_type=kind
        )
    RelationType.objects.create(key="about", name="about")
    for key in ("owner", "taster"):
        UserRelationType.objects.create(key=key, name=key)
    User.objects.create_user("anna")
    return kind


@pytest.fixture
def load(recipe: ObjectType, tmp_path: Path) -> Importer:
    """Imports lines (JSON values, or bytes as they are)."""

    def load(*lines: object, **options: Any) -> Report:
        path = tmp_path / "lines.jsonl"
        path.write_bytes(b"\n".join(map(written, lines)) + b"\n")
        options.setdefault("actor", Actor.system())
        return import_objects(path, object_type=recipe, **options)

    return load
