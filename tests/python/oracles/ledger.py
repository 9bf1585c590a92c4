"""The ledger from delivered events: one winner per event, base units, two legs for a status change."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from hashlib import md5
from typing import Any
from zoneinfo import ZoneInfo

from tests.python.oracles.accepted import Accepted
from tests.python.oracles.masters import Masters

FOUR = Decimal("0.0001")
PAYLOAD = (
    *("event_type", "item_code", "lot", "owner_code", "from_bin", "to_bin", "qty", "uom", "stock_status"),
    *("from_stock_status", "to_stock_status", "occurred_at", "recorded_at", "device_id", "sequence_no"),
    *("reverses_event_id", "transfer_id", "reference", "reason"),
)


@dataclass(frozen=True, slots=True)
class Leg:
    """One movement of one stock. qty: base units, signed; kind: what a reversal takes back counts as."""

    movement_id: str
    sku: str
    location: str
    lot: str
    status: str
    owner: str
    is_owned: bool
    event_type: str
    kind: str
    qty: Decimal
    at: datetime
    day: date
    source: Any

    @property
    def is_demand(self) -> bool:
        """Goods that a customer took, or the taking back of such an event."""
        return self.kind == "sales_issue"

    @property
    def is_cogs(self) -> bool:
        """Sales and customers' returns."""
        return self.kind in ("sales_issue", "customer_return")


def winners(rows: list[Any]) -> list[Any]:
    """The delivery that speaks for each event of a site: highest version, latest recording, greatest payload hash.

    Of equal deliveries the one that was extracted first.
    """
    told: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in rows:
        told[row.instance, row.event_id].append(row)

    def rank(row: Any) -> tuple[int, Any, str]:
        return (row.source_version if row.source_version is not None else 1, row.recorded_at, payload_hash(row))

    found = []
    for said in told.values():
        best = max(map(rank, said)) if len(said) > 1 else None
        equal = [row for row in said if best is None or rank(row) == best]
        found.append(min(equal, key=lambda row: (row.extracted_at, row.batch_id, row.row)))
    return found


def payload_hash(row: Any) -> str:
    """md5 of what a redelivery may change: a bar after each text, `\\|` for a bar in one, `~` for nothing."""
    texts = (getattr(row, name) for name in PAYLOAD)
    told = "".join(("~" if text is None else str(text).replace("|", "\\|")) + "|" for text in texts)
    return md5(told.encode()).hexdigest()


def legs(accepted: Accepted, masters: Masters) -> list[Leg]:
    """The whole ledger. Events of an unknown site, item or unit are left out: they wait in quarantine."""
    events = winners(accepted.rows("wms", "movements"))
    types = {(e.instance, e.event_id): e.event_type for e in events}
    zones = {site: ZoneInfo(location.time_zone) for site, location in masters.by_site.items()}
    found: list[Leg] = []
    for event in events:
        location = masters.by_site.get(event.instance)
        sku = location and masters.sku.get((location.division, event.item_code))
        factor = sku and masters.factor(location.division, event.item_code, event.uom)
        if not factor:
            continue
        kind = event.event_type
        if kind == "reversal":
            kind = types.get((event.instance, event.reverses_event_id), kind)
        qty = (event.qty * factor).quantize(FOUR, ROUND_HALF_UP)
        owner = event.owner_code if event.owner_code is not None else location.division
        status = event.stock_status if event.stock_status is not None else "available"
        parts = [("", status, qty)]
        if event.event_type == "status_change":
            parts = [("#out", event.from_stock_status, -qty), ("#in", event.to_stock_status, qty)]
        found += [
            Leg(
                movement_id=f"{event.instance}/{event.event_id}{suffix}",
                sku=sku,
                location=location.location_id,
                lot=event.lot if event.lot is not None else "-",
                status=leg_status,
                owner=owner,
                is_owned=owner == location.division,
                event_type=event.event_type,
                kind=kind,
                qty=leg_qty,
                at=event.occurred_at,
                day=event.occurred_at.replace(tzinfo=UTC).astimezone(zones[event.instance]).date(),
                source=event,
            )
            for suffix, leg_status, leg_qty in parts
        ]
    return found


def by_record(ledger: list[Leg]) -> dict[tuple[str, str], list[Leg]]:
    """Legs per (SKU, location) in order of time."""
    grouped: dict[tuple[str, str], list[Leg]] = defaultdict(list)
    for leg in sorted(ledger, key=lambda leg: leg.at):
        grouped[leg.sku, leg.location].append(leg)
    return grouped
