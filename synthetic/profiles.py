"""Profiles of the synthetic company: how big it is, how long it runs, how many faults are planted.

Belongs here: sizes, rates and counts as frozen data. Does not belong here: who the company is (company.py) and what a
fault does (faults.py). A new profile is a new row of PROFILES.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta


@dataclass(frozen=True)
class FaultCounts:
    """How many faults of each kind the plan holds; the unit is named beside each kind."""

    phantom_stock: int  # SKU-locations
    negative_on_hand: int  # SKU-locations
    dead_stock: int  # SKU-locations
    wrong_safety_stock: int  # SKU-locations
    drifting_supplier: int  # suppliers
    failed_launch: int  # items
    site_latency: int  # sites
    site_theft: int  # sites
    accuracy_drift: int  # sites
    stale_record: int  # SKU-locations
    missing_cost: int  # items
    erp_balance_in_cases: int  # SKU-locations
    erp_timing: int  # SKU-locations
    lost_in_wms: int  # events
    lost_in_erp: int  # events
    unknown_item: int  # events
    unknown_uom: int  # events
    sign_error: int  # events
    duplicate_same_file: int  # events
    duplicate_next_batch: int  # events
    conflicting_redelivery: int  # events
    late_event: int  # events
    out_of_order_batch: int  # batches


@dataclass(frozen=True)
class TwinCounts:
    """How many item records without stock are planted beside the divisions' own (twins.py)."""

    twins: int  # of goods that another division sells, the kinds in turn
    decoys: int  # that only look like other goods
    reused_codes: int  # codes given to other goods between the two snapshots


@dataclass(frozen=True)
class Profile:
    """Size of one synthetic company. The calendar is fixed: the last day is data, never the clock."""

    name: str
    last_day: date
    days: int
    goods_per_division: int  # items of one division
    shared_goods: int  # goods that both divisions sell under their own codes
    locations: int  # sites of all divisions, spread evenly, the first division first
    suppliers_per_division: int
    daily_batches: int  # the last n days land day by day
    order_rate: float  # multiplies the order rates of demand.py
    cover_days: float  # order quantity in days of demand
    safety_factor: float  # z of the planner's safety stock
    theft_rate: float  # small thefts per SKU-location and day
    assortment_share: float  # share of a division's items that a site other than its hub stocks
    popularity_spread: float  # sigma of the logarithm of the items' popularity
    customers_per_division: int
    contracts_per_division: int  # customers with a service contract
    promoted_items: int  # items per division that are promoted two to four times a year
    review_days: int  # days between two settings of the planning parameters
    weekly_days: int  # days before the daily ones that land week by week, the history before them by month
    master_changes: int  # items per division whose attributes differ between the two master snapshots
    faults: FaultCounts = field(repr=False)
    twins: TwinCounts = field(repr=False)

    def sites_of(self, number: int, divisions: int) -> int:
        """Return how many sites the n-th of so many divisions has."""
        return self.locations // divisions + (number < self.locations % divisions)

    @property
    def first_day(self) -> date:
        """First simulated day."""
        return self.last_day - timedelta(days=self.days - 1)


PROFILES = {
    "tiny": Profile(
        name="tiny",
        last_day=date(2026, 6, 30),
        days=120,
        goods_per_division=24,
        shared_goods=8,
        locations=4,
        suppliers_per_division=3,
        daily_batches=5,
        order_rate=0.50,
        cover_days=50.0,
        safety_factor=0.6,
        theft_rate=0.002,
        assortment_share=1.0,
        popularity_spread=0.6,
        customers_per_division=12,
        contracts_per_division=3,
        promoted_items=4,
        review_days=60,
        weekly_days=120,
        master_changes=2,
        faults=FaultCounts(
            phantom_stock=2,
            negative_on_hand=1,
            wrong_safety_stock=2,
            drifting_supplier=1,
            failed_launch=0,  # too few items for one to be spared
            site_latency=1,
            site_theft=0,  # 120 days hold too few counts to tell a robbed or a careless site
            accuracy_drift=0,
            dead_stock=0,  # 120 days are too short for 180 days without a movement
            stale_record=2,
            missing_cost=2,
            erp_balance_in_cases=1,
            erp_timing=2,
            lost_in_wms=1,
            lost_in_erp=1,
            unknown_item=1,
            unknown_uom=1,
            sign_error=2,
            duplicate_same_file=3,
            duplicate_next_batch=3,
            conflicting_redelivery=2,
            late_event=3,
            out_of_order_batch=3,
        ),
        twins=TwinCounts(twins=8, decoys=3, reused_codes=1),
    ),
    "demo": Profile(
        name="demo",
        last_day=date(2026, 6, 30),
        days=912,
        goods_per_division=1250,
        shared_goods=500,
        locations=6,
        suppliers_per_division=40,
        daily_batches=14,
        order_rate=0.64,
        cover_days=110.0,
        safety_factor=0.6,
        theft_rate=0.002,
        assortment_share=0.8,
        popularity_spread=0.85,
        customers_per_division=240,
        contracts_per_division=18,
        promoted_items=150,
        review_days=182,
        weekly_days=91,
        master_changes=12,
        faults=FaultCounts(
            phantom_stock=32,
            negative_on_hand=12,
            dead_stock=120,
            wrong_safety_stock=40,
            drifting_supplier=4,
            failed_launch=60,
            site_latency=1,
            site_theft=1,
            accuracy_drift=1,
            stale_record=30,
            missing_cost=12,
            erp_balance_in_cases=14,
            erp_timing=20,
            lost_in_wms=24,
            lost_in_erp=14,
            unknown_item=14,
            unknown_uom=14,
            sign_error=20,
            duplicate_same_file=80,
            duplicate_next_batch=80,
            conflicting_redelivery=40,
            late_event=80,
            out_of_order_batch=30,
        ),
        twins=TwinCounts(twins=160, decoys=90, reused_codes=6),
    ),
}
