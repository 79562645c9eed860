"""The inbox: the notification's own row, shown on its page and counted by the badge."""

from notifications.channels.registry import Channel

INBOX = Channel(key="inbox", label="Inbox")
