"""Write-offs, obsolete stock, net realisable value and ends of goods (docs/formulas.md#obsolescence and what follows).

Here: figures from accepted rows; stock, cost and layers have oracles of their own. Not here: comparisons.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

from tests.python.oracles.accepted import latest
from tests.python.oracles.company import DAY, Company
from tests.python.oracles.costs import Record
from tests.python.oracles.layers import layers
from tests.python.oracles.stock_states import states

NOUGHT = Decimal(0)
SCOPES = ("sku", "category", "location", "region", "division", "company")


@dataclass
class Posting:
    """A posting: value in the division's currency, positive; net: company currency, what counts (None without rate)."""

    division: str
    number: str
    record: Record
    kind: str
    reason: str
    qty: Decimal
    value: Decimal
    posted: object
    day: date
    is_reversal: bool
    reverses: str | None
    rate: Decimal | None
    counted: Decimal = NOUGHT

    @property
    def net(self) -> Decimal | None:
        """Signed: what is given back is negative."""
        return None if self.rate is None else self.counted * self.rate * (-1 if self.is_reversal else 1)

    @property
    def refused(self) -> Decimal | None:
        """Given back beyond what is allowed, company currency."""
        return None if self.rate is None else (self.value - self.counted) * self.rate


@dataclass
class Month:
    """A scope in a month. value_days, cogs, closing: None where no record has a cost."""

    known_days: int = 0
    value_days: Decimal | None = None
    cogs: Decimal | None = None
    closing: Decimal | None = None
    gross_off: Decimal = NOUGHT
    gross_down: Decimal = NOUGHT
    back: Decimal = NOUGHT
    refused: Decimal = NOUGHT
    net: Decimal = NOUGHT
    obsolete: Decimal = NOUGHT
    uncosted: Decimal = NOUGHT
    unrated: int = 0

    def hold(self, known_days: int, value: Decimal | None, closing: Decimal | None, cogs: Decimal | None) -> None:
        """Add a record's month."""
        self.known_days = max(self.known_days, known_days)
        if value is not None:
            self.value_days, self.closing = (self.value_days or 0) + value, (self.closing or 0) + closing
        if cogs is not None:
            self.cogs = (self.cogs or 0) + cogs

    def post(self, posting: Posting, is_uncosted: bool) -> None:
        """Add a posting."""
        if posting.net is None:
            self.unrated += 1
            return
        self.refused += posting.refused
        if posting.is_reversal:
            self.back -= posting.net
        elif posting.kind == "write_off":
            self.gross_off += posting.net
        else:
            self.gross_down += posting.net
        if is_uncosted:
            self.uncosted += posting.net
        else:
            self.net += posting.net
            self.obsolete += posting.net if posting.reason in ("expired", "obsolete") else 0


@dataclass
class Obsolescence:
    """The figures of a company under an accounting framework."""

    company: Company
    framework: str = "ias2"
    _months: dict = field(default_factory=dict)

    @cached_property
    def postings(self) -> list[Posting]:
        """Postings that are known to the masters, with what counts of each."""
        found, masters = [], self.company.masters
        for row in latest(self.company.accepted.rows("erp", "write_offs"), lambda r: (r.instance, r.write_off_number)):
            sku = masters.sku.get((row.instance, row.item_code))
            place = masters.locations.get(f"{row.instance}.{row.location_code}")
            factor = sku and masters.factor(row.instance, row.item_code, row.uom)
            if not (sku and place and factor):
                continue
            day = row.posted_at.replace(tzinfo=UTC).astimezone(ZoneInfo(place.time_zone)).date()
            rate = masters.rate(row.currency, place.company_currency, day.replace(day=1), "average")
            found.append(
                Posting(row.instance, row.write_off_number, (sku, place.location_id), row.kind, row.reason or "-",
                        row.qty * factor, row.value_amount, row.posted_at, day, bool(row.is_reversal),
                        row.reverses_number, rate)
            )  # fmt: skip
        by_number = {(p.division, p.number): p for p in found if not p.is_reversal}
        left = {key: posting.value for key, posting in by_number.items()}
        for posting in sorted(found, key=lambda p: (p.posted, p.number)):
            key = posting.division, posting.reverses
            posting.counted = posting.value
            if posting.is_reversal:
                if key in by_number:
                    posting.kind = by_number[key].kind
                    posting.counted = min(posting.value, max(left[key], NOUGHT))
                    left[key] -= posting.value
                if self.framework == "us_gaap" and posting.kind == "write_down":
                    posting.counted = NOUGHT
        return found

    def scopes(self, record: Record) -> list[tuple[str, str]]:
        """Roll-ups of a record, whether it ever moved or not."""
        return [pair for pair in self.company.scopes(record).items() if pair[0] in SCOPES]

    @cached_property
    def months(self) -> dict[tuple[str, str, date], Month]:
        """(scope type, scope id, month) -> Month."""
        found: dict[tuple[str, str, date], Month] = defaultdict(Month)
        uncosted: set[tuple[Record, date]] = set()
        for record, series in self.company.days.items():
            for month, last_day in self.company.months:
                first = max(month, self.company.feed_start[record[1]])
                if first > last_day:
                    continue
                days = [series[first + timedelta(days=n)] for n in range((last_day - first).days + 1)]
                has_value, has_cogs = (all(getattr(d, n) is not None for d in days) for n in ("value", "cogs"))
                value = sum((d.value for d in days), NOUGHT) if has_value else None
                cogs = sum((d.cogs for d in days), NOUGHT) if has_cogs else None
                if value is None:
                    uncosted.add((record, month))
                for scope in self.scopes(record):
                    found[(*scope, month)].hold(len(days), value, days[-1].value if has_value else None, cogs)
        for posting in self.postings:
            month = posting.day.replace(day=1)
            for scope in self.scopes(posting.record):
                found[(*scope, month)].post(posting, (posting.record, month) in uncosted)
        return dict(found)

    def repeated(self) -> set[tuple[str, str, str]]:
        """(division, posting, posting that it repeats): the same within two days, neither taken back."""
        gone = {(p.division, p.reverses) for p in self.postings if p.is_reversal}
        alike: dict[tuple, list[Posting]] = defaultdict(list)
        for p in self.postings:
            if not p.is_reversal and (p.division, p.number) not in gone:
                alike[p.division, p.record, p.kind, p.reason, p.qty].append(p)
        found = set()
        for members in alike.values():
            members.sort(key=lambda p: (p.day, p.number))
            for before, after in pairwise(members):
                if (after.day - before.day).days <= 2:
                    found.add((after.division, after.number, before.number))
        return found

    @cached_property
    def ends(self) -> dict[tuple[str, str], dict]:
        """(division, SKU) -> announced, end, is_superseded: of several codes the first, the last, all of them."""
        found: dict[tuple[str, str], dict] = {}
        for item in self.company.masters.items:
            key = item.instance, self.company.masters.sku[item.instance, item.item_code]
            said = found.setdefault(key, {"announced": [], "end": [], "superseded": []})
            said["announced"] += [item.eol_announced_on] if item.eol_announced_on else []
            said["end"] += [item.end_of_life_date] if item.end_of_life_date else []
            said["superseded"].append(item.superseded_by is not None)
        return {
            key: {"announced": min(said["announced"], default=None), "end": max(said["end"], default=None),
                  "is_superseded": all(said["superseded"])}
            for key, said in found.items()
        }  # fmt: skip

    def value_on(self, record: Record, day: date) -> tuple[Decimal, Decimal | None]:
        """(quantity, value) of owned stock at the end of a day."""
        qty = sum(
            (leg.qty for leg in self.company.by_record.get(record, []) if leg.is_owned and leg.day <= day), NOUGHT
        )
        qty = max(qty, NOUGHT)
        cost, rate = self.company.costs.at(record, day)[0], self.company.rate(record, day, "closing")
        if qty == 0:
            return qty, NOUGHT
        return qty, None if cost is None or rate is None else qty * cost * rate

    def written_since(self, record: Record, day: date) -> Decimal:
        """Net write-offs of a record from a day on."""
        return sum((p.net for p in self.postings if p.record == record and p.day >= day and p.net is not None), NOUGHT)

    @cached_property
    def standing(self) -> dict[Record, Decimal]:
        """Write-downs of goods that are still here."""
        found: dict[Record, Decimal] = defaultdict(Decimal)
        stacks = layers(self.company)
        for p in self.postings:
            if p.kind == "write_down" and p.net is not None and p.record in stacks:
                old = sum((layer.qty for layer in stacks[p.record] if layer.day <= p.day), NOUGHT)
                if old > 0:
                    found[p.record] += p.net * min(old, p.qty) / p.qty
        return found

    def prices(self) -> dict[tuple[str, str], Decimal]:
        """(division, SKU) -> net sales per unit of the 90 days to the cut-off; none with a line without a rate."""
        company, sums = self.company, defaultdict(lambda: [NOUGHT, NOUGHT, False])
        rows = company.accepted.rows("erp", "sales_invoice_lines")
        for row in latest(rows, lambda r: (r.instance, r.invoice_number, r.line_number)):
            record = company.balance_record(row)
            if record is None or row.shipped_qty <= 0:
                continue
            place = company.masters.locations[record[1]]
            day = row.invoiced_at.replace(tzinfo=UTC).astimezone(ZoneInfo(place.time_zone)).date()
            if not company.as_of_date - 90 * DAY < day <= company.as_of_date:
                continue
            rate = company.masters.rate(row.currency, place.company_currency, day.replace(day=1), "average")
            said = sums[place.division, record[0]]
            said[0] += NOUGHT if rate is None else row.net_amount * rate
            said[1] += row.shipped_qty * company.masters.factor(row.instance, row.item_code, row.uom)
            said[2] |= rate is None
        return {key: amount / qty for key, (amount, qty, unrated) in sums.items() if not unrated}

    def list_prices(self) -> dict[tuple[str, str], Decimal]:
        """(division, SKU) -> list price of the first code that has one, company currency at the closing rate."""
        company, found = self.company, {}
        places = {place.division: place for place in company.masters.locations.values()}
        for item in sorted(company.masters.items, key=lambda i: (i.instance, i.item_code)):
            key = item.instance, company.masters.sku[item.instance, item.item_code]
            if item.list_price is not None and item.list_price > 0 and key not in found:
                place = places[item.instance]
                rate = company.masters.rate(
                    item.currency or place.currency,
                    place.company_currency,
                    company.as_of_date.replace(day=1),
                    "closing",
                )
                found[key] = None if rate is None else item.list_price * rate
        return {key: price for key, price in found.items() if price is not None}

    def flags(self, mean_daily: dict[Record, Decimal]) -> dict[Record, dict]:
        """Record with stock -> its flag, what is flagged and what it is to be carried at. Mean demand is given."""
        company, found, prices, listed = self.company, {}, self.prices(), self.list_prices()
        for record, state in states(company).items():
            qty = max(state.on_hand, NOUGHT)
            if qty == 0:
                continue
            expired = min(max(state.expired, NOUGHT), qty)
            key = company.masters.locations[record[1]].division, record[0]
            moves = [
                leg for leg in company.by_record.get(record, [])
                if leg.is_owned and leg.is_current and leg.event_type not in ("reversal", "status_change")
                and leg.kind != "adjustment"
            ]  # fmt: skip
            since = {
                name: (company.as_of_date - max(leg.event_day for leg in members)).days if members else None
                for name, members in [("move", moves), ("demand", [leg for leg in moves if leg.is_demand])]
            }
            mean = mean_daily.get(record) or NOUGHT
            rest = None
            if self.ends[key]["is_superseded"] and (since["demand"] is None or since["demand"] >= 90):
                rest = "superseded"
            elif since["move"] is not None and since["move"] >= 365:
                rest = "no_move"
            elif mean > 0 and qty / mean > 730:
                rest = "cover"
            value = self.value_on(record, company.as_of_date)[1]
            said = {"flag": "expired" if expired else rest, "qty": qty, "since": since, "value": value,
                    "flagged_qty": qty if rest else expired, "written": self.standing.get(record, NOUGHT)}  # fmt: skip
            said["flagged"] = None if value is None else value * said["flagged_qty"] / qty
            self._realisable(said, prices.get(key), listed.get(key))
            found[record] = said
        return found

    def _realisable(self, said: dict, invoiced: Decimal | None, listed: Decimal | None) -> None:
        price = listed if invoiced is None else invoiced
        said["source"] = "invoices" if invoiced is not None else "list" if listed is not None else None
        said["shortfall"] = said["down"] = said["up"] = said["carrying"] = None
        said["why"] = "no_cost" if said["value"] is None else "no_price" if price is None else None
        if said["why"] is None:
            net = max(price * (1 - Decimal("0.1")), NOUGHT)
            said["shortfall"] = max(said["value"] - said["qty"] * net, NOUGHT)
            said["down"] = max(said["shortfall"] - said["written"], NOUGHT)
            proved = invoiced is not None and self.framework == "ias2"
            said["up"] = max(said["written"] - said["shortfall"], NOUGHT) if proved else NOUGHT
            said["carrying"] = said["value"] - said["written"] - said["down"] + said["up"]
