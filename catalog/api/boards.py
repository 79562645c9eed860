"""`boards/` and `boards/KEY/`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.http import StreamingHttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ChoiceField, ListField

from accounts import gate
from accounts.actor import Actor
from accounts.gates import gated
from accounts.grants import JOIN, OWN, all_holders
from accounts.http.forms import Flag, Form, Key, Names, Text
from accounts.http.pagination import Sorted
from accounts.http.resources import Listing, Resource, read
from accounts.models import Workspace
from catalog.api import exporting, listing
from catalog.models import Board, GovernedObject
from catalog.services import boards, naming
from catalog.services.columns import MOST_COLUMNS, Column, columns_of

BY_KEY = Sorted.by("key")
EXPORTED = [one for one in listing.PARAMETERS if one.name not in exporting.NEVER]


class ColumnForm(Form):
    """Who views and who edits an attribute on a board; an empty list means everybody."""

    attribute_key = Text(max_length=100)
    viewers = Names(required=False)
    editors = Names(required=False)


def some_columns(**kwargs: Any) -> ListField:
    return ListField(child=ColumnForm(), max_length=MOST_COLUMNS, **kwargs)


class BoardForm(Form):
    """A collection of objects. Owners and members are usernames and team names."""

    key = Key()
    name = Text(max_length=200)
    workspace_key = Key()
    type = ChoiceField(choices=Board.Type.choices)
    owners = Names()
    members = Names()
    columns = some_columns()
    can_edit = Flag(read_only=True)


class NewBoardForm(Form):
    """A board to be made; without owners its maker is the owner."""

    key = Key()
    name = Text(max_length=200, required=False)
    workspace_key = Text(max_length=100, required=False)
    type = ChoiceField(choices=Board.Type.choices, required=False)
    owners = Names(required=False)
    members = Names(required=False)
    columns = some_columns(required=False)


class BoardChangeForm(Form):
    """What of a board is to change; its key stays."""

    name = Text(max_length=200, required=False)
    workspace_key = Text(max_length=100, required=False)
    type = ChoiceField(choices=Board.Type.choices, required=False)
    owners = Names(required=False)
    members = Names(required=False)
    columns = some_columns(required=False)


class BoardParameters(Form):
    """How the list of boards may be narrowed."""

    q = Text(required=False, max_length=200)
    workspace_key = Text(required=False, max_length=100)


@gated("view", Board)
class Boards(Listing):
    """The boards that the signed-in user reaches."""

    parameters = BoardParameters
    sorts: ClassVar[Mapping[str, str]] = {"key": "key", "name": "name"}

    @extend_schema(
        responses=BoardForm(many=True), parameters=[BoardParameters], summary="List the boards"
    )
    def get(self, request: Request) -> Response:
        rows = gate.narrow(self.actor, "view", Board.objects.select_related("workspace"))
        if "q" in self.query:
            rows = rows.filter(name__icontains=self.query["q"])
        if "workspace_key" in self.query:
            rows = rows.filter(workspace__key=self.query["workspace_key"])
        return self.answer_page(rows, BY_KEY, lambda page: _shown(page, self.actor))

    @extend_schema(request=NewBoardForm, responses={201: BoardForm}, summary="Make a board")
    @gated("create_board", Workspace)
    def post(self, request: Request) -> Response:
        given = _places(self.body(NewBoardForm), self.actor, default="main")
        board = boards.create_board(given.pop("key"), actor=self.actor, **given)
        return Response(_shown([board], self.actor)[0], status=201)


@gated("view", Board)
class OneBoard(Resource):
    """One board, by key."""

    @extend_schema(responses=BoardForm, summary="Read a board")
    def get(self, request: Request, key: str) -> Response:
        return Response(_shown([self._fetch(key)], self.actor)[0])

    @extend_schema(request=BoardChangeForm, responses=BoardForm, summary="Change a board")
    @gated("edit", Board)
    def patch(self, request: Request, key: str) -> Response:
        board = self._fetch(key)
        given = _places(self.body(BoardChangeForm), self.actor)
        changed = boards.change_board(board, actor=self.actor, **given)
        return Response(_shown([changed], self.actor)[0])

    @extend_schema(responses={204: None}, summary="Delete a board on which nothing stands")
    @gated("delete", Board)
    def delete(self, request: Request, key: str) -> Response:
        boards.delete_board(self._fetch(key), actor=self.actor)
        return Response(status=204)

    def _fetch(self, key: str) -> Board:
        return gate.fetch(self.actor, Board.objects.select_related("workspace"), key=key)


class ExportParameters(Form):
    """In which format, and which of the board's objects."""

    format = ChoiceField(choices=list(exporting.MEDIA_TYPES), required=False)


@gated("view", Board, GovernedObject)
class ExportBoard(Resource):
    """The objects of a board as a file that `import_objects` reads."""

    @extend_schema(
        responses={(200, "text/csv"): str, (200, "application/x-ndjson"): str},
        parameters=[ExportParameters, *EXPORTED],
        summary="Export the objects of a board",
    )
    def get(self, request: Request, key: str) -> StreamingHttpResponse:
        board = gate.fetch(self.actor, Board.objects.all(), key=key)
        query = request.query_params
        asked = read(ExportParameters, {"format": query.get("format", "csv")})
        export = exporting.export_of(board, query, asked["format"], actor=self.actor)
        return exporting.answer(export)

    def read_query(self, request: Request) -> dict[str, Any]:
        """Read by `listing`, since attributes name themselves in it."""
        return {} if request.method == "GET" else super().read_query(request)


def _places(given: dict[str, Any], actor: Actor, default: str | None = None) -> dict[str, Any]:
    """The workspace in place of its key, and columns as the service takes them."""
    rest = dict(given)
    if "columns" in rest:
        rest["columns"] = [Column(**one) for one in rest["columns"]]
    key = rest.pop("workspace_key", default)
    if key is not None:
        rest["workspace"] = naming.find_workspace(key, actor=actor, pointer="/workspaceKey")
    return rest


def _shown(rows: Sequence[Board], actor: Actor) -> list[dict[str, Any]]:
    owners, members = all_holders(rows, OWN), all_holders(rows, JOIN)
    columns = columns_of(rows)
    mine = Board.objects.filter(pk__in=[row.pk for row in rows])
    editable = set(gate.narrow(actor, "edit", mine).values_list("pk", flat=True))
    return [
        {
            "key": row.key,
            "name": row.name,
            "workspaceKey": row.workspace.key,
            "type": row.type,
            "owners": owners[row.pk],
            "members": members[row.pk],
            "columns": [
                {
                    "attributeKey": one.attribute_key,
                    "viewers": one.viewers,
                    "editors": one.editors,
                }
                for one in columns[row.pk]
            ],
            "canEdit": row.pk in editable,
        }
        for row in rows
    ]
