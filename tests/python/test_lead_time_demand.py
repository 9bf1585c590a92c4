"""The Python step of service levels against published figures, sums and round trips.

Here: quantiles, expected shortages and inversions of `int_service__lead_time_demand_quantile`. Not here: costs and
targets (oracles/test_service_level.py). Textbook cases are recomputed from their data; the figures are those that the
definitions give.
"""

from __future__ import annotations

import importlib.util
import time
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.lib.paths import REPO

PATH = REPO / "models/marts/service/intermediate/int_service__lead_time_demand_quantile.py"
_spec = importlib.util.spec_from_file_location("lead_time_demand_quantile", PATH)
step = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(step)
KINDS = ("normal", "gamma", "poisson", "negative_binomial")


def answer(kind, service, target, mean, sd, order) -> tuple[float, ...]:
    """(csl, cycle, reorder point, shortage, in stock) of one request."""
    arrays = [np.array([float(value)]) for value in (target, mean, sd, order)]
    return tuple(float(part[0]) for part in step.answers(kind, service, *arrays))


def test_newsvendor_critical_ratio():
    """Nahmias, Production and Operations Analysis, newsvendor of normal demand 11.73 and 4.74: bought at 0.25, sold at
    0.75, 0.10 for what is left: critical ratio 0.50 / 0.65, order 15.2."""
    under, over = 0.75 - 0.25, 0.25 - 0.10
    _, cycle, order, _, _ = answer("normal", "cycle", under / (under + over), 11.73, 4.74, 1)
    assert abs(cycle - 0.769231) < 1e-6
    assert abs(order - 15.2) < 0.05


def test_normal_reorder_point_and_fill():
    """Chopra and Meindl, Supply Chain Management, ch. 12: weekly demand 2,500 and 500, lead time 2 weeks, orders of
    10,000: a reorder point of 6,000 gives cycle service 0.92, 25 short a cycle and a fill of 0.9975."""
    mean, sd, order = 5000.0, 500.0 * 2**0.5, 10_000.0
    short = float(step.shortage("normal", np.array([mean]), np.array([sd]), np.array([6000.0]))[0])
    assert abs(short - 25.1) < 0.3
    assert abs(1 - short / order - 0.9975) < 1e-4
    assert abs(1 - float(step.survival("normal", mean, sd, np.array([6000.0]))[0]) - 0.9214) < 1e-4


def test_fill_asks_for_less_than_cycle():
    """The same book and item: a fill of 0.975 is kept with 67 units of safety stock, a cycle service of 0.54. With
    orders twice as large less than the mean is enough."""
    csl, _, x, short, _ = answer("normal", "fill", 0.975, 5000, 500 * 2**0.5, 10_000)
    assert abs(x - 5067) < 1
    assert abs(short - 250) < 0.01
    assert abs(csl - 0.5376) < 1e-4
    assert answer("normal", "fill", 0.975, 5000, 500 * 2**0.5, 20_000)[2] < 5000


@pytest.mark.parametrize(("p", "z", "loss"), [(0.9, 1.281552, 0.047344), (0.95, 1.644854, 0.020893),
                                              (0.975, 1.959964, 0.009445), (0.99, 2.326348, 0.003389)])  # fmt: skip
def test_normal_loss_is_that_of_the_tables(p, z, loss):
    """G(z) as tabulated (Silver, Pyke and Thomas, appendix on the unit normal), here with six digits."""
    _, _, x, short, _ = answer("normal", "cycle", p, 1000, 100, 500)
    assert abs((x - 1000) / 100 - z) < 1e-5
    assert abs(short / 100 - loss) < 2e-6


def test_poisson_by_hand():
    """Mean 1: P(X <= 2) = 2.5 / e; beyond 2 the mean exceeds by 1 - 2 + (2 + 1) / e."""
    _, cycle, x, short, _ = answer("poisson", "cycle", 0.9, 1, 0.9, 4)
    assert x == 2
    assert abs(cycle - 2.5 / np.e) < 1e-12
    assert abs(short - (3 / np.e - 1)) < 1e-12


def test_slow_mover_is_not_normal():
    """Ten units every ten days, mean 1 and deviation 3 a day: the normal holds 8 for 99 %, too few where ten sell."""
    assert abs(answer("normal", "cycle", 0.99, 1, 3, 10)[2] - 7.98) < 0.01
    assert answer("negative_binomial", "cycle", 0.99, 1, 3, 10)[2] == 15


def test_constant_demand_needs_nothing_more():
    assert answer("constant", "cycle", 0.99, 40, 0, 10) == (0.99, 1.0, 40.0, 0.0, 1.0)
    assert answer("constant", "fill", 0.99, 40, 0, 10) == (0.0, 1.0, 40.0, 0.0, 1.0)


def test_a_promise_that_needs_no_reorder_point():
    csl, cycle, x, _, in_stock = answer("negative_binomial", "in_stock", 0.9, 0.3, 0.8, 24)
    assert (csl, x) == (0.0, 0.0)
    assert cycle > 0.7 and in_stock >= 0.9


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    service=st.sampled_from(["fill", "in_stock", "cycle"]),
    target=st.floats(0.5, 0.9999),
    mean=st.floats(0.05, 5000),
    spread=st.floats(0.05, 4),
    order=st.floats(0.5, 20_000),
)
def test_the_level_gives_the_promise_back_and_no_lower_one_does(kind, service, target, mean, spread, order):
    """Round trip: promise -> level -> reorder point keeps the promise, and the step below it does not."""
    sd = max(mean * spread, mean**0.5 * 1.01) if kind == "negative_binomial" else mean * spread
    target = round(target, 6)
    csl, _, x, _, _ = answer(kind, service, target, mean, sd, order)
    arrays = [np.array([value]) for value in (mean, sd, order)]
    assert step.unserved(kind, service, *arrays, np.array([x]))[0] <= 1 - target + 1e-9
    counted = kind in ("poisson", "negative_binomial")
    below = x - 1 if counted else x - max(1e-5, 1e-9 * x)
    if below >= 0:
        assert step.unserved(kind, service, *arrays, np.array([below]))[0] > 1 - target - 1e-9
    if 1e-6 < csl < 1 - 1e-6 and (counted or kind != "normal"):
        again = answer(kind, "cycle", csl, mean, sd, order)[2]
        assert abs(again - x) <= (1 if counted else 1e-3 * max(x, 1))


@settings(max_examples=60, deadline=None)
@given(kind=st.sampled_from(["poisson", "negative_binomial"]), mean=st.floats(0.05, 200), spread=st.floats(1.05, 3),
       x=st.integers(0, 400))  # fmt: skip
def test_shortage_of_counted_demand_is_the_sum_of_its_tail(kind, mean, spread, x):
    """E[(X - x)+] = P(X > x) + P(X > x + 1) + ... : added up directly."""
    sd = mean**0.5 * spread
    tail = step.survival(kind, mean, sd, np.arange(x, x + 20_000, dtype=float))
    found = step.shortage(kind, np.array([mean]), np.array([sd]), np.array([float(x)]))[0]
    assert abs(found - tail.sum()) < 1e-7 * max(mean, 1)


def test_the_company_of_the_demo_takes_seconds():
    """7,500 stock records with eight services each, every distribution."""
    count = 60_000
    random = np.random.default_rng(5)
    mean = random.gamma(0.8, 60.0, count) + 0.05
    sd = np.sqrt(mean) * random.uniform(1.05, 3.0, count)
    target = random.choice([0.9, 0.95, 0.975, 0.98, 0.99, 0.995, 0.999], count)
    order = mean * random.uniform(0.2, 4, count)
    began = time.monotonic()
    for place, kind in enumerate(KINDS):
        part = slice(place * count // 4, (place + 1) * count // 4)
        found = step.answers(kind, "cycle", target[part], mean[part], sd[part], order[part])
        assert np.isfinite(found).all()
    assert time.monotonic() - began < 30


def test_decimals_round_to_six_digits():
    assert step.decimals(np.array([1.23456749, 0.0, -2.5])).to_pylist() == [
        Decimal("1.234567"),
        Decimal("0.000000"),
        Decimal("-2.500000"),
    ]


def test_an_unknown_distribution_is_refused():
    with pytest.raises(ValueError, match="no distribution"):
        step.survival("uniform", 1.0, 1.0, np.array([1.0]))
