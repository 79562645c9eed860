"""The lock under which the schema is written: two packages applied at once come one by one."""

from __future__ import annotations

from accounts.models import Account


def hold_schema() -> None:
    """Waits for its turn; held until the transaction ends.

    SQLite has one writer anyway, and its transactions begin as writers.
    """
    list(Account.objects.select_for_update().filter(pk=1))
