"""Holes in the numbering of devices, transfers with their legs, and stock by what can be done with it.

Here: plain Python over accepted rows. Not here: the comparison.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pyarrow.parquet as pq

from tests.python.oracles.accepted import latest, policy
from tests.python.oracles.company import Company
from tests.python.oracles.costs import Record
from tests.python.oracles.replenishment import Supply

NOUGHT = Decimal(0)


def holes(company: Company) -> dict[tuple[str, str, int], tuple[int, datetime, datetime, str | None]]:
    """(site, device, first missing number) -> last one, event before, event after, rule that refused the only one."""
    numbers: dict[tuple[str, str], dict[int, datetime]] = defaultdict(dict)
    for row in company.accepted.rows("wms", "movements"):
        if row.device_id is not None and row.sequence_no is not None:
            numbers[row.instance, row.device_id][row.sequence_no] = row.occurred_at
    refused = {}
    for path in (company.accepted.home.pinned / "audit" / "quarantined_rows").glob("*.parquet"):
        for row in pq.read_table(path, columns=["instance", "entity", "rule", "raw_row"]).to_pylist():
            if row["entity"] == "movements" and row["raw_row"]:
                raw = json.loads(row["raw_row"])
                refused[row["instance"], raw["device_id"], raw["sequence_no"]] = row["rule"]
    found = {}
    for (site, device), seen in numbers.items():
        ordered = sorted(seen)
        for before, after in pairwise(ordered):
            if after > before + 1:
                rule = refused.get((site, device, before + 1)) if after == before + 2 else None
                found[site, device, before + 1] = after - 1, seen[before], seen[after], rule
    return found


@dataclass
class Transfer:
    """Both legs of a transfer of a SKU up to the cut-off."""

    shipped: Decimal = NOUGHT
    received: Decimal = NOUGHT
    left: str | None = None
    reached: str | None = None
    first: datetime | None = None

    @property
    def on_its_way(self) -> Decimal:
        """Left and not arrived."""
        return self.shipped - self.received

    def is_overdue(self, as_of: datetime) -> bool:
        """Whether the legs have not met for too long."""
        allowed = timedelta(hours=int(policy("transfer_overdue_hours")))
        return self.on_its_way != 0 and self.first is not None and as_of - self.first > allowed


def transfers(company: Company) -> dict[tuple[str, str], Transfer]:
    """(transfer, SKU) -> Transfer; `first`: when it left, or when it came where nobody told of its leaving."""
    found: dict[tuple[str, str], Transfer] = defaultdict(Transfer)
    came: dict[tuple[str, str], datetime] = {}
    for leg in sorted(company.ledger, key=lambda leg: leg.happened_at):
        if leg.source.transfer_id is None or leg.happened_at > company.as_of or not leg.is_current:
            continue
        key = leg.source.transfer_id, leg.sku
        transfer = found[key]
        if leg.qty < 0:
            transfer.shipped, transfer.left = transfer.shipped - leg.qty, leg.location
            transfer.first = transfer.first or leg.happened_at
        elif leg.qty > 0:
            transfer.received, transfer.reached, came[key] = transfer.received + leg.qty, leg.location, leg.happened_at
    for key, transfer in found.items():
        transfer.first = transfer.first or came.get(key)
    return dict(found)


@dataclass
class State:
    """Owned stock of a record by what can be done with it."""

    on_hand: Decimal = NOUGHT
    available: Decimal = NOUGHT
    reserved: Decimal = NOUGHT
    quarantine: Decimal = NOUGHT
    damaged: Decimal = NOUGHT
    expired: Decimal = NOUGHT
    in_transit: Decimal | None = None
    on_order: Decimal = NOUGHT


def states(company: Company) -> dict[Record, State]:
    """Record -> State at the cut-off: the ledger by status, lots past their date, the ERP's promises, open orders."""
    found = {record: State() for record in company.records}
    expiry = _expiry(company)
    for leg in company.ledger:
        if leg.is_owned and leg.at <= company.as_of:
            state = found[leg.sku, leg.location]
            dead = expiry.get((leg.sku, leg.location, leg.lot))
            kind = leg.status
            if kind == "available" and dead is not None and dead < company.as_of_date:
                kind = "expired"
            setattr(state, kind, getattr(state, kind) + leg.qty)
            state.on_hand += leg.qty
    promised: dict[Record, tuple[datetime, Decimal, Decimal | None]] = {}
    for row, cut_off in company.balances:
        record = company.balance_record(row)
        if record and row.owner_code in (None, row.instance) and cut_off <= company.as_of:
            factor = company.masters.factor(row.instance, row.item_code, row.uom)
            way = None if row.in_transit_qty is None else row.in_transit_qty * factor
            if record not in promised or cut_off > promised[record][0]:
                promised[record] = cut_off, (row.reserved_qty or NOUGHT) * factor, way
    for record, (_, reserved, way) in promised.items():
        state = found[record]
        more = min(max(reserved - state.reserved, NOUGHT), max(state.available, NOUGHT))
        state.reserved, state.available, state.in_transit = state.reserved + more, state.available - more, way
    for line in Supply(company).lines:
        if line.status == "open" and line.ordered > line.accepted and (line.sku, line.location) in found:
            found[line.sku, line.location].on_order += line.ordered - line.accepted
    return found


def _expiry(company: Company) -> dict[tuple[str, str, str], date]:
    found: dict[tuple[str, str, str], date] = {}
    for row in latest(company.accepted.rows("wms", "lots"), lambda r: (r.instance, r.item_code, r.lot)):
        place = company.masters.by_site.get(row.instance)
        sku = place and company.masters.sku.get((place.division, row.item_code))
        if sku and row.expiry_date is not None:
            key = sku, place.location_id, row.lot
            found[key] = min(row.expiry_date, found.get(key, row.expiry_date))
    return found
