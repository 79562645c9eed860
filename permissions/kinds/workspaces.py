"""Workspaces: open ones for the whole account, private ones for their members; guests by invitation."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from accounts.gate import Decision
from accounts.models import Account, Role, User, Workspace
from accounts.models.account import roles_that_create_by_default
from accounts.models.workspaces import Access
from permissions.grants import ANY_LEVEL, OWNERS, held_by, holders
from permissions.people import ACCOUNT_ADMINS, NOBODY, is_guest
from permissions.rules import ADMIN_REASON, RuleSet

GUESTS = Q(role=Role.GUEST)


@dataclass(frozen=True, slots=True)
class Hold:
    """Whether somebody holds a thing: as an owner, or at all."""

    owns: bool
    joins: bool


def hold_of(user: User, thing: Workspace) -> Hold:
    found = Workspace.objects.filter(pk=thing.pk).annotate(
        owns=held_by(user, Workspace, OWNERS), joins=held_by(user, Workspace)
    )
    return Hold(*(found.values_list("owns", "joins").first() or (False, False)))


def visible_workspaces(user: User) -> Q:
    held = held_by(user, Workspace)
    return held if is_guest(user) else Q(access=Access.OPEN) | held


def owned_workspaces(user: User) -> Q:
    return held_by(user, Workspace, OWNERS)


def people_who_see(workspace: Workspace) -> Q:
    held = holders(workspace, ANY_LEVEL)
    return held if workspace.access == Access.PRIVATE else ~GUESTS | held


def people_who_own(workspace: Workspace) -> Q:
    return holders(workspace, OWNERS)


def sight(user: User, workspace: Workspace, *, joins: bool) -> Decision:
    """Does this person see the workspace? `joins`: they hold it at some level."""
    if joins:
        return Decision(True, "workspace", f"They are in the workspace {workspace}.")
    if is_guest(user):
        return Decision(False, "role", "Guests see only what they are invited to.")
    if workspace.access == Access.PRIVATE:
        return Decision(
            False, "workspace", f"The workspace {workspace} is private: its members see it."
        )
    return Decision(True, "workspace", f"The workspace {workspace} is open to the whole account.")


def roles_that_create_workflows() -> list[str]:
    found = Account.objects.values_list("roles_that_create_workflows", flat=True).first()
    return roles_that_create_by_default() if found is None else list(found)


class WorkspaceRules(RuleSet[Workspace]):
    kind = Workspace
    verbs = frozenset({"view", "edit", "delete", "create_board", "create_workflow"})
    kind_verbs = frozenset({"create"})
    overridden = frozenset({"view", "edit", "delete", "create_board", "create_workflow"})

    def allows(self, user: User, verb: str, thing: Workspace) -> Decision:
        hold = hold_of(user, thing)
        seen = sight(user, thing, joins=hold.joins)
        if verb == "view" or not seen:
            return seen
        if verb == "create_workflow":
            return _creates_workflows(user)
        if hold.owns:
            return Decision(True, "workspace", f"They own the workspace {thing}.")
        return Decision(False, "workspace", f"Only owners of the workspace {thing} may do this.")

    def narrow(self, user: User, verb: str) -> Q:
        if verb == "view":
            return visible_workspaces(user)
        if verb == "create_workflow":
            return visible_workspaces(user) if _creates_workflows(user) else NOBODY
        return owned_workspaces(user)

    def who(self, verb: str, thing: Workspace) -> Q:
        if verb == "view":
            return people_who_see(thing)
        if verb == "create_workflow":
            return people_who_see(thing) & Q(role__in=roles_that_create_workflows())
        return people_who_own(thing)

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
    if user.role in roles_that_create_workflows():
        return Decision(True, "account", f"The role {user.role} may create workflows.")
    return Decision(
        False, "account", f"The account does not let the role {user.role} create workflows."
    )
