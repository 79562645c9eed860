"""What is certainly wrong is found when it is written, wherever in the expression it stands."""

import pytest
from hypothesis import given

from catalog.expressions import ExpressionError, parse, parse_value
from catalog.expressions.tree import Node
from catalog.expressions.unparse import unparse
from tests.catalog.expressions.samples import CONTEXT
from tests.catalog.expressions.test_properties import TREES

FOUND: list[tuple[str, list[tuple[str, str]]]] = [
    ("@object.name", []),
    ("matches(@object.name, '^a+$')", []),
    ("formatDate(@now, '%Y', 'Europe/Berlin')", []),
    ("substring(@object.name, 0)", []),
    ("if(@item, null, concat(1, null))", []),
    ("matches(@object.name, '(')", [("invalidPattern", "'('")]),
    ("formatDate(@now, '%Q')", [("invalidFormat", "'%Q'")]),
    ("formatDate(@now, '%Y', 'Mars')", [("unknownTimeZone", "'Mars'")]),
    ("daysBetween(@now, 'soon')", [("invalidDate", "'soon'")]),
    ("substring(@object.name, '1')", [("wrongType", "'1'")]),
    ("upper(5) == @object.name", [("wrongType", "5")]),
    ("if(@item, 1, 1 / 0)", [("divisionByZero", "0")]),
    ("if(true, 1, 1 / 0)", [("divisionByZero", "0")]),
    ("@item and 'a' < 1", [("wrongType", "<")]),
    (
        "[matches(@item, '('), first(upper(1)), -'a', @item]",
        [("invalidPattern", "'('"), ("wrongType", "1"), ("wrongType", "'a'")],
    ),
]


@pytest.mark.parametrize(("expression", "expected"), FOUND)
def test_problems_are_found_with_their_places(
    expression: str, expected: list[tuple[str, str]]
) -> None:
    problems = parse(expression).problems()

    assert [
        (problem.code, expression[problem.position : problem.position + problem.length])
        for problem in problems
    ] == expected


def test_problems_of_a_value_have_their_pointers() -> None:
    value = {"a": ["ok", "x {{ matches(@item, '(') }}"], "b": "{{ 1 / 0 }}", "c": "@item"}

    assert [
        (problem.pointer, problem.position, problem.code)
        for problem in parse_value(value).problems()
    ] == [("/a/1", 20, "invalidPattern"), ("/b", 7, "divisionByZero")]


@given(TREES)
def test_looking_for_problems_never_fails(tree: Node) -> None:
    for problem in parse(unparse(tree)).problems():
        assert 0 <= problem.position <= len(problem.text)


@given(TREES)
def test_an_expression_that_reads_nothing_fails_only_as_was_said(tree: Node) -> None:
    expression = parse(unparse(tree))
    if expression.is_constant and not expression.problems():
        try:
            expression.evaluate(CONTEXT)
        except ExpressionError as error:
            pytest.fail(f"{error} was not found before")
