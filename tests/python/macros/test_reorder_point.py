"""Reorder points, their cap, the orders they ask for, and supplier scores (docs/formulas.md#reorder-point)."""

from __future__ import annotations

from decimal import Decimal
from math import sqrt

import pytest

from tests.python.macros.render import evaluate

QTY = "decimal(24, 4)"
DAYS = "decimal(18, 6)"


def decimals(cases):
    """The last entry of each case as a Decimal, None as None."""
    return [case[-1] and Decimal(case[-1]) for case in cases]


def test_the_variance_over_lead_time_and_review(macros, duck):
    columns = {"mean": "decimal(24, 6)", "sd": "decimal(24, 6)", "cover": DAYS, "lt_sd": "decimal(24, 6)"}
    cases = [
        ("10", "3", "16", "2", "544"),  # 16 x 9 + 100 x 4
        ("10", "3", "16", "0", "144"),
        ("10", "3", "16", None, "144"),  # no known spread of lead time
        ("10", "3", "0", "2", "400"),  # no lead time and no review: the spread of lead time stays
        ("10", "0", "16", "0", "0"),
        ("0", "0", "16", "2", "0"),
        ("10", None, "16", "2", None),
        ("10", "3", None, "2", None),
        ("1000000", "1000000", "100", "50", "2600000000000000"),
    ]
    macro = macros["kpi_lead_time_demand_variance"]("mean", "sd", "cover", "lt_sd")
    assert evaluate(duck, macro, columns, [case[:4] for case in cases]) == decimals(cases)


def test_cycle_demand_and_safety_stock(macros, duck):
    cases = [("1.5", "10", "15"), ("0", "10", "0"), ("1.5", "0", "0"), (None, "1", None)]
    macro = macros["kpi_cycle_demand"]("mean", "cover")
    assert evaluate(duck, macro, {"mean": "decimal(24, 6)", "cover": DAYS}, [c[:2] for c in cases]) == decimals(cases)
    cases = [("1.64485363", "10", "16.4485"), ("0", "10", "0"), ("-1.28155157", "10", "0"), ("2", None, None)]
    macro = macros["kpi_safety_stock"]("z", "sigma")
    columns = {"z": "decimal(18, 8)", "sigma": "decimal(24, 6)"}
    assert evaluate(duck, macro, columns, [c[:2] for c in cases]) == decimals(cases)


def test_a_reorder_point_in_one_expression(macros, duck):
    macro = macros["square_root"](macros["kpi_lead_time_demand_variance"]("mean", "sd", "cover", "lt_sd"))
    columns = {"mean": "decimal(24, 6)", "sd": "decimal(24, 6)", "cover": DAYS, "lt_sd": "decimal(24, 6)"}
    [sigma] = evaluate(duck, macro, columns, [("7.3", "2.2", "12.5", "1.75")])
    assert float(sigma) == pytest.approx(sqrt(12.5 * 2.2**2 + 7.3**2 * 1.75**2), abs=0.000001)


def test_why_there_is_no_proposal(macros, duck):
    columns = {"mean": "decimal(24, 6)", "sd": "decimal(24, 6)", "cover": DAYS, "z": "decimal(18, 8)"}
    cases = [
        ("1", "1", "5", "1.6", None),
        ("1", "0", "0", "0", None),
        ("0", "0", "5", "1.6", "no_demand"),
        (None, None, None, None, "no_demand"),
        ("1", None, "5", "1.6", "short_history"),
        ("1", "1", None, "1.6", "no_lead_time"),
        ("1", "1", "5", None, "no_service_level"),
    ]
    macro = macros["kpi_reorder_point_reason"]("mean", "sd", "cover", "z")
    assert evaluate(duck, macro, columns, [case[:4] for case in cases]) == [case[4] for case in cases]


def test_the_change_of_one_run_is_capped(macros, duck):
    columns = {"raw": QTY, "now": "decimal(18, 4)", "cap": "decimal(18, 6)"}
    cases = [
        ("100", "90", "0.3", "100"),
        ("200", "100", "0.3", "130"),
        ("20", "100", "0.3", "70"),
        ("130", "100", "0.3", "130"),
        ("70", "100", "0.3", "70"),
        ("55", "0", "0.3", "55"),  # no share of nothing
        ("55", "-3", "0.3", "55"),
        ("55", None, "0.3", "55"),
        (None, "100", "0.3", None),
        ("0", "100", "0.3", "70"),
    ]
    macro = macros["kpi_capped_reorder_point"]("raw", "now", "cap")
    assert evaluate(duck, macro, columns, [case[:3] for case in cases]) == decimals(cases)


def test_when_a_reorder_point_is_off(macros, duck):
    columns = {"now": QTY, "raw": QTY, "pct": "decimal(18, 6)", "units": "decimal(18, 6)"}
    cases = [
        ("130", "100", "0.3", "2", False),
        ("130.0001", "100", "0.3", "2", True),
        ("69.9999", "100", "0.3", "2", True),
        ("3", "1", "0.3", "2", False),
        ("4", "1", "0.3", "2", True),
        ("0", "0", "0.3", "2", False),
        (None, "100", "0.3", "2", None),
        ("100", None, "0.3", "2", None),
    ]
    macro = macros["kpi_is_reorder_point_off"]("now", "raw", "pct", "units")
    assert evaluate(duck, macro, columns, [case[:4] for case in cases]) == [case[4] for case in cases]


def test_the_order_to_place_now(macros, duck):
    columns = {name: QTY for name in ("net", "rop", "qty", "moq", "step")}
    cases = [
        ("101", "100", "50", "10", "12", "0"),
        ("100", "100", "50", "10", "12", "60"),  # at the reorder point: 50 in twelves
        ("90", "100", "50", "10", None, "60"),
        ("90", "100", "50.5", None, None, "61"),  # whole base units
        ("90", "100", "50", "200", "12", "204"),  # MOQ, then the multiple
        ("90", "100", None, "30", "12", "48"),  # without an order quantity the MOQ: 40 in twelves
        ("100", "100", None, None, None, "0"),
        ("-40", "100", "60", None, "100", "200"),  # negative on hand is owed too
        ("90", "100", "50", None, "0", "60"),
        ("0", "0", "50", "10", "12", "60"),
        ("5", None, "50", "10", "12", None),
    ]
    macro = macros["kpi_suggested_order"]("net", "rop", "qty", "moq", "step")
    assert evaluate(duck, macro, columns, [case[:5] for case in cases]) == decimals(cases)


def test_the_variant_by_promises_kept(macros, duck):
    cases = [
        ("0.899999", 5, "0.9", "5", "p90"),
        ("0.9", 5, "0.9", "5", "standard"),
        ("0.1", 4, "0.9", "5", "standard"),
        (None, 0, "0.9", "5", "standard"),
        (None, None, "0.9", "5", "standard"),
    ]
    macro = macros["kpi_reorder_point_variant"]("otif", "lines", '"limit"', '"least"')
    columns = {"otif": "decimal(24, 6)", "lines": "integer", '"limit"': "decimal(18, 6)", '"least"': "decimal(18, 6)"}
    assert evaluate(duck, macro, columns, [case[:4] for case in cases]) == [case[4] for case in cases]


def test_reasons_of_change_and_value(macros, duck):
    columns = {"why": "varchar", "now": QTY, "cost": "decimal(18, 6)"}
    rows = [(None, "10", "1"), (None, "0", "1"), (None, None, "1"), ("no_demand", "10", "1"), (None, "10", None)]
    change = evaluate(duck, macros["kpi_change_reason"]("why", "now"), columns, rows)
    assert change == [None, "zero_reorder_point", "no_parameter", "no_demand", None]
    value = evaluate(duck, macros["kpi_stock_change_reason"]("why", "now", "cost"), columns, rows)
    assert value == [None, None, "no_parameter", "no_demand", "no_cost"]
    ratio = evaluate(duck, macros["kpi_reorder_point_change_ratio"]("13", "now"), columns, rows)
    assert ratio == [Decimal("0.3"), None, None, Decimal("0.3"), Decimal("0.3")]


def test_consistency_of_lead_time(macros, duck):
    columns = {"mean": "decimal(24, 6)", "sd": "decimal(24, 6)"}
    cases = [("10", "2", "0.8"), ("10", "0", "1"), ("2", "5", "0"), ("0", "0", "1"), ("10", None, None)]
    macro = macros["kpi_lead_time_consistency"]("mean", "sd")
    assert evaluate(duck, macro, columns, [case[:2] for case in cases]) == decimals(cases)


def test_a_score_is_the_weighted_mean_of_what_is_known(macros, duck):
    columns = {name: "decimal(24, 6)" for name in ("a", "b")} | {"u": "decimal(18, 6)", "v": "decimal(18, 6)"}
    cases = [
        ("1", "0", "0.4", "0.1", "0.8"),
        ("1", None, "0.4", "0.1", "1"),
        (None, "0.25", "0.4", "0.1", "0.25"),
        (None, None, "0.4", "0.1", None),
        ("0", "0", "0.4", "0.1", "0"),
    ]
    macro = macros["kpi_supplier_score"]({"a": "u", "b": "v"})
    assert evaluate(duck, macro, columns, [case[:4] for case in cases]) == decimals(cases)


def test_when_a_safety_stock_is_off(macros, duck):
    columns = {"share": "decimal(24, 6)", "low": "decimal(18, 6)", "high": "decimal(18, 6)"}
    cases = [("0.2", False), ("0.199999", True), ("2.5", False), ("2.500001", True), ("0", True), (None, None)]
    macro = macros["kpi_is_safety_stock_off"]("share", "low", "high")
    rows = [(share, "0.2", "2.5") for share, _ in cases]
    assert evaluate(duck, macro, columns, rows) == [expected for _, expected in cases]
