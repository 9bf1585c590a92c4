"""The profile `large`: a company as big as four numbers say, otherwise like the demo company.

Belongs here: turning numbers of SKUs, locations, days and movements into a profile. Does not belong here: fixed
profiles (profiles.py). The rate of orders is found from the demand that the company would have at the demo's rate.
"""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np

from synthetic.company import DIVISIONS, build_company
from synthetic.demand import build_demand
from synthetic.profiles import PROFILES, FaultCounts, Profile

LARGE = {
    "skus": (5_000, "golden SKUs"),
    "locations": (12, "stock-keeping locations"),
    "days": (730, "days of history"),
    "movements": (5_000_000, "recorded stock movements"),
}
_SHARED = 0.25  # of the golden SKUs are sold by both divisions
_SERVED, _RETURNED = 0.98, 0.024  # of the orders are met, of those met are taken back
_KEY_DAY_EVENTS = 0.0145  # receipts, transfers, scrap and adjustments of a SKU-location and day, at the demo's rate
_LEAST_DAYS, _LEAST_SKUS = 120, 40
_PER_SITE = ("site_latency", "site_theft", "accuracy_drift")


def large_profile(skus: int, locations: int, days: int, movements: int, seed: int = 1) -> Profile:
    """Return the profile of a company of that size. ValueError says which number is too small for the others."""
    divisions = len(DIVISIONS)
    if skus < _LEAST_SKUS or days < _LEAST_DAYS or locations < divisions:
        raise ValueError(f"large needs {_LEAST_SKUS} SKUs, {_LEAST_DAYS} days and {divisions} locations at least")
    demo = PROFILES["demo"]
    shared = round(skus * _SHARED)
    shared += (skus - shared) % divisions
    goods = shared + (skus - shared) // divisions
    size = goods / demo.goods_per_division
    daily = min(demo.daily_batches, days // 10)
    profile = replace(
        demo,
        name="large",
        days=days,
        goods_per_division=goods,
        shared_goods=shared,
        locations=locations,
        suppliers_per_division=max(3, round(demo.suppliers_per_division * size**0.5)),
        customers_per_division=max(12, round(demo.customers_per_division * size**0.5)),
        contracts_per_division=max(2, round(demo.contracts_per_division * size**0.5)),
        promoted_items=max(2, round(demo.promoted_items * size)),
        review_days=min(demo.review_days, days // 2),
        master_changes=max(2, round(demo.master_changes * size)),
        daily_batches=daily,
    )
    company = build_company(profile, seed)
    none = np.zeros(0, dtype="int64")
    demand = build_demand(company, profile, seed, none, none)
    orders = sum(float(demand.order_rate(day).sum()) for day in range(days)) / profile.order_rate
    steady = company.keys * (1.0 + _KEY_DAY_EVENTS * days)  # with an opening balance each
    issues = (movements - steady) / (1.0 + _RETURNED)
    if issues < steady / 10:
        raise ValueError(f"{movements:,} movements are too few for {company.keys:,} SKU-locations over {days} days: "
                         f"ask for {round(steady * 1.2):,} at least")  # fmt: skip
    return replace(profile, order_rate=issues / _SERVED / orders, faults=_faults(company.keys, profile))


def _faults(keys: int, profile: Profile) -> FaultCounts:
    """Return the demo's counts at the size of the company, at least one of each that its length allows."""
    demo = PROFILES["demo"]
    share = min(1.0, keys / 6_500)
    counts = {name: max(1, round(n * share)) for name, n in asdict(demo.faults).items()}
    sites = min(1.0, profile.locations / demo.locations)  # sensors are as many as sites allow
    counts |= {name: max(1, round(n * sites)) for name, n in asdict(demo.faults).items() if name.startswith("sensor_")}
    counts |= {name: int(profile.locations > place + 1) for place, name in enumerate(_PER_SITE)}
    if profile.days <= 200:
        counts["dead_stock"] = 0  # nothing can be silent for 180 days
    return FaultCounts(**counts)
