"""Criteria mean the same in SQL and in Python, whatever is stored and whatever is asked."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.exceptions import Invalid
from accounts.models import Workspace
from catalog.expressions import fold
from catalog.filters import Schema, apply, matches, parse_stream, present, records_of
from catalog.filters.dialects import DIALECTS
from catalog.filters.shapes import Operator
from catalog.models import (
    AttributeType,
    Board,
    GovernedObject,
    Lifecycle,
    ObjectType,
    Relation,
    RelationType,
    State,
)

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("SLUICE_EXAMPLES", "150"))
TYPES: dict[str, tuple[str, str]] = {
    "plain": ("string", ""),
    "long-one": ("text", ""),
    "choice": ("enum", ""),
    "count": ("integer", ""),
    "price": ("decimal", ""),
    "flag": ("boolean", ""),
    "day": ("date", ""),
    "at": ("datetime", ""),
    "names": ("list", "string"),
    "counts": ("list", "integer"),
    "prices": ("list", "decimal"),
    "flags": ("list", "boolean"),
    "days": ("list", "date"),
}
OTHER_TYPES = {"plain": ("integer", ""), "count": ("string", ""), "names": ("string", "")}
COLUMNS = ["@name", "@key", "@stateSince", "@createdAt", "@modifiedAt"]

TEXTS = [
    "", " ", "a", "A", "ab", "aB", "abc", "%", "_", "\\", "a%b", "a_b", "%a\\_", "'", '"', "{}",
    "%s", "é", "e\u0301", "É", "ß", "\u1e9e", "SS", "\u0130", "i", "I", "\u0131", "i\u0307",
    # A sigma: capital, small, final; and in words, where the final one depends on its neighbours.
    "\u03a3", "\u03c3", "\u03c2", "\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c2",
    "\u03bf\u03b4\u03bf\u03c3", "\u03a3\u0391\u03a3", "😀", "a😀b", "\ufffd", "\u202e", "\x7f",
    "\x01", "\n", "a\nb", "12", "12.0", "-1", "012", "1e3", "0", "-0", "00", "true", "null", "[]",
    "{", "2026-01-31", "2026-01-31\n", "2026-01-31T10:00:00.000000Z", "9999-99-99", "0001-01-01",
    "1" * 38, "-" + "9" * 38, "0." + "0" * 37 + "1", "1" * 39, "-0.5", "0.5", "0.50", "\u0663",
    "\ufb01", "\u01c4", "\u01c5", "\u01c6", "\u212a", "k", "\u212b", "x" * 3000,
]  # fmt: skip
NUMBERS = [
    0, 1, -1, 12, 2**31, 2**53, 2**53 + 1, 2**63 - 1, -(2**63), 2**63, -(2**63) - 1, 10**19,
    10**30, 0.0, 1.0, 1.5, -0.0, 12.0, 1e22, 1e-7, 1e300, 0.1,
]  # fmt: skip
MOMENTS = ["2026-01-31T10:00:00Z", "2026-01-31T10:00:00.000001Z", "2026-01-31", "1999-12-31"]

texts = st.sampled_from(TEXTS) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=5
)
scalars = st.none() | st.booleans() | st.sampled_from(NUMBERS) | st.integers() | texts
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=6,
)
stored = st.dictionaries(st.sampled_from(list(TYPES)), json_values, max_size=6)


@dataclass(frozen=True)
class Ground:
    """The schema of the test, and where its objects are."""

    types: Mapping[str, ObjectType]
    boards: list[Board]
    states: list[State]
    requires: RelationType
    schema: Schema


@pytest.fixture
def ground() -> Ground:
    lifecycle = Lifecycle.objects.create(key="life", name="Life")
    states = [
        State.objects.create(lifecycle=lifecycle, key=key, name=key) for key in ("draft", "done")
    ]
    types = {
        key: ObjectType.objects.create(key=key, name=key, lifecycle=lifecycle)
        for key in ("thing", "other", "bare")
    }
    for key, attributes in (("thing", TYPES), ("other", OTHER_TYPES)):
        for name, (kind, item) in attributes.items():
            AttributeType.objects.create(
                object_type=types[key], key=name, name=name, type=kind, item_type=item,
                options=["a", "A", "é"],
            )  # fmt: skip
    workspace, _ = Workspace.objects.get_or_create(key="main", defaults={"name": "Main"})
    boards = [
        Board.objects.create(key=key, name=key, workspace=workspace) for key in ("one", "two")
    ]
    requires = RelationType.objects.create(key="requires", name="Requires")
    return Ground(types, boards, states, requires, present())


@dataclass(frozen=True)
class Sketch:
    """An object to be made."""

    type: str
    board: int
    state: int | None
    name: str
    since: int
    attributes: dict[str, Any]
    target: int | None


sketches = st.lists(
    st.builds(
        Sketch,
        type=st.sampled_from(["thing", "thing", "thing", "other", "bare"]),
        board=st.integers(0, 1),
        state=st.none() | st.integers(0, 1),
        name=texts.filter(lambda text: 0 < len(text) <= 500),
        since=st.integers(0, len(MOMENTS) - 1),
        attributes=stored,
        target=st.none() | st.integers(0, 5),
    ),
    min_size=1,
    max_size=6,
)

WANTED: dict[str, st.SearchStrategy[Any]] = {
    "integer": st.sampled_from([0, 1, -1, 12, 2**31, 2**53 + 1, 2**63 - 1, -(2**63)])
    | st.integers(-(2**63), 2**63 - 1),
    "decimal": st.sampled_from(
        ["0", "12", "12.00", "-0.5", "1" * 38, "-" + "9" * 38, "0." + "0" * 37 + "1", "1e3", 5]
    )
    | st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-1000, max_value=1000)
    .map(str),
    "boolean": st.booleans(),
    "date": st.sampled_from(["2026-01-31", "0001-01-01", "9999-12-31"]),
    "datetime": st.sampled_from(MOMENTS[:2]),
    "enum": st.sampled_from(["a", "A", "é"]),
    "string": texts,
    "text": texts,
}  # fmt: skip


@st.composite
def criteria(draw: st.DrawFn) -> dict[str, Any]:
    """A criterion that fits its attribute."""
    key = draw(st.sampled_from([*TYPES, *COLUMNS]))
    kind, item = TYPES.get(key, ("string" if key in COLUMNS[:2] else "datetime", ""))
    operator = draw(st.sampled_from(list(Operator)).filter(lambda one: _fits(one, kind, key)))
    made: dict[str, Any] = {"attributeKey": key, "operator": operator.value}
    if not operator.takes_value:
        return made
    one = WANTED[item if kind == "list" else kind]
    if kind == "enum" and operator not in EXACT:
        one = texts
    whole = kind == "list" and operator in EXACT
    value = st.lists(one, max_size=3) if operator is Operator.IN or whole else one
    if operator.is_about_change:
        value = value | st.none()
    made["value"] = draw(value)
    return made


EXACT = {
    Operator.EQUALS, Operator.NOT_EQUALS, Operator.IN, Operator.CHANGED_FROM, Operator.CHANGED_TO,
}  # fmt: skip


def _fits(operator: Operator, kind: str, key: str) -> bool:
    ordered = {"greaterThan", "greaterOrEqual", "lessThan", "lessOrEqual"}
    if operator.is_about_change and key in COLUMNS:
        return False
    if operator.value in ordered:
        return kind not in ("boolean", "list")
    if operator in (Operator.STARTS_WITH, Operator.ENDS_WITH):
        return kind in ("string", "text", "enum")
    if operator is Operator.CONTAINS:
        return kind in ("string", "text", "enum", "list")
    return True


streams = st.fixed_dictionaries(
    {},
    optional={
        "objectTypeKey": st.just("thing"),
        "workflowStateKey": st.sampled_from(["draft", "done"]),
        "boardKey": st.sampled_from(["one", "two"]),
        "attributes": st.lists(criteria(), max_size=3),
        "any": st.lists(st.lists(criteria(), min_size=1, max_size=2), max_size=3),
        "relations": st.lists(
            st.fixed_dictionaries(
                {"relationTypeKey": st.just("requires")},
                optional={
                    "exists": st.booleans(),
                    "targetKey": st.sampled_from(["o0", "o1", "O1", "o5"]),
                },
            ),
            max_size=2,
        ),
    },
)
changes = st.none() | st.dictionaries(
    st.sampled_from(list(TYPES)), st.tuples(json_values, json_values), max_size=4
)

hostile = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@contextmanager
def made(ground: Ground, drawn: list[Sketch]) -> Iterator[None]:
    """The objects, for as long as the block runs."""
    with transaction.atomic():
        objects = GovernedObject.objects.bulk_create(
            _object(ground, *one) for one in enumerate(drawn)
        )
        Relation.objects.bulk_create(
            Relation(type=ground.requires, source=source, target=objects[one.target])
            for source, one in zip(objects, drawn, strict=True)
            if one.target is not None and one.target < len(objects)
        )
        yield
        transaction.set_rollback(True)


def _object(ground: Ground, number: int, one: Sketch) -> GovernedObject:
    return GovernedObject(
        object_type=ground.types[one.type],
        board=ground.boards[one.board],
        state=None if one.state is None else ground.states[one.state],
        key=f"o{number}",
        name=one.name,
        state_since=_moment(MOMENTS[one.since]),
        created_at=_moment(MOMENTS[-1 - one.since]),
        attributes=one.attributes,
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _agree(ground: Ground, raw: dict[str, Any], changed: Any = None) -> set[str]:
    stream = parse_stream({"allowAllObjectTypes": True, **raw}, ground.schema)
    found = set(
        apply(stream, GovernedObject.objects.all(), {}, changed).values_list("key", flat=True)
    )
    told = {
        record.key
        for _, record in records_of(GovernedObject.objects.all(), stream)
        if matches(stream, record, {}, changed)
    }
    assert found == told, (raw, found ^ told)
    return found


@hostile
@given(drawn=sketches, raw=streams, changed=changes)
def test_streams_agree(
    ground: Ground, drawn: list[Sketch], raw: dict[str, Any], changed: Any
) -> None:
    with made(ground, drawn):
        _agree(ground, raw, changed)


@hostile
@given(data=st.data(), drawn=sketches)
def test_each_criterion_agrees_with_its_negation(
    ground: Ground, data: st.DataObject, drawn: list[Sketch]
) -> None:
    criterion = data.draw(criteria())
    opposite = {"equals": "notEquals", "isEmpty": "isNotEmpty"}.get(criterion["operator"])
    with made(ground, drawn):
        found = _agree(ground, {"attributes": [criterion]})
        if opposite is not None:
            others = _agree(ground, {"attributes": [{**criterion, "operator": opposite}]})
            assert found | others == {f"o{number}" for number in range(len(drawn))}
            assert not found & others


@pytest.mark.parametrize("kind", ["equals", "contains", "startsWith", "endsWith"])
def test_all_texts_against_all_texts(ground: Ground, kind: str) -> None:
    """Every pair of the hostile texts, once in each database's own words."""
    drawn = [Sketch("thing", 0, None, "x", 0, {"plain": text}, None) for text in TEXTS]
    expected: dict[str, Callable[[str, str], bool]] = {
        "equals": str.__eq__,
        "startsWith": str.startswith,
        "endsWith": str.endswith,
    }
    with made(ground, drawn):
        for wanted in TEXTS:
            criterion = {"attributeKey": "plain", "operator": kind, "value": wanted}
            if "{{" in wanted or wanted.startswith("@"):
                continue
            found = _agree(ground, {"objectTypeKey": "thing", "attributes": [criterion]})
            if kind in expected:
                test = expected[kind]
                assert found == {f"o{n}" for n, text in enumerate(TEXTS) if test(text, wanted)}


def test_every_letter_folds_alike() -> None:
    """Each letter alone, at the beginning, in the middle and at the end of a word."""
    letters = [chr(code) for code in range(32, 0x20000) if not 0xD800 <= code <= 0xDFFF]
    text = " ".join(f"{one} {one}a a{one}a a{one}" for one in letters)
    with connection.cursor() as cursor:
        place = "%s::text" if connection.vendor == "postgresql" else "%s"
        written = DIALECTS[connection.vendor].folded("given.text")
        cursor.execute(f"SELECT {written} FROM (SELECT {place} AS text) AS given", [text])
        folded = cursor.fetchone()[0]
    assert folded.split(" ") == fold(text).split(" ")


@hostile
@given(raw=json_values, key=st.sampled_from([*TYPES, *COLUMNS]), operator=st.sampled_from(Operator))
def test_any_value_is_parsed_or_refused_and_never_breaks_a_query(
    ground: Ground, raw: Any, key: str, operator: Operator
) -> None:
    criterion = {"attributeKey": key, "operator": operator.value, "value": raw}
    with made(ground, [Sketch("thing", 0, 0, "x", 0, {key: raw}, None)]), suppress(Invalid):
        _agree(ground, {"attributes": [criterion]})
