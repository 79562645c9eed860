"""No expression does unbounded work: each limit is refused by name, and what is below it works."""

from decimal import Decimal

import pytest

from catalog.expressions import Code, ExpressionError, parse, parse_value
from catalog.expressions.limits import MAX_DEPTH
from tests.catalog.expressions.samples import CONTEXT, Sample, assert_refused, refused, value_of

LONG = "a" * 100_000
MANY = list(range(9_999))


def test_the_length_of_an_expression() -> None:
    assert value_of("1" + " " * 9_999) == 1
    error = assert_refused("1" + " " * 10_000, Code.TOO_LONG)
    assert (error.position, error.length) == (10_000, 1)


@pytest.mark.parametrize("text", ["(" * 100_000, "[" * 1_000_000, "not " * 100_000, "a(" * 50_000])
def test_a_huge_expression_is_refused_before_it_is_read(text: str) -> None:
    assert refused(text).code == "tooLong"


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("(", ")"), ("[", "]"), ("-", ""), ("not ", ""), ("upper(", ")"), ("[-(", ")]")],
)
def test_the_depth_of_an_expression(opening: str, closing: str) -> None:
    fits = MAX_DEPTH // len(opening.split("(")) - 1

    assert parse(opening * fits + "1" + closing * fits).is_constant
    assert_refused(opening * 70 + "1" + closing * 70, Code.TOO_DEEP)
    assert_refused(opening * 1_400 + "1" + closing * 1_400, Code.TOO_DEEP)


def test_too_many_brackets_are_refused_at_the_first_that_is_too_many() -> None:
    assert assert_refused("(" * 9_000, Code.TOO_DEEP).position == MAX_DEPTH


def test_brackets_beside_each_other_are_not_deep() -> None:
    assert value_of("+".join(["(1)"] * 1_000)) == 1_000
    assert value_of("1" + " + 1" * 2_000) == 2_001
    assert value_of(" or ".join(["false"] * 1_000)) is False


def test_an_expression_at_the_limits_is_evaluated_deep_in_a_stack() -> None:
    expression = parse("(" * 20 + "if(true, " * 40 + "1" + ")" * 60)

    def nested(levels: int) -> object:
        return nested(levels - 1) if levels else expression.evaluate(CONTEXT)

    assert nested(300) == 1


def test_a_stack_that_is_nearly_full_is_an_error_of_the_expression() -> None:
    expression = parse("if(true, " * 60 + "1" + ")" * 60)

    def nested() -> object:
        try:
            return nested()
        except RecursionError:
            return expression.evaluate(CONTEXT)

    with pytest.raises(ExpressionError) as caught:
        nested()
    assert caught.value.code == "tooDeep"


def test_the_steps_of_an_evaluation() -> None:
    many = "[" + ",".join(["1"] * 4_000) + "]"

    assert value_of(f"count({many})") == 4_000
    assert refused(f"[{','.join(['min(@item)'] * 50)}]", item=MANY).code == "tooManySteps"
    assert refused(f"[{','.join(['@item == @item'] * 50)}]", item=MANY).code == "tooManySteps"


@pytest.mark.parametrize("part", ["length(upper(@item))", "contains(@item, 'b')", "@item == 'b'"])
def test_long_texts_cost_steps(part: str) -> None:
    assert isinstance(value_of(part, item=LONG), bool | int)
    assert refused(f"[{','.join([part] * 200)}]", item=LONG).code == "tooManySteps"


def test_a_pattern_that_would_take_long_costs_its_time() -> None:
    assert value_of("matches(@item, '^a+$')", item=LONG) is True
    assert refused("matches(@item, '(a?b?c?){0,250}z')", item=LONG).code == "tooManySteps"
    assert refused(f"matches('a', '{'a' * 1_001}')").code == "invalidPattern"


@pytest.mark.parametrize(
    "expression",
    [
        "concat(@item, 'b')",
        "@item + 'b'",
        "replace(@item, 'a', 'bb')",
        "join([@item, @item])",
        "upper(@input)",
        "text([@item, 'b'])",
        "formatDate('2026-01-31', @input)",
    ],
)
def test_the_length_of_a_text(expression: str) -> None:
    variables: dict[str, object] = {"item": LONG, "input": "\u00df%Y" * 33_000}

    assert refused(expression, **variables).code == "resultTooLarge"
    assert refused("@item", item=LONG + "a").code == "resultTooLarge"
    assert value_of("length(@item)", item=LONG) == 100_000


def test_a_text_that_would_be_enormous_is_not_made() -> None:
    assert refused("replace(@item, 'a', @item)", item=LONG).code == "resultTooLarge"
    assert refused("join(split(@item, 'a'), @item)", item="a" * 9_000).code == "resultTooLarge"


def test_the_length_of_a_text_with_places() -> None:
    context = Sample(item="a" * 60_000)

    assert parse_value("{{ @item }}!").evaluate(context) == "a" * 60_000 + "!"
    with pytest.raises(ExpressionError) as caught:
        parse_value("{{ @item }}{{ @item }}").evaluate(context)
    assert caught.value.code == "resultTooLarge"


def test_the_length_of_a_template_and_the_number_of_its_places() -> None:
    assert parse_value(LONG).evaluate(CONTEXT) == LONG
    assert parse_value("{{ 1 }}" * 1_000).evaluate(CONTEXT) == "1" * 1_000
    for text in (LONG + "a", "{{ 1 }}" * 1_001):
        with pytest.raises(ExpressionError) as caught:
            parse_value(text)
        assert caught.value.code == "tooLong"


def test_all_places_of_a_value_share_one_budget() -> None:
    one = "{{ length(upper(@item)) }}"

    assert parse_value([one] * 30).evaluate(Sample(item=LONG)) == [100_000] * 30
    with pytest.raises(ExpressionError) as caught:
        parse_value([one] * 300).evaluate(Sample(item=LONG))
    assert caught.value.code == "tooManySteps"


def test_the_size_of_a_list_and_of_what_is_nested() -> None:
    many = "[" + ", ".join(["@item"] * 11) + "]"

    assert value_of("@item", item=MANY) == MANY
    assert value_of("[@item, @item]", item=MANY) == [MANY, MANY]
    assert value_of(f"count({many})", item=MANY) == 11
    for expression in (many, f"concat({many})", f"{many} == 1", f"1 in {many}"):
        assert refused(expression, item=MANY).code == "resultTooLarge"
    assert refused("@item", item=[*MANY, 1, 2]).code == "resultTooLarge"
    assert refused("split(@item, 'a')", item="a" * 10_000).code == "resultTooLarge"


def test_a_list_that_doubles_itself_stays_bounded() -> None:
    value: object = [1]
    refusals = 0
    for _ in range(40):
        try:
            value = value_of("[@item, @item]", item=value)
        except ExpressionError as error:
            refusals += error.code in ("resultTooLarge", "tooDeep")
    assert refusals > 20


def test_results_together_stay_bounded() -> None:
    assert len(str(parse_value(["@item"] * 10).evaluate(Sample(item=LONG)))) > 1_000_000
    for value, item in ((["@item"] * 11, LONG), (["@item"] * 11, MANY)):
        with pytest.raises(ExpressionError) as caught:
            parse_value(value).evaluate(Sample(item=item))
        assert caught.value.code == "resultTooLarge"


def test_values_that_are_nested_too_deep() -> None:
    def nested(levels: int) -> list[object]:
        value: list[object] = []
        for _ in range(levels):
            value = [value]
        return value

    assert value_of("@item", item=nested(60)) == nested(60)
    for expression in ("@item", "@item == 1", "text(@item)", "@item.name", "@item in [1]"):
        assert refused(expression, item=nested(100_000)).code == "tooDeep"
    with pytest.raises(ExpressionError) as caught:
        parse_value(nested(100_000))
    assert caught.value.code == "tooDeep"


def test_a_json_value_has_a_bounded_number_of_values() -> None:
    assert parse_value([0] * 9_999).is_constant
    with pytest.raises(ExpressionError) as caught:
        parse_value([0] * 10_000)
    assert caught.value.code == "tooLong"


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("9" * 40 + " + 1", Code.NUMBER_TOO_LARGE),
        ("9" * 41, Code.NUMBER_TOO_LARGE),
        ("9" * 5_000, Code.NUMBER_TOO_LARGE),
        ("0." + "1" * 51, Code.NUMBER_TOO_LARGE),
        ("9" * 30 + " * " + "9" * 30, Code.NUMBER_TOO_LARGE),
        ("9" * 30 + ".5 * " + "9" * 30, Code.NUMBER_TOO_LARGE),
        ("9" * 39 + " / 0.0000000001", Code.NUMBER_TOO_LARGE),
        ("0 - " + "9" * 40 + " - 1", Code.NUMBER_TOO_LARGE),
        ("number('" + "9" * 5_000 + "')", Code.NUMBER_TOO_LARGE),
        ("1" + " * 9" * 100, Code.NUMBER_TOO_LARGE),
        ("9**9**9", Code.SYNTAX_ERROR),
        ("'a' * 1000000000", Code.WRONG_TYPE),
    ],
)
def test_numbers_stay_bounded(expression: str, code: Code) -> None:
    assert_refused(expression, code)


def test_numbers_below_the_bound_are_computed() -> None:
    assert value_of("9" * 40 + " - 1") == 10**40 - 2
    tiny = value_of("0.000001" + " * 0.000001" * 40)
    assert isinstance(tiny, Decimal)
    assert 0 <= tiny < Decimal("1E-90")
    assert len(f"{tiny:f}") < 200
    assert value_of("@item", item=Decimal("0E+999999")) == 0
    assert value_of("@item", item=Decimal("1E-999999")) == 0
    assert refused("@item", item=Decimal("1E+999999")).code == "numberTooLarge"
    assert refused("@item", item=10**40).code == "numberTooLarge"
    assert refused("@item", item=1e300).code == "numberTooLarge"


def test_selecting_from_many_things_costs_steps() -> None:
    things = [{"x": [{"y": 1}] * 3}] * 3_000

    assert value_of("count(@item.x.y)", item=things) == 3_000
    assert refused(f"[{', '.join(['@item.x.y'] * 4)}]", item=things).code == "tooManySteps"
    assert refused("@item" + ".x" * 50, item=[[{}]] * 3_000).code == "tooManySteps"
