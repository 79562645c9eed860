"""Unique attributes as a whole: what happens when an attribute becomes unique, or ceases to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from catalog.attributes import unique_token
from catalog.models import AttributeType, GovernedObject, UniqueValue

BATCH = 1000


def repeated(attribute: AttributeType) -> list[str]:
    """The tokens that several objects have, so that the attribute can't become unique."""
    counted = Counter(token for _, token in _tokens(attribute))
    return [token for token, count in counted.items() if count > 1]


def claim_all(attribute: AttributeType) -> None:
    """Takes the present values of an attribute that has become unique."""
    release_all(attribute)
    UniqueValue.objects.bulk_create(
        (
            UniqueValue(attribute=attribute, object_id=pk, value=token)
            for pk, token in _tokens(attribute)
        ),
        batch_size=BATCH,
    )


def release_all(attribute: AttributeType) -> None:
    """Gives up the values of an attribute that is unique no more."""
    UniqueValue.objects.filter(attribute=attribute).delete()


def _tokens(attribute: AttributeType) -> Iterator[tuple[int, str]]:
    objects = GovernedObject.objects.filter(
        object_type=attribute.object_type, attributes__has_key=attribute.key
    )
    for pk, values in objects.values_list("pk", "attributes").iterator(chunk_size=BATCH):
        value = values[attribute.key]
        if value is not None:
            yield pk, unique_token(value)
