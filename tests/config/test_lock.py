"""The lock file of a start."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from config.serving.exceptions import ServeRefused
from config.serving.lock import hold


def test_the_lock_is_held_once_and_names_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "serve.lock"
    second = hold(path, refusal="held by {pid}")
    with hold(path, refusal="held by {pid}"):
        with pytest.raises(ServeRefused, match=f"held by {os.getpid()}"):
            second.__enter__()
        assert path.read_text() == f"{os.getpid()}\n", "a refused start leaves the holder's name"
    with hold(path, refusal="held by {pid}"):
        pass
