"""Seals what nobody may read in the database: the key stands outside of it (`ENCRYPTION_KEY`)."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class SealBroken(Exception):
    """It was sealed with another key or for another purpose, or was changed since."""


def seal(purpose: str, content: bytes) -> bytes:
    """Encrypted and authenticated; only the same purpose opens it again."""
    return _lock(settings.ENCRYPTION_KEY, purpose).encrypt(content)


def unseal(purpose: str, sealed: bytes) -> bytes:
    try:
        return _lock(settings.ENCRYPTION_KEY, purpose).decrypt(sealed)
    except InvalidToken:
        raise SealBroken(f"What was sealed for {purpose} can't be opened.") from None


@lru_cache(maxsize=32)
def _lock(secret: str, purpose: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode())
    return Fernet(urlsafe_b64encode(derived.derive(secret.encode())))
