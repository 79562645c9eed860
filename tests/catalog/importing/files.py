"""Lines to import, and what became of them in short."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from catalog.importing.report import Report
from journal.models import Event

Importer = Callable[..., Report]


def written(line: object) -> bytes:
    return line if isinstance(line, bytes) else json.dumps(line).encode()


def soup(key: str = "soup", **more: Any) -> dict[str, Any]:
    return {"key": key, "name": key.title(), **more}


def kinds() -> Counter[str]:
    return Counter(Event.objects.values_list("kind", flat=True))


def codes(report: Report) -> dict[int, list[tuple[str, str]]]:
    return {line.number: [(one.pointer, one.code) for one in line.problems] for line in report.bad}
