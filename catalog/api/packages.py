"""`packages/plan/`, `packages/apply/` and `packages/export/`."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ChoiceField, IntegerField, JSONField

from accounts.gates import gated
from accounts.http.forms import Form, Text
from accounts.http.parsing import PackageParser
from accounts.http.resources import Resource
from accounts.http.schema import ProblemPlaceForm
from catalog.models import Package
from catalog.packages import applying
from catalog.packages.document import HEADER
from catalog.packages.exporting import export
from catalog.packages.kinds import list_names
from catalog.packages.plans import CHANGE, CREATE, REMOVE
from catalog.packages.schemas import of_field

SMALL_PACKAGE = OpenApiExample(
    "An object type with a lifecycle",
    {
        "packageKey": "terms",
        "workflows": [{"key": "term_lifecycle", "name": "Life of a term"}],
        "workflowStates": [
            {"key": "draft", "name": "Draft", "position": 1},
            {"key": "approved", "name": "Approved", "color": "#10B981", "position": 2},
        ],
        "workflowTransitions": [
            {"key": "approve", "fromStateKey": "draft", "toStateKey": "approved"}
        ],
        "objectTypes": [{"key": "term", "name": "Business term"}],
    },
    request_only=True,
)


class ApplyParameters(Form):
    """How a package is read."""

    allow_unknown_keys = ChoiceField(choices=["true", "false"], required=False)


class ExportParameters(Form):
    """Which package; everything where none is named."""

    package = Text(max_length=100, required=False)


class FieldChangeForm(Form):
    """One field of an asset, before and after."""

    field = Text()
    before = JSONField(allow_null=True)
    after = JSONField(allow_null=True)


class AssetChangeForm(Form):
    """What happens to one asset."""

    action = ChoiceField(choices=[CREATE, CHANGE, REMOVE])
    kind = Text()
    key = Text()
    identity = Text()
    title = Text(help_text="Which asset it is, for people.")

    def get_fields(self) -> dict[str, Any]:
        # `fields` is a property of every serializer: as a declared field it would hide that.
        return {**super().get_fields(), "fields": FieldChangeForm(many=True)}


class NotYetActiveForm(Form):
    """An entry that is kept, and has no effect in this version."""

    pointer = Text(allow_blank=True)
    kind = Text()
    key = Text(allow_blank=True)
    title = Text(allow_blank=True)
    detail = Text()


class MoveForm(Form):
    """The users of an asset that leaves go over to another of its kind."""

    pointer = Text()
    kind = Text()
    identity = Text(help_text="What leaves.")
    into = Text(help_text="What they use then.")
    count = IntegerField(min_value=0)
    detail = Text()


class PlanForm(Form):
    """What a package changes, and what is wrong with it."""

    package_key = Text(allow_blank=True)
    changes = AssetChangeForm(many=True)
    problems = ProblemPlaceForm(many=True)
    not_yet_active = NotYetActiveForm(many=True)
    moves = MoveForm(many=True)
    warnings = ProblemPlaceForm(many=True)


def package_schema() -> dict[str, Any]:
    """The frame of a package; `plan` tells all that is wrong with its entries."""
    entries: dict[str, Any] = {"type": "array", "items": {"type": "object"}}
    lists = {name: entries for name in list_names() if "." not in name}
    return {
        "type": "object",
        "required": ["packageKey"],
        "properties": {
            **{one.name: of_field(one) for one in HEADER},
            **lists,
        },
    }


class PackageResource(Resource):
    """An address that takes a package."""

    parser_classes = (PackageParser,)
    acting_parameters = ApplyParameters

    @property
    def allows_unknown_keys(self) -> bool:
        return bool(self.query.get("allow_unknown_keys") == "true")


@gated("configure", Package)
class PlanPackage(PackageResource):
    """What applying a package would do; nothing is written."""

    only_asks = True

    @extend_schema(
        request={"application/json": package_schema()},
        responses={200: PlanForm},
        parameters=[ApplyParameters],
        examples=[SMALL_PACKAGE],
        summary="Plan a package",
    )
    def post(self, request: Request) -> Response:
        found = applying.plan(
            request.data, actor=self.actor, allow_unknown_keys=self.allows_unknown_keys
        )
        return Response(found.as_json())


@gated("configure", Package)
class ApplyPackage(PackageResource):
    """Writes a package, all of it or nothing."""

    @extend_schema(
        request={"application/json": package_schema()},
        responses={200: PlanForm},
        parameters=[ApplyParameters],
        examples=[SMALL_PACKAGE],
        summary="Apply a package",
    )
    def post(self, request: Request) -> Response:
        done = applying.apply(
            request.data, actor=self.actor, allow_unknown_keys=self.allows_unknown_keys
        )
        return Response(done.as_json())


@gated("configure", Package)
class ExportPackage(Resource):
    """The JSON of a package, or of everything."""

    may_find_nothing = True
    parameters = ExportParameters

    @extend_schema(
        responses={200: package_schema()}, parameters=[ExportParameters], summary="Export"
    )
    def get(self, request: Request) -> Response:
        return Response(export(self.query.get("package"), actor=self.actor))
