"""Moments and class of the demand of every SKU-location, from the day-by-day series and Python's statistics module."""

from __future__ import annotations

import statistics
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from tests.python.oracles.accepted import policy
from tests.python.oracles.company import DAY, Company
from tests.python.oracles.compare import assert_none, near
from tests.python.oracles.demand_class import class_of, weeks


def demanded(company: Company, record: tuple[str, str]) -> tuple[date, list[Decimal]]:
    """(first day of the window, gross demand of each of its days), zero days included."""
    window = company.as_of_date - timedelta(days=int(policy("demand_window_days")) - 1)
    first = max(window, company.first_day[record])
    by_day: dict[date, Decimal] = defaultdict(Decimal)
    for leg in company.by_record[record]:
        if leg.is_demand:
            by_day[leg.day] -= leg.qty
    days = (company.as_of_date - first).days + 1
    return first, [by_day[first + place * DAY] for place in range(days)]


def test_statistics_of_every_record(case):
    company, found = case.company, {}
    for row in case.marts.rows("select * from core.fct_demand_statistic"):
        found[row["sku_id"], row["location_id"]] = row
    records = {record for record in company.by_record if company.first_day[record] <= company.as_of_date}
    assert set(found) == records
    wrong = []
    for record in sorted(records):
        row, (first, series) = found[record], demanded(company, record)
        if any(qty < 0 for qty in series):
            continue
        mean = sum(series, Decimal(0)) / len(series)
        deviation = statistics.stdev([float(qty) for qty in series]) if len(series) > 1 else None
        adi, cv2, kind = class_of(weeks(first, series))
        reason = "no_demand" if sum(series) == 0 else "short_history" if len(series) < 2 else None
        same = (
            row["window_start_date"] == first
            and row["active_day_count"] == len(series)
            and row["demand_day_count"] == sum(qty > 0 for qty in series)
            and row["demand_qty"] == sum(series)
            and near(row["mean_daily_qty"], mean)
            and near(row["sd_daily_qty"], None if deviation is None else Decimal(deviation))
            and near(row["adi_ratio"], None if adi is None else Decimal(adi))
            and near(row["nonzero_cv2_ratio"], None if cv2 is None else Decimal(cv2), 4)
            and (row["demand_class"], row["demand_reason"]) == (kind, reason)
        )
        if not same:
            wrong.append((record, row, mean, deviation, adi, cv2, kind, reason))
    assert_none(wrong, len(records))
