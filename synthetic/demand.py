"""Demand of every SKU-location: how often orders come, how big they are, season, launch and decline.

Belongs here: the demand process. Does not belong here: whether an order is served (physical.py).
Four classes: smooth, erratic (steady orders of wild sizes), intermittent (rare orders) and lumpy (rare and wild).
Orders of a day are Poisson, sizes log-normal rounded to whole base units, at least one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.clock import DAY, local_midnight, stream
from synthetic.company import Company
from synthetic.profiles import Profile
from synthetic.promotions import Promotions

CLASSES = ("smooth", "erratic", "intermittent", "lumpy")
_SHARE = (0.35, 0.20, 0.30, 0.15)
_RATE = (1.5, 0.9, 0.12, 0.08)  # orders per day
_SIZE = (3.0, 4.0, 2.0, 5.0)  # median base units per order
_SIGMA = (0.35, 0.90, 0.40, 1.00)  # of the logarithm of the size
WEEKDAY = np.array([1.0, 1.0, 1.05, 1.10, 1.25, 1.0, 0.4])  # Monday first
_SEASONS = {  # day of the year of the peak, amplitude, growth a year
    "Hand Tools": (130, 0.12, 0.03),
    "Power Tools": (335, 0.28, 0.06),
    "Fasteners": (150, 0.15, 0.02),
    "Electrical": (330, 0.22, 0.05),
    "Plumbing": (20, 0.25, 0.01),
    "Safety": (190, 0.18, 0.08),
}
FAILED_SHARE = 0.06  # of the demand that was hoped for, which a failed launch finds
_RAMP_DAYS, _DECLINE_DAYS = 45.0, 40.0
OPEN_FROM, OPEN_SECONDS = 8 * 3600, 13 * 3600  # shops order from 08:00 to 21:00 local time


@dataclass(frozen=True)
class Demand:
    """The demand process; every array has shape (keys,). Rates are orders per day, sizes base units."""

    kind: np.ndarray
    rate: np.ndarray
    size_mu: np.ndarray
    size_sigma: np.ndarray
    phase: np.ndarray
    launch_day: np.ndarray
    end_day: np.ndarray
    amplitude: np.ndarray  # of the season
    growth: np.ndarray  # a year
    hope: np.ndarray  # by how much the planners overrate the item while it is new
    profile: Profile
    promotions: Promotions | None = None

    def life_factor(self, day: float) -> np.ndarray:
        """Return the share of the steady rate that the item's life allows on a day, 0 before launch."""
        ramp = np.clip((day - self.launch_day) / _RAMP_DAYS, 0.0, 1.0)
        decline = np.exp(-np.clip(day - (self.end_day - 120.0), 0.0, None) / _DECLINE_DAYS)
        return np.where(day < self.end_day, ramp * decline, 0.0)

    def order_rate(self, day: int) -> np.ndarray:
        """Return the expected orders of each key on a day."""
        weekday = (self.profile.first_day.weekday() + day) % 7
        rate = self.rate * self.life_factor(day) * self.level(day) * WEEKDAY[weekday]
        return rate if self.promotions is None else rate * self.promotions.factor(day, len(rate))

    def level(self, day: float) -> np.ndarray:
        """Return season times growth on a day, as a share of the steady rate."""
        season = 1.0 + self.amplitude * np.sin(2 * np.pi * day / 365.0 + self.phase)
        return season * (1.0 + self.growth * (day - self.profile.days / 2) / 365.0)

    def outlook(self, day: float, days: int) -> np.ndarray:
        """Return the mean level of the days to come, as a planner with last year's season in mind reckons it."""
        return np.mean([self.level(day + days * share) for share in (0.1, 0.3, 0.5, 0.7, 0.9)], axis=0)

    def draw(self, day: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Draw one day's orders: key, local second and size of each, sorted by key and time."""
        orders = rng.poisson(self.order_rate(day))
        key = np.repeat(np.arange(len(orders)), orders)
        second = OPEN_FROM + (rng.beta(1.6, 1.5, len(key)) * OPEN_SECONDS).astype("int64")
        logarithm = self.size_mu[key] + self.size_sigma[key] * rng.standard_normal(len(key))
        size = np.maximum(1, np.rint(np.exp(logarithm))).astype("int64")
        order = np.lexsort((second, key))
        return key[order], local_midnight(self.profile.first_day, day) + second[order], size[order]

    def daily_mean(self) -> np.ndarray:
        """Return the expected base units per day at the steady rate."""
        return self.rate * np.exp(self.size_mu + self.size_sigma**2 / 2)

    def daily_variance(self) -> np.ndarray:
        """Return the variance of a day's base units at the steady rate (compound Poisson)."""
        return self.rate * np.exp(2 * self.size_mu + 2 * self.size_sigma**2)

    def occasions(self) -> np.ndarray:
        """Return the share of days with at least one order at the steady rate."""
        return 1.0 - np.exp(-self.rate)


def build_demand(company: Company, profile: Profile, seed: int, silent: np.ndarray, failed: np.ndarray) -> Demand:
    """Draw the demand process. `silent` holds the keys that nobody orders any more, `failed` the unwanted items."""
    rng = stream(seed, "demand")
    items = len(company.items)
    kind = rng.choice(len(CLASSES), items, p=_SHARE)
    spread = profile.popularity_spread
    popularity = np.exp(rng.normal(-(spread**2) / 2, spread, items)).clip(0.15, 8.0)
    size = np.log(np.array(_SIZE)[kind]) + rng.normal(0.0, 0.35, items)
    share = np.array([site.demand_share for site in company.sites])[company.site_of]
    rate = (np.array(_RATE)[kind] * popularity)[company.item_of] * share * profile.order_rate
    rate = rate * np.exp(rng.normal(0.0, 0.15, company.keys))
    rate[silent] = 0.0
    unwanted = np.isin(company.item_of, failed)
    rate[unwanted] *= FAILED_SHARE
    category = company.items["category"].str.strip().str.title()
    calendar = 2 * np.pi * profile.first_day.timetuple().tm_yday / 365.0
    peak = np.array([_SEASONS[name][0] for name in category])
    season = calendar + rng.normal(0.0, 0.25, items)
    return Demand(
        kind=kind[company.item_of],
        rate=rate,
        size_mu=size[company.item_of],
        size_sigma=np.array(_SIGMA)[kind][company.item_of],
        phase=(season - 2 * np.pi * peak / 365.0 + np.pi / 2)[company.item_of],
        launch_day=company.of_key("launch_day").astype(float),
        end_day=company.of_key("end_day").astype(float),
        amplitude=np.array([_SEASONS[name][1] for name in category])[company.item_of],
        growth=np.array([_SEASONS[name][2] for name in category])[company.item_of],
        hope=np.where(unwanted, 1 / FAILED_SHARE, 1.0),
        profile=profile,
    )


def day_of(local_seconds: np.ndarray, profile: Profile) -> np.ndarray:
    """Return the simulated day number of local seconds, shape kept."""
    return (np.asarray(local_seconds) - local_midnight(profile.first_day, 0)) // DAY
