"""What the gate is asked about that is no row of its own."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.models import AttributeType, Board, GovernedObject, ObjectType


@dataclass(frozen=True, slots=True)
class AttributeOf:
    """An attribute as it stands on one object."""

    object: GovernedObject
    attribute: AttributeType


@dataclass(frozen=True, slots=True)
class PlaceFor:
    """A board, as the place for a new object of a type."""

    board: Board
    object_type: ObjectType


@dataclass(frozen=True, slots=True)
class ColumnOn:
    """An attribute as a column of a board, whatever object stands there."""

    board: Board
    attribute: AttributeType
