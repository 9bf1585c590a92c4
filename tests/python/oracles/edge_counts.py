"""Counts with edges: before and after the movements of one day, in the wrong bin, recounted, with and without a lot.

Here: rows of wms.cycle_counts of site E1 and the adjustment that one of them posts. Not here: the movements of the year
(edge_company.py).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

_DAY = datetime(2026, 5, 20, 15)


def post_adjustment(event: Callable) -> None:
    """What count k1 corrects: posted at its very instant."""
    event("E1", "adjustment", "e03", _DAY, -2)


def rows(on_hand: Callable[[str, str, datetime], Decimal], sales: list[datetime]) -> list[dict]:
    """Count lines. on_hand: ledger of (site, item) up to an instant, it included; sales: instants of sales of e04."""
    just = timedelta(microseconds=1)
    book = on_hand("E1", "e03", _DAY - just)
    found = [
        _row("k0", "e03", _DAY - timedelta(days=40), on_hand("E1", "e03", _DAY - timedelta(days=40)), 0),
        _row("k1", "e03", _DAY, book, -2),
        # Minutes later the book holds the adjustment, and one of the two comes to light.
        _row("k1-again", "e03", _DAY + timedelta(minutes=3), book - 2, 1) | {"recount_of": "k1", "trigger": "recount"},
    ]
    held = on_hand("E1", "e04", _DAY)
    wrong_bin = (("B1", held - 5, 3), ("B2", Decimal(5), -3))
    found += [_row(f"k2-{name}", "e04", _DAY, qty, off) | {"bin": name} for name, qty, off in wrong_bin]
    for number, at in enumerate(sales[-3:]):  # just before a sale, at it, and just after
        for place, moment in enumerate((at - just, at + just)):
            found.append(_row(f"k3-{number}{place}", "e04", moment, on_hand("E1", "e04", moment), 0))
    return found


def _row(name: str, item: str, at: datetime, book: Decimal, off: int) -> dict:
    return {"count_id": name, "item_code": item, "uom": "EA", "book_qty": book, "counted_qty": book + off,
            "counted_at": at, "trigger": "scheduled"}  # fmt: skip
