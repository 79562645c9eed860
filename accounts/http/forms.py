"""Serializers that take only what they name, and fields that take only their own JSON type.

Fields are declared in snake_case and stand in the JSON in camelCase.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.settings import api_settings

from accounts.keys import FORM_TEXT, PATTERN, is_key, nearest

MOST_UNKNOWN = 100


class Form(serializers.Serializer[Any]):
    """The fields of a body or of an answer. One that isn't known is a problem, with its place."""

    def get_fields(self) -> dict[str, Any]:
        made = {}
        for name, field in super().get_fields().items():
            if camel(name) != name and field.source is None:
                field.source = name
            made[camel(name)] = field
        return made

    def to_internal_value(self, data: Any) -> Any:
        problems = self._unknown(data) if isinstance(data, Mapping) else {}
        try:
            value = super().to_internal_value(data)
        except ValidationError as refused:
            if problems and isinstance(refused.detail, dict):
                raise ValidationError({**refused.detail, **problems}) from refused
            raise
        if problems:
            raise ValidationError(problems)
        return value

    def _unknown(self, given: Mapping[str, Any]) -> dict[str, list[ErrorDetail]]:
        known = [name for name, field in self.fields.items() if not field.read_only]
        unknown = [name for name in given if name not in known]
        told = {
            name: [ErrorDetail(_sentence(name, known), code="unknownField")]
            for name in unknown[:MOST_UNKNOWN]
        }
        if len(unknown) > MOST_UNKNOWN:
            detail = f"{len(unknown) - MOST_UNKNOWN:,} more fields are unknown here."
            told[api_settings.NON_FIELD_ERRORS_KEY] = [ErrorDetail(detail, code="tooManyProblems")]
        return told


class Nothing(Form):
    """No members at all."""


def camel(name: str) -> str:
    """A name of ours as it stands in JSON; an underscore at its end keeps it apart from a name of
    the library's."""
    return re.sub(r"_(\w)", lambda found: found.group(1).upper(), name.rstrip("_"))


def _sentence(name: str, known: list[str]) -> str:
    close = nearest(name, known)
    hint = f" Did you mean {close!r}?" if close else ""
    return f"There is no field {name[:100]!r} here.{hint}"


class Text(serializers.CharField):
    """A JSON string."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "pattern": f"^{PATTERN}$"})
class Key(Text):
    """A key, in the form that all keys have."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=100, trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        key = super().to_internal_value(data)
        if not is_key(key):
            raise ValidationError(FORM_TEXT, code="badKey")
        return key


class Whole(serializers.IntegerField):
    """A JSON integer."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    """`true` or `false`."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Names(serializers.ListField):
    """A list of names, each at most once."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("child", Text(max_length=150))
        kwargs.setdefault("max_length", 1000)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        names: list[str] = super().to_internal_value(data)
        return list(dict.fromkeys(names))
