"""Addresses as somebody outside the browser needs them: in mails."""

from __future__ import annotations

from urllib.parse import urljoin

from django.conf import settings


def absolute(url: str) -> str:
    """The same address below `PUBLIC_URL`, never below the host that a request named."""
    return urljoin(settings.PUBLIC_URL, url)
