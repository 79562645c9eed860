"""Django's admin app, with our own entrance."""

from django.contrib.admin.apps import AdminConfig


class Administration(AdminConfig):
    default = False
    default_site = "config.site.Site"
