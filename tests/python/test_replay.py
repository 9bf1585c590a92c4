"""A 95 % and a 99 % service level, played for further years in the simulator: do they come to what was predicted?

Here: the reorder points, cycle service and fill rate that `service.kpi_service_level_option` says, against years that
synthetic/replay.py plays with the simulator's own demand and deliveries. Not here: the arithmetic (oracles/).

Which records count is decided by what is known before any year is played: a past of one steady process (`is_stable`)
and at least two order quantities of demand a year. Cycle service is weighted by cycles, fill rate by demand. What was
measured and why the estimates of a short past miss by more: docs/formulas.md#service-level-replayed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from orchestration.lib import accepting
from orchestration.lib.paths import Home
from orchestration.lib.sql import connect
from synthetic.faults import NEVER
from synthetic.land import land
from synthetic.profiles import PROFILES
from synthetic.replay import STABLE, Replay, Setting, is_stable, replay, stable_demand
from synthetic.world import World, build_world
from tests.python.dbt_in_process import Dbt
from tests.python.fixtures_marts import SEED, Marts

TARGETS = (0.95, 0.99)
WITHIN = 0.02
CYCLES_A_YEAR = 2
TINY, DEMO = (20, 20), (6, 1)  # years, copies side by side
DEMO_SEED = 20260630
STEPS = (
    "int_service__demand_moment", "int_service__lead_time_demand", "int_service__service_level_request",
    "int_service__lead_time_demand_quantile", "int_service__service_level_candidate",
    "int_service__service_level_choice", "kpi_service_level_option",
)  # fmt: skip
OPTIONS = """
    select
        items.division_code, items.item_code, options.location_id, options.sku_id, options.target_ratio,
        options.needed_reorder_point_qty, options.cycle_ratio, options.fill_ratio,
        demand.demand_class, demand.lead_time_order_qty, demand.review_days, demand.annual_demand_qty
    from service.kpi_service_level_option as options
    inner join service.int_service__lead_time_demand as demand using (sku_id, location_id)
    inner join core.dim_location as places using (location_id)
    inner join core.dim_item as items
        on options.sku_id = items.sku_id and places.division_code = items.division_code
    where options.service_type = 'cycle' and options.is_candidate
    order by all
"""


@dataclass(frozen=True)
class Prediction:
    """What the marts say of one target; every array has shape (records,), in order of key."""

    key: np.ndarray
    record: list[tuple[str, str]]
    kind: np.ndarray
    point: np.ndarray
    order_qty: np.ndarray
    review: np.ndarray
    cycle: np.ndarray
    fill: np.ndarray


def keys_of(world: World) -> dict[tuple[str, str, str], int]:
    """(division, item code, location) -> key of the simulator."""
    company = world.company
    codes = company.items["item_code"].to_numpy()
    found = {}
    for key, (item, site) in enumerate(zip(company.item_of, company.site_of, strict=True)):
        division = company.divisions[company.division_of_site[site]].code
        found[division, codes[item], f"{division}.{company.sites[site].code}"] = key
    return found


def predictions(world: World, marts: Marts, counted: np.ndarray | None = None) -> dict[float, Prediction]:
    """The predictions of every candidate for the records that count, or for the keys `counted`."""
    keys, calm = keys_of(world), is_stable(world)
    found: dict[float, dict[int, dict]] = {}
    for row in marts.rows(OPTIONS):
        key = keys.get((row["division_code"], row["item_code"], row["location_id"]), -1)
        often = row["annual_demand_qty"] >= CYCLES_A_YEAR * row["lead_time_order_qty"]
        if key >= 0 and (calm[key] and often if counted is None else key in counted):
            found.setdefault(float(row["target_ratio"]), {})[key] = row
    figures = ("needed_reorder_point_qty", "lead_time_order_qty", "review_days", "cycle_ratio", "fill_ratio")
    said = {}
    for target, rows in found.items():
        chosen = [rows[key] for key in sorted(rows)]
        record = [(row["sku_id"], row["location_id"]) for row in chosen]
        kind = np.array([row["demand_class"] for row in chosen])
        columns = [np.array([float(row[name]) for row in chosen]) for name in figures]
        said[target] = Prediction(np.array(sorted(rows)), record, kind, *columns)
    return said


def play(world: World, said: Prediction, size: tuple[int, int], setting=STABLE, purpose: str = "replay") -> Replay:
    """The years that follow under the reorder points of a prediction."""
    return replay(world, said.key, said.point, said.order_qty, said.review, *size, setting, purpose)


def gaps(said: Prediction, seen: Replay, chosen: np.ndarray | bool = True) -> tuple[float, float]:
    """Achieved less predicted: cycle service, weighted by cycles, and fill rate, weighted by demand."""
    cycles, demand = seen.cycles * chosen, seen.demand * chosen
    cycle = (seen.kept * chosen - said.cycle * cycles).sum() / cycles.sum()
    return cycle, (seen.served * chosen - said.fill * demand).sum() / demand.sum()


def table(title: str, said: dict[float, Prediction], seen: dict[float, Replay]) -> str:
    """Predicted and achieved service, in all and by class of demand."""
    lines = [title]
    for target, prediction in said.items():
        for kind in ("all", *sorted(set(prediction.kind.tolist()))):
            chosen = (prediction.kind == kind) | (kind == "all")
            cycle, fill = gaps(prediction, seen[target], chosen)
            own, demand = seen[target].cycles * chosen, seen[target].demand * chosen
            at = (prediction.cycle * own).sum() / own.sum(), (prediction.fill * demand).sum() / demand.sum()
            lines.append(
                f"{target:.2f} {kind:12s} {chosen.sum():5d} records {own.sum():6d} cycles: predicted, achieved, points"
                f"  cycle {at[0]:.4f} {at[0] + cycle:.4f} {100 * cycle:+.2f}"
                f"  fill {at[1]:.4f} {at[1] + fill:.4f} {100 * fill:+.2f}"
            )
    return "\n".join(lines)


def played(world: World, said: dict[float, Prediction], size: tuple[int, int], **options) -> dict[float, Replay]:
    """Every target's years, on the same streams."""
    return {target: play(world, said[target], size, **options) for target in said}


KNOWN = {
    "demand": "core.fct_demand_statistic set mean_daily_qty = mean, sd_daily_qty = sd",
    "lead time": "core.fct_replenishment_lead_time set lead_time_days = days, lead_time_sd_days = spread",
}


def with_known_moments(world: World, marts: Marts, folder: Path, size: tuple[int, int], known=tuple(KNOWN),
                       ) -> dict[float, Prediction]:  # fmt: skip
    """What the warehouse predicts for the same records where it knows moments as the process itself has them.

    They are taken from years of their own, played on other streams than those that are judged.
    """
    before = predictions(world, marts)[TARGETS[0]]
    moments = play(world, before, size, purpose="replay.probe").moments()
    changed = marts.copy(folder)
    changed.set_policy(estimate_error="ignored", demand_basis="served")  # nothing is estimated, nothing hidden
    rows = [(*record, *(round(float(m[n]), 6) for m in moments)) for n, record in enumerate(before.record)]
    with connect(changed.home.build_db) as connection:
        connection.execute(
            "create temp table known (sku varchar, place varchar, mean double, sd double, days double, spread double)"
        )
        connection.executemany("insert into known values (?, ?, ?, ?, ?, ?)", rows)
        for part in known:
            sql = f"update {KNOWN[part]} from known where sku_id = sku and location_id = place"
            assert connection.execute(sql).fetchone()[0] == len(rows)
    changed.rebuild(*STEPS)
    return predictions(world, changed, before.key)


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(PROFILES["tiny"], SEED)


@pytest.fixture(scope="module")
def known_tiny(world: World, tiny_marts: Marts, tmp_path_factory: pytest.TempPathFactory) -> dict[float, Prediction]:
    """What the warehouse predicts where it knows mean and deviation of demand and lead time."""
    return with_known_moments(world, tiny_marts, tmp_path_factory.mktemp("known"), TINY)


def both(said: dict[float, Prediction]) -> dict[float, Prediction]:
    """The two targets of the question."""
    return {target: said[target] for target in TARGETS}


def test_with_known_moments_service_comes_to_what_is_predicted(world, known_tiny):
    said = both(known_tiny)
    seen = played(world, said, TINY)
    print(report := table("tiny, moments known", said, seen))
    assert len(said[0.95].key) >= 40 and set(said[0.95].kind) == {"smooth", "erratic", "intermittent", "lumpy"}
    for target in TARGETS:
        assert max(map(abs, gaps(said[target], seen[target]))) <= WITHIN, report


def test_a_reorder_point_of_another_target_is_told(world, known_tiny):
    """The bound can be broken: by 0.90 in place of 0.95, by 0.95 in place of 0.99."""
    for target, other in ((0.95, 0.90), (0.99, 0.95)):
        assert gaps(known_tiny[target], play(world, known_tiny[other], TINY))[0] < -WITHIN


@pytest.fixture(scope="module")
def from_the_past(world: World, tiny_marts: Marts) -> dict[float, tuple[float, float]]:
    """Target -> gaps of cycle service and fill rate, predicted from the four months that landed."""
    said = both(predictions(world, tiny_marts))
    seen = played(world, said, TINY)
    print(table("tiny, moments of four months", said, seen))
    return {target: gaps(said[target], seen[target]) for target in TARGETS}


@pytest.mark.parametrize("target", TARGETS)
def test_fill_rate_predicted_from_a_short_past(from_the_past, target):
    assert abs(from_the_past[target][1]) <= WITHIN


@pytest.mark.xfail(strict=True, reason="four months, out of stock at times: docs/formulas.md#service-level-replayed")
def test_cycle_service_of_95_predicted_from_four_months(from_the_past):
    assert abs(from_the_past[0.95][0]) <= WITHIN


def test_cycle_service_of_99_predicted_from_four_months(from_the_past):
    assert abs(from_the_past[0.99][0]) <= WITHIN


def test_what_is_played_is_the_process_of_the_window(world):
    """Demand is that of the window, weekdays included; lead times are the supplier's; plenty serves every order."""
    key = np.flatnonzero(is_stable(world))
    plenty, lot = np.full(len(key), 100_000), np.full(len(key), 24)
    seen = replay(world, key, plenty, lot, np.zeros(len(key)), 20)
    assert (seen.kept == seen.cycles).all() and (seen.served == seen.demand).all() and seen.cycles.sum() > 1000
    steady = stable_demand(world.demand, range(world.profile.days))
    expected = np.mean([steady.order_rate(day) for day in range(7)], axis=0)[key] * world.demand.daily_mean()[key]
    expected = expected / world.demand.rate[key]
    assert abs(seen.demand.sum() / (365 * 20) / expected.sum() - 1) < 0.02
    supplier = world.company.of_key("supplier").astype("int64")[key]
    assert np.corrcoef(seen.moments()[2], world.company.suppliers["lead_mean"].to_numpy()[supplier])[0, 1] > 0.7


def test_years_are_the_same_again_and_others_on_other_streams(world):
    key = np.flatnonzero(is_stable(world))
    options = (world, key, np.full(len(key), 5), np.full(len(key), 24), np.zeros(len(key)), 3)
    first, again, other = replay(*options), replay(*options), replay(*options, purpose="other")
    assert (first.served == again.served).all() and (first.kept == again.kept).all()
    assert (first.served != other.served).any()


def test_a_review_of_a_week_serves_less_than_looking_all_the_time(world):
    key = np.flatnonzero(is_stable(world))
    point, lot = 20 * world.demand.daily_mean()[key], np.full(len(key), 48)
    often, seldom = (replay(world, key, point, lot, np.full(len(key), days), 20) for days in (0, 7))
    assert often.kept.sum() / often.cycles.sum() > seldom.kept.sum() / seldom.cycles.sum() + 0.05


def test_what_is_not_stable_goes_on_where_it_is_asked_for(world):
    """A supplier that drifted stays slow, and an item that ended is not asked for any more."""
    company, slow = world.company, world.goods.drift_day < NEVER
    key = np.flatnonzero(slow[company.of_key("supplier").astype("int64")] & (world.demand.rate > 0))
    options = (world, key, np.full(len(key), 200), np.full(len(key), 24), np.zeros(len(key)), 5)
    calm, drifted = (replay(*options, setting=Setting(has_drift=drift)).lead_days.sum() for drift in (False, True))
    assert drifted > 1.15 * calm  # less than the drift: what came early was held until its promised day
    ended = world.demand.end_day[key] < world.profile.days
    later = replay(*options, setting=Setting(is_stable=False))
    assert ended.any() and later.demand[ended].sum() == 0 and (later.demand[~ended] > 0).any()


@pytest.mark.proof
def test_the_demo_company_comes_to_what_is_predicted(tmp_path: Path):
    """Within the bound as it landed, half a year of demand, and with known moments."""
    company = build_world(PROFILES["demo"], DEMO_SEED)
    home = Home.at(tmp_path / "home").make()
    land(company, home)
    accepting.accept(home)
    (home.root / "spill").mkdir(exist_ok=True)
    dbt = Dbt(home)
    dbt("seed")
    dbt("run", "--select", "+kpi_service_level_option", "+dim_item")
    check_demo(company, Marts(home, dbt), tmp_path / "known")


def check_demo(company: World, marts: Marts, folder: Path) -> None:
    """AssertionError with the table where the demo company breaks the bound."""
    said = both(predictions(company, marts))
    seen = played(company, said, DEMO)
    print(report := table("demo, moments of half a year", said, seen))
    for target in TARGETS:
        assert max(map(abs, gaps(said[target], seen[target]))) <= WITHIN, report
    for known in (("lead time",), ("demand",), ("demand", "lead time")):
        said = both(with_known_moments(company, marts, folder / known[-1] / str(len(known)), (20, 1), known))
        seen = played(company, said, DEMO)
        print(report := table(f"demo, known: {known}", said, seen))
    for target in TARGETS:
        assert max(map(abs, gaps(said[target], seen[target]))) <= WITHIN, report
