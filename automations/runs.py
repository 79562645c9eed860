"""The engine's working parts for one execution: who acts, on what, in which context."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.actor import Actor
from accounts.models import User
from automations.models import Execution
from automations.triggers.event import attribute_of, before_and_after, targets_of
from catalog.context import ObjectContext, Reading
from catalog.models import GovernedObject
from catalog.provenance import Provenance
from journal.clock import now
from journal.models import Event
from journal.prepared import Given, Question
from permissions.fields import hidden_attributes

EVENT: Question[Event] = Question(lambda: Event.objects.filter(pk=Given("pk")).order_by())


@dataclass(frozen=True, slots=True)
class Run:
    """An execution in the hands of a worker."""

    execution: Execution
    definition: dict[str, Any]
    actor: Actor
    author_id: int | None
    event: Event | None

    def context(self, obj: GovernedObject | None) -> ObjectContext:
        trigger = self.definition["trigger"]
        return ObjectContext(
            reading=Reading(self.actor),
            current_username=self.execution.actor_name,
            now=now(),
            obj=obj,
            event=self._event_for(obj, trigger),
            made_of={"event": self._event_made_of(trigger), "steps": {}},
        )

    def _event_made_of(self, trigger: Mapping[str, Any]) -> dict[str, Provenance]:
        """What `@event` tells of: an attribute of the object that the event is about, or what it
        was related to."""
        told = Provenance()
        if self.event is not None and self.event.subject_id is not None:
            attribute = attribute_of(trigger, self.event)
            told.note(self.event.subject_id, *([attribute] if attribute else []))
            for target in targets_of(trigger, self.event):
                told.note(target)
        return {"kind": Provenance(), "before": told, "after": told}

    def _event_for(
        self, obj: GovernedObject | None, trigger: Mapping[str, Any]
    ) -> Mapping[str, object] | None:
        """`@event`, without the values of an attribute that the run-as user may not see."""
        if self.event is None:
            return None
        told = before_and_after(trigger, self.event)
        attribute = attribute_of(trigger, self.event)
        if attribute is None or self.actor.is_admin:
            return told
        if obj is not None and attribute not in hidden_attributes(self.actor, [obj])[obj.pk]:
            return told
        return {**told, "before": None, "after": None}


def of(execution: Execution) -> Run:
    """Puts together what an execution needs; the version is the one written on it."""
    version = execution.version
    if version is None:
        raise LookupError("The version of this execution is gone.")
    event = _event(execution.event_id)
    return Run(
        execution=execution,
        definition=version.definition,
        actor=Actor(
            execution.run_as,
            via_kind="execution",
            via_id=str(execution.pk),
            root_id=execution.root_event_id,
            depth=execution.depth,
        ),
        author_id=_author_id(execution, event),
        event=event,
    )


def _author_id(execution: Execution, event: Event | None) -> int | None:
    """The user who caused the first event of the chain, None where it was the system."""
    if event is None:
        return execution.actor_id
    root = _event(event.root_id) if event.root_id else event
    return root.actor_id if root else None


def _event(pk: int | None) -> Event | None:
    return EVENT.first(pk=pk) if pk is not None else None


def run_as_missing(execution: Execution) -> bool:
    """Whether it should act as a user who is no more."""
    user: User | None = execution.run_as
    return user is None and execution.run_as_name != "system"
