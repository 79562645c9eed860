"""Definitions as JSON: their digest, their parts, the ids of their steps. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]

MOST_STEPS = 1000
NESTED = ("steps", "then", "else")
ON_FAILURE = "onFailure/steps"


def digest(definition: Json) -> str:
    """The same for definitions that are equal as JSON, whatever the order of their keys."""
    canonical = json.dumps(definition, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def from_automation(entry: Json) -> dict[str, Any]:
    """The definition in a package's automation: trigger, stream, and actions as steps."""
    parts = {"trigger": entry.get("trigger", {}), "steps": entry.get("actions", [])}
    if "stream" in entry:
        parts["stream"] = entry["stream"]
    return parts


def walk(steps: object, pointer: str = "/steps") -> Iterator[tuple[str, Any]]:
    """Every step of the tree with its pointer, a step before those nested in it."""
    if not isinstance(steps, list):
        return
    for index, step in enumerate(steps):
        here = f"{pointer}/{index}"
        yield here, step
        if not isinstance(step, Mapping):
            continue
        for place, inner in nested(step, here):
            yield from walk(inner, place)


def nested(step: Json, pointer: str) -> Iterator[tuple[str, Any]]:
    """The lists of steps directly inside a step, each with its pointer."""
    for name in NESTED:
        yield f"{pointer}/{name}", step.get(name)
    failure = step.get("onFailure")
    if isinstance(failure, Mapping):
        yield f"{pointer}/{ON_FAILURE}", failure.get("steps")
    for number, branch in enumerate(_branches(step)):
        yield f"{pointer}/branches/{number}", branch


def _branches(step: Json) -> list[Any]:
    branches = step.get("branches")
    return branches if isinstance(branches, list) else []


def depth_of(value: object, limit: int) -> int:
    """How deep lists and objects nest, counted up to the limit, without recursion."""
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        part, level = waiting.pop()
        if isinstance(part, Mapping | list):
            deepest = max(deepest, level)
            if level > limit:
                return level
            children = part.values() if isinstance(part, Mapping) else part
            waiting.extend((child, level + 1) for child in children)
    return deepest


def step_id(step: Json, pointer: str) -> str:
    """The id a step carries, or one made from its place."""
    given = step.get("id")
    return given if isinstance(given, str) and given else pointer.strip("/").replace("/", "-")
