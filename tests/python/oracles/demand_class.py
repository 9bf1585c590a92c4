"""Demand class of a series of weeks after Syntetos and Boylan (docs/formulas.md#abc, A13-A15)."""

from __future__ import annotations

import statistics
from datetime import date, timedelta
from decimal import Decimal

from tests.python.oracles.accepted import policy
from tests.python.oracles.company import DAY


def weeks(first: date, series: list[Decimal]) -> list[Decimal]:
    """Demand of each ISO week the series of days touches."""
    by_week: dict[date, Decimal] = {}
    for place, qty in enumerate(series):
        day = first + place * DAY
        monday = day - timedelta(days=day.weekday())
        by_week[monday] = by_week.get(monday, Decimal(0)) + qty
    return list(by_week.values())


def class_of(weekly: list[Decimal]) -> tuple[float | None, float | None, str | None]:
    """(ADI, CV2 of the weeks with demand, class); equal to a cut goes to the harder class."""
    sizes = [float(qty) for qty in weekly if qty > 0]
    if not sizes:
        return None, None, None
    adi = len(weekly) / len(sizes)
    cv2 = statistics.variance(sizes) / statistics.mean(sizes) ** 2 if len(sizes) > 1 else None
    rare, wild = adi >= float(policy("adi_cut")), (cv2 or 0.0) >= float(policy("cv2_cut"))
    return adi, cv2, ("lumpy" if wild else "intermittent") if rare else ("erratic" if wild else "smooth")
