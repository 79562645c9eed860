"""What an attribute may hold: the rules of every door, over rows that were already loaded.

Makes no queries. Whether a username exists is asked of `known_users`, so that an import of many
lines can look all names up at once (`usernames_in`); without it any well-formed name passes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from accounts.exceptions import Invalid, Problem
from accounts.keys import nearest
from catalog import canonical
from catalog.canonical import Unacceptable, is_empty
from catalog.models import AttributeType
from journal import strict_json

KnownUsers = Callable[[str], bool]

MOST_ITEMS = 1_000
_LIST = AttributeType.ValueType.LIST.value
_ENUM = AttributeType.ValueType.ENUM.value
_USER = AttributeType.ValueType.USER.value


def clean(
    attribute: AttributeType,
    value: object,
    pointer: str = "",
    *,
    known_users: KnownUsers | None = None,
) -> Any:
    """The value in its stored form; raises `Invalid` with every problem at its place."""
    problems: list[Problem] = []
    stored = _cleaned(attribute, value, pointer, known_users, problems)
    if problems:
        raise Invalid(problems=problems)
    return stored


def validate(
    attributes: Sequence[AttributeType],
    given: Mapping[str, object],
    *,
    complete: bool,
    pointer: str = "/attributes",
    known_users: KnownUsers | None = None,
) -> tuple[dict[str, Any], list[Problem]]:
    """What is to be stored, and all that is wrong.

    `complete` is for a new object: defaults are filled in, required attributes demanded, and null
    says that there is no value, not even the default. Else a null stays, and deletes.
    """
    by_key = {attribute.key: attribute for attribute in attributes}
    problems = [_unknown(key, by_key, pointer) for key in given if key not in by_key]
    stored: dict[str, Any] = {}
    for key, attribute in by_key.items():
        place = f"{pointer}/{key}"
        if key in given:
            value = _given(attribute, given[key], place, known_users, problems)
        elif complete:
            value = _default(attribute, place, known_users, problems)
        else:
            continue
        if value is not None or not complete:
            stored[key] = value
    return stored, problems


def usernames_in(attributes: Sequence[AttributeType], given: Mapping[str, object]) -> set[str]:
    """The usernames that the values (and defaults) of `user` attributes name, to be looked up."""
    named: set[str] = set()
    for attribute in attributes:
        if _item_type(attribute) != _USER:
            continue
        value = given.get(attribute.key, attribute.default)
        items = value if isinstance(value, list) else [value]
        named.update(item for item in items if isinstance(item, str))
    return named


def unique_token(stored: object) -> str:
    """The text by which `UniqueValue` compares; a digest where an index could not hold it."""
    token = stored if isinstance(stored, str) else json.dumps(stored, ensure_ascii=False)
    encoded = token.encode()
    return token if len(encoded) <= 500 else f"sha256:{hashlib.sha256(encoded).hexdigest()}"


def _given(
    attribute: AttributeType,
    value: object,
    pointer: str,
    known_users: KnownUsers | None,
    problems: list[Problem],
) -> Any:
    stored = None if value is None else _cleaned(attribute, value, pointer, known_users, problems)
    if attribute.is_required and is_empty(value):
        problems.append(_required(attribute, pointer))
    return stored


def _default(
    attribute: AttributeType,
    pointer: str,
    known_users: KnownUsers | None,
    problems: list[Problem],
) -> Any:
    return _given(attribute, attribute.default, pointer, known_users, problems)


def _cleaned(
    attribute: AttributeType,
    value: object,
    pointer: str,
    known_users: KnownUsers | None,
    problems: list[Problem],
) -> Any:
    if attribute.type != _LIST:
        return _cleaned_item(attribute, value, pointer, known_users, problems)
    if not isinstance(value, list | tuple):
        problems.append(_problem(pointer, "wrongType", "A list is expected here.", value))
        return None
    if len(value) > MOST_ITEMS:
        detail = f"A list of at most {MOST_ITEMS:,} items is expected here."
        problems.append(_problem(pointer, "tooManyItems", detail, None))
        return None
    return [
        _cleaned_item(attribute, item, f"{pointer}/{at}", known_users, problems)
        for at, item in enumerate(value)
    ]


def _cleaned_item(
    attribute: AttributeType,
    value: object,
    pointer: str,
    known_users: KnownUsers | None,
    problems: list[Problem],
) -> Any:
    kind = _item_type(attribute)
    try:
        stored = canonical.FORMS[kind](value)
    except Unacceptable as wrong:
        problems.append(_problem(pointer, wrong.code, wrong.detail, value))
        return None
    if kind == _ENUM and stored not in attribute.options:
        problems.append(_no_option(attribute, str(stored), pointer))
    elif kind == _USER and known_users is not None and not known_users(str(stored)):
        detail = f"The username of a known user is expected here, not {_shown(stored)!r}."
        problems.append(_problem(pointer, "unknownUser", detail, stored))
    return stored


def _item_type(attribute: AttributeType) -> str:
    """The type of one value: the attribute's, or that of a list's items (strings if unsaid)."""
    kind = attribute.item_type if attribute.type == _LIST else attribute.type
    return kind if kind in canonical.FORMS else AttributeType.ValueType.STRING.value


def _no_option(attribute: AttributeType, value: str, pointer: str) -> Problem:
    options = ", ".join(attribute.options[:20]) + (", …" if attribute.options[20:] else "")
    return Problem(
        pointer,
        "notAnOption",
        f"One of these is expected here: {options}.",
        _shown(value),
        nearest(value, attribute.options),
    )


def _unknown(key: str, known: Mapping[str, AttributeType], pointer: str) -> Problem:
    near = nearest(key, known)
    hint = f" Perhaps {near!r} was meant." if near else ""
    return Problem(
        f"{pointer}/{strict_json.escaped(str(_shown(key)))}",
        "unknownAttribute",
        f"The object type has no attribute {_shown(key)!r}.{hint}",
        _shown(key),
        near,
    )


def _required(attribute: AttributeType, pointer: str) -> Problem:
    return Problem(pointer, "required", f"A value is needed for {attribute.name!r}.")


def _problem(pointer: str, code: str, detail: str, value: object) -> Problem:
    return Problem(pointer, code, detail, _shown(value))


def _shown(value: object) -> object:
    """As much of a refused value as fits into an answer; what has no plain form is left out."""
    if isinstance(value, str):
        return value[:200].encode("utf-8", "replace").decode()
    if isinstance(value, bool):
        return value
    return value if isinstance(value, int) and abs(value) < 2**63 else None
