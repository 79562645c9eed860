"""`Idempotency-Key`: a POST that is sent again is answered again, and done once.

The key is claimed, the request carried out and its answer stored in one transaction: a crash in
between leaves neither. A second request under the same key waits for the first (on the key's unique
constraint, or for SQLite's one writer) and gets its answer. Refusals are not stored: they have no
effect that could double, and what was refused may be mended and sent again under its key.

A POST that only asks changes nothing, so that doing it again is the same as repeating it: its key
is checked, and nothing is claimed or kept. An answer to a question is so never older than the
rights of who asks, and no question holds SQLite's one writer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from accounts.exceptions import Conflict, Invalid, Malformed
from accounts.http.authentication import user_of
from accounts.models import StoredAnswer, User
from accounts.sealing import SealBroken, seal, unseal
from accounts.services.answers import KEPT
from journal.clock import now

HEADER = "HTTP_IDEMPOTENCY_KEY"
FORM = re.compile(r"[\x21-\x7e]{1,255}\Z")
REPLAYED = "Idempotency-Replayed"
KEPT_HEADERS = ("Location", "ETag")
PURPOSE = "accounts.http.idempotency"


def once(request: Request, perform: Callable[[], Response], *, only_asks: bool) -> Response:
    """Performs the request, or answers as it was answered before under the same key.

    One that `only_asks` is always performed, outside of any transaction.
    """
    key = request.META.get(HEADER)
    if request.method != "POST" or key is None:
        return perform()
    if not FORM.match(key):
        raise Malformed("An Idempotency-Key has 1 to 255 visible ASCII characters.")
    if only_asks:
        return perform()
    with transaction.atomic():
        claimed, answer = _claim(user_of(request), key, _fingerprint(request))
        return _again(answer) if not claimed else _store(answer, perform())


def _claim(user: User, key: str, fingerprint: str) -> tuple[bool, StoredAnswer]:
    mine = StoredAnswer.objects.filter(user=user, key=key)
    mine.filter(created_at__lt=now() - KEPT).delete()
    try:
        with transaction.atomic():
            row = StoredAnswer(user=user, key=key, fingerprint=fingerprint)
            row.save(force_insert=True)
            return True, row
    except IntegrityError:
        answer = mine.get()
    if answer.fingerprint != fingerprint:
        raise Invalid(
            "This Idempotency-Key was used for another request.", code="idempotencyKeyReused"
        )
    return False, answer


def _fingerprint(request: Request) -> str:
    """What makes two requests the same: the address and the values of the body."""
    values = [request.get_full_path(), request.data]
    text = json.dumps(values, sort_keys=True, default=_exact)
    return salted_hmac(PURPOSE, text, algorithm="sha256").hexdigest()


def _exact(number: object) -> str:
    """A number with a fraction; no text of a body can be the same, since none holds a NUL."""
    return f"\0{number}"


def _store(answer: StoredAnswer, response: Response) -> Response:
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    content = json.dumps([response.data, headers], cls=JSONEncoder)
    answer.status = response.status_code
    answer.sealed = seal(PURPOSE, content.encode())
    answer.save(update_fields=["status", "sealed"])
    return response


def _again(answer: StoredAnswer) -> Response:
    try:
        body, headers = json.loads(unseal(PURPOSE, bytes(answer.sealed)))
    except SealBroken:
        detail = "This request was carried out before; its answer can't be read any more."
        raise Conflict(detail, code="answerLost") from None
    return Response(body, status=answer.status, headers={**headers, REPLAYED: "true"})
