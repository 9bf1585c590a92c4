"""Gross margin return on inventory investment and its parts (docs/formulas.md#gmroii)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.python.macros.render import evaluate

AMOUNTS = {"margin": "decimal(24, 4)", "stock": "decimal(24, 4)"}
WINDOW = {"margin": "decimal(24, 4)", "stock": "decimal(24, 4)", "known": "integer", "needed": "decimal(18, 6)",
          "sends": "boolean", "complete": "boolean", "closed": "boolean"}  # fmt: skip


def test_return_on_inventory(macros, duck):
    cases = [
        ("240000", "100000", "2.400000"),
        ("0", "100000", "0.000000"),  # stock that sold nothing
        ("-5000", "100000", "-0.050000"),  # sold below cost
        ("100", "0", None),
        ("100", "-20", None),  # negative stock is no investment
        (None, "100", None),
        ("100", None, None),
        ("0.00005", "100", "0.000001"),  # rounded half away from zero
    ]
    found = evaluate(duck, macros["kpi_gmroii"]("margin", "stock"), AMOUNTS, [case[:2] for case in cases])
    assert found == [None if case[2] is None else Decimal(case[2]) for case in cases]


def test_margin_share_and_sales_to_stock(macros, duck):
    cases = [("48", "100", "0.480000"), ("-10", "100", "-0.100000"), ("10", "0", None), ("10", "-1", None)]
    rows = [case[:2] for case in cases]
    for name in ("kpi_gross_margin_ratio", "kpi_sales_to_stock_ratio"):
        found = evaluate(duck, macros[name]("margin", "stock"), AMOUNTS, rows)
        assert found == [None if case[2] is None else Decimal(case[2]) for case in cases]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("1", "1", 365, "346.75", True, True, True), None),
        (("1", "1", 346, "346.75", True, True, True), "short_history"),
        (("1", "1", 347, "346.75", True, True, True), None),
        (("1", "1", 365, "346.75", True, False, True), "short_history"),
        (("1", "1", 365, "346.75", False, False, True), "no_sales"),
        ((None, "1", 365, "346.75", True, True, True), "no_cost"),
        (("1", None, 365, "346.75", True, True, True), "no_cost"),
        (("1", "0", 365, "346.75", True, True, True), "no_stock"),
        (("1", "-1", 365, "346.75", True, True, True), "no_stock"),
        ((None, None, 1, "346.75", False, False, False), "open_month"),
    ],
)
def test_the_first_reason_that_holds(macros, duck, row, reason):
    macro = macros["kpi_gmroii_reason"]("margin", "stock", "known", "needed", "sends", "complete", "closed")
    assert evaluate(duck, macro, WINDOW, [row]) == [reason]
