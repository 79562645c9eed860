"""Keys in addresses: `<key:key>`, which leaves the reserved words to addresses of their own."""

from __future__ import annotations

from django.urls import path, register_converter

from accounts.keys import RESERVED

__all__ = ["path"]


class KeyConverter:
    """Anything but a reserved word; a malformed key is simply one that nothing has."""

    regex = rf"(?!(?:{'|'.join(sorted(RESERVED))})/)[^/]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(KeyConverter, "key")
