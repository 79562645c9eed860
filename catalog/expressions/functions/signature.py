"""What a function of the language is: a name, parameters with kinds, a sentence, examples, a call.

The pure callable gets admitted values of the declared kinds (integers as int), never null unless
the function `takes_null`, and answers a value. Lazy functions get thunks and decide what is run.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from catalog.expressions.errors import Code, Fault
from catalog.expressions.numbers import is_number
from catalog.expressions.values import Kind, Value, kind_of


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; only the last ones may be optional, only the very last one repeated."""

    name: str
    kinds: tuple[Kind, ...]
    optional: bool = False
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """An expression and its value as the reference shows it; the test computes each one."""

    expression: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    name: str
    group: str
    parameters: tuple[Parameter, ...]
    result: Kind
    doc: str
    call: Callable[..., Value]
    examples: tuple[Example, ...]
    cost: Callable[..., int] | None = None
    """More steps than the size of the arguments says; gets the arguments."""
    deep: bool = False
    """Whether it looks at everything that is nested in its arguments, which costs steps."""
    takes_null: bool = False
    lazy: bool = False
    literals: Mapping[int, Callable[[str], object]] = field(default_factory=dict)
    """For an argument that is a literal text: what fails where it can't be right."""
    passes: tuple[int, ...] | None = ()
    """The arguments whose value, or an item of it, may come out unchanged; None means all."""

    @property
    def fewest(self) -> int:
        return sum(not parameter.optional for parameter in self.parameters)

    @property
    def most(self) -> int | None:
        """The largest number of arguments; None where the last one may be repeated."""
        if self.parameters and self.parameters[-1].repeated:
            return None
        return len(self.parameters)

    def parameter(self, position: int) -> Parameter:
        """The parameter that the argument at this position (from 0) is for."""
        return self.parameters[min(position, len(self.parameters) - 1)]

    @property
    def signature(self) -> str:
        """As people write it: `substring(text, start, length?)`."""
        names = ", ".join(
            f"{parameter.name}{'…' if parameter.repeated else '?' if parameter.optional else ''}"
            for parameter in self.parameters
        )
        return f"{self.name}({names})"

    def taken(self, position: int, value: Value) -> Value:
        """The argument as the function takes it; integers may come as decimals without fraction.

        A value of another kind is a fault of this argument.
        """
        kinds, kind = self.parameter(position).kinds, kind_of(value)
        if Kind.ANY in kinds or kind in kinds:
            return value
        if Kind.INTEGER in kinds and is_number(value) and value == int(value):
            return int(value)
        name, wanted = self.parameter(position).name, " or ".join(kind.phrase for kind in kinds)
        given = "a decimal" if isinstance(value, Decimal) else kind.phrase
        raise Fault(
            Code.WRONG_TYPE,
            f"{self.name}() takes {wanted} as its {name}, not {given}",
            argument=position,
        )

    def takes(self) -> str:
        """How many arguments it takes, in words."""
        fewest, most = self.fewest, self.most
        if most is None:
            return f"at least {fewest} argument{'s' if fewest != 1 else ''}"
        if fewest == most:
            return f"{most or 'no'} argument{'s' if most != 1 else ''}"
        return f"{fewest} to {most} arguments"
