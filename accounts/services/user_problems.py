"""What is wrong with what somebody wants to be called, reached at or let in by."""

from __future__ import annotations

import re
import unicodedata

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.actor import SYSTEM
from accounts.exceptions import Problem
from accounts.folding import folded
from accounts.lookalikes import mixed_word, plain_form
from accounts.models import User
from accounts.models.users import LONGEST_EMAIL, LONGEST_USERNAME
from accounts.person_names import FIRST, LAST, what_is_wrong
from accounts.services.likenesses import looking_like

USERNAME = re.compile(r"[\w.@+-]+")  # as Django's own validator
USERNAME_SENTENCE = (
    f"A username has 1 to {LONGEST_USERNAME} letters, digits and characters of @ . + - _, "
    "and is not 'system'."
)
LONGEST_PASSWORD = 1000


def normal_username(username: str) -> str:
    """A username in the one form in which it is kept."""
    return unicodedata.normalize("NFKC", username)


def username_problems(username: str) -> list[Problem]:
    name = normal_username(username)
    if len(name) > LONGEST_USERNAME or not USERNAME.fullmatch(name) or folded(name) == SYSTEM:
        return [Problem("/username", "badUsername", USERNAME_SENTENCE, username)]
    if word := mixed_word(name):
        return [mixing("/username", username, word)]
    if plain_form(name) == plain_form(SYSTEM):
        return [looking_like("/username", username, SYSTEM)]
    return []


def mixing(pointer: str, name: str, word: str) -> Problem:
    detail = f"{word!r} mixes letters of several scripts; write each word in one."
    return Problem(pointer, "mixedScripts", detail, name)


def email_problems(email: str) -> list[Problem]:
    """None where there is no address at all: that is allowed here."""
    if not email:
        return []
    try:
        validate_email(email)
    except ValidationError:
        return [Problem("/email", "badEmail", "Enter a valid e-mail address.", email)]
    # Some characters grow when they are folded, one to eighteen: the column would not hold them.
    if max(len(email), len(folded(email))) > LONGEST_EMAIL:
        detail = f"An e-mail address has at most {LONGEST_EMAIL} characters."
        return [Problem("/email", "tooLong", detail)]
    return []


def name_problems(first: str, last: str) -> list[Problem]:
    """Of tidy names; an empty one is none, which is allowed here."""
    return [
        Problem(pointer, "badName", wrong)
        for pointer, of, name in (("/firstName", FIRST, first), ("/lastName", LAST, last))
        if name and (wrong := what_is_wrong(name, of=of))
    ]


def password_problems(password: str | None, user: User) -> list[Problem]:
    """What the validators of the settings say; None is no password, which is allowed here."""
    if password is None:
        return []
    if len(password) > LONGEST_PASSWORD:
        detail = f"A password has at most {LONGEST_PASSWORD} characters."
        return [Problem("/password", "tooLong", detail)]
    try:
        validate_password(password, user)
    except ValidationError as refused:
        return [Problem("/password", "weakPassword", message) for message in refused.messages]
    return []
