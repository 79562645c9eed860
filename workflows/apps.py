"""The workflows app: contributes lifecycles to packages."""

from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "workflows"

    def ready(self) -> None:
        # Models are there only now.
        from workflows.contributions import contribute

        contribute()
