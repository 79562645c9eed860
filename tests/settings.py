"""Settings of a test run: the product's own, with a place, names and speed of its own."""

from __future__ import annotations

import os
from pathlib import Path

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
os.environ.setdefault("DATA_DIR", str(Path(__file__).resolve().parent.parent / "var" / "test"))

from config.settings import *

# Anything slower is spent on passwords that are all "demo".
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Several workers share one Redis: each has names of its own, and clears those alone.
PREFIX = f"sluice-test-{WORKER}-"
CACHES["default"]["KEY_PREFIX"] = PREFIX
if REDIS_URL:
    CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = PREFIX
if not IS_EMBEDDED_QUEUE:
    CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = PREFIX

# A test's rows need not outlive a power cut; the programs that tests start keep the product's way.
_options = DATABASES["default"]["OPTIONS"]
if IS_SQLITE:
    _options["init_command"] = _options["init_command"].replace("=FULL", "=OFF")
else:
    _options["options"] = "-c synchronous_commit=off"
