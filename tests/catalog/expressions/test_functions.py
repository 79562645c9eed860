"""Each function by its table of values; what it refuses stands beside what it does."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from catalog.expressions import FUNCTIONS, Code, Value
from tests.catalog.expressions.samples import NOW, assert_refused, value_of

D = Decimal

VALUES: list[tuple[str, Value]] = [
    # concat
    ("concat('a')", "a"),
    ("concat('a', 1, 2.50, true, null)", None),
    ("concat('a', 1, 2.50, true, [1, 'b'])", "a12.50true1, b"),
    ("concat(@now)", "2026-01-31T10:00:00Z"),
    ("concat(@object)", "tomato-soup"),
    ("concat(@event)", '{"before":"draft","after":"review"}'),
    # substring
    ("substring('workflow', 0, 4)", "work"),
    ("substring('workflow', 4)", "flow"),
    ("substring('workflow', 4, 100)", "flow"),
    ("substring('workflow', 100, 2)", ""),
    ("substring('workflow', 2, 0)", ""),
    ("substring('workflow', 2.0, 1)", "r"),
    ("substring('a😀b', 1, 1)", "😀"),
    ("substring(null, 1, 1)", None),
    ("substring('abc', null)", None),
    # replace
    ("replace('a-b-c', '-', '/')", "a/b/c"),
    ("replace('aaa', 'aa', 'b')", "ba"),
    ("replace('abc', '', 'x')", "abc"),
    ("replace('abc', 'B', 'x')", "abc"),
    ("replace('a.c', '.', '\\\\1')", "a\\1c"),
    # upper, lower, trim
    ("upper('straße \u0131')", "STRASSE I"),
    ("lower('ÄÖ İ')", "äö i̇"),
    ("lower('ΟΔΟΣ')", "οδος"),
    ("upper(null)", None),
    ("trim(' \\t\\n a b \\r')", "a b"),
    ("trim('')", ""),
    # split, join
    ("split('a;b;', ';')", ["a", "b", ""]),
    ("split('', ';')", [""]),
    ("split('a, b', ', ')", ["a", "b"]),
    ("join(['a', 'b'], '-')", "a-b"),
    ("join(['a', 'b'])", "ab"),
    ("join([], '-')", ""),
    ("join([null, 1, true, 2.50], '-')", "1-true-2.50"),
    ("join(@object.relations.requires, ',')", "stock,bread"),
    ("join(split('a b', ' '), '  ')", "a  b"),
    # length
    ("length('')", 0),
    ("length('😀')", 1),
    ("length('e\u0301')", 2),
    ("length('\u00e9')", 1),
    ("length([1, null])", 2),
    ("length(null)", None),
    # contains, startsWith, endsWith
    ("contains('Tomato Soup', 'SOUP')", True),
    ("contains('Tomato Soup', 'salad')", False),
    ("contains('anything', '')", True),
    ("contains('ΟΔΥΣΣΕΥΣ', 'οδυσσευς')", True),
    ("contains('οδυσσευς', 'ΥΣ')", True),
    ("contains('Straße', 'strasse')", False),
    ("contains([1, 2.0, 'a'], 2)", True),
    ("contains(['a'], 'A')", False),
    ("contains(null, 'a')", None),
    ("startsWith('Tomato', 'Tom')", True),
    ("startsWith('Tomato', 'tom')", False),
    ("endsWith('Tomato', 'to')", True),
    ("endsWith('Tomato', 'TO')", False),
    # matches
    (r"matches('PEP 8', '^PEP \d+$')", True),
    (r"matches('PEP x', '^PEP \d+$')", False),
    ("matches('a tomato', 'tom')", True),
    ("matches('ÄB', '(?i)^äb$')", True),
    ("matches('', '')", True),
    ("matches('a', null)", None),
    ("matches('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', '(a+)+$')", False),
    # text
    ("text(null)", None),
    ("text('a')", "a"),
    ("text(-0.0)", "0.0"),
    ("text(1.10)", "1.10"),
    ("text(false)", "false"),
    ("text(date(@now))", "2026-01-31"),
    ("text([1, null, [2, 'a']])", '1, [2,"a"]'),
    # now, date, datetime
    ("now()", NOW),
    ("now() == @now", True),
    ("date('2026-01-31')", date(2026, 1, 31)),
    ("date(' 2026-01-31 ')", date(2026, 1, 31)),
    ("date('2026-01-31T23:30:00-02:00')", date(2026, 2, 1)),
    ("date(@now)", date(2026, 1, 31)),
    ("date(@input.day)", date(2026, 2, 1)),
    ("date(2024, 2, 29)", date(2024, 2, 29)),
    ("date(null)", None),
    ("datetime('2026-01-31')", datetime(2026, 1, 31, tzinfo=UTC)),
    ("datetime('2026-01-31 10:00')", NOW),
    ("datetime('2026-01-31T12:00:00+0200')", NOW),
    ("datetime('2026-01-31T10:00:00.123456789Z')", NOW.replace(microsecond=123456)),
    ("datetime('2026-01-31T10:00:00.5')", NOW.replace(microsecond=500000)),
    # addDays, addHours, daysBetween
    ("addDays('2026-01-31', 1)", date(2026, 2, 1)),
    ("addDays('2024-02-28', 1)", date(2024, 2, 29)),
    ("addDays('2026-01-31T10:00:00Z', -31)", datetime(2025, 12, 31, 10, tzinfo=UTC)),
    ("addDays(@input.day, 0)", date(2026, 2, 1)),
    ("addDays(@now, 1.0)", datetime(2026, 2, 1, 10, tzinfo=UTC)),
    ("addDays(null, 1)", None),
    ("addDays(@now, null)", None),
    ("addHours('2026-01-31', 25)", datetime(2026, 2, 1, 1, tzinfo=UTC)),
    ("addHours(@now, 0.5)", datetime(2026, 1, 31, 10, 30, tzinfo=UTC)),
    ("addHours(@now, -10)", datetime(2026, 1, 31, tzinfo=UTC)),
    ("daysBetween('2026-01-01', '2026-01-31')", 30),
    ("daysBetween('2026-01-31', '2026-01-01')", -30),
    ("daysBetween('2026-01-01T23:00Z', '2026-01-02T01:00Z')", 0),
    ("daysBetween('2026-01-02T01:00Z', '2026-01-01T00:00Z')", -1),
    ("daysBetween('2026-01-02T01:00Z', '2026-01-01T23:00Z')", 0),
    ("daysBetween(@object.stateSince, @now)", 30),
    ("daysBetween('0001-01-01', '9999-12-31')", 3652058),
    ("daysBetween(null, @now)", None),
    # formatDate
    ("formatDate(@now, '%Y')", "2026"),
    ("formatDate(@now, '%d.%m.%Y %H:%M:%S')", "31.01.2026 10:00:00"),
    ("formatDate('0033-04-03', '%Y %y %F')", "0033 33 0033-04-03"),
    ("formatDate(@now, '%A %a %B %b')", "Saturday Sat January Jan"),
    ("formatDate('2026-02-03', '%-d.%-m. %e %j')", "3.2.  3 034"),
    (
        "formatDate('2026-02-03T00:05:09.000120Z', '%I %-I %p %-H %-M %-S %f')",
        "12 12 AM 0 5 9 000120",
    ),
    ("formatDate('2026-02-03T13:00Z', '%I %-I %p %T %R')", "01 1 PM 13:00:00 13:00"),
    ("formatDate('2026-01-04', '%u %w %U %W %G %V')", "7 0 01 00 2026 01"),
    ("formatDate('2027-01-01', '%u %w %U %W %G %V')", "5 5 00 00 2026 53"),
    ("formatDate(@now, '%z %Z')", "+0000 UTC"),
    ("formatDate(@now, '%H:%M %z %Z', 'Europe/Berlin')", "11:00 +0100 CET"),
    ("formatDate('2026-07-01T10:00Z', '%H:%M %Z', 'Europe/Berlin')", "12:00 CEST"),
    ("formatDate(@now, '%H:%M %z', 'America/St_Johns')", "06:30 -0330"),
    ("formatDate('2026-01-31', '%F %T', 'Pacific/Kiritimati')", "2026-01-31 00:00:00"),
    ("formatDate('1970-01-02', '%s')", "86400"),
    ("formatDate('1969-12-31T23:59:59.5Z', '%s')", "-1"),
    ("formatDate(@now, '100%%')", "100%"),
    ("formatDate(@now, '')", ""),
    ("formatDate(@now, 'année {0} {now}')", "année {0} {now}"),
    ("formatDate(null, '%Y')", None),
    # if, coalesce, isEmpty
    ("if(true, 1, 2)", 1),
    ("if(false, 1, 2)", 2),
    ("if(null, 1, 2)", 2),
    ("if(false, 1)", None),
    ("if(true, null, 2)", None),
    ("if(true, 1, 1 / 0)", 1),
    ("if(false, 1 / 0, 2)", 2),
    ("coalesce(null, 1, 1 / 0)", 1),
    ("coalesce(null, null)", None),
    ("coalesce(null, '')", ""),
    ("coalesce(null, false)", False),
    ("isEmpty(null)", True),
    ("isEmpty('')", True),
    ("isEmpty(' ')", False),
    ("isEmpty([])", True),
    ("isEmpty([null])", False),
    ("isEmpty(0)", False),
    ("isEmpty(false)", False),
    ("isEmpty(@object.relations.none)", True),
    ("isEmpty(@object)", False),
    # count, sum, min, max, first, last
    ("count([])", 0),
    ("count([1, null])", 2),
    ("count(@object.relations.requires)", 2),
    ("count(@object.relations.unheard)", None),
    ("sum([])", 0),
    ("sum([1, 2.50, null])", D("3.50")),
    ("sum(1, 2, 3)", 6),
    ("sum(1, null)", None),
    ("sum(0.1, 0.2) == 0.3", True),
    ("sum(@object.relations.requires.attributes.price)", D("2.00")),
    ("min([3, 1.5, null])", D("1.5")),
    ("min('b', 'a')", "a"),
    ("min([])", None),
    ("min([null])", None),
    ("max(1, 2)", 2),
    ("max(null, 2)", None),
    ("max(['a', 'B'])", "a"),
    ("max(date(@now), @now)", NOW),
    ("min(date(@now), @now)", date(2026, 1, 31)),
    ("first([])", None),
    ("first([null, 1])", None),
    ("last([1, 2])", 2),
    ("last(null)", None),
    # round, number
    ("round(2.5)", 3),
    ("round(3.5)", 4),
    ("round(-2.5)", -3),
    ("round(2.4999)", 2),
    ("round(2.345, 2)", D("2.35")),
    ("round(2, 2)", D("2.00")),
    ("round(1250, -2)", 1300),
    ("round(-1250, -2)", -1300),
    ("round(49, -2)", 0),
    ("round(1.005, 2)", D("1.01")),
    ("round(null, 1)", None),
    ("number('12')", 12),
    ("number(' -3.50 ')", D("-3.50")),
    ("number('+007')", 7),
    ("number('-0')", 0),
    ("number(1.5)", D("1.5")),
    ("number(null)", None),
]

REFUSED: list[tuple[str, Code, str]] = [
    ("substring('abc', -1)", Code.OUT_OF_RANGE, "-1"),
    ("substring('abc', 0, -1)", Code.OUT_OF_RANGE, "-1"),
    ("substring('abc', 1.5)", Code.WRONG_TYPE, "1.5"),
    ("substring('abc', true)", Code.WRONG_TYPE, "true"),
    ("substring(5, 1)", Code.WRONG_TYPE, "5"),
    ("split('abc', '')", Code.OUT_OF_RANGE, "''"),
    ("upper(1)", Code.WRONG_TYPE, "1"),
    ("lower([])", Code.WRONG_TYPE, "[]"),
    ("length(5)", Code.WRONG_TYPE, "5"),
    ("contains('a1', 1)", Code.WRONG_TYPE, "1"),
    ("contains(1, 1)", Code.WRONG_TYPE, "1"),
    ("matches('a', '(')", Code.INVALID_PATTERN, "'('"),
    ("matches('a', 'a{1000}{1000}{1000}')", Code.INVALID_PATTERN, "'a{1000}{1000}{1000}'"),
    (r"matches('a', '(a)\1')", Code.INVALID_PATTERN, r"'(a)\1'"),
    ("matches('a', '(?=a)')", Code.INVALID_PATTERN, "'(?=a)'"),
    ("date('yesterday')", Code.INVALID_DATE, "'yesterday'"),
    ("date('2026-02-30')", Code.INVALID_DATE, "'2026-02-30'"),
    ("date('2026-1-3')", Code.INVALID_DATE, "'2026-1-3'"),
    ("date('\u0662026-01-31')", Code.INVALID_DATE, "'\u0662026-01-31'"),
    ("date('')", Code.INVALID_DATE, "''"),
    ("date(2026, 13, 1)", Code.INVALID_DATE, "date(2026, 13, 1)"),
    ("date(2026, 1)", Code.WRONG_TYPE, "date(2026, 1)"),
    ("date(20260131)", Code.WRONG_TYPE, "date(20260131)"),
    ("date(99999999999999999999, 1, 1)", Code.INVALID_DATE, "date(99999999999999999999, 1, 1)"),
    ("date(true)", Code.WRONG_TYPE, "true"),
    ("datetime('2026-01-31T25:00Z')", Code.INVALID_DATE, "'2026-01-31T25:00Z'"),
    ("datetime('0001-01-01T00:00+01:00')", Code.DATE_OUT_OF_RANGE, "'0001-01-01T00:00+01:00'"),
    ("addDays('9999-12-31', 1)", Code.DATE_OUT_OF_RANGE, "addDays('9999-12-31', 1)"),
    ("addDays(@now, 9999999999999999)", Code.DATE_OUT_OF_RANGE, "addDays(@now, 9999999999999999)"),
    ("addDays(@now, 0.5)", Code.WRONG_TYPE, "0.5"),
    ("addDays(5, 1)", Code.WRONG_TYPE, "5"),
    ("addHours(@now, 10000000000000)", Code.DATE_OUT_OF_RANGE, "addHours(@now, 10000000000000)"),
    ("addHours('x', 1)", Code.INVALID_DATE, "'x'"),
    ("daysBetween(@now, 'x')", Code.INVALID_DATE, "'x'"),
    ("formatDate(@now, '%Q')", Code.INVALID_FORMAT, "'%Q'"),
    ("formatDate(@now, '%n')", Code.INVALID_FORMAT, "'%n'"),
    ("formatDate(@now, '%')", Code.INVALID_FORMAT, "'%'"),
    ("formatDate(@now, '%-')", Code.INVALID_FORMAT, "'%-'"),
    ("formatDate(@now, '%é')", Code.INVALID_FORMAT, "'%é'"),
    ("formatDate(@now, '%Y', 'Mars/Olympus')", Code.UNKNOWN_TIME_ZONE, "'Mars/Olympus'"),
    ("formatDate(@now, '%Y', '../../etc/passwd')", Code.UNKNOWN_TIME_ZONE, "'../../etc/passwd'"),
    ("formatDate(@now, '%Y', 'America')", Code.UNKNOWN_TIME_ZONE, "'America'"),
    ("formatDate('2026-01-31', '%Y', 'Nowhere')", Code.UNKNOWN_TIME_ZONE, "'Nowhere'"),
    (
        "formatDate('9999-12-31T23:00Z', '%H', 'Asia/Tokyo')",
        Code.DATE_OUT_OF_RANGE,
        "formatDate('9999-12-31T23:00Z', '%H', 'Asia/Tokyo')",
    ),
    ("if(1, 2, 3)", Code.WRONG_TYPE, "1"),
    ("if('true', 2, 3)", Code.WRONG_TYPE, "'true'"),
    ("count('abc')", Code.WRONG_TYPE, "'abc'"),
    ("sum(['1'])", Code.WRONG_TYPE, "['1']"),
    ("sum(1, true)", Code.WRONG_TYPE, "true"),
    ("min(1, 'a')", Code.WRONG_TYPE, "'a'"),
    ("min(true)", Code.WRONG_TYPE, "true"),
    ("max([[1]])", Code.WRONG_TYPE, "[[1]]"),
    ("first('abc')", Code.WRONG_TYPE, "'abc'"),
    ("round('1')", Code.WRONG_TYPE, "'1'"),
    ("round(1, 41)", Code.OUT_OF_RANGE, "41"),
    ("round(true)", Code.WRONG_TYPE, "true"),
    ("number('abc')", Code.INVALID_NUMBER, "'abc'"),
    ("number('')", Code.INVALID_NUMBER, "''"),
    ("number('1e3')", Code.INVALID_NUMBER, "'1e3'"),
    ("number('NaN')", Code.INVALID_NUMBER, "'NaN'"),
    ("number('\uff11\uff12')", Code.INVALID_NUMBER, "'\uff11\uff12'"),
    ("number(true)", Code.WRONG_TYPE, "true"),
    ("now(1)", Code.WRONG_ARGUMENT_COUNT, "now(1)"),
    ("upper()", Code.WRONG_ARGUMENT_COUNT, "upper()"),
    ("upper('a', 'b')", Code.WRONG_ARGUMENT_COUNT, "upper('a', 'b')"),
    ("concat()", Code.WRONG_ARGUMENT_COUNT, "concat()"),
    ("if(true)", Code.WRONG_ARGUMENT_COUNT, "if(true)"),
    ("if(true, 1, 2, 3)", Code.WRONG_ARGUMENT_COUNT, "if(true, 1, 2, 3)"),
]


@pytest.mark.parametrize(("expression", "expected"), VALUES)
def test_a_function_gives(expression: str, expected: Value) -> None:
    value = value_of(expression)

    assert value == expected
    assert type(value) is type(expected)
    if isinstance(expected, Decimal):
        assert str(value) == str(expected)


@pytest.mark.parametrize(("expression", "code", "marked"), REFUSED)
def test_a_function_refuses_with_its_place(expression: str, code: Code, marked: str) -> None:
    assert_refused(expression, code, marked)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_function_has_values_and_examples(name: str) -> None:
    assert any(f"{name}(" in expression for expression, _ in VALUES)
    assert FUNCTIONS[name].examples
    assert FUNCTIONS[name].doc.endswith(".")


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if not FUNCTIONS[name].takes_null])
def test_null_spreads_through_each_argument(name: str) -> None:
    function = FUNCTIONS[name]
    for missing in range(function.fewest):
        arguments = ["null" if n == missing else "[1]" for n in range(function.fewest)]
        assert value_of(f"{name}({', '.join(arguments)})") is None


def test_the_functions_of_the_contract_are_there() -> None:
    contract = """concat substring replace upper lower trim split join length contains startsWith
        endsWith matches addDays addHours daysBetween formatDate date now if coalesce isEmpty
        count sum min max first last round number text"""

    assert set(contract.split()) <= set(FUNCTIONS)
