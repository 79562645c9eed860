"""What every installation has from its first migration on."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from accounts.models import Account, Workspace


@pytest.mark.django_db(transaction=True)
def test_the_main_workspace_and_the_account_are_there_even_after_a_flush() -> None:
    call_command("flush", interactive=False, verbosity=0)
    main = Workspace.objects.get()
    assert (main.key, main.access) == ("main", "open")
    assert Account.objects.get().pk == 1


@pytest.mark.django_db
def test_they_are_made_once_and_kept_as_they_were_changed() -> None:
    Workspace.objects.filter(key="main").update(name="Ours")
    Account.objects.update(name="Ours")
    call_command("migrate", verbosity=0)
    assert Workspace.objects.get().name == "Ours"
    assert Account.objects.get().name == "Ours"
