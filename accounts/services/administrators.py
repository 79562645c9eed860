"""The first account admin of an installation."""

from __future__ import annotations

from django.db import transaction

from accounts.actor import Actor
from accounts.exceptions import Conflict
from accounts.models import Role, User
from accounts.services.users import admins, create_user


def create_administrator(
    username: str, *, actor: Actor, email: str, password: str, force: bool = False
) -> User:
    """Makes an account admin who reaches Django's admin too; a second one only by force."""
    with transaction.atomic():
        if not force and admins().exists():
            raise Conflict(
                "There is an account admin already: add others on the pages, or use --force.",
                code="hasAdmin",
            )
        user = create_user(username, actor=actor, email=email, role=Role.ADMIN, password=password)
        user.is_superuser = True
        user.save(update_fields=["is_superuser"])
    return user
