"""What kind of company the bench is: every number that somebody chose, in one frozen record per company.

Belongs here: knobs and the two companies. Does not belong here: what is drawn from them (company.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

CAUSES = ("theft", "mis_shipment", "scrap", "mis_slotting", "unit_mistake", "lost_count")
CLASSES = ("A", "B", "C")


@dataclass(frozen=True)
class Knobs:
    """One company. Rates are per day unless said otherwise; triples are for classes A, B, C."""

    name: str
    time_zone: str
    sites: int
    last_day: date = date(2026, 6, 30)
    days: int = 440

    # Demand: chance of a day with an order, lognormal over SKUs, and the size of the order, geometric.
    demand_median: float = 0.30
    demand_spread: float = 0.8
    demand_low: float = 0.004
    demand_high: float = 0.9
    site_spread: float = 0.35  # of a SKU's demand from site to site
    mean_size: float = 1.7
    max_size: int = 8

    # Losses that nobody records, before the scale that meets the base rate. Sites differ by a lognormal factor.
    theft: tuple[float, float, float] = (7e-4, 4e-4, 2e-4)
    theft_all: float = 0.85  # share of thefts that take all there is; the others take one to three units
    scrap: tuple[float, float, float] = (2e-4, 3e-4, 3e-4)
    scrap_all: float = 0.6  # share of breakages that ruin all there is; the others one to three units
    slotting: tuple[float, float, float] = (2e-4, 2e-4, 2e-4)
    found: float = 0.005  # chance a day that mis-slotted goods are found
    found_told: float = 0.5  # share of finds that the pickers report
    mis_ship: float = 0.006  # chance that a sale takes one unit more than the paper says
    unit_mistake: float = 0.02  # chance that a receipt booked in cases came in single units
    hazard_spread: float = 0.6

    # Counting: cadence in days by class, share of counts whose sheet is lost, share that is ticked off without a look.
    cadence: tuple[int, int, int] = (90, 180, 365)
    count_lost: float = 0.15
    count_ticked: float = 0.08
    targeted: float = 0.05  # chance that a reported short pick is followed by a count

    # Picking: chance that an empty shelf is reported (by site, between these), and that goods there are not found.
    report_low: float = 0.35
    report_high: float = 0.9
    miss: float = 0.008

    # What silences a record and is innocent, as shares of SKUs (and of sites: one closed, one late).
    seasonal: float = 0.08
    blocked: float = 0.03
    delisted: float = 0.03
    faded: float = 0.01
    closed_days: int = 24
    late_days: int = 1

    # Records that the ERP stopped refreshing, and balances that are off for other reasons, as shares of records.
    stale: float = 0.010
    off_balance: float = 0.004


COMPANIES = {
    "a": Knobs(name="a", time_zone="Europe/Berlin", sites=8),
    "b": Knobs(
        name="b",
        time_zone="Europe/Lisbon",
        sites=5,
        demand_median=0.22,
        demand_spread=0.9,
        site_spread=0.5,
        mean_size=2.4,
        theft=(3e-4, 3e-4, 3e-4),
        theft_all=0.7,
        scrap=(4e-4, 3e-4, 2e-4),
        slotting=(5e-4, 4e-4, 3e-4),
        found=0.008,
        mis_ship=0.010,
        unit_mistake=0.02,
        hazard_spread=0.8,
        cadence=(60, 120, 365),
        count_lost=0.2,
        count_ticked=0.08,
        targeted=0.05,
        report_low=0.2,
        report_high=0.7,
        miss=0.02,
        seasonal=0.12,
        faded=0.015,
        stale=0.015,
    ),
}
