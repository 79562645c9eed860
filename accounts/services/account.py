"""The account's one row of settings."""

from __future__ import annotations

from collections.abc import Sequence

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Invalid, Problem
from accounts.models import Account, Role
from accounts.names import misleading_in

MOST_DEPTH = 100


def the_account() -> Account:
    """The settings; the row is there from the first migration on."""
    return Account.objects.get_or_create(pk=1)[0]


def change_account(
    *,
    actor: Actor,
    name: str | None = None,
    roles_that_create_workflows: Sequence[str] | None = None,
    most_chain_depth: int | None = None,
) -> Account:
    """Changes the settings that are given."""
    account = the_account()
    gate.demand(actor, "edit", account)
    changed = []
    if name is not None:
        account.name = _checked_name(name)
        changed.append("name")
    if roles_that_create_workflows is not None:
        account.roles_that_create_workflows = _checked_roles(roles_that_create_workflows)
        changed.append("roles_that_create_workflows")
    if most_chain_depth is not None:
        account.most_chain_depth = _checked_depth(most_chain_depth)
        changed.append("most_chain_depth")
    if changed:
        account.save(update_fields=changed)
    return account


def _checked_name(name: str) -> str:
    if not name.strip() or len(name) > 200:
        detail = "A name has 1 to 200 characters."
        raise Invalid(problems=[Problem("/name", "badName", detail)])
    if character := misleading_in(name):
        detail = f"A name can't hold the character {character}."
        raise Invalid(problems=[Problem("/name", "badCharacter", detail)])
    return name.strip()


def _checked_roles(roles: Sequence[str]) -> list[str]:
    problems = [
        Problem(f"/rolesThatCreateWorkflows/{place}", "unknownRole", f"{role!r} is no role.", role)
        for place, role in enumerate(roles)
        if role not in Role.values
    ]
    if problems:
        raise Invalid(problems=problems)
    return [role for role in Role.values if role in roles]


def _checked_depth(depth: int) -> int:
    if not 1 <= depth <= MOST_DEPTH:
        detail = f"A chain of events may be 1 to {MOST_DEPTH} deep."
        raise Invalid(problems=[Problem("/limits/chainDepth", "outOfRange", detail, depth)])
    return depth
