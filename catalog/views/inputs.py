"""Forms over attributes: the text that stands in an input, and the value that comes back from it.

What is typed is not judged here; the service says what is wrong, at a pointer that names the input.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from accounts.exceptions import Problem
from accounts.pages import told_at
from catalog.models import AttributeType
from journal.strict_json import escaped

PREFIX = "attributes."
WAS = "was."
"""Before the name of an input: the text that it was drawn with."""
YES, NO = "true", "false"
CONTROLS = {
    "text": "textarea",
    "list": "lines",
    "boolean": "boolean",
    "enum": "select",
    "date": "date",
    "datetime": "datetime-local",
    "integer": "integer",
    "decimal": "decimal",
    "url": "url",
}
HINTS = {
    "list": "One value on each line.",
    "datetime": "In UTC.",
    "user": "A username.",
    "url": "An http, https or mailto address.",
}
# What the service says of JSON, said of an input.
SENTENCES = {
    ("integer", "wrongType"): "A whole number is expected here.",
    ("decimal", "wrongType"): "A number is expected here, such as 12.50.",
    ("boolean", "wrongType"): "Choose yes or no.",
    ("date", "malformed"): "A date is expected here, such as 2026-03-31.",
    ("datetime", "malformed"): "A date and time is expected here, such as 2026-03-31T14:30.",
}


@dataclass(frozen=True, slots=True)
class Input:
    """One field of a form, as `catalog/input.html` draws it.

    `was` is the stored text that it was drawn with. After somebody else's change `newer` is what
    they have stored in place of what is typed here, or `is_newer` says that theirs is shown.
    """

    name: str
    label: str
    control: str = "text"
    text: str = ""
    is_required: bool = False
    problem: str = ""
    hint: str = ""
    options: Sequence[str] = field(default=())
    was: str = ""
    newer: str | None = None
    is_newer: bool = False

    @property
    def id(self) -> str:
        return f"input-{self.name.replace('.', '-')}"


def inputs_for(
    attributes: Sequence[AttributeType],
    stored: Mapping[str, Any],
    *,
    posted: Mapping[str, str] | None = None,
    problems: Sequence[Problem] = (),
) -> list[Input]:
    """An input for each attribute, with what was typed before where there was something."""
    return [_input(one, stored.get(one.key), posted, problems) for one in attributes]


def _input(
    attribute: AttributeType,
    stored: Any,
    posted: Mapping[str, str] | None,
    problems: Sequence[Problem],
) -> Input:
    name = PREFIX + attribute.key
    kind = attribute.type
    return Input(
        name=name,
        label=attribute.name,
        control=CONTROLS.get(kind, "text"),
        text=written(attribute, stored) if posted is None else posted.get(name, ""),
        was=written(attribute, stored) if posted is None else posted.get(WAS + name, ""),
        is_required=attribute.is_required,
        problem=told_at(_reworded(problems, kind), f"/attributes/{escaped(attribute.key)}"),
        hint=HINTS.get(kind, ""),
        options=attribute.options,
    )


def _reworded(problems: Sequence[Problem], kind: str) -> list[Problem]:
    return [replace(one, detail=SENTENCES.get((kind, one.code), one.detail)) for one in problems]


def written(attribute: AttributeType, stored: Any) -> str:
    """The text of the input for a stored value."""
    if stored is None:
        return ""
    if isinstance(stored, bool):
        return YES if stored else NO
    if isinstance(stored, list):
        return "\n".join(_item(one) for one in stored)
    if attribute.type == "datetime":
        return str(stored).removesuffix("Z").removesuffix(".000000")
    return str(stored)


def _item(value: Any) -> str:
    return (YES if value else NO) if isinstance(value, bool) else str(value)


def changed(
    attributes: Sequence[AttributeType], stored: Mapping[str, Any], posted: Mapping[str, str]
) -> dict[str, Any]:
    """The values of those inputs that no longer hold what they were drawn with.

    What wasn't touched is left alone: an input can't always hold all that is stored, and somebody
    else may have changed it since.
    """
    return {
        one.key: read(one, posted[PREFIX + one.key])
        for one in attributes
        if PREFIX + one.key in posted
        and is_touched(PREFIX + one.key, posted, written(one, stored.get(one.key)))
    }


def is_touched(name: str, posted: Mapping[str, str], stored: str) -> bool:
    """Whether the input holds another text than the one that it was drawn with."""
    return _plain(posted.get(name, "")) != _plain(posted.get(WAS + name, stored))


def over(drawn: Input, posted: Mapping[str, str]) -> Input:
    """An input with what is stored now, and with what was typed over an older value of it."""
    typed, stored = posted.get(drawn.name, ""), drawn.text
    if not is_touched(drawn.name, posted, stored):
        was = posted.get(WAS + drawn.name, stored)
        return replace(drawn, is_newer=_plain(was) != _plain(stored))
    is_same = _plain(typed) == _plain(stored)
    was_changed = _plain(posted.get(WAS + drawn.name, stored)) != _plain(stored)
    return replace(drawn, text=typed, newer=stored if was_changed and not is_same else None)


def read(attribute: AttributeType, typed: str) -> Any:
    """The JSON value that was typed; nothing is null. What doesn't fit its type stays a text."""
    text = _plain(typed)
    if attribute.type == "list":
        kind = attribute.item_type or "string"
        lines = [line.strip() for line in text.split("\n")]
        return [_read(kind, line) for line in lines if line] or None
    if not text.strip():
        return None
    return text if attribute.type in {"string", "text"} else _read(attribute.type, text.strip())


def _read(kind: str, text: str) -> Any:
    if kind == "integer" and len(text) < 40 and text.removeprefix("-").isdecimal():
        return int(text)
    if kind == "boolean" and text in (YES, NO):
        return text == YES
    return text


def _plain(text: str) -> str:
    """Browsers send line breaks as two characters, and as one what they were given as one."""
    return text.replace("\r\n", "\n")
