"""The admin pages of people and places: users, teams, workspaces, tokens, the account itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.actor import Actor
from accounts.administration.buttons import Button
from accounts.administration.forms import (
    choice,
    lines,
    number,
    password,
    several,
    switch,
    text,
)
from accounts.administration.rows import Rows
from accounts.administration.saving import Saved
from accounts.gates import gated
from accounts.grants import JOIN, OWN, holders
from accounts.models import Account, ApiToken, Invitation, Role, Team, User, Workspace
from accounts.models.workspaces import Access
from accounts.services import account, invitations, passwords, teams, tokens, users, workspaces

NAMES = "Names of users and teams, one a line."


@admin.register(User)
class UserPages(Saved):
    """Whoever can sign in, or could."""

    makes = ("manage", User)
    changes = removes = "manage"
    fixed = frozenset({"username"})
    places: ClassVar = {"firstName": "first_name", "lastName": "last_name"}
    secrets = frozenset({"password", "session_stamp"})
    list_display = ("username", "display_name", "email", "role", "is_active", "last_login")
    list_filter = ("role", "is_active", "groups")
    search_fields = ("username", "first_name", "last_name", "email")
    readonly_fields = ("last_login", "date_joined")
    ordering = ("username",)

    def fields_of(self, request: HttpRequest, obj: User | None) -> Mapping[str, forms.Field]:
        known = [(name, name) for name in teams.all_teams().values_list("name", flat=True)]
        hint = "Empty: it stays as it is. Another one signs them out everywhere."
        if obj is None:
            hint = "Empty: nobody can sign in as them until one is set."
        return {
            "username": text("User name", most=150),
            "first_name": text("First name", most=150, required=False),
            "last_name": text("Last name", most=150, required=False),
            "email": text("E-mail", most=254, required=False),
            "role": choice("Role", Role.choices, initial=Role.MEMBER.value),
            "active": switch("Active", "May sign in.", initial=True),
            "teams": several("Teams", known),
            "password": password("Password", hint),
        }

    def read(self, obj: User) -> Mapping[str, Any]:
        return {
            "username": obj.username,
            "first_name": obj.first_name,
            "last_name": obj.last_name,
            "email": obj.email,
            "role": obj.role,
            "active": obj.is_active,
            "teams": list(obj.groups.order_by("name").values_list("name", flat=True)),
        }

    def create(self, given: dict[str, Any], actor: Actor) -> Model:
        secret = given.pop("password") or None
        return users.create_user(given.pop("username"), actor=actor, password=secret, **given)

    def change(self, obj: User, given: dict[str, Any], actor: Actor) -> Model:
        secret = given.pop("password", "")
        changed = users.change_user(obj, actor=actor, **given)
        return passwords.set_password(changed, actor=actor, password=secret) if secret else changed

    def remove(self, obj: User, actor: Actor) -> None:
        users.delete_user(obj, actor=actor)


@admin.register(Team)
class TeamPages(Saved):
    """Named groups of users."""

    makes = ("manage", Team)
    changes = removes = "manage"
    list_display = ("name", "description", "members")
    search_fields = ("name", "description")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).annotate(member_count=Count("user"))
        return rows

    @admin.display(description="members", ordering="member_count")
    def members(self, obj: Any) -> int:
        return int(obj.member_count)

    def fields_of(self, request: HttpRequest, obj: Team | None) -> Mapping[str, forms.Field]:
        return {
            "name": text("Name", "May nest with ::, as in Team::Admins.", most=150),
            "description": text("Description", most=2000, required=False),
            "members": lines("Members", "User names, one a line."),
        }

    def read(self, obj: Team) -> Mapping[str, Any]:
        members = teams.members_of([obj])[obj.pk]
        return {"name": obj.name, "description": obj.description, "members": members}

    def create(self, given: dict[str, Any], actor: Actor) -> Model:
        return teams.create_team(given.pop("name"), actor=actor, **given)

    def change(self, obj: Team, given: dict[str, Any], actor: Actor) -> Model:
        return teams.change_team(obj, actor=actor, **given)

    def remove(self, obj: Team, actor: Actor) -> None:
        teams.delete_team(obj, actor=actor)


@admin.register(Workspace)
class WorkspacePages(Saved):
    """Where boards and workflows live."""

    makes = ("create", Workspace)
    changes = "edit"
    removes = "delete"
    list_display = ("name", "key", "access")
    list_filter = ("access",)
    search_fields = ("key", "name")

    def fields_of(self, request: HttpRequest, obj: Workspace | None) -> Mapping[str, forms.Field]:
        return {
            "key": text("Key", most=100),
            "name": text("Name", required=False),
            "access": choice("Access", Access.choices, "Open to the account, or to its members."),
            "owners": lines("Owners", NAMES),
            "members": lines("Members", NAMES),
        }

    def read(self, obj: Workspace) -> Mapping[str, Any]:
        owners, members = holders(obj, OWN), holders(obj, JOIN)
        return {
            "key": obj.key,
            "name": obj.name,
            "access": obj.access,
            "owners": [*owners[0], *owners[1]],
            "members": [*members[0], *members[1]],
        }

    def create(self, given: dict[str, Any], actor: Actor) -> Model:
        return workspaces.create_workspace(given.pop("key"), actor=actor, **given)

    def change(self, obj: Workspace, given: dict[str, Any], actor: Actor) -> Model:
        return workspaces.change_workspace(obj, actor=actor, **given)

    def remove(self, obj: Workspace, actor: Actor) -> None:
        workspaces.delete_workspace(obj, actor=actor)


@admin.register(Account)
class AccountPages(Saved):
    """The settings of this deployment: one row, neither made nor deleted."""

    changes = "edit"
    places: ClassVar = {
        "rolesThatCreateWorkflows": "roles_that_create_workflows",
        "limits": "most_chain_depth",
    }

    @gated("edit", Account)
    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)
        return redirect(self.address_of("change", account.the_account().pk))

    def fields_of(self, request: HttpRequest, obj: Account | None) -> Mapping[str, forms.Field]:
        depth = "How deep events may set off others before the chain is cut."
        return {
            "name": text("Name"),
            "roles_that_create_workflows": several("Roles that create workflows", Role.choices),
            "most_chain_depth": number("Chain depth", depth, least=1, most=account.MOST_DEPTH),
        }

    def read(self, obj: Account) -> Mapping[str, Any]:
        return {name: getattr(obj, name) for name in self.fields_of_account()}

    def fields_of_account(self) -> tuple[str, ...]:
        return ("name", "roles_that_create_workflows", "most_chain_depth")

    def change(self, obj: Account, given: dict[str, Any], actor: Actor) -> Model:
        return account.change_account(actor=actor, **given)


def _send_again(invitation: Invitation, actor: Actor) -> None:
    invitations.resend_invitation(invitation, actor=actor)


def _withdraw(invitation: Invitation, actor: Actor) -> None:
    invitations.revoke_invitation(invitation, actor=actor)


def _is_open(invitation: Invitation) -> bool:
    return invitation.accepted_at is None


@admin.register(Invitation)
class InvitationPages(Rows):
    """Who was invited; made on the page of users. Their links stand nowhere."""

    secrets = frozenset({"nonce"})
    buttons = (
        Button(
            "resend", "Send again", "sent again", "manage", _send_again, icon="mail", fits=_is_open
        ),
        Button(
            "revoke",
            "Revoke",
            "revoked",
            "manage",
            _withdraw,
            icon="block",
            is_dangerous=True,
            fits=_is_open,
        ),
    )
    fields = ("email", "role", "invited_by", "created_at", "expires_at", "accepted_at")
    list_display = ("email", "role", "invited_by", "created_at", "expires_at", "accepted_at")
    list_select_related = ("invited_by",)
    list_filter = ("role", "created_at", "accepted_at")
    search_fields = ("email",)


def _revoke(token: ApiToken, actor: Actor) -> None:
    tokens.revoke_token(token, actor=actor)


@admin.register(ApiToken)
class TokenPages(Rows):
    """Tokens can be looked at and revoked; their secret is kept nowhere."""

    reads = "delete"
    secrets = frozenset({"digest", "password"})
    buttons = (
        Button("revoke", "Revoke", "revoked", "delete", _revoke, icon="block", is_dangerous=True),
    )
    fields = ("user", "name", "scopes", "created_at", "expires_at", "last_used_at")
    list_display = ("__str__", "user", "scopes", "created_at", "expires_at", "last_used_at")
    list_select_related = ("user",)
    list_filter = ("created_at", "expires_at")
    search_fields = ("name", "user__username")
