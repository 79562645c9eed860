"""The socket `/ws/events`."""

from notifications.consumers.events import Events

__all__ = ["Events"]
