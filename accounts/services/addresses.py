"""E-mail addresses: each is one user's, ignoring case. Whoever has none shares that with others."""

from __future__ import annotations

from contextlib import AbstractContextManager

from accounts.constraints import refusing
from accounts.exceptions import Invalid, Problem
from accounts.folding import folded
from accounts.models import User

COLUMNS = ("email", "folded_email")
"""Saved together: the folded one is what is compared."""

CONSTRAINT = "user_email_unique_ignoring_case"


def demand_free(email: str, *, but: User | None = None) -> None:
    """Raises `Invalid` where another user has the address."""
    if (there := holder_of(email, but=but)) is not None:
        raise _taken(email, f"{there.username} has this address already.")


def holder_of(email: str, *, but: User | None = None) -> User | None:
    """The user who has the address; nobody has the empty one."""
    rows = User.objects.filter(folded_email=folded(email)).exclude(folded_email="")
    return rows.exclude(pk=but.pk).first() if but is not None else rows.first()


def refusing_taken(email: str) -> AbstractContextManager[None]:
    """Within it, whoever writes an address that was given to another meanwhile is refused."""
    return refusing({CONSTRAINT: _taken(email, "Another user has this address already.")})


def _taken(email: str, detail: str) -> Invalid:
    return Invalid(problems=[Problem("/email", "taken", detail, email)])
