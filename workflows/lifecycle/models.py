"""Transitions: the moves that a lifecycle allows, and the votes by which some are decided."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.keys import KeyField, unique_key
from catalog.models import GovernedObject, Lifecycle, State
from workflows.voting.models import Ballot, Elector, Vote
from workflows.voting.tally import Mode as TallyMode


class Transition(models.Model):
    """A move from one state to another, and how many of those entitled must agree."""

    class Mode(models.TextChoices):
        ANY = TallyMode.ANY.value
        MAJORITY = TallyMode.MAJORITY.value
        ALL = TallyMode.ALL.value
        ONE_PER_RELATION = TallyMode.ONE_PER_RELATION.value

    lifecycle = models.ForeignKey(Lifecycle, on_delete=models.CASCADE, related_name="transitions")
    key = KeyField()
    name = models.CharField(max_length=200)
    from_state = models.ForeignKey(State, on_delete=models.PROTECT, related_name="moves_out")
    to_state = models.ForeignKey(State, on_delete=models.PROTECT, related_name="moves_in")
    mode = models.CharField(max_length=20, choices=Mode.choices, default=Mode.ANY)
    required_comment_type_key = models.CharField(max_length=100, blank=True, default="")
    requires_any_comment = models.BooleanField(default=False)
    allows_requester_vote = models.BooleanField(default=True)
    watched_attribute_keys: models.JSONField[list[str], list[str]] = models.JSONField(
        default=list, blank=True
    )
    deadline_hours = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["from_state__position", "to_state__position", "key"]
        constraints: ClassVar = [unique_key("transition_key_unique", "lifecycle")]

    def __str__(self) -> str:
        return self.name

    @property
    def wants_comment(self) -> bool:
        return self.requires_any_comment or bool(self.required_comment_type_key)

    @property
    def is_put_to_vote(self) -> bool:
        """Whether one who is entitled can't make it alone."""
        return self.mode != self.Mode.ANY or not self.allows_requester_vote


class ApprovalRequest(Ballot):
    """Somebody wants an object to make a transition that is put to a vote."""

    object = models.ForeignKey(
        GovernedObject, on_delete=models.CASCADE, related_name="approval_requests"
    )
    transition = models.ForeignKey(
        Transition, on_delete=models.SET_NULL, null=True, related_name="approval_requests"
    )
    transition_key = models.CharField(max_length=100)
    from_state = models.ForeignKey(State, on_delete=models.SET_NULL, null=True, related_name="+")
    to_state_key = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["object", "transition"],
                condition=models.Q(status="open"),
                name="approval_request_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=["open", "approved", "rejected", "withdrawn", "expired"]
                ),
                name="approval_request_status_known",
            ),
        ]
        indexes: ClassVar = [
            # read by an object's page, newest first
            models.Index(fields=["object", "-id"], name="approval_request_of_object"),
            # read by the sweep: what is to be counted again, to be reminded of, has expired
            models.Index(fields=["recount_at"], name="approval_request_recount"),
            models.Index(fields=["remind_at"], name="approval_request_remind"),
            models.Index(
                fields=["due_at"],
                condition=models.Q(status="open"),
                name="approval_request_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transition_key} of {self.object_id}"


class ApprovalElector(Elector):
    """Somebody who may vote on an approval request."""

    request = models.ForeignKey(
        ApprovalRequest, on_delete=models.CASCADE, related_name="elector_rows"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "request"], name="approval_elector_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.request_id}"


class ApprovalVote(Vote):
    """A vote on an approval request; one of each elector's counts at a time."""

    request = models.ForeignKey(ApprovalRequest, on_delete=models.CASCADE, related_name="votes")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["request", "elector"],
                condition=models.Q(ended_at__isnull=True),
                name="approval_vote_once",
            )
        ]
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.elector_name}: {self.decision}"
