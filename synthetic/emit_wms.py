"""The WMS of every site as it reports: movements, bin balances, cycle counts and lots, with the planted faults.

Belongs here: the layout of the WMS entities and the bending of their rows by the plan. Does not belong here: choosing
what to bend (report_faults.py), the true events (records.py), the bins themselves (emit_bins.py) and picks
(emit_picking.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.lib.contracts import Contract
from synthetic.clock import DAY, local_midnight, stream, to_utc, utc_datetime
from synthetic.company import Company
from synthetic.emit_bins import Bins, bend, lots_in_bins, told_bins
from synthetic.emit_recon import owners
from synthetic.floor_faults import FloorPlan
from synthetic.ledger import NAMES, Event
from synthetic.lots import EXPIRED, NO_LOT
from synthetic.orders import OrderBook
from synthetic.physical import Truth
from synthetic.profiles import Profile
from synthetic.recon_faults import ReconPlan
from synthetic.records import HOST, Records, cut_off_utc, site_utc
from synthetic.report_faults import ReportPlan
from synthetic.tables import Batch, conform, dates, day_name, decimals, instants, numbered, pick, quantities

UNKNOWN_ITEM = "ZZ-UNMAPPED-{}"
UNKNOWN_UOM = "QQ"
CASE = "CS"
BIN_DAYS = 7  # the last n days on which the bins are told
_BLOCKED, _CONSIGNED = 1, 2
_EXTRACT_DELAY = 20 * 60
_REFERENCES = ("OPEN-", "", "", "TR-", "TR-", "SO-", "SO-", "SCRAP-", "CC-")  # by event; purchase orders are looked up
_REASONS = {Event.OPENING: "cut_over_count", Event.CUSTOMER_RETURN: "customer_remorse", Event.SCRAP: "damaged",
            Event.ADJUSTMENT: "cycle_count", Event.SUPPLIER_RETURN: "rejected_on_receipt"}  # fmt: skip
_VERSIONED = 0  # only the sites of the first division number the first version of an event


@dataclass(frozen=True)
class _Rows:
    """Deliveries: which event, in which batch, with what changed; every array has shape (rows,)."""

    position: np.ndarray
    period: np.ndarray
    recorded: np.ndarray
    qty: np.ndarray  # base units as told
    version: np.ndarray


def _deliveries(records: Records, plan: ReportPlan) -> _Rows:
    """Return all deliveries in order of batch and recording: every event once, minus the lost, plus the repeated."""
    calendar = records.calendar
    recorded, period, qty = records.recorded.copy(), records.period.copy(), records.qty.copy()
    late_day = records.day[plan.late_event] + plan.late_seconds // DAY
    recorded[plan.late_event] += plan.late_seconds
    period[plan.late_event] = calendar.period_of_day[late_day]
    qty[plan.sign_error] = -qty[plan.sign_error]
    wrong = plan.conflicting_redelivery
    right = qty[wrong].copy()
    qty[wrong] = right * 2 - 1
    kept = np.ones(len(records), dtype=bool)
    kept[plan.lost_in_wms] = False
    base = np.flatnonzero(kept)
    twice, again = plan.duplicate_same_file, plan.duplicate_next_batch
    position = np.concatenate([base, twice, again, wrong])
    rows = _Rows(
        position=position,
        period=np.concatenate([period[base], period[twice], period[again] + 1, period[wrong] + 1]),
        recorded=np.concatenate([recorded[base], recorded[twice], recorded[again], _next_morning(records, wrong)]),
        qty=np.concatenate([qty[base], qty[twice], qty[again], right]),
        version=np.concatenate([np.ones(len(position) - len(wrong), dtype="int64"), np.full(len(wrong), 2)]),
    )
    order = np.lexsort((records.number[rows.position], rows.recorded, rows.period))
    return _Rows(**{name: getattr(rows, name)[order] for name in ("position", "period", "recorded", "qty", "version")})


def _next_morning(records: Records, position: np.ndarray) -> np.ndarray:
    """Return when a correction is recorded: ten hours into the first day of the batch after the event's own."""
    ends = records.calendar.period_ends[records.period[position]]
    return records.recorded[position] + (ends + 1 - records.day[position]) * DAY + 600


def emit_movements(company: Company, records: Records, book: OrderBook, plan: ReportPlan,
                   profile: Profile, seed: int, contract: Contract) -> Iterator[Batch]:  # fmt: skip
    """Yield the movement batches of every site: by month, week and day, some with their rows shuffled."""
    rows = _deliveries(records, plan)
    rng = stream(seed, "shuffle")
    for place, site in enumerate(company.sites):
        own = np.flatnonzero(records.site[rows.position] == place)
        cuts = np.searchsorted(rows.period[own], np.arange(len(records.calendar.period_ends) + 1))
        parts = []
        for period in range(len(records.calendar.period_ends)):
            part = own[cuts[period] : cuts[period + 1]]
            parts.append(rng.permutation(part) if (place, period) in plan.shuffled else part)
        table = _movements(company, records, book, plan, rows, np.concatenate(parts), contract)
        for period, end in enumerate(records.calendar.period_ends):
            yield Batch(
                source="wms",
                instance=site.code,
                entity="movements",
                name=day_name(profile.first_day, end),
                table=table.slice(cuts[period], cuts[period + 1] - cuts[period]),
                extracted_at=utc_datetime(_midnight_after(profile, site.time_zone, end) + _EXTRACT_DELAY),
            )


def _midnight_after(profile: Profile, time_zone: str, day: int) -> int:
    return int(to_utc(np.array([local_midnight(profile.first_day, int(day) + 1)]), time_zone)[0])


def _movements(company: Company, records: Records, book: OrderBook, plan: ReportPlan, rows: _Rows, chosen: np.ndarray,
               contract: Contract) -> pa.Table:  # fmt: skip
    """Lay out the chosen deliveries of one site as the contract wants them."""
    position, qty = rows.position[chosen], rows.qty[chosen]
    key, event = records.key[position], records.event[position]
    item = company.item_of[key]
    site = company.sites[int(records.site[position[0]])].code if len(position) else ""
    pack = company.items["pack"].to_numpy().astype("int64")[item]
    in_cases = (pack > 1) & (qty % np.maximum(pack, 1) == 0) & (qty != 0)
    in_cases &= np.isin(event, (int(Event.RECEIPT), int(Event.ISSUE), int(Event.TRANSFER_IN), int(Event.TRANSFER_OUT)))
    told = np.where(in_cases, qty // np.maximum(pack, 1), qty)
    uoms = [CASE, UNKNOWN_UOM, *company.items["base_uom"]]
    uom = np.where(np.isin(position, plan.unknown_uom), 1, np.where(in_cases, 0, item + 2))
    codes = [*company.items["item_code"], *(UNKNOWN_ITEM.format(n + 1) for n in range(len(plan.unknown_item)))]
    code = item.copy()
    strange = np.isin(position, plan.unknown_item)
    code[strange] = len(company.items) + np.searchsorted(plan.unknown_item, position[strange])
    reference = numbered(pick(list(_REFERENCES), event), np.maximum(records.reference[position], 0), 7)
    bought = np.isin(event, (int(Event.RECEIPT), int(Event.SUPPLIER_RETURN)))
    order = book.number.take(pa.array(np.where(bought, records.reference[position], 0)))
    is_transfer = pa.array(np.isin(event, (int(Event.TRANSFER_IN), int(Event.TRANSFER_OUT))))
    versioned = bool(len(position)) and company.division_of_site[records.site[position[0]]] == _VERSIONED
    told_version = (rows.version[chosen] > 1) | versioned
    devices = [f"{site}-HOST" if unit == HOST else f"{site}-HH{unit}" for unit in range(int(records.device.max()) + 1)]
    expired = (event == int(Event.SCRAP)) & (records.reference[position] == EXPIRED)
    reason = np.where(expired, len(NAMES), event)
    return conform(
        {
            "event_id": numbered(f"{site}-", records.number[position], 8),
            "device_id": pick(devices, records.device[position]),
            "sequence_no": pa.array(records.sequence[position]),
            "source_version": pa.array(rows.version[chosen].astype("int32"), mask=~told_version),
            "transfer_id": pc.if_else(is_transfer, reference, pa.scalar(None, pa.string())),
            "event_type": pick(list(NAMES), event),
            "item_code": pick(codes, code),
            "lot": lot_codes(records, position),
            "qty": quantities(told),
            "uom": pick(uoms, uom),
            "occurred_at": instants(records.occurred[position]),
            "recorded_at": instants(rows.recorded[chosen]),
            "reference": pc.if_else(pa.array(bought), order, reference),
            "reason": pick([*(_REASONS.get(Event(n)) for n in range(len(NAMES))), "expired"], reason),
        },
        contract,
    )


def emit_bin_balances(company: Company, truth: Truth, plan: ReconPlan, floor: FloorPlan, profile: Profile, seed: int,
                      contract: Contract) -> Iterator[Batch]:  # fmt: skip
    """Yield the bin balances of every site on the last days: two or three bins per stocked key that add up to the
    record, but for the planned deviations, and beside them what is blocked or belongs to somebody else."""
    last = profile.days - 1
    rngs = {last: stream(seed, "bins")}
    for day in range(last, last - min(BIN_DAYS, profile.daily_batches), -1):
        rng = rngs.get(day) or stream(seed, f"bins.{last - day}")
        as_of = cut_off_utc(company, profile, day)
        for place, site in enumerate(company.sites):
            bins = Bins.of(*_bins(company, truth.record[day], place, plan, day, rng))
            bins = bend(bins, floor) if day == last else bins  # goods in a wrong place are found on the last day
            key, qty, status = bins.key, bins.qty, bins.status
            item = company.item_of[key]
            own = pa.array(status != _CONSIGNED)
            table = conform(
                {
                    "bin": told_bins(bins),
                    "lot": lots_in_bins(bins, floor),
                    "item_code": pick(company.items["item_code"], item),
                    "stock_status": pick(["available", "quarantine", "available"], status),
                    "owner_code": pc.if_else(own, pa.scalar(None, pa.string()), owners(company, key)),
                    "qty": quantities(qty),
                    "uom": pick(company.items["base_uom"], item),
                    "as_of": instants(as_of[key]),
                },
                contract,
            )
            at = int(as_of[company.site_of == place][0]) + _EXTRACT_DELAY
            yield Batch("wms", site.code, "bin_balances", day_name(profile.first_day, day), table, utc_datetime(at))


def _bins(company: Company, record: np.ndarray, place: int, plan: ReconPlan, day: int,
          rng: np.random.Generator) -> tuple[np.ndarray, ...]:  # fmt: skip
    """Spread a site's record over bins: key, level, quantity and kind (free, blocked, consigned) of every bin."""
    key = np.flatnonzero((company.site_of == place) & (record != 0))
    stock = record[key].astype("int64")
    third = np.where(rng.random(len(key)) < 0.4, np.maximum(stock, 0) // 3, 0)
    second = np.maximum(stock - third, 0) // 4
    off = np.zeros(company.keys, dtype="int64")
    off[plan.bin_key] = plan.bin_off
    blocked = (plan.blocked_day <= day) & (company.site_of[plan.blocked_key] == place)
    off[plan.blocked_key[blocked]] -= plan.blocked_qty[blocked]
    consigned = (plan.consigned_day <= day) & (company.site_of[plan.consigned_key] == place)
    qty = np.concatenate([stock - second - third + off[key], second, third])
    keys, level = np.tile(key, 3), np.repeat([1, 2, 3], len(key))
    held = (qty != 0) | (level == 1)
    apart = [plan.blocked_key[blocked], plan.consigned_key[consigned]]
    status = np.repeat([0, _BLOCKED, _CONSIGNED], [held.sum(), *map(len, apart)])
    return (
        np.concatenate([keys[held], *apart]),
        np.concatenate([level[held], np.repeat([8, 9], list(map(len, apart)))]),
        np.concatenate([qty[held], plan.blocked_qty[blocked], plan.consigned_qty[consigned]]),
        status,
    )


def emit_cycle_counts(company: Company, truth: Truth, records: Records, causes: list[str | None], profile: Profile,
                      contract: Contract) -> Iterator[Batch]:  # fmt: skip
    """Yield the counts of every site quarter by quarter; the opening count is the first. causes: one per count."""
    counts = truth.counts
    day = (counts["second"] - local_midnight(profile.first_day, 0)) // DAY
    quarter = np.searchsorted(records.calendar.quarter_ends, day)
    counted_at = site_utc(company, counts["key"], counts["second"])
    for place, site in enumerate(company.sites):
        for period, end in enumerate(records.calendar.quarter_ends):
            chosen = np.flatnonzero((company.site_of[counts["key"]] == place) & (quarter == period))
            chosen = chosen[np.lexsort((counts["number"][chosen], counted_at[chosen]))]
            item = company.item_of[counts["key"][chosen]]
            table = conform(
                {
                    "count_id": numbered("CC-", counts["number"][chosen], 7),
                    "item_code": pick(company.items["item_code"], item),
                    "uom": pick(company.items["base_uom"], item),
                    "book_qty": decimals(counts["book"][chosen] * 10_000),
                    "counted_qty": decimals(counts["counted"][chosen] * 10_000),
                    "counted_at": instants(counted_at[chosen]),
                    "trigger": ["scheduled"] * len(chosen),
                    "is_blind": [True] * len(chosen),
                    "root_cause": [causes[row] for row in chosen.tolist()],
                },
                contract,
            )
            at = _midnight_after(profile, site.time_zone, end) + _EXTRACT_DELAY
            yield Batch("wms", site.code, "cycle_counts", day_name(profile.first_day, end), table, utc_datetime(at))


def lot_codes(records: Records, position: np.ndarray) -> pa.Array:
    """Return the lot of each recorded event, null for goods that do not expire."""
    lot = records.lot[position]
    return pc.if_else(pa.array(lot == NO_LOT), pa.scalar(None, pa.string()), numbered("L", np.maximum(lot, 0) + 1, 7))


def emit_lots(company: Company, records: Records, profile: Profile, contract: Contract) -> Iterator[Batch]:
    """Yield the lots that each site opened, quarter by quarter."""
    lots = records.lots
    day = (lots.received - local_midnight(profile.first_day, 0)) // DAY
    quarter = np.searchsorted(records.calendar.quarter_ends, day)
    received = site_utc(company, lots.key, lots.received)
    for place, site in enumerate(company.sites):
        for period, end in enumerate(records.calendar.quarter_ends):
            lot = np.flatnonzero((company.site_of[lots.key] == place) & (quarter == period))
            table = conform(
                {
                    "item_code": pick(company.items["item_code"], company.item_of[lots.key[lot]]),
                    "lot": numbered("L", lot + 1, 7),
                    "expiry_date": dates(lots.expiry_day[lot], profile.first_day),
                    "received_at": instants(received[lot]),
                },
                contract,
            )
            at = _midnight_after(profile, site.time_zone, end) + _EXTRACT_DELAY
            yield Batch("wms", site.code, "lots", day_name(profile.first_day, end), table, utc_datetime(at))
