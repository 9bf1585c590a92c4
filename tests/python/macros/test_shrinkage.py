"""Formulas of losses and of supplier scores (docs/formulas.md#shrinkage, #supplier-score) on their edges."""

from __future__ import annotations

from decimal import Decimal

from tests.python.macros.render import evaluate

AMOUNT, RATIO = "decimal(24, 4)", "decimal(24, 6)"


def test_what_is_missing_comes_to(macros, duck):
    columns, cases = {"q": "decimal(18, 4)", "u": "decimal(18, 6)"}, [(3, "1.5"), (0, 9), (2, None), ("0.0005", "0.1")]
    found = evaluate(duck, macros["kpi_shrink_amount"]("q", "u"), columns, cases)
    assert found == [Decimal("4.5"), 0, None, Decimal("0.0001")]


def test_found_stock_nets(macros, duck):
    columns, cases = dict.fromkeys("lfs", AMOUNT), [(9, 3, 400), (3, 9, 400), (1, 0, 0), (1, 0, -5), (0, 0, 7)]
    found = evaluate(duck, macros["kpi_shrinkage_ratio"]("l", "f", "s"), columns, cases)
    assert found == [Decimal("0.015"), Decimal("-0.015"), None, None, 0]


def test_a_rate_on_stock_is_a_rate_a_year(macros, duck):
    columns, cases = dict.fromkeys("lfv", AMOUNT), [(6, 2, 14_600), (6, 2, 0), (2, 6, 14_600)]
    found = evaluate(duck, macros["kpi_shrinkage_stock_ratio"]("l", "f", "v"), columns, cases)
    assert found == [Decimal("0.1"), None, Decimal("-0.1")]


def test_the_first_reason_speaks(macros, duck):
    columns = {"closed": "boolean", "n": "bigint", "c": RATIO, "least": RATIO, "m": "bigint", "s": AMOUNT}
    cases = [
        (True, 1, "0.6", "0.6", 1, 1, None),
        (False, 0, None, "0.6", 0, 0, "open_quarter"),
        (True, 0, None, "0.6", 0, 0, "no_count"),
        (True, 1, "0.599999", "0.6", 0, 0, "low_coverage"),
        (True, 1, None, "0.6", 1, 1, "low_coverage"),
        (True, 1, "0.6", "0.6", 0, 0, "no_price"),
        (True, 1, "0.6", "0.6", 1, 0, "no_sales"),
    ]
    macro = macros["kpi_shrinkage_reason"]("closed", "n", "c", "least", "m", "no_price", "s")
    assert evaluate(duck, macro, columns, [case[:-1] for case in cases]) == [case[-1] for case in cases]


def test_a_gap_is_strict_and_never_null(macros, duck):
    columns = {"r": RATIO, "low": RATIO, "ref": RATIO, "n": "bigint", "least": "bigint"}
    cases = [
        ("0.02", "0.015", "0.014", 30, 30, True),
        ("0.02", "0.014", "0.014", 30, 30, False),
        ("0.014", "0.015", "0.014", 30, 30, False),
        ("0.02", "0.015", "0.014", 29, 30, False),
        ("0.02", None, "0.014", 30, 30, False),
        ("0.02", "0.015", None, 30, 30, False),
    ]
    macro = macros["kpi_is_shrink_gap"]("r", "low", "ref", "n", "least")
    assert evaluate(duck, macro, columns, [case[:-1] for case in cases]) == [case[-1] for case in cases]


def test_a_score_rests_on_the_weights_of_what_is_known(macros, duck):
    columns = {"a": RATIO, "b": RATIO, "u": "decimal(18, 6)", "v": "decimal(18, 6)"}
    cases = [("0.5", "1", "0.4", "0.3"), ("0.5", None, "0.4", "0.3"), (None, None, "0.4", "0.3")]
    parts = {"a": "u", "b": "v"}
    assert evaluate(duck, macros["kpi_known_weight"](parts), columns, cases) == [Decimal("0.7"), Decimal("0.4"), 0]
    assert evaluate(duck, macros["kpi_weighted_parts"](parts), columns, cases) == [Decimal("0.5"), Decimal("0.2"), 0]
    shares = evaluate(duck, macros["kpi_spend_share"]("a", "b"), {"a": AMOUNT, "b": AMOUNT}, [(1, 4), (1, 0)])
    assert shares == [Decimal("0.25"), None]
