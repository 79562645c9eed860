"""`approvals/`: moves that are put to a vote; `delegations/`: who votes for whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ChoiceField, DateTimeField, IntegerField, ListField

from accounts import gate
from accounts.exceptions import NotFound
from accounts.gates import gated, signed_in
from accounts.http.forms import Flag, Form, Key, Names, Text, Whole
from accounts.http.pagination import Sorted
from accounts.http.resources import Listing, Resource
from accounts.models import User
from accounts.services.people import find_user
from catalog.models import GovernedObject
from workflows.lifecycle import approvals, deciding
from workflows.lifecycle.api.lifecycles import AwaitingForm, CommentForm, MovedForm, answer_of
from workflows.lifecycle.models import ApprovalRequest, ApprovalVote
from workflows.lifecycle.moves import Move
from workflows.voting import delegating
from workflows.voting.models import Delegation

OLDEST_FIRST = Sorted.by("pk")
NEWEST_FIRST = Sorted.by("-pk")
BIGGEST = 2**63 - 1
MOST = deciding.MOST_AT_ONCE


class VoteForm(Form):
    """A vote: whose it is, who cast it for them, and whether it still counts."""

    elector = Text()
    cast_by = Text()
    decision = ChoiceField(choices=ApprovalVote.Decision.choices)
    at = DateTimeField()
    comment_id = Whole(allow_null=True)
    counts = Flag()
    ended_why = ChoiceField(choices=ApprovalVote.End.choices, allow_null=True)


class ApprovalForm(Form):
    """A request for a move: who is entitled, who voted, what is still needed."""

    id = Whole()
    object_id = Whole()
    transition_key = Key()
    to_state_key = Key()
    status = ChoiceField(choices=ApprovalRequest.Status.choices)
    requester = Text()
    electors = Names()
    votes = VoteForm(many=True)
    approvals = Whole()
    required_ = Whole()
    blocked = Flag()
    opened_at = DateTimeField()
    due_at = DateTimeField(allow_null=True)
    closed_at = DateTimeField(allow_null=True)
    note = Text(allow_blank=True)


class ApprovalParameters(Form):
    """Without an object, what is mine to decide; with one, all that was asked for about it."""

    object_id = IntegerField(required=False, min_value=1, max_value=BIGGEST)
    status = ChoiceField(choices=ApprovalRequest.Status.choices, required=False)


class NewVoteForm(Form):
    """A vote; `onBehalfOf` names the colleague who handed theirs over."""

    decision = ChoiceField(choices=ApprovalVote.Decision.choices)
    comment = CommentForm(required=False)
    on_behalf_of = Text(max_length=150, required=False)


class BulkVoteForm(Form):
    """The same vote on several requests."""

    ids = ListField(child=Whole(min_value=1, max_value=BIGGEST), min_length=1, max_length=MOST)
    decision = ChoiceField(choices=ApprovalVote.Decision.choices)
    comment = CommentForm(required=False)


class OutcomeForm(Form):
    """What became of one of them."""

    id = Whole()
    ok = Flag()
    detail = Text()


class OutcomesForm(Form):
    """What became of each, in the order of the ids."""

    results = OutcomeForm(many=True)


class VoteEndParameters(Form):
    """Whose vote is withdrawn: one's own, or that of a colleague who handed theirs over."""

    on_behalf_of = Text(max_length=150, required=False)


class RejectedForm(Form):
    """The vote has ended the request."""

    outcome = ChoiceField(choices=["rejected"])
    approval_id = Whole()


@gated("view", ApprovalRequest)
class Approvals(Listing):
    """What waits for the signed-in user's vote, oldest first."""

    parameters = ApprovalParameters

    @extend_schema(responses=ApprovalForm(many=True), summary="List what is mine to decide")
    def get(self, request: Request) -> Response:
        if "object_id" not in self.query:
            rows = deciding.mine_to_decide(self.actor)
        else:
            obj = gate.fetch(self.actor, GovernedObject.objects.all(), pk=self.query["object_id"])
            rows = ApprovalRequest.objects.filter(object=obj)
        if "status" in self.query:
            rows = rows.filter(status=self.query["status"])
        return self.answer_page(rows, OLDEST_FIRST, shown)


@gated("view", ApprovalRequest)
class OneApproval(Resource):
    """One request for a move."""

    @extend_schema(responses=ApprovalForm, summary="Read a request for a move")
    def get(self, request: Request, id: int) -> Response:
        return Response(shown([approvals.find(id, actor=self.actor)])[0])

    @extend_schema(responses={204: None}, summary="Take back what one asked for")
    @gated("withdraw", ApprovalRequest)
    def delete(self, request: Request, id: int) -> Response:
        approvals.withdraw(approvals.find(id, actor=self.actor), actor=self.actor)
        return Response(status=204)


@gated("transition", Move)
class ApprovalVotes(Resource):
    """The vote of the signed-in user."""

    acting_parameters = VoteEndParameters

    @extend_schema(
        request=NewVoteForm,
        responses={
            200: OpenApiResponse(MovedForm, description="It was the last one: the object moved."),
            202: OpenApiResponse(AwaitingForm, description="Others have to vote."),
        },
        summary="Vote for or against a move",
    )
    def post(self, request: Request, id: int) -> Response:
        found = approvals.find(id, actor=self.actor)
        given = self.body(NewVoteForm)
        result = approvals.vote(
            found,
            given["decision"],
            actor=self.actor,
            comment=given.get("comment"),
            on_behalf_of=self._elector(given),
        )
        return answer_of(result)

    @extend_schema(
        responses={204: None}, parameters=[VoteEndParameters], summary="Withdraw one's vote"
    )
    def delete(self, request: Request, id: int) -> Response:
        found = approvals.find(id, actor=self.actor)
        approvals.withdraw_vote(found, actor=self.actor, on_behalf_of=self._elector({}))
        return Response(status=204)

    def _elector(self, given: Mapping[str, Any]) -> User | None:
        """Whose vote it is where it isn't one's own: by the body, else by the query."""
        username = given.get("on_behalf_of") or self.query.get("on_behalf_of")
        if username is None:
            return None
        return find_user(username, actor=self.actor, pointer="/onBehalfOf")


@gated("transition", Move)
class BulkVotes(Resource):
    """The vote of the signed-in user on several requests."""

    @extend_schema(
        request=BulkVoteForm, responses=OutcomesForm, summary="Vote on several moves at once"
    )
    def post(self, request: Request) -> Response:
        given = self.body(BulkVoteForm)
        outcomes = deciding.vote_on_each(
            given["ids"], given["decision"], actor=self.actor, comment=given.get("comment")
        )
        results = [{"id": one.id, "ok": one.ok, "detail": one.detail} for one in outcomes]
        return Response({"results": results})


def shown(rows: Sequence[ApprovalRequest]) -> list[dict[str, Any]]:
    """A page of requests; the number of queries doesn't depend on its length."""
    votes: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for vote in ApprovalVote.objects.filter(request__in=[row.pk for row in rows]).order_by("pk"):
        votes[vote.request_id].append(_shown_vote(vote))
    return [_shown(row, votes[row.pk]) for row in rows]


def _shown(row: ApprovalRequest, votes: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": row.pk,
        "objectId": row.object_id,
        "transitionKey": row.transition_key,
        "toStateKey": row.to_state_key,
        "status": row.status,
        "requester": row.requester_name,
        "electors": row.electors,
        "votes": votes,
        "approvals": row.approvals,
        "required": row.required,
        "blocked": row.is_blocked,
        "openedAt": row.opened_at,
        "dueAt": row.due_at,
        "closedAt": row.closed_at,
        "note": row.note,
    }


def _shown_vote(vote: ApprovalVote) -> dict[str, Any]:
    return {
        "elector": vote.elector_name,
        "castBy": vote.caster_name,
        "decision": vote.decision,
        "at": vote.cast_at,
        "commentId": vote.comment_id,
        "counts": vote.ended_at is None,
        "endedWhy": vote.ended_why or None,
    }


# --- delegations ---------------------------------------------------------------------------------


class DelegationForm(Form):
    """While somebody is away, a named colleague votes for them."""

    id = Whole()
    delegator = Text()
    delegate = Text()
    begins_at = DateTimeField()
    ends_at = DateTimeField(allow_null=True)


class NewDelegationForm(Form):
    """To whom one's vote is handed, and for how long."""

    delegate = Text(max_length=150)
    begins_at = DateTimeField(required=False)
    ends_at = DateTimeField(required=False)


@signed_in(why="Lists and makes what concerns the signed-in user's own vote.")
class Delegations(Listing):
    """Those to whom the signed-in user hands their vote, and who hand theirs to them."""

    @extend_schema(responses=DelegationForm(many=True), summary="List my delegations")
    def get(self, request: Request) -> Response:
        user = self.actor.user
        rows = Delegation.objects.filter(Q(delegator=user) | Q(delegate=user))
        rows = rows.select_related("delegator", "delegate")
        return self.answer_page(rows, NEWEST_FIRST, lambda page: [_delegation(x) for x in page])

    @extend_schema(
        request=NewDelegationForm, responses={201: DelegationForm}, summary="Hand over my vote"
    )
    def post(self, request: Request) -> Response:
        given = self.body(NewDelegationForm)
        to = find_user(given["delegate"], actor=self.actor, pointer="/delegate")
        made = delegating.delegate(
            to,
            actor=self.actor,
            begins_at=given.get("begins_at"),
            ends_at=given.get("ends_at"),
        )
        return Response(_delegation(made), status=201)


@gated("view", Delegation)
class OneDelegation(Resource):
    """One delegation of the signed-in user's."""

    @extend_schema(responses={204: None}, summary="Take my vote back")
    @gated("delete", Delegation)
    def delete(self, request: Request, id: int) -> Response:
        rows = gate.narrow(self.actor, "delete", Delegation.objects.all())
        found = rows.filter(pk=id).first()
        if found is None:
            raise NotFound("There is no such delegation.")
        delegating.end(found, actor=self.actor)
        return Response(status=204)


def _delegation(row: Delegation) -> dict[str, Any]:
    return {
        "id": row.pk,
        "delegator": row.delegator.username,
        "delegate": row.delegate.username,
        "beginsAt": row.begins_at,
        "endsAt": row.ends_at,
    }
