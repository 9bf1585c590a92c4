"""Bins and lots of the company of edge cases: what no other source of it shows.

Here: an extract that a later one replaces, bins an hour after the ERP's cut-off, goods of another owner, in
quarantine, in cases, in no ledger, of no item; a lot on its last day and one past it. Not here: any expected figure.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

LAST = datetime(2026, 6, 19, 22)


def batches(company) -> Iterator[tuple]:
    """(source, instance, entity, batch, rows, extracted_at) in order of extraction."""
    yield "wms", "E1", "lots", "20260101", _lots(date(2027, 1, 1)), datetime(2026, 1, 1, tzinfo=UTC)
    yield "wms", "E1", "lots", "20260620", _lots(date(2026, 6, 19)), datetime(2026, 6, 20, 5, tzinfo=UTC)
    for load, off in ((1, 1000), (2, 0)):  # the later extract of one moment speaks
        at = LAST.replace(tzinfo=UTC) + timedelta(minutes=90 + load)
        yield "wms", "E1", "bin_balances", f"20260619-{load}", _east(company, LAST + timedelta(hours=1), off), at
    yield "wms", "W1", "bin_balances", "20260618", _west(company, LAST - timedelta(hours=25)), _after(25)
    yield "wms", "W1", "bin_balances", "20260619", _west(company, LAST - timedelta(hours=10)), _after(10)


def _after(hours: int) -> datetime:
    return LAST.replace(tzinfo=UTC) - timedelta(hours=hours) + timedelta(minutes=20)


def _lots(l1: date) -> list[dict]:
    """L1 passes its date on the day before the cut-off, by the later message; L2 never does; an item nobody knows."""
    lots = [("e02", "L1", l1), ("e02", "L2", date(2026, 6, 20)), ("zz", "L1", l1)]
    came = datetime(2025, 1, 10, 5)
    return [{"item_code": i, "lot": lot, "expiry_date": day, "received_at": came} for i, lot, day in lots]


def _row(item: str, qty, as_of: datetime, bin_code: str = "A-1", uom: str = "EA", **more) -> dict:
    return {"bin": bin_code, "item_code": item, "qty": qty, "uom": uom, "as_of": as_of} | more


def _east(company, as_of: datetime, off: int) -> list[dict]:
    """Every item of E1 right, but for e03 (two short) and e10, whose ERP is wrong; off spoils the first extract."""
    rows = []
    for site, item in sorted(company.stock):
        if site == "E1" and item not in ("e01", "e13"):
            qty = company.on_hand(site, item, as_of)
            rows.append(_row(item, qty - (2 if item == "e03" else 0) + off, as_of))
    e01 = company.on_hand("E1", "e01", as_of)
    rows += [_row("e01", e01 // 12, as_of, uom="CASE"), _row("e01", e01 % 12, as_of, "A-2")]
    rows += [
        _row("e02", 5, as_of, "Q-1", stock_status="quarantine", lot="L1"),
        _row("e06", 400, as_of, "C-1", owner_code="supplier9"),
        _row("e14", 3, as_of, "B-1"),  # nothing else speaks of it
        _row("zz", 3, as_of, "B-2"),
    ]
    return rows


def _west(company, as_of: datetime) -> list[dict]:
    return [_row("w01", company.on_hand("W1", "w01", as_of), as_of), _row("w20", 1, as_of)]
