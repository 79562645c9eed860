"""commands.md: every management command of ours, from its own parser."""

from __future__ import annotations

from argparse import Action, ArgumentParser, _StoreTrueAction, _SubParsersAction
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

from accounts.gates import Audience, declaration_of
from scripts.reference.markdown import code, page, table

OURS = {*settings.OUR_APPS, "config"}
INTRODUCTION = """
`python manage.py NAME …`, with the Python of the environment (`.venv/bin/python`). All take the
same [settings](settings.md) as the server, and `--help`.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | refused or failed: a sentence, or a line for each problem, is on the error stream |
| 2 | wrong usage: an unknown or missing argument, a value that can't be one |

`--as USERNAME` says on whose behalf, and that user's rights count as they do on a page; without it
the command acts as `system`, which may do what an account admin may. `--json` prints the result as
one JSON document on the standard output; what is told meanwhile goes to the error stream.
"""


@dataclass(frozen=True, slots=True)
class Usage:
    """One command, or one action of it, as it is typed."""

    name: str
    says: str
    needs: str
    parser: ArgumentParser


def render() -> str:
    return page("Commands", INTRODUCTION, *(_section(one) for one in usages()))


def usages() -> list[Usage]:
    """Every command of ours, by name; one with actions gives one entry for each."""
    return [usage for name, command in ours() for usage in _usages(name, command)]


def ours() -> Iterator[tuple[str, BaseCommand]]:
    for name, place in sorted(get_commands().items()):
        if str(place).partition(".")[0] in OURS:
            yield name, load_command_class(str(place), name)


def _usages(name: str, command: BaseCommand) -> Iterator[Usage]:
    parser = command.create_parser("manage.py", name)
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            says = {one.dest: one.help for one in action._choices_actions}
            for word, below in action.choices.items():
                yield Usage(f"{name} {word}", says[word] or "", _needs(command), below)
            return
    yield Usage(name, command.help, _needs(command), parser)


def _needs(command: BaseCommand) -> str:
    gate = declaration_of(command)
    if gate is None or gate.audience is not Audience.GATE:
        return gate.why if gate else ""
    things = ", ".join(thing.__name__ for thing in gate.things)
    return f"Asks the gate for `{gate.verb}` on {things}."


def own_actions(parser: ArgumentParser) -> list[Action]:
    """The arguments that the command itself takes, without those of every Django command."""
    foreign = {action.dest for action in BaseCommand().create_parser("", "")._actions}
    return [action for action in parser._actions if action.dest not in foreign]


def _section(usage: Usage) -> str:
    actions = own_actions(usage.parser)
    typed = " ".join(["python manage.py", usage.name, *(_typed(one) for one in actions)])
    rows = [(code(_name(one)), _meaning(one)) for one in actions]
    parts = [f"## {usage.name}", usage.says, f"```\n{typed}\n```", usage.needs]
    return "\n\n".join([*parts, table(("argument", "meaning"), rows)] if rows else parts)


def _name(action: Action) -> str:
    if not action.option_strings:
        return _metavar(action)
    first = action.option_strings[0]
    return first if isinstance(action, _StoreTrueAction) else f"{first} {_metavar(action)}"


def _metavar(action: Action) -> str:
    if action.choices is not None and not action.metavar:
        return "|".join(map(str, action.choices))
    return str(action.metavar or action.dest.upper())


def _typed(action: Action) -> str:
    several = "…" if action.nargs == "+" or type(action).__name__ == "_AppendAction" else ""
    name = f"{_name(action)}{several}"
    return name if action.required else f"[{name}]"


def _meaning(action: Action) -> str:
    return (action.help or "").replace("%(default)s", str(action.default))
