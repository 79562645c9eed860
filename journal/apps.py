"""The journal's Django app."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "journal"
