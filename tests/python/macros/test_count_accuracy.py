"""Formulas of accuracy at counts (docs/formulas.md#count-accuracy) on their edges."""

from __future__ import annotations

from decimal import Decimal

from tests.python.macros.render import evaluate

QTY, RATIO = "decimal(18, 4)", "decimal(18, 6)"


def test_a_hit_lies_within_the_tolerance_both_sides_included(macros, duck):
    cases = [
        ("1000", "998", "0.002", True),
        ("1000", "1002", "0.002", True),
        ("1000", "997.9999", "0.002", False),
        ("1000", "1002.0001", "0.002", False),
        ("0", "0", "0.05", True),
        ("0", "0.0001", "0.05", False),
        ("-10", "-10.5", "0.05", True),
        ("-10", "0", "0.05", False),
        ("10", "10", "0", True),
        ("10", "10", None, None),
    ]
    columns = {"b": QTY, "c": QTY, "t": RATIO}
    found = evaluate(duck, macros["kpi_is_count_hit"]("b", "c", "t"), columns, [case[:-1] for case in cases])
    assert found == [case[-1] for case in cases]


def test_ratio_is_null_without_counts(macros, duck):
    found = evaluate(duck, macros["kpi_count_ratio"]("a", "b"), dict.fromkeys("ab", "bigint"), [(2, 3), (0, 3), (0, 0)])
    assert found == [Decimal("0.666667"), Decimal(0), None]


def test_slope_is_that_of_least_squares(macros, duck):
    points = [(0, 1), (-1, 1), (-2, 0), (-2, 1), (-5, 0)]
    n, x, y = len(points), sum(p[0] for p in points), sum(p[1] for p in points)
    xx, xy = sum(p[0] ** 2 for p in points), sum(p[0] * p[1] for p in points)
    mean_x, mean_y = Decimal(x) / n, Decimal(y) / n
    exact = sum((p[0] - mean_x) * (p[1] - mean_y) for p in points) / sum((p[0] - mean_x) ** 2 for p in points)
    cases = [(n, x, y, xx, xy), (3, -6, 2, 12, -4), (0, 0, 0, 0, 0), (1, -3, 1, 9, -3)]
    sql = macros["kpi_count_trend_slope"](*"nabcd")
    found = evaluate(duck, sql, dict.fromkeys("nabcd", QTY), cases)
    assert abs(found[0] - exact) < Decimal("0.00000001") and found[1:] == [None, None, None]


def test_days_to_breach(macros, duck):
    cases = [
        ("0.99", "0.97", "-0.005", "28"),
        ("0.98", "0.97", "-0.003", "23.3"),
        ("0.97", "0.97", "-0.005", None),
        ("0.95", "0.97", "-0.005", None),
        ("0.99", "0.97", "0", None),
        ("0.99", "0.97", "0.005", None),
        (None, "0.97", "-0.005", None),
        ("0.99", "0.97", None, None),
    ]
    columns = {"a": "decimal(24, 6)", "t": RATIO, "s": "decimal(24, 8)"}
    found = evaluate(duck, macros["kpi_days_to_breach"]("a", "t", "s"), columns, [case[:-1] for case in cases])
    assert found == [None if case[-1] is None else Decimal(case[-1]) for case in cases]
