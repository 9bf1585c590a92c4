"""What the buyers plan with: reorder point, safety stock and order quantity of every SKU-location, set now and then.

Belongs here: the system's proposals, the humans who overrule them, and the history of both. Does not belong here:
orders (replenishment.py) and the layout of the ERP's entity (emit_terms.py). Steady items are set every `review_days`,
items that begin or end every six weeks.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from synthetic.clock import stream
from synthetic.company import Company
from synthetic.demand import Demand
from synthetic.faults import GoodsPlan
from synthetic.profiles import Profile

SERVICE_LEVELS = (0.975, 0.95, 0.90)  # cycle service that the system plans for, by planned value class
_CLASS_SHARES = (0.2, 0.5)
REASONS = ("promised to a customer", "supplier unreliable", "shelf space", "habit", "minimum display")
_FORECAST_ERROR = 0.3  # sigma of the logarithm of what a planner believes an item sells, and keeps believing
_OVERRIDE_RATE, _OVERRIDE_SPREAD = 0.12, 0.25
_PLANNER_LAG = 45.0  # days after which a planner sees that an item declines
BEFORE_LAUNCH, _YOUNG_SHARE = 25, 0.8
_COVER_SLOPE = 0.3  # cheap and slow goods are ordered for longer, as an economic order quantity would
_RESTLESS_DAYS = 42  # between settings of an item that begins or ends
FIRST_DAY = -30  # the first settings are older than the first simulated day
SYSTEM = -1


@dataclass(frozen=True)
class Parameters:
    """Settings in order of day and key, base units; every array has shape (settings,)."""

    key: np.ndarray
    valid_from_day: np.ndarray
    reorder_point: np.ndarray
    safety: np.ndarray
    order_qty: np.ndarray
    service_level: np.ndarray
    reason: np.ndarray  # place in REASONS, SYSTEM where no human overruled


class Planner:
    """The settings in force and their history."""

    def __init__(self, company: Company, demand: Demand, plan: GoodsPlan, lead: np.ndarray, spread: np.ndarray,
                 profile: Profile, seed: int):  # fmt: skip
        self.company, self.demand, self.plan, self.profile = company, demand, plan, profile
        self.lead, self.spread = lead, spread
        self.rng = stream(seed, "planning")
        keys = company.keys
        self.pack = np.maximum(company.of_key("pack").astype("int64"), 1)
        self.moq = company.of_key("moq_packs").astype("int64")
        self.guess = np.exp(self.rng.normal(0.0, _FORECAST_ERROR, keys))
        value = demand.daily_mean() * company.of_key("unit_cost")
        rank = np.argsort(np.argsort(-value, kind="stable"), kind="stable") / keys
        grade = np.digitize(rank, _CLASS_SHARES)
        self.service_level = np.array(SERVICE_LEVELS)[grade]
        self.z = np.array([NormalDist().inv_cdf(level) for level in SERVICE_LEVELS])[grade] * profile.safety_factor
        middle = np.median(value[value > 0]) if (value > 0).any() else 1.0
        self.cover = profile.cover_days * (np.maximum(value, middle / 50) / middle) ** -_COVER_SLOPE
        self.cover = self.cover.clip(0.25 * profile.cover_days, 4.0 * profile.cover_days)
        overruled = self.rng.random(keys) < _OVERRIDE_RATE
        self.human = np.where(overruled, np.exp(self.rng.normal(0.1, _OVERRIDE_SPREAD, keys)), 1.0)
        self.reason = np.where(overruled, self.rng.integers(0, len(REASONS), keys), SYSTEM)
        self.restless = company.of_key("life") != "steady"
        self.phase = self.rng.integers(0, profile.review_days, keys)
        self.point, self.safety, self.order_qty = (np.zeros(keys, dtype="int64") for _ in range(3))
        self.history: list[tuple[np.ndarray, ...]] = []
        self._set(np.arange(keys), FIRST_DAY)

    def review(self, day: int) -> None:
        """Set the parameters of the keys whose turn it is."""
        profile, demand = self.profile, self.demand
        steady = ~self.restless & ((day + self.phase) % profile.review_days == 0)
        steady |= self.plan.wrong_day == day
        near = (day >= demand.launch_day - BEFORE_LAUNCH) & (day > 0)
        turn = (day - demand.launch_day + BEFORE_LAUNCH) % _RESTLESS_DAYS == 0
        due = np.flatnonzero((demand.rate > 0) & (steady | (self.restless & near & turn & (day < demand.end_day))))
        if len(due):
            self._set(due, day)

    def _set(self, key: np.ndarray, day: int) -> None:
        demand = self.demand
        young = (day >= demand.launch_day - BEFORE_LAUNCH) & (day < demand.launch_day + 2 * _PLANNER_LAG)
        seen = np.where(young, _YOUNG_SHARE, demand.life_factor(day - _PLANNER_LAG))[key]
        noise = np.exp(self.rng.normal(0.0, 0.06, len(key)))
        level = demand.outlook(day, self.profile.review_days)[key]
        believed = np.where(young, demand.hope, 1.0)[key]
        mean = demand.daily_mean()[key] * self.guess[key] * noise * seen * level * believed
        variance = demand.daily_variance()[key] * seen * level * believed
        lead = self.lead[key] + 1.0
        deviation = np.sqrt(lead * variance + (mean * lead * self.spread[key]) ** 2)
        safety = self.z[key] * deviation * self.human[key]
        wrong = day >= self.plan.wrong_day[key]
        safety = np.rint(np.where(wrong, safety * self.plan.wrong_factor[key], safety)).astype("int64")
        self.safety[key] = safety
        self.point[key] = np.ceil(mean * lead).astype("int64") + safety
        packs = np.maximum(np.rint(mean * self.cover[key] / self.pack[key]), self.moq[key]).astype("int64")
        self.order_qty[key] = packs * self.pack[key]
        reason = np.where(wrong, np.where(self.plan.wrong_factor[key] > 1, 0, 2), self.reason[key])
        self.history.append((key, np.full(len(key), day), self.point[key], safety, self.order_qty[key],
                             self.service_level[key], reason))  # fmt: skip

    def close(self) -> Parameters:
        """Return all settings of the run, but not those of an item that is not planned yet."""
        parts = [np.concatenate(part) for part in zip(*self.history, strict=True)]
        launch = self.demand.launch_day[parts[0]]
        kept = (launch <= 0) | (parts[1] >= launch - BEFORE_LAUNCH)
        return Parameters(*(part[kept] for part in parts))
