"""Fixtures of the API's tests."""

from __future__ import annotations

from tests.cast import api, cast, nobody

__all__ = ["api", "cast", "nobody"]
