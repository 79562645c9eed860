"""Functions that decide. They take null, and the lazy ones compute only what is needed."""

from collections.abc import Callable, Mapping

from catalog.expressions.errors import Code, Fault
from catalog.expressions.functions.signature import Example, Function, Parameter
from catalog.expressions.values import Kind, Value, kind_of

_ANY = (Kind.ANY,)
Thunk = Callable[[], Value]


def truth(value: Value, word: str) -> bool:
    """Only booleans decide; null counts as false, everything else is an error."""
    if value is None:
        return False
    if isinstance(value, bool):
        return value
    raise Fault(
        Code.WRONG_TYPE,
        f"{word} needs true or false, not {kind_of(value).phrase}",
    )


def _if(condition: Thunk, then: Thunk, otherwise: Thunk | None = None) -> Value:
    value = condition()
    try:
        holds = truth(value, "if()")
    except Fault as fault:
        fault.argument = 0
        raise
    if holds:
        return then()
    return otherwise() if otherwise is not None else None


def _coalesce(*values: Thunk) -> Value:
    for value in values:
        found = value()
        if found is not None:
            return found
    return None


def _is_empty(value: Value) -> bool:
    if isinstance(value, str | list | Mapping):
        return len(value) == 0
    return value is None


LOGIC = (
    Function(
        name="if",
        group="Logic",
        parameters=(
            Parameter("condition", (Kind.BOOLEAN,)),
            Parameter("then", _ANY),
            Parameter("else", _ANY, optional=True),
        ),
        result=Kind.ANY,
        doc="`then` where the condition is true, else `else` (or null). A null condition counts "
        "as false. The branch that is not taken is not computed.",
        call=_if,
        takes_null=True,
        lazy=True,
        passes=(1, 2),
        examples=(
            Example("if(@object.attributes.price > 3, 'dear', 'cheap')", "'dear'"),
            Example("if(null, 'yes', 'no')", "'no'"),
            Example("if(false, 'yes')", "null"),
            Example("if(true, 1, 1 / 0)", "1"),
        ),
    ),
    Function(
        name="coalesce",
        group="Logic",
        parameters=(Parameter("values", _ANY, repeated=True),),
        result=Kind.ANY,
        doc="The first value that is not null; what follows it is not computed. An empty text is "
        "a value.",
        call=_coalesce,
        takes_null=True,
        lazy=True,
        passes=None,
        examples=(
            Example("coalesce(@object.attributes.nickname, @object.name)", "'Tomato Soup'"),
            Example("coalesce(null, '')", "''"),
        ),
    ),
    Function(
        name="isEmpty",
        group="Logic",
        parameters=(Parameter("value", _ANY),),
        result=Kind.BOOLEAN,
        doc="Whether the value is null, the empty text, or a list or object without content.",
        call=_is_empty,
        takes_null=True,
        examples=(
            Example("isEmpty(@object.attributes.nickname)", "true"),
            Example("isEmpty('')", "true"),
            Example("isEmpty(0)", "false"),
        ),
    ),
)
