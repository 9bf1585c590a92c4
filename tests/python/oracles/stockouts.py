"""Stock-outs day by day: when a record had nothing to sell, what was expected of these days and what was lost.

Here: events, their months and what records add up to, from docs/formulas.md#stockout, one day after the other. Phantom
flags are taken from the mart that has an oracle of its own. Not here: causes (stockout_causes.py measures them).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.python.oracles.accepted import latest, policy
from tests.python.oracles.company import DAY, FAR, Company
from tests.python.oracles.costs import Record

Flags = set[Record]


@dataclass
class Stockout:
    """An event: its days out of stock with what each could have sold and sold."""

    record: Record
    start: date
    days: dict[date, tuple[Decimal, Decimal]] = field(default_factory=dict)

    @property
    def lost(self) -> Decimal:
        """Base units lost."""
        return lost_of(self.days)


def lost_of(days: dict[date, tuple[Decimal, Decimal]]) -> Decimal:
    """Expected beyond what was served, day by day, less what customers come back for."""
    gone = sum((max(expected - served, Decimal(0)) for expected, served in days.values()), Decimal(0))
    return gone * (1 - Decimal(policy("oos_recapture_ratio")))


class Stockouts:
    """The stock-outs of a company."""

    def __init__(self, company: Company, flags: Flags, basis: str) -> None:
        self.company, self.flags, self.basis = company, flags, basis
        self.gap, self.window = int(policy("oos_merge_gap")), int(policy("oos_expectation_days"))
        self.weight = int(policy("oos_expectation_shrinkage"))
        self.marks = self._marks()
        self.ends = self._ends_of_life()
        self.demand: dict[Record, dict[date, Decimal]] = {}
        self.empty_days: dict[Record, set[date]] = {}
        self.events: dict[Record, list[Stockout]] = {}
        for record, legs in company.by_record.items():
            asked: dict[date, Decimal] = defaultdict(Decimal)
            for leg in legs:
                if leg.is_demand:
                    asked[leg.day] -= leg.qty
            self.demand[record] = asked
            self.empty_days[record] = self._empty(record, legs)
            self.events[record] = list(self._events(record))

    def active(self, record: Record) -> tuple[date, date]:
        """First day on sale, first day no more."""
        division = self.company.masters.locations[record[1]].division
        end = self.ends.get((division, record[0]), FAR)
        return self.company.first_day[record], min(end, self.company.as_of_date + DAY)

    def _ends_of_life(self) -> dict[tuple[str, str], date]:
        found: dict[tuple[str, str], date] = {}
        for item in self.company.masters.items:
            key = item.instance, self.company.masters.sku[item.instance, item.item_code]
            found[key] = max(item.end_of_life_date or FAR, found.get(key, date.min))
        return found

    def _marks(self) -> dict[Record, list]:
        """(UTC moment, local day) of order lines that found no goods and of counts that found none."""
        marks, accepted, masters = defaultdict(list), self.company.accepted, self.company.masters
        lines = latest(accepted.rows("erp", "sales_order_lines"), lambda r: (r.instance, r.order_number, r.line_number))
        for row in lines:
            record = self.company.balance_record(row)
            if record and row.cancel_reason == "no_stock":
                marks[record].append((row.ordered_at, self._local(row.ordered_at, record[1])))
        for row in self._last_counts():
            place = masters.by_site[row.instance]
            record = masters.sku[place.division, row.item_code], place.location_id
            if row.bin is None and row.lot is None and row.counted_qty <= 0:
                marks[record].append((row.counted_at, self._local(row.counted_at, record[1])))
        return marks

    def _last_counts(self) -> list:
        """Of a count and its recounts on one day the last speaks."""
        masters, best = self.company.masters, {}
        for row in latest(self.company.accepted.rows("wms", "cycle_counts"), lambda r: (r.instance, r.count_id)):
            place = masters.by_site.get(row.instance)
            if place is None or masters.sku.get((place.division, row.item_code)) is None:
                continue
            key = row.instance, row.recount_of or row.count_id, self._local(row.counted_at, place.location_id)
            if key not in best or (row.counted_at, row.count_id) > (best[key].counted_at, best[key].count_id):
                best[key] = row
        return list(best.values())

    def _local(self, at, location: str) -> date:
        zone = ZoneInfo(self.company.masters.locations[location].time_zone)
        return at.replace(tzinfo=UTC).astimezone(zone).date()

    def _empty(self, record: Record, legs: list) -> set[date]:
        """Days on sale that ended without anything to sell, by the book or by what says the shelf is empty."""
        begin, end = self.active(record)
        moved: dict[date, Decimal] = defaultdict(Decimal)
        for leg in legs:
            if leg.is_owned and (self.basis == "on_hand" or leg.status == "available"):
                moved[leg.day] += leg.qty
        level, empty, day = Decimal(0), set(), begin
        has_owned = any(leg.is_owned for leg in legs)
        first_owned = min((leg.day for leg in legs if leg.is_owned), default=FAR)
        while day < end:
            level += moved.get(day, Decimal(0))
            if has_owned and day >= first_owned and level <= 0:
                empty.add(day)
            day += DAY
        for first, last in self._phantom(record, legs):
            empty |= {first + n * DAY for n in range((min(last, end) - first).days) if first + n * DAY >= begin}
        return empty

    def _phantom(self, record: Record, legs: list):
        """(first day, day after the last) with goods on the book and none on the shelf."""
        day_of = {leg.at: leg.day for leg in legs if leg.is_owned}
        for qty, since, until in self.company.owned_runs.get(record, []):
            first, last = day_of[since], day_of.get(until, FAR)
            days = [day for at, day in self.marks.get(record, []) if since <= at < until]
            flagged = record in self.flags and since <= self.company.as_of < until
            if qty > 0 and first < last and (days or flagged):
                yield (min(days) if days else first + DAY), last

    def _events(self, record: Record):
        days = sorted(self.empty_days[record])
        groups: list[list[date]] = []
        for day in days:
            if groups and (day - groups[-1][-1]).days - 1 <= self.gap:
                groups[-1].append(day)
            else:
                groups.append([day])
        for group in groups:
            expected = self._expected(record, group[0])
            if expected:
                served = self.demand[record]
                yield Stockout(
                    record,
                    group[0],
                    {day: (expected[day.isoweekday()], max(served.get(day, Decimal(0)), Decimal(0))) for day in group},
                )

    def _expected(self, record: Record, start: date) -> dict[int, Decimal] | None:
        """Base units that a day could sell, by weekday; None where nobody asked in the days before."""
        first = max(self.active(record)[0], start - self.window * DAY)
        days = [first + n * DAY for n in range((start - first).days)]
        days = [day for day in days if day not in self.empty_days[record]]
        asked = self.demand[record]
        total = sum((asked.get(day, Decimal(0)) for day in days), Decimal(0))
        if total <= 0:
            return None
        mean = total / len(days)
        found = {}
        for weekday in range(1, 8):
            own = [asked.get(day, Decimal(0)) for day in days if day.isoweekday() == weekday]
            found[weekday] = (sum(own, Decimal(0)) + self.weight * mean) / (len(own) + self.weight)
        return found

    def month_of(self, record: Record, first: date, last: date) -> dict[str, Decimal] | None:
        """What adds up over records, of one record and month; None before its goods were on sale."""
        begin, end = self.active(record)
        if begin > last:
            return None
        parts = [(event, {d: v for d, v in event.days.items() if first <= d <= last}) for event in self.events[record]]
        parts = [(event, days) for event, days in parts if days]
        asked = [day for day, qty in self.demand[record].items() if qty > 0 and day <= last]
        is_active = parts or (asked and (first - max(asked)).days <= self.window)
        on_sale = (min(end, last + DAY) - max(begin, first)).days
        values = [value for _, days in parts for value in days.values()]
        return {
            "active_day_count": Decimal(max(on_sale, 0) if is_active else 0),
            "oos_day_count": Decimal(sum(len(days) for _, days in parts)),
            "event_count": Decimal(len(parts)),
            "begun_event_count": Decimal(sum(event.start >= first for event, _ in parts)),
            "expected_qty": sum((expected for expected, _ in values), Decimal(0)),
            "served_qty": sum((served for _, served in values), Decimal(0)),
            "lost_qty": sum((lost_of(days) for _, days in parts), Decimal(0)),
        }


def prices(company: Company) -> dict[tuple[Record, date], Decimal]:
    """(record, month) -> average price of a base unit invoiced in it, company currency."""
    money, units = defaultdict(Decimal), defaultdict(Decimal)
    lines = latest(
        company.accepted.rows("erp", "sales_invoice_lines"), lambda r: (r.instance, r.invoice_number, r.line_number)
    )
    for row in lines:
        record = company.balance_record(row)
        if record is None:
            continue
        location = company.masters.locations[record[1]]
        day = row.invoiced_at.replace(tzinfo=UTC).astimezone(ZoneInfo(location.time_zone)).date()
        rate = company.masters.rate(row.currency, location.company_currency, day.replace(day=1), "average")
        qty = row.shipped_qty * (company.masters.factor(row.instance, row.item_code, row.uom) or 0)
        if rate is not None and qty > 0:
            money[record, day.replace(day=1)] += row.net_amount * rate
            units[record, day.replace(day=1)] += qty
    return {key: amount / units[key] for key, amount in money.items()}


def price_at(known: dict[tuple[Record, date], Decimal], record: Record, start: date) -> Decimal | None:
    """Price of the last month up to that of a day that sold any."""
    months = [month for (name, month) in known if name == record and month <= start]
    return known[record, max(months)] if months else None


def month_after(first: date) -> date:
    """First day of the next month."""
    return (first + timedelta(days=32)).replace(day=1)
