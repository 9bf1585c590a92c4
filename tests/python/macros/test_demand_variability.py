"""Formulas of the variability of demand (docs/formulas.md#demand-variability) on their edges."""

from __future__ import annotations

from decimal import Decimal

from tests.python.macros.render import evaluate

QTY = "decimal(24, 6)"


def said(macros, duck, name, columns, cases):
    found = evaluate(duck, macros[name](*columns), dict.fromkeys(columns, QTY), [case[:-1] for case in cases])
    assert found == [None if case[-1] is None else Decimal(case[-1]) for case in cases]


def test_coefficient_of_variation(macros, duck):
    said(macros, duck, "kpi_demand_cv_ratio", ["s", "m"], [("3", "2", "1.5"), ("3", "0", None), (None, "2", None)])


def test_one_rule_for_all(macros, duck):
    cases = [("1.959964", "20", "39.19928"), ("-1", "20", "0"), ("1.96", None, None), ("2", "0", "0")]
    sql = macros["kpi_uniform_ss_qty"]("z", "s")
    columns = {"z": "decimal(18, 8)", "s": QTY}
    found = evaluate(duck, sql, columns, [case[:-1] for case in cases])
    assert found == [None if case[-1] is None else Decimal(case[-1]) for case in cases]


def test_cap(macros, duck):
    cases = [("60", "2", "50", "120"), ("60", "0.1", "50", "50"), ("60", "2", None, "120"), ("60", "0", "0", "0")]
    said(macros, duck, "kpi_ss_cap_qty", ["d", "m", "o"], cases)


def test_within_the_cap(macros, duck):
    cases = [("8", "6", "6"), ("5", "6", "5"), ("-3", "6", "0"), (None, "6", None), ("5", None, None)]
    said(macros, duck, "kpi_class_ss_qty", ["n", "c"], cases)


def test_regret(macros, duck):
    said(macros, duck, "kpi_regret_amount", ["t", "l"], [("5", "3", "2"), ("3", "3", "0"), (None, "3", None)])
