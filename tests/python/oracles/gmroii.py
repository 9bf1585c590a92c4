"""Gross margin return on inventory investment, per record and scope (docs/formulas.md#gmroii).

Cost of sales, stock and the method of averaging come from the oracle of turnover; here: sales and what is left out.
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
from tests.python.oracles.turnover import record_figures


@dataclass
class Return:
    """What adds up over records; None is nothing known yet."""

    sales: Decimal | None = None
    cogs: Decimal | None = None
    average: Decimal | None = None
    all_sales: Decimal = Decimal(0)
    window_days: int = 0
    known_days: int = 0
    sends_invoices: bool = False
    complete: bool = True
    is_open: bool = False

    def add(self, other: Return) -> None:
        """Sum of what is known."""
        for name in ("sales", "cogs", "average"):
            mine, more = getattr(self, name), getattr(other, name)
            setattr(self, name, mine if more is None else more + (mine or 0))
        self.all_sales += other.all_sales
        self.window_days = max(self.window_days, other.window_days)
        self.known_days = max(self.known_days, other.known_days)
        self.sends_invoices |= other.sends_invoices
        self.complete &= other.complete or not other.sends_invoices
        self.is_open |= other.is_open

    @property
    def margin(self) -> Decimal | None:
        """Net sales less cost of sales."""
        return None if self.sales is None or self.cogs is None else self.sales - self.cogs

    @property
    def reason(self) -> str | None:
        """Why there is no GMROII."""
        if self.is_open:
            return "open_month"
        if not self.sends_invoices:
            return "no_sales"
        if self.known_days < Decimal(policy("avg_inventory_min_coverage")) * self.window_days or not self.complete:
            return "short_history"
        if self.margin is None or self.average is None:
            return "no_cost"
        return "no_stock" if self.average <= 0 else None


class Sales:
    """Net sales of every record by month, the months with an amount without a rate, and each division's first month."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.by_month: dict[tuple[Record, date], Decimal] = defaultdict(Decimal)
        self.unrated: set[tuple[Record, date]] = set()
        self.first_month: dict[str, date] = {}
        lines = latest(
            company.accepted.rows("erp", "sales_invoice_lines"),
            lambda r: (r.instance, r.invoice_number, r.line_number),
        )
        for row in lines:
            self._add(row, row.net_amount, row.invoiced_at, is_invoice=True)
        returns = latest(
            company.accepted.rows("erp", "sales_returns"), lambda r: (r.instance, r.return_number, r.line_number)
        )
        for row in returns:
            self._add(row, -row.credit_amount, row.returned_at, is_invoice=False)

    def _add(self, row, amount: Decimal, at, is_invoice: bool) -> None:
        record = self.company.balance_record(row)
        if record is None:
            return
        location = self.company.masters.locations[record[1]]
        month = at.replace(tzinfo=UTC).astimezone(ZoneInfo(location.time_zone)).date().replace(day=1)
        if is_invoice:
            self.first_month[row.instance] = min(month, self.first_month.get(row.instance, month))
        rate = self.company.masters.rate(row.currency, location.company_currency, month, "average")
        if rate is None:
            self.unrated.add((record, month))
        else:
            self.by_month[record, month] += amount * rate

    def of_record(self, record: Record, last_day: date) -> Return | None:
        """The record in the twelve months to a month's end; None before its location's ledger begins."""
        company = self.company
        turns = record_figures(company, record, last_day, "auto", "cogs")
        if turns is None:
            return None
        ends = [(first, end) for first, end in company.months if end <= last_day][-12:]
        start = company.feed_start[record[1]].replace(day=1)
        months = [first for first, _ in ends if first >= start]
        sold = [self.by_month.get((record, month), Decimal(0)) for month in months]
        first = self.first_month.get(company.masters.locations[record[1]].division)
        unrated = any((record, month) in self.unrated for month in months)
        found = Return(
            all_sales=sum(sold, Decimal(0)),
            window_days=turns.window_days,
            known_days=turns.known_days,
            sends_invoices=first is not None,
            complete=first is not None and first <= min(months),
            is_open=(last_day + DAY).day != 1,
        )
        if first is not None and not unrated and not turns.uncosted:
            found.sales, found.cogs = sum(sold, Decimal(0)), turns.numerator
            found.average = turns.average
        return found


def returns_on_stock(company: Company, sales: Sales, last_day: date) -> dict[tuple[str, str], Return]:
    """(scope type, scope id) -> Return at a month's end."""
    found: dict[tuple[str, str], Return] = defaultdict(Return)
    for record in company.days:
        own = sales.of_record(record, last_day)
        if own is not None:
            for scope in company.scopes(record).items():
                found[scope].add(own)
    return found
