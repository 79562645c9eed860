"""The permissions app: installs the one implementation of the gate."""

from django.apps import AppConfig


class PermissionsConfig(AppConfig):
    name = "permissions"

    def ready(self) -> None:
        from permissions.contributions import contribute

        contribute()
