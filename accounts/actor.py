"""The actor: on whose behalf something is done, through what, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace

from accounts.models import User
from journal.origin import Origin

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """A user, or the system (`user` None: acts as an account admin, is never an elector).

    `root_id` and `depth` carry the chain of events that led here; see `journal.origin.Origin`.
    """

    user: User | None
    via_kind: str = "command"
    via_id: str = ""
    root_id: int | None = None
    depth: int = 0

    @classmethod
    def system(cls, via_kind: str = "command", via_id: str = "") -> Actor:
        return cls(None, via_kind, via_id)

    @property
    def is_system(self) -> bool:
        return self.user is None

    @property
    def is_admin(self) -> bool:
        """Sees and edits everything: an account admin, or the system."""
        return self.user is None or self.user.is_account_admin

    @property
    def is_active(self) -> bool:
        return self.user is None or self.user.is_active

    @property
    def username(self) -> str:
        return SYSTEM if self.user is None else self.user.username

    @property
    def origin(self) -> Origin:
        return Origin(
            username=self.username,
            user_id=self.user.pk if self.user else None,
            via_kind=self.via_kind,
            via_id=self.via_id,
            root_id=self.root_id,
            depth=self.depth,
        )

    def through(self, via_kind: str, via_id: str = "") -> Actor:
        """The same actor, acting through something else."""
        return replace(self, via_kind=via_kind, via_id=via_id)

    def __str__(self) -> str:
        return self.username
