"""The generated pages of the reference say what the code does; commands are as promised."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management.base import BaseCommand

from accounts.commands import ActingCommand
from scripts.reference.commands import Usage, ours, own_actions, usages
from scripts.reference.pages import PAGES

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"

# Commands of the server's operator: they act on nobody's behalf, and print no result.
OF_OPERATORS = {"demo", "serve"}
# What these print is for a person alone.
WITHOUT_RESULT = {*OF_OPERATORS, "create_admin"}


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_what_the_code_says(name: str) -> None:
    path = FOLDER / name
    committed = path.read_text(encoding="utf-8") if path.exists() else ""
    assert committed == PAGES[name](), (
        f"docs/reference/{name} has fallen behind. Write it anew, look at the difference and "
        "commit it: .venv/bin/python -m scripts.reference"
    )


@pytest.mark.parametrize("usage", usages(), ids=lambda usage: usage.name)
def test_a_command_says_what_it_and_each_argument_means(usage: Usage) -> None:
    assert usage.says
    silent = [action.dest for action in own_actions(usage.parser) if not action.help]
    assert silent == [], f"Give these arguments of {usage.name} a help text: {silent}"


@pytest.mark.parametrize("usage", usages(), ids=lambda usage: usage.name)
def test_a_command_takes_what_the_contract_promises(usage: Usage) -> None:
    options = {option for action in own_actions(usage.parser) for option in action.option_strings}
    assert ("--as" in options) == (usage.name not in OF_OPERATORS)
    assert ("--json" in options) == (usage.name not in WITHOUT_RESULT)


@pytest.mark.parametrize(("name", "command"), list(ours()), ids=lambda one: str(one)[:20])
def test_wrong_usage_exits_with_2(
    name: str, command: BaseCommand, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        command.run_from_argv(["manage.py", name, "--no-such-option"])
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_only_operators_commands_act_on_nobodys_behalf() -> None:
    assert {
        name for name, command in ours() if not isinstance(command, ActingCommand)
    } == OF_OPERATORS
