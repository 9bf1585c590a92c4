"""The ERP of every division as it reports: masters, orders, receipts and stock balances, with the planted faults.

Belongs here: the layout of the transactional ERP entities and the bending of balances by the plan. Does not belong
here: masters (emit_masters.py), choosing what to bend (report_faults.py), the true stock (physical.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.lib.contracts import Contract
from synthetic.clock import DAY, local_midnight, to_utc, utc_datetime
from synthetic.company import Company
from synthetic.costs import Costs
from synthetic.emit_wms import CASE
from synthetic.orders import OrderBook
from synthetic.physical import Truth
from synthetic.profiles import Profile
from synthetic.records import Records, cut_off_utc
from synthetic.report_faults import IN_CASES_DAYS, TIMING_SECONDS, ReportPlan
from synthetic.supply import unit_price
from synthetic.tables import (
    NOT_YET,
    QTY_SCALE,
    Batch,
    conform,
    dates,
    day_name,
    decimals,
    instants,
    numbered,
    pick,
    quantities,
)

_EXTRACT_DELAY = 45 * 60
_SENT_AFTER, _CONFIRMED_AFTER = 2 * 3600, 30 * 3600


def _division_keys(company: Company, number: int) -> np.ndarray:
    return np.flatnonzero(company.division_of_site[company.site_of] == number)


def night(company: Company, profile: Profile, number: int, day: int) -> int:
    """Return the UTC second at which a division's nightly extract of a day is made: 23:30 local time."""
    zone = company.divisions[number].sites[0].time_zone
    return int(to_utc(np.array([local_midnight(profile.first_day, int(day)) + 23 * 3600 + 1800]), zone)[0])


@dataclass(frozen=True)
class Posted:
    """Stock as the ERP has posted it: base units per key and day, and the UTC second of the last posting."""

    record: np.ndarray
    last_posted: dict[int, np.ndarray]


def post(company: Company, truth: Truth, records: Records, plan: ReportPlan, profile: Profile) -> Posted:
    """Post the recorded events as the ERP did: all but the lost ones."""
    record = truth.record.astype("int64")
    for position in plan.lost_in_erp:
        record[records.day[position] :, records.key[position]] -= records.qty[position]
    kept = np.ones(len(records), dtype=bool)
    kept[plan.lost_in_erp] = False
    last_day = profile.days - 1
    days = np.unique(np.r_[records.calendar.balance_days, last_day - plan.stale_days])
    latest, posted, start = np.full(company.keys, NOT_YET), {}, 0
    for day in days.tolist():
        end = int(np.searchsorted(records.day, day, side="right"))
        part = np.arange(start, end)[kept[start:end]]
        np.maximum.at(latest, records.key[part], records.occurred[part])
        posted[day], start = latest.copy(), end
    key = plan.timing_key
    for k in key.tolist():
        early = (
            kept
            & (records.key == k)
            & (records.occurred <= cut_off_utc(company, profile, last_day)[k] - TIMING_SECONDS)
        )
        times = records.occurred[early]
        posted[last_day][k] = times.max() if len(times) else NOT_YET
    return Posted(record, posted)


def emit_balances(company: Company, truth: Truth, records: Records, plan: ReportPlan, profile: Profile,
                  contract: Contract) -> Iterator[Batch]:  # fmt: skip
    """Yield a balance batch per division and balance day, with every key of the division."""
    posted = post(company, truth, records, plan, profile)
    last, all_keys = profile.days - 1, np.arange(company.keys)
    stays_at = np.full(company.keys, last + 1)
    stays_at[plan.stale_key] = last - plan.stale_days
    unposted = np.zeros(company.keys, dtype="int64")
    unposted[plan.timing_key] = plan.timing_qty
    pack = company.of_key("pack").astype("int64")
    for day in records.calendar.balance_days.tolist():
        shown = np.minimum(stays_at, day)
        on_hand = posted.record[shown, all_keys] - (unposted if day == last else 0)
        scaled = on_hand * QTY_SCALE
        if day > last - IN_CASES_DAYS:
            chosen = plan.in_cases_key
            scaled[chosen] = np.rint(scaled[chosen] / pack[chosen]).astype("int64")
        as_of = cut_off_utc(company, profile, shown)
        moved = np.array([posted.last_posted[int(d)][k] for k, d in enumerate(shown)])
        for number, division in enumerate(company.divisions):
            key = _division_keys(company, number)
            item = company.item_of[key]
            table = conform(
                {
                    "item_code": pick(company.items["item_code"], item),
                    "location_code": pick([site.code for site in company.sites], company.site_of[key]),
                    "on_hand_qty": decimals(scaled[key]),
                    "reserved_qty": quantities(np.zeros(len(key))),
                    "in_transit_qty": quantities(truth.in_transit[shown[key], key]),
                    "quarantine_qty": quantities(np.zeros(len(key))),
                    "uom": pick(company.items["base_uom"], item),
                    "as_of": instants(as_of[key]),
                    "last_movement_at": instants(moved[key]),
                },
                contract,
            )
            made = int(cut_off_utc(company, profile, day)[key].max()) + _EXTRACT_DELAY
            name = day_name(profile.first_day, day)
            yield Batch("erp", division.code, "inventory_balances", name, table, utc_datetime(made))


def emit_purchase_order_lines(company: Company, records: Records, book: OrderBook, costs: Costs, profile: Profile,
                              contract: Contract) -> Iterator[Batch]:  # fmt: skip
    """Yield, per division and month end, the lines raised, open or closed since the month end before, as they stood."""
    pack = np.maximum(company.of_key("pack").astype("int64"), 1)[book.key]
    item = company.item_of[book.key]
    division_of = company.division_of_site[company.site_of[book.key]]
    price = unit_price(company, costs)[item]
    for number, division in enumerate(company.divisions):
        before = NOT_YET + 1
        for end in records.calendar.month_ends:
            now = night(company, profile, number, end)
            open_then = (book.closed == NOT_YET) | (book.closed > before)
            line = np.flatnonzero((division_of == number) & (book.created <= now) & open_then)
            closed = (book.closed[line] != NOT_YET) & (book.closed[line] <= now)
            short = book.to_come[line] < book.ordered[line]
            status = np.where(closed, np.where(short, 2, 1), 0)
            confirmed = book.created[line] + _CONFIRMED_AFTER
            known = confirmed <= now
            moved = (end >= book.promised_day[line] - 1) * book.slip_days[line]
            table = conform(
                {
                    "order_number": book.number.take(pa.array(line)),
                    "line_number": numbered("", book.line[line], 1),
                    "item_code": pick(company.items["item_code"], item[line]),
                    "supplier_code": pick(company.suppliers["supplier_code"], book.supplier[line]),
                    "location_code": pick([site.code for site in company.sites], company.site_of[book.key[line]]),
                    "created_at": instants(book.created[line]),
                    "sent_at": instants(_known(book.created[line] + _SENT_AFTER, now)),
                    "confirmed_at": instants(_known(confirmed, now)),
                    "original_promised_date": dates(np.where(known, book.promised_day[line], NOT_YET),
                                                    profile.first_day),
                    "promised_date": dates(np.where(known, book.promised_day[line] + moved, NOT_YET),
                                           profile.first_day),
                    "closed_at": instants(np.where(closed, book.closed[line], NOT_YET)),
                    "ordered_qty": quantities(book.ordered[line] // pack[line]),
                    "uom": _order_uom(company, book.key[line]),
                    "unit_price": decimals(price[line], 18, 6),
                    "currency": [division.currency] * len(line),
                    "status": pick(["open", "received", "closed_short"], status),
                },
                contract,
            )  # fmt: skip
            name = day_name(profile.first_day, end)
            yield Batch("erp", division.code, "purchase_order_lines", name, table, utc_datetime(now))
            before = now


def _known(times: np.ndarray, now: int) -> np.ndarray:
    return np.where(times <= now, times, NOT_YET)


def _order_uom(company: Company, key: np.ndarray) -> pa.Array:
    """Return the unit in which an item is bought: cases where it has a pack, its base unit otherwise."""
    item = company.item_of[key]
    cases = pa.array(company.items["pack"].to_numpy()[item] > 1)
    return pc.if_else(cases, CASE, pick(company.items["base_uom"], item))


def emit_purchase_receipts(company: Company, records: Records, book: OrderBook, profile: Profile,
                           contract: Contract) -> Iterator[Batch]:  # fmt: skip
    """Yield the receipts that each division posted, month by month."""
    key = book.key[book.receipt_line]
    pack = np.maximum(company.of_key("pack").astype("int64"), 1)[key]
    division_of = company.division_of_site[company.site_of[key]]
    for number, division in enumerate(company.divisions):
        own = np.flatnonzero(division_of == number)
        own = own[np.lexsort((book.receipt_line[own], book.receipt_at[own]))]
        nights = np.array([night(company, profile, number, end) for end in records.calendar.month_ends])
        cuts = np.searchsorted(book.receipt_at[own], np.r_[NOT_YET, nights], side="right")
        for period, end in enumerate(records.calendar.month_ends):
            serial = np.arange(cuts[period], cuts[period + 1])
            row = own[serial]
            line = book.receipt_line[row]
            table = conform(
                {
                    "receipt_number": numbered("GR-", serial + 1, 7),
                    "order_number": book.number.take(pa.array(line)),
                    "line_number": numbered("", book.line[line], 1),
                    "item_code": pick(company.items["item_code"], company.item_of[key[row]]),
                    "location_code": pick([site.code for site in company.sites], company.site_of[key[row]]),
                    "received_qty": quantities(book.receipt_qty[row] // pack[row]),
                    "rejected_qty": quantities(book.receipt_rejected[row] // pack[row]),
                    "uom": _order_uom(company, key[row]),
                    "received_at": instants(book.receipt_at[row]),
                },
                contract,
            )
            name = day_name(profile.first_day, end)
            yield Batch("erp", division.code, "purchase_receipts", name, table, utc_datetime(int(nights[period])))


def last_night(company: Company, profile: Profile, number: int) -> int:
    """Return the UTC second of a division's last nightly extract."""
    return night(company, profile, number, profile.days - 1) + DAY // 24
