"""Formulas of slotting (docs/formulas.md#slotting) on their edges."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from scipy import stats

from tests.python.macros.render import evaluate

NUMBER = "decimal(18, 6)"


def test_reach_takes_both_bounds_in(macros, duck):
    cases = [(80, True), (150, True), ("79.99", False), ("150.01", False), (None, None)]
    sql = macros["kpi_is_golden"]("h", "80", "150")
    assert evaluate(duck, sql, {"h": NUMBER}, [case[:1] for case in cases]) == [case[1] for case in cases]


def test_coi_and_ratios(macros, duck):
    columns = dict.fromkeys("ch", NUMBER)
    cases = [("0.5", 10, "0.05"), (None, 10, None), ("0.5", 0, None), (0, 4, 0)]
    expected = [None if case[2] is None else Decimal(case[2]) for case in cases]
    for name in ("kpi_coi", "kpi_slotting_ratio"):
        assert evaluate(duck, macros[name]("c", "h"), columns, [case[:2] for case in cases]) == expected


def test_log_and_logistic(macros, duck):
    found = evaluate(duck, macros["kpi_log_count"]("n"), {"n": NUMBER}, [(0,), (9,), (None,)])
    assert found == [0, Decimal(str(round(math.log(10), 6))), None]
    found = evaluate(
        duck, macros["kpi_logistic_probability"]("n"), {"n": NUMBER}, [(0,), (-3,), (40,), (-40,), (None,)]
    )
    assert found == [Decimal("0.5"), Decimal(str(round(1 / (1 + math.e**3), 6))), 1, 0, None]


@pytest.mark.parametrize(("hits", "trials"), [(0, 40), (1, 40), (20, 40), (40, 40), (37, 21_000)])
def test_wilson_bounds_are_scipys(macros, duck, hits, trials):
    exact = stats.binomtest(hits, trials).proportion_ci(method="wilson")
    columns = {"h": "bigint", "n": "bigint", "z": NUMBER}
    row = [(hits, trials, "1.959964")]
    low, high = (evaluate(duck, macros["kpi_wilson_bound"]("h", "n", "z", side), columns, row)[0] for side in (-1, 1))
    assert float(low) == pytest.approx(exact.low, abs=3e-6) and float(high) == pytest.approx(exact.high, abs=3e-6)
    assert evaluate(duck, macros["kpi_wilson_bound"]("h", "n", "z", 1), columns, [(0, 0, 2)]) == [None]
