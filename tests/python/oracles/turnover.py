"""Turns over twelve months and days on hand over 90, per record and scope (docs/formulas.md 0.2, A1-A4, B1.2)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tests.python.oracles.accepted import policy
from tests.python.oracles.company import DAY, Company, Day
from tests.python.oracles.costs import Record


@dataclass
class Figures:
    """What adds up over records (numerators and denominators), then what is judged after the sum."""

    window_days: int = 0
    known_days: int = 0
    numerator: Decimal | None = None
    average: Decimal | None = None
    closing: Decimal | None = None
    cogs_90: Decimal | None = None
    cogs_91: Decimal | None = None
    qty_days: Decimal = Decimal(0)
    known_qty_days: Decimal = Decimal(0)
    uncosted: int = 0
    is_open: bool = False

    def add(self, other: Figures) -> None:
        """Sum of what is known."""
        self.window_days = max(self.window_days, other.window_days)
        self.known_days = max(self.known_days, other.known_days)
        for name in ("numerator", "average", "closing", "cogs_90", "cogs_91"):
            mine, more = getattr(self, name), getattr(other, name)
            setattr(self, name, mine if more is None else more + (mine or 0))
        self.qty_days += other.qty_days
        self.known_qty_days += other.known_qty_days
        self.uncosted += other.uncosted
        self.is_open |= other.is_open

    @property
    def reason(self) -> str | None:
        """Why there are no turns."""
        if self.is_open:
            return "open_month"
        needed = Decimal(policy("avg_inventory_min_coverage")) * self.window_days
        if self.known_days < needed:
            return "short_history"
        if self.numerator is None or self.average is None:
            return "no_cost"
        return "no_stock" if self.average <= 0 else None

    @property
    def turns(self) -> Decimal | None:
        """Cost of sales over average inventory."""
        return self.numerator / self.average if self.reason is None else None

    @property
    def doh_90(self) -> Decimal | None:
        """Days the closing stock lasts at the cost of sales of 90 days."""
        if self.doh_90_reason is not None:
            return None
        return self.closing * 90 / self.cogs_90

    @property
    def doh_90_reason(self) -> str | None:
        """Why there is no cover."""
        if self.known_days < Decimal(policy("avg_inventory_min_coverage")) * 90:
            return "short_history"
        if self.closing is None or self.cogs_90 is None:
            return "no_cost"
        return "no_demand" if self.cogs_90 <= 0 else None

    @property
    def coverage(self) -> Decimal | None:
        """Share of the quantity-days that have a known cost."""
        return self.known_qty_days / self.qty_days if self.qty_days else None


def year_before(day: date) -> date:
    """The same day a year ago, inside the month."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def month_ends(company: Company, last_day: date) -> list[date]:
    """Up to 13 month ends to `last_day`, which stands for its own month."""
    ends = [end for _, end in company.months if end <= last_day]
    return ends[-13:]


def record_figures(company: Company, record: Record, last_day: date, method: str, numerator: str) -> Figures | None:
    """Figures of one record at a month's end; None before its location's ledger begins."""
    series, start = company.days[record], company.feed_start[record[1]]
    if start > last_day:
        return None
    begin = year_before(last_day + DAY)
    window_days = (last_day + DAY - begin).days
    begin = max(begin, _eleven_months_before(last_day))  # in an open month: eleven months and the days so far
    days = _days(series, max(begin, start), last_day)
    ends = [series[end] for end in month_ends(company, last_day) if end in series]
    opening_day = _month_end_a_year_before(company, last_day)
    figures = Figures(window_days, len(days), is_open=(last_day + DAY).day != 1)
    used = _method(method, len(days), window_days, len(ends))
    is_uncosted = any(day.value is None or day.cogs is None for day in days)
    figures.uncosted = int(is_uncosted)
    figures.qty_days = sum((day.qty for day in days), Decimal(0))
    figures.known_qty_days = sum((day.known_qty for day in days), Decimal(0))
    opening = series.get(opening_day) if opening_day else None
    if numerator == "units":
        figures.numerator = sum((day.sold for day in days), Decimal(0))
        quantities = [day.qty for day in days]
        figures.average = _average(
            used, quantities, [d.qty for d in ends], opening and opening.qty, series[last_day].qty
        )
    elif not is_uncosted:
        figures.numerator = sum((day.cogs for day in days), Decimal(0))
        values = [day.value for day in days]
        at_ends = [day.value for day in ends]
        figures.average = _average(used, values, at_ends, opening and opening.value, series[last_day].value)
    figures.closing = series[last_day].value
    figures.cogs_90, figures.cogs_91 = (recent_cogs(company, record, last_day, days) for days in (90, 91))
    return figures


def recent_cogs(company: Company, record: Record, last_day: date, days: int) -> Decimal | None:
    """Cost of sales of the last `days` days; None where a cost is missing in them."""
    series = company.days[record]
    recent = _days(series, max(last_day - timedelta(days=days - 1), company.feed_start[record[1]]), last_day)
    if any(day.cogs is None for day in recent):
        return None
    return sum((day.cogs for day in recent), Decimal(0))


def figures(company: Company, last_day: date, method: str = "auto", numerator: str = "cogs") -> dict:
    """(scope type, scope id) -> Figures at a month's end."""
    found: dict[tuple[str, str], Figures] = defaultdict(Figures)
    for record in company.days:
        own = record_figures(company, record, last_day, method, numerator)
        if own is not None:
            for scope in company.scopes(record).items():
                found[scope].add(own)
    return found


def _days(series: dict[date, Day], first: date, last: date) -> list[Day]:
    return [series[first + timedelta(days=n)] for n in range((last - first).days + 1)]


def _eleven_months_before(last_day: date) -> date:
    month = last_day.replace(day=1)
    for _ in range(11):
        month = (month - DAY).replace(day=1)
    return month


def _month_end_a_year_before(company: Company, last_day: date) -> date | None:
    ends = [end for _, end in company.months if end <= last_day]
    return ends[-13] if len(ends) >= 13 else None


def _method(method: str, known: int, window: int, ends: int) -> str:
    if method != "auto":
        return method
    if known >= Decimal(policy("avg_inventory_min_coverage")) * window:
        return "daily"
    return "13_point" if ends >= 13 else "2_point"


def _average(used: str, daily: list, ends: list, opening: Decimal | None, closing: Decimal) -> Decimal | None:
    if used == "daily":
        return sum(daily, Decimal(0)) / len(daily)
    if used == "13_point":
        if len(ends) < 13 or None in ends:
            return None
        return sum((value or Decimal(0) for value in ends), Decimal(0)) / 13
    return None if opening is None else (opening + closing) / 2
