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
from accounts.grants import JOIN, OWN, holders, set_holders
from accounts.keys import FORM_TEXT, is_key
from accounts.models import Workspace
from accounts.models.workspaces import Access
from accounts.names import misleading_in
from accounts.services.people import People, find_people

MAIN = "main"
LONGEST_NAME = 200


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
        found = find_people(owners, actor=actor, pointer="/owners") or _maker(actor)
        _hold(workspace, OWN, found)
        _hold(workspace, JOIN, find_people(members, actor=actor, pointer="/members"))
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
            _hold(locked, JOIN, find_people(members, actor=actor, pointer="/members"))
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


def change_owners(workspace: Workspace, names: Sequence[str], *, actor: Actor) -> None:
    found = find_people(names, actor=actor, pointer="/owners")
    if not found and any(holders(workspace, OWN)):
        detail = "The last owner can't leave: name another one."
        raise Invalid(problems=[Problem("/owners", "lastOwner", detail)])
    _hold(workspace, OWN, found)


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


def _hold(workspace: Workspace, level: str, people: People) -> None:
    set_holders(workspace, level, users=people.users, teams=people.teams)


def _maker(actor: Actor) -> People:
    return People((actor.user,)) if actor.user is not None else People()


def _check(workspace: Workspace) -> None:
    problems = []
    if not is_key(workspace.key):
        problems.append(Problem("/key", "badKey", FORM_TEXT, workspace.key))
    if character := misleading_in(workspace.name):
        detail = f"A name can't hold the character {character}."
        problems.append(Problem("/name", "badCharacter", detail))
    if not workspace.name.strip() or len(workspace.name) > LONGEST_NAME:
        detail = f"A name has 1 to {LONGEST_NAME} characters."
        problems.append(Problem("/name", "badName", detail))
    if workspace.access not in Access.values:
        detail = f"Access is {' or '.join(Access.values)}."
        problems.append(Problem("/access", "unknownOption", detail, workspace.access))
    if problems:
        raise Invalid(problems=problems)


def _refusing_taken(key: str) -> AbstractContextManager[None]:
    detail = f"There is a workspace {key!r} already."
    taken = Invalid(problems=[Problem("/key", "duplicateKey", detail, key)])
    return refusing({"workspace_key_unique": taken})
