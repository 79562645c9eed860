"""The fields of a kind of asset as fields of a form, and its content as what they begin with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from accounts.administration.forms import (
    Choices,
    choice,
    json_text,
    lines,
    number,
    several,
    switch,
    text,
    written,
)
from catalog.packages.fields import Content, Field
from catalog.packages.kinds import RowKind, asset_kinds, row_kind

# Where rows of a kind stand within another's, by the field that names that one.
WITHIN = {"workflowKey": "lifecycle__key", "objectTypeKey": "object_type__key"}
LONG = 1000
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def choices_of(kind_key: str, within: Mapping[str, str]) -> list[tuple[str, str]]:
    """The keys of a kind with their names; only those that stand in what `within` names."""
    kind = row_kind(kind_key)
    rows = kind.rows()
    for name, lookup in WITHIN.items():
        if name in kind.identity_fields and within.get(name):
            rows = rows.filter(**{lookup: within[name]})
    pairs = rows.order_by("key").values_list("key", "name")
    return [(key, _named(key, name)) for key, name in dict(pairs).items()]


def _named(key: str, name: str) -> str:
    return key if name in ("", key) else f"{name} ({key})"


def label_of(field: Field) -> str:
    """`applicationKey` is labelled Application."""
    found = [one.lower() for one in _WORD.findall(field.name)]
    words = [one for one in found if one not in ("key", "keys", "id")] or ["key"]
    return " ".join(words).capitalize()


def form_fields(
    fields: Iterable[Field],
    *,
    labels: Mapping[str, str],
    references: Mapping[str, str],
    offered: Mapping[str, Choices],
    within: Mapping[str, str],
    present: Content,
) -> dict[str, forms.Field]:
    """A form field for each of them; keys of other assets, and what is `offered`, are choices."""
    made = {}
    for one in fields:
        label = labels.get(one.name, label_of(one))
        kind_key = one.references or references.get(one.name, "")
        choices = offered.get(one.name)
        if choices is None and kind_key and kind_key in asset_kinds:
            choices = choices_of(kind_key, within) if _has_rows(kind_key) else None
        if choices is not None:
            choices = _with_present(choices, present.get(one.name))
        made[one.name] = _form_field(one, label, choices)
    return made


def _has_rows(kind_key: str) -> bool:
    return isinstance(asset_kinds[kind_key], RowKind)


def _with_present(choices: Choices, value: Any) -> Choices:
    """What is named already stays offered, though nothing of that key is there any more."""
    known = {key for key, _ in choices}
    named = value if isinstance(value, list) else [value]
    return [*choices, *((one, one) for one in named if isinstance(one, str) and one not in known)]


def _form_field(one: Field, label: str, choices: Choices | None) -> forms.Field:
    hint = one.description
    if one.type in ("keys", "texts"):
        return lines(label, hint) if choices is None else several(label, choices, hint)
    if choices is not None:
        return choice(label, choices, hint, required=one.required)
    if one.enum:
        offered = [(value, value) for value in one.enum]
        needed = one.required or one.default is not None
        return choice(label, offered, hint, required=needed, initial=one.default)
    if one.type == "boolean":
        return switch(label, hint, initial=bool(one.default))
    if one.type == "integer":
        return _integer(one, label)
    if one.type in ("key", "text", "color"):
        return text(label, hint, most=one.most, required=one.required)
    return json_text(label, hint or "JSON.")


def _integer(one: Field, label: str) -> forms.Field:
    made = number(label, one.description, least=one.minimum, most=one.maximum, required=False)
    made.initial = one.default
    return made


def beginnings(fields: Iterable[Field], content: Content) -> Content:
    """A content as a form begins with it."""
    jsons = ("anything", "object", "list")
    return {
        one.name: written(content[one.name]) if one.type in jsons else content[one.name]
        for one in fields
    }


def entry_of(given: Mapping[str, Any]) -> Content:
    """What a form gave as fields of an entry; what was left empty has its default."""
    return {name: None if value == "" else value for name, value in given.items()}
