"""The demo company: believable in its figures, and every planted weakness shows in the goods as the truth ledger says.

Belongs here: laws of the demo world that tiny is too small or too short to show, and the size of profile large. Does
not belong here: laws of the goods (test_synthetic.py) and what lands (test_synthetic_landing.py, ..._terms.py).
"""

from __future__ import annotations

import json

import numpy as np
import pytest

from orchestration.lib.paths import REPO
from synthetic import figures
from synthetic.demand import FAILED_SHARE
from synthetic.faults import NEVER
from synthetic.ledger import Event
from synthetic.profiles import PROFILES
from synthetic.scale import large_profile
from synthetic.truth import planted
from synthetic.world import World, build_world

DEMO = PROFILES["demo"]


@pytest.fixture(scope="module")
def demo() -> World:
    return build_world(DEMO, 1)


def issued(world: World, key: np.ndarray, first: int, last: int) -> float:
    """Units a day that keys asked for from one day to another: sold and missed."""
    ledger, missed = world.truth.ledger, world.truth.unserved
    day = figures.day_of(world, ledger.second)
    sold = (ledger.event == Event.ISSUE) & (first <= day) & (day <= last) & np.isin(ledger.key, key)
    lost = (first <= missed["day"]) & (missed["day"] <= last) & np.isin(missed["key"], key)
    return (missed["qty"][lost].sum() - ledger.qty[sold].sum()) / (last - first + 1)


# --- a believable company ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure", "least", "most"),
    [
        ("golden_skus", 2000, 2000),
        ("recorded_events", 2_200_000, 2_600_000),
        ("turns_at_cost", 4, 8),
        ("in_stock_ratio", 0.93, 0.97),
        ("line_fill_ratio", 0.94, 0.985),
        ("older_than_180_days_ratio", 0.10, 0.25),
        ("supplier_otif_ratio", 0.75, 0.92),
        ("return_ratio", 0.01, 0.04),
        ("gross_margin_ratio", 0.25, 0.45),
        ("gmroii_ratio", 1.5, 4),
        ("top_fifth_usage_ratio", 0.72, 0.85),
        ("shrinkage_ratio", 0.001, 0.015),
        ("record_accuracy_ratio", 0.60, 0.90),
    ],
)
def test_the_demo_is_a_believable_company(demo, figure, least, most):
    """The ranges are those of docs/company.md."""
    assert least <= figures.headline(demo)[figure] <= most


def test_no_two_suppliers_of_a_division_share_a_name(demo):
    assert not demo.company.suppliers.duplicated(["division", "supplier_name"]).any()


def test_hubs_stock_everything_and_branches_most_of_it(demo):
    company = demo.company
    stocked = np.bincount(company.site_of)
    assert (stocked[company.place_of_site == 0] == DEMO.goods_per_division).all()
    branches = stocked[company.place_of_site > 0] / DEMO.goods_per_division
    assert ((branches > 0.7) & (branches < 0.9)).all()
    served = company.hub_of >= 0
    hub = company.hub_of[served]
    assert (company.item_of[hub] == company.item_of[served]).all()
    assert (company.place_of_site[company.site_of[hub]] == 0).all()


def test_ageing_accounts_for_all_stock_but_what_was_found(demo):
    values, cost = figures.ageing(demo), figures.unit_costs(demo)
    stock = float((np.maximum(demo.truth.record[-1], 0) * cost).sum())
    assert 0.99 * stock <= values.sum() <= stock * (1 + 1e-9)


# --- what is planted shows ---------------------------------------------------------------------------------------


def test_dead_stock_lies_on_the_books_without_a_movement_for_180_days(demo):
    assert len(demo.goods.dead) == DEMO.faults.dead_stock and DEMO.days > 180
    for key in demo.goods.dead:
        events = demo.records.event[demo.records.key == key]
        assert events.tolist() == [Event.OPENING]
        assert demo.truth.record[-1, key] > 0 and demo.truth.physical[-1, key] == demo.truth.record[-1, key]


def test_promotions_lift_the_orders_as_planted_and_customers_stay_away_after(demo):
    """Over all promotions that ran: orders on the days against the steady days around them."""
    promotions, sales = demo.demand.promotions, demo.sales
    ran = ~promotions.is_cancelled & (promotions.start_day > 30) & (promotions.end_day < DEMO.days - 30)
    day = figures.day_of(demo, demo.truth.ledger.second[demo.truth.ledger.event == Event.ISSUE])
    item = demo.company.item_of[sales.key]
    cell = np.bincount(item * DEMO.days + day, minlength=len(demo.company.items) * DEMO.days)
    orders = np.concatenate([np.zeros((len(demo.company.items), 1)), cell.reshape(-1, DEMO.days).cumsum(axis=1)], 1)

    def daily(first: np.ndarray, last: np.ndarray) -> np.ndarray:
        items = promotions.item[ran]
        return (orders[items, last + 1] - orders[items, first]) / (last - first + 1)

    start, end = promotions.start_day[ran], promotions.end_day[ran]
    before, during, after = daily(start - 14, start - 1), daily(start, end), daily(end + 1, end + 12)
    lift = during.sum() / before.sum() - 1.0
    planted_lift = float(np.average(promotions.uplift[ran], weights=before))
    assert ran.sum() > 500 and abs(lift - planted_lift) < 0.15 * planted_lift
    assert after.sum() < 0.95 * before.sum()


def test_a_wrong_safety_stock_starves_or_stuffs_its_shelf(demo):
    goods, truth = demo.goods, demo.truth
    starved, stuffed = [], []
    for key in np.flatnonzero(goods.wrong_day < NEVER):
        day = int(goods.wrong_day[key])
        before, after = truth.record[day - 150 : day, key].mean(), truth.record[day + 90 :, key].mean()
        (starved if goods.wrong_factor[key] < 1 else stuffed).append(after / max(before, 1.0))
    assert len(starved) + len(stuffed) == DEMO.faults.wrong_safety_stock
    assert np.median(stuffed) > 1.1 > np.median(starved)


def test_a_drifting_supplier_delivers_later_and_the_others_do_not(demo):
    supply, goods = figures.deliveries(demo), demo.goods
    middle = int(np.median(goods.drift_day[goods.drift_day < NEVER]))
    for supplier in range(len(demo.company.suppliers)):
        day = int(goods.drift_day[supplier]) if goods.drift_day[supplier] < NEVER else middle
        own = supply["supplier"] == supplier
        early = supply["lead_days"][own & (supply["created_day"] < day)].mean()
        late = supply["lead_days"][own & (supply["created_day"] > day + 90) & (supply["created_day"] < 850)].mean()
        if goods.drift_share[supplier]:
            assert late / early > 1 + 0.25 * goods.drift_share[supplier]  # what would be early is held to its promise
        else:
            assert 0.85 < late / early < 1.15


def test_nobody_wants_a_failed_launch_and_its_stock_stays(demo):
    company, truth = demo.company, demo.truth
    wanted = demo.demand.hope == 1.0
    for item in demo.goods.failed:
        keys = np.flatnonzero(company.item_of == item)
        launch = int(company.items["launch_day"].iloc[item])
        assert (demo.demand.hope[keys] == 1 / FAILED_SHARE).all() and launch > 0
    failed = np.isin(company.item_of, demo.goods.failed) & (demo.demand.launch_day < DEMO.days - 200)
    fine = (company.of_key("life") == "new") & wanted & (demo.demand.launch_day < DEMO.days - 200)
    stock = truth.record[-1]
    days_failed = stock[failed].sum() / issued(demo, np.flatnonzero(failed), DEMO.days - 90, DEMO.days - 1)
    days_fine = stock[fine].sum() / issued(demo, np.flatnonzero(fine), DEMO.days - 90, DEMO.days - 1)
    assert days_failed > 3 * days_fine


def test_one_site_is_slow_one_robbed_one_careless(demo):
    records, goods, company = demo.records, demo.goods, demo.company
    site = company.site_of[records.key]
    delay = np.array([np.median((records.recorded - records.occurred)[site == n]) for n in range(len(company.sites))])
    assert {*np.flatnonzero(delay > 1800)} == {*goods.slow_sites} and (np.delete(delay, goods.slow_sites) < 120).all()
    thefts = demo.truth.ledger.event == Event.THEFT
    stolen = np.bincount(company.site_of[demo.truth.ledger.key[thefts]], minlength=len(company.sites))
    rate = stolen / np.bincount(company.site_of)
    assert rate.argmax() == goods.robbed_sites[0] and rate.max() > 4 * np.median(rate)
    ledger = demo.truth.ledger
    arrived = ledger.event == Event.RECEIPT
    late = figures.day_of(demo, ledger.second) > DEMO.days * 3 // 4
    wrong = np.array([
        (ledger.qty != ledger.physical_qty)[arrived & late & (company.site_of[ledger.key] == n)].mean()
        for n in range(len(company.sites))
    ])  # fmt: skip
    assert wrong.argmax() == goods.careless_sites[0] and wrong.max() > 4 * np.median(wrong)


def test_the_truth_ledger_tells_of_each_and_names_who_should_find_it(demo):
    rows = planted(demo).to_pylist()
    found_by = {row["fault"]: row["found_by"] for row in rows}
    assert found_by["wrong_safety_stock"] == "kpi:kpi_reorder_point_proposal"
    assert found_by["drifting_supplier"] == "kpi:kpi_receipt_variance"
    later = {fault for fault, finder in found_by.items() if finder.startswith("later:kpi_")}
    assert found_by["site_latency"] == "kpi:kpi_reporting_topology"
    assert found_by["bottleneck_stage"] == "kpi:kpi_order_fulfillment_cycle"
    assert found_by["site_theft"] == "kpi:kpi_shrinkage"
    assert {"failed_launch", "inverted_price_break"} < later
    models = {path.stem for path in (REPO / "models").rglob("*.sql")}
    finders = {finder.split(":")[-1] for finder in found_by.values() if finder.startswith("kpi:")}
    assert finders <= models, "a KPI that is there finds it"
    assert not {found_by[fault].split(":")[-1] for fault in later} & models, "drop `later:` where the KPI has come"
    suppliers = {json.loads(row["detail"])["supplier_code"] for row in rows if row["fault"] == "drifting_supplier"}
    assert suppliers <= set(demo.company.suppliers["supplier_code"]) and suppliers


# --- lots --------------------------------------------------------------------------------------------------------


def test_the_oldest_lot_leaves_first_and_no_lot_leaves_before_it_came_or_after_it_expired(demo):
    records, lots = demo.records, demo.records.lots
    for key in np.unique(lots.key)[::25]:
        own = np.flatnonzero(records.key == key)
        leaving = own[records.qty[own] < 0]
        assert (np.diff(records.lot[leaving]) >= 0).all(), "a younger lot left before an older one"
        assert (records.second[leaving] >= lots.received[records.lot[leaving]]).all()
        sold = leaving[records.event[leaving] == Event.ISSUE]
        assert (records.day[sold] <= lots.expiry_day[records.lot[sold]]).all()
        left = np.bincount(records.lot[own], records.qty[own])
        assert left.min() >= 0 and left.sum() == demo.truth.record[-1, key]
    assert (records.reference[records.event == Event.SCRAP] == 1).any(), "nothing ever expired"


def test_only_dated_goods_have_lots(demo):
    dated = demo.company.of_key("shelf_life_days")[demo.records.key] > 0
    assert ((demo.records.lot >= 0) == dated).all()


# --- profile large -----------------------------------------------------------------------------------------------


def test_large_is_as_large_as_it_is_told():
    world = build_world(large_profile(500, 10, 200, 300_000, seed=3), 3)
    assert world.company.items["goods_id"].nunique() == 500
    assert len(world.company.sites) == 10 == len({site.code for site in world.company.sites})
    assert world.truth.record.shape[0] == 200
    assert abs(len(world.records) / 300_000 - 1) < 0.10


def test_large_says_which_number_is_too_small():
    with pytest.raises(ValueError, match="too few for"):
        large_profile(500, 10, 200, 5_000)
    with pytest.raises(ValueError, match="120 days"):
        large_profile(500, 10, 30, 5_000)
