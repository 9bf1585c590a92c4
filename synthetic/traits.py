"""What goods are like to handle: storage bounds, pack, volume, weight, and when their end was announced.

Belongs here: these attributes of the item master, drawn from a stream of their own. Does not belong here: the other
attributes (company.py) and the snapshots (emit_masters.py).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from synthetic.clock import stream
from synthetic.company import Company
from synthetic.profiles import Profile
from synthetic.tables import NOT_YET, dates, decimals

COLD, ROOM = 0, 1
BOUNDS_C = ((2, 8), (15, 25))  # of the two zones
REFERENCE_C = (5, 20)
HUMIDITY = (30, 65)  # percent, of what is kept in the room
_COLD_SHARE, _FREEZE_SHARE = 0.4, 0.5  # of the goods that expire, and of the cold ones
_ANNOUNCED_BEFORE, _LAST_BUY_BEFORE = 90, 45  # days before the end of sale
_MILLI, _MICRO = 1_000, 1_000_000


def zone_of(company: Company, seed: int) -> np.ndarray:
    """Return the zone in which each item must be kept, COLD or ROOM; shape (items,)."""
    dated = company.items["shelf_life_days"].to_numpy() > 0
    cold = stream(seed, "traits.zone").random(len(dated)) < _COLD_SHARE
    return np.where(dated & cold, COLD, ROOM)


def trait_columns(company: Company, profile: Profile, seed: int, item: np.ndarray, day: int) -> dict:
    """Return the columns of items `item` as the master holds them on a day."""
    rng = stream(seed, "traits")
    n = len(company.items)
    cube = np.exp(rng.normal(-6.0, 0.8, n)).clip(0.0002, 0.2)
    weight = cube * rng.uniform(250.0, 1_800.0, n)
    freeze = rng.random(n) < _FREEZE_SHARE
    zone = zone_of(company, seed)[item]
    dated = company.items["shelf_life_days"].to_numpy()[item] > 0
    end = company.items["end_day"].to_numpy()[item]
    announced = np.where((end < 50_000) & (end - _ANNOUNCED_BEFORE <= day), end - _ANNOUNCED_BEFORE, NOT_YET)
    pack = np.maximum(company.items["pack"].to_numpy()[item].astype("int64"), 1)

    def by_zone(values: tuple[int, int], missing: np.ndarray) -> pa.Array:
        return decimals(np.array(values)[zone] * _MILLI, 9, 3, missing)

    bounded = ~dated | (zone == COLD)
    return {
        "eol_announced_on": dates(announced, profile.first_day),
        "last_buy_on": dates(np.where(announced == NOT_YET, NOT_YET, end - _LAST_BUY_BEFORE), profile.first_day),
        "storage_min_c": by_zone((BOUNDS_C[0][0], BOUNDS_C[1][0]), ~dated),
        "storage_max_c": by_zone((BOUNDS_C[0][1], BOUNDS_C[1][1]), ~dated),
        "storage_min_humidity_pct": by_zone((HUMIDITY[0],) * 2, bounded),
        "storage_max_humidity_pct": by_zone((HUMIDITY[1],) * 2, bounded),
        "reference_storage_c": by_zone(REFERENCE_C, ~dated),
        "is_freeze_sensitive": pa.array(freeze[item] & (zone == COLD)),
        "pack_qty": decimals(pack * 10_000),
        "cube_m3": decimals(np.rint(cube[item] * _MICRO).astype("int64"), 18, 6),
        "weight_kg": decimals(np.rint(weight[item] * _MICRO).astype("int64"), 18, 6),
    }


def capacity(company: Company, seed: int) -> np.ndarray:
    """Return the storage volume of every site in whole cubic metres, bigger where more is sold; shape (sites,)."""
    share = np.array([site.demand_share for site in company.sites])
    stocked = np.bincount(company.site_of, minlength=len(company.sites))
    return np.rint(stocked * share * stream(seed, "traits.sites").uniform(2.0, 3.0, len(share))).astype("int64") + 10
