"""The catalog app."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class CatalogConfig(AppConfig):
    name = "catalog"

    def ready(self) -> None:
        # Models are there only now.
        from catalog import contributions
        from catalog.filters import functions

        contributions.contribute()

        connection_created.connect(functions.register, dispatch_uid="catalog.filters")
