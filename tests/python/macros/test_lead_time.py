"""Shrinkage, cap and source of a lead time (docs/formulas.md#lead-time)."""

from __future__ import annotations

from decimal import Decimal

from tests.python.macros.render import evaluate


def test_a_figure_is_drawn_towards_the_pool_by_its_number_of_observations(macros, duck):
    columns = {"own": "decimal(24, 6)", "n": "integer", "pool": "decimal(24, 6)", "k": "decimal(18, 6)"}
    cases = [
        ("4", 8, "10", "8", "7.000000"),
        ("4", 1, "10", "8", "9.333333"),
        ("4", 10_000, "10", "8", "4.004796"),
        ("0", 8, "10", "8", "5.000000"),  # a lead time of zero is known
        ("4", 8, "10", "0", "4.000000"),
        (None, 0, "10", "8", "10.000000"),
        (None, 1, "10", "8", "10.000000"),  # one observation has no spread
        ("4", 1, None, "8", "4.000000"),
        (None, 0, None, "8", None),
    ]
    macro = macros["kpi_shrunk"]("own", "n", "pool", "k")
    found = evaluate(duck, macro, columns, [case[:4] for case in cases])
    assert found == [case[4] and Decimal(case[4]) for case in cases]


def test_a_lead_time_is_capped_at_a_multiple_of_the_99th_percentile(macros, duck):
    columns = {"days": "integer", "p99": "integer", "factor": "decimal(18, 6)"}
    cases = [
        (10, 20, "1.5", "10.00"),
        (30, 20, "1.5", "30.00"),
        (31, 20, "1.5", "30.00"),
        (31, 21, "1.5", "31.00"),
        (5, 0, "1.5", "0.00"),
        (0, 20, "1.5", "0.00"),
        (7, None, "1.5", "7.00"),
    ]
    macro = macros["kpi_capped_lead_time"]("days", "p99", "factor")
    assert evaluate(duck, macro, columns, [c[:3] for c in cases]) == [Decimal(c[3]) for c in cases]


def test_the_source_is_the_narrowest_pool_with_a_line(macros, duck):
    columns = {"own": "integer", "supplier": "integer", "category": "integer", "planned": "decimal(9, 2)"}
    cases = [
        (1, 5, 9, "7", "receipts"),
        (0, 5, 9, "7", "supplier"),
        (0, 0, 9, "7", "category"),
        (0, 0, 0, "0", "planned"),
        (0, 0, 0, None, "none"),
    ]
    macro = macros["kpi_lead_time_source"]("own", "supplier", "category", "planned")
    assert evaluate(duck, macro, columns, [c[:4] for c in cases]) == [c[4] for c in cases]
