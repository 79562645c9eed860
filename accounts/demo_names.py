"""Who is in the demo account, by name: the sign-in page offers them, a start in production asks."""

from __future__ import annotations

DEMO_PASSWORD = "demo"
DEMO_USERNAMES = (
    "admin",
    "owner",
    "steward",
    "approver",
    "member",
    "outsider",
    "viewer",
    "guest",
)
