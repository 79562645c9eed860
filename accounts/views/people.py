"""Who is there: found, invited, changed, signed out, deactivated; for account admins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import gate
from accounts.actor import Actor
from accounts.fields import Field, filled, unplaced
from accounts.gates import gated
from accounts.handovers import Part
from accounts.holdings import owned_alone_by, owned_by
from accounts.http.pagination import Sorted
from accounts.http.soundness import redraws
from accounts.models import Invitation, Role, User
from accounts.pages import Attempt, actor_of, address, attempt, done, given, listed
from accounts.services import handing_over, invitations, passwords, teams, users
from accounts.services.directory import narrowed, with_teams
from journal.clock import now

ROLES = tuple((value, str(label)) for value, label in Role.choices)
STANDINGS = {"active": True, "inactive": False}
MOST_INVITATIONS = 200
NOT_TRIED: Attempt[Any] = Attempt()
HEIR = Field(
    "to",
    "Hand over to the user",
    hint="What they own, their place in objects, and their open invitations. "
    "Nothing changes until you confirm.",
    form="hand-over",
)


@require_safe
@gated("manage", User)
def show(request: HttpRequest) -> HttpResponse:
    return _list(request, NOT_TRIED)


@redraws
@never_cache
@require_POST
@gated("manage", Invitation)
def invite(request: HttpRequest) -> HttpResponse:
    email = given(request.POST, "email")
    tried = attempt(
        request,
        lambda: invitations.invite(
            email,
            actor=actor_of(request),
            role=given(request.POST, "role"),
            teams=request.POST.getlist("teams"),
        ),
    )
    if tried.problems:
        return _list(request, tried)
    return done(request, f"An invitation is on its way to {email}.", reverse("users"))


@require_POST
@gated("manage", Invitation)
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    found = gate.fetch(actor, Invitation.objects.all(), pk=pk)
    invitations.resend_invitation(found, actor=actor)
    told = f"Another invitation is on its way to {found.email}; the first one is void."
    return done(request, told, reverse("users"))


@require_POST
@gated("manage", Invitation)
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    found = gate.fetch(actor, Invitation.objects.all(), pk=pk)
    invitations.revoke_invitation(found, actor=actor)
    return done(request, f"The invitation of {found.email} is revoked.", reverse("users"))


@redraws
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@gated("manage", User)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One user's page; what was changed on it is saved as a whole."""
    person = _fetch(request, pk)
    if request.method != "POST":
        return _person(request, person, NOT_TRIED)
    tried = attempt(
        request,
        lambda: users.change_user(
            person,
            actor=actor_of(request),
            first_name=given(request.POST, "firstName"),
            last_name=given(request.POST, "lastName"),
            email=given(request.POST, "email"),
            role=given(request.POST, "role"),
            teams=request.POST.getlist("teams"),
        ),
    )
    if tried.problems:
        return _person(request, person, tried)
    return done(request, f"{person.username} was saved.", reverse("user", args=[pk]))


@require_POST
@gated("manage", User)
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    active = given(request.POST, "active") == "true"
    told = "may sign in again" if active else "is deactivated and signed out everywhere"
    return _act(
        request,
        pk,
        lambda person, actor: users.change_user(person, actor=actor, active=active),
        told,
    )


@require_POST
@gated("manage", User)
def sign_out(request: HttpRequest, pk: int) -> HttpResponse:
    told = "is signed out everywhere"
    return _act(request, pk, lambda person, actor: users.sign_out(person, actor=actor), told)


@require_POST
@gated("manage", User)
def send_link(request: HttpRequest, pk: int) -> HttpResponse:
    told = "gets a link for a new password"
    return _act(request, pk, lambda person, actor: passwords.send_link(person, actor=actor), told)


@redraws
@never_cache
@require_POST
@gated("manage", User)
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows what would go and what would stay; when that is confirmed, hands it over."""
    person, actor = _fetch(request, pk), actor_of(request)
    heir = given(request.POST, "to")
    is_sure = given(request.POST, "confirmed") == "true"
    verb = handing_over.hand_over if is_sure else handing_over.preview
    tried = attempt(request, lambda: verb(person, to=heir, actor=actor))
    if tried.result is None:
        return _person(request, person, NOT_TRIED, heir=tried)
    parts = _sorted_out(tried.result)
    if not is_sure:
        context = {"person": person, "heir": heir, **parts, "crumbs": _crumbs(person)}
        return render(request, "accounts/hand_over.html", context)
    moved = ", ".join(f"{one.kind}: {one.count}" for one in parts["moves"])
    told = f"{heir} has taken over from {person.username} ({moved or 'nothing'})."
    return done(request, told, reverse("user", args=[pk]))


def _sorted_out(parts: list[Part]) -> dict[str, list[Part]]:
    return {
        "moves": [one for one in parts if not one.stays],
        "stays": [one for one in parts if one.stays],
    }


def _crumbs(person: User) -> list[tuple[str, str]]:
    own = reverse("user", args=[person.pk])
    return [("Users", reverse("users")), (person.display_name, own), ("Hand over", "")]


@require_POST
@gated("manage", User)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    person, actor = _fetch(request, pk), actor_of(request)
    users.delete_user(person, actor=actor)
    return done(request, f"{person.username} is deleted.", reverse("users"))


def _act(
    request: HttpRequest, pk: int, verb: Callable[[User, Actor], object], told: str
) -> HttpResponse:
    person = _fetch(request, pk)
    verb(person, actor_of(request))
    return done(request, f"{person.username} {told}.", reverse("user", args=[pk]))


def _fetch(request: HttpRequest, pk: int) -> User:
    """Only for those who manage users: others learn nothing here, not even who there is."""
    actor = actor_of(request)
    gate.demand(actor, "manage", User)
    return gate.fetch(actor, with_teams(User.objects.all()), pk=pk)


def _list(request: HttpRequest, invited: Attempt[Any]) -> HttpResponse:
    actor = actor_of(request)
    gate.demand(actor, "manage", User)
    query = request.GET
    wanted = {name: given(query, name) for name in ("q", "role", "team")}
    standing = given(query, "standing")
    rows = gate.narrow(actor, "view", with_teams(User.objects.all()))
    found = narrowed(rows, active=STANDINGS.get(standing), **wanted)
    page = listed(request, found, Sorted.by("username"))
    fields = _invitation_fields()
    context = {
        **wanted,
        "page": page,
        "standing": standing,
        "standings": _choices(request, "standing", list(STANDINGS)),
        "roles": _choices(request, "role", [value for value, _ in ROLES]),
        "any_standing": address(query, standing=None, cursor=None),
        "any_role": address(query, role=None, cursor=None),
        "teams": _team_options(),
        "open_invitations": invitations.open_invitations(actor)[:MOST_INVITATIONS],
        "now": now(),
        "invite_fields": _refilled(request, fields, invited),
        "invite_problems": unplaced(fields, invited.problems),
        "is_inviting": bool(invited.problems),
    }
    status = 422 if invited.problems else 200
    return render(request, "accounts/users.html", context, status=status)


def _choices(request: HttpRequest, name: str, values: list[str]) -> list[tuple[str, str, str]]:
    return [
        (value, value.capitalize(), address(request.GET, **{name: value, "cursor": None}))
        for value in values
    ]


def _person(
    request: HttpRequest,
    person: User,
    tried: Attempt[Any],
    *,
    heir: Attempt[Any] = NOT_TRIED,
) -> HttpResponse:
    """The page, with what was refused in one of its forms standing there again."""
    fields = [
        Field("firstName", "First name", value=person.first_name, required=False),
        Field("lastName", "Last name", value=person.last_name, required=False),
        Field("email", "E-mail address", "email", person.email, required=False, longest=254),
        Field("role", "Role", "select", person.role, options=ROLES),
        Field(
            "teams",
            "Teams",
            "checks",
            chosen=tuple(team.name for team in person.groups.all()),
            options=_team_options(),
        ),
    ]
    context = {
        "person": person,
        "form_fields": _refilled(request, fields, tried),
        "problems": unplaced(fields, tried.problems),
        "heir_fields": _refilled(request, [HEIR], heir),
        "heir_problems": unplaced([HEIR], heir.problems),
        "owned": owned_by(person),
        "owned_alone": owned_alone_by(person),
        "session_count": person.sessions.filter(expire_date__gt=now()).count(),
        "token_count": person.api_tokens.count(),
        "is_self": person == request.user,
        "crumbs": [("Users", reverse("users")), (person.display_name, "")],
    }
    status = 422 if tried.problems or heir.problems else 200
    return render(request, "accounts/user.html", context, status=status)


def _invitation_fields() -> list[Field]:
    return [
        Field("email", "E-mail address", "email", longest=254),
        Field("role", "Role", "select", Role.MEMBER.value, options=ROLES),
        Field("teams", "Teams", "checks", options=_team_options()),
    ]


def _refilled(request: HttpRequest, fields: list[Field], tried: Attempt[Any]) -> list[Field]:
    """The fields; with what was given, where that was refused."""
    return filled(fields, request.POST if tried.problems else {}, tried.problems)


def _team_options() -> tuple[tuple[str, str], ...]:
    return tuple((name, name) for name in teams.all_teams().values_list("name", flat=True))
