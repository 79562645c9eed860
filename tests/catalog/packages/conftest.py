"""What the tests of packages share: the system as actor, and who may not."""

from __future__ import annotations

import pytest

from accounts.actor import Actor
from tests.cast import cast

__all__ = ["cast"]


@pytest.fixture
def system(db: None) -> Actor:
    return Actor.system()
