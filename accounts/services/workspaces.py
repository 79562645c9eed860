"""Workspaces: made, changed and removed; who owns them and who joins them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager

from django.db import transaction
from django.db.models import ProtectedError

from accounts import gate
from accounts.actor import Actor
from accounts.constraints import refusing
from accounts.exceptions import Conflict, Invalid, Problem
from accounts.models import Workspace
from accounts.models.workspaces import Access
from accounts.services.sharing import (
    change_members,
    change_owners,
    give_first_holders,
    label_problems,
)

MAIN = "main"


def create_workspace(
    key: str,
    *,
    actor: Actor,
    name: str = "",
    access: str = Access.OPEN,
    owners: Sequence[str] = (),
    members: Sequence[str] = (),
) -> Workspace:
    """Makes a workspace; without owners its maker is the owner."""
    gate.demand(actor, "create", Workspace)
    workspace = Workspace(key=key, name=name or key, access=access)
    _check(workspace)
    with transaction.atomic(), _refusing_taken(key):
        workspace.save(force_insert=True)
        give_first_holders(workspace, owners=owners, members=members, actor=actor)
    return workspace


def change_workspace(
    workspace: Workspace,
    *,
    actor: Actor,
    key: str | None = None,
    name: str | None = None,
    access: str | None = None,
    owners: Sequence[str] | None = None,
    members: Sequence[str] | None = None,
) -> Workspace:
    """Changes what is given. One that has owners keeps at least one; `main` keeps its key."""
    with transaction.atomic(), _refusing_taken(key or workspace.key):
        locked = Workspace.objects.select_for_update().get(pk=workspace.pk)
        gate.demand(actor, "edit", locked)
        _change_columns(locked, key=key, name=name, access=access)
        if owners is not None:
            change_owners(locked, owners, actor=actor)
        if members is not None:
            change_members(locked, members, actor=actor)
    return locked


def delete_workspace(workspace: Workspace, *, actor: Actor) -> None:
    """Removes an empty workspace, but never `main`."""
    gate.demand(actor, "delete", workspace)
    if workspace.key == MAIN:
        raise Conflict("Every account has the workspace 'main'.", code="inUse")
    try:
        with transaction.atomic():
            workspace.delete()
    except ProtectedError as error:
        kinds = sorted({str(row._meta.verbose_name_plural) for row in error.protected_objects})
        raise Conflict(
            f"The workspace {workspace.key} still holds {' and '.join(kinds)}.", code="inUse"
        ) from error


def _change_columns(workspace: Workspace, **given: str | None) -> None:
    changed = {
        column: value
        for column, value in given.items()
        if value is not None and value != getattr(workspace, column)
    }
    if "key" in changed and workspace.key == MAIN:
        raise Conflict("The workspace 'main' keeps its key.", code="inUse")
    for column, value in changed.items():
        setattr(workspace, column, value)
    _check(workspace)
    if changed:
        workspace.save(update_fields=list(changed))


def _check(workspace: Workspace) -> None:
    problems = label_problems(workspace.key, workspace.name)
    if workspace.access not in Access.values:
        detail = f"Access is {' or '.join(Access.values)}."
        problems.append(Problem("/access", "unknownOption", detail, workspace.access))
    if problems:
        raise Invalid(problems=problems)


def _refusing_taken(key: str) -> AbstractContextManager[None]:
    detail = f"There is a workspace {key!r} already."
    taken = Invalid(problems=[Problem("/key", "duplicateKey", detail, key)])
    return refusing({"workspace_key_unique": taken})
