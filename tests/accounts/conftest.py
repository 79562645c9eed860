"""Fixtures of the tests of accounts."""

from __future__ import annotations

from tests.cast import api, cast, nobody

__all__ = ["api", "cast", "nobody"]
