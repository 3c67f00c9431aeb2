"""One text for a formula: SQL where a database computes it, numpy where arrays are at hand.

The language is the part of SQL that DuckDB and Spark read alike: numbers, gaps such as `{amount}`, columns,
`+ - * / %`, comparisons, `IS NULL`, `AND`, `OR`, `CASE WHEN … THEN … ELSE … END` and the functions of
`FUNCTIONS`. On arrays NULL is NaN: arithmetic carries it on, a comparison with it does not hold, COALESCE,
LEAST and GREATEST pass over it. All numbers are float64, so both ways give the same bits. A formula guards
its divisions with NULLIF, because databases disagree on what a division by zero gives.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, reduce
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fraudkit.errors import InvalidInputError
from fraudkit.words import N_

Values = Mapping[str, Any]
Evaluate = Callable[[Values], Any]

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?)|(?P<word>[A-Za-z_]\w*)|\{(?P<gap>\w+)\}"
    r"|(?P<sign><=|>=|<>|[-+*/%()<>=,]))"
)

OPERATORS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "%": np.fmod,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "=": np.equal,
    "<>": lambda left, right: (left < right) | (left > right),
    "AND": np.logical_and,
    "OR": np.logical_or,
}

FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "ABS": np.abs,
    "FLOOR": np.floor,
    "LN": np.log,
    "SQRT": np.sqrt,
    "LEAST": lambda *values: reduce(np.fmin, values),
    "GREATEST": lambda *values: reduce(np.fmax, values),
    "NULLIF": lambda value, other: np.where(np.equal(value, other), np.nan, value),
    "COALESCE": lambda *values: reduce(lambda value, next_: np.where(np.isnan(value), next_, value), values),
}

_LEVELS: Final = (("OR",), ("AND",), ("<", "<=", ">", ">=", "=", "<>"), ("+", "-"), ("*", "/", "%"))
"""Operators of two sides, the loosest first."""


@dataclass(frozen=True)
class Formula:
    """A formula that was read.

    Attributes
    ----------
    text
        As declared.
    gaps, columns
        Names that it uses, in braces and without.
    """

    text: str
    gaps: frozenset[str]
    columns: frozenset[str]
    _evaluate: Evaluate = field(repr=False)

    def evaluate(self, values: Values) -> NDArray[np.float64]:
        """Return the formula's value; `values` are float64 arrays of one shape by name, NaN for NULL."""
        with np.errstate(all="ignore"):
            result: NDArray[np.float64] = np.asarray(self._evaluate(values), np.float64)
        return result


@cache
def read_formula(text: str) -> Formula:
    """Read a formula.

    Raises
    ------
    InvalidInputError
        When the text is not in the language above.
    """
    reader = _Reader(text)
    evaluate = reader.expression()
    if reader.kind:
        raise reader.refusal()
    return Formula(text, frozenset(reader.gaps), frozenset(reader.columns), evaluate)


class _Reader:
    """Reads a text from left to right; each method reads one construct and returns how to evaluate it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.gaps: set[str] = set()
        self.columns: set[str] = set()
        self._advance()

    def refusal(self) -> InvalidInputError:
        return InvalidInputError(
            N_("The formula “{formula}” cannot be read from “{rest}” on."),
            N_("Use numbers, gaps, columns, + - * / %, comparisons, CASE and the listed functions."),
            formula=self.text,
            rest=self.text[self.start :],
        )

    def expression(self, level: int = 0) -> Evaluate:
        if level == len(_LEVELS):
            return self._primary()
        left = self.expression(level + 1)
        while self.token in _LEVELS[level] or (level == 2 and self.token == "IS"):  # noqa: PLR2004, S105 comparisons
            if self._accept("IS"):
                left = self._null_test(left)
            else:
                operator = OPERATORS[self._take()]
                left = _binary(operator, left, self.expression(level + 1))
        return left

    def _primary(self) -> Evaluate:
        kind, token = self.kind, self._take()
        if kind == "number":
            number = np.float64(token)
            return lambda _values: number
        if kind == "gap":
            self.gaps.add(token)
            return lambda values: values[token]
        if token == "CASE":  # noqa: S105 a word of SQL
            return self._case()
        if token == "(":  # noqa: S105 a sign of SQL
            inner = self.expression()
            self._expect(")")
            return inner
        if token in FUNCTIONS:
            return self._call(FUNCTIONS[token])
        if kind == "word" and token.islower():
            self.columns.add(token)
            return lambda values: values[token]
        raise self.refusal()

    def _call(self, function: Callable[..., Any]) -> Evaluate:
        self._expect("(")
        arguments = [self.expression()]
        while self._accept(","):
            arguments.append(self.expression())
        self._expect(")")
        return lambda values: function(*(argument(values) for argument in arguments))

    def _case(self) -> Evaluate:
        branches = []
        while self._accept("WHEN"):
            condition = self.expression()
            self._expect("THEN")
            branches.append((condition, self.expression()))
        otherwise: Evaluate = self.expression() if self._accept("ELSE") else lambda _values: np.nan
        self._expect("END")

        def evaluate(values: Values) -> Any:
            result = otherwise(values)
            for condition, value in reversed(branches):
                result = np.where(condition(values), value(values), result)
            return result

        return evaluate

    def _null_test(self, operand: Evaluate) -> Evaluate:
        negated = self._accept("NOT")
        self._expect("NULL")
        return lambda values: np.isnan(operand(values)) ^ negated

    def _accept(self, token: str) -> bool:
        found = self.token == token
        if found:
            self._advance()
        return found

    def _expect(self, token: str) -> None:
        if not self._accept(token):
            raise self.refusal()

    def _take(self) -> str:
        token = self.token
        self._advance()
        return token

    def _advance(self) -> None:
        self.start = self.place
        found = _TOKEN.match(self.text, self.place)
        if found is None and self.text[self.place :].strip():
            raise self.refusal()
        self.kind = found.lastgroup if found else None
        self.token = found[self.kind] if found and self.kind else ""
        self.place = found.end() if found else len(self.text)


def _binary(operator: Callable[[Any, Any], Any], left: Evaluate, right: Evaluate) -> Evaluate:
    return lambda values: operator(left(values), right(values))
