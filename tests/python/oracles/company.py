"""One company as the oracles see it: masters, ledger, costs and the daily series that KPIs add up.

Here: per stock record and day the quantity, its value and the cost of sales, in company currency. Not here: windows and
ratios, which each KPI has of its own.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from orchestration.lib.paths import Home
from tests.python.oracles.accepted import Accepted
from tests.python.oracles.costs import Costs, Record
from tests.python.oracles.ledger import Leg, by_record, legs
from tests.python.oracles.masters import Masters
from tests.python.oracles.stock import Runs, runs

DAY = timedelta(days=1)
FAR = date(9999, 12, 30)


@dataclass(frozen=True, slots=True)
class Day:
    """A record on a day. value and cogs: company currency, None where a cost or rate is missing that is needed."""

    qty: Decimal  # at the end of the day, negative as nil
    known_qty: Decimal  # the part with a known cost
    value: Decimal | None
    cogs: Decimal | None
    sold: Decimal


class Company:
    """Everything computed once per home, on demand."""

    def __init__(self, home: Home) -> None:
        self.accepted = Accepted(home)
        self.as_of, self.as_of_date = self.accepted.as_of, self.accepted.as_of_date
        self.masters = Masters(self.accepted)
        self.ledger = legs(self.accepted, self.masters)
        self.by_record = by_record(self.ledger)
        self.first_day = {r: min(leg.day for leg in members) for r, members in self.by_record.items()}

    @cached_property
    def balances(self) -> list:
        """Balances of the ERP with their cut-off: the latest as_of of a batch at a location; the later load speaks."""
        rows = self.accepted.rows("erp", "inventory_balances")
        cut_off: dict[tuple[str, str, str], object] = {}
        for row in rows:
            key = row.instance, row.location_code, row.batch_id
            cut_off[key] = max(cut_off.get(key, row.as_of), row.as_of)
        dated = [(row, cut_off[row.instance, row.location_code, row.batch_id]) for row in rows]
        best: dict[tuple, tuple] = {}
        for row, at in dated:
            key = row.instance, row.location_code, row.item_code, row.owner_code, at
            rank = row.extracted_at, row.as_of, row.batch_id, row.row
            if key not in best or rank > best[key][0]:
                best[key] = rank, row
        return [(row, key[-1]) for key, (_, row) in best.items()]

    @cached_property
    def records(self) -> set[Record]:
        """SKU x location that ever moved or was ever reported."""
        told = {self.balance_record(row) for row, _ in self.balances}
        told |= {self.bin_record(row) for row in self.accepted.rows("wms", "bin_balances")}
        return set(self.by_record) | {record for record in told if record}

    def bin_record(self, row) -> Record | None:
        """(SKU, location) of a bin balance, None when an item, unit or site is unknown."""
        place = self.masters.by_site.get(row.instance)
        sku = place and self.masters.sku.get((place.division, row.item_code))
        known = sku and self.masters.factor(place.division, row.item_code, row.uom)
        return (sku, place.location_id) if known else None

    def balance_record(self, row) -> Record | None:
        """(SKU, location) of a balance, None when an item, unit or location is unknown."""
        sku = self.masters.sku.get((row.instance, row.item_code))
        location = f"{row.instance}.{row.location_code}"
        known = sku and location in self.masters.locations and self.masters.factor(row.instance, row.item_code, row.uom)
        return (sku, location) if known else None

    @cached_property
    def costs(self) -> Costs:
        """Unit costs in the divisions' currencies."""
        return Costs(self.accepted, self.masters, self.records, FAR)

    @cached_property
    def owned_runs(self) -> dict[Record, Runs]:
        """Runs of owned stock per record, all lots and statuses together."""
        return runs((leg for leg in self.ledger if leg.is_owned), lambda leg: (leg.sku, leg.location))

    @cached_property
    def feed_start(self) -> dict[str, date]:
        """First day on which a location's ledger speaks."""
        starts: dict[str, date] = {}
        for (_, location), day in self.first_day.items():
            starts[location] = min(day, starts.get(location, day))
        return starts

    def rate(self, record: Record, day: date, kind: str) -> Decimal | None:
        """Company currency per unit of the division's, in the month of the day."""
        location = self.masters.locations[record[1]]
        return self.masters.rate(location.currency, location.company_currency, day.replace(day=1), kind)

    def cogs_of(self, leg: Leg) -> Decimal | None:
        """Cost of sales of a movement in the division's currency: positive for a sale; None without a cost.

        What comes back does so at the cost of its own day, as docs/formulas.md says.
        """
        cost = self.costs.at((leg.sku, leg.location), leg.day)[0]
        return None if cost is None else -leg.qty * cost

    @cached_property
    def days(self) -> dict[Record, dict[date, Day]]:
        """Every record on every day from its location's first to the cut-off."""
        return {record: self._series(record) for record in self.records if record[1] in self.feed_start}

    def _series(self, record: Record) -> dict[date, Day]:
        owned = [leg for leg in self.by_record.get(record, []) if leg.is_owned]
        changes: dict[date, Decimal] = defaultdict(Decimal)
        sales: dict[date, list[Leg]] = defaultdict(list)
        for leg in owned:
            changes[leg.day] += leg.qty
            if leg.is_cogs:
                sales[leg.day].append(leg)
        level, series, day = Decimal(0), {}, self.feed_start[record[1]]
        early = [d for d in changes if d < day]
        assert not early, "a location's first day is that of its first movement"
        while day <= self.as_of_date:
            level += changes.get(day, Decimal(0))
            qty = max(level, Decimal(0))
            cost, source = self.costs.at(record, day)
            closing, average = self.rate(record, day, "closing"), self.rate(record, day, "average")
            value: Decimal | None = None
            if closing is not None and (cost is not None or qty == 0):
                value = qty * (cost or 0) * closing
            parts = [self.cogs_of(leg) for leg in sales.get(day, [])]
            cogs = None if average is None or None in parts else sum(parts, Decimal(0)) * average
            sold = sum((-leg.qty for leg in sales.get(day, [])), Decimal(0))
            is_known = source not in ("none", "category_median")
            series[day] = Day(qty, qty if is_known else Decimal(0), value, cogs, sold)
            day += DAY
        return series

    def scopes(self, record: Record) -> dict[str, str]:
        """Scope type -> scope id of everything a record rolls up to."""
        location = self.masters.locations[record[1]]
        return {
            "sku_location": "|".join(record),
            "sku": record[0],
            "category": self.masters.category[record[0]],
            "location": record[1],
            "region": location.region,
            "division": location.division,
            "company": location.company,
        }

    @cached_property
    def months(self) -> list[tuple[date, date]]:
        """(first day, last day) of every month from the first movement to the cut-off; the last may be open."""
        found, month = [], min(self.first_day.values()).replace(day=1)
        while month <= self.as_of_date:
            following = (month + timedelta(days=32)).replace(day=1)
            found.append((month, min(following - DAY, self.as_of_date)))
            month = following
        return found
