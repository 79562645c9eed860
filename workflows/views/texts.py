"""JSON in words: names of fields, values, and the order in which people read them. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]

MOST_CHARACTERS = 400
# JSON comes back from a database in the database's order; people read these first, in this order.
FIRST = (
    *("trigger", "stream", "steps"),
    *("id", "type", "label", "event", "schedule", "source", "manual"),
    *("objectTypeKey", "workflowStateKey", "boardKey", "attributeKey", "relationTypeKey"),
    *("operator", "value", "fromStateKey", "toStateKey", "targetKey"),
    *("templateKey", "recipientRelationType", "recipients"),
    *("before", "after", "sent", "leftOut", "undelivered"),
)
_PLACES = {name: place for place, name in enumerate(FIRST)}


@dataclass(frozen=True, slots=True)
class Line:
    """A field of a step, and its value. `whole` is the value where `text` is only its beginning."""

    label: str
    text: str
    is_code: bool = False
    title: str = ""
    whole: str = ""


def with_article(name: str) -> str:
    """ "a recipe", "an asset"; names that are written in capitals are spelled."""
    first = name[:1].lower()
    vowels = "aefhilmnorsx" if len(name) > 1 and name.isupper() else "aeiou"
    return f"{'an' if first in vowels else 'a'} {name}"


def spaced(name: str) -> str:
    """ "recipientRelationType" as "Recipient relation type"; "…Key" without its ending."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name.removesuffix("Key")).lower()
    return words[:1].upper() + words[1:]


def in_order(part: Json) -> list[str]:
    """The names of its fields as people read them; those that nobody knows last, by name."""
    return sorted(part, key=lambda name: (_PLACES.get(name, len(FIRST)), name))


def in_reading_order(value: Any) -> Any:
    """The same JSON with its fields in order, at every depth."""
    if isinstance(value, Mapping):
        return {name: in_reading_order(value[name]) for name in in_order(value)}
    return [in_reading_order(one) for one in value] if isinstance(value, list) else value


def text_of(value: Any) -> str:
    """A JSON value as a person reads it, not endlessly."""
    return shortened(whole_text_of(value))


def shortened(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}…"


def whole_text_of(value: Any) -> str:
    """A JSON value as a person reads it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(whole_text_of(one) for one in value) or "nothing"
    if isinstance(value, Mapping):
        return json.dumps(in_reading_order(value), ensure_ascii=False)
    return str(value)
