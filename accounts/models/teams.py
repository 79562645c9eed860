"""Teams: named groups of users."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import Group
from django.db import models

from accounts.folding import LONGEST_FOLD, FoldedField
from accounts.lookalikes import PlainField

LONGEST_TEAM = 150


class Team(Group):
    """A group whose name may nest with `::`; grants to a team are grants to its group."""

    folded_name = FoldedField(source="name", max_length=LONGEST_TEAM * LONGEST_FOLD)
    plain_name = PlainField(source="name", max_length=LONGEST_TEAM * LONGEST_FOLD)
    description = models.TextField(blank=True, default="")

    class Meta:
        ordering: ClassVar = ["name"]
        indexes: ClassVar = [
            # read when somebody is added: which team has a name that looks like theirs
            models.Index(fields=["plain_name"], name="team_plain_name"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["folded_name"], name="team_name_unique_ignoring_case")
        ]

    def __str__(self) -> str:
        return self.name
