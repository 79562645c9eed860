"""Reads a request's JSON strictly: 413 where it is too large, 400 with the place of what is bad."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any, ClassVar

from rest_framework.exceptions import APIException
from rest_framework.parsers import BaseParser

from accounts.exceptions import Malformed, Problem
from journal.strict_json import BadJSON, loads, without_mark

MOST_BYTES = 2 * 1024 * 1024
UNKNOWN_LENGTH = "-1"
UTF8 = {"", "utf-8", "utf8"}


class TooLarge(APIException):
    """The body is larger than this address takes."""

    status_code = 413
    default_code = "too_large"


class WrongCharset(APIException):
    """JSON is UTF-8 and nothing else."""

    status_code = 415
    default_code = "unsupported_media_type"
    default_detail = "JSON is read as UTF-8 only."


class WrongEncoding(APIException):
    """A body that would have to be unpacked, and could grow without end."""

    status_code = 415
    default_code = "unsupported_media_type"
    default_detail = "A body is read as it is: send it without Content-Encoding."


class StrictJSONParser(BaseParser):
    """`application/json`, at most `most_bytes` large.

    Where it is `exact`, numbers with a fraction come as Decimals.
    """

    media_type = "application/json"
    most_bytes: ClassVar[int] = MOST_BYTES
    exact: ClassVar[bool] = False

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        meta = (parser_context or {})["request"].META
        if meta.get("HTTP_CONTENT_ENCODING", "").strip().lower() not in ("", "identity"):
            raise WrongEncoding
        if _charset(media_type or "") not in UTF8:
            raise WrongCharset
        if _declared(meta.get("CONTENT_LENGTH")) > self.most_bytes:
            raise self._too_large()
        raw = stream.read(self.most_bytes + 1)
        if len(raw) > self.most_bytes:
            raise self._too_large()
        return _loaded(self.body_of(raw), exact=self.exact)

    def body_of(self, raw: bytes) -> bytes:
        """What of the bytes is the JSON."""
        return raw

    def _too_large(self) -> TooLarge:
        return TooLarge(f"The body is larger than {self.most_bytes:,} bytes.")


class ExactJSONParser(StrictJSONParser):
    """Where a decimal of many digits must not go through a binary number."""

    exact = True


class PackageParser(StrictJSONParser):
    """A whole package: a file, which some programs begin with a byte order mark."""

    most_bytes = 32 * 1024 * 1024

    def body_of(self, raw: bytes) -> bytes:
        return without_mark(raw)


def _loaded(raw: bytes, *, exact: bool) -> Any:
    if not raw:
        return {}
    try:
        return loads(raw, max_bytes=len(raw), exact=exact)
    except BadJSON as bad:
        problem = Problem(bad.pointer, bad.code, str(bad))
        raise Malformed(str(bad), problems=[problem], line=bad.line, column=bad.column) from bad


def _declared(length: object) -> int:
    text = str(length or "")
    return int(text) if text.isascii() and text.isdigit() else 0


def _charset(media_type: str) -> str:
    for parameter in media_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return ""
