"""A password of one or two characters, over and over, which no list of common ones holds."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError

LEAST_DIFFERENT = 3
SENTENCE = f"A password has at least {LEAST_DIFFERENT} different characters beside spaces."


class MonotonousPasswordValidator:
    """Refuses eight spaces, too: a guesser tries such passwords first."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if len(set("".join(password.split()).casefold())) < LEAST_DIFFERENT:
            raise ValidationError(SENTENCE, code="password_monotonous")

    def get_help_text(self) -> str:
        return SENTENCE
