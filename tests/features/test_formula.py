"""Formulas give on arrays what they give in DuckDB, and nothing outside the language is read."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraudkit.errors import InvalidInputError
from fraudkit.features import FEATURES
from fraudkit.features.formula import read_formula
from fraudkit.features.measures import ARITHMETIC

numbers = st.sampled_from(["0e0", "1e0", "2.5e0", "3e-1", "{a}", "{b}", "c"])
values = st.one_of(st.none(), st.sampled_from([-2.0, 0.0, 1.0, 2.5, 1e6]))


def wrapped(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    comparers = st.sampled_from(["<", "<=", ">", ">=", "=", "<>"])
    choosers = st.sampled_from(["LEAST", "GREATEST", "COALESCE", "NULLIF"])
    comparison = st.builds("{} {} {}".format, inner, comparers, inner)
    condition = st.one_of(
        comparison,
        st.builds("{} IS NULL".format, inner),
        st.builds("({} IS NOT NULL OR {})".format, inner, comparison),
        st.builds("{} AND {}".format, comparison, comparison),
    )
    return st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*"]), inner),
        st.builds("{} / NULLIF({}, 0e0)".format, inner, inner).map("({})".format),
        st.builds("{}({}, {})".format, choosers, inner, inner),
        st.builds("SQRT(ABS({}))".format, inner),
        st.builds("FLOOR({})".format, inner),
        st.builds("CASE WHEN {} THEN {} ELSE {} END".format, condition, inner, inner),
        st.builds("CASE WHEN {} THEN {} WHEN {} THEN {} END".format, condition, inner, condition, inner),
    )


formulas = st.recursive(numbers, wrapped, max_leaves=8)


@settings(max_examples=150, deadline=None)
@given(formulas, st.lists(st.tuples(values, values, values), min_size=1, max_size=6))
def test_arrays_and_duckdb_agree(text: str, rows: list[tuple[float | None, ...]]) -> None:
    columns = np.array([[np.nan if value is None else value for value in row] for row in rows]).T
    found = read_formula(text).evaluate(dict(zip("abc", columns, strict=True)))
    sql = text.format(a="a", b="b")
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE given (a DOUBLE, b DOUBLE, c DOUBLE)")
        connection.executemany("INSERT INTO given VALUES (?, ?, ?)", rows)
        expected = connection.execute(f"SELECT CAST({sql} AS DOUBLE) AS value FROM given").fetchall()
    plain = [np.nan if value is None else value for (value,) in expected]
    np.testing.assert_array_equal(np.broadcast_to(found, len(rows)), plain)


def test_all_declared_formulas_can_be_read() -> None:
    for spec in FEATURES:
        assert read_formula(spec.formula).gaps <= {"amount", *spec.inputs}, spec.name
    for text in ARITHMETIC.values():
        assert read_formula(text).columns <= {"ts_us"}


@pytest.mark.parametrize(
    "text", ["", "1 +", "{a", "a b", "LOG10(1)", "SELECT 1", "(1", "CASE 1 END", "a; DROP TABLE x", "'text'"]
)
def test_what_is_outside_the_language_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="cannot be read"):
        read_formula(text)
