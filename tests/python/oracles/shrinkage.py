"""Losses that counts find, recomputed record by record from the accepted rows (docs/formulas.md#shrinkage).

Stock by day, costs and count lines come from their own oracles. Here: values. Not here: comparisons, and the bound,
which test_shrinkage.py holds against SciPy's bootstrap.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.python.oracles.accepted import latest, policy, seed
from tests.python.oracles.company import DAY, Company
from tests.python.oracles.costs import Record
from tests.python.oracles.counts import lines

ZERO = Decimal(0)
CAUSES = ("theft_external", "theft_internal", "process", "damage")


def quarter(day: date) -> date:
    """First day of the quarter."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


@dataclass
class Loss:
    """What adds up over records of a scope and quarter. Amounts in company currency."""

    counts: int = 0
    opening: int = 0
    priced: int = 0
    costed: int = 0
    stock: Decimal = ZERO
    counted_stock: Decimal = ZERO
    lost: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    found: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    sales: Decimal = ZERO
    cogs: Decimal = ZERO
    held: Decimal = ZERO
    causes: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def add(self, other: Loss) -> None:
        """Sum with another record."""
        for name in ("counts", "opening", "priced", "costed", "stock", "counted_stock", "sales", "cogs", "held"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("lost", "found", "causes"):
            for key, value in getattr(other, name).items():
                getattr(self, name)[key] += value

    def net(self, basis: str) -> Decimal:
        """Lost less found, at retail or at cost."""
        return self.lost[basis] - self.found[basis]

    def reason(self, measured: int, without: str, sold: Decimal, is_open: bool) -> str | None:
        """Why there is no rate."""
        if is_open:
            return "open_quarter"
        if not self.counts:
            return "no_count"
        if not self.stock or self.counted_stock / self.stock < Decimal(policy("min_count_coverage")):
            return "low_coverage"
        if not measured:
            return without
        return "no_sales" if sold <= 0 else None


class Sales:
    """Net sales of records by day: (amount or None without a rate, units invoiced, is a credit)."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.of: dict[Record, list[tuple[date, Decimal | None, Decimal, bool]]] = defaultdict(list)
        accepted = company.accepted
        for row in latest(accepted.rows("erp", "sales_invoice_lines"),
                          lambda r: (r.instance, r.invoice_number, r.line_number)):  # fmt: skip
            self._add(row, row.net_amount, row.shipped_qty, row.invoiced_at, False)
        for row in latest(accepted.rows("erp", "sales_returns"),
                          lambda r: (r.instance, r.return_number, r.line_number)):  # fmt: skip
            self._add(row, row.credit_amount, ZERO, row.returned_at, True)

    def _add(self, row, amount, qty, at, is_credit: bool) -> None:
        record = self.company.balance_record(row)
        if record is None:
            return
        masters = self.company.masters
        place = masters.locations[record[1]]
        day = at.replace(tzinfo=UTC).astimezone(ZoneInfo(place.time_zone)).date()
        rate = masters.rate(row.currency, place.company_currency, day.replace(day=1), "average")
        units = qty * masters.factor(row.instance, row.item_code, row.uom)
        self.of[record].append((day, None if rate is None or amount is None else amount * rate, units, is_credit))


def list_prices(company: Company) -> dict[tuple[str, str], Decimal]:
    """(division, SKU) -> list price in company currency, of the first code that has one."""
    found: dict[tuple[str, str], Decimal] = {}
    places = {place.division: place for place in company.masters.locations.values()}
    month = company.as_of_date.replace(day=1)
    for row in sorted(company.masters.items, key=lambda r: (r.instance, r.item_code)):
        key = row.instance, company.masters.sku.get((row.instance, row.item_code))
        place = places.get(row.instance)
        if not place or not row.list_price or row.list_price <= 0 or key in found:
            continue
        currency = getattr(row, "currency", None) or place.currency
        rate = company.masters.rate(currency, place.company_currency, month, "closing")
        if rate is not None:
            found[key] = row.list_price * rate
    return found


def zones(company: Company) -> dict[tuple[Record, date], str]:
    """(record, quarter) -> where it is slotted at the end of the quarter."""
    bins = {(r.instance, r.bin): r.zone for r in latest(company.accepted.rows("wms", "bins"),
                                                        lambda r: (r.instance, r.bin))}  # fmt: skip
    found: dict[tuple[Record, date], set[str]] = defaultdict(set)
    ends: dict[date, date] = {}
    for first, last in company.months:
        ends[quarter(first)] = last
    for row in latest(company.accepted.rows("wms", "slottings"),
                      lambda r: (r.instance, r.item_code, r.bin, r.valid_from)):  # fmt: skip
        place = company.masters.by_site.get(row.instance)
        sku = place and company.masters.sku.get((place.division, row.item_code))
        zone = bins.get((row.instance, row.bin))
        for first, last in ends.items():
            if sku and zone and row.valid_from <= last and (row.valid_to is None or row.valid_to >= last):
                found[(sku, place.location_id), first].add(zone)
    return {key: min(names) for key, names in found.items()}


def count_days(company: Company) -> dict[Record, dict[date, list]]:
    """Record -> day -> count lines that speak: (book, counted, cause, bin), a recount by the book of its first line."""
    causes = {(r.instance, r.count_id): r.root_cause for r in latest(
        company.accepted.rows("wms", "cycle_counts"), lambda r: (r.instance, r.count_id))}  # fmt: skip
    chains: dict[tuple, list] = defaultdict(list)
    for line in lines(company):
        chains[line.site, line.recount_of or line.count, line.day].append(line)
    found: dict[Record, dict[date, list]] = defaultdict(lambda: defaultdict(list))
    for (site, _, day), members in chains.items():
        members.sort(key=lambda line: (line.at, line.id))
        told = [causes[site, line.count] for line in members if causes[site, line.count]]
        book, counted = members[0].book, members[-1].counted
        found[members[0].record][day].append((book, counted, told[-1] if told else None, members[-1].bin))
    return found


def losses(company: Company) -> dict[tuple[Record, date], Loss]:
    """(record, quarter) -> Loss of every record that held value or was counted in the quarter."""
    sales, listed, found = Sales(company), list_prices(company), defaultdict(Loss)
    words = {row["root_cause"]: row["shrink_cause"] for row in seed("reference/shrink_causes.csv")}
    for record, days in count_days(company).items():
        before: date | None = None
        for day in sorted(days):
            loss = found[record, quarter(day)]
            if before is None:
                loss.opening += 1
            else:
                _between(company, sales, listed, words, record, before, day, days[day], loss)
            before = day
    for record, series in company.days.items():
        for first, last in company.months:
            values = [series[d].value for d in series if first <= d <= last]
            if values and None not in values and sum(values) > 0:
                found[record, quarter(first)].stock += sum(values)
    for loss in found.values():
        loss.counted_stock = loss.stock if loss.counts else ZERO
    return {key: loss for key, loss in found.items() if loss.stock > 0 or loss.counts or loss.opening}


def _between(company, sales, listed, words, record, before, day, counted, loss) -> None:
    missing = sum((book - seen for book, seen, *_ in counted), ZERO)
    loss.counts += 1
    sold = [row for row in sales.of.get(record, []) if before < row[0] <= day]
    unrated = any(amount is None for _, amount, *_ in sold)
    invoiced = sum((amount for _, amount, _, credit in sold if not credit and amount is not None), ZERO)
    credited = sum((amount for _, amount, _, credit in sold if credit and amount is not None), ZERO)
    units = sum((qty for _, _, qty, _ in sold), ZERO)
    division = company.masters.locations[record[1]].division
    price = listed.get((division, record[0]))
    if units > 0 and invoiced > 0 and not unrated:
        price = invoiced / units
    if price is not None and not unrated:
        loss.priced += 1
        loss.lost["retail"] += max(missing, ZERO) * price
        loss.found["retail"] += max(-missing, ZERO) * price
        loss.sales += invoiced - credited
    series, step = company.days.get(record, {}), before + DAY
    cost, rate = company.costs.at(record, day)[0], company.rate(record, day, "average")
    closing, held, cogs = company.rate(record, day, "closing"), ZERO, ZERO
    known = cost is not None and rate is not None
    while step <= day and step in series:
        now, local = series[step], company.costs.at(record, step)[0]
        known &= now.cogs is not None and (now.qty == 0 or local is not None)
        cogs += now.cogs or ZERO
        held += now.qty * (local or ZERO)
        step += timedelta(days=1)
    if known:
        loss.costed += 1
        loss.lost["cost"] += max(missing, ZERO) * cost * rate
        loss.found["cost"] += max(-missing, ZERO) * cost * rate
        loss.cogs += cogs
        loss.held += held * (closing or ZERO)
        for book, seen, cause, _ in counted:
            loss.causes[words.get((cause or "").strip().lower(), "unknown")] += (book - seen) * cost * rate


def by_scope(company: Company) -> dict[tuple[str, str, date], Loss]:
    """(scope type, scope id, quarter) -> Loss; zones are those where goods are slotted."""
    homes, found = zones(company), defaultdict(Loss)
    for (record, first), loss in losses(company).items():
        scopes = company.scopes(record)
        zone = f"{record[1]}|{homes.get((record, first), '-')}"
        scopes |= {"location_zone": zone, "location_zone_category": f"{zone}|{scopes['category']}"}
        del scopes["sku_location"]
        for name, scope_id in scopes.items():
            found[name, scope_id, first].add(loss)
    return found
