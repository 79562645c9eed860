"""What is wrong with a configuration although it could be saved: kinds that the rooms contribute.

A finding tells what follows for people, where it is and what to do. Errors and warnings are to be
mended; what is only worth knowing is information.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from journal.registry import Registry


class Severity(StrEnum):
    """How bad it is, worst first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


ORDER = list(Severity)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found. `place` names it for people; `url` is the page to mend it on."""

    severity: Severity
    detail: str
    place: str
    remedy: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class FindingKind:
    """One thing that can be wrong: `find` looks for it through all of the configuration, in as many
    statements however much there is of it."""

    key: str
    label: str
    meaning: str
    find: Callable[[], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind, worst first."""

    kind: FindingKind
    findings: tuple[Finding, ...]


finding_kinds: Registry[FindingKind] = Registry("kinds of findings")


def look() -> list[Group]:
    """Everything that is found, by kind; kinds of which nothing is found are left out."""
    found = [Group(kind, tuple(sorted(kind.find(), key=_rank))) for kind in finding_kinds]
    there = [group for group in found if group.findings]
    return sorted(there, key=lambda group: _rank(group.findings[0])[0])


def _rank(finding: Finding) -> tuple[int, str, str]:
    return ORDER.index(finding.severity), finding.place, finding.detail


def counts(groups: Sequence[Group]) -> dict[Severity, int]:
    """How many of each severity, worst first."""
    counted = Counter(one.severity for group in groups for one in group.findings)
    return {severity: counted[severity] for severity in Severity}


def is_sound(groups: Sequence[Group]) -> bool:
    """Nothing is to be mended."""
    return not any(counts(groups)[one] for one in (Severity.ERROR, Severity.WARNING))


def as_json(groups: Sequence[Group]) -> dict[str, Any]:
    return {
        "counts": counts(groups),
        "findings": [
            {"kind": group.kind.key, **asdict(one)} for group in groups for one in group.findings
        ],
    }
