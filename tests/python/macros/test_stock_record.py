"""Tolerance, factor ratio and the probability of a run without sales (docs/formulas.md B2.1, B2.2)."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.python.macros.render import evaluate

QTY = {"expected": "decimal(18, 4)", "abs_tol": "decimal(18, 6)", "pct_tol": "decimal(18, 6)"}
RATIO = {"a": "decimal(18, 4)", "b": "decimal(18, 4)", "factor": "decimal(18, 6)"}
RUN = {"rate": "decimal(24, 6)", "days": "integer"}


def test_tolerance_is_the_larger_of_absolute_and_share(macros, duck):
    cases = [
        ("1000", "0", "0.005", "5.0000"),
        ("-1000", "0", "0.005", "5.0000"),  # negative stock tolerates as much
        ("0", "0", "0.005", "0.0000"),
        ("10", "2", "0.005", "2.0000"),
        ("400", "2", "0.005", "2.0000"),
        ("400.0200", "2", "0.005", "2.0001"),
        ("0.0100", "0", "0.005", "0.0001"),  # 0.00005 is a tie
        ("99999999999999.9999", "0", "1", "99999999999999.9999"),
    ]
    macro = macros["kpi_reconciliation_tolerance"]("expected", "abs_tol", "pct_tol")
    found = evaluate(duck, macro, QTY, [case[:3] for case in cases])
    assert found == [Decimal(case[3]) for case in cases]


def test_factor_ratio(macros, duck):
    cases = [
        ("120", "10", "12", True),
        ("-120", "-10", "12", True),
        ("12.0120", "1", "12", True),  # exactly one tenth of a percent off
        ("12.0121", "1", "12", False),
        ("11.9880", "1", "12", True),
        ("11.9879", "1", "12", False),
        ("10", "120", "12", False),  # the other way round is another question
        ("-120", "10", "12", False),
        ("0", "0", "12", False),
        ("12", "0", "12", False),
        ("0", "12", "12", False),
        ("5", "5", "1", False),  # a factor of one explains nothing
        (None, "1", "12", False),
        ("12", None, "12", False),
        ("12", "1", None, False),
        ("99999999999999", "99999999999", "1000", True),
    ]
    found = evaluate(
        duck, macros["kpi_is_factor_ratio"]("a", "b", "factor", "0.001"), RATIO, [case[:3] for case in cases]
    )
    assert found == [case[3] for case in cases]


def poisson_zero(rate: Decimal, days: int) -> Decimal:
    """Probability of no event in `days` at `rate` a day."""
    return Decimal(math.exp(-float(rate * days))).quantize(Decimal("1e-8"), ROUND_HALF_UP)


@settings(max_examples=20, deadline=None)
@given(runs=st.lists(st.tuples(st.decimals(0, 5, places=6), st.integers(0, 400)), min_size=50, max_size=200))
def test_probability_of_a_run_equals_exp(macros, duck, runs):
    found = evaluate(duck, macros["kpi_zero_run_probability"]("rate", "days"), RUN, runs)
    for (rate, days), value in zip(runs, found, strict=True):
        assert abs(value - poisson_zero(rate, days)) <= Decimal("1e-8"), (rate, days)


def test_probability_at_its_edges(macros, duck):
    cases = [("0", 100, "1"), ("1", 0, "1"), ("1", 5, "0.00673795"), ("0.5", 10, "0.00673795"), ("1", 1000, "0")]
    cases += [(None, 5, None), ("1", None, None), ("999999", 99999, "0")]
    found = evaluate(duck, macros["kpi_zero_run_probability"]("rate", "days"), RUN, [case[:2] for case in cases])
    assert found == [case[2] and Decimal(case[2]).quantize(Decimal("1e-8")) for case in cases]


def test_the_run_that_is_just_too_long(macros, duck):
    """At one sale in two days nine open days may be chance (0.011) and ten are not (0.0067)."""
    macro = macros["kpi_zero_run_probability"]("rate", "days") + " < 0.01"
    assert evaluate(duck, macro, RUN, [("0.5", 9), ("0.5", 10)]) == [False, True]


def test_cost_change_has_no_sign_and_needs_a_cost_before(macros, duck):
    kinds = {"cost": "decimal(18, 6)", "before": "decimal(18, 6)"}
    cases = [
        ("15", "10", "0.500000"),
        ("5", "10", "0.500000"),
        ("15.00001", "10", "0.500001"),
        ("10", "10", "0.000000"),
        ("1", "3", "0.666667"),
        ("10", "0", None),
        ("10", None, None),
        (None, "10", None),
    ]
    found = evaluate(duck, macros["kpi_cost_change_ratio"]("cost", "before"), kinds, [case[:2] for case in cases])
    assert found == [case[2] and Decimal(case[2]) for case in cases]


WEIGHTS = {"a": "decimal(18, 6)", "b": "decimal(18, 6)", "c": "decimal(18, 6)"}


def test_phantom_score_at_its_edges(macros, duck):
    kinds = {"hit_a": "boolean", "hit_b": "boolean", "hit_c": "boolean", **WEIGHTS}
    cases = [
        (False, False, False, "0.5", "0.6", "0.3", "0.000000"),
        (True, False, False, "0.5", "0.6", "0.3", "0.500000"),
        (True, True, False, "0.5", "0.6", "0.3", "0.800000"),
        (True, True, True, "0.5", "0.6", "0.3", "0.860000"),
        (True, False, True, "1", "0.6", "0.3", "1.000000"),  # a sure sign leaves nothing to doubt
        (True, True, True, "0.333333", "0.333333", "0.333333", "0.703703"),
        (False, True, False, None, "0.6", "0.3", "0.600000"),  # the weight of a rule that did not hit is not asked
        (True, True, False, None, "0.6", "0.3", None),
    ]
    macro = macros["kpi_phantom_score"]({"hit_a": "a", "hit_b": "b", "hit_c": "c"})
    found = evaluate(duck, macro, kinds, [case[:6] for case in cases])
    assert found == [case[6] and Decimal(case[6]) for case in cases]


@settings(max_examples=10, deadline=None)
@given(rows=st.lists(st.tuples(*[st.decimals(0, 1, places=6)] * 3), min_size=20, max_size=60))
def test_phantom_score_is_the_exact_product(macros, duck, rows):
    macro = macros["kpi_phantom_score"]({"true": "a", "1 = 1": "b", "c > 0.5": "c"})
    for (a, b, c), score in zip(rows, evaluate(duck, macro, WEIGHTS, rows), strict=True):
        left = (1 - a) * (1 - b) * (1 - c if c > Decimal("0.5") else 1)
        assert abs(score - (1 - left)) <= Decimal("0.000001"), (a, b, c)


def test_share_of_days_reported(macros, duck):
    """All, none and a third of the days; without a day there is no share."""
    cases = [("8", "8", "1"), ("0", "8", "0"), ("1", "3", "0.333333"), ("0", "0", None)]
    found = evaluate(
        duck, macros["kpi_feed_day_ratio"]("a", "b"), {"a": "integer", "b": "integer"}, [c[:2] for c in cases]
    )
    assert found == [None if case[2] is None else Decimal(case[2]) for case in cases]
