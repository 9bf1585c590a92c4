"""What the edge company buys and how it plans: terms of supply, order lines, receipts and planning parameters of east.

Here: rows of the ERP entities about replenishment, with the edges of lead times and reorder points. Not here: goods
that really move (edge_company.py); these receipts are what the ERP was told.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

SUPPLIERS = ["prompt", "late", "silent", "instant", "rare", "split", "absent", "unjudged"]

# (item, supplier, preferred, MOQ, multiple, planned lead time, unit)
ITEM_SUPPLIERS = [
    ("e01", "prompt", True, None, None, 5, "EA"),
    ("e01", "late", False, "1", "1", 2, "EA"),
    ("e02", "prompt", None, "2", "1", 5, "CASE"),  # e02 has no such unit: held back
    ("e03", "late", True, "7", None, 10, "EA"),
    ("e04", "silent", True, None, None, 9, "EA"),  # nobody ever delivered anything of its category
    ("e05", "late", True, "10", "6", 10, "EA"),  # below nothing on hand
    ("e06", "silent", True, "5", None, 3, "EA"),  # the category speaks
    ("e07", "silent", True, None, "12", 0, "EA"),  # planned without a lead time
    ("e08", "silent", True, None, None, None, "EA"),  # no lead time at all
    ("e11", "rare", True, None, None, 4, "EA"),
    ("e12", "instant", True, None, None, 0, "EA"),
    ("e15", "prompt", True, "3", "2", 5, "EA"),
]

# (item, unit, reorder point, safety stock, order quantity, review days, service level, set by, valid from)
PARAMETERS = [
    ("e01", "CASE", "3", "1", "2", 7, "0.975", "system", "2025-02-01"),
    ("e03", "EA", "0", "0", "20", None, "0.95", "system", "2025-02-01"),
    ("e05", "EA", "5", None, None, 0, None, "planner", "2025-02-01"),
    ("e06", "EA", None, None, "10", 0, "0.9", None, "2025-02-01"),
    ("e07", "EA", "9", "2", "12", 0, "0.4", "system", "2025-02-01"),  # less than half: no safety stock
    ("e08", "EA", "9", "2", "12", 0, "0.9", "system", "2025-02-01"),
    ("e09", "EA", "1000", "800", "50", 0, "0.999", "planner", "2025-02-01"),
    ("e11", "EA", "4", "1", "6", 0, "0.95", "system", "2025-02-01"),
    ("e11", "EA", "6", "1", "6", 0, "0.95", "system", "2026-06-01"),
    ("e12", "EA", "3", "1", "6", 0, "0.95", "system", "2027-01-01"),  # not in force yet
    ("e15", "EA", "2", "1", None, 0, "0.95", "system", "2025-02-01"),
]

# (order, item, supplier, ordered, status, created, sent, confirmed, first promise, promise)
SINGLE_LINES = [
    ("Q1", "e03", "late", 20, "open", "2026-06-10", None, None, "2026-06-18", "2026-07-05"),
    ("Q2", "e03", "late", 30, "open", "2026-06-10", None, None, "2026-09-30", "2026-09-30"),  # beyond the horizon
    ("Q3", "e05", "late", 18, "open", "2026-06-12", "2026-06-13", None, None, None),  # no promise
    ("Q4", "e03", "late", 40, "cancelled", "2026-05-10", None, None, "2026-05-20", "2026-05-20"),
    ("Q5", "e03", "late", 10, "received", "2026-05-20", None, None, "2026-05-15", "2026-05-15"),  # raised afterwards
    ("Q6", "e03", "late", 10, "closed_short", "2026-05-01", None, "2026-05-03", "2026-05-20", "2026-05-20"),
    ("Q7", "e11", "rare", 6, "received", "2026-05-01", None, None, "2026-05-09", "2026-05-09"),
    ("Q8", "e12", "instant", 5, "received", "2026-05-01", None, None, "2026-05-01", "2026-05-01"),
    ("Q9", "e12", "instant", 5, "received", "2026-05-04", None, None, "2026-05-04", "2026-05-04"),
    ("QA", "e01", "prompt", 24, "received", "2024-12-01", None, None, "2024-12-08", "2024-12-08"),  # before the window
    ("QB", "e01", "prompt", 24, "received", "2026-01-02", None, None, "2026-01-09", "2026-01-09"),  # far beyond the cap
    ("QC", "e09", "split", 10, "received", "2026-03-02", None, None, "2026-03-20", "2026-03-20"),  # 6 + 4, in time
    ("QD", "e09", "absent", 5, "closed_short", "2026-03-02", None, None, "2026-03-20", "2026-03-20"),  # never came
    ("QE", "e09", "unjudged", 5, "received", "2026-03-12", None, None, "2026-03-20", "2026-03-20"),  # came before it
]

# (order, received on, quantity, rejected)
SINGLE_RECEIPTS = [
    ("Q1", "2026-06-16", 8, 0),
    ("Q5", "2026-05-14", 10, 0),
    ("Q6", "2026-05-25", 6, 1),
    ("Q7", "2026-05-08", 6, None),
    ("Q8", "2026-05-01", 5, 0),
    ("Q9", "2026-05-04", 5, 0),
    ("QA", "2024-12-08", 24, 0),
    ("QB", "2026-06-01", 24, 0),
    ("QC", "2026-03-15", 6, 0),
    ("QC", "2026-03-18", 4, 0),
    ("QE", "2026-03-10", 5, 0),
]
FIRST_ORDER, ORDERS = date(2025, 7, 7), 44


def _regular() -> tuple[list[tuple], list[tuple]]:
    """Weekly lines: `prompt` keeps its promises, `late` comes late, in parts, too much or partly rejected."""
    lines, receipts = [], []
    for number in range(ORDERS):
        day = FIRST_ORDER + timedelta(weeks=number)
        order, item = f"R{number:02}", ("e01", "e03", "e15", "e05", "e01", "e09")[number % 6]
        supplier = "late" if item in ("e03", "e05") else "prompt"
        promise = day + timedelta(days=8)
        came = promise + timedelta(days=(number * 5) % 7 - (1 if supplier == "late" else 6))
        lines.append((order, item, supplier, 12, "received", day, None, day, promise, promise))
        if supplier == "prompt" or number % 4 == 1:
            receipts.append((order, came, 13 if number % 8 == 1 else 12, 0))
        else:
            receipts.append((order, came, 8, 2))
            receipts.append((order, came + timedelta(days=3), 6, None))
    return lines, receipts


def _moment(day: str | date | None, hour: int) -> datetime | None:
    return None if day is None else datetime.fromisoformat(str(day)).replace(hour=hour, tzinfo=UTC)


def _date(day: str | date | None) -> date | None:
    return None if day is None else date.fromisoformat(str(day))


def order_lines(division: str) -> list[dict]:
    """Order lines of east: created at noon, confirmed at two in the morning UTC, which is the evening before."""
    if division != "east":
        return []
    fixed = {"line_number": "1", "location_code": "E1", "uom": "EA", "currency": "USD"}
    return [
        {**fixed, "order_number": order, "item_code": item, "supplier_code": supplier, "ordered_qty": Decimal(qty)}
        | {"status": status, "created_at": _moment(created, 12), "sent_at": _moment(sent, 15)}
        | {"confirmed_at": _moment(confirmed, 2), "original_promised_date": _date(first), "promised_date": _date(last)}
        for order, item, supplier, qty, status, created, sent, confirmed, first, last in SINGLE_LINES + _regular()[0]
    ]


def receipts(division: str) -> list[dict]:
    """Receipts of those lines in the afternoon, UTC."""
    items = {line["order_number"]: line["item_code"] for line in order_lines(division)}
    told = SINGLE_RECEIPTS + _regular()[1] if division == "east" else []
    return [
        {"receipt_number": f"G{number:03}", "order_number": order, "line_number": "1", "item_code": items[order]}
        | {"location_code": "E1", "received_qty": Decimal(qty), "uom": "EA", "received_at": _moment(day, 16)}
        | {"rejected_qty": None if rejected is None else Decimal(rejected)}
        for number, (order, day, qty, rejected) in enumerate(told)
    ]


def terms(division: str) -> dict[str, list[dict]]:
    """Suppliers, their terms and planning parameters of east; no rows of the other divisions."""
    if division != "east":
        return {}
    names = ("item_code", "supplier_code", "is_preferred", "moq_qty", "order_multiple_qty", "planned_lead_time_days")
    sources = [dict(zip((*names, "uom"), row, strict=True)) for row in ITEM_SUPPLIERS]
    names = ("item_code", "uom", "reorder_point_qty", "safety_stock_qty", "order_qty", "review_days")
    names += ("service_level_ratio", "set_by", "valid_from")
    parameters = [dict(zip(names, row, strict=True)) | {"location_code": "E1"} for row in PARAMETERS]
    for row in sources + parameters:
        row.update({n: v and Decimal(v) for n, v in row.items() if n.endswith(("_qty", "_ratio"))})
    for row in parameters:
        row["valid_from"] = date.fromisoformat(row["valid_from"])
    return {
        "suppliers": [{"supplier_code": code, "supplier_name": code} for code in SUPPLIERS],
        "item_suppliers": sources,
        "planning_parameters": parameters,
    }
