"""Workspaces: open to the whole account, or private to their members; guests by invitation."""

from __future__ import annotations

from django.db.models import Q

from accounts.gate import Decision
from accounts.models import Account, Role, User, Workspace
from accounts.models.account import roles_that_create_by_default
from accounts.models.workspaces import Access
from accounts.remembering import remembered
from permissions.grants import OWNERS, Holdings, holders, holdings, holdings_among
from permissions.people import ACCOUNT_ADMINS, NOBODY, is_guest
from permissions.rules import RuleSet

GUESTS = Q(role=Role.GUEST)


def is_open_to(user: User, workspace: Workspace) -> bool:
    """Seen without any grant."""
    return workspace.access == Access.OPEN and not is_guest(user)


def sight(held: Holdings, workspace: Workspace) -> Decision:
    """Does this person see the workspace?"""
    if is_open_to(held.user, workspace):
        return Decision(True, "workspace", f"The workspace {workspace} is open to the account.")
    if held.joins(Workspace, workspace.pk):
        return Decision(True, "workspace", f"They are in the workspace {workspace}.")
    if is_guest(held.user):
        return Decision(False, "role", "Guests see only what they are invited to.")
    return Decision(
        False, "workspace", f"The workspace {workspace} is private: its members see it."
    )


def visible_workspaces(held: Holdings, *, path: str = "") -> Q:
    """Workspaces that this person sees, or rows whose workspace at the end of `path` they see."""
    joined = held.q(Workspace, path=f"{path}_id" if path else "pk")
    if is_guest(held.user):
        return joined
    return Q(**{f"{path}__access" if path else "access": Access.OPEN}) | joined


def people_who_see(workspace: Workspace) -> Q:
    held = holders(workspace)
    return held if workspace.access == Access.PRIVATE else ~GUESTS | held


def roles_that_create_workflows() -> list[str]:
    found = remembered("roles that create workflows", _roles_that_create_workflows)
    return roles_that_create_by_default() if found is None else list(found)


def _roles_that_create_workflows() -> list[str] | None:
    return Account.objects.values_list("roles_that_create_workflows", flat=True).first()


class WorkspaceRules(RuleSet[Workspace]):
    """Open to the whole account, or private to their members; guests by invitation."""

    kind = Workspace
    verbs = frozenset({"view", "edit", "delete", "create_board", "create_workflow"})
    kind_verbs = frozenset({"create"})
    overridden = verbs

    def allows(self, user: User, verb: str, thing: Workspace) -> Decision:
        held = holdings_among(user, {Workspace: [thing.pk]})
        seen = sight(held, thing)
        if verb == "view" or not seen:
            return seen
        if verb == "create_workflow":
            return _creates_workflows(user)
        if held.owns(Workspace, thing.pk):
            return Decision(True, "workspace", f"They own the workspace {thing}.")
        return Decision(False, "workspace", f"Only owners of the workspace {thing} may do this.")

    def narrow(self, user: User, verb: str) -> Q:
        held = holdings(user, Workspace)
        if verb == "view":
            return visible_workspaces(held)
        if verb == "create_workflow":
            return visible_workspaces(held) if _creates_workflows(user) else NOBODY
        return held.q(Workspace, OWNERS)

    def who(self, verb: str, thing: Workspace) -> Q:
        if verb == "view":
            return people_who_see(thing)
        if verb == "create_workflow":
            return people_who_see(thing) & Q(role__in=roles_that_create_workflows())
        return holders(thing, OWNERS)

    def override(self, user: User, verb: str, thing: Workspace) -> Decision | None:
        if verb == "create_workflow" and not _creates_workflows(user):
            return None
        return super().override(user, verb, thing)

    def narrow_for_admin(self, user: User, verb: str) -> Q:
        if verb == "create_workflow" and not _creates_workflows(user):
            return NOBODY
        return super().narrow_for_admin(user, verb)

    def allows_kind(self, user: User, verb: str) -> Decision:
        if user.is_account_admin:
            return Decision(True, "role", "Account admins create workspaces.")
        return Decision(False, "role", "Only account admins may create workspaces.")

    def who_kind(self, verb: str) -> Q:
        return ACCOUNT_ADMINS


def _creates_workflows(user: User) -> Decision:
    """The account says which roles may; that it lets admins is the account's choice, too."""
    if user.role in roles_that_create_workflows():
        return Decision(True, "account", f"The role {user.role} may create workflows.")
    return Decision(
        False, "account", f"The account does not let the role {user.role} create workflows."
    )
