"""Further years of the company under given reorder points: what a service that was promised comes to.

Belongs here: the policy that `service.kpi_service_level_option` predicts for, played with the simulator's own orders
of customers (demand.py) and its own deliveries (replenishment.py), on random streams of its own. Does not belong here:
what has happened and has landed (physical.py), and reading marts (tests/python/test_replay.py).

A position (stock and what is on order) at or below the reorder point is raised by whole order quantities until it is
above. With a review of 0 days it is looked at when the shops have closed, so that goods are ordered on the day on which
the point is reached; with one of n days every n-th morning. Deliveries come in before the shops open. What finds no
goods is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from synthetic.clock import stream
from synthetic.demand import Demand
from synthetic.faults import NEVER, GoodsPlan
from synthetic.replenishment import Buyer
from synthetic.world import World

_SETTLE_DAYS = 200  # before anything is counted: longer than lead times are
_LONG_AGO, _FAR_AWAY = -400.0, 1e9  # days of launch and end of what is always sold


@dataclass(frozen=True)
class Setting:
    """What goes on in the years replayed. The default is the stable part, of which a prediction can speak.

    Promotions end with the plan of the company, and faults planted on goods are of the past: neither is replayed.
    """

    is_stable: bool = True  # each day asks for what the days of the window asked for in the mean; else seasons go on
    has_drift: bool = False  # suppliers that were drifting stay as slow as they became
    has_second_sources: bool = False  # an eighth of the orders goes to the second supplier, where there is one
    window_days: int = 182


STABLE = Setting()


@dataclass(frozen=True)
class Replay:
    """Counts over all years and copies; every array has shape (keys,), in the order in which the keys were given."""

    days: int
    cycles: np.ndarray  # from one delivery in full to the next
    kept: np.ndarray  # those in which all demand was served
    demand: np.ndarray  # base units
    served: np.ndarray
    squared_demand: np.ndarray  # of each day
    lead_days: np.ndarray  # of the orders of the cycles counted, to the delivery in full
    squared_lead_days: np.ndarray

    def moments(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return mean and deviation of a day's demand, then of the lead time: what endless records would tell."""
        return (*_moments(self.days, self.demand, self.squared_demand),
                *_moments(np.maximum(self.cycles, 1), self.lead_days, self.squared_lead_days))  # fmt: skip


def _moments(n: int | np.ndarray, total: np.ndarray, squares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mean = total / n
    return mean, np.sqrt(np.maximum(squares / n - mean**2, 0.0))


def stable_demand(demand: Demand, days: range) -> Demand:
    """Return the process that asks on every day for what the given days asked for in the mean; weekdays are kept."""
    level = np.mean([demand.life_factor(day) * demand.level(day) for day in days], axis=0)
    return replace(
        demand,
        rate=demand.rate * level,
        launch_day=np.full_like(demand.launch_day, _LONG_AGO),
        end_day=np.full_like(demand.end_day, _FAR_AWAY),
        amplitude=np.zeros_like(demand.amplitude),
        growth=np.zeros_like(demand.growth),
        promotions=None,
    )


def is_stable(world: World, window_days: int = Setting.window_days) -> np.ndarray:
    """Say of every key whether its past is that of one steady process, shape (keys,).

    Sold all the time, without a fault planted on its goods or its supplier, and not promoted in the window.
    """
    company, demand, goods, days = world.company, world.demand, world.goods, world.profile.days
    supplier = company.of_key("supplier").astype("int64")
    calm = (company.of_key("life") == "steady") & (demand.rate > 0) & (goods.drift_day[supplier] == NEVER)
    calm &= (goods.phantom_day == NEVER) & (goods.negative_day == NEVER)
    promotions = demand.promotions
    if promotions is not None:
        last, first = promotions.end_day[promotions.of], promotions.start_day[promotions.of]
        calm[promotions.key[(last >= days - window_days) & (first < days)]] = False
    return calm


def replay(world: World, key: np.ndarray, point: np.ndarray, order_qty: np.ndarray, review_days: np.ndarray, years: int,
           copies: int = 1, setting: Setting = STABLE, purpose: str = "replay") -> Replay:  # fmt: skip
    """Play so many further years of the keys in so many copies side by side, which cost less than one after another.

    `purpose` names the random streams: another one, other years.
    """
    days = world.profile.days
    demand = world.demand
    if setting.is_stable:
        demand = stable_demand(demand, range(max(days - setting.window_days, 0), days))
    wide = np.tile(key, copies)
    arrays = {name: value[wide] for name, value in vars(demand).items() if isinstance(value, np.ndarray)}
    run = _Run(world, replace(demand, **arrays, promotions=None), wide, setting, purpose)
    run.point, run.qty = np.tile(point, copies).astype(float), np.tile(order_qty, copies).astype("int64")
    run.review = np.tile(review_days, copies).astype("int64")
    counts = run.play(days, days + _SETTLE_DAYS, 365 * years)
    return Replay(365 * years * copies, *(count.reshape(copies, len(key)).sum(axis=0) for count in counts))


def _unharmed(plan: GoodsPlan, keys: int, has_drift: bool) -> GoodsPlan:
    never = np.full(keys, NEVER)
    drift = plan.drift_day if has_drift else np.full_like(plan.drift_day, NEVER)
    return replace(plan, dead=np.zeros(0, dtype="int64"), phantom_day=never, negative_day=never, wrong_day=never,
                   wrong_factor=np.ones(keys), drift_day=drift)  # fmt: skip


class _Run:
    """Stock of every key and what is on order; `open` holds key, day of order and units to come of each order line."""

    def __init__(self, world: World, demand: Demand, key: np.ndarray, setting: Setting, purpose: str):
        old = world.company
        company = replace(old, item_of=old.item_of[key], site_of=old.site_of[key], hub_of=np.full(len(key), -1))
        plan = _unharmed(world.goods, len(key), setting.has_drift)
        self.demand, self.rng = demand, stream(world.seed, f"{purpose}.orders")
        self.buyer = Buyer(company, demand, plan, world.profile, world.seed)
        self.buyer.rng = stream(world.seed, f"{purpose}.buying")
        if not setting.has_second_sources:
            self.buyer.second_supplier = np.full(len(key), -1)
        self.stock = np.zeros(len(key), dtype="int64")
        self.open: dict[int, list[int]] = {}

    def play(self, first: int, counted: int, days: int) -> tuple[np.ndarray, ...]:
        """Play from the first day and count so many days from `counted` on; the arrays of Replay, per key and copy."""
        n = len(self.point)
        self.stock = np.floor(self.point).astype("int64") + np.ceil(self.qty * self.rng.random(n)).astype("int64")
        cycles, kept, lead, squared_lead = (np.zeros(n, dtype="int64") for _ in range(4))
        asked_sum, served_sum, squares = (np.zeros(n, dtype="int64") for _ in range(3))
        is_short = np.zeros(n, dtype=bool)
        is_continuous = self.review == 0
        for day in range(first, counted + days):
            done, waited = self.receive(day)
            if day >= counted:
                cycles[done] += 1
                kept[done] += ~is_short[done]
                lead[done] += waited
                squared_lead[done] += waited**2
            is_short[done] = False
            self.order(day, ~is_continuous & (day % np.maximum(self.review, 1) == 0))
            key, _, size = self.demand.draw(day, self.rng)
            asked = np.bincount(key, size, n).astype("int64")
            served = np.minimum(self.stock, asked)
            self.stock -= served
            is_short |= served < asked
            if day >= counted:
                asked_sum += asked
                served_sum += served
                squares += asked**2
            self.order(day, is_continuous)
        return cycles, kept, asked_sum, served_sum, squares, lead, squared_lead

    def receive(self, day: int) -> tuple[np.ndarray, np.ndarray]:
        """Take in today's deliveries; return the keys of which an order is now there in full, and how long it took."""
        line, key, qty = self.buyer.arrivals(day, np.zeros(len(self.stock), dtype=bool))
        np.add.at(self.stock, key, qty)
        done: dict[int, int] = {}
        for number, came in zip(line.tolist(), qty.tolist(), strict=True):
            order = self.open[number]
            order[2] -= came
            if order[2] == 0:
                done[order[0]] = day - order[1]  # of two orders of a key that come together the later one speaks
                del self.open[number]
        return np.array(list(done), dtype="int64"), np.array(list(done.values()), dtype="int64")

    def order(self, day: int, looked_at: np.ndarray) -> None:
        """Order whole order quantities where a position that is looked at is not above its reorder point."""
        gap = np.floor(self.point - (self.stock + self.buyer.on_order)).astype("int64")
        wanted = np.where(looked_at & (gap >= 0), (gap // self.qty + 1) * self.qty, 0)
        if not wanted.any():
            return
        self.buyer.lines, first = [], self.buyer.n
        self.buyer.order(day, wanted)
        key, *_, come = self.buyer.lines[0]
        for number, (k, units) in enumerate(zip(key.tolist(), come.tolist(), strict=True), start=first):
            self.open[number] = [k, day, units]
