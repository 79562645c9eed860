"""The last app to be ready: closes the registries that the others have filled."""

from django.apps import AppConfig

from config.registries import freeze_all


class HouseConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        freeze_all()
