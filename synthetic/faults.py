"""The plan of the faults of the goods and of the masters: drawn from the seed before the simulation runs.

Belongs here: choosing the keys that are robbed, oversold or forgotten and the items whose masters are broken. Does not
belong here: faults of the reports, which need the events (report_faults.py), bending the data (physical.py, emit_*.py)
and the ledger of what was planted (truth.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.clock import stream
from synthetic.company import Company
from synthetic.demand import Demand
from synthetic.profiles import Profile

NEVER = 1 << 30
SLOW_SECONDS = (45 * 60, 115 * 60)  # after which a slow site records an event, always on its own day
THEFT_TIMES = 6  # thefts at a robbed site for each elsewhere
MISCOUNT_GROWS_TO = 0.14  # share of receipts that a careless site miscounts in the end
HOSTILE_TEXTS = (
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "'; drop table x; --",
    "{{ 7*7 }}",
    "\u202egnp.exe\u202c RTL",
)


@dataclass(frozen=True)
class GoodsPlan:
    """Faults of the goods and the masters. Days have shape (keys,), NEVER where nothing is planted."""

    dead: np.ndarray  # keys
    phantom_day: np.ndarray
    negative_day: np.ndarray
    late_shoppers: np.ndarray  # keys, in the order in which they are asked for one more order on the last evening
    missing_cost: np.ndarray  # items
    hostile: np.ndarray  # items, one per text of HOSTILE_TEXTS
    wrong_day: np.ndarray  # keys: day from which a planner's safety stock is wrong
    wrong_factor: np.ndarray  # keys: what it is multiplied by
    drift_day: np.ndarray  # suppliers: day from which the lead time grows
    drift_share: np.ndarray  # suppliers: by how much it has grown in the end
    failed: np.ndarray  # items whose launch fails
    slow_sites: np.ndarray
    robbed_sites: np.ndarray
    careless_sites: np.ndarray


def plan_dead(company: Company, profile: Profile, seed: int) -> np.ndarray:
    """Choose the keys of dead stock: steady items of low cost, so that they do not outweigh the site."""
    cost = company.of_key("unit_cost")
    candidates = np.flatnonzero((company.of_key("life") == "steady") & (cost < np.quantile(cost, 0.5)))
    return np.sort(stream(seed, "faults.dead").choice(candidates, profile.faults.dead_stock, replace=False))


def plan_failed(company: Company, profile: Profile, seed: int) -> np.ndarray:
    """Choose the new items that nobody will want."""
    pool = np.flatnonzero(company.items["life"].to_numpy() == "new")
    return np.sort(stream(seed, "faults.launches").choice(pool, profile.faults.failed_launch, replace=False))


def drift_from(profile: Profile) -> int:
    """Return the day from which careless sites grow worse."""
    return profile.days // 2


def plan_goods(company: Company, demand: Demand, dead: np.ndarray, failed: np.ndarray, profile: Profile,
               seed: int) -> GoodsPlan:  # fmt: skip
    """Choose phantom and negative keys and the items with broken masters.

    A phantom is a seller of class A or B whose sales have been gone long enough: exp(-occasions x days) < 0.01 with
    room to spare.
    """
    rng = stream(seed, "faults.goods")
    counts = profile.faults
    free = (company.of_key("life") == "steady") & (demand.rate > 0)
    free[dead] = False
    value = demand.daily_mean() * company.of_key("unit_cost")
    rank = np.argsort(np.argsort(-np.where(free, value, -1.0))) / max(free.sum(), 1)
    phantom_day = np.full(company.keys, NEVER)
    negative_day = np.full(company.keys, NEVER)

    sellers = np.flatnonzero(free & (demand.occasions() > 0.28) & (rank > 0.04) & (rank < 0.45))
    phantoms = rng.choice(sellers, counts.phantom_stock, replace=False)
    silence = np.ceil(np.log(100.0) / demand.occasions()[phantoms] * 2.0).astype(int) + 6
    slack = rng.integers(0, max(profile.days // 10, 1), len(phantoms))
    phantom_day[phantoms] = profile.days - silence - slack
    free[phantoms] = False

    undated = company.of_key("shelf_life_days").astype("int64") == 0  # a lot cannot be sold before it is posted
    busy = np.flatnonzero(free & undated & (demand.occasions() > 0.2))
    negative_day[rng.choice(busy, counts.negative_on_hand, replace=False)] = profile.days - 3

    free[negative_day < NEVER] = False
    late_shoppers = rng.permutation(np.flatnonzero(free))

    wrong_day, wrong_factor = _wrong_safety(company, demand, free, profile, seed)
    cheap = np.flatnonzero(company.items["unit_cost"].to_numpy() < company.items["unit_cost"].quantile(0.6))
    missing = rng.choice(cheap, counts.missing_cost, replace=False)
    others = np.setdiff1d(np.arange(len(company.items)), missing)
    hostile = rng.choice(others, len(HOSTILE_TEXTS), replace=False)
    drift = _drifting(company, profile, seed)
    return GoodsPlan(dead, phantom_day, negative_day, late_shoppers, np.sort(missing), hostile, wrong_day,
                     wrong_factor, *drift, failed, *_sites(company, profile, seed))  # fmt: skip


def _sites(company: Company, profile: Profile, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Choose slow, robbed and careless sites, each with one fault only."""
    counts = profile.faults
    order = stream(seed, "faults.sites").permutation(len(company.sites))
    ends = np.cumsum([counts.site_latency, counts.site_theft, counts.accuracy_drift])
    return tuple(np.sort(part) for part in np.split(order[: ends[-1]], ends[:-1]))


def _wrong_safety(company: Company, demand: Demand, free: np.ndarray, profile: Profile, seed: int,
                  ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Choose keys whose safety stock a planner sets to nothing or to five times what is needed, and from when."""
    rng = stream(seed, "faults.safety")
    day, factor = np.full(company.keys, NEVER), np.ones(company.keys)
    pool = np.flatnonzero(free & (demand.occasions() > 0.15))
    chosen = np.sort(rng.choice(pool, profile.faults.wrong_safety_stock, replace=False))
    day[chosen] = rng.integers(profile.days * 3 // 10, profile.days // 2, len(chosen))
    factor[chosen] = np.where(np.arange(len(chosen)) % 2 == 0, 0.0, 5.0)
    return day, factor


def _drifting(company: Company, profile: Profile, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Choose suppliers of many items whose lead time begins to grow, and by how much."""
    rng = stream(seed, "faults.suppliers")
    n = len(company.suppliers)
    day, share = np.full(n, NEVER), np.zeros(n)
    items = np.bincount(company.items["supplier"].to_numpy().astype("int64"), minlength=n)
    pool = np.argsort(-items, kind="stable")[: max(n // 2, profile.faults.drifting_supplier)]
    chosen = np.sort(rng.choice(pool, profile.faults.drifting_supplier, replace=False))
    day[chosen] = rng.integers(profile.days * 4 // 10, profile.days * 6 // 10, len(chosen))
    share[chosen] = np.round(rng.uniform(0.6, 1.0, len(chosen)), 2)
    return day, share
