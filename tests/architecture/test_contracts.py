"""The law of direction: each contract holds, and each is broken by one import that offends it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGES, ROOT, sources

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]
IDS = {contract["name"]: contract["id"] for contract in CONTRACTS}
VERDICT = re.compile(r"^(?P<name>.+?) (?P<verdict>KEPT|BROKEN)(?: \(.*\))?$", re.MULTILINE)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the product's sources in which something may be planted."""
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def plant(house: Path, path: str, line: str) -> None:
    with (house / path).open("a", encoding="utf-8") as stream:
        stream.write(f"\n{line}\n")


def broken(house: Path) -> set[str]:
    """The ids of the contracts that do not hold there."""
    linter = Path(sys.executable).parent / "lint-imports"
    told = subprocess.run(
        [linter, "--no-cache", "--config", "pyproject.toml"],
        cwd=house,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    verdicts = {IDS[match["name"]]: match["verdict"] for match in VERDICT.finditer(told)}
    assert set(verdicts) == set(IDS.values()), told
    return {key for key, verdict in verdicts.items() if verdict == "BROKEN"}


def test_every_contract_holds(house: Path) -> None:
    assert broken(house) == set()


@pytest.mark.parametrize(
    ("path", "line", "contract"),
    [
        ("journal/recording.py", "import accounts.gate", "direction"),
        ("accounts/gate.py", "from catalog.models import Board", "direction"),
        ("catalog/models/schema.py", "import workflows.lifecycle.moves", "direction"),
        ("workflows/lifecycle/moves.py", "import permissions.outcomes", "direction"),
        ("permissions/outcomes.py", "from notifications import told", "direction"),
        ("notifications/rules.py", "import automations.chain", "direction"),
        ("automations/chain.py", "from config import environment", "direction"),
        ("automations/chain.py", "from journal import tasks", "entries"),
        ("catalog/attributes.py", "from accounts.api import me", "entries"),
        ("journal/origin.py", "import journal.recording", "siblings"),
        ("journal/strict_json.py", "from django.utils import html", "pure"),
        ("catalog/expressions/text.py", "from accounts import gate", "pure"),
    ],
)
def test_one_offending_import_breaks_it(house: Path, path: str, line: str, contract: str) -> None:
    plant(house, path, line)
    assert contract in broken(house)


def test_entry_modules_may_use_any_app(house: Path) -> None:
    plant(house, "journal/tasks.py", "import automations.chain")
    plant(house, "accounts/api/me.py", "import workflows.models")
    plant(house, "config/urls.py", "import accounts.views")
    assert broken(house) == set()


def test_modules_that_claim_to_be_pure_are_held_to_it() -> None:
    [pure] = [contract for contract in CONTRACTS if contract["id"] == "pure"]
    listed = pure["source_modules"]
    claiming = [
        source.module
        for source in sources()
        if source.tree.body and "Pure Python." in source.text.partition('"""\n')[0]
    ]
    assert claiming
    assert [name for name in claiming if not any(_inside(name, one) for one in listed)] == []


def _inside(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")
