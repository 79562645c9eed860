"""The registry of all functions of the language, by name; it can't be changed at run time."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from catalog.expressions.functions.lists import LISTS
from catalog.expressions.functions.logic import LOGIC
from catalog.expressions.functions.signature import Example, Function, Parameter
from catalog.expressions.functions.texts import TEXTS
from catalog.expressions.functions.times import TIMES

__all__ = ["FUNCTIONS", "Example", "Function", "Parameter"]


def _by_name(functions: Iterable[Function]) -> Mapping[str, Function]:
    registry: dict[str, Function] = {}
    for function in functions:
        if function.name in registry:
            raise ValueError(f"The function {function.name} is declared twice.")
        registry[function.name] = function
    return MappingProxyType(registry)


FUNCTIONS: Final = _by_name((*TEXTS, *TIMES, *LOGIC, *LISTS))
