"""What the edge company writes off: reversals beyond what was taken, goods without cost, stock, ledger or rate.

Here: rows of write_offs, and the ends that items were announced to have. Not here: any expected figure.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

EXTRACTED_AT = datetime(2026, 6, 20, 6, tzinfo=UTC)
# (division, number, site, item, quantity, unit, kind, reason, value, currency, posted, reverses)
POSTINGS = [
    ("east", "N1", "E1", "e09", 20, "EA", "write_down", "obsolete", "100", "USD", "2025-08-10 15:00", None),
    ("east", "N2", "E1", "e09", 12, "EA", "write_down", "obsolete", "60", "USD", "2026-02-02 15:00", "N1"),
    ("east", "N3", "E1", "e09", 14, "EA", "write_off", "obsolete", "70", "USD", "2026-03-02 15:00", "N1"),  # 40 is left
    ("east", "N4", "E1", "e09", 1, "EA", "write_down", None, "5", "USD", "2026-03-03 15:00", "N1"),  # nothing is
    ("east", "N5", "E1", "e10", 3, "EA", "write_off", "expired", "19.5", "USD", "2025-09-30 15:00", None),
    ("east", "N6", "E1", "e10", 4, "EA", "write_down", "obsolete", "20", "USD", "2026-05-05 15:00", None),
    ("east", "N7", "E1", "e04", 2, "EA", "write_off", "damaged", "8", "USD", "2026-04-14 15:00", None),  # no cost
    ("east", "N8", "E1", "e01", 1, "CASE", "write_off", "damaged", "120", "USD", "2025-11-01 03:30", None),  # October
    ("east", "N9", "E1", "e01", 2, "EA", "write_off", "damaged", "20", "USD", "2026-03-10 15:00", None),
    ("east", "N10", "E1", "e01", 2, "EA", "write_off", "damaged", "20", "USD", "2026-03-12 15:00", None),  # repeats
    ("east", "N11", "E1", "e01", 2, "EA", "write_off", "damaged", "20", "USD", "2026-03-15 15:00", None),  # too late
    ("east", "N12", "E1", "e01", 3, "EA", "write_off", "damaged", "30", "USD", "2026-04-02 15:00", None),
    ("east", "N13", "E1", "e01", 3, "EA", "write_off", "damaged", "30", "USD", "2026-04-03 15:00", None),
    ("east", "N14", "E1", "e01", 3, "EA", "write_off", "damaged", "30", "USD", "2026-04-08 15:00", "N13"),  # taken back
    ("east", "N15", "E1", "e01", 5, "EA", "write_down", "obsolete", "44", "USD", "2026-01-20 15:00", "OLD"),  # unknown
    ("east", "N16", "E1", "e14", 6, "EA", "write_off", "expired", "12", "USD", "2026-05-20 15:00", None),  # never moved
    ("east", "N17", "E1", "e02", 5, "EA", "write_off", "expired", "16", "USD", "2026-06-05 15:00", None),  # open month
    ("east", "N18", "E1", "e15", 4, "EA", "write_down", "obsolete", "8", "USD", "2026-02-10 15:00", None),
    ("west", "N1", "W1", "w01", 4, "EA", "write_off", "damaged", "40", "EUR", "2026-05-11 10:00", None),  # carried rate
    ("west", "N2", "W1", "w02", 4, "PC", "write_down", "obsolete", "9", "EUR", "2024-12-20 10:00", None),  # too early
    ("west", "N3", "W2", "w01", 1, "EA", "write_off", "theft", "10", "EUR", "2025-05-31 16:00", None),  # June in Tokyo
    ("isle", "N1", "I1", "i01", 3, "EA", "write_off", "damaged", "12", "GBP", "2024-11-15 10:00", None),  # no rate yet
    ("isle", "N2", "I1", "i01", 3, "EA", "write_off", "damaged", "12", "GBP", "2026-02-15 10:00", None),
]  # fmt: skip
# item -> (announced, last day of sale, successor, cubic metres of a unit)
ENDS = {
    "e09": (None, None, None, "0.25"),  # nothing has moved for more than a year
    "e10": ("2025-12-01", "2026-03-01", "e12", "0.004"),  # asked for within 90 days all the same
    "e12": ("2026-05-01", "2026-09-01", None, None),  # not over
    "e15": ("2026-01-15", "2026-02-15", "gone", "0.01"),  # superseded by what no master knows; nobody asks for it
    "e16": ("2025-06-01", "2025-09-01", None, "0.5"),  # nothing lay there yet
    "e04": ("2025-06-01", "2025-09-01", None, None),  # no cost
    "w01": (None, None, None, "0.002"),
    "e01": (None, None, None, "0.003"),
}


def with_ends(rows: dict[str, list[dict]]) -> dict[str, list[dict]]:
    """The division's rows with the ends and cubes of its items."""
    for item in rows["items"]:
        announced, end, successor, cube = ENDS.get(item["item_code"], (None,) * 4)
        item["eol_announced_on"] = announced and date.fromisoformat(announced)
        item["end_of_life_date"] = item.get("end_of_life_date") or (end and date.fromisoformat(end))
        item["superseded_by"], item["cube_m3"] = successor, cube and Decimal(cube)
    return rows


def batches() -> Iterator[tuple[str, str, str, str, list[dict], datetime]]:
    """(source, instance, entity, batch, rows, extracted_at); N9 of the east is sent again with another value."""
    for division in sorted({posting[0] for posting in POSTINGS}):
        rows = [_row(*posting) for posting in POSTINGS if posting[0] == division]
        yield "erp", division, "write_offs", "20260620", rows, EXTRACTED_AT - timedelta(hours=1)
        again = [{**row, "value_amount": row["value_amount"] + 1} for row in rows if row["write_off_number"] == "N9"]
        if again:
            yield "erp", division, "write_offs", "20260620-2", again, EXTRACTED_AT


def _row(_, number, site, item, qty, uom, kind, reason, value, currency, posted, reverses) -> dict:
    return {
        "write_off_number": number,
        "item_code": item,
        "location_code": site,
        "qty": Decimal(qty),
        "uom": uom,
        "kind": kind,
        "reason": reason,
        "value_amount": Decimal(value),
        "currency": currency,
        "posted_at": datetime.fromisoformat(posted),
        "is_reversal": reverses is not None,
        "reverses_number": reverses,
    }
