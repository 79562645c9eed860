"""Text to tree. Functions, their number of arguments and variables are checked here, when saved.

Lark's LALR parser works with a stack of its own and calls the builder bottom-up, so no input can
make it recurse; brackets are counted in the stream of tokens, operators as the tree grows.
"""

from collections.abc import Iterator
from typing import cast

from lark import Lark, Token
from lark.exceptions import UnexpectedCharacters, UnexpectedToken
from lark.lark import PostLex

from catalog.expressions.builder import Builder, span_of, too_deep
from catalog.expressions.errors import Code, Fault, Span, shortened
from catalog.expressions.grammar import GRAMMAR
from catalog.expressions.limits import MAX_DEPTH, MAX_SOURCE
from catalog.expressions.text import first_unsound
from catalog.expressions.tree import Node


class _Brackets(PostLex):
    """Refuses too many open brackets before the parser has read on."""

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        opened = 0
        for token in stream:
            if token.type in ("LPAR", "LBRACKET"):
                opened += 1
            elif token.type in ("RPAR", "RBRACKET"):
                opened -= 1
            if opened > MAX_DEPTH:
                raise too_deep(span_of(token))
            yield token


_LARK = Lark(
    GRAMMAR,
    parser="lalr",
    lexer="basic",
    maybe_placeholders=False,
    transformer=Builder(),
    postlex=_Brackets(),
)


def tree_of(text: str) -> Node:
    """The tree of a bare expression. Raises `Fault`, with its span."""
    _check_source(text)
    try:
        return cast(Node, _LARK.parse(text))
    except UnexpectedCharacters as error:
        raise _unreadable(text, cast(int, error.pos_in_stream)) from None
    except UnexpectedToken as error:
        raise _misplaced(text, error.token) from None


def _check_source(text: str) -> None:
    if len(text) > MAX_SOURCE:
        raise Fault(
            Code.TOO_LONG,
            f"The expression is longer than {MAX_SOURCE:,} characters",
            span=Span(MAX_SOURCE, len(text)),
        )
    check_sound(text)


def check_sound(text: str) -> None:
    """Refuse characters that can't be stored."""
    position = first_unsound(text)
    if position is not None:
        raise Fault(
            Code.SYNTAX_ERROR,
            "A text can't hold NUL or half of a surrogate pair",
            span=Span(position, position + 1),
        )


_HINTS = {
    "=": "equality is written ==",
    "!": "negation is written not",
    "&": "write and",
    "|": "write or",
    "@": "a variable is written @name",
    ".": "a selector is written .name, without spaces; a number begins with a digit",
    "{": "braces are only written around an expression inside a text",
    "}": "braces are only written around an expression inside a text",
}


def _unreadable(text: str, position: int) -> Fault:
    character = text[position]
    if character in "'\"":
        return _syntax("This text is not closed", Span(position, len(text)))
    hint = f"; {_HINTS[character]}" if character in _HINTS else ""
    if character.isalpha():
        hint = "; a name with such letters is selected with ['name'], texts stand in quotes"
    return _syntax(f"'{shortened(character)}' can't stand here{hint}", Span(position, position + 1))


def _misplaced(text: str, token: Token) -> Fault:
    if token.type == "$END":
        if not text.strip():
            return _syntax("The expression is empty", Span(0, len(text)))
        return _syntax("The expression ends too early", Span(len(text), len(text)))
    span, hint = span_of(token), ""
    if text[span.start - 1 : span.end] == "<>":
        hint = "; unequal is written !="
    elif token.type == "COMPARE":
        hint = "; comparisons can't be chained, join them with and"
    return _syntax(f"'{shortened(token)}' can't stand here{hint}", span)


def _syntax(message: str, span: Span) -> Fault:
    return Fault(Code.SYNTAX_ERROR, message, span=span)
