"""The automations app: contributes the engine to the rooms below."""

from django.apps import AppConfig


class AutomationsConfig(AppConfig):
    name = "automations"

    def ready(self) -> None:
        from automations.contributions import register_all

        register_all()
