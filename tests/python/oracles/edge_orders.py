"""Order lines of the company of edge cases, one for each way in which a receipt can differ from its promise.

Here: purchase order lines and receipts per division in landing columns; the data end on 20 June 2026. Not here: the
orders that only give a price (edge_masters.py) and any expected figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal


@dataclass(frozen=True)
class Line:
    """A line ordered on `day`, promised `lead` days later, and its receipts: (days after the promise, qty, rejected).

    lead None: nothing was promised. A receipt may name its hour as a fourth part; it is noon otherwise.
    """

    name: str
    day: str
    lead: int | None
    qty: str = "100"
    receipts: tuple[tuple, ...] = ()
    status: str = "received"
    slip: int = 0  # days by which the promise was moved
    division: str = "west"
    location: str = "W1"
    item: str = "w01"
    uom: str = "EA"
    price: str | None = "5"
    currency: str | None = "EUR"
    supplier: str = "s1"
    confirmed_hours: int | None = None  # after it was raised
    first_known: bool = True  # whether the first promise is told


LINES = [
    # 10 % of 20 days is 2: on the limit, above it, early, and below a promise of nine days.
    Line("at_limit", "2026-02-02", 20, receipts=((2, 100, 0),)),
    Line("above_limit", "2026-02-02", 20, receipts=((3, 100, 0),)),
    Line("early_at_limit", "2026-02-02", 20, receipts=((-2, 100, 0),)),
    Line("early", "2026-02-02", 20, receipts=((-4, 100, 0),)),
    Line("early_three", "2026-02-02", 20, receipts=((-3, 100, 0),)),
    Line("one_of_nine", "2026-02-02", 9, receipts=((1, 100, 0),), supplier="s2"),
    Line("to_the_day", "2026-02-02", 20, receipts=((0, 100, 0),), supplier="s2"),
    # No lead time was promised: days alone.
    Line("same_day_two", "2026-03-02", 0, receipts=((2, 100, 0),)),
    Line("same_day_three", "2026-03-02", 0, receipts=((3, 100, 0),)),
    Line("promised_backwards", "2026-03-02", -4, receipts=((5, 100, 0),)),
    Line("no_promise", "2026-03-02", None, receipts=((0, 100, 0),)),
    Line("no_promise_open", "2026-03-02", None, status="open"),
    Line("no_promise_never", "2026-03-02", None, status="closed_short"),
    Line("only_last_promise", "2026-03-02", 10, receipts=((1, 100, 0),), first_known=False),
    # Not judged, or not by date.
    Line("cancelled", "2026-03-02", 10, receipts=((9, 50, 0),), status="cancelled"),
    Line("nothing_ordered", "2026-03-02", 10, "0", receipts=((1, 5, 0),)),
    Line("nothing_at_all", "2026-03-02", 10, "0", status="open"),
    Line("before_the_order", "2026-03-02", 10, receipts=((-11, 100, 0),)),
    Line("before_and_short", "2026-03-02", 10, receipts=((-11, 60, 0),), status="closed_short"),
    # Quantities: over delivery around both roofs, short around the floor, rejections, what came back.
    *(
        Line(f"accepted_{qty}", "2026-04-01", 10, receipts=((0, qty, 0),), status=status, supplier="s3")
        for qty, status in [
            ("105", "received"),
            ("105.0001", "received"),
            ("110", "received"),
            ("110.0001", "received"),
            ("90", "closed_short"),
            ("89.9999", "closed_short"),
            ("99.9999", "received"),
        ]
    ),
    Line("rejected_and_replaced", "2026-04-01", 10, receipts=((-1, 100, 30), (6, 30, 0))),
    Line("all_rejected", "2026-04-01", 10, receipts=((0, 100, 100),), status="closed_short"),
    Line("in_three_parts", "2026-04-01", 30, receipts=((-5, 40, 0), (-1, 40, 0), (1, 10, 0), (1, 10, 0), (9, 3, 0))),
    Line("sent_back", "2026-04-01", 10, receipts=((0, 100, 0), (3, -40, 0)), status="open"),
    Line("sent_back_and_again", "2026-04-01", 10, receipts=((0, 100, 0), (3, -40, 0), (8, 40, 0))),
    Line("never_received", "2026-04-01", 10, status="closed_short", supplier="s4"),
    Line("received_without_receipt", "2026-04-01", 10, supplier="s4"),
    # Open at the cut-off: due tomorrow, today, yesterday, long ago in part, and full although nobody closed it.
    Line("due_tomorrow", "2026-06-01", 20, status="open"),
    Line("due_today", "2026-06-01", 19, status="open"),
    Line("due_yesterday", "2026-06-01", 18, status="open"),
    Line("a_day_over_of_thirty", "2026-05-20", 30, status="open"),
    Line("partly_here", "2026-05-01", 10, receipts=((2, 70, 0),), status="open"),
    Line("full_but_open", "2026-05-01", 10, receipts=((2, 100, 0),), status="open"),
    Line("came_before_its_month", "2026-06-02", 60, receipts=((-50, 100, 0),)),
    # Promises moved: late by the first, in time by the last; overdue by the first only.
    Line("moved", "2026-04-01", 10, receipts=((8, 100, 0),), slip=8),
    Line("moved_and_open", "2026-05-25", 10, status="open", slip=60),
    # Days are those of the site: 23:30 UTC is tomorrow in Madrid, 16:00 UTC tomorrow in Tokyo, 03:00 UTC yesterday in
    # New York; the lead time starts at the confirmation.
    Line("late_at_night", "2026-04-01", 10, receipts=((0, 100, 0, 23.5),)),
    Line("tokyo", "2026-04-01", 10, receipts=((0, 100, 0, 16),), location="W2"),
    Line("new_york", "2026-04-01", 10, receipts=((1, 100, 0, 3),), division="east", location="E1", item="e03",
         currency="USD"),
    Line("confirmed_late", "2026-04-01", 20, receipts=((2, 100, 0),), confirmed_hours=24 * 6),
    # Units and money: cases of twelve, a currency without rates, none, no price, a month without a rate, dollars.
    Line("cases", "2026-04-01", 10, "10", receipts=((2, 8, 1), (4, 3, 0)), division="east", location="E1", item="e01",
         uom="CASE", price="100", currency="USD"),
    Line("pieces_of_cases", "2026-04-01", 10, "10", receipts=((2, 9, 0),), status="closed_short", division="east",
         location="E1", item="e01", uom="CASE", price="100", currency="USD"),
    Line("francs", "2026-04-01", 10, receipts=((0, 100, 0),), currency="CHF"),
    Line("no_currency", "2026-04-01", 10, receipts=((0, 100, 0),), currency=None),
    Line("no_price", "2026-04-01", 10, receipts=((0, 100, 0),), price=None),
    Line("dollars", "2026-04-01", 10, receipts=((0, 100, 0),), currency="USD"),
    Line("pounds_of_a_month_without_rate", "2025-01-20", 10, receipts=((0, 100, 0),), division="isle", location="I1",
         item="i01", currency="GBP"),
    Line("free_francs", "2026-04-01", 10, receipts=((0, 100, 0),), currency="CHF", supplier="s5"),
]  # fmt: skip


def order_lines(division: str) -> list[dict]:
    """Rows of erp.purchase_order_lines of one division."""
    return [_order_line(line) for line in LINES if line.division == division]


def _order_line(line: Line) -> dict:
    raised = datetime.fromisoformat(line.day) + timedelta(hours=9)
    confirmed = None if line.confirmed_hours is None else raised + timedelta(hours=line.confirmed_hours)
    promise = None if line.lead is None else date.fromisoformat(line.day) + timedelta(days=line.lead)
    return {
        "order_number": line.name,
        "line_number": "1",
        "item_code": line.item,
        "supplier_code": line.supplier,
        "location_code": line.location,
        "created_at": raised,
        "sent_at": confirmed and raised + timedelta(hours=1),
        "confirmed_at": confirmed,
        "original_promised_date": promise if line.first_known else None,
        "promised_date": promise and promise + timedelta(days=line.slip),
        "ordered_qty": Decimal(line.qty),
        "uom": line.uom,
        "unit_price": line.price and Decimal(line.price),
        "currency": line.currency,
        "status": line.status,
    }


def receipts(division: str) -> list[dict]:
    """Rows of erp.purchase_receipts of one division; days of a line without a promise count from its order."""
    rows = []
    for line in LINES:
        promise = date.fromisoformat(line.day) + timedelta(days=line.lead or 0)
        for number, (days, qty, rejected, *hour) in enumerate(line.receipts if line.division == division else ()):
            day = datetime.combine(promise + timedelta(days=days), datetime.min.time())
            rows.append(
                {
                    "receipt_number": f"{line.name}-{number}",
                    "order_number": line.name,
                    "line_number": "1",
                    "item_code": line.item,
                    "location_code": line.location,
                    "received_qty": Decimal(qty),
                    "rejected_qty": Decimal(rejected) if rejected else None,
                    "uom": line.uom,
                    "received_at": day + timedelta(hours=hour[0] if hour else 12),
                }
            )
    return rows
