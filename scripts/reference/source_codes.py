"""The codes of problems and refusals, read off the source: where each stands, in what words.

Knows three forms: `Problem(pointer, "code", detail)`, a refusal with `code="code"`, and the pairs
`("code", "Sentence.")` that `Unacceptable` is raised with.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from django.conf import settings

from accounts.exceptions import Refused

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (*reversed(settings.OUR_APPS), "config")
CODE = re.compile(r"[a-z][A-Za-z0-9]*\Z")
PAIRED = "Unacceptable"
Assigned = list[tuple[int, str, str]]
FORM = ("catalog/packages/fields.py", "catalog/packages/kinds.py")


@dataclass(frozen=True, slots=True)
class Found:
    """A code at one place; `refusal` names the exception, empty where it is one of several."""

    code: str
    detail: str
    path: str
    refusal: str = ""


@cache
def all_found() -> tuple[Found, ...]:
    return tuple(
        found
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
        for found in _of_module(path)
    )


def codes_in(kind: type) -> set[str]:
    """The codes that stand in a class, and in the functions of its module that it leads to."""
    source = ast.parse(Path(inspect.getfile(kind)).read_text(encoding="utf-8"))
    here = {one.name: one for one in source.body if isinstance(one, ast.ClassDef | ast.FunctionDef)}
    reached: set[str] = set()
    waiting = [kind.__name__]
    while waiting:
        name = waiting.pop()
        reached.add(name)
        named = {one.id for one in ast.walk(here[name]) if isinstance(one, ast.Name)}
        waiting += [one for one in named - reached if isinstance(here.get(one), ast.FunctionDef)]
    return {found.code for name in reached for found in _of_tree(here[name], "")}


@cache
def shared_codes() -> frozenset[str]:
    """Those that the form of any entry can have."""
    return frozenset(found.code for found in all_found() if found.path in FORM)


def refusals() -> dict[str, type[Refused]]:
    """Every exception of ours that is an answer, by its name."""
    waiting: list[type[Refused]] = [Refused]
    known: dict[str, type[Refused]] = {}
    while waiting:
        one = waiting.pop()
        known[one.__name__] = one
        waiting += one.__subclasses__()
    return known


def _of_module(path: Path) -> Iterator[Found]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield from _of_tree(tree, path.relative_to(ROOT).as_posix())


def _of_tree(tree: ast.AST, path: str) -> Iterator[Found]:
    """What stands in it, each once; names are read where they were assigned last."""
    for part in ast.walk(tree):
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            assigned = _assigned(part)
            for call in _calls(part):
                yield from _of_call(call, path, assigned)
        elif isinstance(part, ast.Tuple):
            yield from _of_pair(part, path)


def _calls(function: ast.AST) -> Iterator[ast.Call]:
    """Those of the function itself, not of functions inside it."""
    for part in ast.iter_child_nodes(function):
        if not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            if isinstance(part, ast.Call):
                yield part
            yield from _calls(part)


def _assigned(function: ast.AST) -> Assigned:
    """Line, name and text of each local that is given a literal text, from top to bottom."""
    return sorted(
        (one.lineno, target.id, text)
        for one in ast.walk(function)
        if isinstance(one, ast.Assign) and (text := _text(one.value))
        for target in one.targets
        if isinstance(target, ast.Name)
    )


def _of_call(call: ast.Call, path: str, assigned: Assigned) -> Iterator[Found]:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    given = [_said(one, path, assigned) for one in call.args]
    keyword = {one.arg: _said(one.value, path, assigned) for one in call.keywords if one.arg}
    if name in ("Problem", "_problem") and len(given) > 1 and CODE.match(given[1]):
        yield Found(given[1], given[2] if len(given) > 2 else keyword.get("detail", ""), path)
    elif name in refusals() and CODE.match(keyword.get("code", "")):
        yield Found(keyword["code"], given[0] if given else "", path, name)
    elif name in (PAIRED, "ErrorDetail", "ValidationError"):
        code = keyword.get("code") or (given[0] if name == PAIRED and given else "")
        if CODE.match(code):
            yield Found(code, given[1] if name == PAIRED and len(given) > 1 else given[0], path)


def _of_pair(pair: ast.Tuple, path: str) -> Iterator[Found]:
    """What `Unacceptable(*PAIR)` is raised with."""
    if path != "catalog/canonical.py" or len(pair.elts) != 2:
        return
    code, detail = map(_text, pair.elts)
    if CODE.match(code) and detail.endswith("."):
        yield Found(code, detail, path)


def _said(value: ast.expr, path: str, assigned: Assigned) -> str:
    """A literal, or the text of the local or the constant that is named."""
    if not isinstance(value, ast.Name):
        return _text(value)
    before = [text for line, name, text in assigned if name == value.id and line <= value.lineno]
    return before[-1] if before else _constant(path, value.id)


def _constant(path: str, name: str) -> str:
    if not (path and name.isupper()):
        return ""
    found = getattr(import_module(path.removesuffix(".py").replace("/", ".")), name, "")
    return found if isinstance(found, str) else ""


def _text(value: ast.expr) -> str:
    """A literal text; what is filled in at run time is shown as an ellipsis."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    if isinstance(value, ast.JoinedStr):
        return "".join(_text(one) or "…" for one in value.values)
    return ""
