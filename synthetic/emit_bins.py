"""The bins of every site as its WMS reports them: bins, home bins of the items, what lies in each, with planted faults.

Belongs here: the layout of bins, slottings, bin balances and the lots that expired in a bin. Does not belong here:
choosing what to bend (floor_faults.py), movements and counts (emit_wms.py), picks (emit_picking.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.lib.contracts import Contract
from synthetic.clock import local_midnight, stream, to_utc, utc_datetime
from synthetic.company import Company
from synthetic.floor_faults import FloorPlan
from synthetic.physical import Truth
from synthetic.profiles import Profile
from synthetic.records import cut_off_utc
from synthetic.tables import NOT_YET, Batch, conform, dates, day_name, decimals, instants, numbered, pick

if TYPE_CHECKING:
    from synthetic.slot_faults import SlotPlan

AISLES = ("A", "B", "C", "D")
LEVELS = (1, 2, 3)
APART = (8, 9)  # levels of blocked goods and of goods that belong to others
HOME = 1  # level of the bin that goods are picked from
STAGING, UNKNOWN = "STAGE-1", "X"
_PLACES = ((STAGING, "staging"), ("DOCK-1", "dock"), ("QUAR-1", "quarantine"))
_HEIGHTS = (60, 100, 130, 165)  # centimetres of a home bin; half of them in the golden zone
_HEIGHT_OF_LEVEL = (0, 0, 210, 290, 0, 0, 0, 0, 30, 30)
_EXTRACT_DELAY = 20 * 60
_AISLE_WIDTH, _BIN_WIDTH = 45, 12  # decimetres
_MOVED = 0.05  # share of the keys that had another home before
_EXPIRED_DAYS = 9


def bin_codes(key: np.ndarray, level: np.ndarray) -> pa.Array:
    """Return the codes of bins: aisle and key, level."""
    aisle = numbered(pick(list(AISLES), key % len(AISLES)), key, 4)
    return numbered(pc.binary_join_element_wise(aisle, "-", ""), level, 1)


def extracted(company: Company, profile: Profile, place: int) -> int:
    """Return the UTC second at which a site's WMS is asked for its bins: after the last cut-off."""
    as_of = cut_off_utc(company, profile, profile.days - 1)
    return int(as_of[company.site_of == place][0]) + _EXTRACT_DELAY


def emit_bins(company: Company, truth: Truth, plan: FloorPlan, slots: SlotPlan, profile: Profile, seed: int,
              contract: Contract) -> Iterator[Batch]:  # fmt: skip
    """Yield the bins of every site: three levels per key and two that are kept apart, staging, dock and quarantine."""
    height = stream(seed, "bins.height").choice(_HEIGHTS, company.keys)
    pack = np.maximum(company.of_key("pack").astype("int64"), 1)
    most = np.maximum(truth.record.max(axis=0).astype("int64"), 1)
    room = (most * 5 // 4 // pack + 1) * pack * 2
    for place, site in enumerate(company.sites):
        key = np.flatnonzero(company.site_of == place)
        levels = (*LEVELS, *APART)
        keys, level = np.tile(key, len(levels)), np.repeat(levels, len(key))
        aisle = keys % len(AISLES)
        depth, reach = slots.bent(place, key, (1 + _rank(key % len(AISLES))) * _BIN_WIDTH, height[key])
        x, y, reach = (aisle + 1) * _AISLE_WIDTH, np.tile(depth, len(levels)), np.tile(reach, len(levels))
        is_home = level == HOME
        full = is_home & np.isin(keys, plan.over_capacity)
        capacity = np.where(full, np.maximum(truth.record[-1][keys] // 3, 1), room[keys])
        # Closed are the bins of the plan, and some that are empty as they should be.
        closed = is_home & (np.isin(keys, plan.closed_bin) | ((truth.record[-1][keys] == 0) & (keys % 3 == 0)))
        more = len(_PLACES)
        still = np.zeros(more, dtype="int64")
        table = conform(
            {
                "bin": pa.concat_arrays([bin_codes(keys, level), pa.array([code for code, _ in _PLACES])]),
                "zone": pick(
                    [*(f"P-{a}" for a in AISLES), *(f"R-{a}" for a in AISLES), *(kind.upper() for _, kind in _PLACES)],
                    np.r_[np.where(is_home, aisle, aisle + len(AISLES)), 2 * len(AISLES) + np.arange(more)],
                ),
                "zone_type": pick(["pick", "reserve", *(kind for _, kind in _PLACES)],
                                  np.r_[np.where(is_home, 0, 1), 2 + np.arange(more)]),
                "aisle": pick([*AISLES, None], np.r_[aisle, still + len(AISLES)]),
                "level": numbered("", np.r_[level, still + 1], 1),
                "x_m": decimals(np.r_[x, still] * 1_000),
                "y_m": decimals(np.r_[y, still] * 1_000),
                "height_cm": decimals(np.r_[np.where(is_home, reach, np.array(_HEIGHT_OF_LEVEL)[level]), still]
                                      * 10_000),
                "capacity_qty": decimals(np.r_[capacity, still] * 10_000,
                                         missing=np.r_[np.isin(level, APART), still == 0]),
                "distance_m": decimals(np.r_[x + y, still] * 1_000),
                "status": pick(["open", "closed"], np.r_[closed.astype("int64"), still]),
            },
            contract,
        )  # fmt: skip
        at = utc_datetime(extracted(company, profile, place))
        yield Batch("wms", site.code, "bins", day_name(profile.first_day, profile.days - 1), table, at)


def _rank(group: np.ndarray) -> np.ndarray:
    """Return the running number of each element within its group, from 0."""
    return pd.Series(group).groupby(group).cumcount().to_numpy()


def emit_slottings(company: Company, profile: Profile, seed: int, contract: Contract) -> Iterator[Batch]:
    """Yield the home bin of every item at every site; a few had another one before."""
    rng = stream(seed, "slottings")
    moved = rng.random(company.keys) < _MOVED
    day = rng.integers(profile.days // 4, profile.days * 3 // 4, company.keys)
    for place, site in enumerate(company.sites):
        key = np.flatnonzero(company.site_of == place)
        before = key[moved[key]]
        table = conform(
            {
                "item_code": pick(company.items["item_code"], company.item_of[np.r_[key, before]]),
                "bin": bin_codes(np.r_[key, before], np.r_[np.full(len(key), HOME), np.full(len(before), LEVELS[1])]),
                "valid_from": dates(np.r_[np.where(moved[key], day[key], 0), np.zeros(len(before), dtype="int64")],
                                    profile.first_day),
                "valid_to": dates(np.r_[np.full(len(key), NOT_YET), day[before] - 1], profile.first_day),
            },
            contract,
        )  # fmt: skip
        at = utc_datetime(extracted(company, profile, place))
        yield Batch("wms", site.code, "slottings", day_name(profile.first_day, profile.days - 1), table, at)


IN_STAGING, IN_UNKNOWN = 1, 2  # values of `place`; 0 is the bin of key and level
NO_LOT = -1


@dataclass(frozen=True)
class Bins:
    """What lies in the bins of a site; every array has shape (rows,)."""

    key: np.ndarray
    level: np.ndarray
    qty: np.ndarray
    status: np.ndarray
    place: np.ndarray
    lot: np.ndarray

    @classmethod
    def of(cls, key: np.ndarray, level: np.ndarray, qty: np.ndarray, status: np.ndarray) -> Bins:
        """Return bins that are all where they should be, without lots."""
        return cls(key, level, qty, status, np.zeros(len(key), dtype="int64"), np.full(len(key), NO_LOT))


def told_bins(bins: Bins) -> pa.Array:
    """Return the codes of the bins as the WMS tells them."""
    staging = pick([STAGING], np.zeros(len(bins.key), dtype="int64"))
    return pc.choose(pa.array(bins.place), bin_codes(bins.key, bins.level), staging, numbered(UNKNOWN, bins.key, 4))


def lots_in_bins(bins: Bins, plan: FloorPlan) -> pa.Array:
    """Return the lots that the WMS tells beside the bins: only of those that expired there."""
    n = len(plan.expired_lot)
    return pick([*(expired_lot(number) for number in range(n)), None], bins.lot % (n + 1))


def bend(bins: Bins, plan: FloorPlan) -> Bins:
    """Return the bins of a site with the planted faults: what a key holds in all stays the same."""
    rows = pd.DataFrame({field.name: getattr(bins, field.name) for field in fields(bins)})
    here = set(rows["key"])
    new: list[dict] = []
    for key in np.flatnonzero(plan.staged_qty > 0).tolist():
        if key in here:
            _shift(rows, new, key, int(plan.staged_qty[key]), place=IN_STAGING)
    for number, key in enumerate(plan.expired_lot.tolist()):
        if key in here:
            _shift(rows, new, key, max(int(rows.loc[rows["key"] == key, "qty"].max()) // 2, 1), lot=number)
    for key in plan.opposite_bins.tolist():
        if key in here:
            mine = rows["key"] == key
            total = int(rows.loc[mine, "qty"].sum())
            rows.loc[mine, "qty"] = np.where(rows.loc[mine, "level"] == HOME, total + opposite_qty(total), 0)
            new.append(_row(key, -opposite_qty(total), level=LEVELS[1]))
    rows.loc[rows["key"].isin(plan.unknown_bin) & (rows["level"] == HOME), "place"] = IN_UNKNOWN
    rows.loc[rows["key"].isin(plan.over_capacity), "level"] = HOME
    if new:
        rows = pd.concat([rows, pd.DataFrame(new)], ignore_index=True)
    rows = rows.groupby(["key", "level", "status", "place", "lot"], sort=False, as_index=False)["qty"].sum()
    rows = rows[rows["qty"] != 0]
    return Bins(**{field.name: rows[field.name].to_numpy() for field in fields(bins)})


def _row(key: int, qty: int, level: int = HOME, place: int = 0, lot: int = NO_LOT) -> dict:
    return {"key": key, "level": level, "qty": qty, "status": 0, "place": place, "lot": lot}


def _shift(rows: pd.DataFrame, new: list[dict], key: int, qty: int, place: int = 0, lot: int = NO_LOT) -> None:
    """Take units of a key from its bins, the last level first, and let them lie elsewhere or under a lot."""
    left = qty
    for row in rows.index[rows["key"] == key][::-1]:
        part = min(left, int(rows.at[row, "qty"]))
        rows.at[row, "qty"] -= part
        left -= part
    new.append(_row(key, qty - left, place=place, lot=lot))


def opposite_qty(total: int) -> int:
    """Return the units that stand with opposite signs in two bins of a key that holds `total`."""
    return max(total // 3, 2)


def expired_lot(number: int) -> str:
    """Return the code of the n-th lot that expired in its bin."""
    return f"E{number + 1:06d}"


def emit_expired_lots(company: Company, plan: FloorPlan, profile: Profile, contract: Contract) -> Iterator[Batch]:
    """Yield the lots that lie in a bin as available though they have expired, a batch a site."""
    last = profile.days - 1
    for place, site in enumerate(company.sites):
        own = np.flatnonzero(company.site_of[plan.expired_lot] == place)
        came = to_utc(np.array([local_midnight(profile.first_day, 1) + 9 * 3600]), site.time_zone)
        table = conform(
            {
                "item_code": pick(company.items["item_code"], company.item_of[plan.expired_lot[own]]),
                "lot": [expired_lot(int(n)) for n in own],
                "expiry_date": dates(last - _EXPIRED_DAYS - own % 20, profile.first_day),
                "received_at": instants(np.repeat(came, len(own))),
            },
            contract,
        )
        at = utc_datetime(extracted(company, profile, place))
        yield Batch("wms", site.code, "lots", f"{day_name(profile.first_day, last)}-found", table, at)
