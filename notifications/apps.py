"""The notifications app: contributes its channels, its rules and its sweep."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from notifications import contributions

        contributions.register_all()
