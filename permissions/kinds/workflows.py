"""Workflows: owners do everything, invited members view and run, others at most look."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from accounts.gate import Decision
from accounts.models import User, Workspace
from permissions.grants import OWNERS, held_by, holders, holders_of_id
from permissions.kinds import workspaces
from permissions.kinds.workspaces import visible_workspaces
from permissions.people import ACCOUNT_ADMINS, EVERYBODY, NOBODY
from permissions.rules import RuleSet
from workflows.models import Workflow

OF_OWNERS = frozenset({"edit", "view_draft", "publish", "unpublish", "enable", "delete"})
OF_INVITED = frozenset({"run"})
OF_KEEPERS = frozenset({"disable", "stop"})
UNSEEN = "visibility"


@dataclass(frozen=True, slots=True)
class Hold:
    """What a person has to do with a workflow, as far as grants go."""

    owns: bool
    joins: bool
    owns_workspace: bool
    joins_workspace: bool


NO_HOLD = Hold(False, False, False, False)


def hold_of(user: User, workflow: Workflow) -> Hold:
    """In one query."""
    found = Workflow.objects.filter(pk=workflow.pk).annotate(
        owns=held_by(user, Workflow, OWNERS),
        joins=held_by(user, Workflow),
        owns_workspace=held_by(user, Workspace, OWNERS, path="workspace_id"),
        joins_workspace=held_by(user, Workspace, path="workspace_id"),
    )
    row = found.values_list("owns", "joins", "owns_workspace", "joins_workspace").first()
    hold = NO_HOLD if row is None else Hold(*row)
    if workflow.is_owned_by_admins and user.is_account_admin:
        return Hold(True, True, hold.owns_workspace, hold.joins_workspace)
    return hold


def sight(user: User, workflow: Workflow, hold: Hold) -> Decision:
    if hold.joins:
        return Decision(True, "workflow", f"They are on the workflow {workflow}.")
    if workflow.type == Workflow.Type.PRIVATE:
        return Decision(
            False, UNSEEN, f"The workflow {workflow} is private: its owners and members see it."
        )
    seen = workspaces.sight(user, workflow.workspace, joins=hold.joins_workspace)
    return seen if seen else Decision(False, UNSEEN, seen.reason)


def owned_workflows(user: User) -> Q:
    held = held_by(user, Workflow, OWNERS)
    return held | Q(is_owned_by_admins=True) if user.is_account_admin else held


def visible_workflows(user: User) -> Q:
    held = held_by(user, Workflow)
    seen = (
        Workspace.objects.filter(visible_workspaces(user)).order_by().values_list("pk", flat=True)
    )
    main = ~Q(type=Workflow.Type.PRIVATE) & Q(workspace__in=list(seen))
    visible = held | main
    return visible | Q(is_owned_by_admins=True) if user.is_account_admin else visible


def people_who_own(workflow: Workflow) -> Q:
    admins = ACCOUNT_ADMINS if workflow.is_owned_by_admins else NOBODY
    return holders(workflow, OWNERS) | admins


def people_who_see(workflow: Workflow) -> Q:
    held = holders(workflow) | people_who_own(workflow)
    if workflow.type == Workflow.Type.PRIVATE:
        return held
    return held | workspaces.people_who_see(workflow.workspace)


class WorkflowRules(RuleSet[Workflow]):
    kind = Workflow
    verbs = frozenset({"view"}) | OF_OWNERS | OF_INVITED | OF_KEEPERS
    overridden = frozenset({"view", "view_draft"}) | OF_KEEPERS

    def allows(self, user: User, verb: str, thing: Workflow) -> Decision:
        hold = hold_of(user, thing)
        seen = sight(user, thing, hold)
        if verb == "view" or not seen:
            return seen
        if hold.owns:
            return Decision(True, "workflow", f"They own the workflow {thing}.")
        if verb in OF_INVITED:
            return _invited(thing, hold)
        if verb in OF_KEEPERS:
            return _keeper(user, thing, hold)
        return _not_owner(thing)

    def narrow(self, user: User, verb: str) -> Q:
        if verb == "view":
            return visible_workflows(user)
        owned = owned_workflows(user)
        if verb in OF_INVITED:
            return owned | held_by(user, Workflow)
        if verb not in OF_KEEPERS:
            return owned
        if user.is_account_admin:
            return visible_workflows(user)
        kept = held_by(user, Workspace, OWNERS, path="workspace_id")
        return owned | (visible_workflows(user) & kept)

    def who(self, verb: str, thing: Workflow) -> Q:
        if verb == "view":
            return people_who_see(thing)
        if verb in OF_INVITED:
            return people_who_own(thing) | holders(thing)
        if verb not in OF_KEEPERS:
            return people_who_own(thing)
        keepers = holders_of_id(Workspace, thing.workspace_id, OWNERS) | ACCOUNT_ADMINS
        return people_who_own(thing) | (people_who_see(thing) & keepers)

    def override(self, user: User, verb: str, thing: Workflow) -> Decision | None:
        """Admins see every workflow, so where they may not, the answer is never that it's unseen."""
        found = super().override(user, verb, thing)
        if found is not None:
            return found
        return _invited(thing, NO_HOLD) if verb in OF_INVITED else _not_owner(thing)


def _invited(workflow: Workflow, hold: Hold) -> Decision:
    if hold.joins:
        return Decision(True, "workflow", f"They are on the workflow {workflow}.")
    return Decision(False, "workflow", f"Only owners and invited members of {workflow} may run it.")


def _keeper(user: User, workflow: Workflow, hold: Hold) -> Decision:
    if hold.owns_workspace:
        return Decision(True, "workspace", f"They own the workspace {workflow.workspace}.")
    if user.is_account_admin:
        return Decision(True, "role", "Account admins may do this with every workflow.")
    return Decision(
        False,
        "workflow",
        f"Only owners of {workflow}, owners of its workspace and account admins may do this.",
    )


def _not_owner(workflow: Workflow) -> Decision:
    return Decision(False, "workflow", f"Only owners of the workflow {workflow} may do this.")
