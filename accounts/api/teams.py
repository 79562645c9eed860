"""`teams/` and `teams/NAME/`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import gate
from accounts.gates import gated
from accounts.http.forms import Form, Names, Text
from accounts.http.pagination import Sorted
from accounts.http.resources import Listing, Resource
from accounts.models import Team
from accounts.services import teams

BY_NAME = Sorted.by("name")


class TeamForm(Form):
    """A named group of users; names nest with `::`."""

    name = Text(max_length=150)
    description = Text(max_length=10_000, allow_blank=True)
    members = Names()


class NewTeamForm(Form):
    """A team to be made."""

    name = Text(max_length=150)
    description = Text(max_length=10_000, allow_blank=True, required=False)
    members = Names(required=False)


class TeamParameters(Form):
    """How the list of teams may be narrowed."""

    q = Text(required=False, max_length=200)


@gated("view", Team)
class Teams(Listing):
    """The teams of the account."""

    parameters = TeamParameters

    @extend_schema(
        responses=TeamForm(many=True), parameters=[TeamParameters], summary="List the teams"
    )
    def get(self, request: Request) -> Response:
        rows = gate.narrow(self.actor, "view", teams.all_teams())
        if "q" in self.query:
            rows = rows.filter(name__icontains=self.query["q"])
        return self.answer_page(rows, BY_NAME, _shown)

    @extend_schema(request=NewTeamForm, responses={201: TeamForm}, summary="Make a team")
    @gated("manage", Team)
    def post(self, request: Request) -> Response:
        given = self.body(NewTeamForm)
        team = teams.create_team(given.pop("name"), actor=self.actor, **given)
        return Response(_shown([team])[0], status=201)


@gated("view", Team)
class OneTeam(Resource):
    """One team, by name."""

    @extend_schema(responses=TeamForm, summary="Read a team")
    def get(self, request: Request, name: str) -> Response:
        return Response(_shown([self._fetch(name)])[0])

    @extend_schema(request=NewTeamForm, responses=TeamForm, summary="Change a team")
    @gated("manage", Team)
    def patch(self, request: Request, name: str) -> Response:
        team = self._fetch(name)
        given = self.body(NewTeamForm, partial=True)
        return Response(_shown([teams.change_team(team, actor=self.actor, **given)])[0])

    @extend_schema(responses={204: None}, summary="Dissolve a team")
    @gated("manage", Team)
    def delete(self, request: Request, name: str) -> Response:
        teams.delete_team(self._fetch(name), actor=self.actor)
        return Response(status=204)

    def _fetch(self, name: str) -> Team:
        return gate.fetch(self.actor, teams.all_teams(), name=name)


def _shown(rows: Sequence[Team]) -> list[dict[str, Any]]:
    members = teams.members_of(rows)
    return [
        {"name": team.name, "description": team.description, "members": members[team.pk]}
        for team in rows
    ]
