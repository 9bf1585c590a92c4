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
