"""What the gate is asked about a transition: this move, of that object."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.models import GovernedObject
from workflows.lifecycle.models import Transition


@dataclass(frozen=True, slots=True)
class Move:
    """A transition of one object."""

    object: GovernedObject
    transition: Transition
