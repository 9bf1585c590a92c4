"""Cost of holding per scope and month, by component (docs/formulas.md#carrying-cost, B4.3).

Value-days x yearly rate / 365; storage by volume where it is known; risk as a rate or as what was lost.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from tests.python.oracles.accepted import latest, policy
from tests.python.oracles.company import Company
from tests.python.oracles.costs import Record
from tests.python.oracles.counts import Line, lines
from tests.python.oracles.obsolescence import Obsolescence

COMPONENTS = ("capital", "storage", "service", "risk")


@dataclass
class Holding:
    """Sums of a scope in a month; None while no record of it has a cost."""

    value_days: Decimal | None = None
    cogs: Decimal | None = None
    known_days: int = 0
    m3_days: Decimal | None = None
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


def cubes(company: Company) -> dict[tuple[str, str], Decimal]:
    """(division, SKU) -> cubic metres of a unit, the largest of its codes, where anybody told."""
    found: dict[tuple[str, str], Decimal] = {}
    for item in latest(company.accepted.rows("erp", "items"), lambda r: (r.instance, r.item_code)):
        key = item.instance, company.masters.sku[item.instance, item.item_code]
        if item.cube_m3 is not None:
            found[key] = max(item.cube_m3, found.get(key, item.cube_m3))
    return found


def losses(company: Company) -> dict[tuple[Record, date], Decimal]:
    """(record, month) -> net write-offs and what counts found missing, company currency."""
    found: dict[tuple[Record, date], Decimal] = defaultdict(Decimal)
    for posting in Obsolescence(company).postings:
        found[posting.record, posting.day.replace(day=1)] += posting.net or 0
    chains: dict[tuple, list[Line]] = defaultdict(list)
    for line in lines(company):
        chains[line.record, line.day, line.site, line.recount_of or line.count].append(line)
    for (record, day, _, _), members in chains.items():
        members.sort(key=lambda line: (line.at, line.id))
        cost, rate = company.costs.at(record, day)[0], company.rate(record, day, "average")
        if cost is not None and rate is not None:
            found[record, day.replace(day=1)] += (members[0].book - members[-1].counted) * cost * rate
    return found


def holdings(
    company: Company, month: date, last_day: date, storage: str = "cube", lost: dict | None = None
) -> dict[tuple[str, str], Holding]:
    """(scope type, scope id) -> Holding of a month; `lost`: what measures risk. Policy holds company rates only."""
    rates = {name: Decimal(policy(f"carrying_{name}_rate")) for name in COMPONENTS}
    per_m3, volume = Decimal(policy("storage_m3_rate")), cubes(company)
    found: dict[tuple[str, str], Holding] = defaultdict(Holding)
    for record, series in company.days.items():
        first = max(month, company.feed_start[record[1]])
        if first > last_day:
            continue
        days = [series[first + timedelta(days=n)] for n in range((last_day - first).days + 1)]
        value = None if any(d.value is None for d in days) else sum((d.value for d in days), Decimal(0))
        cogs = None if any(d.cogs is None for d in days) else sum((d.cogs for d in days), Decimal(0))
        cube = volume.get((company.masters.locations[record[1]].division, record[0]))
        m3_days = None if cube is None else cube * sum((d.qty for d in days), Decimal(0))
        costs = None if value is None else {name: value * rate / 365 for name, rate in rates.items()}
        if costs and storage == "cube" and m3_days is not None:
            costs["storage"] = m3_days * per_m3 / 365
        if costs and lost is not None:
            costs["risk"] = lost.get((record, month), Decimal(0))
        for scope in company.scopes(record).items():
            held = found[scope]
            held.known_days = max(held.known_days, len(days))
            if costs is not None:
                held.value_days = (held.value_days or 0) + value
                held.m3_days = held.m3_days if m3_days is None else (held.m3_days or 0) + m3_days
                for name, cost in costs.items():
                    held.cost[name] = held.cost.get(name, Decimal(0)) + cost
            if cogs is not None:
                held.cogs = (held.cogs or 0) + cogs
    return found
