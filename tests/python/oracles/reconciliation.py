"""ERP balance, WMS bins and the ledger, each at the moment it speaks of: deltas, tolerance, match, who stands alone.

Here: plain Python over accepted rows, written from docs/formulas.md. Not here: the classes of breaks, which
test_break_classes.py measures against what was planted, and the comparison.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.python.oracles.accepted import policy
from tests.python.oracles.company import Company
from tests.python.oracles.costs import Record
from tests.python.oracles.stock import on_hand

NOUGHT = Decimal(0)


@dataclass(frozen=True)
class Comparison:
    """The sides of a record at a cut-off; None where a side does not know the record or was not told. Base units."""

    as_of: datetime
    erp: Decimal | None
    ledger: Decimal | None
    bin_as_of: datetime | None
    bins: Decimal | None
    ledger_at_bins: Decimal | None

    @property
    def delta(self) -> Decimal:
        """Ledger minus balance; a side that does not know the record counts nil."""
        return (self.ledger or NOUGHT) - (self.erp or NOUGHT)

    @property
    def bin_delta(self) -> Decimal | None:
        """Bins minus the ledger of their own moment."""
        return None if self.bins is None else self.bins - (self.ledger_at_bins or NOUGHT)

    @property
    def tolerance(self) -> Decimal:
        """The larger of the absolute tolerance and the share of what is expected."""
        return max(Decimal(policy("recon_abs_tol")), Decimal(policy("recon_pct_tol")) * abs(self.erp or NOUGHT))

    @property
    def is_matched(self) -> bool:
        """Whether the difference of ERP and ledger is within tolerance."""
        return abs(self.delta) <= self.tolerance

    @property
    def side_alone(self) -> str:
        """The side with which no other agrees."""
        if self.bin_delta is None:
            return "none" if self.is_matched else "unknown"
        erp, wms = self.is_matched, abs(self.bin_delta) <= self.tolerance
        ends = abs(self.delta + self.bin_delta) <= self.tolerance
        agreed = {(True, True): "none", (False, True): "erp", (True, False): "wms"}
        return agreed.get((erp, wms), "ledger" if ends else "all")


def told_bins(company: Company) -> dict[tuple[str, datetime], dict[Record, tuple[datetime, Decimal]]]:
    """(location, moment of the extract) -> record -> (as of, owned quantity); of two extracts the later speaks."""
    extracts: dict[tuple, list] = defaultdict(list)
    for row in company.accepted.rows("wms", "bin_balances"):
        extracts[row.instance, row.batch_id].append(row)
    best: dict[tuple, tuple] = {}
    for (site, batch), rows in extracts.items():
        key = site, max(row.as_of for row in rows)
        rank = rows[0].extracted_at, batch
        if key not in best or rank > best[key][0]:
            best[key] = rank, rows
    found: dict[tuple[str, datetime], dict[Record, tuple[datetime, Decimal]]] = {}
    for (site, cut_off), (_, rows) in best.items():
        place = company.masters.by_site.get(site)
        if place is None:
            continue
        held = found.setdefault((place.location_id, cut_off), {})
        for row in rows:
            record = company.bin_record(row)
            if record and row.owner_code in (None, place.division):
                as_of, qty = held.get(record, (row.as_of, NOUGHT))
                factor = company.masters.factor(place.division, row.item_code, row.uom)
                held[record] = min(as_of, row.as_of), qty + row.qty * factor
    return found


def compare(company: Company) -> dict[tuple[Record, datetime], Comparison]:
    """(record, cut-off) -> Comparison over owned stock: every record that any side knows at the cut-off."""
    told: dict[tuple[Record, datetime], list[tuple[datetime, Decimal]]] = defaultdict(list)
    for row, cut_off in company.balances:
        record = company.balance_record(row)
        if record and row.owner_code in (None, row.instance):
            factor = company.masters.factor(row.instance, row.item_code, row.uom)
            told[record, cut_off].append((row.as_of, row.on_hand_qty * factor))
    bins = told_bins(company)
    owned = {record: [leg for leg in legs if leg.is_owned] for record, legs in company.by_record.items()}
    cut_offs = {(record[1], cut_off) for record, cut_off in told}
    beside = {key: _bins_beside(bins, *key) for key in cut_offs}
    keys = set(told)
    for location, cut_off in cut_offs:
        keys |= {(r, cut_off) for r, legs in owned.items() if r[1] == location and on_hand(legs, cut_off) is not None}
        keys |= {(record, cut_off) for record in bins.get((location, beside[location, cut_off]), {})}
    found = {}
    for record, cut_off in keys:
        rows, legs = told.get((record, cut_off)), owned.get(record, [])
        as_of = min(at for at, _ in rows) if rows else cut_off
        erp = sum((qty for _, qty in rows), NOUGHT) if rows else None
        moment = beside[record[1], cut_off]
        held = bins.get((record[1], moment), {}).get(record, (moment, NOUGHT)) if moment else (None, None)
        at_bins = on_hand(legs, held[0]) if moment else None
        found[record, cut_off] = Comparison(as_of, erp, on_hand(legs, as_of), *held, at_bins)
    return found


def _bins_beside(bins: dict, location: str, cut_off: datetime) -> datetime | None:
    """The latest moment of bins that is neither too old nor beyond the window."""
    oldest = cut_off - timedelta(hours=int(policy("recon_bin_max_age_hours")))
    newest = cut_off + timedelta(hours=int(policy("recon_late_window")))
    return max((at for place, at in bins if place == location and oldest <= at <= newest), default=None)


@dataclass
class Agreement:
    """What a scope's records agree on and differ by on a day, company currency."""

    matched: int = 0
    records: int = 0
    agreed: int = 0
    net: Decimal = NOUGHT
    gross: Decimal = NOUGHT
    book: Decimal = NOUGHT
    uncosted: int = 0


def agreements(company: Company, compared: dict[tuple[Record, datetime], Comparison]) -> dict[tuple, Agreement]:
    """(scope type, scope, business day) -> Agreement; a location not compared on a day speaks by its latest cut-off."""
    places, carried = company.masters.locations, int(policy("recon_carry_days"))

    def day_of(location: str, at: datetime) -> date:
        return at.replace(tzinfo=UTC).astimezone(ZoneInfo(places[location].time_zone)).date()

    cut_offs: dict[str, set[datetime]] = defaultdict(set)
    for record, cut_off in compared:
        cut_offs[record[1]].add(cut_off)
    days: dict[str, set[date]] = defaultdict(set)
    for location, moments in cut_offs.items():
        days[places[location].company] |= {day_of(location, at) for at in moments}
    speaks: dict[tuple[str, datetime], list[tuple[date, bool]]] = defaultdict(list)
    for location, moments in cut_offs.items():
        for day in days[places[location].company]:
            past = [at for at in moments if timedelta(0) <= day - day_of(location, at) < timedelta(days=carried)]
            if past:
                speaks[location, max(past)].append((day, day_of(location, max(past)) == day))
    found: dict[tuple, Agreement] = defaultdict(Agreement)
    own: set[tuple] = set()
    for (record, cut_off), said in compared.items():
        for day, is_own in speaks[record[1], cut_off]:
            cost, _ = company.costs.at(record, said.as_of.date())
            rate = company.rate(record, day, "closing")
            amount = None if cost is None or rate is None else said.delta * cost * rate
            for scope in company.scopes(record).items():
                total = found[(*scope, day)]
                total.matched += said.is_matched
                total.records += 1
                total.agreed += said.side_alone == "none"
                total.net += amount or NOUGHT
                total.gross += abs(amount or NOUGHT)
                total.book += NOUGHT if amount is None else abs(said.erp or NOUGHT) * cost * rate
                total.uncosted += amount is None and said.delta != 0
                if is_own:
                    own.add((*scope, day))
    return {key: total for key, total in found.items() if key in own and key[0] != "sku_location"}
