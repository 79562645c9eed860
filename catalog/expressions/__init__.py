"""The expression language of Sluice: text in, tree once, values out. Pure; it knows no Django.

`parse` reads a bare expression (`if`, `items`), `parse_value` a JSON value of a step's field whose
texts may be or hold expressions. Both are cached by their text and raise `ExpressionError`.
"""

from catalog.expressions.compiled import Compiled, parse_value
from catalog.expressions.errors import Code, ExpressionError
from catalog.expressions.expression import Expression, parse
from catalog.expressions.functions import FUNCTIONS, Function, Parameter
from catalog.expressions.references import Reference
from catalog.expressions.results import jsonable, render
from catalog.expressions.text import fold
from catalog.expressions.values import (
    Context,
    Kind,
    Purse,
    Selectable,
    UnknownSelector,
    Value,
)
from catalog.expressions.variables import ROOTS

__all__ = [
    "FUNCTIONS",
    "ROOTS",
    "Code",
    "Compiled",
    "Context",
    "Expression",
    "ExpressionError",
    "Function",
    "Kind",
    "Parameter",
    "Purse",
    "Reference",
    "Selectable",
    "UnknownSelector",
    "Value",
    "fold",
    "jsonable",
    "parse",
    "parse_value",
    "render",
]
