"""Operators, selectors, literals and precedence, and where each error stands."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from decimal import Decimal, localcontext

import pytest

from catalog.expressions import Code, Value, parse
from tests.catalog.expressions.samples import (
    BREAD,
    CONTEXT,
    NOW,
    SOUP,
    STOCK,
    assert_refused,
    refused,
    value_of,
)

D = Decimal

VALUES: list[tuple[str, Value]] = [
    # literals
    ("1", 1),
    ("1.50", D("1.50")),
    ("007", 7),
    ("true", True),
    ("false", False),
    ("null", None),
    ("''", ""),
    ('"it\'s"', "it's"),
    (r"'it\'s'", "it's"),
    (r"'a\nb\tc\\'", "a\nb\tc\\"),
    (r"'\d\.'", r"\d\."),
    (r"'\u00e9\ud83d\ude00'", "é😀"),
    ("'two\nlines'", "two\nlines"),
    ("[]", []),
    ("[1, 'a', [null]]", [1, "a", [None]]),
    # arithmetic
    ("1 + 2 * 3", 7),
    ("(1 + 2) * 3", 9),
    ("10 - 3 - 2", 5),
    ("10 - (3 - 2)", 9),
    ("2 * 3 % 4", 2),
    ("-2 * -3", 6),
    ("--1", 1),
    ("1 - -1", 2),
    ("1.10 + 2.20", D("3.30")),
    ("0.1 + 0.2 == 0.3", True),
    ("1.10 * 2", D("2.20")),
    ("6 / 3", D("2")),
    ("100 / 1", D("100")),
    ("1 / 4", D("0.25")),
    ("1 / 3", D("0." + "3" * 50)),
    ("7 % 3", 1),
    ("-7 % 3", 2),
    ("7 % -3", -2),
    ("-7.5 % 2", D("0.5")),
    ("'a' + 'b' + ''", "ab"),
    # null spreads
    ("null + 1", None),
    ("1 / null", None),
    ("null / 0", None),
    ("-null", None),
    ("'a' + null", None),
    ("null < 1", None),
    ("null in [null]", None),
    ("1 in null", None),
    ("null not in []", None),
    # equality
    ("null == null", True),
    ("null == 0", False),
    ("null != 0", True),
    ("1 == 1.0", True),
    ("1 == true", False),
    ("0 == false", False),
    ("1 == '1'", False),
    ("'a' == 'A'", False),
    ("[1, 'a'] == [1.0, 'a']", True),
    ("[1] == [true]", False),
    ("[1] == [1, 2]", False),
    ("@event == @event", True),
    ("@event == @input", False),
    ("@object == first([@object])", True),
    ("@object == @event", False),
    ("@object == 'tomato-soup'", False),
    ("date('2026-01-31') == datetime('2026-01-31')", True),
    ("date('2026-01-31') == '2026-01-31'", False),
    # order
    ("1 < 1.5", True),
    ("2 <= 2.0", True),
    ("2 > 2", False),
    ("2 >= 2", True),
    ("'a' < 'b'", True),
    ("'Z' < 'a'", True),
    ("'\uffff' < '😀'", True),
    ("date('2026-01-31') < @now", True),
    ("@now <= @now", True),
    # in
    ("1 in [1.0]", True),
    ("true in [1]", False),
    ("'a' in ['b']", False),
    ("'a' not in ['b']", True),
    ("'soup' in 'soup bowl'", True),
    ("'Soup' in 'soup bowl'", False),
    ("'before' in @event", True),
    ("'never' not in @event", True),
    # logic
    ("true and true and false", False),
    ("false or false or true", True),
    ("not true", False),
    ("not null", True),
    ("null and true", False),
    ("null or true", True),
    ("null or null", False),
    ("false and 1 / 0 == 1", False),
    ("true or 1 / 0 == 1", True),
    ("not 1 == 2", True),
    ("not true or true", True),
    ("not (true or true)", False),
    ("true or true and false", True),
    ("1 + 1 == 2 and 'a' in 'ab'", True),
    # variables and selectors
    ("@objectId", 7),
    ("@object", SOUP),
    ("@object.name", "Tomato Soup"),
    ("@object.attributes.a-b", 3),
    ("@object.attributes.unheard", None),
    ("@object.attributes.unheard.of", None),
    ("@object.parent.name", None),
    ("@object.relations.requires", [STOCK, BREAD]),
    ("@object.relations.requires.name", ["Stock", "Bread"]),
    ("@object.relations.requires.attributes.price", [D("2.00"), None]),
    ("@object.relations.none.name", []),
    ("@object.userRelations.reviewer", ["ana", "bob"]),
    ("@object['name']", "Tomato Soup"),
    ('@input["odd key"]', 1),
    ("@input.lines[0]", "a"),
    ("@input.lines[-1]", "b"),
    ("@input.lines[2]", None),
    ("@input.lines[-3]", None),
    ("@input.nothing[0]", None),
    ("@input.nested", [[1], [2, 3]]),
    ("@steps.my-step.out", 5),
    ("@steps.2.out", 6),
    ("@steps.2.out+1", 7),
    ("@item", None),
    ("@item.name", None),
    ("@variables.a - 1", 4),
    ("@variables.a -1", 4),
    ("@variables.a*@variables.b", 10),
    ("@variables.a-1", None),
    ("@variables.a--1", None),
    ("(@object.attributes).a-b", 3),
    ("first(@object.relations.requires).name", "Stock"),
    ("[[1, 2], [3]][1][0]", 3),
    (" \t\n@objectId\r\n", 7),
    ("@object .name", "Tomato Soup"),
]


@pytest.mark.parametrize(("expression", "expected"), VALUES)
def test_an_expression_gives(expression: str, expected: Value) -> None:
    value = value_of(expression)

    assert value == expected
    assert type(value) is type(expected)
    if isinstance(expected, Decimal):
        assert str(value) == str(expected)


REFUSED: list[tuple[str, Code, str]] = [
    # syntax
    ("1 +", Code.SYNTAX_ERROR, ""),
    ("1 2", Code.SYNTAX_ERROR, "2"),
    ("(1", Code.SYNTAX_ERROR, ""),
    ("1)", Code.SYNTAX_ERROR, ")"),
    ("[1,]", Code.SYNTAX_ERROR, "]"),
    ("upper('a',)", Code.SYNTAX_ERROR, ")"),
    ("1 < 2 < 3", Code.SYNTAX_ERROR, "<"),
    ("1 == 1 == true", Code.SYNTAX_ERROR, "=="),
    ("1 = 1", Code.SYNTAX_ERROR, "="),
    ("1 <> 2", Code.SYNTAX_ERROR, ">"),
    ("and", Code.SYNTAX_ERROR, "and"),
    ("1 and or 2", Code.SYNTAX_ERROR, "or"),
    ("not", Code.SYNTAX_ERROR, ""),
    ("in(1)", Code.SYNTAX_ERROR, "in"),
    ("()", Code.SYNTAX_ERROR, ")"),
    ("@item is null", Code.SYNTAX_ERROR, "is"),
    ("a && b", Code.SYNTAX_ERROR, "&"),
    ("!true", Code.SYNTAX_ERROR, "!"),
    ("2 ** 3", Code.SYNTAX_ERROR, "*"),
    ("2 // 3", Code.SYNTAX_ERROR, "/"),
    ("1.", Code.SYNTAX_ERROR, "."),
    (".5", Code.SYNTAX_ERROR, ".5"),
    ("1e5", Code.SYNTAX_ERROR, "e5"),
    ("0x10", Code.SYNTAX_ERROR, "x10"),
    ("1_000", Code.SYNTAX_ERROR, "_000"),
    ("'abc", Code.SYNTAX_ERROR, "'abc"),
    ('"abc', Code.SYNTAX_ERROR, '"abc'),
    (r"'abc\'", Code.SYNTAX_ERROR, r"'abc\'"),
    ("'a'.name", Code.SYNTAX_ERROR, ".name"),
    ("@", Code.SYNTAX_ERROR, "@"),
    ("@object.", Code.SYNTAX_ERROR, "."),
    ("@object..name", Code.SYNTAX_ERROR, "."),
    ("@object.größe", Code.SYNTAX_ERROR, "ö"),
    ("@object[name]", Code.SYNTAX_ERROR, "name"),
    ("@object[1.5]", Code.SYNTAX_ERROR, "1.5"),
    ("@input[9999999999]", Code.SYNTAX_ERROR, "9999999999"),
    ("{{ 1 }}", Code.SYNTAX_ERROR, "{"),
    ("a \u00a0 b", Code.SYNTAX_ERROR, "\u00a0"),
    ("\uff08 1 \uff09", Code.SYNTAX_ERROR, "\uff08"),
    ("'a\x00b'", Code.SYNTAX_ERROR, "\x00"),
    ("'a\ud800b'", Code.SYNTAX_ERROR, "\ud800"),
    (r"'a\u0000b'", Code.SYNTAX_ERROR, r"\u0000"),
    (r"'a\ud83db'", Code.SYNTAX_ERROR, r"\ud83d"),
    (r"@input['\ude00']", Code.SYNTAX_ERROR, r"\ude00"),
    # names
    ("name", Code.UNKNOWN_VARIABLE, "name"),
    ("True", Code.UNKNOWN_VARIABLE, "True"),
    ("None", Code.UNKNOWN_VARIABLE, "None"),
    ("1 + objectId", Code.UNKNOWN_VARIABLE, "objectId"),
    ("@objekt.name", Code.UNKNOWN_VARIABLE, "@objekt"),
    ("@now-1", Code.UNKNOWN_VARIABLE, "@now-1"),
    ("1 + uper('a')", Code.UNKNOWN_FUNCTION, "uper"),
    ("concat(upper('a'), lenght('a'))", Code.UNKNOWN_FUNCTION, "lenght"),
    ("@object.nam", Code.UNKNOWN_SELECTOR, ".nam"),
    ("@object.name.first", Code.UNKNOWN_SELECTOR, ".first"),
    ("@objectId.x", Code.UNKNOWN_SELECTOR, ".x"),
    ("@now.year", Code.UNKNOWN_SELECTOR, ".year"),
    ("@object.relations.requires.nam", Code.UNKNOWN_SELECTOR, ".nam"),
    ("first(@object.relations.requires).nam", Code.UNKNOWN_SELECTOR, ".nam"),
    ("@object['nam']", Code.UNKNOWN_SELECTOR, "['nam']"),
    # types
    ("1 + 'a'", Code.WRONG_TYPE, "+"),
    ("'a' + 1", Code.WRONG_TYPE, "+"),
    ("1 + true", Code.WRONG_TYPE, "+"),
    ("'a' - 'b'", Code.WRONG_TYPE, "-"),
    ("'a' * 3", Code.WRONG_TYPE, "*"),
    ("@now - @now", Code.WRONG_TYPE, "-"),
    ("[1] + [2]", Code.WRONG_TYPE, "+"),
    ("1 + 2 + 'a' + 3", Code.WRONG_TYPE, "+"),
    ("-'a'", Code.WRONG_TYPE, "'a'"),
    ("-true", Code.WRONG_TYPE, "true"),
    ("1 < '2'", Code.WRONG_TYPE, "<"),
    ("true < false", Code.WRONG_TYPE, "<"),
    ("[1] < [2]", Code.WRONG_TYPE, "<"),
    ("'2026-01-01' < @now", Code.WRONG_TYPE, "<"),
    ("1 in 5", Code.WRONG_TYPE, "in"),
    ("1 in '15'", Code.WRONG_TYPE, "in"),
    ("1 not in '15'", Code.WRONG_TYPE, "not in"),
    ("1 and true", Code.WRONG_TYPE, "1"),
    ("true and ''", Code.WRONG_TYPE, "''"),
    ("not 'a'", Code.WRONG_TYPE, "'a'"),
    ("@object.name[0]", Code.WRONG_TYPE, "[0]"),
    # arithmetic
    ("1 / 0", Code.DIVISION_BY_ZERO, "0"),
    ("1 % 0", Code.DIVISION_BY_ZERO, "0"),
    ("1 / (2 - 2.0)", Code.DIVISION_BY_ZERO, "2 - 2.0"),
    ("1 / 0.000", Code.DIVISION_BY_ZERO, "0.000"),
]


@pytest.mark.parametrize(("expression", "code", "marked"), REFUSED)
def test_an_expression_is_refused_with_its_place(expression: str, code: Code, marked: str) -> None:
    assert_refused(expression, code, marked)


@pytest.mark.parametrize(
    ("expression", "position", "line", "column"),
    [
        ("", 0, 1, 1),
        ("   ", 0, 1, 1),
        ("1 +", 3, 1, 4),
        ("1 +\n  'a'", 2, 1, 3),
        ("concat(\n  'a',\n  uper('b')\n)", 17, 3, 3),
        ("'😀' + 1", 4, 1, 5),
        ("'a\nb' + 1", 6, 2, 4),
    ],
)
def test_a_place_is_counted_in_code_points(
    expression: str, position: int, line: int, column: int
) -> None:
    error = refused(expression)

    assert (error.position, error.line, error.column) == (position, line, column)


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        (
            "uper('a')",
            "There is no function uper(); did you mean upper()? (at line 1, column 1).",
        ),
        (
            "@objekt.name",
            "There is no variable @objekt; did you mean @object? (at line 1, column 1).",
        ),
        ("@object.nam", "There is nothing called nam; did you mean .name? (at line 1, column 8)."),
        (
            "'a' + 1",
            "A text + a number can't be computed; concat() joins values of any kind (at line 1, ",
        ),
        (
            "round('1')",
            "round() takes a number as its number, not a text (at line 1, column 7).",
        ),
        (
            "@now-1",
            "There is no variable @now-1; a hyphen belongs to the name, a minus needs a space ",
        ),
        ("substring('a')", "substring(text, start, length?) takes 2 to 3 arguments, not 1 "),
        ("True", "There is no name True; did you mean true? (at line 1, column 1)."),
        ("now", "There is no name now; did you mean @now? (at line 1, column 1)."),
        ("upper", "There is no name upper; did you mean upper()? (at line 1, column 1)."),
        ("1 / 0", "Division by zero (at line 1, column 5)."),
    ],
)
def test_an_error_is_a_sentence_that_names_the_place(expression: str, sentence: str) -> None:
    assert str(refused(expression)).startswith(sentence)


def test_a_variable_that_is_not_there_is_refused_and_one_that_is_null_is_not() -> None:
    assert value_of("@item", item=None) is None

    error = refused("@item.name", now=None)

    assert (error.code, error.position, error.length) == ("unknownVariable", 0, 10)


def test_a_tree_is_parsed_once() -> None:
    assert parse("1 + @objectId") is parse("1 + @objectId")
    assert parse("1 + @objectId") is not parse("1 + @objectId ")


def test_many_threads_read_at_once() -> None:
    texts = [f"[{n}, {n} + 1, upper('{n}'), (@objectId)]" for n in range(200)]
    with ThreadPoolExecutor(8) as pool:
        values = list(pool.map(value_of, texts))

    assert values == [[n, n + 1, str(n), 7] for n in range(200)]


def test_a_number_is_exact_whatever_the_thread_computes_with() -> None:
    with localcontext(prec=2, Emax=5):
        assert value_of("1.23456 + 1") == D("2.23456")
        assert value_of("round(123456.789, 2)") == D("123456.79")
        assert value_of("-1.23456 * 1") == D("-1.23456")
        assert value_of("text(123456789.123 % 1000000)") == "456789.123"
        assert value_of("addHours('2026-01-31', 1.2345) == datetime('2026-01-31T01:14:04.2Z')")


def test_a_bad_text_is_refused_again() -> None:
    for _ in range(2):
        assert_refused("1 +", Code.SYNTAX_ERROR)


def test_values_that_contexts_hold_are_admitted() -> None:
    plus_two = timezone(timedelta(hours=2))

    assert value_of("@item", item=(1, 2)) == [1, 2]
    assert value_of("@item + 0.2 == 0.3", item=0.1) is True
    assert value_of("@item == @now", item=NOW.replace(tzinfo=None), now=NOW) is True
    assert str(value_of("@item", item=datetime(2026, 1, 1, tzinfo=plus_two))).endswith("+00:00")
    assert value_of("@item", item=Decimal("1E+3")) == 1000
    assert str(value_of("@item", item=Decimal("-0"))) == "0"


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), Decimal("NaN"), Decimal("Infinity"), {1}, object(), b"a"]
)
def test_values_that_the_language_does_not_know_are_refused(value: object) -> None:
    assert refused("@item", item=value).code == "wrongType"
    assert refused("@item.x", item={"x": value}).code == "wrongType"
    assert refused("first(@item)", item=[value]).code == "wrongType"
    assert refused("join(@item)", item=[value]).code == "wrongType"
    assert refused("@item", item=[{"x": value}]).code == "wrongType"


def test_a_list_that_is_handed_out_is_a_copy() -> None:
    lines = ["a"]
    value = value_of("@input.lines", input={"lines": lines})

    assert value == ["a"]
    assert value is not lines


def test_an_expression_can_be_evaluated_again_and_elsewhere() -> None:
    expression = parse("@object.name")

    assert expression.evaluate(CONTEXT) == "Tomato Soup"
    assert expression.evaluate(CONTEXT) == "Tomato Soup"
    assert not expression.is_constant
    assert parse("1 + 1").is_constant
    assert not parse("now()").is_constant
