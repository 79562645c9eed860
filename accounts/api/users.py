"""`users/` and `users/NAME/`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ChoiceField, DateTimeField, EmailField, ListField

from accounts import gate
from accounts.gates import gated
from accounts.handovers import Part
from accounts.http.forms import Flag, Form, Names, Text, Whole
from accounts.http.pagination import Sorted
from accounts.http.resources import Listing, Resource
from accounts.models import Role, User
from accounts.services import handing_over, users
from accounts.services.directory import narrowed, with_teams

BY_NAME = Sorted.by("username")


class UserForm(Form):
    """Somebody who can sign in, or could."""

    username = Text(max_length=150)
    name = Text(read_only=True)
    first_name = Text(max_length=150, allow_blank=True)
    last_name = Text(max_length=150, allow_blank=True)
    email = EmailField(allow_blank=True)
    role = ChoiceField(choices=Role.choices)
    active = Flag()
    teams = Names()
    created_at = DateTimeField(read_only=True)


class NewUserForm(Form):
    """A user to be made. Nobody can sign in as them until they have a password."""

    username = Text(max_length=150)
    first_name = Text(max_length=150, allow_blank=True, required=False)
    last_name = Text(max_length=150, allow_blank=True, required=False)
    email = EmailField(allow_blank=True, required=False)
    role = ChoiceField(choices=Role.choices, required=False)
    active = Flag(required=False)
    teams = Names(required=False)
    password = Text(max_length=1000, trim_whitespace=False, write_only=True, required=False)


class UserChangeForm(Form):
    """What of a user is to change."""

    first_name = Text(max_length=150, allow_blank=True, required=False)
    last_name = Text(max_length=150, allow_blank=True, required=False)
    email = EmailField(allow_blank=True, required=False)
    role = ChoiceField(choices=Role.choices, required=False)
    active = Flag(required=False)
    teams = Names(required=False)


class HandOverForm(Form):
    """Who takes over; with `preview`, nothing is changed."""

    to = Text(max_length=150)
    preview = Flag(required=False, default=False)


class HandedPartForm(Form):
    """Things of one kind, the first twenty by name."""

    kind = Text()
    count = Whole()
    names = ListField(child=Text())


class StayingPartForm(HandedPartForm):
    """The same for what is not handed over, and why."""

    reason = Text()


class HandedOverForm(Form):
    """What goes to the heir, and what stays."""

    moves = HandedPartForm(many=True)
    stays = StayingPartForm(many=True)


class UserParameters(Form):
    """How the list of users may be narrowed."""

    q = Text(required=False, max_length=200)
    role = ChoiceField(choices=Role.choices, required=False)
    active = ChoiceField(choices=["true", "false"], required=False)
    team = Text(required=False, max_length=150)


@gated("view", User)
class Users(Listing):
    """Everybody whom the signed-in user may see."""

    parameters = UserParameters
    sorts: ClassVar[Mapping[str, str]] = {"username": "username", "createdAt": "date_joined"}

    @extend_schema(
        responses=UserForm(many=True), parameters=[UserParameters], summary="List the users"
    )
    def get(self, request: Request) -> Response:
        rows = gate.narrow(self.actor, "view", with_teams(User.objects.all()))
        query = dict(self.query)
        active = query.pop("active", None)
        is_active = None if active is None else active == "true"
        return self.answer_page(narrowed(rows, active=is_active, **query), BY_NAME, _shown)

    @extend_schema(request=NewUserForm, responses={201: UserForm}, summary="Make a user")
    @gated("manage", User)
    def post(self, request: Request) -> Response:
        given = self.body(NewUserForm)
        user = users.create_user(given.pop("username"), actor=self.actor, **given)
        return Response(_shown_again(user), status=201)


@gated("view", User)
class OneUser(Resource):
    """One user, by name."""

    @extend_schema(responses=UserForm, summary="Read a user")
    def get(self, request: Request, name: str) -> Response:
        return Response(_shown([self._fetch(name)])[0])

    @extend_schema(request=UserChangeForm, responses=UserForm, summary="Change a user")
    @gated("manage", User)
    def patch(self, request: Request, name: str) -> Response:
        user = self._fetch(name)
        given = self.body(UserChangeForm)
        return Response(_shown_again(users.change_user(user, actor=self.actor, **given)))

    @extend_schema(responses={204: None}, summary="Remove a user to whom nothing is tied")
    @gated("manage", User)
    def delete(self, request: Request, name: str) -> Response:
        users.delete_user(self._fetch(name), actor=self.actor)
        return Response(status=204)

    def _fetch(self, name: str) -> User:
        return gate.fetch(self.actor, with_teams(User.objects.all()), username=name)


@gated("manage", User)
class HandOver(Resource):
    """Putting another user in the place of one who leaves."""

    @extend_schema(request=HandOverForm, responses={200: HandedOverForm}, summary="Hand over")
    def post(self, request: Request, name: str) -> Response:
        user = gate.fetch(self.actor, User.objects.all(), username=name)
        given = self.body(HandOverForm)
        act = handing_over.preview if given["preview"] else handing_over.hand_over
        parts = act(user, to=given["to"], actor=self.actor)
        moves = [_part(one) for one in parts if not one.stays]
        stays = [{**_part(one), "reason": one.stays} for one in parts if one.stays]
        return Response({"moves": moves, "stays": stays})


def _part(one: Part) -> dict[str, Any]:
    return {"kind": one.kind, "count": one.count, "names": list(one.names)}


def _shown_again(user: User) -> dict[str, Any]:
    return _shown([with_teams(User.objects.all()).get(pk=user.pk)])[0]


def _shown(rows: Sequence[User]) -> list[dict[str, Any]]:
    return [
        {
            "username": user.username,
            "name": user.display_name,
            "firstName": user.first_name,
            "lastName": user.last_name,
            "email": user.email,
            "role": user.role,
            "active": user.is_active,
            "teams": [team.name for team in user.groups.all()],
            "createdAt": user.date_joined,
        }
        for user in rows
    ]
