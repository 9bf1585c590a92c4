"""Formulas of promotions (docs/formulas.md#promotion) on their edges."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.python.macros.render import evaluate

QTY = "decimal(18, 6)"


def said(macros, duck, name, columns, cases):
    sql = macros[name](*columns)
    return evaluate(duck, sql, columns, [case[:-1] for case in cases])


def test_the_season(macros, duck):
    columns = {"m": QTY, "y": QTY}
    cases = [("12", "10", Decimal("1.2")), ("12", "0", Decimal(1)), (None, "10", Decimal(1)), ("0", "10", Decimal(0))]
    assert said(macros, duck, "kpi_season_ratio", columns, cases) == [case[-1] for case in cases]


def test_a_hundred_against_eighty_is_a_quarter_more_and_a_fifth_of_what_was_sold(macros, duck):
    columns = {"p": QTY, "b": QTY}
    cases = [("100", "80", Decimal("0.25")), ("0", "80", Decimal(-1)), ("5", "0", None), ("5", None, None)]
    assert said(macros, duck, "kpi_uplift_ratio", columns, cases) == [case[-1] for case in cases]
    cases = [("100", "80", Decimal("0.2")), ("0", "80", None), ("60", "80", Decimal("-0.333333"))]
    assert said(macros, duck, "kpi_incremental_share_ratio", columns, cases) == [case[-1] for case in cases]


def test_the_standard_error_of_a_ratio(macros, duck):
    """Var(P / B) is about (Var P + r2 Var B) / B2: with r = 2, sqrt(64 + 4 x 9) / 50 = 0.2."""
    columns = {"vp": QTY, "vb": QTY, "p": QTY, "b": QTY}
    cases = [("64", "9", "100", "50", Decimal("0.2")), ("0", "0", "100", "50", Decimal(0)), ("64", "9", "9", "0", None)]
    assert said(macros, duck, "kpi_uplift_error_ratio", columns, cases) == [case[-1] for case in cases]


def test_what_others_lack_is_signed(macros, duck):
    columns = {"b": QTY, "s": QTY}
    cases = [("80", "70", Decimal(10)), ("80", "95", Decimal(-15))]
    assert said(macros, duck, "kpi_cannibalised_qty", columns, cases) == [case[-1] for case in cases]


def test_the_error_of_a_sum(macros, duck):
    """7 days of variance 4 and a baseline of 8 points a weekday: 4 x (7 + 7 / 8) = 31.5."""
    columns = {"v": QTY, "n": QTY, "s": QTY}
    cases = [("4", "7", "0.875", Decimal("5.612486")), ("0", "7", "1", Decimal(0)), (None, "7", "1", None)]
    assert said(macros, duck, "kpi_sum_error_qty", columns, cases) == [case[-1] for case in cases]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((True, True, 7, 8, "10"), "cancelled"),
        ((False, False, 0, 8, None), "not_started"),
        ((False, True, 0, 0, None), "promo_out_of_stock"),
        ((False, True, 7, 3, "10"), "insufficient_baseline"),
        ((False, True, 7, 4, "0"), "new_on_promo"),
        ((False, True, 7, 4, "0.000001"), None),
    ],
)
def test_why_no_uplift_is_told(macros, duck, row, reason):
    sql = macros["kpi_uplift_reason"]("c", "s", "n", "p", "4", "b")
    columns = {"c": "boolean", "s": "boolean", "n": "integer", "p": "integer", "b": QTY}
    assert evaluate(duck, sql, columns, [row]) == [reason]


def test_a_prebuild_counts_what_will_be_left_on_the_eve(macros, duck):
    columns = {"d": QTY, "s": QTY, "u": QTY, "o": QTY, "b": QTY}
    cases = [
        ("100", "20", "50", "30", "40", Decimal(80)),
        ("100", "20", "50", "0", "90", Decimal(120)),  # nothing is left: demand until then takes no more than there is
        ("100", "20", "500", "0", "0", Decimal(0)),
        (None, "20", "5", "0", "0", None),
    ]
    found = said(macros, duck, "kpi_prebuild_qty", columns, cases)
    assert found[:3] == [case[-1] for case in cases[:3]]
    assert found[3] == 0  # without a demand nothing is missing; the model tells it by its reason


def test_an_order_is_at_least_the_least_and_whole(macros, duck):
    columns = {"n": QTY, "m": QTY, "x": QTY}
    cases = [
        ("80", "50", "12", Decimal(84)),
        ("3", "50", "12", Decimal(60)),
        ("0", "50", "12", Decimal(0)),
        ("80.5", None, None, Decimal("80.5")),
        ("84", "0", "12", Decimal(84)),
    ]
    assert said(macros, duck, "kpi_rounded_order_qty", columns, cases) == [case[-1] for case in cases]
