"""Runs a chain of steps for one object: in order, a failure recorded, the chain going on."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.db import OperationalError, transaction

from accounts.exceptions import Invalid, Refused
from automations.runs import Run
from automations.steps.base import BadValue, Json, StepRun, steps
from catalog.context import ObjectContext
from catalog.provenance import Provenance
from journal.clock import now, written
from journal.leases import LeaseLost
from workflows.authoring.definitions import step_id

log = structlog.get_logger(__name__)


@dataclass
class Chain:
    """The steps of one item as they are run; `record` is what the run history keeps.

    `written` holds by object and attribute what the values were made of that this run wrote there.
    """

    run: Run
    context: ObjectContext
    position: int
    record: list[dict[str, Any]] = field(default_factory=list)
    written: dict[tuple[int, str], Provenance] = field(default_factory=dict)
    failed: bool = False
    stopped: bool = False

    def follow(self, step_list: Sequence[Json], pointer: str = "/steps") -> None:
        """Runs the steps in order; after `onFailure: stop` the rest is recorded as skipped."""
        for index, step in enumerate(step_list):
            here = f"{pointer}/{index}"
            if self.stopped:
                self._skip(step, here)
                continue
            if self._perform(step, here):
                continue
            self._after_failure(step, here)

    def _after_failure(self, step: Json, pointer: str) -> None:
        rule = step.get("onFailure", "continue")
        if isinstance(rule, dict):
            self.follow(rule["steps"], f"{pointer}/onFailure/steps")
            return
        self.failed = True
        self.stopped = rule == "stop"

    def _perform(self, step: Json, pointer: str) -> bool:
        """One step in a savepoint, so that a failed one leaves nothing half-written."""
        one = self._step_run(step, pointer)
        started, clock = now(), time.perf_counter()
        output, error = None, None
        before = self.context.obj
        with self.context.reading.noting() as made_of:
            try:
                with transaction.atomic():
                    output = steps[step["type"]].run(one)
            except (LeaseLost, OperationalError):
                raise
            except Exception as problem:
                error = described(problem, pointer)
                self.context.obj = before
        self._trace(step, made_of, has_written=error is None)
        self.context.steps[one.step_id] = output or {}
        self.context.made_of["steps"][one.step_id] = made_of
        self.record.append(
            {
                "stepId": one.step_id,
                "type": step["type"],
                "status": "failed" if error else "succeeded",
                "input": one.input,
                "output": output,
                "error": error,
                "madeOf": made_of.as_json(),
                "startedAt": written(started),
                "durationMs": round((time.perf_counter() - clock) * 1000, 3),
            }
        )
        return error is None

    def _trace(self, step: Json, made_of: Provenance, *, has_written: bool) -> None:
        """Adds the object that the step acts on, and what had been written into what it read."""
        obj = self.context.obj
        keys = [key] if isinstance(key := step.get("attributeKey"), str) else []
        if obj is not None:
            made_of.note(obj.pk, *keys)
        for place, source in self.written.items():
            if made_of.may_hold(*place):
                made_of.take_in(source)
        if obj is not None and has_written:
            self.written.update({(obj.pk, key): made_of for key in keys})

    def _step_run(self, step: Json, pointer: str) -> StepRun:
        made_id = step_id(step, pointer)
        return StepRun(
            step=step,
            step_id=made_id,
            actor=self.run.actor,
            author_id=self.run.author_id,
            cause=f"execution:{self.run.execution.pk}:{self.position}:{made_id}",
            context=self.context,
        )

    def _skip(self, step: Json, pointer: str) -> None:
        self.record.append(
            {
                "stepId": step_id(step, pointer),
                "type": step["type"],
                "status": "skipped",
                "input": {},
                "output": None,
                "error": None,
                "madeOf": Provenance().as_json(),
                "startedAt": None,
                "durationMs": None,
            }
        )


def described(problem: Exception, pointer: str) -> dict[str, Any]:
    """A failure as the run history shows it; what we did not expect is named, and logged whole."""
    if isinstance(problem, BadValue):
        return {
            "code": problem.code,
            "detail": problem.detail,
            "pointer": pointer + problem.pointer,
        }
    if isinstance(problem, Invalid) and problem.problems:
        first = problem.problems[0]
        return {"code": first.code, "detail": problem.detail, "pointer": pointer}
    if isinstance(problem, Refused):
        return {"code": problem.code, "detail": problem.detail, "pointer": pointer}
    log.error("step_failed_unexpectedly", pointer=pointer, exc_info=problem)
    name = type(problem).__name__
    return {"code": "unexpected", "detail": f"The step failed with {name}.", "pointer": pointer}
