"""A whole lifecycle at a time, for the API and pages: itself, its states and its transitions.

Each part is saved as the asset it is, under the same rules as in a package; all or nothing, with
every problem told at its place in what was given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from django.db import transaction

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Invalid, Problem
from catalog.models import Lifecycle, State
from catalog.packages.single import delete_one, save_one
from catalog.packages.world import identity
from workflows.lifecycle import mapping
from workflows.lifecycle.mapping import Mapped
from workflows.lifecycle.models import Transition
from workflows.lifecycle.moving import move_all

LIFECYCLE, STATE, TRANSITION = "workflows", "workflowStates", "workflowTransitions"
MOST_PARTS = 300
PARTS = {"states": STATE, "transitions": TRANSITION}
FIRST = "initStateKey"
NOT_OWN = (*PARTS, FIRST, mapping.FIELD)


def create_lifecycle(given: Mapping[str, Any], *, actor: Actor) -> Lifecycle:
    """Makes a lifecycle with its states and transitions."""
    saving = _Saving(actor)
    with transaction.atomic():
        own = {name: one for name, one in given.items() if name not in (*PARTS, FIRST)}
        content = save_one(LIFECYCLE, own, actor=actor)
        saving.parts(content["key"], given)
        saving.initial_state(content["key"], given)
        saving.finish()
        return Lifecycle.objects.get(key=content["key"])


def change_lifecycle(lifecycle: Lifecycle, given: Mapping[str, Any], *, actor: Actor) -> Lifecycle:
    """Changes what is given. A list of states or transitions replaces the present one.

    `stateMapping` says to which state the objects of each go that the list leaves out.
    """
    gate.demand(actor, "configure", lifecycle)
    saving = _Saving(actor)
    with transaction.atomic():
        own = {name: one for name, one in given.items() if name not in NOT_OWN}
        if own:
            save_one(LIFECYCLE, own, actor=actor, existing=lifecycle.key)
        saving.parts(lifecycle.key, given)
        saving.initial_state(lifecycle.key, given)
        saving.drop_missing(lifecycle, "transitions", given)
        saving.move_objects(lifecycle, given)
        saving.drop_missing(lifecycle, "states", given)
        saving.finish()
    return Lifecycle.objects.get(pk=lifecycle.pk)


def delete_lifecycle(lifecycle: Lifecycle, *, actor: Actor) -> None:
    """Deletes a lifecycle by which nothing lives, with its states and transitions."""
    saving = _Saving(actor)
    with transaction.atomic():
        if lifecycle.declared_initial_state is not None:
            save_one(LIFECYCLE, {FIRST: None}, actor=actor, existing=lifecycle.key)
        saving.drop_missing(lifecycle, "transitions", {"transitions": []})
        saving.drop_missing(lifecycle, "states", {"states": []})
        delete_one(LIFECYCLE, lifecycle.key, actor=actor)


def move_mapped(lifecycle: Lifecycle, found: Sequence[Mapped], *, actor: Actor) -> None:
    """Moves the objects of states that are about to leave; of one that has left there are none."""
    states = {one.key: one for one in State.objects.filter(lifecycle=lifecycle)}
    with transaction.atomic():
        for one in found:
            if one.gone in states:
                move_all(states[one.gone], states[one.into], actor=actor)


class _Saving:
    """Saves part after part and gathers the problems, so that all of them are told at once."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.problems: list[Problem] = []

    def parts(self, lifecycle_key: str, given: Mapping[str, Any]) -> None:
        for name in PARTS:
            for place, entry in enumerate(self._entries(given, name)):
                self._trying(f"/{name}/{place}", partial(self._save, lifecycle_key, name, entry))

    def initial_state(self, lifecycle_key: str, given: Mapping[str, Any]) -> None:
        if FIRST in given:
            first = {FIRST: given[FIRST]}
            self._trying(
                "", lambda: save_one(LIFECYCLE, first, actor=self.actor, existing=lifecycle_key)
            )

    def drop_missing(self, lifecycle: Lifecycle, name: str, given: Mapping[str, Any]) -> None:
        """Deletes the present parts that the given list leaves out."""
        if self.problems or not isinstance(given.get(name), list):
            return
        kept = {entry.get("key") for entry in given[name] if isinstance(entry, dict)}
        for key in _present_keys(lifecycle.key, name):
            if key not in kept:
                delete_one(PARTS[name], identity(lifecycle.key, key), actor=self.actor)

    def move_objects(self, lifecycle: Lifecycle, given: Mapping[str, Any]) -> None:
        """Brings the objects of states that the given list leaves out where the mapping says."""
        if self.problems or given.get(mapping.FIELD) is None:
            return
        present = _present_keys(lifecycle.key, "states")
        listed = given.get("states")
        staying = present if listed is None else [one.get("key") for one in listed]
        found, problems = mapping.mapped(given[mapping.FIELD], staying)
        self.problems += problems
        if not problems:
            move_mapped(lifecycle, found, actor=self.actor)

    def finish(self) -> None:
        if self.problems:
            raise Invalid(problems=self.problems)

    def _entries(self, given: Mapping[str, Any], name: str) -> list[Any]:
        entries = given.get(name, [])
        if isinstance(entries, list) and len(entries) <= MOST_PARTS:
            return entries
        if isinstance(entries, list):
            detail = f"A lifecycle has at most {MOST_PARTS} {name}."
            self.problems.append(Problem(f"/{name}", "tooManyItems", detail))
            return []
        self.problems.append(Problem(f"/{name}", "wrongType", "A list is expected here."))
        return []

    def _save(self, lifecycle_key: str, name: str, entry: Any) -> None:
        if not isinstance(entry, dict):
            raise Invalid(problems=[Problem("", "wrongType", "An object is expected here.")])
        key = entry.get("key")
        existing = identity(lifecycle_key, str(key))
        save_one(
            PARTS[name],
            {**entry, "workflowKey": lifecycle_key},
            actor=self.actor,
            existing=existing if key in _present_keys(lifecycle_key, name) else None,
        )

    def _trying(self, pointer: str, save: Callable[[], object]) -> None:
        try:
            with transaction.atomic():
                save()
        except Invalid as refusal:
            self.problems += [problem.under(pointer) for problem in refusal.problems]


def _present_keys(lifecycle_key: str, name: str) -> list[str]:
    model: type[State] | type[Transition] = State if name == "states" else Transition
    rows = model._default_manager.filter(lifecycle__key=lifecycle_key)
    return list(rows.values_list("key", flat=True))
