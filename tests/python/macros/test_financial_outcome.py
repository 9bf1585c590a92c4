"""What indicators of stock come to in money (docs/formulas.md#financial-outcome)."""

from __future__ import annotations

from decimal import Decimal

from tests.python.macros.render import evaluate

MONEY = "decimal(24, 4)"


def decimals(values: list) -> list:
    """Texts as decimals, None as None."""
    return [None if value is None else Decimal(value) for value in values]


def test_working_capital_released(macros, duck):
    """100 of stock at 2 a day is 50 days: 20 above a target of 30 are 40, 10 below one of 60 must be invested."""
    columns = {"stock": MONEY, "cogs": MONEY, "target": "decimal(18, 6)"}
    rows = [("100", "180", "30"), ("100", "180", "60"), ("0", "180", "60"), ("100", "0", "60"), ("100", "-5", "60"),
            (None, "180", "60"), ("100", None, "60"), ("100", "180", None)]  # fmt: skip
    found = evaluate(duck, macros["kpi_wc_release"]("stock", "cogs", 90, "target"), columns, rows)
    assert found == decimals(["40.0000", "-20.0000", "-120.0000", None, None, None, None, None])


def test_saving_of_a_year(macros, duck):
    columns = {"released": MONEY, "rate": "decimal(18, 6)"}
    rows = [("40", "0.08"), ("-20", "0.22"), (None, "0.08"), ("40", None), ("0.0005", "0.1")]
    found = evaluate(duck, macros["kpi_yearly_saving"]("released", "rate"), columns, rows)
    assert found == decimals(["3.2000", "-4.4000", None, None, "0.0001"])


def test_cash_to_cash(macros, duck):
    columns = {"dio": "decimal(24, 6)", "dso": "decimal(24, 6)", "dpo": "decimal(24, 6)"}
    rows = [("55", "40", "20"), ("10", "5", "40"), (None, "40", "20"), ("55", "40", None)]
    found = evaluate(duck, macros["kpi_cash_to_cash"]("dio", "dso", "dpo"), columns, rows)
    assert found == decimals(["75.000000", "-25.000000", None, None])
    balances = {"owed": MONEY, "flow": MONEY}
    days = evaluate(
        duck, macros["kpi_balance_days"]("owed", "flow"), balances, [("40", "365"), ("40", "0"), ("4", None)]
    )
    assert days == decimals(["40.000000", None, None])


def test_part_of_a_whole(macros, duck):
    rows = [("10", "100"), ("-10", "100"), ("10", "0"), ("10", "-5"), (None, "100")]
    found = evaluate(duck, macros["kpi_outcome_ratio"]("part", "whole"), {"part": MONEY, "whole": MONEY}, rows)
    assert found == decimals(["0.100000", "-0.100000", None, None, None])
