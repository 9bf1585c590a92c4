"""What the planners of the edge company expected: the edges of lags, periods, places and demand.

Here: rows of demand_forecasts of east in landing columns. Not here: what was demanded (edge_company.py).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

EXTRACTED_AT = datetime(2026, 6, 20, 6, tzinfo=UTC)
_MONTHS = [date(2025 + n // 12, n % 12 + 1, 1) for n in range(1, 21)]  # February 2025 to September 2026
# item -> (unit, mean of a month's forecast, who adjusts, is the method's own figure kept)
_MONTHLY = {
    "e01": ("CASE", 6, ("anna", "ben"), True),
    "e03": ("EA", 60, (None,), False),
    "e04": ("EA", 20, ("anna", None), True),  # no cost
    "e08": ("EA", 10, (None,), True),  # no lead time at all
    "e10": ("EA", 70, ("ben",), True),  # stops selling in April 2026
    "e16": ("EA", 0, (None,), True),  # nothing expected and nothing sold
}


def batches() -> Iterator[tuple[str, str, str, str, list[dict], datetime]]:
    """(source, instance, entity, batch, rows, extracted_at): the forecasts, and one of them told again."""
    rows = list(_rows())
    yield "erp", "east", "demand_forecasts", "20260619", rows, EXTRACTED_AT - timedelta(days=1)
    again = [{**rows[30], "forecast_qty": rows[30]["forecast_qty"] + 3}]
    yield "erp", "east", "demand_forecasts", "20260620", again, EXTRACTED_AT
    yield "baseline", "east", "demand_forecasts", "20260531", list(_baseline()), EXTRACTED_AT


def _row(item: str, made: datetime, start: date, period: str, qty: Any, uom: str = "EA", **more: Any) -> dict:
    told = {"item_code": item, "location_code": "E1", "made_at": made, "period_start": start, "period_type": period}
    return told | {"forecast_qty": Decimal(qty), "uom": uom, "method": "mean"} | more


def _baseline() -> Iterator[dict]:
    """A statistical forecast of some of the same months, made two months before: of e10 and e04 not of all."""
    for item, qty in (("e01", 70), ("e03", 55), ("e04", 18), ("e10", 61)):
        for place, start in enumerate(_MONTHS[11:17]):
            if item in ("e01", "e03") or place % 2:
                made = datetime(start.year, start.month, 1, 12) - timedelta(days=40)
                yield _row(item, made, start, "month", qty + place, statistical_qty=Decimal(qty + place))


def _rows() -> Iterator[dict]:
    chance = random.Random(5)
    for item, (uom, mean, who, is_kept) in _MONTHLY.items():
        for place, start in enumerate(_MONTHS):
            for months in (1, 2, 3):
                # On the first of a month in UTC, which is the last evening of the month before in New York.
                made = (start - timedelta(days=31 * (months - 1))).replace(day=1)
                qty = round(mean * chance.uniform(0.6, 1.6) * (2 if place > 14 else 1), 2)
                kept = Decimal(str(qty)) + 1 if is_kept else None
                told = {"statistical_qty": kept, "adjusted_by": who[place % len(who)]}
                yield _row(item, datetime(made.year, made.month, 1, 2), start, "month", str(qty), uom, **told)
    for start in _MONTHS[9:]:  # made two days before the month, which is too late for the lead time
        yield _row("e15", datetime.combine(start, datetime.min.time()) - timedelta(days=2), start, "month", 30)
    for start in _MONTHS[11:17]:  # received once and never sold
        yield _row("e09", datetime(start.year, start.month, 1) - timedelta(days=50), start, "month", 12)
    for start in (date(2026, 4, 1), date(2026, 5, 1)):  # before anything of it had come
        yield _row("e11", datetime(2026, 1, 20), start, "month", 9)
    yield _row("e06", datetime(2026, 3, 1), date(2026, 4, 15), "month", 9)  # no month begins on the fifteenth
    yield _row("e06", datetime(2026, 3, 1), date(2026, 5, 1), "month", 9)
    yield _row("e02", datetime(2026, 3, 1), date(2026, 5, 1), "month", 9, location_code=None)  # the whole division
    yield _row("e02", datetime(2026, 3, 1), date(2026, 5, 1), "month", 9, location_code="NOWHERE")
    for week in range(26):  # from 29 December on, on each Sunday for ten weeks
        sunday = date(2025, 12, 28) + timedelta(weeks=week)
        for ahead in range(10):
            start = sunday + timedelta(days=1, weeks=ahead)
            qty = str(round(chance.uniform(0, 12), 1))
            yield _row("e12", datetime.combine(sunday, datetime.min.time()).replace(hour=18), start, "week", qty)
    for day in range(45):  # single days, three weeks ahead
        start = date(2026, 4, 20) + timedelta(days=day)
        made = datetime.combine(start, datetime.min.time()) - timedelta(days=21)
        yield _row("e05", made, start, "day", str(chance.randint(0, 4)))
