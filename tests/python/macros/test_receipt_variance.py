"""Receipt against promise and quantity (docs/formulas.md 3.4): limits are strict, undecided is neither yes nor no."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.python.macros.render import evaluate

DAYS = {"deviation": "bigint", "planned": "bigint"}
QTY = {"accepted": "decimal(18, 4)", "ordered": "decimal(18, 4)"}


def test_the_deviation_is_taken_over_the_promised_lead_time(macros, duck):
    cases = [
        (2, 20, "0.100000"),
        (-19, 20, "0.950000"),
        (0, 20, "0.000000"),
        (1, 3, "0.333333"),
        (2, 3, "0.666667"),
        (5, 0, None),
        (5, -3, None),
        (None, 20, None),
        (5, None, None),
    ]
    found = evaluate(duck, macros["kpi_date_variance_ratio"]("deviation", "planned"), DAYS, [c[:2] for c in cases])
    assert found == [case[2] and Decimal(case[2]) for case in cases]


def alerts(macros, duck, cases, minimum: str) -> list:
    """Alerts of (deviation, planned) pairs at 10 %, `minimum` days and 2 days without a planned lead time."""
    columns = DAYS | {"pct": "decimal(18, 6)", "least": "decimal(18, 6)", "absolute": "decimal(18, 6)"}
    sql = macros["kpi_is_date_alert"]("deviation", "planned", "pct", "least", "absolute")
    return evaluate(duck, sql, columns, [(*case[:2], "0.1", minimum, "2") for case in cases])


def test_a_date_alert_is_strict_and_works_both_ways(macros, duck):
    cases = [
        (2, 20, False),  # exactly 10 %
        (-2, 20, False),
        (3, 20, True),
        (-3, 20, True),
        (0, 20, False),
        (1, 9, True),
        (2, 0, False),  # no lead time was promised: days alone, and strictly
        (3, 0, True),
        (-3, -4, True),
        (3, None, True),
        (None, 20, None),
        (None, 0, None),
    ]
    assert alerts(macros, duck, cases, "0") == [case[2] for case in cases]


def test_a_date_alert_needs_the_least_number_of_days_too(macros, duck):
    cases = [(1, 9, False), (2, 9, False), (3, 9, True), (3, 0, True)]
    assert alerts(macros, duck, cases, "2") == [case[2] for case in cases]


def test_direction(macros, duck):
    found = evaluate(duck, macros["kpi_date_direction"]("deviation"), DAYS, [(1, 1), (0, 1), (-1, 1), (None, 1)])
    assert found == ["late", "on_time", "early", None]


def test_quantity_variance_is_signed_and_needs_an_order(macros, duck):
    cases = [
        ("9", "10", "-0.100000", False),
        ("8.9999", "10", "-0.100010", True),
        ("11", "10", "0.100000", False),
        ("11.0001", "10", "0.100010", True),
        ("0", "10", "-1.000000", True),
        ("10", "10", "0.000000", False),
        ("-1", "10", "-1.100000", True),  # more went back than came
        ("5", "0", None, None),
        ("0", "0", None, None),
        (None, "10", None, None),
        ("90000000000000", "30000000000000", "2.000000", True),
    ]
    ratios = evaluate(duck, macros["kpi_quantity_variance_ratio"]("accepted", "ordered"), QTY, [c[:2] for c in cases])
    assert ratios == [case[2] and Decimal(case[2]) for case in cases]
    columns = QTY | {"pct": "decimal(18, 6)"}
    sql = macros["kpi_is_quantity_alert"]("accepted", "ordered", "pct")
    assert evaluate(duck, sql, columns, [(*c[:2], "0.1") for c in cases]) == [case[3] for case in cases]


@pytest.mark.parametrize(
    ("rule", "cases"),
    [
        ("shown", [(-9, True, True), (-3, True, True), (0, True, True), (1, True, True), (2, True, False)]),
        ("punished", [(-9, True, False), (-4, True, False), (-3, True, True), (0, True, True), (2, True, False)]),
        ("shown", [(2, False, False), (1, False, None), (None, False, None), (None, True, None)]),
    ],
)
def test_on_time_with_a_day_of_grace(macros, duck, rule, cases):
    columns = {"deviation": "bigint", "received": "boolean", "late": "decimal(18, 6)", "early": "decimal(18, 6)"}
    sql = macros["kpi_is_on_time"]("deviation", "received", "late", "early", f"'{rule}'")
    assert evaluate(duck, sql, columns, [(*case[:2], "1", "3") for case in cases]) == [case[2] for case in cases]


def test_in_full_has_a_roof(macros, duck):
    cases = [
        ("true", "100", "100", True),
        ("true", "105", "100", True),
        ("true", "105.0001", "100", False),
        ("false", "99.9999", "100", False),
    ]
    columns = {"full_": "boolean"} | QTY | {"over": "decimal(18, 6)"}
    sql = macros["kpi_is_in_full"]("full_", "accepted", "ordered", "over")
    assert evaluate(duck, sql, columns, [(*case[:3], "0.05") for case in cases]) == [case[3] for case in cases]


def test_otif_is_false_as_soon_as_one_part_is(macros, duck):
    parts = [("true", "true"), ("true", "false"), ("false", None), (None, "false"), ("true", None), (None, None)]
    columns = {"a": "boolean", "b": "boolean"}
    assert evaluate(duck, macros["kpi_is_otif"]("a", "b"), columns, parts) == [True, False, False, False, None, None]


def test_a_share_of_no_lines_is_no_share(macros, duck):
    columns = {"part": "bigint", "whole": "bigint"}
    found = evaluate(duck, macros["kpi_line_share_ratio"]("part", "whole"), columns, [(1, 3), (0, 5), (0, 0)])
    assert found == [Decimal("0.333333"), Decimal("0.000000"), None]
