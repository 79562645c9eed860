"""Refuses a start with another order of authentication backends: their order is security."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

GATE_BACKEND = "accounts.backends.GateBackend"


def gate_backend_stands_first(**_: Any) -> list[CheckMessage]:
    """Django ORs the backends; only the first can veto, and ours is the one that does."""
    backends = list(settings.AUTHENTICATION_BACKENDS)
    if backends[:1] == [GATE_BACKEND]:
        return []
    return [
        Error(
            f"{GATE_BACKEND} must be the first of AUTHENTICATION_BACKENDS.",
            hint="A backend before it could grant what the gate refuses.",
            id="permissions.E001",
        )
    ]
