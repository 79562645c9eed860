"""`workspaces/` and `workspaces/KEY/`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ChoiceField

from accounts import gate
from accounts.gates import gated
from accounts.grants import JOIN, OWN, all_holders
from accounts.http.forms import Flag, Form, Key, Names, Text
from accounts.http.pagination import Sorted
from accounts.http.resources import Listing, Resource
from accounts.models import Workspace
from accounts.models.workspaces import Access
from accounts.services import workspaces

BY_KEY = Sorted.by("key")


class WorkspaceForm(Form):
    """A place for boards and workflows. Owners and members are usernames and team names."""

    key = Key()
    name = Text(max_length=200)
    access = ChoiceField(choices=Access.choices)
    owners = Names()
    members = Names()
    can_edit = Flag(read_only=True)


class NewWorkspaceForm(Form):
    """A workspace to be made; without owners its maker is the owner."""

    key = Key()
    name = Text(max_length=200, required=False)
    access = ChoiceField(choices=Access.choices, required=False)
    owners = Names(required=False)
    members = Names(required=False)


class WorkspaceParameters(Form):
    """How the list of workspaces may be narrowed."""

    q = Text(required=False, max_length=200)
    access = ChoiceField(choices=Access.choices, required=False)


@gated("view", Workspace)
class Workspaces(Listing):
    """The workspaces that the signed-in user reaches."""

    parameters = WorkspaceParameters
    sorts: ClassVar[Mapping[str, str]] = {"key": "key", "name": "name"}

    @extend_schema(
        responses=WorkspaceForm(many=True),
        parameters=[WorkspaceParameters],
        summary="List the workspaces",
    )
    def get(self, request: Request) -> Response:
        rows = gate.narrow(self.actor, "view", Workspace.objects.all())
        if "q" in self.query:
            rows = rows.filter(name__icontains=self.query["q"])
        if "access" in self.query:
            rows = rows.filter(access=self.query["access"])
        return self.answer_page(rows, BY_KEY, self._shown)

    @extend_schema(
        request=NewWorkspaceForm, responses={201: WorkspaceForm}, summary="Make a workspace"
    )
    @gated("create", Workspace)
    def post(self, request: Request) -> Response:
        given = self.body(NewWorkspaceForm)
        made = workspaces.create_workspace(given.pop("key"), actor=self.actor, **given)
        return Response(self._shown([made])[0], status=201)

    def _shown(self, rows: Sequence[Workspace]) -> list[dict[str, Any]]:
        return shown(rows, _editable(self.actor, rows))


@gated("view", Workspace)
class OneWorkspace(Resource):
    """One workspace, by key."""

    @extend_schema(responses=WorkspaceForm, summary="Read a workspace")
    def get(self, request: Request, key: str) -> Response:
        return self._answer(self._fetch(key))

    @extend_schema(request=NewWorkspaceForm, responses=WorkspaceForm, summary="Change a workspace")
    @gated("edit", Workspace)
    def patch(self, request: Request, key: str) -> Response:
        workspace = self._fetch(key)
        given = self.body(NewWorkspaceForm, partial=True)
        return self._answer(workspaces.change_workspace(workspace, actor=self.actor, **given))

    @extend_schema(responses={204: None}, summary="Remove an empty workspace")
    @gated("delete", Workspace)
    def delete(self, request: Request, key: str) -> Response:
        workspaces.delete_workspace(self._fetch(key), actor=self.actor)
        return Response(status=204)

    def _fetch(self, key: str) -> Workspace:
        return gate.fetch(self.actor, Workspace.objects.all(), key=key)

    def _answer(self, workspace: Workspace) -> Response:
        return Response(shown([workspace], _editable(self.actor, [workspace]))[0])


def _editable(actor: Any, rows: Sequence[Workspace]) -> set[int]:
    mine = Workspace.objects.filter(pk__in=[row.pk for row in rows])
    return set(gate.narrow(actor, "edit", mine).values_list("pk", flat=True))


def shown(rows: Sequence[Workspace], editable: set[int]) -> list[dict[str, Any]]:
    owners, members = all_holders(rows, OWN), all_holders(rows, JOIN)
    return [
        {
            "key": row.key,
            "name": row.name,
            "access": row.access,
            "owners": owners[row.pk],
            "members": members[row.pk],
            "canEdit": row.pk in editable,
        }
        for row in rows
    ]
