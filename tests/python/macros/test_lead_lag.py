"""Formulas of links from lead indicators to outcomes (docs/formulas.md#lead-lag-link) on their edges, against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tests.python.macros.render import evaluate

SUM, R = "decimal(38, 12)", "decimal(18, 8)"


def test_correlation(macros, duck):
    sql = macros["kpi_correlation"]("xy", "xx", "yy")
    cases = [("3", "9", "1"), ("-6", "9", "4"), ("0", "9", "4"), ("1", "0", "4"), ("1", "4", "0"), (None, None, None)]
    found = evaluate(duck, sql, {"xy": SUM, "xx": SUM, "yy": SUM}, cases)
    assert found == [1, -1, 0, None, None, None]


def test_correlation_is_scipys(macros, duck):
    chance = np.random.default_rng(7)
    for scale in (1e-3, 1, 1e4):
        x = chance.normal(size=40) * scale
        y = 0.4 * x + chance.normal(size=40) * scale
        dx, dy = x - x.mean(), y - y.mean()
        case = tuple(f"{value:.12f}" for value in (dx @ dy, dx @ dx, dy @ dy))
        (found,) = evaluate(
            duck, macros["kpi_correlation"]("xy", "xx", "yy"), {"xy": SUM, "xx": SUM, "yy": SUM}, [case]
        )
        assert float(found) == pytest.approx(stats.pearsonr(x, y).statistic, abs=1e-5)


def test_partial_correlation_is_that_of_residuals(macros, duck):
    chance = np.random.default_rng(11)
    z = chance.normal(size=60)
    x, y = z + chance.normal(size=60), 0.7 * z + chance.normal(size=60)
    rs = [stats.pearsonr(*pair).statistic for pair in ((x, y), (x, z), (y, z))]
    columns = {"xy": R, "xz": R, "yz": R}
    sql = macros["kpi_partial_correlation"](*columns)
    found = evaluate(duck, sql, columns, [tuple(f"{r:.8f}" for r in rs), ("0.5", "1", "0.2"), ("0.5", "0.2", "-1")])
    rest = [v - np.polyval(np.polyfit(z, v, 1), z) for v in (x, y)]
    assert float(found[0]) == pytest.approx(stats.pearsonr(*rest).statistic, abs=1e-6)
    assert found[1:] == [None, None]


def test_bounds_are_scipys(macros, duck):
    chance = np.random.default_rng(13)
    columns = {"r": R, "n": "integer", "z": R}
    sql = macros["kpi_correlation_bound"](*columns)
    for size in (4, 12, 200):
        x = chance.normal(size=size)
        y = x + chance.normal(size=size)
        test = stats.pearsonr(x, y)
        said = test.confidence_interval(0.95)
        z = stats.norm.ppf(0.975)
        cases = [(f"{test.statistic:.8f}", size, f"{side * z:.8f}") for side in (-1, 1)]
        found = [float(value) for value in evaluate(duck, sql, columns, cases)]
        assert found == pytest.approx([said.low, said.high], abs=1e-6)
    assert evaluate(duck, sql, columns, [("0.5", 3, "1"), ("1", 9, "1"), ("-1", 9, "1"), (None, 9, "1")]) == [None] * 4


def test_verdicts(macros, duck):
    columns = {"n": "integer", "least": "integer", "learnt": R, "low": R, "high": R, "side": "integer"}
    cases = [
        (24, 24, "0.2", "0.00000001", "0.5", 1, "foretells"),
        (24, 24, "0.2", "0", "0.5", 1, "not_shown"),
        (24, 24, "-0.2", "0.1", "0.5", 1, "not_shown"),
        (24, 24, "0", "0.1", "0.5", 1, "not_shown"),
        (24, 24, None, "0.1", "0.5", 1, "not_shown"),
        (24, 24, "-0.2", "-0.5", "-0.1", -1, "foretells"),
        (24, 24, "-0.2", "-0.5", "-0.1", 1, "opposite"),
        (24, 24, "0.2", "0.1", "0.5", -1, "opposite"),
        (24, 24, "0.2", "-0.1", "0.5", -1, "not_shown"),
        (23, 24, "0.2", "0.1", "0.5", 1, "too_short"),
        (None, 24, None, None, None, 1, "too_short"),
        (30, 24, "0.2", None, None, 1, "constant"),
    ]
    found = evaluate(duck, macros["kpi_link_status"](*columns), columns, [case[:-1] for case in cases])
    assert found == [case[-1] for case in cases]


def test_points_that_ranks_are_worth(macros, duck):
    found = evaluate(duck, macros["kpi_rank_points"]("n"), {"n": "integer"}, [(3,), (4,), (56,), (None,)])
    assert [value and float(value) for value in found] == [3, 3.943396, 53, None]


def test_status_of_a_buffer_link(macros, duck):
    columns = {"n": "integer", "least": "integer", "low": R, "high": R}
    cases = [
        (11, 12, "0.1", "0.9"),
        (None, 12, None, None),
        (12, 12, "0.1", "0.9"),
        (12, 12, "0", "0.9"),
        (12, 12, "-0.9", "-0.1"),
        (12, 12, None, None),
    ]
    found = evaluate(duck, macros["kpi_buffer_link_status"](*columns), columns, cases)
    assert found == ["insufficient", "insufficient", "buffer_risk", "not_shown", "not_shown", "constant"]
