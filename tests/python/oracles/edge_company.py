"""A company of edge cases, by hand and by a seeded generator: what the simulator's short history cannot show.

Here: eighteen months of three divisions in three currencies and four time zones, with lots, changes of status,
reversals, returns, consignment, transfers, case units, redeliveries, negative stock, missing and changing costs, and
gaps in the rates.
Not here: faults of delivery, which have tests of their own, and any expected figure.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from orchestration.lib.contracts import arrow_type, load_contracts
from orchestration.lib.landing import write_batch
from orchestration.lib.paths import REPO
from tests.python.oracles import edge_bins, edge_counts, edge_floor, edge_forecasts, edge_sales, edge_write_offs
from tests.python.oracles.edge_masters import CURRENCIES, FROZEN_FROM, SITES, masters
from tests.python.oracles.edge_service import with_service

FIRST_DAY, LAST_DAY = date(2025, 1, 10), date(2026, 6, 19)
EXTRACTED_AT = datetime(2026, 6, 20, 6, tzinfo=UTC)
CUT_OFFS = [datetime(2025, 12, 31, 22), datetime(2026, 3, 31, 22), datetime(2026, 6, 15, 22), datetime(2026, 6, 19, 22)]

# Who sells what from where: item -> (site, chance of a sale a day, unit of receipts, base units in it).
SELLERS = {
    "e01": ("E1", 0.5, "CASE", 12),
    "w01": ("W1", 0.5, "EA", 1),
    "e02": ("E1", 0.4, "EA", 1),
    "w02": ("W1", 0.3, "PC", 1),
    "e03": ("E1", 0.3, "EA", 1),
    "e04": ("E1", 0.2, "EA", 1),
    "e05": ("E1", 0.3, "EA", 1),
    "e06": ("E1", 0.2, "EA", 1),
    "e07": ("E1", 0.15, "EA", 1),
    "w07": ("W1", 0.1, "EA", 1),
    "e08": ("E1", 0.1, "EA", 1),
    "w08": ("W1", 0.1, "EA", 1),
    "e10": ("E1", 0.6, "EA", 1),
    "e12": ("E1", 0.2, "EA", 1),
    "e13": ("E1", 0.3, "G", Decimal("0.001")),
    "w20": ("W1", 0.2, "EA", 1),
    "w21": ("W1", 0.2, "EA", 1),
    "i01": ("I1", 0.3, "EA", 1),
}


@dataclass
class EdgeCompany:
    """Events and masters in landing columns; `stock` runs along in base units, owned goods only."""

    seed: int = 11
    events: dict[str, list[dict]] = field(default_factory=lambda: defaultdict(list))
    stock: dict[tuple[str, str], list[tuple[datetime, Decimal]]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        for item, seller in SELLERS.items():
            self._history(item, *seller)
        self._set_pieces()

    def event(self, site: str, kind: str, item: str, at: datetime, qty, uom: str = "EA", factor=1, **more) -> dict:
        """Record one event; owned quantities go into `stock`."""
        row = {
            "event_id": f"{site}-{len(self.events[site]):05d}",
            "event_type": kind,
            "item_code": item,
            "qty": Decimal(str(qty)),
            "uom": uom,
            "occurred_at": at,
            "recorded_at": at + timedelta(seconds=30),
            **more,
        }
        self.events[site].append(row)
        if more.get("owner_code") in (None, SITES[site][0]) and kind != "status_change":
            self.stock[site, item].append((at, row["qty"] * Decimal(str(factor))))
        return row

    def on_hand(self, site: str, item: str, at: datetime) -> Decimal:
        """Owned stock in base units at a moment."""
        return sum((qty for moment, qty in self.stock[site, item] if moment <= at), Decimal(0))

    def _history(self, item: str, site: str, chance: float, receipt_uom: str, factor) -> None:
        level, day, past_sales = Decimal(0), FIRST_DAY, []
        bulk = receipt_uom == "G"
        if item != "e05":  # e05 sells before anything was received: negative stock
            level += self._receive(site, item, day, receipt_uom, factor, bulk)
        while day <= LAST_DAY:
            selling = item not in ("e10", "e02", "w02") or day < FROZEN_FROM
            if selling and self.random.random() < chance and (level > 8 or item == "e05"):
                qty = Decimal(self.random.randint(1, 8)) if not bulk else Decimal(self.random.randint(1, 6000)) / 1000
                lot = self.random.choice(["L1", "L2"]) if item == "e02" else None
                at = self._moment(day)
                sale = self.event(site, "sales_issue", item, at, -qty, "KG" if bulk else "EA", 1, lot=lot)
                past_sales.append((sale, at))
                level -= qty
                if len(past_sales) % 25 == 0:
                    level += self._take_back(site, item, past_sales[-12], day)
            if day.day == 28 if item == "e05" else level < 25 and day.day in (5, 20):
                level += self._receive(site, item, day, receipt_uom, factor, bulk)
            day += timedelta(days=1)

    def _take_back(self, site: str, item: str, sold: tuple[dict, datetime], day: date) -> Decimal:
        """A sale of some weeks ago comes back, by turns as a customer's return and as a reversal of the event."""
        sale, _ = sold
        kind = "reversal" if self.random.random() < 0.5 else "customer_return"
        link = {"reverses_event_id": sale["event_id"]} if kind == "reversal" else {"reference": sale["event_id"]}
        self.event(site, kind, item, self._moment(day), -sale["qty"], sale["uom"], 1, lot=sale.get("lot"), **link)
        return -sale["qty"]

    def _receive(self, site: str, item: str, day: date, uom: str, factor, bulk: bool) -> Decimal:
        qty = 60000 if bulk else (6 if uom == "CASE" else 72)
        for lot in ["L1", "L2"] if item == "e02" else [None]:
            self.event(site, "receipt", item, self._moment(day), qty, uom, factor, lot=lot)
        return qty * Decimal(str(factor)) * (2 if item == "e02" else 1)

    def _moment(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day) + timedelta(seconds=self.random.randrange(86400))

    def _set_pieces(self) -> None:
        at = datetime(2025, 3, 3, 12)
        self.event("E1", "receipt", "e09", at, 40)  # dead stock: received once, never touched again
        self.event("E1", "receipt", "e15", datetime(2025, 12, 22, 12), 10)  # idle for 180 days at the cut-off,
        self.event("E1", "receipt", "e16", datetime(2025, 12, 23, 12), 10)  # and for 179
        self.event("E1", "receipt", "e11", datetime(2026, 6, 1, 12), 30)  # new, not sold yet
        self.event("E1", "receipt", "e06", at, 500, owner_code="supplier9")  # consignment: in the ledger, not ours
        self.event("E1", "sales_issue", "e06", at + timedelta(days=9), -100, owner_code="supplier9")
        for month in (2, 5, 8, 11):  # goods of two lots into quarantine and half of them back
            moved = {"from_stock_status": "available", "to_stock_status": "quarantine"}
            back = {"from_stock_status": "quarantine", "to_stock_status": "available"}
            moment = datetime(2025, month, 11, 3, 30)
            self.event("E1", "status_change", "e02", moment, 6, lot="L1", **moved)
            self.event("E1", "status_change", "e02", moment + timedelta(days=5), 3, lot="L1", **back)
        for number, day in enumerate((date(2025, 9, 1), date(2025, 12, 15), date(2026, 4, 2))):
            left = datetime(day.year, day.month, day.day, 20)  # the feed of W2 starts with the first of these
            self.event("W1", "transfer_out", "w01", left, -5, transfer_id=f"T{number}")
            self.event("W2", "transfer_in", "w01", left + timedelta(days=3), 5, transfer_id=f"T{number}")
        self.event("E1", "adjustment", "e05", datetime(2026, 6, 18, 12), -600)  # negative at the cut-off
        # One leaves and never arrives, one is on its way, one has come of which nobody told that it left.
        self.event("W1", "transfer_out", "w01", datetime(2026, 6, 10, 20), -2, transfer_id="T8")
        self.event("W1", "transfer_out", "w01", datetime(2026, 6, 18, 20), -1, transfer_id="T9")
        self.event("W2", "transfer_in", "w01", datetime(2026, 6, 12, 21), 1, transfer_id="T10")
        # The same instant, in and out: the position does not change and has no row of zero length.
        self.event("W2", "adjustment", "w01", datetime(2026, 1, 10, 1), 2)
        self.event("W2", "adjustment", "w01", datetime(2026, 1, 10, 1), -2)
        # Minutes around midnight and around the change to summer time in New York.
        # A device counts them and loses two numbers between the second and the third.
        for text, number in (
            ("2026-03-08 04:59:59", 7),
            ("2026-03-08 05:00:00", 8),
            ("2026-03-09 03:59:59", 11),
            ("2026-03-09 04:00:00", 12),
        ):
            told = {"device_id": "E1-HH1", "sequence_no": number}
            self.event("E1", "adjustment", "e12", datetime.fromisoformat(text), 1, **told)
        self.event("E1", "adjustment", "e12", datetime(2026, 3, 9, 5), -4)
        edge_counts.post_adjustment(self.event)

    def batches(self):
        """(source, instance, entity, batch, rows, extracted_at) of everything, in order of extraction."""
        for site, events in self.events.items():
            by_month: dict[str, list[dict]] = defaultdict(list)
            for row in sorted(events, key=lambda row: row["recorded_at"]):
                by_month[f"{row['occurred_at']:%Y%m}"].append(row)
            redelivered = self._redeliveries(events)
            for number, (month, rows) in enumerate(sorted(by_month.items()), 1):
                last = number == len(by_month)
                at = (
                    EXTRACTED_AT
                    if last
                    else datetime(int(month[:4]), int(month[4:]), 28, tzinfo=UTC) + timedelta(days=5)
                )
                yield "wms", site, "movements", month, rows + (redelivered if last else []), at
        for division in CURRENCIES:
            for entity, rows in edge_write_offs.with_ends(with_service(division, masters(division))).items():
                if rows:
                    yield "erp", division, entity, "20260620", rows, EXTRACTED_AT
            for cut_off in CUT_OFFS:
                for load in (1, 2):  # two loads a day: the later one speaks
                    rows = self._balances(division, cut_off, load)
                    at = cut_off.replace(tzinfo=UTC) + timedelta(hours=load)
                    yield "erp", division, "inventory_balances", f"{cut_off:%Y%m%d}-{load}", rows, at
        yield "wms", "E1", "cycle_counts", "20260620", self._counts(), EXTRACTED_AT
        yield from edge_bins.batches(self)
        yield from edge_floor.batches()
        yield from edge_sales.batches(self.events)
        yield from edge_forecasts.batches()
        yield from edge_write_offs.batches()

    def _redeliveries(self, events: list[dict]) -> list[dict]:
        """The same event again: as it was, beaten by a version, beating by a version, beating by its recording."""
        sales = [row for row in events if row["event_type"] == "sales_issue"][3:40:9]
        again = [dict(row) for row in sales]
        for row, change in zip(again, ({}, {"source_version": 0}, {"source_version": 2}, {}, {}), strict=False):
            row.update(change)
        if len(again) > 3:
            again[1]["qty"] -= 100
            again[2]["qty"] -= 1
            again[3]["qty"] -= 2
            again[3]["recorded_at"] += timedelta(days=2)
            self.redelivered = {again[2]["event_id"]: -1, again[3]["event_id"]: -2}
        return again

    def _balances(self, division: str, cut_off: datetime, load: int) -> list[dict]:
        rows = []
        for site, item in sorted(self.stock):
            if SITES[site][0] != division or item == "e13":  # e13 is unknown to the ERP
                continue
            moments = [at for at, _ in self.stock[site, item] if at <= cut_off]
            if not moments:
                continue
            qty, as_of = self.on_hand(site, item, cut_off), cut_off
            if item == "e09" and cut_off in CUT_OFFS[-2:]:
                as_of = CUT_OFFS[-3]  # a record that is sent on but no longer refreshed
            if item == "w07" and cut_off == CUT_OFFS[-1]:
                as_of = CUT_OFFS[0]  # another, that has moved since
                qty = self.on_hand(site, item, as_of)
            qty += {"e10": 7, "w02": Decimal(1) if cut_off == CUT_OFFS[1] else 0, "e07": Decimal("0.1")}.get(item, 0)
            row = {"item_code": item, "location_code": site, "on_hand_qty": qty + (50 if load == 1 else 0), "uom": "EA"}
            told = {"reserved_qty": {"e03": Decimal(4), "e12": Decimal(10_000)}.get(item, Decimal(0))}
            told["in_transit_qty"] = Decimal(3) if item == "e04" else None
            rows.append(row | {"as_of": as_of, "quarantine_qty": Decimal(0)} | told)
        if division == "east":
            rows.append(
                {"item_code": "e06", "location_code": "E1", "owner_code": "supplier9", "as_of": cut_off}
                | {"on_hand_qty": Decimal(400), "uom": "EA", "quarantine_qty": Decimal(0)}
            )
        return rows

    def _counts(self) -> list[dict]:
        rows = []
        for number, (item, moment) in enumerate([("e01", datetime(2026, 6, 10, 3)), ("e02", datetime(2025, 6, 10, 3))]):
            book = self.on_hand("E1", item, moment)
            count = {"count_id": f"c{number}", "item_code": item, "uom": "EA", "book_qty": book, "counted_at": moment}
            rows.append(count | {"counted_qty": max(book - 1, Decimal(0)), "trigger": "scheduled"})
        sales = sorted(
            e["occurred_at"] for e in self.events["E1"] if (e["item_code"], e["event_type"]) == ("e04", "sales_issue")
        )
        return rows + edge_counts.rows(self.on_hand, sales)


def land(landing: Path) -> None:
    """Write every batch of the company below `landing`."""
    contracts = load_contracts(REPO)
    for source, instance, entity, batch, rows, at in EdgeCompany().batches():
        contract = contracts[source, entity]
        schema = pa.schema([(column.name, arrow_type(column.data_type)) for column in contract.columns])
        table = pa.Table.from_pylist(rows, schema=schema)
        write_batch(landing, source, instance, entity, batch, table, at, contract=contract)
