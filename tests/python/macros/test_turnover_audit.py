"""Turnover against audits, and the figures that ERPs report (docs/formulas.md#turnover-audit)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.python.macros.render import evaluate

MONEY = "decimal(24, 4)"


def decimals(values: list) -> list:
    """Texts as decimals, None as None."""
    return [None if value is None else Decimal(value) for value in values]


def test_yearly_amounts_and_means_of_month_ends(macros, duck):
    columns = {"amount": MONEY, "opening": MONEY, "months": "integer"}
    rows = [("60", "10", 6), ("60", None, 6), ("60", "10", 0), (None, "10", 6), ("1", None, 3)]
    yearly = evaluate(duck, macros["kpi_yearly_amount"]("amount", "months"), columns, rows)
    assert yearly == decimals(["120.0000", "120.0000", None, None, "4.0000"])
    mean = evaluate(duck, macros["kpi_month_end_average"]("amount", "opening", "months"), columns, rows)
    assert mean == decimals(["10.0000", "10.0000", "70.0000", None, "0.3333"])


def test_deviation(macros, duck):
    rows = [("102", "100"), ("0", "100"), ("100", "0"), (None, "100"), ("-98", "-100")]
    found = evaluate(duck, macros["kpi_turnover_deviation"]("a", "b"), {"a": MONEY, "b": MONEY}, rows)
    assert found == decimals(["0.020000", "-1.000000", None, None, "-0.020000"])


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        ((None, "4.08", "4", "3"), "agree"),  # two per cent is in
        ((None, "4.0801", "4", "3"), "differs"),
        ((None, "3.06", "4", "3"), "other_average"),
        ((None, "-1.02", "-1", "9"), "agree"),  # margins may be negative
        (("no_cost", "4", "4", "4"), "not_comparable"),
    ],
)
def test_verdict_on_a_reported_figure(macros, duck, row, verdict):
    columns = {"why": "varchar", "told": "decimal(18, 6)", "ours": "decimal(24, 6)", "ends": "decimal(24, 6)"}
    sql = macros["kpi_reported_verdict"]("why", "told", "ours", "ends", "cast(0.02 as decimal(18, 6))")
    assert evaluate(duck, sql, columns, [row]) == [verdict]


REPORTED = {"is_closed_period": "boolean", "month_count": "integer", "known_day_count": "integer",
            "period_day_count": "integer", "kpi_id": "varchar", "is_sales_known": "boolean", "numerator_amount": MONEY,
            "avg_inventory_amount": MONEY, "cost_coverage_ratio": "decimal(24, 6)"}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"is_closed_period": None}, "period"),
        ({"month_count": 13}, "period"),
        ({"known_day_count": 366}, "period"),  # ours begins before the period does
        ({"known_day_count": None}, "unknown_scope"),
        ({"kpi_id": "gmroii", "is_sales_known": False}, "no_sales"),
        ({"is_sales_known": False}, None),  # turnover needs no invoices
        ({"known_day_count": 346}, "short_history"),
        ({"known_day_count": 347}, None),
        ({"numerator_amount": None}, "no_cost"),
        ({"cost_coverage_ratio": "0.9499"}, "low_cost_coverage"),
        ({"cost_coverage_ratio": "0.95"}, None),
        ({"avg_inventory_amount": "0"}, "no_stock"),
        ({"numerator_amount": "0"}, "no_demand"),
    ],
)
def test_why_a_reported_figure_is_not_judged(macros, duck, changes, reason):
    good = dict(zip(REPORTED, (True, 12, 365, 365, "inventory_turnover", True, "400", "100", "1"), strict=True))
    names = list(REPORTED)
    columns = {f"x_{name}": kind for name, kind in REPORTED.items()}
    sql = macros["kpi_reported_reason"]("x", "0.95", "0.95").replace("x.", "x_")
    assert evaluate(duck, sql, columns, [tuple((good | changes)[name] for name in names)]) == [reason]


def test_an_error_that_grows_in_a_straight_line(macros, duck):
    """Ten days from nil to -10: the days hold 0, -1 ... -9; two pieces add up to the whole."""
    columns = {"s": "decimal(18, 4)", "e": "decimal(18, 4)", "n": "integer", "first": "integer", "days": "integer"}
    rows = [("0", "-10", 10, 0, 10), ("0", "-10", 10, 0, 4), ("0", "-10", 10, 4, 6), ("-2", "-2", 10, 3, 5),
            ("1", "0", 3, 0, 3)]  # fmt: skip
    qty_days = evaluate(duck, macros["kpi_error_qty_days"]("s", "e", "n", "first", "days"), columns, rows)
    assert qty_days == decimals(["-45.000000", "-6.000000", "-39.000000", "-10.000000", "2.000000"])
    lost = evaluate(duck, macros["kpi_lost_between_counts"]("s", "e", "n", "days"), columns, rows)
    assert lost == decimals(["10.000000", "4.000000", "6.000000", "0.000000", "1.000000"])


def test_shrinkage_belongs_to_cost_of_sales_by_choice(macros, duck):
    rows = [("5", "true"), ("5", "false"), ("5", "yes")]
    found = evaluate(duck, macros["kpi_shrink_in_cogs"]("a", "choice"), {"a": MONEY, "choice": "varchar"}, rows)
    assert found == decimals(["5", "0", "0"])


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (("1005", "1000", False), "pass"),
        (("1005.0001", "1000", False), "fail"),
        (("995", "1000", False), "pass"),
        (("0", "0", False), "pass"),
        (("1000", "1000", True), "uncosted"),
    ],
)
def test_tie_out(macros, duck, row, verdict):
    sql = macros["kpi_tie_out_verdict"]("ours", "theirs", "cast(0.005 as decimal(18, 6))", "gap")
    assert evaluate(duck, sql, {"ours": MONEY, "theirs": MONEY, "gap": "boolean"}, [row]) == [verdict]


@pytest.mark.parametrize(
    ("row", "reason", "verdict"),
    [
        ((None, "0.6", "3.9", "0.02"), None, "pass"),
        ((None, "0.6", "3.9", "-0.0201"), None, "warn"),
        ((None, "0.6", "3.9", "0.0501"), None, "fail"),
        ((None, "0.5999", "3.9", "0"), "insufficient", "insufficient"),
        (("short_history", "0.1", "3.9", "0"), "short_history", None),
        ((None, "0.6", None, None), "no_stock", None),
        ((None, "0.6", "0", None), "no_sales", None),
    ],
)
def test_verdict_of_an_audit(macros, duck, row, reason, verdict):
    columns = {"x_book_reason": "varchar", "x_audit_coverage_ratio": "decimal(24, 6)",
               "x_any_audited_ratio": "decimal(24, 6)", "x_any_deviation_ratio": "decimal(24, 6)"}  # fmt: skip
    limits = {"x.turnover_audit_min_coverage": "0.6", "x.turnover_audit_tol": "0.02", "x.turnover_audit_warn": "0.05"}

    def said(name: str) -> str:
        sql = macros[name]("x").replace("x.audit_reason", f"({macros['kpi_audit_reason']('x')})")
        for limit, value in limits.items():
            sql = sql.replace(limit, value)
        return sql.replace("x.", "x_")

    assert evaluate(duck, said("kpi_audit_reason"), columns, [row]) == [reason]
    assert evaluate(duck, said("kpi_audit_verdict"), columns, [row]) == [verdict]
