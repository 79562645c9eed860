"""addresses.md: every address of the API and its methods, from the OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from drf_spectacular.generators import SchemaGenerator

from scripts.reference.markdown import code, codes, page, table

PREFIX = "/api/v1/"
INTRODUCTION = """
All stand below `/api/v1/`. The OpenAPI document at `/api/v1/schema/` has their bodies and answers,
to be tried at `/api/v1/docs/`. What all have in common is told by [the HTTP API](http-api.md).
Every address can refuse with 401, 403 and 422, and with 404 where it has a part in braces; what
else it can refuse with is listed.
"""
COMMON = {"401", "403", "404", "422"}
Operation = tuple[str, str, Mapping[str, Any]]


def render() -> str:
    sections = [
        f"## {tag}\n\n{table(HEADS, map(_row, operations))}"
        for tag, operations in groupby(_operations(), key=lambda one: _tag(one[0]))
    ]
    return page("Addresses of the HTTP API", INTRODUCTION, *sections)


HEADS = ("method", "address", "what it does", "query", "answers", "refusals")


def _operations() -> Iterator[Operation]:
    document: Mapping[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if isinstance(operation, dict):
                yield path.removeprefix(PREFIX), method, operation


def _tag(path: str) -> str:
    return path.partition("/")[0]


def _row(operation: Operation) -> tuple[str, ...]:
    path, method, said = operation
    query = [one["name"] for one in said.get("parameters", ()) if one["in"] == "query"]
    statuses = sorted(said["responses"])
    return (
        method.upper(),
        code(path),
        said.get("summary", "This document"),
        codes(query),
        ", ".join(one for one in statuses if one < "400"),
        ", ".join(one for one in statuses if one >= "400" and one not in COMMON),
    )
