"""The ledger from delivered events: one winner per event, base units, two legs for a status change."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from hashlib import md5
from typing import Any
from zoneinfo import ZoneInfo

from tests.python.oracles.accepted import Accepted
from tests.python.oracles.clocks import moments
from tests.python.oracles.masters import Masters
from tests.python.oracles.posting import Calendar, Entry, books

FOUR = Decimal("0.0001")
PAYLOAD = (
    *("event_type", "item_code", "lot", "owner_code", "from_bin", "to_bin", "qty", "uom", "stock_status"),
    *("from_stock_status", "to_stock_status", "occurred_at", "recorded_at", "device_id", "sequence_no"),
    *("reverses_event_id", "transfer_id", "reference", "reason"),
)


@dataclass(frozen=True, slots=True)
class Leg:
    """One movement of one stock. qty: base units, signed; kind: what a reversal takes back counts as.

    at, day: under which the books hold it; happened_at, event_day: when it happened; is_current: it tells what is now
    known of the event.
    """

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
    happened_at: datetime
    event_day: date
    is_current: bool

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
    rows = accepted.rows("wms", "movements")
    types = {(e.instance, e.event_id): e.event_type for e in winners(rows)}
    by_site: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_site[row.instance].append(row)
    found: list[Leg] = []
    for site, sent in by_site.items():
        if location := masters.by_site.get(site):
            calendar = Calendar(ZoneInfo(location.time_zone), min(row.extracted_at for row in sent))
            moment = moments(sent, calendar, _best)
            for entries in books(sent, calendar, _best, moment).values():
                for number, entry in enumerate(entries):
                    found += _legs_of(entry, number, entry is entries[-1], location, masters, types, calendar, moment)
    return found


def _best(deliveries: list[Any]) -> Any:
    """The delivery of one event that speaks for it."""
    return winners(deliveries)[0]


def _legs_of(
    entry: Entry, number: int, is_current: bool, location: Any, masters: Masters, types, calendar, moment
) -> list[Leg]:
    """Legs of one version, and those that take it back."""
    event = entry.row
    sku = masters.sku.get((location.division, event.item_code))
    factor = sku and masters.factor(location.division, event.item_code, event.uom)
    if not factor:
        return []
    kind = event.event_type
    if kind == "reversal":
        kind = types.get((event.instance, event.reverses_event_id), kind)
    qty = (event.qty * factor).quantize(FOUR, ROUND_HALF_UP)
    owner = event.owner_code if event.owner_code is not None else location.division
    status = event.stock_status if event.stock_status is not None else "available"
    parts = [("", status, qty)]
    if event.event_type == "status_change":
        parts = [("#out", event.from_stock_status, -qty), ("#in", event.to_stock_status, qty)]
    late_in = "" if number == 0 else "#late_in" if number == 1 else f"#late_in{number}"
    booked = [(late_in, 1, entry.day, entry.at)]
    if entry.taken_back:
        booked.append((f"#late_out{number + 1 if number else ''}", -1, *entry.taken_back))
    return [
        Leg(
            movement_id=f"{event.instance}/{event.event_id}{suffix}{late}",
            sku=sku,
            location=location.location_id,
            lot=event.lot if event.lot is not None else "-",
            status=leg_status,
            owner=owner,
            is_owned=owner == location.division,
            event_type=event.event_type,
            kind=kind,
            qty=sign * leg_qty,
            at=at,
            day=day,
            source=event,
            happened_at=moment(event),
            event_day=calendar.day_of(moment(event)),
            is_current=is_current,
        )
        for suffix, leg_status, leg_qty in parts
        for late, sign, day, at in booked
    ]


def by_record(ledger: list[Leg]) -> dict[tuple[str, str], list[Leg]]:
    """Legs per (SKU, location) in order of time."""
    grouped: dict[tuple[str, str], list[Leg]] = defaultdict(list)
    for leg in sorted(ledger, key=lambda leg: leg.at):
        grouped[leg.sku, leg.location].append(leg)
    return grouped
