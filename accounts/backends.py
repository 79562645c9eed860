"""The gate as an authentication backend: first in order, for Django's admin and guardian."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import User


class GateBackend(BaseBackend):
    """Vetoes: an inactive user has no permission at all, and only admins touch Django's admin.

    Backends are OR-ed by Django and a raised `PermissionDenied` ends the walk, so this one stands
    first; without that, a model permission given to a group would open the admin pages to members.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        return None

    def get_user(self, user_id: int) -> User | None:
        """Whoever holds a session, while active; Django's tests sign in through this backend."""
        return User.objects.filter(pk=user_id, is_active=True).first()

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if not isinstance(user_obj, User) or not user_obj.is_account_admin:
            raise PermissionDenied
        return True

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return isinstance(user_obj, User) and user_obj.is_account_admin
