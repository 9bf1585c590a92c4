"""What is left of a receipt, its age and its value (docs/formulas.md#stock-layer)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.python.macros.render import evaluate

QTY = "decimal(18, 4)"


def test_what_is_left_of_a_receipt(macros, duck):
    cases = [
        ("12", "9", "0", "9"),  # newest: whole
        ("12", "40", "9", "3"),  # the next: the rest
        ("12", "50", "49", "0"),  # sold
        ("12", "12", "0", "12"),
        ("12", "5", "12", "0"),
        ("0.0001", "5", "0", "0.0001"),
        ("-3", "5", "0", "0"),  # negative stock is nil
        ("99999999999999", "99999999999999.9999", "0", "99999999999999"),
    ]
    macro = macros["kpi_fifo_layer_qty"]("on_hand", "received", "newer")
    found = evaluate(duck, macro, {"on_hand": QTY, "received": QTY, "newer": "decimal(38, 4)"}, [c[:3] for c in cases])
    assert found == [Decimal(case[3]) for case in cases]


def test_layers_of_any_stock_add_up_to_it(macros, duck):
    receipts = [Decimal(qty) for qty in ("3", "0.5", "7", "2.25")]
    stocks = [Decimal(n) / 4 for n in range(-4, 51)]
    rows = [(s, q, sum(receipts[:n])) for s in stocks for n, q in enumerate(receipts)]
    macro = macros["kpi_fifo_layer_qty"]("on_hand", "received", "newer")
    found = evaluate(duck, macro, {"on_hand": QTY, "received": QTY, "newer": "decimal(38, 4)"}, rows)
    sums = [sum(found[n : n + 4]) for n in range(0, len(found), 4)]
    assert sums == [min(max(stock, 0), sum(receipts)) for stock in stocks]


def test_why_no_receipt_explains_a_stock(macros, duck):
    cases = [("-0.0001", "negative_history"), ("0", "no_inbound"), ("7", "no_inbound"), (None, "no_inbound")]
    found = evaluate(duck, macros["kpi_unexplained_layer_reason"]("qty"), {"qty": QTY}, [case[:1] for case in cases])
    assert found == [case[1] for case in cases]


def test_age_begins_with_nil(macros, duck):
    day = date(2026, 3, 31)
    cases = [(date(2026, 3, 1), 30), (day, 0), (date(2026, 4, 1), 0), (date(2024, 2, 28), 762)]
    macro = macros["kpi_layer_age_days"]("receipt", "as_of")
    found = evaluate(duck, macro, {"receipt": "date", "as_of": "date"}, [(case[0], day) for case in cases])
    assert found == [case[1] for case in cases]


def test_value_is_quantity_times_cost(macros, duck):
    cases = [("3", "1.333333", "4.0000"), ("1", "0.00005", "0.0001"), ("2", None, None)]
    cases.append(("99999999999999.9999", "1000", "99999999999999999.9000"))
    columns = {"qty": QTY, "cost": "decimal(18, 6)"}
    found = evaluate(duck, macros["kpi_layer_amount"]("qty", "cost"), columns, [case[:2] for case in cases])
    assert found == [case[2] and Decimal(case[2]) for case in cases]
