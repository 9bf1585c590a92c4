"""The simulated warehouse: goods are conserved, the company is believable, and the seed decides every byte.

Belongs here: laws of synthetic/ that hold before anything lands. Does not belong here: what the batches say
(test_synthetic_landing.py) and whether the models find the faults (the detectors' own tests measure that).
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from orchestration.lib.contracts import load_contracts
from orchestration.lib.paths import REPO
from synthetic.clock import DAY, local_midnight
from synthetic.company import build_company, gtin_check_digit
from synthetic.faults import HOSTILE_TEXTS
from synthetic.ledger import LAST_RECORDED, Event
from synthetic.profiles import PROFILES
from synthetic.truth import planted
from synthetic.world import World, build_world, emit

SEED = 7
TINY, DEMO = PROFILES["tiny"], PROFILES["demo"]


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(TINY, SEED)


# --- the goods ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("flow", "stock"), [("physical_qty", "physical"), ("qty", "record")])
def test_opening_plus_flows_is_closing_on_every_day(world, flow, stock):
    ledger, first = world.truth.ledger, local_midnight(TINY.first_day, 0)
    moved = np.zeros((TINY.days, world.company.keys), dtype="int64")
    np.add.at(moved, ((ledger.second - first) // DAY, ledger.key), getattr(ledger, flow))
    assert np.array_equal(np.cumsum(moved, axis=0), getattr(world.truth, stock))


def test_goods_are_never_negative_at_any_instant(world):
    ledger = world.truth.ledger
    for key in range(world.company.keys):
        assert np.cumsum(ledger.physical_qty[ledger.key == key]).min(initial=0) >= 0, f"key {key}"


def test_customers_keep_asking_for_phantoms_in_vain(world):
    phantom = world.goods.phantom_day < TINY.days
    missed = world.truth.unserved
    assert (missed["qty"] > 0).all()
    for key in np.flatnonzero(phantom):
        assert missed["qty"][missed["key"] == key].sum() > 0, "a phantom that nobody asked for cannot be noticed"


def test_transfers_have_two_legs_unless_they_are_on_the_road(world):
    ledger, transit = world.truth.ledger, 0
    out, arrived = ({} for _ in range(2))
    for event, legs in ((Event.TRANSFER_OUT, out), (Event.TRANSFER_IN, arrived)):
        for number, qty in zip(ledger.reference[ledger.event == event], ledger.qty[ledger.event == event], strict=True):
            assert number not in legs
            legs[number] = int(qty)
    assert out and set(arrived) <= set(out)
    for number, qty in out.items():
        assert qty < 0
        transit -= qty + arrived.get(number, 0)
        assert arrived.get(number, -qty) == -qty
    assert transit == world.truth.in_transit[-1].sum()


def test_a_count_sets_the_record_to_the_goods_at_its_instant(world):
    ledger, counts = world.truth.ledger, world.truth.counts
    adjusted = {
        (int(k), int(s)): int(q)
        for k, s, q, e in zip(ledger.key, ledger.second, ledger.qty, ledger.event, strict=True)
        if e == Event.ADJUSTMENT
    }
    assert adjusted
    for key, second, book, counted in zip(*(counts[n] for n in ("key", "second", "book", "counted")), strict=True):
        before = (ledger.key == key) & (ledger.second < second)
        assert ledger.qty[before].sum() == book
        assert ledger.physical_qty[before].sum() == counted
        assert adjusted.pop((int(key), int(second)), 0) == counted - book
    assert not adjusted, "adjustments without a count"


def test_theft_and_unposted_goods_leave_no_event(world):
    ledger = world.truth.ledger
    hidden = ledger.event > LAST_RECORDED
    assert hidden.any() and not ledger.qty[hidden].any() and ledger.physical_qty[hidden].all()
    # Every recorded flow is one event, but for those that take from several lots: one event a lot.
    told, records = ledger.where(~hidden), world.records
    parts = np.unique(np.stack([records.second, records.key, records.event, records.reference]), axis=1)
    assert parts.shape[1] == len(told) and (records.lot >= 0).any()
    assert len(records) - len(told) <= (records.lot >= 0).sum()
    assert np.array_equal(np.bincount(records.key, records.qty), np.bincount(told.key, told.qty))


def test_arrived_goods_never_exceed_what_was_ordered(world):
    orders = world.truth.orders
    received = np.zeros(len(orders.key), dtype="int64")
    np.add.at(received, orders.receipt_order, orders.receipt_qty)
    assert (received <= orders.to_come).all() and (orders.to_come <= orders.ordered).all()
    assert len(orders.receipt_order) > len(set(orders.receipt_order.tolist())), "no order came in parts"


# --- the company -------------------------------------------------------------------------------------------------


def test_shared_goods_carry_one_valid_gtin_or_one_mpn_and_brand():
    company = build_company(DEMO, SEED)
    items = company.items
    gtins = items["gtin"].dropna()
    assert all(gtin_check_digit(gtin[:-1]) == gtin[-1] for gtin in gtins) and set(gtins.str.len()) == {12, 13}
    assert items.assign(gtin=items["gtin"].str.zfill(14)).groupby("gtin")["goods_id"].nunique().max() == 1
    both = items.groupby("goods_id").filter(lambda rows: rows["division"].nunique() == 2)
    assert both["goods_id"].nunique() == DEMO.shared_goods
    only_mpn = both[both["gtin"].isna()]
    assert len(only_mpn) and only_mpn["mpn"].notna().all()
    assert items[items["mpn"].notna()].groupby("mpn")["goods_id"].nunique().max() == 1
    assert not items.duplicated(["division", "item_code"]).any()
    assert items.groupby("item_code")["goods_id"].nunique().max() == 2, "no code is re-used for other goods"


# --- the seed decides all ----------------------------------------------------------------------------------------


def digests(root: Path) -> dict[str, str]:
    files = [path for path in sorted(root.rglob("*")) if path.is_file()]
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def run(home: Path, seed: int, **env: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "synthetic", "--profile", "tiny", "--seed", str(seed), "--fault", "critical"]
    clean = {k: v for k, v in os.environ.items() if k != "LEADLAG_LANDING"}
    environment = clean | {"LEADLAG_HOME": str(home)} | env
    return subprocess.run(command, cwd=REPO, env=environment, capture_output=True, text=True, check=False)


def test_same_seed_same_bytes_whatever_the_hash_seed_and_the_machines_zone(tmp_path):
    first = run(tmp_path / "a", 3, PYTHONHASHSEED="1", TZ="UTC")
    second = run(tmp_path / "b", 3, PYTHONHASHSEED="4242", TZ="Asia/Tokyo")
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert "make withdraw BATCH=wms/CHI1/movements/20260630-critical" in first.stdout
    for part in ("landing", "truth"):
        files = digests(tmp_path / "a" / part)
        assert len(files) >= 3 and files == digests(tmp_path / "b" / part)
    before = digests(tmp_path / "a")
    assert run(tmp_path / "a", 3).returncode == 0 and digests(tmp_path / "a") == before, "landing twice must be a no-op"
    other = run(tmp_path / "a", 4)
    assert other.returncode == 1 and "another world" in other.stdout, "a second world must not mix with the first"


def test_another_seed_is_another_world(world):
    other = build_world(TINY, SEED + 1)
    contracts = load_contracts(REPO)
    ours = {batch.batch_id: batch.table for batch in emit(world, contracts)}
    theirs = {batch.batch_id: batch.table for batch in emit(other, contracts)}
    # Recounts of a quarter have a batch only where something was counted again.
    assert {name for name in set(ours) ^ set(theirs) if not name.endswith("-recounts")} == set()
    same = [name for name in ours if ours[name].num_rows and ours[name].equals(theirs.get(name, pa.table({})))]
    assert all(name.split("/")[2] in ("divisions", "locations", "fx_rates", "suppliers") for name in same), same


@pytest.mark.parametrize("seed", range(100, 120))
def test_any_seed_gives_a_whole_plan(seed):
    """A plan that finds no victim raises; a planted key that never fired has no row to be read from."""
    world = build_world(TINY, seed)
    often_short = len(world.floor.often_short(TINY.days - 1))  # as many as there are shelves found short twice
    assert len(planted(world)) == sum(asdict(TINY.faults).values()) + len(HOSTILE_TEXTS) + often_short
