"""Counts against the ledger at their instant, decay of records, and the costs of intervals, recomputed.

From docs/formulas.md#count-cadence, on the accepted rows. ABC classes of records are taken as given (their own oracle:
abc.py). Here: values. Not here: comparisons (test_counts.py).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.python.oracles.accepted import latest, policy
from tests.python.oracles.company import Company
from tests.python.oracles.costs import Record

ZERO = Decimal(0)


@dataclass(frozen=True)
class Line:
    """A count line whose item, unit and site are known; quantities in base units."""

    site: str
    count: str
    record: Record
    bin: str | None
    lot: str | None
    book: Decimal
    counted: Decimal
    at: datetime
    day: date
    recount_of: str | None

    @property
    def id(self) -> str:
        """The id the mart gives it."""
        return f"{self.site}/{self.count}"


def lines(company: Company) -> list[Line]:
    """Every count line, the latest word of each."""
    found = []
    for row in latest(company.accepted.rows("wms", "cycle_counts"), lambda r: (r.instance, r.count_id)):
        location = company.masters.by_site.get(row.instance)
        sku = location and company.masters.sku.get((location.division, row.item_code))
        factor = sku and company.masters.factor(location.division, row.item_code, row.uom)
        if not factor:
            continue
        day = row.counted_at.replace(tzinfo=UTC).astimezone(ZoneInfo(location.time_zone)).date()
        found.append(
            Line(row.instance, row.count_id, (sku, location.location_id), row.bin, row.lot, row.book_qty * factor,
                 row.counted_qty * factor, row.counted_at, day, row.recount_of)
        )  # fmt: skip
    return found


def system_qty(company: Company, line: Line) -> Decimal | None:
    """What the ledger held before the instant of a count; None for a bin, and where nothing had happened yet."""
    if line.bin is not None:
        return None
    legs = [leg for leg in company.by_record.get(line.record, []) if leg.at < line.at]
    legs = [leg for leg in legs if line.lot is None or leg.lot == line.lot]
    return sum((leg.qty for leg in legs), ZERO) if legs else None


def unit_cost(company: Company, record: Record) -> Decimal | None:
    """Cost of a unit at the cut-off in company currency."""
    cost, rate = company.costs.at(record, company.as_of_date)[0], company.rate(record, company.as_of_date, "closing")
    return None if cost is None or rate is None else cost * rate


@dataclass(frozen=True)
class Pair:
    """A counted record and day: elapsed None for the first, error None without a cost. Money of the company."""

    record: Record
    day: date
    elapsed: int | None
    variance: Decimal
    error: Decimal | None

    @property
    def power(self) -> Decimal | None:
        """Elapsed days to the power of policy."""
        assert policy("count_decay_exponent") == "0.5"
        return None if self.elapsed is None else Decimal(self.elapsed).sqrt()


def pairs(company: Company) -> list[Pair]:
    """Counts of records within the window, lines of a day together, a recount in place of what it repeats."""
    chains: dict[tuple, list[Line]] = defaultdict(list)
    for line in lines(company):
        chains[line.record, line.day, line.site, line.recount_of or line.count].append(line)
    variance: dict[tuple[Record, date], Decimal] = defaultdict(Decimal)
    for (record, day, _, _), members in chains.items():
        members.sort(key=lambda line: (line.at, line.id))
        variance[record, day] += members[-1].counted - members[0].book
    begin = company.as_of_date - timedelta(days=int(policy("count_window_days")))
    found = []
    for record, day in sorted(variance):
        before = [d for r, d in variance if r == record and d < day]
        cost = unit_cost(company, record)
        error = None if cost is None else abs(variance[record, day]) * cost
        if day > begin:
            elapsed = (day - max(before)).days if before else None
            found.append(Pair(record, day, elapsed, variance[record, day], error))
    return found


@dataclass(frozen=True)
class Decay:
    """A class at a site: records, a, whose pairs it was fitted on, or the reason why not."""

    records: int
    rate: Decimal | None
    fitted_on: str | None
    reason: str | None


def decays(company: Company, classes: dict[Record, str]) -> dict[tuple[str, str], Decay]:
    """(site, class) -> Decay, for every class at every site with records."""
    all_pairs = pairs(company)
    names = set(classes.values()) | {"A", "B", "C"}
    found = {}
    for location in {record[1] for record in classes}:
        owner = company.masters.locations[location].company
        for name in names:
            of_class = [p for p in all_pairs if classes[p.record] == name
                        and company.masters.locations[p.record[1]].company == owner]  # fmt: skip
            own = [p for p in of_class if p.record[1] == location and p.elapsed is not None and p.error is not None]
            is_own = len(own) >= int(policy("count_fit_min_pairs"))
            used = own if is_own else [p for p in of_class if p.elapsed is not None and p.error is not None]
            error, power = sum((p.error for p in used), ZERO), sum((p.power for p in used), ZERO)
            records = sum(1 for record, its in classes.items() if its == name and record[1] == location)
            reason = None
            if records == 0:
                reason = "no_records"
            elif not of_class:
                reason = "no_count"
            elif not [p for p in of_class if p.elapsed is not None]:
                reason = "one_count"
            elif not used:
                reason = "no_cost"
            elif error == 0:
                reason = "no_variance"
            fitted_on = "site" if is_own else "class" if power else None
            found[location, name] = Decay(records, error / power if power else None, fitted_on, reason)
    return found


def value_of(key: str, name: str) -> Decimal:
    """A policy value for a class, else for the company."""
    try:
        return Decimal(policy(key, ("abc_class", name)))
    except StopIteration:
        return Decimal(policy(key))


def yearly_cost(decay: Decay, days: int) -> Decimal:
    """Cost a year of counting every so many days: the counts, and what the records' mean error costs."""
    counting = decay.records * Decimal(365) / days * Decimal(policy("count_cost"))
    exponent = Decimal(policy("count_decay_exponent"))
    error = decay.records * (decay.rate or ZERO) * Decimal(days).sqrt() / (exponent + 1)
    return counting + error * Decimal(policy("count_error_rate"))


def recommended_days(decay: Decay, name: str) -> int | None:
    """The cheapest candidate or present interval, the longer of two alike."""
    if decay.reason:
        return None
    grid = {int(policy(f"candidate_count_days_{n}")) for n in range(1, 7)} | {int(value_of("count_cycle_days", name))}
    return min(grid, key=lambda days: (round(yearly_cost(decay, days), 4), -days))


def ingestion(company: Company, location: str) -> dict[int, tuple[Decimal, Decimal, bool]]:
    """Minutes -> (cost a day, most rows an hour, is within the load); empty without counts."""
    begin = company.as_of_date - timedelta(days=int(policy("count_window_days")))
    its = [line for line in lines(company) if line.record[1] == location and line.day > begin]
    if not its:
        return {}
    error = sum((p.error or ZERO for p in pairs(company) if p.record[1] == location), ZERO)
    per_day = error / ((company.as_of_date - min(line.day for line in its)).days + 1)
    hours: dict[Any, int] = defaultdict(int)
    days: dict[Any, int] = defaultdict(int)
    for line in its:
        hours[line.at.replace(minute=0, second=0, microsecond=0)] += 1
        days[line.day] += 1
    grid = {int(policy(f"candidate_ingest_minutes_{n}")) for n in range(1, 6)} | {int(policy("count_ingest_minutes"))}
    found = {}
    for minutes in grid:
        part = Decimal(minutes) / 1440
        cost = Decimal(policy("count_ingest_cost")) / part
        cost += per_day * Decimal(policy("count_error_rate")) / 365 * part / 2
        busiest_hour, busiest_day = max(hours.values()), max(days.values())
        rows = (
            busiest_day * part if minutes >= 1440 else min(Decimal(busiest_hour * max(minutes, 60)) / 60, busiest_day)
        )
        found[minutes] = cost, Decimal(rows), rows <= Decimal(policy("max_ingest_rows"))
    return found
