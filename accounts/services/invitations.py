"""Invitations: sent by account admins, accepted once by whoever holds the link."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from django.db import transaction
from django.db.models import QuerySet

from accounts import gate
from accounts.actor import Actor
from accounts.constraints import refusing
from accounts.exceptions import Conflict, Invalid, LinkVoid, Problem
from accounts.folding import folded
from accounts.models import Invitation, MailKind, Role, User
from accounts.models.invitations import new_nonce
from accounts.services import addresses, links
from accounts.services.mailing import queue
from accounts.services.user_problems import email_problems
from accounts.services.users import create_user, find_teams, known_role
from journal.clock import now

log = structlog.get_logger(__name__)

VOID_LINK = (
    "This invitation is not valid any more: it was accepted, withdrawn or sent again, or it is too "
    "old. Ask for another one."
)


def invite(
    email: str, *, actor: Actor, role: str = Role.MEMBER, teams: Sequence[str] = ()
) -> Invitation:
    """Invites somebody by e-mail. One address has one open invitation at a time."""
    gate.demand(actor, "manage", Invitation)
    invitation = Invitation(
        email=email,
        role=known_role(role),
        invited_by=actor.user,
        expires_at=now() + links.INVITATION_LASTS,
    )
    with transaction.atomic(), refusing({"invitation_open_once": _invited(email)}):
        _check(email)
        invitation.save(force_insert=True)
        invitation.teams.set(find_teams(teams))
        queue(MailKind.INVITATION, address=email, invitation=invitation)
    log.info("invited", invitation=invitation.pk, actor=actor.username)
    return invitation


def resend_invitation(invitation: Invitation, *, actor: Actor) -> Invitation:
    """Sends another link and makes the one before it void; the time begins anew."""
    gate.demand(actor, "manage", invitation)
    with transaction.atomic():
        locked = _lock(invitation)
        locked.nonce, locked.expires_at = new_nonce(), now() + links.INVITATION_LASTS
        locked.invited_by = actor.user
        locked.save(update_fields=["nonce", "expires_at", "invited_by"])
        queue(MailKind.INVITATION, address=locked.email, invitation=locked)
    return locked


def revoke_invitation(invitation: Invitation, *, actor: Actor) -> None:
    """Takes an open invitation back; its link is void."""
    gate.demand(actor, "manage", invitation)
    with transaction.atomic():
        _lock(invitation).delete()
    log.info("invitation_revoked", invitation=invitation.pk, actor=actor.username)


def open_invitations(actor: Actor) -> QuerySet[Invitation]:
    """Those that nobody has accepted yet, run out or not."""
    rows = Invitation.objects.filter(accepted_at=None).select_related("invited_by")
    return gate.narrow(actor, "view", rows)


def invitation_of(token: str) -> Invitation:
    """The invitation that a link opens; `NotFound` where the link is void.

    It counts while who sent it is an active account admin: their power ends with their role.
    """
    named = links.read(token, salt=links.INVITATION)
    rows = Invitation.objects.select_related("invited_by")
    found = (
        rows.filter(pk=named[0], nonce=named[1], accepted_at=None, expires_at__gt=now()).first()
        if named
        else None
    )
    if found is None or not _still_backed(found):
        raise LinkVoid(VOID_LINK)
    return found


def accept_invitation(
    token: str, *, username: str, first_name: str, last_name: str, password: str
) -> User:
    """Makes the user that the link's holder wants to be, of the role that was offered."""
    if problems := _missing(first_name, last_name, username, password):
        raise Invalid(problems=problems)
    with transaction.atomic():
        _lock(invitation_of(token))
        invitation = invitation_of(token)  # again, now that nobody else can accept it
        user = create_user(
            username,
            actor=Actor.system(via_kind="page"),
            email=invitation.email,
            first_name=first_name,
            last_name=last_name,
            role=invitation.role,
            password=password,
            teams=list(invitation.teams.values_list("name", flat=True)),
        )
        invitation.accepted_at = now()
        invitation.save(update_fields=["accepted_at"])
    log.info("invitation_accepted", invitation=invitation.pk, user=user.pk)
    return user


def _still_backed(invitation: Invitation) -> bool:
    by = invitation.invited_by
    return by is None or by.is_account_admin


def _lock(invitation: Invitation) -> Invitation:
    open_ones = Invitation.objects.select_for_update().filter(accepted_at=None)
    locked = open_ones.filter(pk=invitation.pk).first()
    if locked is None:
        raise Conflict("This invitation is not open any more.", code="notOpen")
    return locked


def _check(email: str) -> None:
    problems = email_problems(email)
    if not email:
        problems = [Problem("/email", "required", "Enter a valid e-mail address.")]
    if problems:
        raise Invalid(problems=problems)
    if Invitation.objects.filter(folded_email=folded(email), accepted_at=None).exists():
        raise _invited(email)
    addresses.demand_free(email)


def _invited(email: str) -> Invalid:
    detail = f"{email} is invited already: send that invitation again, or revoke it."
    return Invalid(problems=[Problem("/email", "invited", detail, email)])


def _missing(first_name: str, last_name: str, username: str, password: str) -> list[Problem]:
    """All of it at once: without this one would be sent back for each half of the form."""
    wanted = (
        ("/firstName", first_name, "Enter your first name."),
        ("/lastName", last_name, "Enter your last name."),
        ("/username", username, "Choose a user name."),
        ("/password", password, "Choose a password."),
    )
    return [
        Problem(pointer, "required", sentence)
        for pointer, given, sentence in wanted
        if not given.strip()
    ]
