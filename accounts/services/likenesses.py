"""Names that are taken, or that look like one that is: of users and teams, who share one list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.exceptions import Invalid, Problem
from accounts.folding import folded
from accounts.lookalikes import plain_form
from accounts.models import Team, User

BATCH = 500


@dataclass(frozen=True, slots=True)
class Likeness:
    """A user or team, and how a new name is like its: the same but for case, or in looks."""

    kind: str
    name: str
    is_same: bool

    def problem(self, pointer: str, wanted: str, *, kind: str) -> Problem:
        """What is wrong with giving the wanted name to something of the kind."""
        if not self.is_same:
            return looking_like(pointer, wanted, self.name)
        detail = f"There is a {self.kind} {wanted!r} already."
        if self.kind != kind:
            detail = f"There is a {self.kind} {wanted!r}: nobody could tell the two apart."
        return Problem(pointer, "taken", detail, wanted)


def looking_like(pointer: str, name: str, other: str) -> Problem:
    detail = f"This name can't be told from {other!r} at a glance; choose another one."
    return Problem(pointer, "looksAlike", detail, name)


def demand_unlike(name: str, *, pointer: str, kind: str, but: Team | None = None) -> None:
    """Raises `Invalid` where a user or team has the name, or one that looks like it."""
    if like := likenesses([name], but=but).get(name):
        raise Invalid(problems=[like.problem(pointer, name, kind=kind)])


def likenesses(names: Iterable[str], *, but: Team | None = None) -> dict[str, Likeness]:
    """By name, the user or team that it is most like; not there for names like nobody's."""
    wanted = list(dict.fromkeys(names))
    found: dict[str, Likeness] = {}
    for start in range(0, len(wanted), BATCH):
        there = _Known(wanted[start : start + BATCH], but)
        for name in wanted[start : start + BATCH]:
            same, alike = there.same.get(folded(name)), there.alike.get(plain_form(name))
            if (one := same or alike) is not None:
                found[name] = Likeness(*one, is_same=same is not None)
    return found


class _Known:
    """Whoever has one of these names or looks: kind and name, by each; users before teams."""

    def __init__(self, names: list[str], but: Team | None) -> None:
        self.same: dict[str, tuple[str, str]] = {}
        self.alike: dict[str, tuple[str, str]] = {}
        ours, looks = [folded(name) for name in names], [plain_form(name) for name in names]
        users = User.objects.filter(Q(folded_username__in=ours) | Q(plain_username__in=looks))
        columns = ("username", "folded_username", "plain_username")
        self._keep("user", users.order_by("pk").values_list(*columns))
        teams: QuerySet[Team] = QuerySet(Team).exclude(pk=but.pk if but else None)
        teams = teams.filter(Q(folded_name__in=ours) | Q(plain_name__in=looks))
        self._keep("team", teams.order_by("pk").values_list("name", "folded_name", "plain_name"))

    def _keep(self, kind: str, rows: Iterable[tuple[str, str, str]]) -> None:
        for name, same, look in rows:
            self.same.setdefault(same, (kind, name))
            self.alike.setdefault(look, (kind, name))
