"""Who the company is: sites, SKUs and stock records with their true rates, drawn once.

Belongs here: everything that stands before the first day. Does not belong here: what happens (run.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.clock import stream
from synthetic.phantom_lab.knobs import Knobs

_YEAR = 365
_WINDOW = (110, 200)  # length of a season in days
NEVER = 1 << 20
PACKS = np.array([1, 6, 10, 12])
ACTIVE, BLOCKED, DELISTED = range(3)
STATUS = ("active", "blocked", "discontinued")
_PRICE_MEDIAN, _PRICE_SPREAD = 18.0, 1.1


@dataclass(frozen=True)
class Company:
    """Arrays over records unless named `site_` or `sku_`; a record is one SKU at one site."""

    knobs: Knobs
    seed: int
    sku: np.ndarray
    site: np.ndarray
    klass: np.ndarray  # 0, 1, 2 for A, B, C
    demand: np.ndarray  # chance of an order on an open day in season
    size: np.ndarray  # (records, max_size): chances of sizes 1, 2, ...
    pack: np.ndarray
    lead_days: np.ndarray
    reorder: np.ndarray
    batch: np.ndarray  # quantity ordered, a multiple of the pack
    theft: np.ndarray
    scrap: np.ndarray
    slotting: np.ndarray
    unit_mistake: np.ndarray
    mis_ship: np.ndarray
    phase: np.ndarray  # day of the cadence on which it is counted
    season_from: np.ndarray  # day of the year, -1 without a season
    season_days: np.ndarray
    ends: np.ndarray  # day from which nobody may order it
    fades: np.ndarray  # day from which hardly anybody orders it
    last: np.ndarray  # days that are known of it at the cut-off: fewer where the feed is late
    sku_status: np.ndarray
    sku_cost: np.ndarray  # in cents
    site_report: np.ndarray
    site_lost: np.ndarray
    site_targeted: np.ndarray
    site_closed_from: np.ndarray
    site_late: np.ndarray

    def __len__(self) -> int:
        return len(self.sku)

    def chance(self, day: int) -> np.ndarray:
        """Return the chance of an order for every record on a day: what is true, whatever anybody knows."""
        weekday = (self.knobs.last_day.toordinal() - (self.knobs.days - 1) + day) % 7
        chance = self.demand * (weekday != 0)  # Sundays are closed
        year_day = (self.knobs.last_day.timetuple().tm_yday - (self.knobs.days - 1) + day) % _YEAR
        in_season = (year_day - self.season_from) % _YEAR < self.season_days
        chance = np.where((self.season_from >= 0) & ~in_season, chance * 0.02, chance)
        chance = np.where(day >= self.fades, chance * 0.04, chance)
        return np.where((day >= self.ends) | (day >= self.site_closed_from[self.site]), 0.0, chance)


def draw_company(knobs: Knobs, seed: int, records: int, density: float, scale: np.ndarray | float) -> Company:
    """Draw a company of so many records. density multiplies demand, scale (one, or one per record) every hazard."""
    rng = stream(seed, f"phantom_lab.{knobs.name}")
    sites = knobs.sites
    skus = -(-records * 10 // (sites * 9))
    place = np.sort(rng.permutation(skus * sites)[:records])
    sku, site = place // sites, place % sites
    cost = np.exp(rng.normal(np.log(_PRICE_MEDIAN), _PRICE_SPREAD, skus))
    base = np.exp(rng.normal(np.log(knobs.demand_median), knobs.demand_spread, skus))
    here = np.exp(rng.normal(0, knobs.site_spread, records))
    demand = np.clip(base[sku] * here * density, knobs.demand_low * min(density, 1.0), knobs.demand_high)
    mean = 1 + (knobs.mean_size - 1) * np.exp(rng.normal(-0.1, 0.5, skus))
    more = np.clip(1 - 1 / mean, 0.0, 0.8)[sku]
    size = more[:, None] ** np.arange(knobs.max_size)[None, :]
    size /= size.sum(axis=1, keepdims=True)
    daily = demand * (size * np.arange(1, knobs.max_size + 1)).sum(axis=1)
    klass = _classes(np.bincount(sku, daily, skus) * cost)[sku]
    pack = PACKS[rng.integers(0, len(PACKS), skus)][sku]
    lead = rng.integers(4, 13, records)
    cover = np.array([18, 30, 50])[klass]
    reorder = np.clip(np.ceil(daily * lead * rng.uniform(1.2, 1.8, records)), 1, 40).astype("int64")
    batch = np.clip(np.ceil(np.maximum(daily * cover, 2) / pack), 1, None).astype("int64") * pack
    batch = np.minimum(batch, np.maximum(60 // pack, 1) * pack)
    own = stream(seed, f"phantom_lab.sites.{knobs.name}")  # of their own: sites are the same however many records
    factor = np.exp(own.normal(0, knobs.hazard_spread, (4, sites)))[:, site] * scale
    season = rng.random(skus) < knobs.seasonal
    fate = rng.random(skus)
    ended = rng.integers(knobs.days - 200, knobs.days - 10, skus)
    limits = np.cumsum([knobs.blocked, knobs.delisted, knobs.faded])
    is_blocked, is_delisted = fate < limits[0], (fate >= limits[0]) & (fate < limits[1])
    is_faded = (fate >= limits[1]) & (fate < limits[2])
    season_from = np.where(season, rng.integers(0, _YEAR, skus), -1)
    season_days = rng.integers(*_WINDOW, skus)
    closed = np.full(sites, NEVER)
    closed[sites - 1] = knobs.days - knobs.closed_days
    late = np.zeros(sites, dtype="int64")
    late[sites - 2] = knobs.late_days
    return Company(
        knobs=knobs, seed=seed, sku=sku, site=site, klass=klass, demand=demand, size=size, pack=pack, lead_days=lead,
        reorder=reorder, batch=batch,
        theft=np.array(knobs.theft)[klass] * factor[0],
        scrap=np.array(knobs.scrap)[klass] * factor[1],
        slotting=np.array(knobs.slotting)[klass] * factor[2],
        unit_mistake=np.where(pack > 1, np.minimum(knobs.unit_mistake * factor[3], 0.3), 0.0),
        mis_ship=np.minimum(knobs.mis_ship * factor[3], 0.2),
        phase=rng.integers(0, np.array(knobs.cadence)[klass]),
        season_from=season_from[sku], season_days=season_days[sku],
        ends=np.where(is_blocked | is_delisted, ended, NEVER)[sku],
        fades=np.where(is_faded, ended, NEVER)[sku],
        last=knobs.days - late[site],
        sku_status=np.where(is_blocked, BLOCKED, np.where(is_delisted, DELISTED, ACTIVE)),
        sku_cost=np.rint(cost * 100).astype("int64"),
        site_report=own.uniform(knobs.report_low, knobs.report_high, sites),
        site_lost=np.clip(knobs.count_lost * np.exp(own.normal(0, 0.5, sites)), 0, 0.6),
        site_targeted=np.clip(knobs.targeted * np.exp(own.normal(0, 0.7, sites)), 0, 0.8),
        site_closed_from=closed, site_late=late,
    )  # fmt: skip


def _classes(usage: np.ndarray) -> np.ndarray:
    """Return 0, 1, 2 for SKUs within the first 80 %, the next 15 % and the rest of the usage value."""
    order = np.argsort(-usage)
    before = np.cumsum(usage[order]) - usage[order]
    klass = np.empty(len(usage), dtype="int64")
    klass[order] = np.searchsorted(np.array([0.8, 0.95]) * usage.sum(), before, side="right")
    return klass
