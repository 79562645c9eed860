"""Workflows as assets of packages, which call them automations: applying one publishes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.actor import Actor
from accounts.exceptions import Problem
from accounts.grants import OWN, all_holders
from accounts.keys import nearest
from accounts.models import Team, User, Workspace
from catalog.packages.fields import KEY, NAME, Content, Field
from catalog.packages.kinds import AssetKind, Named, Scope
from catalog.packages.world import World, differing
from workflows.authoring.checks import check
from workflows.authoring.definitions import Json, from_automation
from workflows.authoring.models import Draft, Workflow
from workflows.authoring.naming import keys_named, keys_of_definition
from workflows.authoring.services.drafts import begin_draft, save_draft
from workflows.authoring.services.publishing import publish, unpublish
from workflows.authoring.services.workflows import (
    create_workflow,
    delete_workflow,
    share_workflow,
    update_workflow,
)
from workflows.authoring.warnings import warnings

DEFINITION = {"trigger", "stream", "actions"}
MAIN = "main"
OF_FORM = ("wrongType", "missing", "unknownStepType", "unknownTrigger", "badValue", "syntaxError")
NARROWING = ("/trigger/", "/stream/")


class Automations(AssetKind):
    """Workflows with trigger, stream and actions.

    Who owns one, in which workspace it is and how it is described are left as they are where an
    entry doesn't say.
    """

    key = "automations"
    label = "workflow"
    lists = ("automations",)
    after = (
        "objectTypes",
        "attributeTypes",
        "relationTypes",
        "userRelationTypes",
        "workflowStates",
        "conditions",
        "notificationTemplates",
    )
    needs_rows = True
    may_never_match = True
    # Somebody must stand for what runs: who applies the package that publishes it.
    begins_by_itself = False
    fields = (
        KEY,
        NAME,
        Field("description", "text", "For people.", most=10_000),
        Field("trigger", "object", "What starts it.", required=True),
        Field("stream", "object", "On which objects it acts."),
        Field("actions", "list", "Its steps, in order.", required=True),
        Field("workspaceKey", "key", "Where it lives; the workspace main where left out."),
        Field("owners", "texts", "Usernames and teams; who applies it where left out."),
        Field("published", "boolean", "Apply publishes it.", default=True),
    )
    model = Workflow

    def content(self, entry: Content, scope: Scope, world: World) -> Content:
        filled = super().content(entry, scope, world)
        existing = world.get(self.key, filled["key"] or "") or {"workspaceKey": MAIN}
        for name in ("description", "workspaceKey", "owners"):
            if filled[name] is None:
                filled[name] = existing.get(name)
        if filled["owners"] is not None:
            filled["owners"] = sorted(filled["owners"])
        return filled

    def address(self, content: Content) -> str:
        return reverse("workflow", args=[content["key"]])

    def references(self, content: Content, world: World) -> Iterable[Named]:
        return keys_named(content, world)

    def may_lack(self, named: Sequence[Named], *, is_there: bool) -> bool:
        """A trigger or stream may name what comes later; what is there already isn't stopped."""
        return not is_there and all(one.pointer.startswith(NARROWING) for one in named)

    def others(self, world: World) -> Iterable[tuple[str, str, Named]]:
        """What open drafts name beside the live version: published, they would miss it."""
        drafts = Draft.objects.filter(workflow__live_version__isnull=False)
        for draft in drafts.select_related("workflow").order_by("pk"):
            key = draft.workflow.key
            for named in keys_of_definition(draft.definition, world):
                yield key, f"draft of workflow {key}", named

    def check(self, content: Content, world: World, scope: Scope) -> Iterable[Problem]:
        workspaces = list(Workspace.objects.values_list("key", flat=True))
        wanted = content["workspaceKey"]
        if wanted not in workspaces:
            detail = f"There is no workspace {wanted!r}."
            near = nearest(wanted, workspaces)
            yield Problem("/workspaceKey", "unknownReference", detail, wanted, near)
        users, teams = _people(content["owners"] or [])
        found = {one.username for one in users} | {one.name for one in teams}
        for at, name in enumerate(content["owners"] or []):
            if name not in found:
                detail = f"There is no active user or team {name[:120]!r}."
                yield Problem(f"/owners/{at}", "unknownReference", detail, name)

    def verify(self, content: Content) -> Iterable[Problem]:
        for problem in check(from_automation(_definition(content))):
            yield Problem(
                problem.pointer.replace("/steps", "/actions", 1)
                if problem.pointer.startswith("/steps")
                else problem.pointer,
                problem.code,
                problem.detail,
                problem.value,
                problem.nearest,
            )

    def check_kept(self, content: Content) -> Iterable[Problem]:
        return (one for one in self.verify(content) if one.code in OF_FORM)

    def not_yet_active(self, content: Content) -> str | None:
        told = warnings(from_automation(_definition(content)))
        return "It is published, but: " + " ".join(one.detail for one in told) if told else None

    def present(self) -> dict[str, Content]:
        """Four queries, however many workflows there are."""
        rows = list(Workflow.objects.select_related("live_version", "workspace").order_by("pk"))
        owners, drafts = all_holders(rows, OWN), _drafts_of_unpublished()
        return {row.key: _content(row, owners[row.pk], drafts) for row in rows}

    def write(self, content: Content, *, before: Content | None, actor: Actor) -> None:
        if before is None:
            workflow = _create(content, actor)
        else:
            workflow = Workflow.objects.get(key=content["key"])
            _describe(workflow, content, before, actor)
        changed = set(differing(before, content)) & {*DEFINITION, "published"}
        if content["published"] and changed:
            _publish(workflow, content, actor)
        elif changed:
            _withdraw(workflow, content, actor)

    def remove(self, content: Content, *, actor: Actor) -> None:
        workflow = Workflow.objects.filter(key=content["key"]).first()
        if workflow is not None:
            delete_workflow(workflow, actor=actor)


def _definition(content: Content) -> Content:
    """The parts of a definition that are there; null says that a part is not."""
    return {name: content[name] for name in DEFINITION if content[name] is not None}


def _content(row: Workflow, owners: Sequence[str], drafts: Mapping[int, Json]) -> Content:
    """The content of a workflow: its live definition, else that of its draft."""
    live = row.live_version
    definition = drafts.get(row.pk, {}) if live is None else live.definition
    return {
        "key": row.key,
        "name": row.name,
        "description": row.description or None,
        "trigger": definition.get("trigger"),
        "stream": definition.get("stream"),
        "actions": definition.get("steps"),
        "workspaceKey": row.workspace.key,
        "owners": sorted(owners) or None,
        "published": live is not None,
    }


def _drafts_of_unpublished() -> dict[int, Json]:
    """By workflow id, what the shared draft says where nothing is live."""
    drafts = Draft.objects.filter(owner=None, workflow__live_version=None)
    return dict(drafts.values_list("workflow_id", "definition"))


def _create(content: Content, actor: Actor) -> Workflow:
    users, teams = _people(content["owners"] or [])
    workflow = create_workflow(
        content["key"],
        actor=actor,
        workspace=Workspace.objects.get(key=content["workspaceKey"]),
        name=content["name"],
        description=content["description"] or "",
        owners=users or None,
    )
    if content["owners"] is not None:
        share_workflow(workflow, actor=actor, owners=(users, teams))
    return workflow


def _describe(workflow: Workflow, content: Content, before: Content, actor: Actor) -> None:
    update_workflow(
        workflow,
        actor=actor,
        name=content["name"],
        description=content["description"] or "",
    )
    if content["owners"] != before["owners"] and content["owners"] is not None:
        share_workflow(workflow, actor=actor, owners=_people(content["owners"]))


def _publish(workflow: Workflow, content: Content, actor: Actor) -> None:
    """Makes this the live definition; a draft that people have open goes on as it was."""
    draft, is_new = begin_draft(workflow, actor=actor)
    own = None if is_new or workflow.live_version is None else draft.definition
    save_draft(workflow, from_automation(_definition(content)), actor=actor)
    publish(workflow, actor=actor, description="Applied with a package.")
    if own is not None:
        begin_draft(workflow, actor=actor)
        save_draft(workflow, own, actor=actor)


def _withdraw(workflow: Workflow, content: Content, actor: Actor) -> None:
    if workflow.live_version is not None:
        unpublish(workflow, actor=actor)
    begin_draft(workflow, actor=actor)
    save_draft(workflow, from_automation(_definition(content)), actor=actor)


def _people(names: Sequence[str]) -> tuple[list[User], list[Group]]:
    users = User.objects.filter(username__in=names, is_active=True)
    return list(users), list(Team.objects.filter(name__in=names))
