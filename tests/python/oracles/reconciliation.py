"""ERP balance against the ledger at the moment the balance speaks of: delta, tolerance, match."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from tests.python.oracles.accepted import policy
from tests.python.oracles.company import Company
from tests.python.oracles.costs import Record
from tests.python.oracles.stock import on_hand


@dataclass(frozen=True)
class Comparison:
    """Both sides of a record at a cut-off; None where a side does not know the record. Base units."""

    as_of: datetime
    erp: Decimal | None
    wms: Decimal | None

    @property
    def delta(self) -> Decimal:
        """Ledger minus balance; a side that does not know the record counts nil."""
        return (self.wms or Decimal(0)) - (self.erp or Decimal(0))

    @property
    def tolerance(self) -> Decimal:
        """The larger of the absolute tolerance and the share of what is expected."""
        return max(Decimal(policy("recon_abs_tol")), Decimal(policy("recon_pct_tol")) * abs(self.erp or Decimal(0)))

    @property
    def is_matched(self) -> bool:
        """Whether the difference is within tolerance."""
        return abs(self.delta) <= self.tolerance


def compare(company: Company) -> dict[tuple[Record, datetime], Comparison]:
    """(record, cut-off) -> Comparison over owned stock: every record that either side knows at the cut-off."""
    told: dict[tuple[Record, datetime], list[tuple[datetime, Decimal]]] = defaultdict(list)
    for row, cut_off in company.balances:
        record = company.balance_record(row)
        if record and row.owner_code in (None, row.instance):
            factor = company.masters.factor(row.instance, row.item_code, row.uom)
            told[record, cut_off].append((row.as_of, row.on_hand_qty * factor))
    owned = {record: [leg for leg in legs if leg.is_owned] for record, legs in company.by_record.items()}
    cut_offs = {(record[1], cut_off) for record, cut_off in told}
    keys = set(told)
    for location, cut_off in cut_offs:
        keys |= {(r, cut_off) for r, legs in owned.items() if r[1] == location and on_hand(legs, cut_off) is not None}
    found = {}
    for record, cut_off in keys:
        rows = told.get((record, cut_off))
        as_of = min(at for at, _ in rows) if rows else cut_off
        erp = sum((qty for _, qty in rows), Decimal(0)) if rows else None
        found[record, cut_off] = Comparison(as_of, erp, on_hand(owned.get(record, []), as_of))
    return found
