"""Record rules recomputed: DQ-N1, DQ-S1, DQ-P1, DQ-P2 (docs/formulas.md B2.2), at the cut-off."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from operator import attrgetter

from tests.python.oracles.accepted import latest, policy
from tests.python.oracles.company import Company
from tests.python.oracles.costs import Record
from tests.python.oracles.stock import on_hand


def stock_at_cut_off(company: Company) -> dict[Record, Decimal]:
    """Owned stock per record at the cut-off, negative kept."""
    owned = {r: [leg for leg in company.by_record.get(r, []) if leg.is_owned] for r in company.records}
    return {record: on_hand(legs, company.as_of) or Decimal(0) for record, legs in owned.items()}


def negative(company: Company) -> set[Record]:
    """DQ-N1: on hand below nought."""
    return {record for record, qty in stock_at_cut_off(company).items() if qty < 0}


def stale(company: Company, classes: dict[Record, str | None]) -> dict[Record, int]:
    """DQ-S1: record -> age in days of what the ERP last said of it, where it is older than its class may be."""
    told: dict[Record, date] = {}
    for row, _ in company.balances:
        record = company.balance_record(row)
        if record and row.owner_code in (None, row.instance):
            told[record] = max(told.get(record, date.min), row.as_of.date())
    limits = {"A": int(policy("max_record_age_days", ("abc_class", "A")))}
    limits["B"] = int(policy("max_record_age_days", ("abc_class", "B")))
    other = int(policy("max_record_age_days"))
    ages = {record: (company.as_of_date - day).days for record, day in told.items()}
    return {record: age for record, age in ages.items() if age > limits.get(classes.get(record) or "", other)}


def frozen(company: Company) -> dict[Record, float]:
    """DQ-P1: record -> probability of its run of open days without a sale, where it was selling, has stock, and the
    run is no accident. A day is open when the location sold anything; the rate is occasions per open day while selling,
    both without the days on which the SKU was promoted there. Goods off sale are expected not to sell.
    """
    first = company.as_of_date - timedelta(days=int(policy("selling_lookback_days")))
    sale_days: dict[Record, set[date]] = defaultdict(set)
    for leg in company.ledger:
        if leg.is_demand and leg.qty < 0 and first < leg.day <= company.as_of_date:
            sale_days[leg.sku, leg.location].add(leg.day)
    open_days: dict[str, set[date]] = defaultdict(set)
    for (_, location), days in sale_days.items():
        open_days[location] |= days
    stock, found, promoted = stock_at_cut_off(company), {}, promoted_days(company)
    for record, days in sale_days.items():
        opened, special = open_days[record[1]], promoted.get(record, set())
        while_selling = sum(min(days) <= day <= max(days) for day in opened - special)
        since = sum(day > max(days) for day in opened)
        plain = len(days - special)
        probability = math.exp(-plain / while_selling * since) if while_selling else 1.0
        selling = is_on_sale(company, record) and plain >= int(policy("selling_min_demand_days"))
        if selling and stock[record] > 0 and probability < float(policy("min_zero_sales_probability")):
            found[record] = probability
    return found


def promoted_days(company: Company) -> dict[Record, set[date]]:
    """Days on which a record's SKU was promoted at its location, by a promotion that was not cancelled."""
    found: dict[Record, set[date]] = defaultdict(set)
    key = attrgetter("instance", "promotion_code", "item_code", "location_code")
    for row in latest(company.accepted.rows("erp", "promotions"), key):
        sku = company.masters.sku.get((row.instance, row.item_code))
        for place in company.masters.locations.values():
            fits = row.location_code is None or place.location_id == f"{row.instance}.{row.location_code}"
            if sku and fits and place.division == row.instance and row.status != "cancelled":
                days = (row.end_date - row.start_date).days + 1
                found[sku, place.location_id] |= {row.start_date + timedelta(days=n) for n in range(days)}
    return found


def is_on_sale(company: Company, record: Record) -> bool:
    """Whether the record's division still sells the SKU under any of its codes."""
    division = company.masters.locations[record[1]].division
    codes = [i for i in company.masters.items if company.masters.sku[i.instance, i.item_code] == record[0]]
    mine = [item for item in codes if item.instance == division]
    return any(_is_sold(item.status, item.end_of_life_date, company.as_of_date) for item in mine)


def _is_sold(status: str | None, last_day: date | None, today: date) -> bool:
    ended = last_day is not None and last_day <= today
    return not ended and (status or "active").lower() not in ("blocked", "discontinued", "obsolete")


def dead(company: Company) -> dict[Record, int]:
    """DQ-P2: record -> days since its last movement, where it has stock and did not move for too long."""
    stock, found = stock_at_cut_off(company), {}
    for record, legs in company.by_record.items():
        last = max(
            (leg.event_day for leg in legs if leg.is_current and leg.event_day <= company.as_of_date), default=None
        )
        idle = (company.as_of_date - last).days if last else None
        if idle is not None and stock[record] > 0 and idle >= int(policy("max_days_since_movement")):
            found[record] = idle
    return found
