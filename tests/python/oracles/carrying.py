"""Cost of holding per scope and month: value-days x yearly rate / 365, by component (docs/formulas.md B4.3)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from tests.python.oracles.accepted import policy
from tests.python.oracles.company import Company

COMPONENTS = ("capital", "storage", "service", "risk")


@dataclass
class Holding:
    """Sums of a scope in a month; None while no record of it has a cost."""

    value_days: Decimal | None = None
    cogs: Decimal | None = None
    known_days: int = 0
    cost: dict[str, Decimal] = field(default_factory=dict)

    @property
    def total(self) -> Decimal | None:
        """Cost of all components."""
        return sum(self.cost.values()) if self.cost else None

    @property
    def ratio(self) -> Decimal | None:
        """Blended yearly rate."""
        return self.total * 365 / self.value_days if self.value_days else None

    @property
    def to_cogs(self) -> Decimal | None:
        """Cost of holding over cost of sales of the month."""
        return self.total / self.cogs if self.total is not None and self.cogs is not None and self.cogs > 0 else None


def holdings(company: Company, month: date, last_day: date) -> dict[tuple[str, str], Holding]:
    """(scope type, scope id) -> Holding of one month. Policy holds company rates only."""
    rates = {name: Decimal(policy(f"carrying_{name}_rate")) for name in COMPONENTS}
    found: dict[tuple[str, str], Holding] = defaultdict(Holding)
    for record, series in company.days.items():
        first = max(month, company.feed_start[record[1]])
        if first > last_day:
            continue
        days = [series[first + timedelta(days=n)] for n in range((last_day - first).days + 1)]
        value = None if any(d.value is None for d in days) else sum((d.value for d in days), Decimal(0))
        cogs = None if any(d.cogs is None for d in days) else sum((d.cogs for d in days), Decimal(0))
        for scope in company.scopes(record).items():
            held = found[scope]
            held.known_days = max(held.known_days, len(days))
            if value is not None:
                held.value_days = (held.value_days or 0) + value
                for name, rate in rates.items():
                    held.cost[name] = held.cost.get(name, Decimal(0)) + value * rate / 365
            if cogs is not None:
                held.cogs = (held.cogs or 0) + cogs
    return found
