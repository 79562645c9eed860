"""How browsers get styles, scripts and pictures: below an address that holds a hash of them all,
kept for a year and never asked for again; below their plain names for a minute, with an ETag.

The hash stands before the path, not in the name, so that what a style or a script refers to by a
relative path is below the same hash: no file is rewritten, nothing is collected or built.
"""

from __future__ import annotations

import re
from functools import cache
from hashlib import blake2b
from http import HTTPStatus
from pathlib import Path
from typing import Final
from wsgiref.headers import Headers

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from whitenoise.compress import Compressor
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

IMMUTABLE: Final = "max-age=31536000, public, immutable"
HASH_BYTES: Final = 6
HASHED = re.compile(rf"([0-9a-f]{{{2 * HASH_BYTES}}})/(.+)")
NO_QUALITY = re.compile(r"q=0(\.0*)?")
COMPRESSOR = Compressor(quiet=True)


class HashedAddresses(StaticFilesStorage):
    """What `{% static %}` writes into pages: the address of a file below the hash of all."""

    def url(self, name: str | None) -> str:
        return super().url(f"{hash_of_all()}/{name}")


class StaticFiles(WhiteNoiseMiddleware):
    """WhiteNoise, whose files are found below the hash of all too, and are compressed once."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        hashed = HASHED.fullmatch(request.path_info.removeprefix(self.static_prefix))
        path = self.static_prefix + hashed[2] if hashed else request.path_info
        static_file = self.files.get(path)
        if static_file is None:
            passed_on: HttpResponseBase = self.get_response(request)
            return passed_on
        response = self.serve(static_file, request)
        # After an upgrade, pages that are still open ask by the hash of before: they get what
        # there is, but nobody must keep that under an address that stands for something else.
        if hashed and hashed[1] == hash_of_all() and "Cache-Control" in response:
            response["Cache-Control"] = IMMUTABLE
        return response

    def add_mime_headers(self, headers: Headers, path: str, url: str) -> None:
        super().add_mime_headers(headers, path, url)
        # Weak, because the compressed bytes and the plain ones have the same.
        headers["ETag"] = f'W/"{_hash_of(path)}"'
        if COMPRESSOR.should_compress(path):
            headers["Vary"] = "Accept-Encoding"

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        """Answers in one piece: of a stream, ASGI would read the whole first, with a warning."""
        answer = static_file.get_response(request.method, request.META)
        response = HttpResponse(status=answer.status)
        del response["Content-Type"]
        for name, value in answer.headers:
            response[name] = value
        can_compress = answer.status == HTTPStatus.OK and takes_gzip(request)
        compressed = _compressed(_path_of(static_file)) if can_compress else None
        if compressed is not None:
            response["Content-Encoding"] = "gzip"
            response["Content-Length"] = str(len(compressed))
        if answer.file is not None:
            with answer.file as opened:
                response.content = opened.read() if compressed is None else compressed
        return response


def takes_gzip(request: HttpRequest) -> bool:
    """Whether the client names gzip among what it accepts, and not to exclude it."""
    for accepted in request.headers.get("Accept-Encoding", "").lower().split(","):
        coding, _, quality = accepted.replace(" ", "").partition(";")
        if coding == "gzip":
            return not NO_QUALITY.fullmatch(quality)
    return False


@cache
def hash_of_all() -> str:
    """The same in all processes of a release, and another as soon as any file differs."""
    found = [
        (name, _hash_of(storage.path(name)))
        for finder in finders.get_finders()
        for name, storage in finder.list(None)
    ]
    return _digest(repr(sorted(found)).encode())


@cache
def _hash_of(path: str) -> str:
    return _digest(Path(path).read_bytes())


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=HASH_BYTES).hexdigest()


def _path_of(static_file: StaticFile) -> str:
    """Where the plain bytes are: what is sent to a client that accepts no encoding."""
    path, _ = static_file.get_path_and_headers({})
    return str(path)


@cache
def _compressed(path: str) -> bytes | None:
    """Kept by the process, so that a file is compressed once. None where it does not pay."""
    if not COMPRESSOR.should_compress(path):
        return None
    content = Path(path).read_bytes()
    compressed = COMPRESSOR.compress_gzip(content)
    pays = COMPRESSOR.is_compressed_effectively("gzip", path, len(content), compressed)
    return compressed if pays else None
