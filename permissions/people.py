"""What a person's account role means here."""

from __future__ import annotations

from django.db.models import Q

from accounts.models import Role, User

ROLES_THAT_NEED_A_RELATION = [Role.VIEWER.value, Role.GUEST.value]
ROLES_THAT_CREATE_OBJECTS = [Role.ADMIN.value, Role.MEMBER.value]
ACCOUNT_ADMINS = Q(role=Role.ADMIN) | Q(is_superuser=True)
EVERYBODY = ~Q(pk__in=[])
NOBODY = Q(pk__in=[])


def is_guest(user: User) -> bool:
    return user.role == Role.GUEST


def needs_relation(user: User) -> bool:
    """Edits, and counts as an elector, only where a condition with a user relation matches."""
    return user.role in ROLES_THAT_NEED_A_RELATION


def creates_objects(user: User) -> bool:
    return user.role in ROLES_THAT_CREATE_OBJECTS
