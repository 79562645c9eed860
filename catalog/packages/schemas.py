"""The form of an asset kind as a JSON schema, from which the API's description is made."""

from __future__ import annotations

from typing import Any

from catalog.packages.fields import MOST_ITEMS, Field
from catalog.packages.kinds import AssetKind

KEY_PATTERN = "^[A-Za-z][A-Za-z0-9_-]{0,99}$"
COLOR_PATTERN = "^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"

_KEY = {"type": "string", "pattern": KEY_PATTERN}
_TYPES: dict[str, dict[str, Any]] = {
    "key": _KEY,
    "text": {"type": "string"},
    "color": {"type": "string", "pattern": COLOR_PATTERN},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "object": {"type": "object"},
    "list": {"type": "array", "items": {}, "maxItems": MOST_ITEMS},
    "texts": {"type": "array", "items": {"type": "string"}, "maxItems": MOST_ITEMS},
    "keys": {"type": "array", "items": _KEY, "maxItems": MOST_ITEMS},
    "anything": {},
}


def json_schema(kind: AssetKind) -> dict[str, Any]:
    """JSON schema (2020-12) of one entry of this kind."""
    return {
        "type": "object",
        "title": kind.label,
        "properties": {one.name: of_field(one) for one in kind.own_fields()},
        "required": [one.name for one in kind.fields if one.required],
        "additionalProperties": False,
    }


def of_field(one: Field) -> dict[str, Any]:
    schema = dict(_TYPES[one.type])
    if one.type == "integer":
        schema |= {"minimum": one.minimum, "maximum": one.maximum}
    if one.type == "text":
        schema["maxLength"] = one.most
    if one.enum:
        schema["enum"] = [*one.enum, *one.aliases]
    if one.description:
        schema["description"] = one.description
    if not one.required:
        schema["default"] = one.default
        if "type" in schema:
            schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return schema
