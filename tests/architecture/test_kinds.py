"""A registered kind without its test or its entry in the docs fails here, and is told what to add.

The registries are walked as they are when the house has started; the recipes for new kinds are in
CONTRIBUTING.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pytest

from accounts.findings import finding_kinds
from accounts.handovers import handovers
from accounts.shareables import shareables
from benchmarks.kinds import BENCHMARKS
from catalog.expressions import FUNCTIONS
from catalog.filters.shapes import Operator
from catalog.models import AttributeType
from catalog.packages.kinds import AssetKind, asset_kinds
from catalog.usages import usages
from config.health import CHECKS
from config.registries import REGISTRIES
from config.routing import socket_routes, unknown
from journal.kinds import consumers, sweeps
from notifications.channels.registry import channels
from permissions.registry import rules
from tests.architecture.sources import ROOT
from workflows.authoring.checks import check
from workflows.authoring.kinds import (
    StepKind,
    TriggerKind,
    projections,
    step_kinds,
    trigger_kinds,
)

DOCS = ROOT / "docs"
TESTS = ROOT / "tests"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something of a kind must stand: the files of a pattern, with this text in one of them.

    An empty text asks for the file alone.
    """

    pattern: str
    text: str = ""

    def lacks(self) -> str:
        """What to add; empty where it is there."""
        if any(self.text in path.read_text(encoding="utf-8") for path in ROOT.glob(self.pattern)):
            return ""
        return f"add {self.text!r} to {self.pattern}" if self.text else f"add {self.pattern}"


@dataclass(frozen=True, slots=True)
class Family:
    """Kinds of one registry: their keys, and where the test and the entry of each must stand."""

    name: str
    keys: Iterable[str]
    test: Callable[[str], Place]
    docs: Callable[[str], Place]


def snake(key: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).lower()


def heading(page: str, level: int = 3) -> Callable[[str], Place]:
    return lambda key: Place(f"docs/{page}", f"\n{'#' * level} {key}\n")


def row(page: str) -> Callable[[str], Place]:
    return lambda key: Place(f"docs/{page}", f"\n| `{key}`")


def named(page: str) -> Callable[[str], Place]:
    return lambda key: Place(f"docs/{page}", f"`{key}`")


def quoted(pattern: str) -> Callable[[str], Place]:
    return lambda key: Place(f"tests/{pattern}", f'"{key}"')


def file(pattern: str) -> Callable[[str], Place]:
    return lambda key: Place(f"tests/{pattern.format(snake(key))}")


FAMILIES = (
    Family(
        "step kind",
        step_kinds.keys(),
        file("automations/steps/test_{}.py"),
        heading("reference/workflow-definitions.md"),
    ),
    Family(
        "trigger kind",
        trigger_kinds.keys(),
        file("automations/triggers/test_{}.py"),
        heading("reference/workflow-definitions.md"),
    ),
    Family(
        "asset kind",
        asset_kinds.keys(),
        quoted("catalog/packages/samples.py"),
        heading("reference/asset-kinds.md", 2),
    ),
    Family(
        "attribute type",
        AttributeType.ValueType.values,
        quoted("catalog/test_attributes.py"),
        row("reference/attribute-types.md"),
    ),
    Family(
        "channel",
        channels.keys(),
        file("notifications/test_{}.py"),
        row("reference/notifications.md"),
    ),
    Family(
        "expression function",
        FUNCTIONS,
        lambda name: Place("tests/catalog/expressions/test_functions.py", f'("{name}('),
        lambda name: Place("docs/reference/expressions.md", f"\n| `{name}("),
    ),
    Family(
        "filter operator",
        list(Operator),
        lambda key: Place("tests/**/test_*.py", f'"{key}"'),
        named("reference/filters.md"),
    ),
    Family(
        "consumer of events",
        consumers.keys(),
        lambda key: Place("tests/**/test_*.py", f"{consumers[key].handle.__module__} import "),
        row("reference/events.md"),
    ),
    Family(
        "sweep",
        sweeps.keys(),
        lambda key: Place("tests/**/*.py", sweeps[key].run.__module__.rpartition(".")[2]),
        named("reference/events.md"),
    ),
    Family(
        "usage",
        usages.keys(),
        lambda key: Place("tests/catalog/packages/*.py", f'"{usages[key].kind}"'),
        row("reference/asset-kinds.md"),
    ),
    Family(
        "kind of finding",
        finding_kinds.keys(),
        quoted("**/test_findings.py"),
        row("reference/configuration-check.md"),
    ),
    Family(
        "projection",
        projections.keys(),
        lambda key: Place("tests/workflows/test_publishing.py", "Deployment"),
        named("explanation/one-event-end-to-end.md"),
    ),
    Family(
        "rule set of the gate",
        rules.keys(),
        lambda key: Place("tests/**/*.py", key.rpartition(".")[2]),
        lambda key: Place("docs/reference/gate.md", f"\n| {key.rpartition('.')[2]} |"),
    ),
    Family(
        "thing with owners",
        shareables.keys(),
        quoted("accounts/test_handing_over.py"),
        lambda key: Place("docs/how-to/accounts.md", f"{key}s"),
    ),
    Family(
        "thing that is handed over",
        handovers.keys(),
        quoted("accounts/test_handing_over.py"),
        named("how-to/accounts.md"),
    ),
    Family(
        "health check",
        CHECKS,
        quoted("**/test_*.py"),
        named("how-to/run-in-production.md"),
    ),
    Family(
        "benchmark",
        [one.key for one in BENCHMARKS],
        lambda key: Place("benchmarks/kinds/*.py", f'"{key}"'),
        named("how-to/measure.md"),
    ),
)


def examples() -> list[dict[str, Any]]:
    """The JSON of the reference of definitions, a lone step or trigger made whole."""
    text = (DOCS / "reference" / "workflow-definitions.md").read_text(encoding="utf-8")
    return [_whole(json.loads(one)) for one in re.findall(r"```json\n(.*?)```", text, re.DOTALL)]


def _whole(part: dict[str, Any]) -> dict[str, Any]:
    if "steps" in part:
        return part
    manual = {"event": "objectCreated", "objectTypeKey": "recipe"}
    step = {"type": "setAttributeValue", "attributeKey": "note", "value": "seen"}
    return (
        {"trigger": manual, "steps": [part]}
        if "type" in part
        else {"trigger": part, "stream": {"objectTypeKey": "recipe"}, "steps": [step]}
    )


KINDS = [pytest.param(one, key, id=f"{one.name}: {key}") for one in FAMILIES for key in one.keys]


@pytest.mark.parametrize(("family", "key"), KINDS)
def test_a_kind_has_its_test_and_its_docs(family: Family, key: str) -> None:
    lacking = [one for one in (family.test(key).lacks(), family.docs(key).lacks()) if one]
    assert lacking == [], f"The {family.name} {key!r} is not whole: {'; '.join(lacking)}."


def test_every_registry_is_walked() -> None:
    walked = [list(one.keys) for one in FAMILIES]
    assert [one.name for one in REGISTRIES if one.keys() not in walked] == []


def test_every_family_has_kinds() -> None:
    """Without this, a registry that is empty here would pass."""
    assert [one.name for one in FAMILIES if not list(one.keys)] == []


def test_what_lacks_is_told() -> None:
    assert Place("docs/nowhere.md").lacks() == "add docs/nowhere.md"
    assert Place("docs/README.md", "no such words").lacks() == (
        "add 'no such words' to docs/README.md"
    )


def test_a_socket_stands_in_the_reference() -> None:
    text = "".join(path.read_text("utf-8") for path in (DOCS / "reference").glob("*.md"))
    routes = [str(one.pattern) for one in socket_routes() if one.callback is not unknown]
    assert routes
    assert [one for one in routes if f"`{_plain(one)}" not in text] == []


def _plain(route: str) -> str:
    """The fixed beginning of a socket's address: /ws/events of ^ws/events/?$."""
    return "/" + re.split(r"[^\w/]", route.strip("^"))[0].rstrip("/")


@pytest.mark.parametrize("kind", list(step_kinds), ids=lambda kind: kind.key)
def test_the_entry_of_a_step_names_each_of_its_fields(kind: StepKind) -> None:
    assert unnamed(kind.key, kind.form["properties"]) == []


@pytest.mark.parametrize("kind", list(trigger_kinds), ids=lambda kind: kind.key)
def test_the_entry_of_a_trigger_names_each_of_its_fields(kind: TriggerKind) -> None:
    assert unnamed(kind.key, kind.form["properties"]) == []


@pytest.mark.parametrize("kind", list(asset_kinds), ids=lambda kind: kind.key)
def test_an_asset_says_what_each_of_its_fields_means(kind: AssetKind) -> None:
    assert [field.name for field in kind.fields if not field.description] == []


def unnamed(key: str, fields: Iterable[str]) -> list[str]:
    """Fields of a form that the entry under this heading doesn't name."""
    text = (DOCS / "reference" / "workflow-definitions.md").read_text(encoding="utf-8")
    _, _, entry = text.partition(f"\n### {key}\n")
    entry = re.split(r"\n##", entry)[0]
    return [name for name in fields if f"`{name}`" not in entry]


@pytest.mark.parametrize("example", examples(), ids=lambda one: str(one)[:40])
@pytest.mark.django_db
def test_each_example_of_a_definition_has_the_form_it_shows(example: dict[str, Any]) -> None:
    """Keys in examples need not exist; everything else is checked as when it is saved."""
    wrong = {"wrongType", "missing", "unknownStepType", "unknownTrigger", "badValue", "syntaxError"}
    assert [one for one in check(example) if one.code in wrong] == []
