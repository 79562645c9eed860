"""What a step type is for the engine: its kind for the editor, and a function that does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.actor import Actor
from accounts.exceptions import Problem, Refused
from accounts.keys import nearest
from catalog.context import ObjectContext
from catalog.expressions import ExpressionError, jsonable, parse_value
from catalog.models import GovernedObject
from journal.registry import Registry
from workflows.authoring.kinds import StepKind

Json = Mapping[str, Any]


class _Nothing:
    """The context of what reads nothing."""

    def lookup(self, root: str) -> object:
        raise LookupError(root)


NOTHING = _Nothing()


@dataclass
class StepRun:
    """One step, for one object of one execution. `input` is filled in as it becomes known."""

    step: Json
    step_id: str
    actor: Actor
    author_id: int | None
    cause: str
    context: ObjectContext
    input: dict[str, Any] = field(default_factory=dict)

    @property
    def obj(self) -> GovernedObject:
        if self.context.obj is None:
            raise Refused("This step acts on an object, and the run has none.", code="noObject")
        return self.context.obj

    def value(self, name: str) -> Any:
        """A field of the step with its expressions evaluated, noted as input."""
        try:
            found = parse_value(self.step.get(name)).evaluate(self.context)
        except ExpressionError as error:
            raise BadValue(error, name) from error
        self.input[name] = jsonable(found)
        return found


class BadValue(Refused):
    """An expression of a step failed; `pointer` names the field and the place in it."""

    def __init__(self, error: ExpressionError, name: str) -> None:
        super().__init__(str(error), code=str(error.code))
        self.pointer = f"/{name}"


@dataclass(frozen=True, slots=True)
class Step:
    """A step kind, and what does it; the answer is the step's output."""

    kind: StepKind
    run: Callable[[StepRun], dict[str, Any]]

    @property
    def key(self) -> str:
        return self.kind.key


steps: Registry[Step] = Registry("steps of the engine")


def constants(value: object) -> list[Any]:
    """The value of a field that reads nothing; none where it is an expression, or can't be read."""
    try:
        compiled = parse_value(value)
        return [compiled.evaluate(NOTHING)] if compiled.is_constant else []
    except ExpressionError:
        return []


def unknown_key(what: str, wanted: str, known: Any, pointer: str) -> list[Problem]:
    """A problem where the wanted key is none of those known; keys with expressions are not read."""
    keys = set(known)
    if wanted in keys:
        return []
    detail = f"There is no {what} {wanted[:120]!r}."
    return [Problem(pointer, "unknownReference", detail, wanted, nearest(wanted, keys))]
