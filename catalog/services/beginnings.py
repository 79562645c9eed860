"""How an object begins: its name, its key, its first state."""

from __future__ import annotations

import secrets

from django.utils.text import slugify

from accounts.exceptions import Problem
from accounts.keys import FORM_TEXT, is_key
from accounts.names import misleading_in
from catalog.models import GovernedObject, ObjectType, State

MOST_NAME = 500


def first_state(object_type: ObjectType) -> State | None:
    return object_type.lifecycle.initial_state if object_type.lifecycle else None


def name_problems(name: object) -> list[Problem]:
    """What is wrong with an object's name."""
    if not isinstance(name, str) or not name.strip():
        return [Problem("/name", "missing", "An object needs a name.", None)]
    if len(name) > MOST_NAME:
        detail = f"A name has at most {MOST_NAME} characters, not {len(name)}."
        return [Problem("/name", "tooLong", detail, None)]
    if character := misleading_in(name):
        detail = f"A name can't hold the character {character}."
        return [Problem("/name", "badCharacter", detail, None)]
    return []


def key_problems(key: object) -> list[Problem]:
    if key is None or is_key(key):
        return []
    return [Problem("/key", "malformedKey", FORM_TEXT, str(key)[:120])]


def free_key(object_type: ObjectType, name: str) -> str:
    """A key made from the name, with a random ending where that one is taken."""
    base = slugify(name)[:80].strip("-_")
    if not is_key(base):
        base = object_type.key[:80]
    if not GovernedObject.objects.filter(object_type=object_type, key__iexact=base).exists():
        return base
    return f"{base}-{secrets.token_hex(4)}"
