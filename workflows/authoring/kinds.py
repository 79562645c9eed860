"""What a definition may be made of. The engine contributes these; nothing here knows the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from accounts.exceptions import Problem
from catalog.expressions import Reference
from catalog.lineage import Read
from journal.registry import Registry

if TYPE_CHECKING:
    from workflows.authoring.models import Version, Workflow

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scope:
    """What is known where a part of a definition stands: the type of its object, the trigger."""

    object_type_key: str | None
    trigger: Json


PartCheck = Callable[[Json, str, Scope], list[Problem]]


def nothing_more(part: Json, pointer: str, scope: Scope) -> list[Problem]:
    """For kinds whose form says all."""
    return []


@dataclass(frozen=True, slots=True)
class StepKind:
    """A step that a workflow may have.

    `form` is the JSON schema of its own fields (those on any step are added). `effect` says whether
    it touches the database only, the outside, or the flow. `check` finds what the schema can't
    say: keys that don't exist, expressions that can't be read. `uses` names the keys it refers to,
    as pairs of an asset kind and a key.

    `expressions` are the fields whose texts may be or hold expressions, `bare` those that are
    expressions themselves, without braces; what these read is checked and traced for every kind.
    `quotes` are references in texts that the step names and that are kept elsewhere. `outputs` are
    the names below `@steps.ID` (None: known when it runs), `sets` the variables that it sets.
    """

    key: str
    label: str
    form: Json
    effect: Literal["database", "outside", "flow"]
    check: PartCheck = nothing_more
    uses: Callable[[Json], list[tuple[str, str]]] = lambda step: []
    is_destructive: bool = False
    expressions: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    quotes: Callable[[Json], Iterable[Reference]] = lambda step: ()
    outputs: tuple[str, ...] | None = None
    sets: Callable[[Json], Iterable[str]] = lambda step: ()


@dataclass(frozen=True, slots=True)
class TriggerKind:
    """A way in which a workflow starts, told by the key that its trigger carries.

    `is_active` False: it is checked and kept, and doesn't fire in this version. `event_parts` are
    the names below `@event`, none where there is no such variable; `event_reads` says what of an
    object these tell. `may_be_given_object` says that a run without a stream may have an object.
    """

    key: str
    label: str
    form: Json
    check: PartCheck = nothing_more
    object_type_key: Callable[[Json], str | None] = lambda trigger: None
    has_own_object: bool = False
    may_be_given_object: bool = False
    event_parts: tuple[str, ...] = ()
    event_reads: Callable[[Json], Iterable[Read]] = lambda trigger: ()
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Projection:
    """Something that must agree with what is live, kept in publishing's own transaction."""

    key: str
    project: Callable[[Version], None]
    withdraw: Callable[[Workflow], None]
    set_enabled: Callable[[Workflow, bool], None]


step_kinds: Registry[StepKind] = Registry("step kinds")
trigger_kinds: Registry[TriggerKind] = Registry("trigger kinds")
projections: Registry[Projection] = Registry("projections of published versions")


def trigger_kind_of(trigger: Json) -> TriggerKind | None:
    """The kind whose key the trigger carries; None where none or several do."""
    named = [kind for kind in trigger_kinds if kind.key in trigger]
    return named[0] if len(named) == 1 else None


def scope_of(definition: Json) -> Scope:
    """The type of the object that the steps act on, as far as trigger and stream tell it."""
    trigger = definition.get("trigger")
    trigger = trigger if isinstance(trigger, Mapping) else {}
    stream = definition.get("stream")
    key = stream.get("objectTypeKey") if isinstance(stream, Mapping) else None
    kind = trigger_kind_of(trigger)
    if key is None and kind is not None:
        key = kind.object_type_key(trigger)
    return Scope(key if isinstance(key, str) else None, trigger)
