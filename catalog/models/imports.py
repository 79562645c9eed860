"""Imports: how far one has come, what it could not do, and what is left to its end."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django_fsm import FSMField, transition

from catalog.models.boards import Board
from catalog.models.schema import ObjectType
from journal.clock import now
from journal.fsm import Guarded
from journal.leases import Leased


class Import(Guarded, Leased):
    """One file on its way in. Its counts are written in the transactions that do the work, so that
    an import that was killed goes on behind the last line it has done, and doubles nothing.

    `preview` is what a check of an uploaded file found, see `catalog.importing.checking`.
    """

    class Status(models.TextChoices):
        CHECKED = "checked", "Checked, not started"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    class Format(models.TextChoices):
        JSONL = "jsonl", "JSON Lines"
        CSV = "csv", "CSV"

    object_type = models.ForeignKey(ObjectType, on_delete=models.CASCADE, related_name="+")
    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="imports")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    username = models.CharField(max_length=150)
    via_id = models.CharField(max_length=16)
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    format = models.CharField(max_length=5, choices=Format.choices)
    creates_users = models.BooleanField(default=False)
    status = FSMField(
        max_length=10,
        choices=Status.choices,
        default=Status.RUNNING.value,
        protected=True,
    )
    preview: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(
        null=True, blank=True
    )
    problem = models.CharField(max_length=2000, blank=True, default="")
    line_count = models.PositiveIntegerField(default=0)
    lines_done = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    users_created = models.PositiveIntegerField(default=0)
    relations_added = models.PositiveIntegerField(default=0)
    relations_removed = models.PositiveIntegerField(default=0)
    bad_lines = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(format__in=["jsonl", "csv"]), name="import_format_known"
            ),
        ]
        indexes: ClassVar = [
            # read by a board's page: its imports, newest first
            models.Index(fields=["board", "-id"], name="import_of_board"),
            # read by `--resume`: the interrupted import of this file
            models.Index(fields=["digest"], name="import_of_file"),
            # read by the sweep: what is not finished
            models.Index(
                fields=["due_at"],
                name="import_open",
                condition=models.Q(status="running"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.pk})"

    @transition(field=status, source=Status.CHECKED.value, target=Status.RUNNING.value)
    def begin(self) -> None:
        """Its owner has looked at what would come of it, and lets it run."""
        self.started_at = self.due_at = now()

    @transition(field=status, source=Status.RUNNING.value, target=Status.DONE.value)
    def finish(self) -> None:
        """Every line was read; bad ones stand in the report."""
        self.ended_at = now()

    @transition(field=status, source=Status.RUNNING.value, target=Status.FAILED.value)
    def fail(self, problem: str) -> None:
        """It can't go on; what was imported stays."""
        self.ended_at, self.problem = now(), problem[:2000]

    @property
    def percent(self) -> int:
        """How much of the file is done; a finished one is done whatever its length."""
        if self.ended_at is not None:
            return 100
        return min(99, 100 * self.lines_done // max(1, self.line_count))


class ImportFile(models.Model):
    """The content of a file that was uploaded, until its import has ended."""

    run = models.OneToOneField(Import, on_delete=models.CASCADE, related_name="content")
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"the file of import {self.run_id}"


class ImportBadLine(models.Model):
    """A line that was not imported, or only in part.

    `problems` is a list of `{pointer, code, detail, nearest?}`.
    """

    run = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="bad")
    number = models.PositiveIntegerField()
    problems: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField()

    class Meta:
        ordering: ClassVar = ["number", "id"]
        indexes: ClassVar = [
            # read by the report, in the file's order
            models.Index(fields=["run", "number"], name="import_bad_lines"),
        ]

    def __str__(self) -> str:
        return f"line {self.number}"


class ImportLateLine(models.Model):
    """What a line says of objects that were not there when its turn came; settled at the end.

    `relations` is a list of `[key of the relation type, key of the target]`.
    """

    run = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="late")
    number = models.PositiveIntegerField()
    object_id = models.BigIntegerField()
    is_new = models.BooleanField()
    was_touched = models.BooleanField()
    relations: models.JSONField[list[list[str]], list[list[str]]] = models.JSONField(default=list)
    parent_key = models.CharField(max_length=100, null=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"line {self.number}"
