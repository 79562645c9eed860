"""The product's own source files, parsed once, for tests that read code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = (
    "config",
    "journal",
    "accounts",
    "catalog",
    "workflows",
    "permissions",
    "notifications",
    "automations",
)
ENTRIES = frozenset(
    {"api", "views", "admin", "consumers", "tasks", "management", "urls", "urls_api", "routing"}
)


@dataclass(frozen=True)
class Source:
    """One module: its name, text and syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def is_entry(self) -> bool:
        return not ENTRIES.isdisjoint(self.module.split("."))

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for part in ast.walk(self.tree):
            if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
                yield part


@cache
def sources() -> tuple[Source, ...]:
    """Every module of the product but migrations, which Django writes."""
    return tuple(_read(path) for package in PACKAGES for path in _modules(ROOT / package))


@cache
def sources_of_tests() -> tuple[Source, ...]:
    return tuple(_read(path) for path in _modules(ROOT / "tests"))


def _modules(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path


def _read(path: Path) -> Source:
    text = path.read_text(encoding="utf-8")
    return Source(path.relative_to(ROOT).as_posix(), text, ast.parse(text))
