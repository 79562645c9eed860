"""`me/` and `account/`."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ChoiceField, EmailField, ListField

from accounts import gate
from accounts.exceptions import Denied
from accounts.gates import gated, signed_in
from accounts.http.forms import Flag, Form, Names, Text, Whole
from accounts.http.resources import Resource
from accounts.models import Account, User
from accounts.models.users import LONGEST_EMAIL, Role
from accounts.services import account as accounts
from accounts.services import profile
from accounts.services.user_problems import LONGEST_PASSWORD


class MeForm(Form):
    """Who is signed in."""

    username = Text()
    name = Text()
    first_name = Text(allow_blank=True)
    last_name = Text(allow_blank=True)
    email = Text(allow_blank=True)
    waiting_email = Text(allow_null=True)
    role = ChoiceField(choices=Role.choices)
    teams = Names()
    is_admin = Flag()
    can_create_workflows = Flag()


class MeChangeForm(Form):
    """What one may change of oneself.

    An address counts when the link that is sent to it is opened; it takes the present password.
    """

    first_name = Text(max_length=150, required=False)
    last_name = Text(max_length=150, required=False)
    email = EmailField(max_length=LONGEST_EMAIL, required=False)
    current_password = Text(
        max_length=LONGEST_PASSWORD, trim_whitespace=False, write_only=True, required=False
    )


class LimitsForm(Form):
    """How far automations may go."""

    chain_depth = Whole(min_value=1, max_value=accounts.MOST_DEPTH, required=False)


class AccountForm(Form):
    """The settings of this account."""

    name = Text(max_length=200)
    roles_that_create_workflows = ListField(child=ChoiceField(choices=Role.choices), max_length=4)
    limits = LimitsForm()


@signed_in(why="Tells the signed-in user who they are.")
class Me(Resource):
    """Who I am."""

    @extend_schema(responses=MeForm, summary="Who am I")
    def get(self, request: Request) -> Response:
        return Response(_me(self._user()))

    @extend_schema(request=MeChangeForm, responses=MeForm, summary="Change what is mine to change")
    @gated("edit_own", User)
    def patch(self, request: Request) -> Response:
        user = self._user()
        given = self.body(MeChangeForm)
        if given.get("email") == user.email:
            del given["email"]
        return Response(_me(profile.change_own(user, actor=self.actor, **given)))

    def _user(self) -> User:
        if self.actor.user is None:
            raise Denied("The system has no profile.", level="account")
        return self.actor.user


@gated("view", Account)
class AccountSettings(Resource):
    """The account's settings."""

    @extend_schema(responses=AccountForm, summary="Read the account's settings")
    def get(self, request: Request) -> Response:
        account = accounts.the_account()
        gate.demand(self.actor, "view", account)
        return Response(_account(account))

    @extend_schema(request=AccountForm, responses=AccountForm, summary="Change the settings")
    @gated("edit", Account)
    def patch(self, request: Request) -> Response:
        given = self.body(AccountForm, partial=True)
        account = accounts.change_account(
            actor=self.actor,
            name=given.get("name"),
            roles_that_create_workflows=given.get("roles_that_create_workflows"),
            most_chain_depth=given.get("limits", {}).get("chain_depth"),
        )
        return Response(_account(account))


def _me(user: User) -> dict[str, Any]:
    waiting = profile.email_change_waiting(user)
    return {
        "username": user.username,
        "name": user.display_name,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "email": user.email,
        "waitingEmail": waiting.email if waiting else None,
        "role": user.role,
        "teams": list(user.groups.order_by("name").values_list("name", flat=True)),
        "isAdmin": user.is_account_admin,
        "canCreateWorkflows": user.is_account_admin
        or user.role in accounts.the_account().roles_that_create_workflows,
    }


def _account(account: Account) -> dict[str, Any]:
    return {
        "name": account.name,
        "rolesThatCreateWorkflows": account.roles_that_create_workflows,
        "limits": {"chainDepth": account.most_chain_depth},
    }
