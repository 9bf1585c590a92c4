"""Turns, days on hand, reasons and the averaging method (docs/formulas.md A1-A4, B1.2)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.python.macros.render import evaluate

MONEY = {"cogs": "decimal(24, 4)", "stock": "decimal(24, 4)"}
HUGE = "99999999999999.9999"


def test_turns(macros, duck):
    cases = [
        ("1200", "100", "12.000000"),
        ("0", "100", "0.000000"),  # stock without sales turns nought times, it is not unknown
        ("-50", "100", "-0.500000"),  # more came back than went out
        ("1200", "0", None),
        ("1200", "-5", None),
        (None, "100", None),
        ("1200", None, None),
        ("1", "3", "0.333333"),
        ("2", "3", "0.666667"),
        (HUGE, "0.0001", "999999999999999999.000000"),
        (HUGE, HUGE, "1.000000"),
    ]
    found = evaluate(duck, macros["kpi_turnover_ratio"]("cogs", "stock"), MONEY, [case[:2] for case in cases])
    assert found == [case[2] and Decimal(case[2]) for case in cases]


def test_why_turns_are_null(macros, duck):
    columns = {**MONEY, "known": "integer", "needed": "decimal(18, 6)"}
    cases = [
        ("1", "1", 347, "346.75", None),
        ("1", "1", 346, "346.75", "short_history"),
        (None, "1", 365, "346.75", "no_cost"),
        ("1", None, 365, "346.75", "no_cost"),
        ("1", "0", 365, "346.75", "no_stock"),
        ("1", "-1", 365, "346.75", "no_stock"),
        (None, None, 3, "346.75", "short_history"),
        ("0", "5", 365, "346.75", None),
    ]
    macro = macros["kpi_turnover_reason"]("cogs", "stock", "known", "needed", "true")
    assert evaluate(duck, macro, columns, [case[:4] for case in cases]) == [case[4] for case in cases]


def test_a_month_that_is_not_over_has_no_year_yet(macros, duck):
    macro = macros["kpi_turnover_reason"]("1", "1", "365", "346.75", "false")
    assert duck.execute(f"select {macro}").fetchone() == ("open_month",)


def test_a_value_and_a_reason_exclude_each_other(macros, duck):
    amounts = ["-1", "0", "0.0001", "5", HUGE, None]
    rows = [(cogs, stock) for cogs in amounts for stock in amounts]
    turns = evaluate(duck, macros["kpi_turnover_ratio"]("cogs", "stock"), MONEY, rows)
    why = evaluate(duck, macros["kpi_turnover_reason"]("cogs", "stock", "365", "346.75", "true"), MONEY, rows)
    assert [(value is None) for value in turns] == [reason is not None for reason in why]
    days = evaluate(duck, macros["kpi_days_on_hand"]("stock", "cogs", 90), MONEY, [r for r in rows if HUGE not in r])
    why = evaluate(duck, macros["kpi_days_on_hand_reason"]("stock", "cogs"), MONEY, [r for r in rows if HUGE not in r])
    assert [(value is None) for value in days] == [reason is not None for reason in why]


def test_days_on_hand_and_reasons(macros, duck):
    cases = [
        ("900", "1000", "100.000000", None),
        ("900", "0", "0.000000", None),  # nothing left: it lasts no day
        ("0", "100", None, "no_demand"),  # no demand is no infinite cover
        ("-5", "100", None, "no_demand"),
        (None, "100", None, "no_cost"),
        ("900", None, None, "no_cost"),
        ("0.0001", "99999999.9999", "89999999999910.000000", None),
        ("7", "1", "12.857143", None),
    ]
    rows = [case[:2] for case in cases]
    found = evaluate(duck, macros["kpi_days_on_hand"]("stock", "cogs", 90), MONEY, rows)
    assert found == [case[2] and Decimal(case[2]) for case in cases]
    assert evaluate(duck, macros["kpi_days_on_hand_reason"]("stock", "cogs"), MONEY, rows) == [
        case[3] for case in cases
    ]


def test_days_on_hand_takes_sums_as_arguments(macros, duck):
    macro = macros["kpi_days_on_hand"]("stock + stock", "cogs", 365)
    assert evaluate(duck, macro, MONEY, [("730", "1")]) == [Decimal("1.000000")]


def test_which_average_is_used(macros, duck):
    columns = {"method": "varchar", "known": "integer", "days": "integer", "ends": "integer"}
    cases = [
        ("auto", 365, 365, 13, "daily"),
        ("auto", 347, 365, 1, "daily"),  # 346.75 days are 95 %
        ("auto", 346, 365, 13, "13_point"),
        ("auto", 346, 365, 12, "2_point"),
        ("auto", 348, 366, 0, "daily"),
        ("auto", 347, 366, 0, "2_point"),
        ("daily", 1, 365, 0, "daily"),
        ("13_point", 365, 365, 2, "13_point"),
        ("2_point", 365, 365, 13, "2_point"),
    ]
    macro = macros["kpi_avg_inventory_method"]("method", "known", "days", "ends", "0.95")
    assert evaluate(duck, macro, columns, [case[:4] for case in cases]) == [case[4] for case in cases]


@pytest.mark.parametrize(
    ("method", "expected"),
    [("daily", "3.3333"), ("13_point", "1.0000"), ("2_point", "6.0001"), ("other", None), (None, None)],
)
def test_the_average_of_each_method(macros, duck, method, expected):
    columns = {"method": "varchar", "value_days": "decimal(24, 4)", "days": "integer", "points": "decimal(24, 4)"}
    columns |= {"opening": "decimal(24, 4)", "closing": "decimal(24, 4)"}
    macro = macros["kpi_avg_inventory"]("method", "value_days", "days", "points", "13", "opening", "closing")
    found = evaluate(duck, macro, columns, [(method, "10", 3, "13", "4.0001", "8.0000")])
    assert found == [expected and Decimal(expected)]


def test_a_missing_point_gives_no_average(macros, duck):
    for method, ends, opening in (("'13_point'", "12", "1"), ("'2_point'", "13", "cast(null as decimal(24, 4))")):
        points = "cast(13 as decimal(24, 4))"
        macro = macros["kpi_avg_inventory"](method, points, "1", points, ends, opening, points)
        assert duck.execute(f"select {macro}").fetchone() == (None,)


def test_no_known_day_gives_no_average(macros, duck):
    macro = macros["kpi_avg_inventory"]("'daily'", "cast(0 as decimal(24, 4))", "0", "0", "0", "0", "0")
    assert duck.execute(f"select {macro}").fetchone() == (None,)


def test_cover_of_a_recent_window_needs_its_days(macros, duck):
    columns = {**MONEY, "known": "integer", "needed": "decimal(18, 6)"}
    cases = [
        ("5", "5", 86, "85.5", None),
        ("5", "5", 85, "85.5", "short_history"),
        (None, "5", 90, "85.5", "no_cost"),
        ("5", None, 90, "85.5", "no_cost"),
        ("0", "5", 90, "85.5", "no_demand"),
        ("-1", "5", 90, "85.5", "no_demand"),
    ]
    macro = macros["kpi_recent_cover_reason"]("stock", "cogs", "known", "needed")
    assert evaluate(duck, macro, columns, [case[:4] for case in cases]) == [case[4] for case in cases]


def test_cover_in_units_is_of_one_sku(macros, duck):
    columns = {"scope": "varchar", "sold": "decimal(24, 4)", "known": "integer"}
    cases = [
        ("sku", "5", 90, None),
        ("sku_location", "0", 90, "no_demand"),
        ("sku_location", "5", 85, "short_history"),
        ("category", None, 90, "mixed_units"),
        ("company", "5", 3, "mixed_units"),
    ]
    macro = macros["kpi_unit_cover_reason"]("scope", "sold", "known", "85.5")
    assert evaluate(duck, macro, columns, [case[:3] for case in cases]) == [case[3] for case in cases]
    ahead = {"scope": "varchar", "days": "decimal(24, 6)"}
    cases = [("sku", "5", None), ("sku", None, "no_demand"), ("location", "5", "mixed_units")]
    macro = macros["kpi_forward_unit_reason"]("scope", "days")
    assert evaluate(duck, macro, ahead, [case[:2] for case in cases]) == [case[2] for case in cases]


def test_why_a_year_in_units_has_no_cover(macros, duck):
    columns = {"scope": "varchar", "sold": "decimal(24, 4)", "held": "decimal(24, 4)", "known": "integer"}
    cases = [
        ("sku", "5", "5", 347, None),
        ("sku", "5", "5", 346, "short_history"),
        ("sku", "5", "0", 347, "no_stock"),
        ("sku", "5", None, 347, "no_stock"),
        ("sku", "0", "5", 347, "no_demand"),
        ("division", "5", "5", 347, "mixed_units"),
    ]
    macro = macros["kpi_turnover_unit_reason"]("scope", "sold", "held", "known", "346.75", "true")
    assert evaluate(duck, macro, columns, [case[:4] for case in cases]) == [case[4] for case in cases]
    macro = macros["kpi_turnover_unit_reason"]("'sku'", "1", "1", "365", "346.75", "false")
    assert duck.execute(f"select {macro}").fetchone() == ("open_month",)


def test_a_step_of_demand_that_ends_the_stock(macros, duck):
    """10 a day from day 0, 20 from day 7: 70 are gone after 7 days, 90 after 8, and the steps say so one by one."""
    amounts = dict.fromkeys(("stock", "used", "daily"), "decimal(24, 6)")
    columns = {**amounts, "from_day": "integer", "until_day": "integer"}
    cases = [
        ("70", "0", "10", 0, 7, "7.000000"),
        ("70.1", "0", "10", 0, 7, None),
        ("90", "70", "20", 7, None, "8.000000"),
        ("75", "70", "20", 7, None, "7.250000"),
        ("0", "0", "10", 0, 7, "0.000000"),
        ("0", "0", "0", 0, 7, None),
        ("5", "0", "0", 0, None, None),  # nothing is expected: the stock never ends
        ("5", "0", "-1", 0, None, None),
        (None, "0", "1", 0, None, None),
    ]
    macro = macros["kpi_rundown_days"]("stock", "used", "daily", "from_day", "until_day")
    found = evaluate(duck, macro, columns, [case[:5] for case in cases])
    assert found == [case[5] and Decimal(case[5]) for case in cases]
    weeks = evaluate(duck, macros["kpi_weeks_of_supply"]("stock"), {"stock": "decimal(24, 6)"}, [("10.5",), (None,)])
    assert weeks == [Decimal("1.500000"), None]


def test_why_cover_ahead_is_null(macros, duck):
    cases = [("5", "3", None), (None, "3", "no_cost"), ("5", None, "no_demand"), ("0", "0", None)]
    found = evaluate(duck, macros["kpi_forward_cover_reason"]("cogs", "stock"), MONEY, [case[:2] for case in cases])
    assert found == [case[2] for case in cases]


def test_a_step_at_cost(macros, duck):
    columns = {"qty": "decimal(24, 6)", "cost": "decimal(18, 6)", "rate": "decimal(18, 8)"}
    cases = [("2", "3.5", "1.1", "7.700000"), ("-2", "3.5", "1", "-7.000000"), ("2", None, "1", None)]
    found = evaluate(duck, macros["kpi_step_amount"]("qty", "cost", "rate"), columns, [case[:3] for case in cases])
    assert found == [case[3] and Decimal(case[3]) for case in cases]
