"""What the edge company's customers ordered: orders put under invoices that are there, and the edges of serving them.

Here: rows of sales_order_lines and order_stages, and the order an invoice line or return names. Not here: the invoices
themselves (edge_sales.py) and any expected figure.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

DAY = timedelta(days=1)
CUT_OFF = datetime(2026, 6, 20, 6)
# kind -> (days asked and promised after shipping, factor on what was shipped, status, reason); None: no such day.
KINDS: dict[str, tuple[int | None, int | None, str, str, str | None]] = {
    "in_time": (0, 0, "1", "shipped", None),
    "early": (5, 5, "1", "shipped", None),
    "late": (-1, -1, "1", "shipped", None),
    "late_for_the_wish": (-1, 1, "1", "shipped", None),
    "only_promised": (None, 0, "1", "shipped", None),
    "only_asked": (0, None, "1", "shipped", None),
    "no_day": (None, None, "1", "shipped", None),
    "short": (0, 0, "2", "closed_short", "no_stock"),
    "short_by_the_customer": (0, 0, "2", "closed_short", "customer"),
    "too_much": (0, 0, "0.5", "shipped", None),
    "nothing_ordered": (0, 0, "0", "shipped", None),
    "not_due": (900, 900, "1", "open", None),
}
NOTHING_SHIPPED = [("cancelled", "no_stock"), ("cancelled", "credit"), ("cancelled", None), ("open", None),
                   ("cancelled", "duplicate")]  # fmt: skip


def orders(site: str, lines: list[dict[str, Any]], currency: str) -> list[dict[str, Any]]:
    """Order lines under every fourth invoice line, which is told its order, and as many that nothing was shipped of."""
    found, kinds = [], list(KINDS.items())
    for number, line in enumerate(lines[::4]):
        kind, (asked, promised, factor, status, reason) = kinds[number % len(kinds)]
        order, place = f"{site}-O{number // 2}", str(number % 2 + 1)
        line |= {"order_number": order, "order_line_number": place}
        moment = line["shipped_at"]
        qty = line["shipped_qty"] * Decimal(factor)
        told = {"status": status, "cancel_reason": reason, "ordered_qty": qty}
        told |= {"requested_date": _day(moment, asked), "promised_date": _day(moment, promised)}
        found.append(_line(site, order, place, line["item_code"], line["uom"], moment, number, currency) | told)
        if kind == "in_time" and number % 24 == 0:  # delivered in two parts, the second one days later
            found[-1]["ordered_qty"] = qty * 3
            rest = {"invoice_number": f"{site}-R{number}", "line_number": "1", "shipped_at": moment + 3 * DAY}
            lines.append({**line, **rest, "shipped_qty": qty * 2, "invoiced_at": moment + 3 * DAY})
        if number % 6 == 0:
            status, reason = NOTHING_SHIPPED[number // 6 % len(NOTHING_SHIPPED)]
            lost = _line(site, order, "9", line["item_code"], "EA", moment, number + 1, currency)
            lost |= {"status": status, "cancel_reason": reason, "ordered_qty": Decimal(7)}
            found.append(lost | {"requested_date": _day(moment, 0), "promised_date": None})
    strange = _line(site, f"{site}-OX", "1", "never heard of", "EA", lines[0]["shipped_at"], 1, currency)
    return [*found, {**strange, "ordered_qty": Decimal(3), "status": "open", "cancel_reason": None}]


def stages(site: str, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the warehouse tells of some shipped lines: they left, some with less, and arrived, some late."""
    found = []
    for number, line in enumerate([line for line in lines if "order_number" in line][::3]):
        key = {"order_number": line["order_number"], "line_number": line["order_line_number"]}
        base = key | {"item_code": line["item_code"], "uom": line["uom"]}
        qty = line["shipped_qty"] - (Decimal("0.5") if number % 7 == 3 else 0)
        found.append(base | {"stage": "shipped", "qty": max(qty, Decimal(0)), "occurred_at": line["shipped_at"]})
        if number % 4 != 1:
            at = line["shipped_at"] + timedelta(hours=2 if number % 3 else 50)
            found.append(base | {"stage": "delivered", "qty": line["shipped_qty"], "occurred_at": at})
    once = {(row["order_number"], row["line_number"], row["stage"]): row for row in found}
    return [row for row in once.values() if row["occurred_at"] < CUT_OFF]


def returned(credits: list[dict[str, Any]], lines: list[dict[str, Any]]) -> None:
    """Tell some returns their invoice line and why the goods came back."""
    reasons = ("damaged", "remorse", "wrong_item", "defective", None)
    for number, (credit, line) in enumerate(zip(credits, lines[::8], strict=False)):
        credit |= {"invoice_number": line["invoice_number"], "invoice_line_number": line["line_number"]}
        credit["reason"] = reasons[number % len(reasons)]


def _day(moment: datetime, days: int | None) -> date | None:
    """The day in New York, near enough, some days after a moment."""
    return None if days is None else (moment - timedelta(hours=5)).date() + days * DAY


def _line(site: str, order: str, place: str, item: str, uom: str, moment: datetime, number: int, currency: str
          ) -> dict[str, Any]:  # fmt: skip
    price = None if number % 9 == 4 else Decimal(3) + number % 5
    return {
        "order_number": order,
        "line_number": place,
        "customer_code": f"c{number % 4 + 1}",
        "item_code": item,
        "location_code": site,
        "ordered_at": moment - timedelta(hours=number % 40),
        "uom": uom,
        "unit_price": price,
        "currency": "CHF" if number % 23 == 5 else currency,
    }
