"""Cost of holding and its blended rate (docs/formulas.md B4.3): real days, no value no rate."""

from __future__ import annotations

from decimal import Decimal

from tests.python.macros.render import evaluate

HELD = {"value_days": "decimal(24, 4)", "rate": "decimal(18, 6)"}


def test_cost_of_one_component(macros, duck):
    cases = [
        ("365000", "0.10", "100.0000"),
        ("36500", "0.22", "22.0000"),
        ("0", "0.10", "0.0000"),
        ("1", "0.10", "0.0003"),
        ("0.1825", "0.1", "0.0001"),  # 0.00005 is a tie
        (None, "0.10", None),
        ("365000", None, None),  # no rate is not a rate of nought
        ("99999999999999999.9999", "0.000365", "99999999999.9999"),
    ]
    found = evaluate(duck, macros["kpi_carrying_cost"]("value_days", "rate"), HELD, [case[:2] for case in cases])
    assert found[:7] == [case[2] and Decimal(case[2]) for case in cases[:7]]
    assert abs(found[7] - Decimal(cases[7][2])) <= Decimal("0.0001")


def test_the_blended_rate_gives_the_rates_back(macros, duck):
    columns = {"cost": "decimal(24, 4)", "value_days": "decimal(24, 4)"}
    cases = [
        ("22", "36500", "0.220000"),
        ("0", "36500", "0.000000"),
        ("22", "0", None),
        ("22", "-1", None),
        (None, "5", None),
    ]
    found = evaluate(
        duck, macros["kpi_carrying_cost_ratio"]("cost", "value_days"), columns, [case[:2] for case in cases]
    )
    assert found == [case[2] and Decimal(case[2]) for case in cases]


def test_storage_by_volume_where_it_is_known(macros, duck):
    columns = {"basis": "varchar", "by_value": "decimal(24, 4)", "m3_days": "decimal(24, 4)", "rate": "decimal(18, 6)"}
    cases = [
        ("cube", "4", "730", "120", "240"),
        ("cube", "4", "0", "120", "0"),
        ("cube", "4", None, "120", "4"),
        ("cube", "4", "730", None, "4"),
        ("value", "4", "730", "120", "4"),
        ("cube", None, "730", "120", None),  # a stock without a value has no cost of holding
    ]
    sql = macros["kpi_storage_cost"]("basis", "by_value", "m3_days", "rate")
    found = evaluate(duck, sql, columns, [case[:4] for case in cases])
    assert found == [case[4] and Decimal(case[4]) for case in cases]


def test_risk_is_a_rate_or_what_was_lost(macros, duck):
    columns = {"basis": "varchar", "by_value": "decimal(24, 4)", "lost": "decimal(24, 4)"}
    cases = [
        ("rate", "4", "9", "4"),
        ("measured", "4", "9", "9"),
        ("measured", "4", "-1", "-1"),  # counts found more than was lost
        ("measured", "4", None, "0"),
        ("measured", None, "9", None),
    ]
    found = evaluate(duck, macros["kpi_risk_cost"]("basis", "by_value", "lost"), columns, [case[:3] for case in cases])
    assert found == [case[3] and Decimal(case[3]) for case in cases]


def test_stock_beyond_the_plan(macros, duck):
    columns = {"on_hand": "decimal(18, 4)", "point": "decimal(18, 4)", "order_qty": "decimal(18, 4)"}
    cases = [("30", "10", "5", "15"), ("15", "10", "5", "0"), ("9", "10", "5", "0"), ("30", "10", None, "20"),
             ("30", None, "5", None)]  # fmt: skip
    sql = macros["kpi_excess_qty"]("on_hand", "point", "order_qty")
    found = evaluate(duck, sql, columns, [case[:3] for case in cases])
    assert found == [case[3] and Decimal(case[3]) for case in cases]
