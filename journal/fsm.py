"""What a model with a protected status needs beside django-fsm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django_fsm import FSMFieldMixin

if TYPE_CHECKING:
    # The library has no types; to the checker this mixin is any model.
    class ConcurrentTransitionMixin(models.Model):
        class Meta:
            abstract = True

        def _update_initial_state(self) -> None: ...
else:
    from django_fsm import ConcurrentTransitionMixin


class Guarded(ConcurrentTransitionMixin):
    """A model whose fsm fields change by their transitions only.

    django-fsm lifts its protection from the whole class during a `refresh_from_db`, and for good
    when the row is gone. Here only the one instance forgets its value before it is read again.
    """

    if TYPE_CHECKING:

        class Meta:
            abstract = True

    def refresh_from_db(
        self, using: str | None = None, fields: Any = None, from_queryset: Any = None
    ) -> None:
        names = [f.attname for f in self._meta.concrete_fields if isinstance(f, FSMFieldMixin)]
        wanted = names if fields is None else [n for n in names if n in fields]
        before = {name: self.__dict__.pop(name) for name in wanted if name in self.__dict__}
        try:
            models.Model.refresh_from_db(self, using, fields, from_queryset)
        except BaseException:
            self.__dict__.update(before)
            raise
        self._update_initial_state()
