"""Which side stands alone, missing legs, promises, explained classes and the gross ratio (docs/formulas.md B2.1)."""

from __future__ import annotations

from decimal import Decimal

from tests.python.macros.render import evaluate

QTY = "decimal(18, 4)"


def test_the_side_alone_is_the_one_with_which_no_other_agrees(macros, duck):
    types = {"erp_ledger": "boolean", "bin_ledger": "boolean", "erp_bin": "boolean"}
    cases = [
        (True, True, True, "none"),
        (True, True, False, "none"),  # two small differences may add up beyond tolerance
        (False, True, False, "erp"),
        (False, True, True, "erp"),
        (True, False, False, "wms"),
        (True, False, True, "wms"),
        (False, False, True, "ledger"),
        (False, False, False, "all"),
        (True, None, None, "none"),
        (False, None, None, "unknown"),
    ]
    macro = macros["kpi_side_alone"]("erp_ledger", "bin_ledger", "erp_bin")
    assert evaluate(duck, macro, types, [case[:3] for case in cases]) == [case[3] for case in cases]


def test_a_break_is_explained_when_both_sides_are_right_about_the_goods(macros, duck):
    explained = ["opening_balance", "timing", "in_transit", "ownership", "status_mismatch"]
    others = ["uom_mismatch", "duplicate_txn", "missing_txn", "master_mismatch", "true_variance", "matched"]
    rows = [(name,) for name in explained + others]
    found = evaluate(duck, macros["kpi_is_explained_break"]("name"), {"name": "varchar"}, rows)
    assert found == [True] * len(explained) + [False] * len(others)


def test_the_leg_nobody_told(macros, duck):
    cases = [("5", "0", "in"), ("0", "5", "out"), ("5", "5", None), ("5", "2", None), ("0", "0", None)]
    macro = macros["kpi_missing_leg"]("shipped", "received")
    found = evaluate(duck, macro, {"shipped": QTY, "received": QTY}, [case[:2] for case in cases])
    assert found == [case[2] for case in cases]


def test_no_more_is_promised_than_is_free(macros, duck):
    cases = [
        ("10", "0", "30", "10.0000"),
        ("10", "4", "30", "6.0000"),
        ("10", "12", "30", "0.0000"),  # the ledger holds more than the ERP promised
        ("50", "0", "30", "30.0000"),
        ("50", "0", "-3", "0.0000"),
        (None, None, None, "0.0000"),
    ]
    macro = macros["kpi_promised_qty"]("erp", "ledger", "free")
    found = evaluate(duck, macro, {"erp": QTY, "ledger": QTY, "free": QTY}, [case[:3] for case in cases])
    assert found == [Decimal(case[3]) for case in cases]


def test_gross_variance(macros, duck):
    cases = [("5", "200", "0.025000"), ("0", "200", "0.000000"), ("5", "0", None), ("1", "3", "0.333333")]
    macro = macros["kpi_gross_variance_ratio"]("gross", "book")
    found = evaluate(duck, macro, {"gross": "decimal(24, 4)", "book": "decimal(24, 4)"}, [case[:2] for case in cases])
    assert found == [None if case[2] is None else Decimal(case[2]) for case in cases]
