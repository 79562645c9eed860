"""`Idempotency-Key`: a POST that is sent again is answered again, and done once.

The key is claimed, the request carried out and its answer stored in one transaction. A second
request under the same key waits for the first (on the key's unique constraint, or for SQLite's one
writer) and gets its answer. Refusals are not stored: they have no effect that could double.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from accounts.exceptions import Invalid, Malformed
from accounts.http.authentication import user_of
from accounts.models import StoredAnswer, User
from accounts.services.answers import KEPT
from journal.clock import now

HEADER = "HTTP_IDEMPOTENCY_KEY"
FORM = re.compile(r"[\x21-\x7e]{1,255}\Z")
REPLAYED = "Idempotency-Replayed"
KEPT_HEADERS = ("Location", "ETag")


def once(request: Request, perform: Callable[[], Response]) -> Response:
    """Performs the request, or answers as it was answered before under the same key."""
    key = request.META.get(HEADER)
    if request.method != "POST" or key is None:
        return perform()
    if not FORM.match(key):
        raise Malformed("An Idempotency-Key has 1 to 255 visible ASCII characters.")
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
    text = json.dumps(values, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _store(answer: StoredAnswer, response: Response) -> Response:
    answer.status = response.status_code
    answer.body = _plain(response.data)
    answer.headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    answer.save(update_fields=["status", "body", "headers"])
    return response


def _again(answer: StoredAnswer) -> Response:
    return Response(answer.body, status=answer.status, headers={**answer.headers, REPLAYED: "true"})


def _plain(content: Any) -> Any:
    """The content as it was sent, without the encoder's types."""
    return json.loads(json.dumps(content, cls=JSONEncoder))
