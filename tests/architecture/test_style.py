"""Rules of style that a machine can read off the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.sources import Source, sources, sources_of_tests

MOST_FUNCTION_LINES = 60
MOST_MODULE_LINES = 450

# Silenced checks that were looked at: path and what is silenced. Each says why where it stands.
SILENCED = frozenset(
    {
        # annotated and dynamic columns, which the types of a query can't say
        ("catalog/services/naming.py", "type: ignore[attr-defined]"),
        # bases without types
        ("accounts/http/schema.py", "type: ignore[no-untyped-call]"),
        ("catalog/fields.py", "type: ignore[misc, type-arg]"),
    }
)
SILENCE = re.compile(r"#\s*(type:\s*ignore(?:\[[^\]]*\])?|noqa(?::\s*\S+)?|pragma:\s*no cover)")

# Words that name nothing: everything is data, and every module helps.
EMPTY_WORDS = frozenset(
    {
        "process",
        "instance",
        "job",
        "node",
        "entity",
        "manager",
        "handler",
        "helper",
        "helpers",
        "util",
        "utils",
        "misc",
        "data",
        "info",
    }
)
# Names that a framework, a protocol or the trade gives to what it calls or defines.
GIVEN = frozenset(
    {
        "DATA_DIR",
        "DATA_UPLOAD_MAX_MEMORY_SIZE",
        "DATA_UPLOAD_MAX_NUMBER_FIELDS",
        "ENTITY_TAG",  # of HTTP
        "Node",  # of a syntax tree
        "_node",
        "get_context_data",
        "handle_data",  # of html.parser
        "handler400",
        "handler403",
        "handler404",
        "handler500",
        "process_view",  # of Django's middleware
        "process",  # of Lark's post-lexers
        "process_exception",
    }
)


def test_functions_are_short() -> None:
    too_long = {
        f"{source.path}: {function.name}": lines
        for source in sources()
        for function in source.functions()
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > MOST_FUNCTION_LINES
    }
    assert too_long == {}


def test_modules_are_short() -> None:
    too_long = {
        source.path: lines
        for source in (*sources(), *sources_of_tests())
        if (lines := source.text.count("\n")) > MOST_MODULE_LINES
    }
    assert too_long == {}


def test_modules_say_their_job() -> None:
    silent = [
        source.path
        for source in sources()
        if source.tree.body and not ast.get_docstring(source.tree)
    ]
    assert silent == []


def test_imports_stand_at_the_top() -> None:
    """Inside a function an import would dodge the contracts' order, and fail late."""
    inside = [
        f"{source.path}:{line}"
        for source in sources()
        if not source.is_entry and not _is_app_config(source)
        for line in _imports_inside_functions(source)
    ]
    assert inside == []


def _is_app_config(source: Source) -> bool:
    # Django loads these before models exist; `ready` is where the rest is imported.
    return source.path.endswith("/apps.py")


def _imports_inside_functions(source: Source) -> Iterator[int]:
    for function in source.functions():
        for part in ast.walk(function):
            if isinstance(part, ast.Import | ast.ImportFrom):
                yield part.lineno


def test_what_is_silenced_is_listed() -> None:
    found = {
        (source.path, match.group(1))
        for source in sources()
        for match in SILENCE.finditer(source.text)
    }
    assert found == SILENCED


def test_names_say_something() -> None:
    empty = [
        f"{source.path}: {name}"
        for source in sources()
        for name in _names(source)
        if name not in GIVEN and EMPTY_WORDS & set(_words(name))
    ]
    assert empty == []


def _names(source: Source) -> Iterator[str]:
    """Of the module, its classes and functions, and what is assigned at its top."""
    yield source.module.rpartition(".")[2]
    for part in ast.walk(source.tree):
        if isinstance(part, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield part.name
    for statement in source.tree.body:
        if isinstance(statement, ast.Assign):
            yield from (target.id for target in statement.targets if isinstance(target, ast.Name))
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target.id


def _words(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]


def test_the_words_of_a_name_are_found() -> None:
    assert _words("UserDataView") == ["user", "data", "view"]
    assert _words("load_job_2") == ["load", "job"]
    assert _words("JSONNode") == ["json", "node"]
    assert not EMPTY_WORDS & set(_words("database_processor"))
