"""The floor of the company of edge cases: a list of bins, failed picks, promotions.

Here: a bin that the latest list no longer names, one that is closed and holds what came in, full ones; picks on both
sides of a count and of the window; a promotion everywhere and a cancelled one. Not here: what lies in the bins
(edge_bins.py) and any expected figure.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

_AT = datetime(2026, 6, 20, 5, tzinfo=UTC)
_CUT_OFF = datetime(2026, 6, 20, 6, tzinfo=UTC)
# (item, kind, moment, when found). The cut-off is 2026-06-20 06:00, the window begins two weeks before, e01 was counted
# on the tenth at three, e05 stands below nought.
_PICKS = [
    ("e01", "short_pick", datetime(2026, 6, 10, 2), None),
    ("e01", "short_pick", datetime(2026, 6, 10, 3), None),
    ("e01", "not_found", datetime(2026, 6, 12, 9), None),
    ("e03", "short_pick", datetime(2026, 6, 6, 6, 0, 1), None),
    ("e03", "not_found", datetime(2026, 6, 20, 6), None),
    ("e07", "short_pick", datetime(2026, 6, 6, 6), None),
    ("e07", "short_pick", datetime(2026, 6, 7, 6), None),
    ("e10", "not_found", datetime(2026, 6, 18, 9), None),
    ("e10", "not_found", datetime(2026, 6, 18, 10), datetime(2026, 6, 19, 8)),
    ("e12", "damaged", datetime(2026, 6, 18, 9), None),
    ("e12", "wrong_item", datetime(2026, 6, 18, 9), None),
    ("e05", "not_found", datetime(2026, 6, 18, 9), None),
    ("e05", "not_found", datetime(2026, 6, 18, 10), None),
    ("zz", "not_found", datetime(2026, 6, 18, 10), None),
]


def batches() -> Iterator[tuple]:
    """(source, instance, entity, batch, rows, extracted_at) in order of extraction."""
    old = [_bin("A-1"), _bin("A-2"), _bin("B-1"), _bin("C-1"), _bin("Q-1")]
    yield "wms", "E1", "bins", "20260101", old, datetime(2026, 1, 1, tzinfo=UTC)
    yield "wms", "E1", "bins", "20260620", _bins(), _AT
    # Extracted at the cut-off: an event after its extraction is held back.
    yield "wms", "E1", "pick_errors", "20260620", [_pick(n, *pick) for n, pick in enumerate(_PICKS)], _CUT_OFF
    yield "erp", "east", "promotions", "20260620", _east(), _AT
    yield "erp", "west", "promotions", "20260620", [_promotion("P3", "w02", "W1", date(2026, 3, 2))], _AT


def _bin(code: str, **more) -> dict:
    return {"bin": code, "zone_type": "pick"} | more


def _bins() -> list[dict]:
    return [
        _bin("A-1", capacity_qty=Decimal(60)),
        _bin("A-2", zone_type="staging", status="closed"),
        _bin("B-1", zone_type="staging", status="open"),
        _bin("B-2"),
        _bin("Q-1", zone_type="quarantine", capacity_qty=Decimal(5)),
    ]


def _pick(number: int, item: str, kind: str, at: datetime, found: datetime | None) -> dict:
    return {"error_id": f"p{number}", "item_code": item, "bin": "A-1", "error_type": kind, "short_qty": Decimal(1),
            "uom": "EA", "occurred_at": at, "found_at": found}  # fmt: skip


def _east() -> list[dict]:
    return [
        _promotion("P1", "e10", None, date(2026, 1, 5)),
        _promotion("P1", "e02", "E1", date(2026, 1, 5)),
        _promotion("P2", "e10", None, date(2025, 10, 6), "cancelled"),
    ]


def _promotion(code: str, item: str, location: str | None, start: date, status: str = "ended") -> dict:
    return {"promotion_code": code, "item_code": item, "location_code": location, "mechanic": "price_cut",
            "start_date": start, "end_date": start.replace(day=start.day + 20), "status": status}  # fmt: skip
