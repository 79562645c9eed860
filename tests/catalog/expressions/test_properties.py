"""Properties on generated cases: reading and evaluating fail in one way only, and texts round-trip.

The trees are made from the tree's own parts, so they reach what no hand-written text would.
"""

import string
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from catalog.expressions import (
    FUNCTIONS,
    ROOTS,
    ExpressionError,
    Value,
    fold,
    jsonable,
    parse,
    parse_value,
    render,
)
from catalog.expressions.errors import Span
from catalog.expressions.literals import read_text, write_text
from catalog.expressions.tree import (
    Arithmetic,
    Call,
    Comparison,
    Link,
    ListOf,
    Literal,
    Logical,
    Negative,
    Node,
    Not,
    Select,
    Selector,
    Variable,
)
from catalog.expressions.unparse import show, unparse
from tests.catalog.expressions.samples import CONTEXT, SOUP, Sample

HERE = Span(0, 0)
SOUND = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
NAMES = st.one_of(
    st.sampled_from(["name", "attributes", "relations", "requires", "price", "a-b", "-", "", "2"]),
    st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=5),
    SOUND,
)
KEYS = st.one_of(NAMES, st.integers(-3, 3))
PATHS = st.lists(KEYS.map(lambda key: Selector(key, HERE)), max_size=4).map(tuple)
DECIMALS = st.decimals(0, 10**9, places=3, allow_nan=False).map(lambda number: abs(number))
LITERALS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(0, 10**39),
    DECIMALS,
    SOUND,
    st.sampled_from(["2026-01-31", "2026-01-31T10:00:00Z", "%Y-%m", "Europe/Berlin", "^a+$"]),
).map(lambda value: Literal(value, span=HERE))
VARIABLES = st.builds(
    lambda root, path: Variable(root, path, span=HERE), st.sampled_from(sorted(ROOTS)), PATHS
)
CALLED = sorted(set(FUNCTIONS) - {"now"})


def _larger(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    def links(symbols: str) -> st.SearchStrategy[tuple[Link, ...]]:
        link = st.builds(
            lambda symbol, operand: Link(symbol, operand, HERE), st.sampled_from(symbols), parts
        )
        return st.lists(link, min_size=1, max_size=3).map(tuple)

    chains = st.one_of(links("+-"), links("*/%"))
    symbols = st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in", "not in"])
    operands = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(lambda first, rest: Arithmetic(first, rest, span=HERE), parts, chains),
        st.builds(
            lambda symbol, left, right: Comparison(symbol, left, right, HERE, span=HERE),
            symbols,
            parts,
            parts,
        ),
        st.builds(
            lambda word, nodes: Logical(word, nodes, span=HERE),
            st.sampled_from(["and", "or"]),
            operands,
        ),
        st.builds(lambda operand: Not(operand, span=HERE), parts),
        st.builds(lambda operand: Negative(operand, span=HERE), parts),
        st.lists(parts, max_size=3).map(lambda items: ListOf(tuple(items), span=HERE)),
        st.builds(_selected, parts, PATHS),
        st.sampled_from(CALLED).flatmap(lambda name: _calls(name, parts)),
    )


def _selected(target: Node, path: tuple[Selector, ...]) -> Node:
    if not path or isinstance(target, Variable | Select):
        return target
    return Select(target, path, span=HERE)


def _calls(name: str, parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    function = FUNCTIONS[name]
    most = function.most if function.most is not None else function.fewest + 2
    arguments = st.lists(parts, min_size=function.fewest, max_size=most)
    return arguments.map(lambda given: Call(name, tuple(given), span=HERE))


TREES: st.SearchStrategy[Node] = st.recursive(
    st.one_of(LITERALS, VARIABLES), _larger, max_leaves=12
)
PLAIN: st.SearchStrategy[object] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**39), 10**39),
        st.decimals(-(10**9), 10**9, allow_nan=False),
        st.floats(-1e30, 1e30),
        SOUND,
        st.datetimes(timezones=st.just(UTC)),
        st.dates(),
        st.just(SOUP),
    ),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(NAMES, values, max_size=3),
    max_leaves=6,
)
FRAGMENTS = st.lists(
    st.one_of(
        st.sampled_from(
            [*"()[],.+-*/%<>=!@'\"{}\\ \n", "{{", "}}", "==", "and", "or", "not", "in", "null"]
        ),
        st.sampled_from(["@object", "@item.x", "if(", "first(", "concat(", "'a'", "1", "2.5", "@"]),
        st.text(max_size=3),
    ),
    max_size=30,
).map("".join)


def checked(error: ExpressionError, text: str) -> None:
    """An error has its place inside the text."""
    assert error.text == text
    assert 0 <= error.position <= len(text)
    assert error.position + error.length <= len(text)
    assert error.line >= 1
    assert error.column >= 1
    assert error.code
    assert str(error)


@given(st.one_of(st.text(), FRAGMENTS))
def test_reading_a_text_fails_in_one_way_only(text: str) -> None:
    try:
        parse(text)
    except ExpressionError as error:
        checked(error, text)


@given(st.one_of(st.text(), FRAGMENTS), PLAIN)
def test_a_text_of_a_field_fails_in_one_way_only(text: str, item: object) -> None:
    context = Sample(item=item, object=SOUP)
    try:
        value = parse_value(text)
        evaluated = value.evaluate(context)
        escaped = value.evaluate(context, escape=lambda part: f"[{part}]")
    except ExpressionError as error:
        checked(error, text)
        return
    assert isinstance(escaped, str)
    if "{{" not in text and not text.startswith("@"):
        assert evaluated == escaped == text


@given(TREES)
def test_a_tree_is_written_and_read_back(tree: Node) -> None:
    text = unparse(tree)
    read = parse(text).tree

    assert read == tree
    assert unparse(read) == text


@given(TREES, PLAIN)
def test_evaluating_a_tree_fails_in_one_way_only(tree: Node, item: object) -> None:
    text = unparse(tree)
    context = Sample(
        item=item, input=item, now=datetime(2026, 1, 31, tzinfo=UTC), object=SOUP, variables={}
    )
    try:
        value = parse(text).evaluate(context)
        render(value)
        jsonable(value)
    except ExpressionError as error:
        checked(error, text)


@given(TREES)
def test_an_expression_reads_only_what_it_says(tree: Node) -> None:
    asked: set[str] = set()

    class Watched:
        def lookup(self, root: str) -> object:
            asked.add(root)
            return CONTEXT.lookup(root)

    with suppress(ExpressionError):
        expression = parse(unparse(tree))
        named = {reference.root for reference in expression.references()}
        with suppress(ExpressionError):
            expression.evaluate(Watched())
        assert asked <= named


@given(TREES)
def test_each_reference_stands_where_it_says(tree: Node) -> None:
    text = unparse(tree)
    with suppress(ExpressionError):
        for reference in parse(text).references():
            assert reference.root in text[reference.start : reference.end]


@given(SOUND)
def test_a_text_is_written_and_read_back(text: str) -> None:
    assert read_text(write_text(text), 0) == text
    assert parse(write_text(text)).evaluate(CONTEXT) == text


@given(SOUND)
def test_a_text_in_braces_comes_out_as_it_went_in(text: str) -> None:
    inside = f"{{{{ {write_text(text)} }}}}"

    assert parse_value(inside).evaluate(CONTEXT) == text
    assert parse_value(f"<{inside}>").evaluate(CONTEXT) == f"<{text}>"


@given(PLAIN)
def test_equality_is_of_the_value_and_with_itself(item: object) -> None:
    with suppress(ExpressionError):
        assert parse("@item == @item").evaluate(Sample(item=item)) is True
        assert parse("@item != @item").evaluate(Sample(item=item)) is False


@given(st.integers(-(10**18), 10**18), st.decimals(-(10**9), 10**9, places=4))
def test_arithmetic_is_exact(whole: int, fraction: Decimal) -> None:
    def of(expression: str) -> Value:
        return parse(expression).evaluate(Sample(item=whole, input=fraction))

    assert of("@item + @input - @item == @input") is True
    assert of("@item * 3 - @item - @item - @item") == 0
    assert of("@input * 10000 % 1 == 0") is True
    if whole:
        assert of("@item * 7 / @item") == 7
        assert of("(@input % @item) * @item >= 0") is True


@given(SOUND, SOUND)
def test_contains_and_fold_agree(whole: str, part: str) -> None:
    found = parse("contains(@item, @input)").evaluate(Sample(item=whole + part, input=part.upper()))

    assert found is (fold(part.upper()) in fold(whole + part))


@given(st.lists(SOUND, max_size=5), SOUND.filter(bool))
def test_joined_texts_are_split_again(parts: list[str], separator: str) -> None:
    kept = [part.replace(separator, "") for part in parts]
    context = Sample(item=kept, input=separator)
    if kept and not any(set(part) & set(separator) for part in kept):
        assert parse("split(join(@item, @input), @input)").evaluate(context) == kept


@given(PLAIN)
def test_a_value_is_shown_in_one_line_or_refused(item: object) -> None:
    with suppress(ExpressionError):
        shown = show(parse("@item").evaluate(Sample(item=item)))
        assert isinstance(shown, str)
