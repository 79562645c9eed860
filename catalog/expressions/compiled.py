"""JSON values whose texts may be expressions: the values of step fields, compiled when saved."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias, cast

from catalog.expressions.budget import Budget
from catalog.expressions.errors import Code, ExpressionError, Fault, Span, placed
from catalog.expressions.limits import MAX_DEPTH, MAX_ITEMS
from catalog.expressions.parser import check_sound
from catalog.expressions.references import Reference
from catalog.expressions.results import render
from catalog.expressions.templates import Escape, Mixed, Place, Whole, form_of
from catalog.expressions.values import Context, Value, admit


@dataclass(frozen=True, slots=True)
class _Constant:
    value: object


@dataclass(frozen=True, slots=True)
class _Items:
    forms: tuple["_Form", ...]


@dataclass(frozen=True, slots=True)
class _Members:
    forms: tuple[tuple[str, "_Form"], ...]


_Form: TypeAlias = _Constant | Whole | Mixed | _Items | _Members


@dataclass(frozen=True, slots=True)
class Compiled:
    """A value of a step's field; immutable. What has no expressions in it is itself."""

    form: _Form

    def evaluate(self, context: Context, escape: Escape | None = None) -> Value:
        """The value in this context. Raises `ExpressionError`.

        With `escape` (for HTML) every text with an expression gives text: each interpolated value
        is rendered and escaped, literal text never is.
        """
        return cast(Value, _evaluate(self.form, context, Budget(), escape))

    def render(self, context: Context, escape: Escape | None = None) -> str:
        """The value as text, whatever its type."""
        return render(self.evaluate(context, escape))

    @property
    def is_constant(self) -> bool:
        """Whether it reads nothing, so that its value never changes."""
        return not self.references()

    def references(self) -> frozenset[Reference]:
        """What it reads; the pointer says in which text of the value."""
        return frozenset(
            reference.moved(pointer=pointer)
            for pointer, place in _places(self.form)
            for reference in place.references()
        )

    def problems(self) -> list[ExpressionError]:
        """What is certainly wrong although it can be read, such as a pattern that is not RE2."""
        return [
            problem.moved(text=place.text, pointer=pointer)
            for pointer, place in _places(self.form)
            for problem in place.problems()
        ]


def parse_value(value: object) -> Compiled:
    """Compile a JSON value. Raises `ExpressionError`, with the pointer of the text it is in."""
    count = iter(range(MAX_ITEMS))
    return Compiled(_compile(value, 0, lambda: next(count, None) is not None))


def _compile(value: object, depth: int, counted: Callable[[], bool]) -> _Form:
    if depth > MAX_DEPTH:
        raise _refused(Code.TOO_DEEP, f"The value is nested deeper than {MAX_DEPTH} levels")
    if not counted():
        raise _refused(Code.TOO_LONG, f"The value holds more than {MAX_ITEMS:,} values")
    if isinstance(value, str):
        form = form_of(str.__str__(value))
        return _Constant(form) if isinstance(form, str) else form
    if isinstance(value, list | tuple):
        return _items(value, depth, counted)
    if isinstance(value, Mapping):
        return _members(value, depth, counted)
    return _constant(value)


def _items(
    values: list[object] | tuple[object, ...], depth: int, counted: Callable[[], bool]
) -> _Form:
    forms = []
    for index, value in enumerate(values):
        with _Inside(str(index)):
            forms.append(_compile(value, depth + 1, counted))
    return _Items(tuple(forms))


def _members(values: Mapping[object, object], depth: int, counted: Callable[[], bool]) -> _Form:
    forms = []
    for name, value in values.items():
        if not isinstance(name, str):
            raise _refused(Code.WRONG_TYPE, "The names in an object must be texts")
        with _Inside(name):
            _check_name(name)
            forms.append((str.__str__(name), _compile(value, depth + 1, counted)))
    return _Members(tuple(forms))


def _constant(value: object) -> _Form:
    """Numbers keep the type that they were read with."""
    try:
        admit(value)
    except Fault as fault:
        raise placed(fault, "") from None
    if value is None or isinstance(value, bool | int | float | Decimal):
        return _Constant(value)
    raise _refused(Code.WRONG_TYPE, "Only JSON values can be compiled")


def _check_name(name: str) -> None:
    try:
        check_sound(name)
    except Fault as fault:
        raise placed(fault, name) from None


def _refused(code: Code, message: str) -> ExpressionError:
    return placed(Fault(code, message, span=Span(0, 0)), "")


class _Inside:
    """Adds one step to the pointer of an error that passes through."""

    def __init__(self, name: str) -> None:
        self._step = _step(name)

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ExpressionError):
            raise error.moved(text=error.text, pointer=self._step) from None


def _evaluate(form: _Form, context: Context, budget: Budget, escape: Escape | None) -> object:
    match form:
        case _Constant(value=value):
            return value
        case Whole() | Mixed():
            return form.evaluate(context, budget, escape)
        case _Items(forms=forms):
            made = []
            for index, part in enumerate(forms):
                with _Inside(str(index)):
                    made.append(_evaluate(part, context, budget, escape))
            return made
        case _Members(forms=members):
            named = {}
            for name, part in members:
                with _Inside(name):
                    named[name] = _evaluate(part, context, budget, escape)
            return named


def _places(form: _Form) -> Iterator[tuple[str, Place]]:
    """All expressions in the value, each with the pointer of its text."""
    match form:
        case Whole() | Mixed():
            yield from (("", place) for place in form.places)
        case _Items(forms=forms):
            for index, part in enumerate(forms):
                yield from _below(str(index), part)
        case _Members(forms=members):
            for name, part in members:
                yield from _below(name, part)


def _below(name: str, form: _Form) -> Iterator[tuple[str, Place]]:
    for pointer, place in _places(form):
        yield _step(name) + pointer, place


def _step(name: str) -> str:
    return "/" + name.replace("~", "~0").replace("/", "~1")
