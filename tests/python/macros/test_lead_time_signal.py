"""Formulas of changing lead times (docs/formulas.md#lead-time-signal) on their edges; the tail of F against SciPy."""

from __future__ import annotations

import importlib.util
from decimal import Decimal
from math import log

import numpy as np
import pytest
from scipy import integrate, stats

from orchestration.lib.paths import REPO
from tests.python.macros.render import evaluate

DAYS = "decimal(18, 6)"
NEAR = Decimal("0.000001")


def said(macros, duck, name, columns, cases):
    sql = macros[name](*columns)
    return evaluate(duck, sql, columns, [case[:-1] for case in cases])


def test_the_logarithm_of_a_lead_time(macros, duck):
    found = evaluate(duck, macros["kpi_log_lead_time"]("d"), {"d": DAYS}, [("0",), ("1",), ("7.5",), ("400",), (None,)])
    assert found[:2] == [0, 0]
    assert abs(float(found[2]) - log(7.5)) <= 1e-6
    assert abs(float(found[3]) - log(400)) <= 1e-6
    assert found[4] is None


def test_nothing_is_compared_with_a_base_that_does_not_vary(macros, duck):
    columns = {"r": DAYS, "b": DAYS}
    cases = [("2", "1", Decimal(2)), ("2", "0", None), (None, "1", None), ("0", "4", Decimal(0))]
    assert said(macros, duck, "kpi_spread_ratio", columns, cases) == [case[-1] for case in cases]
    cases = [("12", "10", Decimal("0.2")), ("8", "10", Decimal("-0.2")), ("8", "0", None)]
    assert said(macros, duck, "kpi_lead_time_shift_ratio", columns, cases) == [case[-1] for case in cases]


def test_missing_receipts_in_deviations(macros, duck):
    columns = {"e": DAYS, "n": "integer"}
    cases = [("9", 6, Decimal(1)), ("9", 12, Decimal(-1)), ("0.25", 0, Decimal("0.25")), ("0", 0, Decimal(0)),
             (None, 0, None)]  # fmt: skip
    assert said(macros, duck, "kpi_late_deviation", columns, cases) == [case[-1] for case in cases]


def test_a_cusum_is_the_most_that_came_together(macros, duck):
    columns = {"s": DAYS, "m": DAYS}
    cases = [("5", "0", Decimal(5)), ("5", "-2", Decimal(7)), ("-3", "-2", Decimal(0))]
    assert said(macros, duck, "kpi_cusum", columns, cases) == [case[-1] for case in cases]


@pytest.mark.parametrize(
    ("ratio", "p", "signal"),
    [
        ("2", "0.009", "RED"),
        ("2", "0.01", "AMBER"),  # below the chance of AMBER, not of RED
        ("1.999999", "0.001", "AMBER"),
        ("1.5", "0.049", "AMBER"),
        ("1.5", "0.05", None),
        ("9", "0.2", None),  # wide, but so few lines that chance does it
        ("1.4", "0.0001", None),
        (None, None, None),
    ],
)
def test_the_spread_must_be_wide_and_no_chance(macros, duck, ratio, p, signal):
    sql = macros["kpi_spread_signal"]("r", "p", "1.5", "0.05", "2", "0.01")
    assert evaluate(duck, sql, {"r": DAYS, "p": "decimal(18, 8)"}, [(ratio, p)]) == [signal]


def test_the_graver_signal_speaks_and_says_what_it_rests_on(macros, duck):
    columns = {"l": "boolean", "s": "varchar"}
    rows = [(True, None), (True, "AMBER"), (False, "AMBER"), (None, "RED"), (False, None), (None, None)]
    codes = evaluate(duck, macros["kpi_lead_time_signal"](*columns), columns, rows)
    assert codes == ["RED", "RED", "AMBER", "RED", None, None]
    reasons = evaluate(duck, macros["kpi_lead_time_signal_reason"](*columns), columns, rows)
    assert reasons == ["level", "level_and_spread", "spread", "spread", None, None]


def test_why_nothing_is_compared(macros, duck):
    sql = macros["kpi_lead_time_reason"]("n", "r", "b", "v", "5", "12")
    columns = {"n": "integer", "r": "integer", "b": "integer", "v": DAYS}
    cases = [
        (0, 0, 0, None, "no_order_line"),
        (3, 0, 3, "1", "no_receipt"),
        (3, 3, 0, None, "no_receipt"),
        (2, 1, 1, None, "insufficient"),  # one observation each
        (16, 4, 12, "1", "insufficient"),
        (16, 5, 11, "1", "insufficient"),
        (17, 5, 12, "0", "zero_variance"),
        (17, 5, 12, "0.000001", None),
    ]
    assert evaluate(duck, sql, columns, [case[:-1] for case in cases]) == [case[-1] for case in cases]


def _step():
    path = REPO / "models/marts/lead/intermediate/int_lead__lead_time_chance.py"
    spec = importlib.util.spec_from_file_location("lead_time_chance", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_tail_is_that_of_f():
    tail = _step().tail
    sizes = [(2, 2), (2, 12), (5, 12), (5, 400), (40, 13), (300, 300)]
    for recent, base in sizes:
        ratios = np.array([0.0, 0.01, 0.5, 1.0, 1.5, 2.25, 4.0, 50.0])
        expected = stats.f.sf(ratios, recent - 1, base - 1)
        assert np.abs(tail(ratios, np.full(8, float(recent)), np.full(8, float(base))) - expected).max() < 1e-7
    # Not SciPy's own function of F: the integral of the density, written out.
    density = stats.f(4, 11).pdf
    area = integrate.quad(density, 2.25, np.inf)[0]
    assert abs(float(tail(np.array(2.25), np.array(5.0), np.array(12.0))) - area) < 1e-7
