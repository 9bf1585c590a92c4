"""Turns of the books against turns of what counts and audits found, day by day (docs/formulas.md#turnover-audit).

Here: errors of the books, what they make of twelve months, and the verdict. Not here: comparisons (test_money.py).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.python.oracles.accepted import latest, policy
from tests.python.oracles.company import DAY, Company
from tests.python.oracles.costs import Record
from tests.python.oracles.counts import lines
from tests.python.oracles.turnover import record_figures

ZERO = Decimal(0)


def found_errors(company: Company) -> dict[Record, dict[date, Decimal]]:
    """Counted less book quantity of each record and day; an auditor's word goes before the site's own."""
    errors: dict[Record, dict[date, Decimal]] = defaultdict(dict)
    for record, day, error in _counted(company):
        errors[record][day] = errors[record].get(day, ZERO) + error
    audited: dict[tuple[Record, date], Decimal] = defaultdict(Decimal)
    for row in latest(company.accepted.rows("audit", "physical_audits"), lambda r: (r.instance, r.audit_id)):
        sku = company.masters.sku.get((row.division_code, row.item_code))
        location = company.masters.locations.get(f"{row.division_code}.{row.location_code}")
        factor = sku and location and company.masters.factor(row.division_code, row.item_code, row.uom)
        if not factor:
            continue
        record = sku, location.location_id
        legs = [leg for leg in company.by_record.get(record, []) if leg.at < row.audited_at]
        lot = getattr(row, "lot", None)
        book = sum((leg.qty for leg in legs if lot is None or leg.lot == lot), ZERO)
        day = row.audited_at.replace(tzinfo=UTC).astimezone(ZoneInfo(location.time_zone)).date()
        audited[record, day] += row.qty * factor - book
    for (record, day), error in audited.items():
        errors[record][day] = error
    return errors


def _counted(company: Company):
    """(record, day, error) of each count; a recount of the same day speaks by the book of the line it repeats."""
    spoken = defaultdict(list)
    for line in lines(company):
        spoken[line.site, line.recount_of or line.count, line.day].append(line)
    for repeats in spoken.values():
        repeats.sort(key=lambda line: (line.at, line.id))
        yield repeats[0].record, repeats[0].day, repeats[-1].counted - repeats[0].book


@dataclass
class Audited:
    """Sums of a scope over twelve months; None while no record of it has a cost."""

    cogs: Decimal | None = None
    average: Decimal | None = None
    shrink: Decimal | None = None
    audited_average: Decimal | None = None
    counted_average: Decimal = ZERO
    window_days: int = 0
    known_days: int = 0
    is_open: bool = False

    def add(self, other: Audited) -> None:
        """Sum of what is known."""
        for name in ("cogs", "average", "shrink", "audited_average"):
            mine, more = getattr(self, name), getattr(other, name)
            setattr(self, name, mine if more is None else more + (mine or 0))
        self.counted_average += other.counted_average
        self.window_days = max(self.window_days, other.window_days)
        self.known_days = max(self.known_days, other.known_days)
        self.is_open |= other.is_open

    def audited_cogs(self, shrink_in_cogs: str) -> Decimal | None:
        """Cost of sales, with shrinkage where policy says so."""
        return None if self.cogs is None else self.cogs + (self.shrink if shrink_in_cogs == "true" else 0)

    @property
    def coverage(self) -> Decimal | None:
        """Share of the average inventory that was counted."""
        return self.counted_average / self.average if self.average else None

    def reason(self, shrink_in_cogs: str) -> str | None:
        """Why there are no audited turns."""
        if self.is_open:
            return "open_month"
        if self.known_days < Decimal(policy("avg_inventory_min_coverage")) * self.window_days:
            return "short_history"
        if self.cogs is None or self.average is None:
            return "no_cost"
        if self.average <= 0:
            return "no_stock"
        if self.coverage < Decimal(policy("turnover_audit_min_coverage")):
            return "insufficient"
        if self.audited_average <= 0:
            return "no_stock"
        return None if self.audited_cogs(shrink_in_cogs) else "no_sales"

    def deviation(self, shrink_in_cogs: str) -> Decimal:
        """Turns of the books over audited turns, less one."""
        return self.cogs / self.average / (self.audited_cogs(shrink_in_cogs) / self.audited_average) - 1


def audited_turns(company: Company, last_day: date) -> dict[tuple[str, str], Audited]:
    """(scope type, scope id) -> Audited at a month's end."""
    errors, found = found_errors(company), defaultdict(Audited)
    window = [first for first, end in company.months if end <= last_day][-12:]
    for record in company.days:
        figures = record_figures(company, record, last_day, "auto", "cogs")
        if figures is None:
            continue
        own = Audited(window_days=figures.window_days, known_days=figures.known_days, is_open=(last_day + DAY).day != 1)
        if not figures.uncosted:
            value_days, shrink = _corrections(company, record, errors.get(record, {}))
            own.cogs, own.average = figures.numerator, figures.average
            own.shrink = sum((shrink[month] for month in window), ZERO)
            more = sum((value_days[month] for month in window), ZERO) / figures.known_days
            own.audited_average = None if own.average is None else own.average + more
            if {day.replace(day=1) for day in errors.get(record, {})} & set(window):
                own.counted_average = own.average or ZERO
        for scope in company.scopes(record).items():
            found[scope].add(own)
    return found


def _corrections(company: Company, record: Record, errors: dict[date, Decimal]):
    """By month: error of the books x cost x days, and what went lost, of one record."""
    value_days, shrink = defaultdict(Decimal), defaultdict(Decimal)
    start = company.first_day.get(record)
    if start is None:
        return value_days, shrink
    marks = [(start, ZERO), *sorted((day, error) for day, error in errors.items() if day > start)]
    for place, (day, error) in enumerate(marks):
        following = marks[place + 1] if place + 1 < len(marks) else None
        until = following[0] if following else company.as_of_date + DAY
        mended = ZERO
        if place:
            legs = company.by_record[record]
            mended = sum((leg.qty for leg in legs if leg.kind == "adjustment" and day <= leg.day < until), ZERO)
        begin = error - mended
        end = following[1] if following else begin
        cost, length = company.costs.at(record, until - DAY)[0], (until - day).days
        if (begin or end) and cost is not None:
            for number in range(length):
                today = day + number * DAY
                month = today.replace(day=1)
                held = begin + (end - begin) * number / length
                value_days[month] += held * cost * company.rate(record, today, "closing")
                shrink[month] += (begin - end) / length * cost * company.rate(record, today, "average")
    return value_days, shrink
