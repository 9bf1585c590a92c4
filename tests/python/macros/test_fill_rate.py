"""Formulas of fill and contracts (docs/formulas.md#fill-rate) on their edges."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.python.macros.render import evaluate

QTY = "decimal(18, 4)"


def test_what_counts_as_asked_for(macros, duck):
    columns = {"o": QTY, "s": QTY, "r": "varchar"}
    cases = [
        ("10", "4", None, "10"),
        ("10", "4", "no_stock", "10"),
        ("10", "4", "other", "10"),
        ("10", "4", "customer", "4"),
        ("10", "0", "credit", "0"),
        ("10", "12", "duplicate", "10"),
    ]
    found = evaluate(duck, macros["kpi_asked_qty"]("o", "s", "r"), columns, [case[:-1] for case in cases])
    assert found == [Decimal(case[-1]) for case in cases]


def test_why_a_line_is_not_judged(macros, duck):
    columns = {"o": QTY, "a": QTY, "d": "date", "n": "date"}
    today = date(2026, 7, 1)
    cases = [
        ("10", "10", date(2026, 6, 30), today, None),
        ("10", "10", today, today, "not_due"),  # the day itself is not over
        ("10", "10", date(2026, 7, 2), today, "not_due"),
        ("10", "10", None, today, "no_due_date"),
        ("10", "0", None, today, "withdrawn"),
        ("0", "0", date(2026, 6, 30), today, "nothing_ordered"),
    ]
    found = evaluate(duck, macros["kpi_fill_reason"]("o", "a", "d", "n"), columns, [case[:-1] for case in cases])
    assert found == [case[-1] for case in cases]


def test_filled_at_the_first_pass(macros, duck):
    cases = [("10", "4", "4"), ("10", "12", "10"), ("10", "-1", "0"), ("0", "0", "0")]
    found = evaluate(duck, macros["kpi_filled_qty"]("a", "t"), {"a": QTY, "t": QTY}, [case[:-1] for case in cases])
    assert found == [Decimal(case[-1]) for case in cases]


def test_part_of_an_amount(macros, duck):
    columns = {"m": "decimal(18, 6)", "p": QTY, "w": QTY}
    cases = [
        ("50", "4", "10", "20"),
        ("10", "1", "3", "3.333333"),
        ("0.01", "0.0001", "3", "0"),
        (None, "1", "3", None),
        ("10", "0", "0", None),
        ("123456789.123456", "99999999", "99999999", "123456789.123456"),
    ]
    found = evaluate(duck, macros["kpi_part_amount"]("m", "p", "w"), columns, [case[:-1] for case in cases])
    assert found == [None if case[-1] is None else Decimal(case[-1]) for case in cases]


def test_on_time(macros, duck):
    columns = {"a": "date", "p": "date", "l": "decimal(18, 6)", "t": "boolean"}
    plan = date(2026, 6, 10)
    cases = [
        (date(2026, 6, 10), plan, "0", True, True),
        (date(2026, 6, 11), plan, "0", True, False),
        (date(2026, 6, 11), plan, "1", True, True),
        (date(2026, 6, 1), plan, "0", True, True),
        (None, plan, "0", True, False),  # nothing came
        (None, plan, "0", False, None),  # it is not told
        (date(2026, 6, 1), None, "0", True, None),
    ]
    found = evaluate(duck, macros["kpi_is_line_on_time"]("a", "p", "l", "t"), columns, [case[:-1] for case in cases])
    assert found == [case[-1] for case in cases]


def test_penalty(macros, duck):
    columns = {"q": QTY, "m": "decimal(24, 6)", "r": "decimal(18, 6)", "u": "decimal(18, 6)", "why": "varchar"}
    cases = [
        ("6", "30", "0.05", None, None, "1.5"),
        ("6", "30", None, "2.5", None, "15"),
        ("6", None, None, "2.5", None, "15"),  # a penalty by unit needs no price
        ("6", None, "0.05", None, None, None),
        ("6", "30", None, None, "no_penalty", "0"),
        ("6", "30", None, None, "no_rate", None),
        ("0", "0", "0.05", None, None, "0"),
    ]
    sql = macros["kpi_penalty_amount"]("q", "m", "r", "u", "why")
    found = evaluate(duck, sql, columns, [case[:-1] for case in cases])
    assert found == [None if case[-1] is None else Decimal(case[-1]) for case in cases]


def test_window_in_months(macros, duck):
    cases = [("30", 1), ("31", 1), ("45", 1), ("46", 2), ("90", 3), ("365", 12), ("1", 1), (None, 1)]
    sql = macros["kpi_window_month_count"]("d")
    assert evaluate(duck, sql, {"d": "integer"}, [case[:-1] for case in cases]) == [case[-1] for case in cases]


def test_a_share_of_nothing_is_unknown(macros, duck):
    sql = macros["kpi_fill_ratio_of"]("a", "b")
    cases = [("1", "3", Decimal("0.333333")), ("0", "3", Decimal(0)), ("0", "0", None), ("1", None, None)]
    assert evaluate(duck, sql, {"a": QTY, "b": QTY}, [case[:-1] for case in cases]) == [case[-1] for case in cases]
