"""Moments of demand from exact sums (docs/formulas.md#demand-statistic)."""

from __future__ import annotations

import statistics
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.python.macros.render import evaluate

SERIES = {"n": "integer", "sum_x": "decimal(18, 4)", "sum_x2": "decimal(24, 4)"}


def variances(macros, duck, rows):
    """kpi_sample_variance over kpi_explained_squares of each (n, sum, sum of squares)."""
    explained = macros["kpi_explained_squares"]("n", "sum_x")
    return evaluate(duck, macros["kpi_sample_variance"]("n", explained, "sum_x2"), SERIES, rows)


def test_variance_at_the_edges(macros, duck):
    cases = [
        (0, "0", "0", None),
        (1, "5", "25", None),  # one observation has no spread
        (2, "0", "0", Decimal("0.000000")),
        (2, "2", "4", Decimal("2.000000")),  # 0 and 2
        (3, "9", "27", Decimal("0.000000")),  # three threes
        (3, "1", "0.3333", Decimal("0.000000")),  # rounding of the sums never makes it negative
        (2, "20000000", "400000000000000", Decimal("200000000000000.000000")),
        (None, "1", "1", None),
    ]
    assert variances(macros, duck, [case[:3] for case in cases]) == [case[3] for case in cases]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 100_000), min_size=2, max_size=60))
def test_variance_is_that_of_the_statistics_module(macros, duck, series):
    row = (len(series), str(sum(series)), str(sum(x * x for x in series)))
    assert float(variances(macros, duck, [row])[0]) == pytest.approx(statistics.variance(series), rel=1e-6, abs=1e-5)


def test_square_root(macros, duck):
    cases = [
        ("4", "2.000000"),
        ("2", "1.414214"),
        ("0", "0.000000"),
        ("0.000001", "0.001000"),
        ("-1", None),
        (None, None),
    ]
    found = evaluate(duck, macros["square_root"]("x"), {"x": "decimal(24, 6)"}, [case[:1] for case in cases])
    assert found == [None if case[1] is None else Decimal(case[1]) for case in cases]
