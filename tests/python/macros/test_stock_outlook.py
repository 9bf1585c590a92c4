"""Formulas of the outlook of a stock record (docs/formulas.md#stock-outlook) on their edges."""

from __future__ import annotations

from decimal import Decimal

from tests.python.macros.render import evaluate

QTY = "decimal(24, 6)"


def said(macros, duck, name, columns, cases):
    found = evaluate(duck, macros[name](*columns), dict.fromkeys(columns, QTY), [case[:-1] for case in cases])
    assert found == [None if case[-1] is None else Decimal(case[-1]) for case in cases]


def test_days_served(macros, duck):
    cases = [
        ("5", "2", "2"),
        ("4", "2", "2"),
        ("3.99999", "2", "1"),
        ("0", "2", "0"),
        ("-3", "2", "0"),
        ("5", "0", None),
    ]
    said(macros, duck, "kpi_days_served", ["s", "m"], cases)


def test_what_is_lost(macros, duck):
    cases = [("5", "2", "7", "9"), ("14", "2", "7", "0"), ("20", "2", "7", "0"), ("-3", "2", "10", "20")]
    said(macros, duck, "kpi_lost_qty", ["s", "m", "d"], cases)


def test_labels_and_health(macros, duck):
    flags, figures = ["e", "d", "n"], ["a", "s", "p", "r", "x"]
    columns = dict.fromkeys(flags, "boolean") | dict.fromkeys(figures, QTY)
    cases = [
        (True, False, True, 0, 5, 0, 5, 9, "obsolete", None),
        (False, True, False, 3, 5, 0, 5, 9, "obsolete", None),
        (False, False, True, 0, 5, 0, 5, 9, "new", None),
        (False, False, False, 0, 5, 0, 5, 9, "out", False),
        (False, False, False, "4.9999", 5, 50, 5, 9, "below_safety_stock", False),
        (False, False, False, 5, 5, 5, 5, 9, "reorder", True),
        (False, False, False, "9.0001", 5, 50, 5, 9, "excess", False),
        (False, False, False, 9, 5, 50, 5, 9, "ok", True),
        (False, False, False, 9, None, 9, None, 9, "ok", True),
    ]
    sql = macros["kpi_stock_status"](*flags, *figures)
    assert evaluate(duck, sql, columns, [case[:-2] for case in cases]) == [case[-2] for case in cases]
    sql = macros["kpi_is_stock_healthy"]("w")
    assert evaluate(duck, sql, {"w": "varchar"}, [(case[-2],) for case in cases]) == [case[-1] for case in cases]
