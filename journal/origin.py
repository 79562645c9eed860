"""Where a change comes from: who, through what, which chain of events led to it. Pure Python."""

from __future__ import annotations

from dataclasses import dataclass

VIA_KINDS = (
    "api",
    "page",
    "import",
    "package",
    "execution",
    "admin",
    "trigger",
    "command",
)


@dataclass(frozen=True, slots=True)
class Origin:
    """The cause that an event and a history row carry.

    `user_id` is None for the system. `root_id` is the first event of the chain, None where the
    change starts one; `depth` counts the events between: 0 for a person's click.
    """

    username: str
    user_id: int | None = None
    via_kind: str = "command"
    via_id: str = ""
    root_id: int | None = None
    depth: int = 0

    def __post_init__(self) -> None:
        if self.via_kind not in VIA_KINDS:
            raise ValueError(f"{self.via_kind!r} is not a way in which changes come.")
