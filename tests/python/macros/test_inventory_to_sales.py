"""Inventory to sales, its reasons and alignment on the edges (docs/formulas.md#inventory-to-sales)."""

from __future__ import annotations

from decimal import Decimal

from tests.python.macros.render import evaluate

MONEY = {"stock": "decimal(24, 4)", "sales": "decimal(24, 4)"}


def test_the_ratio(macros, duck):
    cases = [
        ("120", "100", "1.200000"),
        ("0", "100", "0.000000"),
        ("120", "0", None),
        ("120", "-5", None),  # more came back than was sold
        (None, "100", None),
        ("120", None, None),
    ]
    found = evaluate(duck, macros["kpi_inventory_to_sales"]("stock", "sales"), MONEY, [case[:2] for case in cases])
    assert found == [case[2] and Decimal(case[2]) for case in cases]


def test_a_quarter_of_three_month_ends_over_all_its_sales(macros, duck):
    """Month ends of 90, 100 and 110, sales of 200: mean 100, over mean monthly sales 1.5, over all of them 0.5."""
    rows = [("300", "200"), ("300", "0"), ("300", None)]
    assert evaluate(duck, macros["kpi_stock_to_period_sales"]("stock", "sales", 3), MONEY, rows) == [
        Decimal("0.500000"), None, None,
    ]  # fmt: skip
    assert evaluate(duck, macros["kpi_inventory_to_sales"]("stock", "sales"), MONEY, rows[:1]) == [Decimal("1.5")]


def test_the_first_reason_that_holds(macros, duck):
    columns = {**MONEY, "over": "boolean", "sent": "boolean", "complete": "boolean"}
    cases = [
        ("1", "1", True, True, True, None),
        ("1", "1", False, False, False, "open_month"),
        ("1", "1", True, False, False, "no_sales"),
        (None, "1", True, True, False, "short_history"),
        (None, "1", True, True, True, "no_cost"),
        ("1", None, True, True, True, "no_cost"),
        ("1", "0", True, True, True, "no_sales"),
        ("1", "-1", True, True, True, "no_sales"),
    ]
    macro = macros["kpi_inventory_to_sales_reason"]("stock", "sales", "over", "sent", "complete")
    assert evaluate(duck, macro, columns, [case[:5] for case in cases]) == [case[5] for case in cases]


def test_growth_needs_something_to_grow_from(macros, duck):
    cases = [
        ("110", "100", "0.100000"),
        ("0", "100", "-1.000000"),
        ("5", "0", None),
        ("5", "-1", None),
        (None, "1", None),
    ]
    found = evaluate(duck, macros["kpi_growth_ratio"]("stock", "sales"), MONEY, [case[:2] for case in cases])
    assert found == [case[2] and Decimal(case[2]) for case in cases]


def test_alignment_is_strict_at_both_limits(macros, duck):
    columns = {name: "decimal(24, 6)" for name in ("change", "sold", "held")}
    cases = [
        ("0.1", "0", "0.05", "aligned"),  # at the limits, not beyond
        ("0.100001", "0", "0.05", "ratio_up"),
        ("0.1", "0", "0.050001", "sales_behind_stock"),
        ("0.2", "0", "0.2", "ratio_up_and_sales_behind_stock"),
        ("-0.5", "0.3", "-0.5", "aligned"),
        (None, "0", "0.2", None),
        ("0.2", None, "0.2", None),
    ]
    macro = macros["kpi_alignment_code"]("change", "sold", "held", "0.1", "0.05")
    assert evaluate(duck, macro, columns, [case[:3] for case in cases]) == [case[3] for case in cases]
