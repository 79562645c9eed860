"""CSV: what a sheet says, typed by the schema; what is wrong in it, with its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.actor import Actor
from accounts.exceptions import Invalid
from catalog.importing import cells
from catalog.importing.report import Report
from catalog.importing.service import import_objects
from catalog.models import GovernedObject, Import, ObjectType, Relation, UserRelation
from tests.catalog.importing.files import codes

pytestmark = pytest.mark.django_db

Loader = Callable[[bytes], Report]


@pytest.fixture
def load_sheet(recipe: ObjectType, tmp_path: Path) -> Loader:
    def load_sheet(content: bytes) -> Report:
        path = tmp_path / "sheet.csv"
        path.write_bytes(content)
        return import_objects(path, actor=Actor.system(), object_type=recipe)

    return load_sheet


def test_every_kind_of_cell(load_sheet: Loader) -> None:
    report = load_sheet(
        b"\xef\xbb\xbfkey,name,stateKey,parentKey,attributes.price,attributes.servings,"
        b"attributes.course,attributes.tags,relations.requires,userRelations.owner\r\n"
        b'a,"Pie, ""hot""",review,b,12.50, 6 ,main dish,"x;\\;y; z\n",b;b,anna\r\n'
        b"b,B,,,,,,,,\r\n"
        b",,,,,,,,,\r\n\r\n"
    )
    assert (report.created, report.sentences()[3:]) == (2, [])
    pie = GovernedObject.objects.get(key="a")
    assert pie.name == 'Pie, "hot"'
    assert pie.attributes == {
        "price": "12.5",
        "servings": 6,
        "course": "main dish",
        "tags": ["x", ";y", " z\n"],
    }
    assert pie.state is not None
    assert pie.state.key == "review"
    assert pie.parent is not None
    assert pie.parent.key == "b"
    assert Relation.objects.get().target.key == "b"
    assert UserRelation.objects.get().user.username == "anna"
    assert GovernedObject.objects.get(key="b").attributes == {"servings": 4}


def test_an_empty_cell_says_nothing(load_sheet: Loader) -> None:
    load_sheet(b"key,name,attributes.price\na,A,3\n")
    report = load_sheet(b"key,name,attributes.price\na,A,\n")
    assert report.unchanged == 1
    assert GovernedObject.objects.get().attributes["price"] == "3"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (b"a,A,1.5,1\nb,B,1,1\n", {2: [("/attributes/servings", "wrongType")]}),
        (b'a,A,1,"1,5"\nb,B,1,1\n', {2: [("/attributes/price", "wrongType")]}),
        (b"a,A,1\nb,B,1,1\n", {2: [("", "raggedRow")]}),
        (b"a,A,1,1,\nb,B,1,1\n", {2: [("", "raggedRow")]}),
        (b'a,"A"x,1,1\nb,B,1,1\n', {2: [("", "misquoted")]}),
        (b'b,B,1,1\nc,"C,1,1\nd,D,1,1\n', {3: [("", "unclosedQuote")]}),
        (b"a,\xff,1,1\nb,B,1,1\n", {2: [("", "encoding")]}),
        (b"a,A\rA,1,1\nb,B,1,1\n", {2: [("", "carriageReturn")]}),
        (b",A,1,1\nb,B,1,1\n", {2: [("/key", "missing")]}),
        (b'a,A,1,1\n"a\n",A,1,1\nb,B,1,1\n', {3: [("/key", "duplicateKey")]}),
        (b"a," + b"x" * 1024 * 1024 + b",1,1\nb,B,1,1\n", {2: [("", "tooLarge")]}),
        (b"\xd0\xb0,A,1,1\nb,B,1,1\n", {2: [("/key", "malformedKey")]}),
        (b"a,A\0,1,1\nb,B,1,1\n", {2: [("/name", "badCharacter")]}),
    ],
)
def test_a_bad_row_is_told_of_with_its_place_and_the_good_ones_are_kept(
    load_sheet: Loader, rows: bytes, expected: dict[int, list[tuple[str, str]]]
) -> None:
    report = load_sheet(b"key,name,attributes.servings,attributes.price\n" + rows)
    assert codes(report) == expected
    assert GovernedObject.objects.filter(key="b").exists()


def test_a_quote_that_is_never_closed_ends_the_reading_early(load_sheet: Loader) -> None:
    """Whatever stands behind it is its cell's, however much that is."""
    report = load_sheet(b'key,name\na,A\nb,"' + b"b,B\n" * 1_000_000)
    assert codes(report) == {3: [("", "unclosedQuote")]}
    assert list(GovernedObject.objects.values_list("key", flat=True)) == ["a"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "headings are expected"),
        (b"key,name,key\na,A,a\n", "column 3: key stands in column 1 already"),
        (b"key,name,atributes.price\n", "column 3: 'atributes.price' is none of"),
        (b"key,name,attributes.prise\n", "Perhaps price was meant"),
        (b"key,name,relations.requirez\n", "Perhaps requires was meant"),
        (b"name\nA\n", "no heading key"),
        (b"key;name\na;A\n", "semicolons"),
        (b'key,"name\na,A\n', "never closed"),
        (b"key,name" + b",x" * 1000, "at most 1,000 columns"),
        ("key,name\na,A\n".encode("utf-16"), "UTF-16"),
        ("key,name\na,A\n".encode("utf-16-le"), "UTF-16"),
    ],
)
def test_bad_headings_refuse_the_file(load_sheet: Loader, content: bytes, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        load_sheet(content)
    assert sentence in " ".join(
        [refused.value.detail, *(one.detail for one in refused.value.problems)]
    )
    assert not GovernedObject.objects.exists()
    assert Import.objects.get().status == Import.Status.FAILED


hostile = st.text(st.sampled_from("'=+-@\t\r\n;\\ab＝"), max_size=6)


@given(hostile)
def test_a_guarded_text_comes_back_and_begins_no_formula(text: str) -> None:
    assert cells.unguarded(cells.guarded(text)) == text
    assert not cells.guarded(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))


@given(st.lists(hostile, min_size=1, max_size=4))
def test_a_joined_list_comes_back(items: list[str]) -> None:
    assert cells.split(cells.joined(items)) == items
