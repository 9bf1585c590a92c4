"""Stock-outs: days, expectation, loss and the cause tree (docs/formulas.md#stockout)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import product

from tests.python.macros.render import evaluate

CAUSES = ("record_error", "supplier", "parameter", "no_order", "exceeded", "promoted", "internal", "large_order")


def test_weekdays_of_a_span(macros, duck):
    start = date(2023, 12, 28)
    spans = [(start + timedelta(days=a), start + timedelta(days=a + n)) for a in range(8) for n in (0, 1, 6, 7, 8, 400)]
    cases = [(f"{a}", f"{b}", weekday) for a, b in spans for weekday in range(1, 8)]
    found = evaluate(duck, macros["weekday_count"]("a", "b", "w"), {"a": "date", "b": "date", "w": "integer"}, cases)
    days = [[(a + timedelta(days=n)).isoweekday() for n in range((b - a).days)] for a, b in spans]
    right = [weekdays.count(weekday) for weekdays in days for weekday in range(1, 8)]
    assert found == right


def test_expected_demand_of_a_weekday(macros, duck):
    columns = {"own": "decimal(18, 4)", "n": "integer", "total": "decimal(18, 4)", "all_n": "integer",
               "k": "decimal(18, 6)"}  # fmt: skip
    cases = [
        ("26", 13, "91", 91, "8", "1.619048"),  # own mean 2, all 1: (13 x 2 + 8 x 1) / 21
        ("0", 13, "91", 91, "8", "0.380952"),
        ("0", 0, "10", 5, "8", "2.000000"),  # no such day in stock: the mean of the others
        ("0", 0, "0", 0, "8", None),  # no day in stock at all
        ("26", 13, "91", 91, "0", "2.000000"),
    ]
    sql = macros["kpi_expected_daily_qty"]("own", "n", "total", "all_n", "k")
    found = evaluate(duck, sql, columns, [case[:5] for case in cases])
    assert found == [None if case[5] is None else Decimal(case[5]) for case in cases]


def test_lost_demand(macros, duck):
    columns = {"e": "decimal(24, 4)", "s": "decimal(24, 4)", "r": "decimal(18, 6)"}
    cases = [
        ("10", "4", "0", "6.0000"),
        ("10", "4", "0.25", "4.5000"),
        ("4", "10", "0", "0.0000"),  # more was served than expected: nothing was lost
        ("10", "0", "1", "0.0000"),
        (None, "1", "0", "0.0000"),  # nothing expected
    ]
    sql = macros["kpi_stockout_lost_qty"]("e", "s", "r")
    assert evaluate(duck, sql, columns, [case[:3] for case in cases]) == [Decimal(case[3]) for case in cases]


def test_shares_have_no_value_without_a_whole(macros, duck):
    columns = {"part": "integer", "whole": "integer"}
    for name in ("kpi_stockout_day_ratio", "kpi_unknown_cause_ratio"):
        found = evaluate(duck, macros[name]("part", "whole"), columns, [(3, 31), (0, 31), (0, 0)])
        assert found == [Decimal("0.096774"), Decimal(0), None]


def test_below_requirement(macros, duck):
    columns = {"point": "decimal(18, 4)", "required": "decimal(24, 4)", "tol": "decimal(18, 6)"}
    cases = [("89", "100", "0.1", True), ("90", "100", "0.1", False), ("99", "100", "0", True),
             (None, "100", "0.1", False), ("1", None, "0.1", False)]  # fmt: skip
    sql = macros["kpi_is_below_requirement"]("point", "required", "tol")
    assert evaluate(duck, sql, columns, [case[:3] for case in cases]) == [case[3] for case in cases]


def test_required_reorder_point(macros, duck):
    columns = {"m": "decimal(24, 6)", "c": "decimal(18, 6)", "z": "decimal(18, 8)", "s": "decimal(24, 6)"}
    cases = [("2", "10", "1.5", "4", "26.0000"), ("2", "10", "-1", "4", "20.0000"), (None, "10", "1", "4", None)]
    sql = macros["kpi_required_reorder_point"]("m", "c", "z", "s")
    found = evaluate(duck, sql, columns, [case[:4] for case in cases])
    assert found == [None if case[4] is None else Decimal(case[4]) for case in cases]


def test_the_first_true_cause_speaks(macros, duck):
    """All 256 ways that the branches may hold, against the tree as a list."""
    cases = list(product((True, False), repeat=8))
    found = evaluate(duck, macros["kpi_stockout_cause"](*CAUSES), dict.fromkeys(CAUSES, "boolean"), cases)
    for row, cause in zip(cases, found, strict=True):
        true = dict(zip(CAUSES, row, strict=True))
        tree = [
            (true["record_error"], "record_error"),
            (true["supplier"], "supplier"),
            (true["parameter"], "parameter"),
            (true["no_order"], "no_order"),
            (true["exceeded"] and not true["promoted"], "forecast"),
            (true["exceeded"] and true["promoted"], "promotion"),
            (true["internal"], "internal"),
            (true["large_order"], "allocation"),
            (True, "unknown"),
        ]
        assert cause == next(name for holds, name in tree if holds), true


def test_every_cause_has_its_family(macros, duck):
    execution = ("record_error", "no_order", "internal", "allocation")
    families = dict.fromkeys(execution, "execution") | dict.fromkeys(("forecast", "promotion"), "demand_planning")
    families |= {"supplier": "supply", "parameter": "replenishment", "unknown": None}
    sql = macros["kpi_stockout_cause_family"]("cause")
    assert evaluate(duck, sql, {"cause": "varchar"}, [(cause,) for cause in families]) == list(families.values())


def test_unconstrained_demand(macros, duck):
    columns = {"s": "decimal(18, 4)", "e": "decimal(24, 6)", "m": "decimal(24, 6)", "cap": "decimal(18, 6)"}
    cases = [
        ("0", "2.5", "2", "3", "2.5000"),
        ("0", "9", "2", "3", "6.0000"),  # capped at three times the mean
        ("8", "9", "2", "3", "8.0000"),  # what was served is never cut
        ("1", "2.5", "2", "3", "2.5000"),
    ]
    found = evaluate(duck, macros["kpi_unconstrained_qty"]("s", "e", "m", "cap"), columns, [c[:4] for c in cases])
    assert found == [Decimal(case[4]) for case in cases]
