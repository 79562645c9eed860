"""`expressions/evaluate/`: trying an expression."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import DictField

from accounts.gates import gated
from accounts.http.forms import Form, Text, Whole
from catalog.api.forms import BIGGEST, Values
from catalog.api.objects import ObjectResource
from catalog.models import GovernedObject
from catalog.services.evaluating import evaluate


class ExpressionForm(Form):
    """An expression, and what it may read."""

    expression = Text(
        trim_whitespace=False,
        allow_blank=True,
        help_text="Bare, or a text with expressions in braces; see the reference of expressions.",
    )
    object_id = Whole(
        required=False, min_value=1, max_value=BIGGEST, help_text="What `@object` is."
    )
    input = DictField(child=Values(allow_null=True), required=False, help_text="What `@input` is.")


class ValueForm(Form):
    """What the expression comes to: decimals and dates as texts, an object as its key."""

    value = Values(allow_null=True)


@gated("view", GovernedObject)
class Evaluate(ObjectResource):
    """An expression, tried on an object that the signed-in user may see, by their rights."""

    may_find_nothing = True
    only_asks = True

    @extend_schema(request=ExpressionForm, responses=ValueForm, summary="Evaluate an expression")
    def post(self, request: Request) -> Response:
        given = self.body(ExpressionForm)
        obj = self.fetch(given["object_id"]) if "object_id" in given else None
        value = evaluate(given["expression"], actor=self.actor, obj=obj, input=given.get("input"))
        return Response({"value": value})
