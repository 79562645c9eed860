"""`check_configuration`: what is wrong with a configuration although it could be saved."""

from __future__ import annotations

from typing import Any

from accounts.actor import Actor
from accounts.commands import ActingCommand, Failed
from accounts.findings import Group, as_json, counts, is_sound
from accounts.gates import gated
from accounts.models import Account
from accounts.services.configuration import check_configuration

MARKS = {"error": "✗", "warning": "!", "info": "i"}


@gated("edit", Account)
class Command(ActingCommand):
    help = "Looks through all of the configuration; ends with 1 where something is to be mended."
    gives_json = True

    def perform(self, actor: Actor, **options: Any) -> None:
        groups = check_configuration(actor=actor)
        if options["json"]:
            self.give(as_json(groups))
        else:
            self._show(groups)
        if not is_sound(groups):
            raise Failed(f"{_told(groups)} to be mended.")

    def _show(self, groups: list[Group]) -> None:
        for group in groups:
            self.tell(f"{group.kind.label} ({group.kind.key})")
            for one in group.findings:
                self.tell(f"  {MARKS[one.severity]} {one.place}: {one.detail}")
                self.tell(f"    {one.remedy}")
        if not groups:
            self.tell("Nothing is found.")


def _told(groups: list[Group]) -> str:
    """`1 error and 2 warnings`."""
    found = [(count, name) for name, count in counts(groups).items() if count and name != "info"]
    return " and ".join(f"{count:,} {name}{'' if count == 1 else 's'}" for count, name in found)
