"""A schema to filter by, without a database."""

from __future__ import annotations

import pytest

from catalog.filters import Attribute, Schema


@pytest.fixture
def schema() -> Schema:
    return Schema(
        attributes={
            "recipe": {
                "title": Attribute.of("string"),
                "price": Attribute.of("decimal"),
                "servings": Attribute.of("integer"),
                "vegan": Attribute.of("boolean"),
                "due": Attribute.of("date"),
                "course": Attribute.of("enum", options=["starter", "main dish"]),
                "tags": Attribute.of("list", "string"),
                "courses": Attribute.of("list", "enum", ["starter", "main dish"]),
            },
            "policy": {"title": Attribute.of("string"), "servings": Attribute.of("string")},
            "bare": {},
        },
        states={"recipe": frozenset({"draft", "review"}), "policy": frozenset({"open"})},
        relation_types={"requires": (None, None)},
        boards=frozenset({"kitchen"}),
    )
