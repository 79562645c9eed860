"""Voting on a ballot: cast, take back, count. The caller holds the lock of what is voted on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.constraints import refusing
from accounts.exceptions import Conflict, Denied
from accounts.models import User
from journal.clock import now
from workflows.voting.models import Ballot, Delegation, Vote, holding
from workflows.voting.tally import Count, Mode, Outcome, tally

TWICE = "approval_vote_once"
STILL_OPEN = (Outcome.OPEN, Outcome.BLOCKED)


@dataclass(frozen=True, slots=True)
class Electorate:
    """Who is entitled now, by id; `groups` as `tally` takes them.

    `barred` may ask for it, but has no vote.
    """

    people: Mapping[int, User]
    groups: Sequence[frozenset[int]] = ()
    barred: int | None = None

    @property
    def names(self) -> list[str]:
        return sorted(user.username for user in self.people.values())


@dataclass(frozen=True, slots=True)
class Voting:
    """A ballot with what decides it: the mode, who is entitled, what there is to be seen now.

    A vote that was cast on something else than `present` doesn't count any more.
    """

    ballot: Ballot
    mode: Mode
    electorate: Electorate
    present: Mapping[str, Any] = field(default_factory=dict)

    def count(self) -> Count:
        votes = {
            vote.elector_id: vote.approves
            for vote in standing(self.ballot)
            if vote.elector_id is not None and vote.seen == self.present
        }
        people = frozenset(self.electorate.people)
        return tally(self.mode, people, votes, self.electorate.groups)

    def keep(self, count: Count) -> None:
        """Writes what was counted where lists read it."""
        ballot = self.ballot
        ballot.electors = self.electorate.names
        ballot.approvals, ballot.required = count.approvals, count.required
        ballot.is_blocked = count.outcome is Outcome.BLOCKED
        rows = _elector_rows(ballot)
        wanted = set(self.electorate.people) if count.outcome in STILL_OPEN else set()
        present = set(rows.values_list("user", flat=True))
        rows.filter(user__in=present - wanted).delete()
        rows.bulk_create([rows.model(request=ballot, user_id=pk) for pk in wanted - present])

    def void(self) -> list[Vote]:
        """Ends the votes that were cast on something else than there is now, and answers them."""
        voided = [vote for vote in standing(self.ballot) if vote.seen != self.present]
        for vote in voided:
            end(vote, Vote.End.CHANGED)
        return voided

    def cast(self, elector: User, *, caster: User, decision: str, comment_id: int | None) -> Vote:
        """Adds a vote. Refuses whoever isn't entitled (Denied), or has voted (Conflict)."""
        self._demand_entitled(elector)
        if any(vote.elector_id == elector.pk for vote in standing(self.ballot)):
            raise _voted(elector)
        vote: Vote = _votes(self.ballot).model(
            request=self.ballot,
            elector=elector,
            elector_name=elector.username,
            caster=caster,
            caster_name=caster.username,
            decision=decision,
            seen=dict(self.present),
            comment_id=comment_id,
        )
        with refusing({TWICE: _voted(elector)}):
            vote.save(force_insert=True)
        return vote

    def _demand_entitled(self, elector: User) -> None:
        if elector.pk in self.electorate.people:
            return
        if elector.pk == self.electorate.barred:
            reason = f"{elector.username} asked for it, and may not vote on it."
            raise Denied(reason, level="transition")
        raise Denied(f"{elector.username} is not entitled to vote on it.", level="transition")


def standing(ballot: Ballot) -> list[Vote]:
    """The votes that were not taken back and not voided, oldest first."""
    return list(_votes(ballot).filter(ended_at=None))


def end(vote: Vote, why: Vote.End) -> None:
    vote.ended_at, vote.ended_why = now(), why
    vote.save(update_fields=["ended_at", "ended_why"])


def take_back(ballot: Ballot, elector: User) -> Vote:
    """Ends this elector's vote; Conflict where there is none."""
    for vote in standing(ballot):
        if vote.elector_id == elector.pk:
            end(vote, Vote.End.WITHDRAWN)
            return vote
    raise Conflict(f"There is no vote of {elector.username} to be withdrawn.", code="notVoted")


def demand_open(ballot: Ballot) -> None:
    if not ballot.is_open:
        raise Conflict(f"This request is {ballot.status}; no vote counts.", code="requestClosed")


def demand_stands_in(caster: User, elector: User) -> None:
    """Refuses whoever votes for somebody who didn't hand them their vote."""
    if caster.pk == elector.pk:
        return
    held = Delegation.objects.filter(holding(now()), delegate=caster, delegator=elector)
    if not held.exists():
        reason = f"{elector.username} has not handed their vote to {caster.username}."
        raise Denied(reason, level="delegation")


def represented_by(user: User) -> list[User]:
    """Those for whom this person votes at present."""
    held = Delegation.objects.filter(holding(now()), delegate=user, delegator__is_active=True)
    return list(User.objects.filter(pk__in=held.values("delegator")).order_by("username"))


def _votes(ballot: Ballot) -> Any:
    of_any_kind: Any = ballot
    return of_any_kind.votes


def _elector_rows(ballot: Ballot) -> Any:
    of_any_kind: Any = ballot
    return of_any_kind.elector_rows


def _voted(elector: User) -> Conflict:
    return Conflict(
        f"{elector.username} has voted already; withdraw that vote to vote anew.",
        code="alreadyVoted",
    )
