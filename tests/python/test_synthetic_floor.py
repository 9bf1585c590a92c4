"""The warehouse floor as it lands: bins, home bins, stages and failed picks, and the faults planted there.

Belongs here: the emitters of bins and picks as a plain reader sees them. Does not belong here: whether rules find the
faults (oracles/test_floor_rules.py) and the other entities (test_synthetic_landing.py).
"""

from __future__ import annotations

import duckdb
import pytest

from orchestration.lib.accepting import accept
from orchestration.lib.paths import Home
from synthetic.land import land
from synthetic.profiles import PROFILES
from synthetic.world import World, build_world

TINY = PROFILES["tiny"]


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(TINY, 7)


@pytest.fixture(scope="module")
def con(world, tmp_path_factory):
    """The accepted rows as views <source>_<entity> and the truth ledger as planted."""
    home = Home.at(tmp_path_factory.mktemp("floor"))
    land(world, home)
    accept(home)
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    for folder in sorted(home.pinned.glob("*/*")):
        con.execute(f"create view {folder.parent.name}_{folder.name} as from read_parquet('{folder}/*.parquet')")
    con.execute("""create view bins_now as from wms_bin_balances
        qualify as_of = max(as_of) over (partition by _instance)""")
    con.execute(f"create view planted as from read_parquet('{home.root}/truth/planted.parquet')")
    return con


def rows(con, sql: str) -> list[tuple]:
    return con.execute(sql).fetchall()


def keys(con, fault: str) -> list[tuple]:
    """Planted (site, item) pairs of a fault; they must exist."""
    found = rows(con, f"select location_code, item_code from planted where fault = '{fault}' order by all")
    assert found, f"nothing planted: {fault}"
    return found


def test_only_the_planted_goods_lie_in_a_bin_that_is_closed_unknown_or_too_small(con):
    stock = "from bins_now s left join wms_bins b on b._instance = s._instance and b.bin = s.bin"
    for fault, condition in (
        ("closed_bin", "b.status = 'closed'"),
        ("unknown_bin", "b.bin is null"),
        ("over_capacity", "s.qty > b.capacity_qty"),
    ):
        found = rows(con, f"select distinct s._instance, item_code {stock} where {condition} order by all")
        assert found == keys(con, fault), fault
    assert rows(con, "select count(*) from wms_bins where status = 'closed'")[0][0] > 1, "some closed bins are empty"


def test_only_the_planted_lots_have_expired_in_a_bin(con):
    found = rows(con, """
        select s._instance, s.item_code from bins_now s join wms_lots l using (_instance, item_code, lot)
        where l.expiry_date < s.as_of::date and s.qty > 0 order by all
    """)  # fmt: skip
    assert found == keys(con, "expired_lot")


def test_goods_stand_in_staging_from_today_or_as_planted(con):
    staged = rows(con, """
        select s._instance, s.item_code, (select count(*) from wms_movements m where m._instance = s._instance
            and m.item_code = s.item_code and m.event_type in ('receipt', 'transfer_in') and m.occurred_at <= s.as_of
            and m.occurred_at > s.as_of - interval 24 hour)
        from bins_now s where bin = 'STAGE-1' order by all
    """)  # fmt: skip
    assert [(site, item) for site, item, fresh in staged if not fresh] == keys(con, "never_put_away")
    assert any(fresh for *_, fresh in staged), "some receipts of today wait innocently"


def test_only_the_planted_goods_stand_with_both_signs(con):
    found = rows(con, """
        select _instance, item_code from bins_now group by all having min(qty) < 0 and max(qty) > 0 order by all
    """)  # fmt: skip
    assert found == keys(con, "opposite_bins")


def test_a_shelf_found_short_twice_held_less_than_its_record_and_innocent_ones_were_short_once(con):
    short = "error_type in ('short_pick', 'not_found')"
    recent = "occurred_at > (select max(as_of) from wms_bin_balances) - interval 14 day"
    found = rows(con, f"""
        select _instance, item_code from wms_pick_errors where {short} and {recent}
        group by all having count(*) >= 2 order by all
    """)  # fmt: skip
    assert found == keys(con, "short_pick")
    assert set(keys(con, "phantom_stock")) <= set(found)
    innocent = f"select _instance, item_code from wms_pick_errors where {short} and {recent} group by all having"
    assert set(keys(con, "innocent_short_pick")) <= set(rows(con, f"{innocent} count(*) = 1"))
    elsewhere = "select _instance, item_code from wms_pick_errors where error_type = 'found_elsewhere'"
    assert rows(con, f"{elsewhere} and found_bin <> bin and found_at > occurred_at order by all") == (
        keys(con, "misplaced_goods")
    )


def test_stages_follow_each_other_and_goods_are_issued_when_they_are_picked(con):
    assert rows(con, """
        with staged as (
            select _instance, order_number, map_from_entries(list((stage, occurred_at))) as told from wms_order_stages
            group by all)
        select * from staged
        where told['released'] >= told['picked'] or told['picked'] >= told['packed']
           or told['packed'] >= told['shipped'] or told['shipped'] >= told['delivered']
    """) == []  # fmt: skip
    assert rows(con, """
        select count(*) from wms_order_stages s where stage = 'picked' and not exists (
            select 1 from erp_sales_invoice_lines i
            where i.order_number = s.order_number and i.shipped_at = s.occurred_at and i.location_code = s._instance)
          and s.occurred_at < (select max(occurred_at) - interval 5 day from wms_order_stages)
    """) == [(0,)]  # fmt: skip


def test_one_stage_of_one_site_becomes_a_bottleneck(con, world):
    spread = dict(rows(con, """
        with steps as (
            select _instance as site, stage, occurred_at, occurred_at - lag(occurred_at) over (
                partition by _instance, order_number order by occurred_at) as step
            from wms_order_stages)
        select (site, stage), quantile_cont(epoch(step), 0.9) - quantile_cont(epoch(step), 0.5)
        from steps where step is not null and occurred_at > (select max(occurred_at) - interval 10 day from steps)
        group by all
    """))  # fmt: skip
    ((site,),) = rows(con, "select location_code from planted where fault = 'bottleneck_stage'")
    slowest = max(spread, key=spread.get)
    assert tuple(slowest) == (site, "packed"), spread
    others = [seconds for name, seconds in spread.items() if name != slowest]
    assert spread[slowest] > 2 * max(others)


def test_every_stocked_item_has_one_home_today_and_some_had_another(con):
    homes = "select _instance, item_code, count(*) as homes from wms_slottings where valid_to is null group by all"
    assert rows(con, f"select * from ({homes}) where homes <> 1") == []
    assert rows(con, "select count(*) from wms_slottings where valid_to is not null")[0][0] > 0
    assert rows(con, """
        select count(*) from wms_slottings s where not exists (
            select 1 from wms_bins b where b._instance = s._instance and b.bin = s.bin)
    """) == [(0,)]  # fmt: skip


def test_a_mistyped_cost_jumps_by_more_than_half(con):
    found = rows(con, """
        with steps as (select distinct _instance, item_code, valid_from, unit_cost from erp_item_costs),
        jumps as (select *, lag(unit_cost) over (partition by _instance, item_code order by valid_from) as before
                  from steps)
        select _instance, item_code from jumps where before > 0 and abs(unit_cost / before - 1) > 0.5 order by all
    """)  # fmt: skip
    assert found == rows(con, "select division_code, item_code from planted where fault = 'cost_jump' order by all")


def test_nothing_of_the_floor_is_quarantined(con):
    entities = ("bins", "slottings", "bin_balances", "order_stages", "pick_errors", "lots")
    assert rows(con, f"select * from audit_quarantined_rows where entity in {entities}") == []
    for entity in entities:
        assert rows(con, f"select count(*) > 0 from wms_{entity}") == [(True,)], entity
