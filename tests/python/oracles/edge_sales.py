"""What the edge company invoices and credits: sales of its ledger priced, and the edges of money.

Here: rows of sales_invoice_lines and sales_returns. Not here: the movements they follow from (edge_company.py).
The isle sends no invoices, the west only from a month on; there are lines for nothing, a credit above the sale, cases,
foreign currencies with and without a rate, a second delivery of a line, and invoices near midnight of a month end.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.python.oracles import edge_fill

INVOICED = {"E1": ("east", "USD", datetime(2025, 1, 1)), "W1": ("west", "EUR", datetime(2025, 4, 1))}
EXTRACTED_AT = datetime(2026, 6, 20, 6, tzinfo=UTC)


def batches(events: dict[str, list[dict]]) -> Iterator[tuple[str, str, str, str, list[dict], datetime]]:
    """(source, instance, entity, batch, rows, extracted_at) of every division that invoices."""
    for site, (division, currency, since) in INVOICED.items():
        sales = [row for row in events[site] if row["event_type"] == "sales_issue" and row["occurred_at"] >= since]
        lines = [_line(site, number, row, currency) for number, row in enumerate(sales)]
        if site == "E1":
            lines += _set_pieces()
        yield "erp", division, "sales_order_lines", "20260620", edge_fill.orders(site, lines, currency), EXTRACTED_AT
        yield "wms", site, "order_stages", "20260620", edge_fill.stages(site, lines), EXTRACTED_AT
        yield "erp", division, "sales_invoice_lines", "20260620", lines, EXTRACTED_AT - timedelta(hours=1)
        again = [{**line, "net_amount": line["net_amount"] - 1} for line in lines[5:60:11]]
        yield "erp", division, "sales_invoice_lines", "20260620-2", again, EXTRACTED_AT
        back = [row for row in events[site] if row["event_type"] == "customer_return" and row["occurred_at"] >= since]
        credits = [_credit(site, number, row, currency) for number, row in enumerate(back)]
        edge_fill.returned(credits, lines)
        if site == "E1":  # more comes back than was ever charged
            credits.append({**_credit(site, 9001, sales[0], currency), "credit_amount": Decimal(900)})
        yield "erp", division, "sales_returns", "20260620", credits, EXTRACTED_AT


def _line(site: str, number: int, sale: dict[str, Any], currency: str) -> dict[str, Any]:
    qty = -sale["qty"]
    price = Decimal(12) + Decimal(number % 7)
    return {
        "invoice_number": f"{site}-I{number // 3}",
        "line_number": str(number % 3 + 1),
        "item_code": sale["item_code"],
        "location_code": site,
        "shipped_qty": qty,
        "uom": sale["uom"],
        "net_amount": Decimal(0) if number % 41 == 7 else (qty * price).quantize(Decimal("0.01")),
        "discount_amount": Decimal("0.10") if number % 5 == 0 else None,
        "currency": currency,
        "shipped_at": sale["occurred_at"],
        "invoiced_at": sale["occurred_at"] + timedelta(hours=number % 30),
    }


def _credit(site: str, number: int, movement: dict[str, Any], currency: str) -> dict[str, Any]:
    qty = abs(movement["qty"])
    return {
        "return_number": f"{site}-C{number}",
        "line_number": "1",
        "item_code": movement["item_code"],
        "location_code": site,
        "returned_qty": qty,
        "uom": movement["uom"],
        "credit_amount": qty * 11,
        "currency": currency,
        "is_restocked": True,
        "returned_at": movement["occurred_at"],
    }


def _set_pieces() -> list[dict[str, Any]]:
    """New York is four or five hours behind UTC: the first line belongs to October, the second to November."""
    base = {"line_number": "1", "item_code": "e01", "location_code": "E1", "shipped_qty": Decimal(1), "uom": "CASE",
            "net_amount": Decimal(250), "currency": "USD"}  # fmt: skip
    moments = {
        "E1-NIGHT": (datetime(2025, 11, 1, 3, 30), {}),
        "E1-MORNING": (datetime(2025, 11, 1, 4, 30), {}),
        "E1-UNRATED": (datetime(2025, 6, 3, 15), {"currency": "CHF", "item_code": "e06", "uom": "EA"}),
        "E1-UNKNOWN": (datetime(2025, 6, 3, 15), {"item_code": "never heard of"}),
    }
    return [
        {**base, "invoice_number": number, "invoiced_at": at, "shipped_at": at, **change}
        for number, (at, change) in moments.items()
    ]
