"""Addresses of the schema, made from the kinds of assets of packages: same fields, same rules.

The JSON of an asset is its entry in a package, with every field. Higher apps make the addresses
of their own kinds with `addresses_of`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.urls import URLPattern
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import gate
from accounts.exceptions import Invalid, NotFound, Problem
from accounts.gates import gated
from accounts.http.addresses import path
from accounts.http.forms import Form, Text
from accounts.http.pagination import Sorted
from accounts.http.resources import Listing, Resource
from catalog.packages.kinds import RowKind, row_kind
from catalog.packages.schemas import json_schema
from catalog.packages.single import delete_one, save_one

BY_KEY = Sorted.by("key")


class SearchForm(Form):
    """How a list of assets may be narrowed."""

    q = Text(required=False, max_length=200)


class ScopedSearchForm(SearchForm):
    """How a list of attribute types may be narrowed."""

    object_type_key = Text(required=False, max_length=100)


class ScopeForm(Form):
    """Whose attribute is meant; needed where several object types have one of this key."""

    object_type_key = Text(required=False, max_length=100)


class Assets(Listing):
    """All assets of a kind."""

    kind_key: ClassVar[str]
    extra_fields: ClassVar[dict[str, Any]] = {}
    sorted_by: ClassVar[Sorted] = BY_KEY
    parameters: ClassVar[type[Form]] = SearchForm
    sorts: ClassVar[Mapping[str, str]] = {"key": "key", "name": "name"}

    @property
    def kind(self) -> RowKind[Any]:
        return row_kind(self.kind_key)

    def get(self, request: Request) -> Response:
        rows = gate.narrow(self.actor, "view", self.kind.rows())
        return self.answer_page(self.narrowed(rows), self.sorted_by, self.shown)

    def post(self, request: Request) -> Response:
        content = save_one(self.kind_key, self.members(), actor=self.actor)
        found = self.kind.find(content)
        if found is None:
            raise NotFound(f"There is no such {self.kind.label}.")
        return Response(self.shown([found])[0], status=201)

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if "q" in self.query:
            rows = rows.filter(name__icontains=self.query["q"])
        if "object_type_key" in self.query:
            rows = rows.filter(object_type__key=self.query["object_type_key"])
        return rows

    def shown(self, rows: Sequence[Model]) -> list[dict[str, Any]]:
        return [self.kind.read(row) for row in rows]


class Asset(Resource):
    """One asset of a kind."""

    kind_key: ClassVar[str]
    extra_fields: ClassVar[dict[str, Any]] = {}

    @property
    def kind(self) -> RowKind[Any]:
        return row_kind(self.kind_key)

    def get(self, request: Request, **address: Any) -> Response:
        return Response(self.shown(self.fetch(**address)))

    def patch(self, request: Request, **address: Any) -> Response:
        row = self.fetch(**address)
        save_one(self.kind_key, self.members(), actor=self.actor, existing=self.identity_of(row))
        return Response(self.shown(self.kind.rows().get(pk=row.pk)))

    def delete(self, request: Request, **address: Any) -> Response:
        delete_one(self.kind_key, self.identity_of(self.fetch(**address)), actor=self.actor)
        return Response(status=204)

    def shown(self, row: Model) -> dict[str, Any]:
        return self.kind.read(row)

    def fetch(self, **address: Any) -> Model:
        key = address["key"]
        rows = self.kind.rows()
        if "object_type_key" in self.query:
            rows = rows.filter(object_type__key=self.query["object_type_key"])
        found: list[Model] = list(gate.narrow(self.actor, "view", rows).filter(key=key)[:2])
        if not found:
            raise NotFound(f"There is no such {self.kind.label}.")
        if len(found) > 1:
            detail = f"Several object types have the {self.kind.label} {key}: name one of them."
            raise Invalid(problems=[Problem("/objectTypeKey", "ambiguous", detail)])
        return found[0]

    def identity_of(self, row: Model) -> str:
        return self.kind.identity(self.kind.read(row)) or ""


def addresses_of(address: str, kind_key: str, *, in_object_type: bool = False) -> list[URLPattern]:
    """`address/` and `address/KEY/` of a kind."""
    listing = _made(Assets, kind_key)
    one = _made(Asset, kind_key)
    if in_object_type:
        listing.parameters = ScopedSearchForm
        listing.sorted_by = Sorted.by("object_type__key", "key")
        one.parameters = one.acting_parameters = ScopeForm
    return [
        path(f"{address}/", documented_listing(listing).as_view()),
        path(f"{address}/<key:key>/", documented_one(one).as_view()),
    ]


def _made(base: type[Any], kind_key: str) -> type[Any]:
    kind = row_kind(kind_key)
    name = f"{kind.__class__.__name__}{base.__name__}"
    members = {"kind_key": kind_key, "__doc__": kind.__class__.__doc__, "__module__": __name__}
    return gated("view", kind.model)(type(name, (base,), members))


def documented_listing(view: type[Any]) -> type[Any]:
    """Describes a list's operations, and declares the gate of the one that changes."""
    kind = row_kind(view.kind_key)
    full, entry = shapes_of(kind, view.extra_fields)
    described = extend_schema_view(
        get=extend_schema(
            summary=f"List: {kind.label}",
            parameters=[view.parameters],
            responses={200: full},
        ),
        post=extend_schema(
            summary=f"Make: {kind.label}",
            request={"application/json": entry},
            responses={201: full},
        ),
    )(view)
    gated("configure", kind.model)(described.post)
    return described


def documented_one(view: type[Any]) -> type[Any]:
    """Describes the operations on one asset, and declares the gate of those that change."""
    kind = row_kind(view.kind_key)
    full, entry = shapes_of(kind, view.extra_fields)
    parameters = [view.parameters] if view.parameters else []
    change = {**entry, "required": []}
    described = extend_schema_view(
        get=extend_schema(
            summary=f"Read: {kind.label}", parameters=parameters, responses={200: full}
        ),
        patch=extend_schema(
            summary=f"Change: {kind.label}",
            description="The fields that are given; null gives one its default back.",
            parameters=parameters,
            request={"application/json": change},
            responses={200: full},
        ),
        delete=extend_schema(
            summary=f"Delete, where nothing uses it: {kind.label}",
            parameters=parameters,
            responses={204: None},
        ),
    )(view)
    for method in (described.patch, described.delete):
        gated("configure", kind.model)(method)
    return described


def shapes_of(kind: RowKind[Any], extra: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The JSON schemas of an asset as it is answered, with every field, and as it is given."""
    entry = json_schema(kind)
    properties = {**extra, **entry["properties"]}
    return {**entry, "properties": properties, "required": list(properties)}, entry
