"""Deployments of live versions, and the executions they start."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django_fsm import FSMField, transition

from journal.clock import now
from journal.fsm import Guarded
from journal.leases import Leased
from workflows.models import Version, Workflow


class Deployment(models.Model):
    """A live version as the dispatcher needs it, projected when it is published.

    The trigger's keys are copied into columns, so that the match of an event is one indexed query;
    an empty column matches everything.
    """

    workflow = models.OneToOneField(Workflow, on_delete=models.CASCADE, related_name="deployment")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    trigger_kind = models.CharField(max_length=20)
    event_kind = models.CharField(max_length=40, blank=True, default="")
    object_type_id = models.BigIntegerField(null=True)
    trigger: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            # read by each batch of events
            models.Index(fields=["event_kind", "object_type_id"], name="deployment_match")
        ]

    def __str__(self) -> str:
        return f"{self.workflow} {self.version_id}"


class EnabledSpan(models.Model):
    """A time in which a workflow was live and enabled: it acts on events of these spans only."""

    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="enabled_spans")
    since = models.DateTimeField(default=now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workflow"],
                condition=models.Q(until=None),
                name="span_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.workflow} from {self.since}"


class Execution(Guarded, Leased):
    """One firing of a workflow."""

    class Mode(models.TextChoices):
        LIVE = "live"
        TEST = "test"
        PREVIEW = "preview"

    class Status(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        WAITING = "waiting", "Waiting"
        PAUSED = "paused", "Paused"
        SUCCEEDED = "succeeded", "Succeeded"
        COMPLETED_WITH_FAILURES = "completedWithFailures", "Completed with failures"
        FAILED = "failed", "Failed"
        STOPPED = "stopped", "Stopped"

    workflow = models.ForeignKey(
        Workflow, on_delete=models.SET_NULL, null=True, related_name="executions"
    )
    workflow_key = models.CharField(max_length=100)
    version = models.ForeignKey(Version, on_delete=models.SET_NULL, null=True, related_name="+")
    version_number = models.PositiveIntegerField(null=True)
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.LIVE)
    status = FSMField(
        max_length=25,
        choices=Status.choices,
        default=Status.QUEUED.value,
        protected=True,
    )
    event_id = models.BigIntegerField(null=True)
    subject_id = models.BigIntegerField(null=True)
    trigger: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150)
    run_as = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    run_as_name = models.CharField(max_length=150)
    root_event_id = models.BigIntegerField(null=True)
    depth = models.PositiveSmallIntegerField(default=0)
    error: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(
        null=True
    )
    created_at = models.DateTimeField(default=now)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    item_count = models.PositiveIntegerField(default=0)
    succeeded_count = models.PositiveIntegerField(default=0)
    failed_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workflow", "event_id"],
                condition=models.Q(event_id__isnull=False),
                name="execution_once_an_event",
            )
        ]
        indexes: ClassVar = [
            # read by a workflow's page: its runs, newest first
            models.Index(fields=["workflow", "-id"], name="execution_of_workflow"),
            # read by an object's page
            models.Index(fields=["subject_id", "-id"], name="execution_of_subject"),
            # read by the sweep: what is not finished
            models.Index(
                fields=["due_at"],
                name="execution_open",
                condition=models.Q(status__in=["queued", "running"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.workflow_key} {self.pk}"

    @transition(
        field=status,
        source=[Status.QUEUED.value, Status.RUNNING.value],
        target=Status.RUNNING.value,
    )
    def begin(self) -> None:
        """A worker takes it, for the first time or after another one died."""
        self.started_at = self.started_at or now()

    @transition(field=status, source=Status.RUNNING.value, target=Status.SUCCEEDED.value)
    def succeed(self) -> None:
        """Every step of every item succeeded."""
        self.ended_at = now()

    @transition(
        field=status,
        source=Status.RUNNING.value,
        target=Status.COMPLETED_WITH_FAILURES.value,
    )
    def complete_with_failures(self) -> None:
        """The chain ended and a step had failed."""
        self.ended_at = now()

    @transition(
        field=status,
        source=[Status.QUEUED.value, Status.RUNNING.value],
        target=Status.FAILED.value,
    )
    def fail(self, error: dict[str, Any]) -> None:
        """Ended by a failure or by the engine."""
        self.ended_at, self.error = now(), error


class ExecutionItem(models.Model):
    """One object of an execution's stream, with what each step did, in one row.

    `steps` is a list of `{stepId, type, status, input, output, error, madeOf, startedAt,
    durationMs}`; `madeOf` tells of which objects and attributes it was made, as `Provenance` is
    kept. What ran before that was kept has none.
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        STOPPED = "stopped"

    execution = models.ForeignKey(Execution, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField(default=0)
    object_id = models.BigIntegerField(null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    steps: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(
        default=list
    )

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["execution", "position"], name="item_place_once")
        ]

    def __str__(self) -> str:
        return f"{self.execution_id}/{self.position}"
