"""The grammar of expressions, for Lark's LALR parser.

Precedence from loose to tight: or, and, not, comparisons (which do not chain), + -, * / %,
unary minus, selectors. A hyphen inside a selector's name belongs to it.
"""

GRAMMAR = r"""
?start: disjunction

?disjunction: conjunction (OR conjunction)*
?conjunction: negation (AND negation)*
?negation: NOT negation -> not_
    | comparison
?comparison: sum
    | sum COMPARE sum -> compare
    | sum IN sum -> compare
    | sum NOT IN sum -> compare_not_in
?sum: product ((PLUS | MINUS) product)*
?product: signed ((TIMES | DIVIDE | MODULO) signed)*
?signed: MINUS signed -> negative
    | postfix
?postfix: literal
    | selectable
    | selectable selector+ -> select

selector: DOTNAME -> named
    | LBRACKET TEXT RBRACKET -> keyed
    | LBRACKET NUMBER RBRACKET -> indexed
    | LBRACKET MINUS NUMBER RBRACKET -> indexed_from_end

?literal: NUMBER -> number
    | TEXT -> text
    | TRUE -> true
    | FALSE -> false
    | NULL -> null

?selectable: VARIABLE -> variable
    | NAME -> bare_name
    | NAME LPAR [_arguments] RPAR -> call
    | LBRACKET [_arguments [COMMA]] RBRACKET -> list_of
    | LPAR disjunction RPAR -> group

_arguments: disjunction (COMMA disjunction)*

AND: "and"
OR: "or"
NOT: "not"
IN: "in"
TRUE: "true"
FALSE: "false"
NULL: "null"
NAME: /[A-Za-z_][A-Za-z0-9_]*/
VARIABLE: /@[A-Za-z_][A-Za-z0-9_-]*/
DOTNAME: /\.[A-Za-z0-9_][A-Za-z0-9_-]*/
NUMBER: /[0-9]+(\.[0-9]+)?/
TEXT: /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/s
COMPARE: "==" | "!=" | "<=" | ">=" | "<" | ">"
PLUS: "+"
MINUS: "-"
TIMES: "*"
DIVIDE: "/"
MODULO: "%"
LPAR: "("
RPAR: ")"
LBRACKET: "["
RBRACKET: "]"
COMMA: ","
WHITESPACE: /[ \t\r\n]+/

%ignore WHITESPACE
"""
