"""What the WMS of every site tells of its picks: the stages of each order line, and the picks that went wrong.

Belongs here: times of the stages, kinds of error and the layout of both entities. Does not belong here: choosing what
goes wrong by plan (floor_faults.py). A WMS keeps this detail for the last weeks only (`picking_days` of the profile).
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
from synthetic.emit_bins import HOME, bin_codes
from synthetic.floor_faults import RECENT_DAYS, FloorPlan
from synthetic.physical import CUT_OFF_AT
from synthetic.profiles import Profile
from synthetic.records import HANDHELDS, site_utc
from synthetic.sales import Sales
from synthetic.tables import Batch, conform, day_name, instants, numbered, pick, quantities

STAGES = ("released", "picked", "packed", "shipped", "delivered")
ERRORS = ("short_pick", "not_found", "found_elsewhere", "wrong_item", "wrong_qty", "damaged")
_WEEK = 7
_EXTRACT_DELAY = 20 * 60
_MINUTE, _HOUR = 60, 3600
_LONGEST_QUEUE = 12 * _HOUR  # of the stage that is a bottleneck
_QUEUE = 4 * _HOUR  # its mean
_SLIP_RATE = 0.0012  # order lines picked wrongly, wherever they are
_FIRST_PICK, _LAST_PICK = 8 * _HOUR, 20 * _HOUR


@dataclass(frozen=True)
class Errors:
    """Picks that went wrong in order of time; every array has shape (errors,), times are UTC seconds."""

    key: np.ndarray
    kind: np.ndarray  # place in ERRORS
    qty: np.ndarray
    line: np.ndarray  # place of the invoice line, -1 where the order got nothing
    at: np.ndarray
    found_at: np.ndarray  # of found_elsewhere
    day: np.ndarray


def week_ends(profile: Profile) -> np.ndarray:
    """Return the last days of the weeks whose picking detail is kept."""
    last = profile.days - 1
    return np.arange(last, last - profile.picking_days, -_WEEK)[::-1]


def bottleneck_from(profile: Profile) -> int:
    """Return the day from which a bottleneck stage is one."""
    return profile.days - profile.picking_days // 2


def stage_times(company: Company, sales: Sales, plan: FloorPlan, profile: Profile, seed: int
                ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Return the kept invoice lines and the UTC second of each of their stages, shape (lines, stages).

    Goods leave the books when they are picked (the sales issue of the ledger, which the ERP takes for the shipment).
    """
    rng = stream(seed, "stages")
    midnight = local_midnight(profile.first_day, int(week_ends(profile)[0]) - _WEEK + 1)
    line = np.flatnonzero(sales.shipped >= site_utc(company, sales.key, np.full(len(sales.key), midnight)))
    n, picked = len(line), sales.shipped[line]
    released = picked - rng.integers(_MINUTE, 5 * _MINUTE, n)
    begun = to_day(profile, picked) >= bottleneck_from(profile)
    slow = begun & np.isin(company.site_of[sales.key[line]], plan.bottleneck_site)
    queue = np.minimum(rng.exponential(_QUEUE, n), _LONGEST_QUEUE).astype("int64")
    packed = picked + rng.integers(8 * _MINUTE, 40 * _MINUTE, n) + np.where(slow, queue, 0)
    shipped = packed + rng.integers(10 * _MINUTE, 50 * _MINUTE, n)
    delivered = shipped + 22 * _HOUR + rng.integers(0, 2 * _HOUR, n)
    return line, np.stack([released, picked, packed, shipped, delivered], axis=1)


def to_day(profile: Profile, utc_seconds: np.ndarray) -> np.ndarray:
    """Return the simulated day (UTC) of instants."""
    return (utc_seconds - local_midnight(profile.first_day, 0)) // DAY


def emit_order_stages(company: Company, sales: Sales, plan: FloorPlan, profile: Profile, seed: int,
                      contract: Contract) -> Iterator[Batch]:  # fmt: skip
    """Yield the stages that order lines reached in each week of the kept ones, per site."""
    line, times = stage_times(company, sales, plan, profile, seed)
    device = stream(seed, "stages.devices").integers(1, HANDHELDS + 1, times.shape)
    row, stage = (part.ravel() for part in np.indices(times.shape))
    at, unit, line = times.ravel(), device.ravel(), line[row]
    site_of = company.site_of[sales.key[line]]
    for place, site in enumerate(company.sites):
        own = np.flatnonzero(site_of == place)
        own = own[np.lexsort((stage[own], sales.order[line[own]], at[own]))]
        for end, since, until in weeks_of(profile, site.time_zone):
            chosen = own[np.searchsorted(at[own], since) : np.searchsorted(at[own], until)]
            key = sales.key[line[chosen]]
            units = [f"{site.code}-HH{n}" for n in range(HANDHELDS + 1)]
            table = conform(
                {
                    "order_number": numbered("SO-", sales.order[line[chosen]], 7),
                    "line_number": pick(["1"], np.zeros(len(chosen), dtype="int64")),
                    "stage": pick(list(STAGES), stage[chosen]),
                    "item_code": pick(company.items["item_code"], company.item_of[key]),
                    "qty": quantities(sales.qty[line[chosen]]),
                    "uom": pick(company.items["base_uom"], company.item_of[key]),
                    "bin": bin_codes(key, np.full(len(key), HOME)),
                    "occurred_at": instants(at[chosen]),
                    "device_id": pick(units, unit[chosen]),
                },
                contract,
            )
            yield Batch("wms", site.code, "order_stages", day_name(profile.first_day, end), table,
                        utc_datetime(until + _EXTRACT_DELAY))  # fmt: skip


def pick_errors(company: Company, sales: Sales, plan: FloorPlan, profile: Profile, seed: int) -> Errors:
    """Return the kept errors: shelves that held less than the record, the planted ones, and slips of the hand."""
    rng = stream(seed, "picking.errors")
    last, first = profile.days - 1, int(week_ends(profile)[0]) - _WEEK + 1
    kept = np.flatnonzero(plan.short_day >= first)
    innocent, misplaced = plan.innocent_short_pick, plan.misplaced_goods
    shipped_day = to_day(profile, sales.shipped)
    slips = np.flatnonzero((rng.random(len(sales.key)) < _SLIP_RATE) & (shipped_day >= first))
    key = np.r_[plan.short_key[kept], innocent, misplaced, sales.key[slips]]
    kind = np.r_[np.where(plan.short_is_part[kept], 0, 1), np.zeros(len(innocent), dtype="int64"),
                 np.full(len(misplaced), 2), rng.integers(3, len(ERRORS), len(slips))]  # fmt: skip
    planted_day = last - rng.integers(1, RECENT_DAYS - 1, len(innocent) + len(misplaced))
    day = np.r_[plan.short_day[kept], planted_day, shipped_day[slips]]
    second = local_midnight(profile.first_day, day) + rng.integers(_FIRST_PICK, _LAST_PICK, len(day))
    at = site_utc(company, key, second)
    at[len(at) - len(slips) :] = sales.shipped[slips]
    found_at = at + rng.integers(2, 30, len(at)) * _HOUR
    qty = np.r_[plan.short_qty[kept], np.ones(len(planted_day), dtype="int64"), sales.qty[slips]]
    line = np.r_[np.full(len(at) - len(slips), -1), slips]
    order = np.lexsort((key, at))
    return Errors(key[order], kind[order], qty[order], line[order], at[order], found_at[order], day[order])


def emit_pick_errors(company: Company, sales: Sales, plan: FloorPlan, profile: Profile, seed: int,
                     contract: Contract) -> Iterator[Batch]:  # fmt: skip
    """Yield the picks that went wrong in each week of the kept ones, per site."""
    errors = pick_errors(company, sales, plan, profile, seed)
    for place, site in enumerate(company.sites):
        own = np.flatnonzero(company.site_of[errors.key] == place)
        for end, since, until in weeks_of(profile, site.time_zone):
            number = np.arange(np.searchsorted(errors.at[own], since), np.searchsorted(errors.at[own], until))
            row = own[number]
            key, item, line = errors.key[row], company.item_of[errors.key[row]], errors.line[row]
            elsewhere = errors.kind[row] == ERRORS.index("found_elsewhere")
            told = np.where(line >= 0, sales.order[np.maximum(line, 0)], -1)
            table = conform(
                {
                    "error_id": numbered("PE-", number + 1, 6),
                    "order_number": _where(numbered("SO-", np.maximum(told, 0), 7), told >= 0),
                    "line_number": _where(pick(["1"], np.zeros(len(row), dtype="int64")), told >= 0),
                    "item_code": pick(company.items["item_code"], item),
                    "bin": bin_codes(key, np.full(len(key), HOME)),
                    "error_type": pick(list(ERRORS), errors.kind[row]),
                    "short_qty": quantities(errors.qty[row]),
                    "uom": pick(company.items["base_uom"], item),
                    "found_bin": _where(bin_codes(np.maximum(key - 1, 0), np.full(len(key), HOME)), elsewhere),
                    "occurred_at": instants(errors.at[row]),
                    "found_at": _where(instants(errors.found_at[row]), elsewhere),
                },
                contract,
            )
            yield Batch("wms", site.code, "pick_errors", day_name(profile.first_day, end), table,
                        utc_datetime(until + _EXTRACT_DELAY))  # fmt: skip


def _where(values: pa.Array, mask: np.ndarray) -> pa.Array:
    """Return the values of a mask, null elsewhere."""
    return pc.if_else(pa.array(mask), values, pa.scalar(None, values.type))


def weeks_of(profile: Profile, time_zone: str) -> Iterator[tuple[int, int, int]]:
    """Yield the last day of each kept week of a site and the UTC seconds between which it lies."""
    ends = week_ends(profile)
    edges = to_utc(local_midnight(profile.first_day, np.r_[ends[0] - _WEEK + 1, ends + 1]), time_zone)
    edges[-1] += CUT_OFF_AT - DAY  # the last night is cut when the balances are
    for place, end in enumerate(ends.tolist()):
        yield end, int(edges[place]), int(edges[place + 1])
