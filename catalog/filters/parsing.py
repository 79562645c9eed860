"""From JSON to the criteria tree: everything is checked here, when the filter is saved.

Every problem is found at once, with its JSON pointer and the nearest known key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from accounts.exceptions import Invalid, Problem
from accounts.keys import is_key, nearest
from catalog.canonical import Unacceptable
from catalog.expressions import Compiled, Context, ExpressionError, parse_value
from catalog.filters.reading import UNKNOWN_KEY, Reader
from catalog.filters.schema import Schema
from catalog.filters.shapes import Fitted, Kind, Operator, Shape, fitted
from catalog.filters.tree import (
    COLUMNS,
    Criterion,
    Operand,
    RelationCriterion,
    Stream,
    Variant,
)

MOST_CRITERIA = 100
"""In one stream. More would make a condition deeper than SQLite takes."""

_STREAM_MEMBERS = (
    "objectTypeKey",
    "workflowStateKey",
    "boardKey",
    "attributes",
    "relations",
    "any",
    "allowAllObjectTypes",
)
_CRITERION_MEMBERS = ("attributeKey", "operator", "value")
_RELATION_MEMBERS = ("relationTypeKey", "exists", "targetKey")
_PER_OBJECT = ("object", "objectId", "objectTypeKey", "item")


def parse_stream(
    raw: object,
    schema: Schema,
    *,
    pointer: str = "",
    object_type_key: str | None = None,
    for_events: bool = True,
    allow_unknown_keys: bool = False,
) -> Stream:
    """The stream that JSON says, or `Invalid` with all that is wrong with it.

    `object_type_key` is that of the trigger, for a stream that names none. `for_events` says that
    `changed`, `changedFrom` and `changedTo` mean something here. With `allow_unknown_keys` a
    stream that names an unknown key is accepted, and matches nothing.
    """
    parser = _Parser(schema, for_events=for_events)
    stream = parser.stream(raw, pointer, object_type_key)
    unknown = [one for one in parser.problems if one.code == UNKNOWN_KEY]
    others = [one for one in parser.problems if one.code != UNKNOWN_KEY]
    if others or (unknown and not allow_unknown_keys):
        raise Invalid(problems=parser.problems)
    return Stream(is_never=True) if unknown else stream


class _Nothing:
    """The context of an expression that reads nothing."""

    def lookup(self, root: str) -> object:
        raise LookupError(root)


_NO_CONTEXT: Context = _Nothing()


class _Parser(Reader):
    def __init__(self, schema: Schema, *, for_events: bool) -> None:
        super().__init__()
        self.schema, self.for_events = schema, for_events
        self.object_type_key: str | None = None
        self.count = 0

    def stream(self, raw: object, pointer: str, default_type: str | None) -> Stream:
        members = self.members(raw, pointer, _STREAM_MEMBERS)
        if members is None:
            return Stream(is_never=True)
        type_key = self._object_type(members, pointer, default_type)
        state_key = self._known(
            members,
            "workflowStateKey",
            pointer,
            self.schema.state_keys(type_key),
            "There is no state {} here.",
        )
        return Stream(
            object_type_key=type_key,
            state_key=state_key,
            board_key=self._board(members, pointer),
            criteria=self._criteria(members.get("attributes"), f"{pointer}/attributes"),
            groups=self._groups(members.get("any"), f"{pointer}/any"),
            relations=self._relations(members.get("relations"), f"{pointer}/relations"),
        )

    # --- the stream's own members ---

    def _object_type(
        self, members: Mapping[str, Any], pointer: str, default: str | None
    ) -> str | None:
        allow_all = members.get("allowAllObjectTypes", False)
        if not isinstance(allow_all, bool):
            self.wrong(f"{pointer}/allowAllObjectTypes", "wrongType", "true or false is expected.")
        key = self._known(
            members,
            "objectTypeKey",
            pointer,
            self.schema.attributes,
            "There is no object type {}.",
        )
        is_given = members.get("objectTypeKey") is not None
        if not is_given:
            key = default
            if key is None and allow_all is not True:
                self.wrong(
                    f"{pointer}/objectTypeKey",
                    "objectTypeNeeded",
                    "An object type is needed here; to act on objects of all types, set "
                    "allowAllObjectTypes.",
                )
        self.object_type_key = key
        return key

    def _board(self, members: Mapping[str, Any], pointer: str) -> str | None:
        if self.schema.boards is None:
            return self.text(members, "boardKey", pointer)
        # Which boards there are is not everybody's business: no nearest key is offered.
        sentence = "There is no board {}."
        return self._known(members, "boardKey", pointer, self.schema.boards, sentence, hint=False)

    def _known(
        self,
        members: Mapping[str, Any],
        name: str,
        pointer: str,
        known: Iterable[str],
        sentence: str,
        *,
        hint: bool = True,
    ) -> str | None:
        key = self.text(members, name, pointer)
        if key is not None and key not in known:
            near = nearest(key, known) if hint else None
            self.unknown(f"{pointer}/{name}", sentence, key, near)
        return key

    # --- criteria ---

    def _counted(self, pointer: str) -> bool:
        self.count += 1
        if self.count == MOST_CRITERIA + 1:
            detail = f"A filter has at most {MOST_CRITERIA} criteria."
            self.wrong(pointer, "tooManyItems", detail)
        return self.count <= MOST_CRITERIA

    def _groups(self, raw: object, pointer: str) -> tuple[tuple[Criterion, ...], ...]:
        groups = []
        for at, group in enumerate(self.list(raw, pointer)):
            if group == []:
                detail = "A group of no criteria would always hold; at least one is expected."
                self.wrong(f"{pointer}/{at}", "empty", detail)
            groups.append(self._criteria(group, f"{pointer}/{at}"))
        return tuple(groups)

    def _criteria(self, raw: object, pointer: str) -> tuple[Criterion, ...]:
        parsed = (
            self._criterion(one, f"{pointer}/{at}")
            for at, one in enumerate(self.list(raw, pointer))
        )
        return tuple(one for one in parsed if one is not None)

    def _criterion(self, raw: object, pointer: str) -> Criterion | None:
        members = self.members(raw, pointer, _CRITERION_MEMBERS)
        if members is None or not self._counted(pointer):
            return None
        key = self.needed(members, "attributeKey", pointer)
        operator = self._operator(members, pointer)
        variants = self._variants(key, f"{pointer}/attributeKey") if key is not None else ()
        if key is None or operator is None or not variants:
            return None
        fitting = self._fitting(key, operator, variants, pointer)
        if not fitting:
            return None
        operand = None
        if operator.takes_value:
            operand = self._operand(members, operator, fitting, pointer)
            if operand is not None:
                self._check_options(key, operand)
        elif members.get("value") is not None:
            detail = f"{operator.value} takes no value."
            self.wrong(f"{pointer}/value", "unexpectedValue", detail)
        return Criterion(key, operator, variants, operand)

    def _operator(self, members: Mapping[str, Any], pointer: str) -> Operator | None:
        name = self.needed(members, "operator", pointer)
        if name is None:
            return None
        try:
            return Operator(name)
        except ValueError:
            known = [one.value for one in Operator]
            self.problems.append(
                Problem(
                    f"{pointer}/operator",
                    "unknownOperator",
                    f"One of these operators is expected here: {', '.join(known)}.",
                    name[:100],
                    nearest(name, known),
                )
            )
            return None

    def _variants(self, key: str, pointer: str) -> tuple[Variant, ...]:
        if key in COLUMNS:
            return (Variant(COLUMNS[key]),)
        type_key = self.object_type_key
        if type_key is not None and type_key not in self.schema.attributes:
            return ()  # told already, at the object type
        variants = self.schema.variants(key, type_key)
        if not variants:
            of = f"of {type_key}" if type_key else "of any object type"
            near = nearest(key, [*self.schema.attribute_keys(type_key), *COLUMNS])
            self.unknown(pointer, f"There is no attribute {{}} {of}.", key, near)
        return variants

    def _fitting(
        self, key: str, operator: Operator, variants: tuple[Variant, ...], pointer: str
    ) -> tuple[Variant, ...]:
        """The variants that the operator fits; a problem where it fits none of them."""
        place = f"{pointer}/operator"
        if operator.is_about_change and (key in COLUMNS or not self.for_events):
            reason = "is no attribute" if key in COLUMNS else "is compared without an event here"
            detail = f"{operator.value} is about events that change attributes; {key} {reason}."
            self.wrong(place, "operatorDoesNotFit", detail)
            return ()
        fitting = tuple(one for one in variants if operator.fits(one.shape))
        if not fitting:
            kind = variants[0].shape.kind.value
            what = f"a list of {kind} values" if variants[0].shape.is_list else f"a {kind} value"
            detail = f"{operator.value} can't be asked of {key}, which is {what}."
            self.wrong(place, "operatorDoesNotFit", detail)
        return fitting

    # --- values ---

    def _operand(
        self,
        members: Mapping[str, Any],
        operator: Operator,
        variants: tuple[Variant, ...],
        pointer: str,
    ) -> Operand | None:
        place = f"{pointer}/value"
        value = members.get("value")
        if value is None and not (operator.is_about_change and "value" in members):
            hint = "" if "value" not in members else " For no value there is isEmpty."
            self.wrong(place, "required", f"{operator.value} needs a value.{hint}")
            return None
        return self._compiled(value, place, operator, tuple(one.shape for one in variants))

    def _compiled(
        self, value: object, pointer: str, operator: Operator, shapes: tuple[Shape, ...]
    ) -> Operand | None:
        try:
            compiled = parse_value(value)
            if self._reads_object(compiled, pointer):
                return None
            constant = None
            if compiled.is_constant:
                constant = fitted(shapes, operator, compiled.evaluate(_NO_CONTEXT))
        except ExpressionError as error:
            self.wrong(pointer + error.pointer, error.code, str(error))
            return None
        except Unacceptable as wrong:
            self.wrong(pointer, wrong.code, wrong.detail)
            return None
        return Operand(pointer, operator, shapes, compiled, constant)

    def _reads_object(self, compiled: Compiled, pointer: str) -> bool:
        """A filter chooses among objects, so its values can't depend on one of them."""
        wrong = [one for one in sorted(compiled.references()) if one.root in _PER_OBJECT]
        for one in wrong:
            detail = f"@{one.root} can't be used in a filter: its values are known before objects."
            self.wrong(pointer + one.pointer, "objectInFilter", detail)
        return bool(wrong)

    def _check_options(self, key: str, operand: Operand) -> None:
        options = self.schema.options(key, self.object_type_key)
        if key in COLUMNS or options is None or operand.operator not in _EXACT:
            return
        for at, value in _texts(operand.constant):
            if value not in options:
                self.problems.append(
                    Problem(
                        operand.pointer + at,
                        "notAnOption",
                        f"One of these is expected here: {', '.join(sorted(options)[:20])}.",
                        value[:100],
                        nearest(value, options),
                    )
                )

    # --- relations ---

    def _relations(self, raw: object, pointer: str) -> tuple[RelationCriterion, ...]:
        parsed = (
            self._relation(one, f"{pointer}/{at}") for at, one in enumerate(self.list(raw, pointer))
        )
        return tuple(one for one in parsed if one is not None)

    def _relation(self, raw: object, pointer: str) -> RelationCriterion | None:
        members = self.members(raw, pointer, _RELATION_MEMBERS)
        if members is None or not self._counted(pointer):
            return None
        key = self.needed(members, "relationTypeKey", pointer)
        if key is not None and key not in self.schema.relation_types:
            near = nearest(key, self.schema.relation_types)
            self.unknown(f"{pointer}/relationTypeKey", "There is no relation type {}.", key, near)
        exists = members.get("exists", True)
        if not isinstance(exists, bool):
            self.wrong(f"{pointer}/exists", "wrongType", "true or false is expected here.")
            return None
        target = self._target(members.get("targetKey"), f"{pointer}/targetKey")
        return RelationCriterion(key, exists, target) if key is not None else None

    def _target(self, value: object, pointer: str) -> Operand | None:
        if value is None:
            return None
        shape = Shape(Kind.TEXT)
        operand = self._compiled(value, pointer, Operator.EQUALS, (shape,))
        constant = operand.constant if operand is not None else None
        if constant is not None and not is_key(constant[shape]):
            self.wrong(pointer, "malformedKey", "The key of an object is expected here.")
        return operand


_EXACT = {
    Operator.EQUALS,
    Operator.NOT_EQUALS,
    Operator.IN,
    Operator.CHANGED_FROM,
    Operator.CHANGED_TO,
}


def _texts(constant: Fitted | None) -> list[tuple[str, str]]:
    """The texts that a constant compares with, each with its pointer inside the value."""
    found: list[tuple[str, str]] = []
    for shape, wanted in (constant or {}).items():
        if shape.kind is not Kind.TEXT:
            continue
        if isinstance(wanted, tuple):
            found += [(f"/{at}", one) for at, one in enumerate(wanted)]
        elif isinstance(wanted, str):
            found.append(("", wanted))
    return found
