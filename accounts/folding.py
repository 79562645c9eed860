"""Names as they are compared: two that look alike but for case or form are one name.

The databases don't agree on this (SQLite lowers ASCII alone), so the folded name has a column.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from django.db import models

LONGEST_FOLD = 3
"""By how much a character may grow: ΐ becomes three."""


def folded(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


if TYPE_CHECKING:
    TextColumn = models.CharField[str, str]
else:
    TextColumn = models.CharField


class FoldedField(TextColumn):
    """Holds another column's text folded; computed whenever it is written, in bulk too."""

    fold = staticmethod(folded)

    def __init__(self, *args: Any, source: str, **kwargs: Any) -> None:
        self.source = source
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = self.fold(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, value)
        return value
