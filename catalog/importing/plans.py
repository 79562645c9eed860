"""What is to become of each line of a batch: checked against what exists, nothing written yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db.models.functions import Lower

from accounts import gate
from accounts.exceptions import Problem
from catalog import attributes as rules
from catalog.importing.ground import Ground
from catalog.importing.lookups import People, Targets, chunks
from catalog.importing.reading import Line
from catalog.importing.report import Report
from catalog.models import AttributeType, GovernedObject, RelationType, UniqueValue
from catalog.services.parts import differences
from catalog.things import AttributeOf, ColumnOn, PlaceFor
from journal.strict_json import escaped


@dataclass(frozen=True, slots=True)
class Plan:
    """A line that may be written: its object (not saved yet where `is_new`), and for an existing
    one the attributes that differ, as key -> (before, after)."""

    line: Line
    obj: GovernedObject
    is_new: bool
    changed: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


class Planning:
    """Plans the lines of one batch; the bad ones go to the report."""

    def __init__(self, ground: Ground, targets: Targets, people: People, report: Report) -> None:
        self.ground, self.targets, self.people = ground, targets, people
        self.report = report
        self.existing: dict[str, GovernedObject] = {}
        self.editable: set[int] = set()

    def plan(self, lines: Sequence[Line]) -> list[Plan]:
        self._load(lines)
        planned = [plan for plan in map(self._plan, lines) if plan is not None]
        return list(self._with_free_values(planned))

    def _load(self, lines: Sequence[Line]) -> None:
        own = GovernedObject.objects.filter(object_type=self.ground.object_type)
        rows = own.select_for_update(of=("self",)).annotate(folded=Lower("key"))
        for chunk in chunks(line.key.lower() for line in lines):
            found = rows.filter(folded__in=chunk).select_related(
                "object_type", "board", "state", "parent"
            )
            self.existing.update((row.key.lower(), row) for row in found)
        ids = [row.pk for row in self.existing.values()]
        editable = gate.narrow(self.ground.actor, "edit", own.filter(pk__in=ids))
        self.editable = set(editable.values_list("pk", flat=True)) if ids else set()
        self.targets.look_up(pair for line in lines for pair in self._named_by(line))
        self.people.look_up(self.ground.names_in(lines))

    def _named_by(self, line: Line) -> Iterator[tuple[int | None, str]]:
        """The objects that a line names, as (object type id, key)."""
        if line.parent_key is not None:
            yield None, line.parent_key
        for key, names in line.relations.items():
            kind = self.ground.relation_types.get(key)
            if kind is not None:
                for name in names:
                    yield kind.target_object_type_id, name

    def _plan(self, line: Line) -> Plan | None:
        found = self.existing.get(line.key.lower())
        values, problems = self.ground.values_of(
            line, complete=found is None, known_users=self.people.is_exactly_known
        )
        problems += self.ground.problems_of(line)
        problems += self._person_problems(line) + list(self._target_problems(line))
        if found is None:
            problems += self._rights_to_create + self._new_column_problems(line)
        else:
            problems += self._rights(found, line)
        if found is None and not problems:
            return Plan(line, self._new(line, values), is_new=True)
        if found is not None and not problems:
            # Before anything is compared: who may not see a value could otherwise guess it.
            problems += self._refused(found, "view", values)
            changed = differences(found.attributes, values)
            problems += [] if problems else self._refused(found, "edit", changed)
            if not problems:
                return Plan(line, found, is_new=False, changed=changed)
        self.report.refuse(line.number, problems)
        return None

    def _new(self, line: Line, values: dict[str, Any]) -> GovernedObject:
        ground = self.ground
        state = ground.first_state if line.state_key is None else ground.states[line.state_key]
        return GovernedObject(
            object_type=ground.object_type,
            board=ground.board,
            key=line.key,
            name=line.name,
            state=state,
            attributes=values,
            created_by=ground.actor.user,
        )

    # --- rights ---

    @cached_property
    def _rights_to_create(self) -> list[Problem]:
        """The same for every new line of the batch, so it is asked once."""
        place = PlaceFor(self.ground.board, self.ground.object_type)
        decision = gate.allows(self.ground.actor, "create_object", place)
        return [] if decision else [Problem("", "denied", decision.reason)]

    @cached_property
    def _closed_columns(self) -> dict[str, Problem]:
        """By key, the attributes that the actor may not bring to the board; asked once as well."""
        things = [ColumnOn(self.ground.board, one) for one in self.ground.attributes]
        decisions = gate.allows_each(self.ground.actor, "edit", things)
        return {
            thing.attribute.key: Problem(
                f"/attributes/{thing.attribute.key}", "denied", decision.reason
            )
            for thing, decision in zip(things, decisions, strict=True)
            if not decision
        }

    def _new_column_problems(self, line: Line) -> list[Problem]:
        closed = self._closed_columns
        return [
            closed[one.key]
            for one in self.ground.attributes
            if one.key in closed and line.attributes.get(one.key) not in (None, one.default)
        ]

    def _rights(self, obj: GovernedObject, line: Line) -> list[Problem]:
        if obj.pk not in self.editable:
            # Said the same way whether or not the actor may see that it exists.
            detail = f"You may not change the {obj.object_type.name} {line.key}."
            return [Problem("/key", "denied", detail)]
        if obj.key != line.key:
            detail = f"The key of this object is written {obj.key}."
            return [Problem("/key", "duplicateKey", detail, line.key, obj.key)]
        present = obj.parent.key if obj.parent else None
        if line.names_parent and line.parent_key != present:
            decision = gate.allows(self.ground.actor, "move", obj)
            return [] if decision else [Problem("/parentKey", "denied", decision.reason)]
        return []

    def _refused(self, obj: GovernedObject, verb: str, keys: Collection[str]) -> list[Problem]:
        """A problem for each of these attributes with which the actor may not do that."""
        if self.ground.actor.is_admin or not keys:
            return []
        things = [AttributeOf(obj, one) for one in self.ground.attributes if one.key in keys]
        decisions = gate.allows_each(self.ground.actor, verb, things)
        return [
            Problem(f"/attributes/{thing.attribute.key}", "denied", decision.reason)
            for thing, decision in zip(things, decisions, strict=True)
            if not decision
        ]

    # --- people and targets ---

    def _person_problems(self, line: Line) -> list[Problem]:
        return [
            replace(wrong, pointer=f"/userRelations/{escaped(key)}/{at}")
            for key, names in line.people.items()
            for at, name in enumerate(names)
            if (wrong := self.people.problem_with(name)) is not None
        ]

    def _target_problems(self, line: Line) -> Iterator[Problem]:
        for key, names in line.relations.items():
            kind = self.ground.relation_types.get(key)
            if kind is None:
                continue
            for at, name in enumerate(names):
                place = f"/relations/{escaped(key)}/{at}"
                yield from self._target_problem(name, kind.target_object_type_id, place)
        if line.parent_key == line.key:
            yield Problem("/parentKey", "cycle", "An object can't be its own parent.", line.key)
        elif line.parent_key is not None:
            yield from self._target_problem(line.parent_key, None, "/parentKey")

    def _target_problem(self, key: str, type_id: int | None, pointer: str) -> Iterator[Problem]:
        found = self.targets.ids(key, type_id)
        if len(found) > 1:
            detail = f"Objects of several types have the key {key[:100]}."
            yield Problem(pointer, "ambiguousKey", detail, key[:100])
        elif not found and not self.ground.is_coming(key, type_id):
            detail = f"There is no object {key[:100]}, neither here nor in this file."
            yield Problem(pointer, "unknownObject", detail, key[:100])

    # --- unique values ---

    def _with_free_values(self, plans: Sequence[Plan]) -> Iterator[Plan]:
        """Leaves out plans whose unique values another object has, or an earlier line took."""
        unique = [one for one in self.ground.attributes if one.is_unique]
        owners = {one.pk: self._owners(one, plans) for one in unique}
        for plan in plans:
            taken = [one for one in unique if self._is_taken(plan, one, owners[one.pk])]
            if taken:
                self.report.refuse(plan.line.number, [_not_unique(plan, one) for one in taken])
                continue
            for one in unique:
                token = token_of(plan, one)
                if token is not None:
                    owners[one.pk][token] = plan.obj.pk or -plan.line.number
            yield plan

    def _owners(self, attribute: AttributeType, plans: Iterable[Plan]) -> dict[str, int]:
        tokens = {token for plan in plans if (token := token_of(plan, attribute)) is not None}
        owners: dict[str, int] = {}
        for chunk in chunks(tokens):
            rows = UniqueValue.objects.filter(attribute=attribute, value__in=chunk)
            owners.update(rows.values_list("value", "object_id"))
        return owners

    def _is_taken(self, plan: Plan, attribute: AttributeType, owners: Mapping[str, int]) -> bool:
        token = token_of(plan, attribute)
        return token is not None and owners.get(token, plan.obj.pk) != plan.obj.pk


def token_of(plan: Plan, attribute: AttributeType) -> str | None:
    """The unique value that a plan takes for its object, None where it takes none."""
    if plan.is_new:
        value = plan.obj.attributes.get(attribute.key)
    else:
        value = plan.changed.get(attribute.key, (None, None))[1]
    return None if value is None else rules.unique_token(value)


def _not_unique(plan: Plan, attribute: AttributeType) -> Problem:
    detail = f"Another {plan.obj.object_type.name} has this value of {attribute.name} already."
    return Problem(f"/attributes/{attribute.key}", "notUnique", detail)


def targets_of(
    line: Line, relation_types: Mapping[str, RelationType]
) -> Iterator[tuple[RelationType, str]]:
    """The relations that a line names, as (type, key of the target)."""
    for key, names in line.relations.items():
        for name in names:
            yield relation_types[key], name
