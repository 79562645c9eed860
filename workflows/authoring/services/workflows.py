"""Making, changing and deleting workflows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction

from accounts import gate
from accounts.actor import Actor
from accounts.constraints import refusing
from accounts.exceptions import Invalid, Problem
from accounts.grants import JOIN, OWN, set_holders
from accounts.keys import FORM_TEXT, is_key
from accounts.models import User, Workspace
from accounts.names import misleading_in
from workflows.authoring.definitions import digest
from workflows.authoring.models import Draft, Workflow, empty_definition
from workflows.authoring.services.parts import lock, save, tell
from workflows.authoring.services.publishing import withdraw_all

TEXT_LIMITS = {"name": 200, "description": 10_000}


def create_workflow(
    key: str,
    *,
    actor: Actor,
    workspace: Workspace,
    name: str = "",
    owners: Sequence[User] | None = None,
    **fields: Any,
) -> Workflow:
    """Makes a workflow with an empty draft, owned by its creator (the system: by the admins)."""
    gate.demand(actor, "create_workflow", workspace)
    name = name or key
    _check_texts(key=key, name=name, description=fields.get("description", ""))
    taken = Problem("/key", "duplicateKey", f"There is a workflow {key!r} already.", key)
    workflow = Workflow(key=key, name=name, workspace=workspace, created_by=actor.user, **fields)
    with transaction.atomic(), refusing({"workflow_key_unique": Invalid(problems=[taken])}):
        workflow.is_owned_by_admins = owners is None and actor.is_system
        workflow.save(force_insert=True)
        first = [actor.user] if owners is None and actor.user else list(owners or [])
        set_holders(workflow, OWN, users=first, teams=[])
        empty = empty_definition()
        Draft.objects.create(workflow=workflow, definition=empty, digest=digest(empty))
        tell("workflowCreated", workflow, actor)
        return workflow


def update_workflow(workflow: Workflow, *, actor: Actor, **fields: Any) -> Workflow:
    """Changes name, description, type, draft mode, tags or minutes saved."""
    with transaction.atomic():
        locked = lock(workflow)
        gate.demand(actor, "edit", locked)
        changed = {name: one for name, one in fields.items() if getattr(locked, name) != one}
        if not changed:
            return locked
        _check_texts(key=locked.key, **{k: v for k, v in changed.items() if k in TEXT_LIMITS})
        for name, one in changed.items():
            setattr(locked, name, one)
        save(locked, *changed)
        tell("workflowChanged", locked, actor, fields=sorted(changed))
        return locked


def share_workflow(
    workflow: Workflow,
    *,
    actor: Actor,
    owners: tuple[Sequence[User], Sequence[Group]] | None = None,
    members: tuple[Sequence[User], Sequence[Group]] | None = None,
) -> Workflow:
    """Says who owns it and who is invited; the last owner can't leave."""
    with transaction.atomic():
        locked = lock(workflow)
        gate.demand(actor, "edit", locked)
        if owners is not None:
            if not any(owners) and not locked.is_owned_by_admins:
                detail = "A workflow needs an owner; crown another before the last one leaves."
                raise Invalid(problems=[Problem("/owners", "lastOwner", detail)])
            set_holders(locked, OWN, users=owners[0], teams=owners[1])
            _end_ownership_by_admins(locked, any(owners))
        if members is not None:
            set_holders(locked, JOIN, users=members[0], teams=members[1])
        tell("workflowShared", locked, actor)
        return locked


def _end_ownership_by_admins(workflow: Workflow, has_owners: bool) -> None:
    """The account admins own what nobody was named for; a named owner takes their place."""
    if has_owners and workflow.is_owned_by_admins:
        workflow.is_owned_by_admins = False
        save(workflow, "is_owned_by_admins")


def delete_workflow(workflow: Workflow, *, actor: Actor) -> None:
    """Removes a workflow, its drafts and versions; its run history stays."""
    with transaction.atomic():
        locked = lock(workflow)
        gate.demand(actor, "delete", locked)
        if locked.live_version is not None:
            withdraw_all(locked)
            locked.leave_production()
            save(locked, "status", "live_version")
        tell("workflowDeleted", locked, actor)
        locked.delete()


def _check_texts(*, key: str, **texts: str) -> None:
    problems = [] if is_key(key) else [Problem("/key", "malformedKey", FORM_TEXT, key[:120])]
    if character := misleading_in(texts.get("name", "")):
        detail = f"A name can't hold the character {character}."
        problems.append(Problem("/name", "badCharacter", detail))
    for name, text in texts.items():
        limit = TEXT_LIMITS[name]
        if len(text) > limit:
            detail = f"{name} has at most {limit} characters, not {len(text)}."
            problems.append(Problem(f"/{name}", "tooLong", detail))
        if "\x00" in text or any(0xD800 <= ord(one) <= 0xDFFF for one in text):
            detail = f"{name} holds a character that can't be stored."
            problems.append(Problem(f"/{name}", "badCharacter", detail))
    if problems:
        raise Invalid(problems=problems)
