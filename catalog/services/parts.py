"""What the verbs of objects share: the lock, the comparison, the claim of unique values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts.constraints import refusing
from accounts.exceptions import Conflict, Invalid, NotFound, Problem
from accounts.models import User
from catalog import attributes as rules
from catalog.models import AttributeType, GovernedObject, UniqueValue
from journal.clock import now
from journal.prepared import Given, Question, update

LOCKED: Question[GovernedObject] = Question(
    lambda: (
        GovernedObject.objects.select_for_update(of=("self",), no_key=True)
        .select_related("object_type", "board__workspace", "state")
        .filter(pk=Given("pk"))
    )
)

ATTRIBUTES: Question[AttributeType] = Question(
    lambda: AttributeType.objects.filter(object_type=Given("object_type"))
)


def lock(obj: GovernedObject) -> GovernedObject:
    """The row, fresh, locked until the transaction ends."""
    found = LOCKED.first(pk=obj.pk)
    if found is None:
        raise NotFound("There is no such object.")
    return found


def demand_version(obj: GovernedObject, expected: int | None) -> None:
    """Refuses a change of what somebody else has changed since; asked under the lock."""
    if expected is not None and obj.version != expected:
        raise Conflict(
            f"The object has changed since: it is at version {obj.version}, not {expected}.",
            code="staleVersion",
            version=obj.version,
        )


def attributes_of(obj: GovernedObject) -> list[AttributeType]:
    """The attributes of the object's type, in their order."""
    return ATTRIBUTES.rows(object_type=obj.object_type_id)


def known_users(
    types: Sequence[AttributeType], given: Mapping[str, object]
) -> Callable[[str], bool]:
    """Tells which of the usernames in these values exist, by one query where there are any."""
    named = rules.usernames_in(types, given)
    rows = User.objects.filter(username__in=named)
    found = set(rows.values_list("username", flat=True)) if named else set()
    return found.__contains__


def touch(obj: GovernedObject, *fields: str) -> None:
    """Saves the named fields and counts the version up."""
    obj.version += 1
    obj.modified_at = now()
    update(obj, *fields, "version", "modified_at")


def differences(present: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Attribute key -> (before, after), of those that really change; a missing value is None."""
    return {
        key: (present.get(key), value)
        for key, value in given.items()
        if not same(present.get(key), value)
    }


def same(one: Any, other: Any) -> bool:
    """Equal as JSON: true is not 1."""
    return type(one) is type(other) and bool(one == other)


def merge(obj: GovernedObject, changed: Mapping[str, tuple[Any, Any]]) -> None:
    merged = {**obj.attributes, **{key: after for key, (_, after) in changed.items()}}
    obj.attributes = {key: value for key, value in merged.items() if value is not None}


def claim_unique_values(
    obj: GovernedObject, types: Sequence[AttributeType], values: Mapping[str, Any]
) -> None:
    """Takes the values of unique attributes for this object; the database refuses a taken one."""
    for attribute in (one for one in types if one.is_unique):
        UniqueValue.objects.filter(attribute=attribute, object=obj).delete()
        value = values.get(attribute.key)
        if value is None:
            continue
        taken = Invalid(
            problems=[
                Problem(
                    f"/attributes/{attribute.key}",
                    "notUnique",
                    f"Another {obj.object_type.name} has {attribute.name} {value!r} already.",
                    value,
                )
            ]
        )
        with transaction.atomic(), refusing({"attribute_value_unique": taken}):
            UniqueValue.objects.create(
                attribute=attribute, object=obj, value=rules.unique_token(value)
            )


def snapshot(obj: GovernedObject) -> dict[str, Any]:
    """The object as its creation and deletion record it."""
    return {
        "key": obj.key,
        "name": obj.name,
        "stateKey": obj.state.key if obj.state else None,
        "boardKey": obj.board.key,
        "attributes": obj.attributes,
    }
