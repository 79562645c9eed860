"""What a channel is, and the registry of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.mail.transport import Unsendable
from journal.registry import Registry

if TYPE_CHECKING:
    from accounts.models import User
    from notifications.models import Delivery


__all__ = ["Channel", "Unsendable", "channels"]


def reaches_everybody(user: User) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Channel:
    """One way out. `send` is None where the notification's row is all there is to it.

    `unreachable` answers why this user can't be reached here, empty where they can. `send` may
    block for `journal.leases.LEASE_SECONDS` and longer; it raises `Unsendable` for good, and
    anything else for now.
    """

    key: str
    label: str
    send: Callable[[Delivery], None] | None = None
    unreachable: Callable[[User], str] = reaches_everybody


channels: Registry[Channel] = Registry("the channels of notifications")
