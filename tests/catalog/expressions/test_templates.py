"""The forms of texts in step fields, JSON values around them, escaping, and where errors stand."""

import html
from datetime import date
from decimal import Decimal

import pytest

from catalog.expressions import Code, ExpressionError, jsonable, parse_value, render
from tests.catalog.expressions.samples import CONTEXT, NOW, SOUP, Sample, compiled

VALUES: list[tuple[object, object]] = [
    # wholly an expression: the value with its type
    ("{{ 1 + 1 }}", 2),
    ("{{1.50}}", Decimal("1.50")),
    ("{{ null }}", None),
    ("{{ @object.relations.requires.name }}", ["Stock", "Bread"]),
    ("{{ @object }}", SOUP),
    ("{{ '}}' }}", "}}"),
    ("{{ \"}}\" + '{{' }}", "}}{{"),
    ("{{ '{{' }}", "{{"),
    (r"{{ '\'}}' }}", "'}}"),
    ("{{\n  1\n}}", 1),
    # inside text: text
    ("a {{ 1 }} b", "a 1 b"),
    ("{{ 1 }}{{ 2 }}", "12"),
    (" {{ 1 }}", " 1"),
    ("{{ 1 }}\n", "1\n"),
    ("<{{ null }}>", "<>"),
    ("<{{ true }} {{ 2.50 }} {{ @now }}>", "<true 2.50 2026-01-31T10:00:00Z>"),
    ("<{{ date(@now) }}>", "<2026-01-31>"),
    ("<{{ @object.relations.requires.name }}>", "<Stock, Bread>"),
    ("<{{ @object.relations.requires }}>", "<stock, bread>"),
    ("<{{ [] }}>", "<>"),
    ("<{{ @event }}>", '<{"before":"draft","after":"review"}>'),
    ("{{ '{{' }} not code }}", "{{ not code }}"),
    # wholly a variable
    ("@objectId", 7),
    ("@object.name", "Tomato Soup"),
    ("@object.attributes.a-b", 3),
    ("@object['name']", "Tomato Soup"),
    ("@input.lines[0]", "a"),
    ('@input["odd key"]', 1),
    ("@item", None),
    # literal
    ("", ""),
    ("plain", "plain"),
    ("a@b.example", "a@b.example"),
    ("@ana", "@ana"),
    ("@here: soup", "@here: soup"),
    ("@object.name is late", "@object.name is late"),
    (" @objectId", " @objectId"),
    ("@", "@"),
    ("} } }} {", "} } }} {"),
    ("{ {1} }", "{ {1} }"),
    ("{% if x %}", "{% if x %}"),
    ("${1} %s {0}", "${1} %s {0}"),
    # other JSON
    (None, None),
    (True, True),
    (3, 3),
    (1.5, 1.5),
    ([], []),
    ({}, {}),
    (["{{ 1 }}", "x", [None, "@objectId"]], [1, "x", [None, 7]]),
    ({"a": {"b": "n {{ 1 }}"}, "{{ 1 }}": 2}, {"a": {"b": "n 1"}, "{{ 1 }}": 2}),
]


@pytest.mark.parametrize(("value", "expected"), VALUES)
def test_a_value_gives(value: object, expected: object) -> None:
    found = compiled(value)

    assert found == expected
    assert type(found) is type(expected)


REFUSED: list[tuple[object, Code, str, int, int]] = [
    ("{{ 1 + }}", Code.SYNTAX_ERROR, "", 7, 0),
    ("a {{ uper('x') }} b", Code.UNKNOWN_FUNCTION, "", 5, 4),
    ("{{ 1", Code.SYNTAX_ERROR, "", 0, 2),
    ("a {{ 1 }} {{ 2 }", Code.SYNTAX_ERROR, "", 10, 2),
    ("{{ '1 }}", Code.SYNTAX_ERROR, "", 3, 5),
    ("{{ }}", Code.SYNTAX_ERROR, "", 2, 1),
    ("{{}}", Code.SYNTAX_ERROR, "", 2, 0),
    ("{{ {{ 1 }} }}", Code.SYNTAX_ERROR, "", 3, 1),
    ("{{{ 1 }}}", Code.SYNTAX_ERROR, "", 2, 1),
    ("@objectid", Code.UNKNOWN_VARIABLE, "", 0, 9),
    ("@objct.name", Code.UNKNOWN_VARIABLE, "", 0, 6),
    ("nul \x00", Code.SYNTAX_ERROR, "", 4, 1),
    ("half \udc00", Code.SYNTAX_ERROR, "", 5, 1),
    ({"bad\x00name": 1}, Code.SYNTAX_ERROR, "/bad\x00name", 3, 1),
    ({"a": [1, "{{ 1 + }}"]}, Code.SYNTAX_ERROR, "/a/1", 7, 0),
    ({"a/b~c": "{{ x }}"}, Code.UNKNOWN_VARIABLE, "/a~1b~0c", 3, 1),
    (float("nan"), Code.WRONG_TYPE, "", 0, 0),
    ([float("inf")], Code.WRONG_TYPE, "/0", 0, 0),
    (10**40, Code.NUMBER_TOO_LARGE, "", 0, 0),
    ({1: 2}, Code.WRONG_TYPE, "", 0, 0),
    ({"a": object()}, Code.WRONG_TYPE, "/a", 0, 0),
    (NOW, Code.WRONG_TYPE, "", 0, 0),
    # only when evaluated
    ("total: {{ 1 / 0 }}", Code.DIVISION_BY_ZERO, "", 14, 1),
    ({"a": [["{{ @object.nam }}"]]}, Code.UNKNOWN_SELECTOR, "/a/0/0", 10, 4),
    ("line\n{{ 1 + 'a' }}", Code.WRONG_TYPE, "", 10, 1),
]


@pytest.mark.parametrize(("value", "code", "pointer", "position", "length"), REFUSED)
def test_a_value_is_refused_with_its_place(
    value: object, code: Code, pointer: str, position: int, length: int
) -> None:
    with pytest.raises(ExpressionError) as caught:
        compiled(value)

    error = caught.value
    assert (error.code, error.pointer) == (code.value, pointer)
    assert (error.position, error.length) == (position, length)


def test_the_line_and_the_pointer_are_in_the_sentence() -> None:
    with pytest.raises(ExpressionError) as caught:
        compiled({"headers": {"total": "one\ntwo {{ 1 / 0 }}"}})

    assert str(caught.value) == "Division by zero (at line 2, column 12 of /headers/total)."


def test_a_near_miss_of_a_variable_says_how_to_write_the_text() -> None:
    with pytest.raises(ExpressionError, match=r"\{\{ '@objectid' \}\}"):
        parse_value("@objectid")

    assert compiled("{{ '@objectid' }}") == "@objectid"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("<b>{{ @item }}</b>", "<b>&lt;i&gt; &amp; &quot;x&quot;</b>"),
        ("{{ @item }}", "&lt;i&gt; &amp; &quot;x&quot;"),
        ("@item", "&lt;i&gt; &amp; &quot;x&quot;"),
        ("{{ [@item, 1] }}", "&lt;i&gt; &amp; &quot;x&quot;, 1"),
        ("<b>{{ '<b>' }}</b>", "<b>&lt;b&gt;</b>"),
        ("<p>plain & simple</p>", "<p>plain & simple</p>"),
        ("{{ null }}", ""),
        ("{{ 1 < 2 }}", "true"),
        (["{{ @item }}", "<p>"], ["&lt;i&gt; &amp; &quot;x&quot;", "<p>"]),
    ],
)
def test_what_is_interpolated_is_escaped_and_literal_text_is_not(
    value: object, expected: object
) -> None:
    context = Sample(item='<i> & "x"')

    assert parse_value(value).evaluate(context, escape=html.escape) == expected


def test_a_value_can_be_rendered_whatever_its_type() -> None:
    assert parse_value("{{ 1 + 1.50 }}").render(CONTEXT) == "2.50"
    assert parse_value("@item").render(CONTEXT) == ""
    assert parse_value("@now").render(CONTEXT) == "2026-01-31T10:00:00Z"
    assert parse_value("PEP {{ @objectId }}").render(CONTEXT) == "PEP 7"
    assert parse_value("{{ '<' }}").render(CONTEXT, escape=html.escape) == "&lt;"


@pytest.mark.parametrize(
    ("value", "constant"),
    [
        ("plain", True),
        (3, True),
        (["a", {"b": None}], True),
        ("{{ 1 + 1 }}", True),
        ("{{ now() }}", False),
        ("@objectId", False),
        (["a", {"b": "x {{ @objectId }}"}], False),
    ],
)
def test_a_value_is_constant_where_it_reads_nothing(value: object, constant: bool) -> None:
    assert parse_value(value).is_constant is constant


def test_evaluating_never_changes_what_was_compiled() -> None:
    source = {"list": [1, "{{ @objectId }}"]}
    value = parse_value(source)

    first = value.evaluate(CONTEXT)
    assert isinstance(first, dict)
    first["list"].append("more")
    source["list"].append("more")

    assert value.evaluate(CONTEXT) == {"list": [1, 7]}


@pytest.mark.parametrize(
    ("value", "text", "plain"),
    [
        (None, "", None),
        (True, "true", True),
        (-3, "-3", -3),
        (Decimal("1E+2"), "100", "100"),
        (Decimal("0.10"), "0.10", "0.10"),
        (date(33, 4, 3), "0033-04-03", "0033-04-03"),
        (NOW, "2026-01-31T10:00:00Z", "2026-01-31T10:00:00Z"),
        (NOW.replace(microsecond=5), "2026-01-31T10:00:00.000005Z", "2026-01-31T10:00:00.000005Z"),
        (["a", None, ["b"]], 'a, ["b"]', ["a", None, ["b"]]),
        ({"a": SOUP, "b": [NOW]}, None, {"a": "tomato-soup", "b": ["2026-01-31T10:00:00Z"]}),
    ],
)
def test_a_value_has_one_text_and_one_json(value: object, text: str | None, plain: object) -> None:
    assert jsonable(value) == plain
    if text is not None:
        assert parse_value("{{ @item }}").render(Sample(item=value)) == text
        assert render(parse_value("{{ @item }}").evaluate(Sample(item=value))) == text
