"""Drafts: begin one, save it, take it back."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Invalid, Problem
from journal.clock import now
from workflows.authoring.checks import MOST_DEPTH
from workflows.authoring.definitions import depth_of, digest
from workflows.authoring.models import Draft, Workflow, empty_definition
from workflows.authoring.services.parts import demand_draft, lock, shared_draft, tell

MOST_CHARACTERS = 1_000_000


def begin_draft(workflow: Workflow, *, actor: Actor) -> tuple[Draft, bool]:
    """The open draft, else a new one that starts from the live version; tells which it was."""
    with transaction.atomic():
        locked = lock(workflow)
        gate.demand(actor, "edit", locked)
        if (draft := shared_draft(locked)) is not None:
            return draft, False
        live = locked.live_version
        definition = live.definition if live else empty_definition()
        draft = Draft.objects.create(
            workflow=locked,
            definition=definition,
            digest=digest(definition),
            base_version=live.number if live else None,
        )
        tell("draftBegun", locked, actor)
        return draft, True


def save_draft(workflow: Workflow, definition: object, *, actor: Actor) -> Draft:
    """Stores a definition as the draft; it may be unfinished, but must be JSON of sane size."""
    with transaction.atomic():
        locked = lock(workflow)
        gate.demand(actor, "edit", locked)
        draft = demand_draft(locked)
        accepted = _accepted(definition)
        if digest(accepted) != draft.digest:
            draft.definition, draft.digest = accepted, digest(accepted)
            draft.modified_at = now()
            draft.save(update_fields=["definition", "digest", "modified_at"])
            tell("draftSaved", locked, actor)
        return draft


def revert_draft(workflow: Workflow, *, actor: Actor) -> None:
    """Ends the draft; the live version is untouched."""
    with transaction.atomic():
        locked = lock(workflow)
        gate.demand(actor, "edit", locked)
        draft = demand_draft(locked)
        tell("draftReverted", locked, actor, definition=draft.definition)
        draft.delete()


def _accepted(definition: object) -> dict[str, Any]:
    problem = None
    if not isinstance(definition, dict):
        problem = Problem("/definition", "wrongType", "A definition is an object.")
    elif depth_of(definition, MOST_DEPTH) > MOST_DEPTH:
        problem = Problem("/definition", "tooDeep", f"It nests at most {MOST_DEPTH} levels.")
    elif len(str(definition)) > MOST_CHARACTERS:
        detail = f"A definition has at most {MOST_CHARACTERS} characters."
        problem = Problem("/definition", "tooLong", detail)
    if problem is not None or not isinstance(definition, dict):
        raise Invalid(problems=[problem] if problem else [])
    return definition
