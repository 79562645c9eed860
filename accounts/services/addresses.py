"""E-mail addresses: each is one user's, ignoring case. Whoever has none shares that with others.

Kept by a lock rather than by a constraint: accounts from before the rule may hold an address twice.
"""

from __future__ import annotations

from django.db.models import Q

from accounts.exceptions import Invalid, Problem
from accounts.folding import folded
from accounts.models import Account, User
from accounts.services.account import the_account


def demand_free(email: str, *, but: User | None = None) -> None:
    """Raises `Invalid` where another user has the address; in a transaction it stays free."""
    if not email:
        return
    hold()
    if (there := holder_of(email, but=but)) is not None:
        detail = f"{there.username} has this address already."
        raise Invalid(problems=[Problem("/email", "taken", detail, email)])


def hold() -> None:
    """Nobody else gives or takes an address until the transaction ends.

    The last lock of a transaction: whoever holds it waits for no row of a user that is there.
    """
    rows = Account.objects.select_for_update(no_key=True).filter(pk=the_account().pk)
    list(rows.values_list("pk", flat=True))


def holder_of(email: str, *, but: User | None = None) -> User | None:
    """The user who has the address.

    What is behind the `@` may be of any script, whose case SQLite doesn't know: compared here.
    """
    begins = {part.rpartition("@")[0] + "@" for part in (email, folded(email))}
    near = Q(*(("email__istartswith", begin) for begin in sorted(begins)), _connector=Q.OR)
    rows = User.objects.filter(near).exclude(pk__in=[but.pk] if but else [])
    return next((user for user in rows.order_by("pk") if folded(user.email) == folded(email)), None)
