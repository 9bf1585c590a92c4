"""Overstock of a week, excess and the promise to answer (docs/formulas.md 5.4, B5.4)."""

from __future__ import annotations

from decimal import Decimal

from tests.python.macros.render import evaluate

STOCK = {
    "qty": "decimal(24, 4)",
    "stock": "decimal(24, 4)",
    "cogs": "decimal(24, 4)",
    "target": "decimal(18, 6)",
}


def test_why_there_are_no_days_on_hand(macros, duck):
    cases = [
        ("5", "100", "91", "60", None),
        ("5", "100", "91", None, "no_target"),
        ("5", "100", "91", "0", "no_target"),
        ("5", "100", "91", "-1", "no_target"),
        ("5", None, None, None, "no_target"),  # no target is no breach, whatever else is missing
        ("0", "0", "0", "60", "no_stock"),
        ("0", "0", None, "60", "no_stock"),
        ("0", "0", "91", "60", None),  # sold out: nought days
        ("-3", "0", "91", "60", None),
        ("5", "100", "0", "60", "no_demand"),
        ("5", "100", "-1", "60", "no_demand"),  # more came back than went out
        ("5", None, "0", "60", "no_demand"),  # idle stock is idle, whatever it cost
        ("5", None, "91", "60", "no_cost"),
        ("5", "100", None, "60", "no_cost"),
        ("5", None, None, "60", "no_cost"),
    ]
    macro = macros["kpi_overstock_reason"]("qty", "stock", "cogs", "target")
    assert evaluate(duck, macro, STOCK, [case[:4] for case in cases]) == [case[4] for case in cases]


def test_a_breach_is_over_the_tolerance(macros, duck):
    columns = {
        "reason": "varchar",
        "doh": "decimal(24, 6)",
        "target": "decimal(18, 6)",
        "tolerance": "decimal(18, 6)",
    }
    cases = [
        (None, "69.000000", "60", "0.15", False),
        (None, "69.000001", "60", "0.15", True),
        (None, "60.000000", "60", "0", False),
        (None, "60.000001", "60", "0", True),
        (None, "0", "60", "0.15", False),
        (None, "999999999999.000000", "60", "0.15", True),
        (None, "8.5", "7.391304", "0.15", True),  # 8.4999996
        ("no_demand", None, "60", "0.15", True),
        ("no_target", "500", None, "0.15", False),
        ("no_stock", None, "60", "0.15", False),
        ("no_cost", None, "60", "0.15", None),
    ]
    macro = macros["kpi_overstock_is_breach"]("reason", "doh", "target", "tolerance")
    assert evaluate(duck, macro, columns, [case[:4] for case in cases]) == [case[4] for case in cases]


def test_excess_is_what_the_target_does_not_need(macros, duck):
    cases = [
        ("100", "91", "60", "40.0000"),
        ("60", "91", "60", "0.0000"),
        ("10", "91", "60", "0.0000"),  # never below nil
        ("100", "0", "60", "100.0000"),
        ("100", "-91", "60", "100.0000"),  # returns need no stock
        ("100", "1", "60", "99.3407"),
        ("99999999999.9999", "0.0001", "60", "99999999999.9998"),
        (None, "91", "60", None),
        ("100", None, "60", None),
        ("100", "91", None, None),
        ("100", "91", "0", None),
    ]
    columns = {name: STOCK[name] for name in ("stock", "cogs", "target")}
    found = evaluate(duck, macros["kpi_excess_amount"]("stock", "cogs", "target", 91), columns, [c[:3] for c in cases])
    assert found == [case[3] and Decimal(case[3]) for case in cases]


def test_the_due_day_itself_is_in_time(macros, duck):
    columns = {"taken": "date", "due": "date", "known": "date"}
    cases = [
        ("2026-06-16", "2026-06-16", "2026-07-01", False),
        ("2026-06-17", "2026-06-16", "2026-07-01", True),
        (None, "2026-06-16", "2026-06-16", False),
        (None, "2026-06-16", "2026-06-17", True),
        ("2026-06-15", "2026-06-16", "2026-06-10", False),
        ("2026-06-17", "2026-06-16", "2026-06-10", True),  # the word came after the data
    ]
    macro = macros["kpi_is_sla_breached"]("taken", "due", "known")
    assert evaluate(duck, macro, columns, [case[:3] for case in cases]) == [case[3] for case in cases]
