"""What one save changed: history rows and events, gathered and written together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from catalog.models import Change, GovernedObject
from journal.clock import now
from journal.models import Event
from journal.origin import Origin
from journal.prepared import insert
from journal.pushing import mention
from journal.recording import Fact, record_many


@dataclass
class Ledger:
    """Collects the traces of a save; `write` puts them beside it, in the caller's transaction.

    `is_override`: only the power of an account admin or of the system allowed all of it.
    """

    origin: Origin
    is_override: bool = False
    changes: list[Change] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)

    def note(
        self,
        obj: GovernedObject,
        verb: Change.Verb,
        field_name: str = "",
        *,
        before: Any = None,
        after: Any = None,
        override: bool = False,
    ) -> None:
        """A row of the object's history."""
        self.changes.append(
            Change(
                object_id=obj.pk,
                object_key=obj.key,
                actor_id=self.origin.user_id,
                actor_name=self.origin.username,
                via_kind=self.origin.via_kind,
                via_id=self.origin.via_id,
                root_id=self.origin.root_id,
                verb=verb,
                field=field_name,
                before=before,
                after=after,
                is_override=override or self.is_override,
            )
        )

    def tell(self, kind: str, obj: GovernedObject, payload: dict[str, Any]) -> None:
        """An event that consumers will act on."""
        self.facts.append(Fact(kind, obj.pk, obj.object_type_id, payload))

    def write(self) -> list[Event]:
        """Writes all of it; a change that starts a chain names its own event as the root."""
        if not self.changes:
            return []
        events = record_many(self.facts, origin=self.origin)
        roots = {event.subject_id: event.chain_root for event in reversed(events)}
        instant = now()
        for change in self.changes:
            change.at = instant
            change.root_id = change.root_id or roots.get(change.object_id)
        insert(self.changes)
        mention("objects", {change.object_id for change in self.changes})
        return events
