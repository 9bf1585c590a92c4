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
    unknown_item_ordered: int  # sales order lines
    inverted_price_break: int  # sources of supply
    unlisted_stock: int  # SKU-locations
    hollow_disruption: int  # suppliers
    biased_planner: int  # planners
    biased_family: int  # categories of a division
    biased_key_item: int  # items
    double_write_off: int  # postings
    ledger_gap: int  # locations and months
    false_system_kpi: int  # figures
    sensor_excursion: int  # sensors
    sensor_freeze: int  # sensors
    sensor_gap: int  # sensors
    sensor_flat_line: int  # sensors
    sensor_jump: int  # sensors
    closed_bin: int  # SKU-locations
    unknown_bin: int  # SKU-locations
    over_capacity: int  # SKU-locations
    expired_lot: int  # SKU-locations
    never_put_away: int  # SKU-locations
    opposite_bins: int  # SKU-locations
    misplaced_goods: int  # SKU-locations
    innocent_short_pick: int  # SKU-locations
    cost_jump: int  # items
    bottleneck_stage: int  # sites
    opening_missing: int  # SKU-locations
    missing_transfer_leg: int  # events
    posted_twice: int  # events
    in_transit_as_stock: int  # SKU-locations
    consignment_as_own: int  # SKU-locations
    blocked_left_out: int  # SKU-locations
    bin_deviation: int  # SKU-locations
    bad_slotting: int = 1  # sites


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
    planners_per_division: int
    sensors_per_site: int  # a third of them in cold stores
    sensor_days: int  # the last n days of which readings land
    picking_days: int  # days, whole weeks, for which the WMS keeps the stages of its orders and the errors of its picks
    master_changes: int  # items per division whose attributes differ between the two master snapshots
    faults: FaultCounts = field(repr=False)
    twins: TwinCounts = field(repr=False)
    drift_days: int = 90  # in which a drifting supplier reaches its new lead time

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
        planners_per_division=2,
        sensors_per_site=2,
        sensor_days=14,
        picking_days=28,
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
            unknown_item_ordered=1,
            inverted_price_break=1,
            unlisted_stock=1,
            hollow_disruption=1,
            biased_planner=1,
            biased_family=1,
            biased_key_item=1,
            double_write_off=1,
            ledger_gap=1,
            false_system_kpi=1,
            sensor_excursion=1,
            sensor_freeze=1,
            sensor_gap=1,
            sensor_flat_line=1,
            sensor_jump=1,
            closed_bin=1,
            unknown_bin=1,
            over_capacity=1,
            expired_lot=1,
            never_put_away=1,
            opposite_bins=1,
            misplaced_goods=2,
            innocent_short_pick=2,
            cost_jump=1,
            bottleneck_stage=1,
            opening_missing=2,
            missing_transfer_leg=1,
            posted_twice=2,
            in_transit_as_stock=1,
            consignment_as_own=2,
            blocked_left_out=2,
            bin_deviation=2,
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
        planners_per_division=8,
        sensors_per_site=6,
        sensor_days=60,
        picking_days=56,
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
            unknown_item_ordered=14,
            inverted_price_break=12,
            unlisted_stock=20,
            hollow_disruption=2,
            biased_planner=4,
            biased_family=2,
            biased_key_item=10,
            double_write_off=12,
            ledger_gap=6,
            false_system_kpi=6,
            sensor_excursion=4,
            sensor_freeze=2,
            sensor_gap=4,
            sensor_flat_line=3,
            sensor_jump=4,
            closed_bin=10,
            unknown_bin=8,
            over_capacity=12,
            expired_lot=10,
            never_put_away=12,
            opposite_bins=10,
            misplaced_goods=12,
            innocent_short_pick=20,
            cost_jump=8,
            bottleneck_stage=1,
            opening_missing=12,
            missing_transfer_leg=10,
            posted_twice=20,
            in_transit_as_stock=12,
            consignment_as_own=12,
            blocked_left_out=12,
            bin_deviation=16,
        ),
        twins=TwinCounts(twins=160, decoys=90, reused_codes=6),
    ),
}
