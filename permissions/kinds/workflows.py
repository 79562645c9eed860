"""Workflows: owners do everything, invited members view and run, others at most look."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from accounts.gate import Decision
from accounts.models import User, Workspace
from accounts.remembering import remembered
from permissions.grants import (
    OWNERS,
    Holdings,
    held_by,
    holders,
    holders_of_id,
    holdings,
    holdings_among,
)
from permissions.kinds import workspaces
from permissions.kinds.workspaces import visible_workspaces
from permissions.people import ACCOUNT_ADMINS, NOBODY
from permissions.rules import RuleSet
from workflows.models import Workflow

OF_OWNERS = frozenset({"edit", "view_draft", "publish", "unpublish", "enable", "delete"})
OF_INVITED = frozenset({"run"})
OF_KEEPERS = frozenset({"disable", "stop"})
PRIVATE = Workflow.Type.PRIVATE
UNSEEN = "visibility"


@dataclass(frozen=True, slots=True)
class Hold:
    """What a person has to do with a workflow, as far as grants and ownership by admins go."""

    owns: bool = False
    joins: bool = False


def held_around(user: User, workflow: Workflow) -> Holdings:
    return holdings_among(user, {Workflow: [workflow.pk], Workspace: [workflow.workspace_id]})


def hold_of(held: Holdings, workflow: Workflow) -> Hold:
    if workflow.is_owned_by_admins and held.user.is_account_admin:
        return Hold(owns=True, joins=True)
    return Hold(held.owns(Workflow, workflow.pk), held.joins(Workflow, workflow.pk))


def sight(held: Holdings, workflow: Workflow) -> Decision:
    """Does this person see the workflow? A no has the level that callers answer with 404."""
    if hold_of(held, workflow).joins:
        return Decision(True, "workflow", f"They are on the workflow {workflow}.")
    if workflow.type == PRIVATE:
        return Decision(
            False, UNSEEN, f"The workflow {workflow} is private: its owners and members see it."
        )
    seen = workspaces.sight(held, workflow.workspace)
    return seen or Decision(False, UNSEEN, seen.reason)


def owned_workflows(user: User) -> Q:
    return held_by(user, Workflow, OWNERS) | _owned_by_admins(user)


def visible_workflows(user: User) -> Q:
    seen = remembered(("workspaces", user.pk), lambda: _ids_of_visible_workspaces(user))
    main = ~Q(type=PRIVATE) & Q(workspace_id__in=seen)
    return held_by(user, Workflow) | main | _owned_by_admins(user)


def _ids_of_visible_workspaces(user: User) -> list[int]:
    seen = Workspace.objects.filter(visible_workspaces(holdings(user, Workspace)))
    return sorted(seen.order_by().values_list("pk", flat=True))


def _owned_by_admins(user: User) -> Q:
    return Q(is_owned_by_admins=True) if user.is_account_admin else NOBODY


def people_who_own(workflow: Workflow) -> Q:
    admins = ACCOUNT_ADMINS if workflow.is_owned_by_admins else NOBODY
    return holders(workflow, OWNERS) | admins


def people_who_see(workflow: Workflow) -> Q:
    held = holders(workflow) | people_who_own(workflow)
    if workflow.type == PRIVATE:
        return held
    return held | workspaces.people_who_see(workflow.workspace)


class WorkflowRules(RuleSet[Workflow]):
    """Owners do everything, invited members view and run, others at most look."""

    kind = Workflow
    verbs = frozenset({"view"}) | OF_OWNERS | OF_INVITED | OF_KEEPERS
    overridden = frozenset({"view", "view_draft"}) | OF_KEEPERS

    def allows(self, user: User, verb: str, thing: Workflow) -> Decision:
        held = held_around(user, thing)
        seen = sight(held, thing)
        if verb == "view" or not seen:
            return seen
        hold = hold_of(held, thing)
        if hold.owns:
            return Decision(True, "workflow", f"They own the workflow {thing}.")
        if verb in OF_INVITED:
            return _invited(thing, hold)
        if verb in OF_KEEPERS:
            return _keeper(held, thing)
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
        kept = holdings(user, Workspace).q(Workspace, OWNERS, path="workspace_id")
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
        """Admins see every workflow, so a no to them never says that it is unseen."""
        found = super().override(user, verb, thing)
        if found is not None:
            return found
        return _invited(thing, Hold()) if verb in OF_INVITED else _not_owner(thing)


def _invited(workflow: Workflow, hold: Hold) -> Decision:
    if hold.joins:
        return Decision(True, "workflow", f"They are on the workflow {workflow}.")
    return Decision(False, "workflow", f"Only owners and invited members of {workflow} may run it.")


def _keeper(held: Holdings, workflow: Workflow) -> Decision:
    if held.owns(Workspace, workflow.workspace_id):
        return Decision(True, "workspace", f"They own the workspace {workflow.workspace}.")
    if held.user.is_account_admin:
        return Decision(True, "role", "Account admins may do this with every workflow.")
    return Decision(
        False,
        "workflow",
        f"Only owners of {workflow}, owners of its workspace and account admins may do this.",
    )


def _not_owner(workflow: Workflow) -> Decision:
    return Decision(False, "workflow", f"Only owners of the workflow {workflow} may do this.")
