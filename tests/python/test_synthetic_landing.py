"""What the simulator lands: every planted fault is in the accepted rows, and nothing else is wrong with them.

Belongs here: the emitters as the validator and a plain reader see them, to the unit and to the row. Does not belong
here: laws of the simulation itself (test_synthetic.py) and whether the models find the faults.
"""

from __future__ import annotations

import json
from dataclasses import asdict

import duckdb
import pytest

from orchestration.lib.accepting import accept
from orchestration.lib.landing import LandingError, withdraw
from orchestration.lib.paths import Home
from synthetic.faults import HOSTILE_TEXTS
from synthetic.land import land
from synthetic.profiles import PROFILES
from synthetic.world import World, build_world

SEED = 7
TINY = PROFILES["tiny"]


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(TINY, SEED)


@pytest.fixture(scope="module")
def home(world, tmp_path_factory) -> Home:
    """A home in which tiny has landed with the poisoned batch and was accepted."""
    home = Home.at(tmp_path_factory.mktemp("synthetic"))
    land(world, home, critical=True)
    accept(home)
    return home


@pytest.fixture(scope="module")
def con(home):
    """The accepted rows as views <source>_<entity>, the truth ledger as planted and on_hand."""
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    for folder in sorted(home.pinned.glob("*/*")):
        con.execute(f"create view {folder.parent.name}_{folder.name} as from read_parquet('{folder}/*.parquet')")
    con.execute(f"create view planted as from read_parquet('{home.root}/truth/planted.parquet')")
    con.execute(f"create view on_hand as from read_parquet('{home.root}/truth/physical_on_hand.parquet')")
    # What an unfaulted reader makes of the movements: newest version of each event, base units, known items and units.
    con.execute("""
        create view factors as
        select _instance as division_code, item_code, base_uom as uom, 1 as factor from erp_items
        union select _instance, item_code, uom, factor_to_base from erp_item_uoms
    """)
    con.execute("create view sites as select distinct _instance as division_code, location_code from erp_locations")
    con.execute("""
        create view ledger as
        with newest as (
            select * from wms_movements
            qualify row_number() over (
                partition by _instance, event_id order by coalesce(source_version, 1) desc, recorded_at desc, _batch_id
            ) = 1
        )
        select division_code, location_code, item_code, event_type, occurred_at, qty * factor as qty
        from newest
        join sites on location_code = _instance
        join factors using (division_code, item_code, uom)
        where owner_code is null and event_type <> 'status_change'
    """)
    con.execute("""
        create view balance as
        select _instance as division_code, location_code, item_code, as_of, on_hand_qty, _batch_id
        from erp_inventory_balances
        qualify row_number() over (
            partition by _instance, location_code, item_code order by as_of desc, _extracted_at desc
        ) = 1
    """)
    return con


def rows(con, sql: str) -> list[tuple]:
    return con.execute(sql).fetchall()


# --- masters -----------------------------------------------------------------------------------------------------


def test_codes_that_look_like_numbers_and_hostile_texts_survive_landing(con):
    codes = {code for (code,) in rows(con, "select distinct item_code from erp_items")}
    assert {"1E5", "00123", "0042", "1E6", "007"} <= codes
    assert rows(con, "select count(*) from wms_movements where item_code in ('1E5', '00123')")[0][0] > 0
    told = [text for (text,) in rows(con, "select description from erp_items")]
    for text in HOSTILE_TEXTS:
        assert sum(text in description for description in told) == 2, f"{text!r} must be in both snapshots verbatim"


def test_the_second_snapshot_changes_a_few_items(con):
    changed = rows(con, """
        select _instance, item_code from erp_items group by all
        having count(distinct (list_price, subcategory)) > 1
    """)  # fmt: skip
    assert len(changed) == TINY.master_changes * 2


# --- planted and nothing else ------------------------------------------------------------------------------------


def test_the_plan_holds_as_many_faults_as_the_profile_says(con, world):
    found = dict(rows(con, "select fault, count(*) from planted group by all"))
    wanted = {fault: n for fault, n in asdict(TINY.faults).items() if n}
    often_short = len(world.floor.often_short(TINY.days - 1))
    assert often_short, "no shelf was found short twice"
    assert found == wanted | {"hostile_text": len(HOSTILE_TEXTS), "critical_batch": 1, "short_pick": often_short}


def test_only_planted_rows_are_quarantined_and_only_planted_repeats_deduplicated(con):
    held = rows(con, """
        select instance, entity, split_part(batch_id, '/', 4), coalesce(raw_row::json ->> 'event_id', ''), rule
        from audit_quarantined_rows where batch_id not like '%critical' order by all
    """)  # fmt: skip
    assert held == rows(con, """
        select instance, entity, batch, event_id, 'rule:sign_fits_event_type' from planted
        where fault = 'sign_error' order by all
    """)  # fmt: skip
    repeated = (
        "select instance, batch, count(*) from planted where fault = 'duplicate_same_file' group by all order by all"
    )
    assert rows(con, repeated) == rows(con, """
        select instance, split_part(batch_id, '/', 4), rows_deduplicated from audit_file_accounts
        where rows_deduplicated > 0 order by all
    """)  # fmt: skip


def test_the_only_breaks_between_wms_and_erp_are_the_planted_ones(con):
    """Ledger minus balance at the balance's own cut-off, to the unit, for every SKU-location."""
    breaks = rows(con, """
        select location_code, item_code, sum(l.qty) filter (where l.occurred_at <= b.as_of) - any_value(on_hand_qty)
        from balance b left join ledger l using (division_code, location_code, item_code)
        group by all having coalesce(sum(l.qty) filter (where l.occurred_at <= b.as_of), 0) <> any_value(on_hand_qty)
        order by all
    """)  # fmt: skip
    expected = rows(con, """
        select location_code, item_code, case
            when fault in ('lost_in_wms', 'unknown_item', 'unknown_uom', 'sign_error', 'opening_missing',
                           'missing_transfer_leg', 'posted_twice', 'in_transit_as_stock', 'consignment_as_own')
                then -qty
            when fault in ('lost_in_erp', 'erp_timing', 'blocked_left_out') then qty
            else qty - round(qty / (detail::json ->> 'factor')::decimal(18, 4), 4) end::decimal(18, 4)
        from planted
        where fault in ('lost_in_wms', 'unknown_item', 'unknown_uom', 'sign_error', 'lost_in_erp', 'erp_timing',
                        'erp_balance_in_cases', 'opening_missing', 'missing_transfer_leg', 'posted_twice',
                        'in_transit_as_stock', 'consignment_as_own', 'blocked_left_out')
        order by all
    """)  # fmt: skip
    assert [(site, item, float(delta)) for site, item, delta in breaks] == [
        (site, item, float(delta)) for site, item, delta in expected
    ]


def test_lost_events_leave_a_hole_in_the_device_and_no_other_hole_exists(con):
    holes = rows(con, """
        with seen as (select distinct _instance, device_id, sequence_no from wms_movements
                      union select instance, device_id, sequence_no from planted where fault = 'sign_error'),
        due as (select _instance, device_id, unnest(range(1, max(sequence_no))) as sequence_no from seen group by all)
        from due except from seen order by all
    """)  # fmt: skip
    assert holes == rows(con, """
        select instance, device_id, sequence_no from planted
        where fault in ('lost_in_wms', 'opening_missing', 'missing_transfer_leg') order by all
    """)  # fmt: skip


def test_repeats_corrections_and_late_events_are_in_the_batches_that_the_plan_names(con):
    delivered = """
        select fault, p.event_id, count(*), count(*) filter (where split_part(m._batch_id, '/', 4) = p.batch)
        from planted p join wms_movements m on m._instance = p.instance and m.event_id = p.event_id
        where fault in ({}) and m._batch_id not like '%critical' group by all
    """
    counted = rows(con, delivered.format("'duplicate_next_batch', 'conflicting_redelivery'"))
    assert len(counted) == TINY.faults.duplicate_next_batch + TINY.faults.conflicting_redelivery
    assert all(total == 2 and there == 1 for _, _, total, there in counted)
    assert rows(con, """
        select count(*) from planted p join wms_movements m on m._instance = p.instance and m.event_id = p.event_id
        where fault = 'conflicting_redelivery' and m.source_version = 2 and split_part(m._batch_id, '/', 4) = p.batch
    """) == [(TINY.faults.conflicting_redelivery,)]  # fmt: skip
    late = rows(con, delivered.format("'late_event'"))
    assert len(late) == TINY.faults.late_event and all(total == 1 and there == 1 for _, _, total, there in late)
    assert rows(con, """
        select count(*) from planted p join wms_movements m on m._instance = p.instance and m.event_id = p.event_id
        where fault = 'late_event' and split_part(m._batch_id, '/', 4) = p.batch
          and m.recorded_at - m.occurred_at between interval 1 day and interval 3 day
    """) == [(TINY.faults.late_event,)]  # fmt: skip


def test_only_the_planned_batches_are_out_of_order(con):
    disorder = rows(con, """
        with steps as (
            select _instance, _batch_id, recorded_at < lag(recorded_at) over (partition by _file order by _row) as back
            from wms_movements where _batch_id not like '%critical'
        )
        select _instance, split_part(_batch_id, '/', 4) from steps group by all having bool_or(back) order by all
    """)  # fmt: skip
    assert disorder == rows(con, "select instance, batch from planted where fault = 'out_of_order_batch' order by all")


def test_records_go_stale_negative_phantom_and_costless_as_planted(con):
    stale = rows(con, """
        select location_code, item_code, date_diff('day', as_of::date, (select max(as_of)::date from balance b2
            where b2.location_code = b.location_code)) as age from balance b where age > 0 order by all
    """)  # fmt: skip
    assert stale == rows(con, """
        select location_code, item_code, (detail::json ->> 'record_age_days')::bigint from planted
        where fault = 'stale_record' order by all
    """)  # fmt: skip
    negative = rows(con, "select location_code, item_code from balance where on_hand_qty < 0 order by all")
    assert negative == rows(con, """
        select location_code, item_code from planted where fault = 'negative_on_hand' order by all
    """)  # fmt: skip
    costless = """
        select distinct _instance, item_code from erp_item_costs where coalesce(unit_cost, 0) <= 0 order by all
    """
    wanted = "select division_code, item_code from planted where fault = 'missing_cost' order by all"
    assert rows(con, costless) == rows(con, wanted)


def test_a_phantom_has_stock_on_record_nothing_on_the_shelf_and_silence_that_is_no_chance(con):
    phantoms = rows(con, """
        select physical_qty, on_hand_qty, (detail::json ->> 'probability')::double,
               (select count(*) from ledger l
                where l.location_code = p.location_code and l.item_code = p.item_code and l.occurred_at > p.at),
               (select count(*) from ledger l
                where l.location_code = p.location_code and l.item_code = p.item_code and event_type = 'sales_issue'),
               (select count(*) from wms_cycle_counts c
                where c._instance = p.location_code and c.item_code = p.item_code and c.counted_at > p.at)
        from planted p
        join on_hand using (location_code, item_code)
        join balance using (location_code, item_code)
        where fault = 'phantom_stock'
    """)  # fmt: skip
    assert len(phantoms) == TINY.faults.phantom_stock
    for physical, record, probability, later_events, sales, later_counts in phantoms:
        assert physical == 0 and record > 0 and probability < 0.01
        assert later_events == 0 and later_counts == 0 and sales >= 5


def test_bins_add_up_to_the_record_of_the_wms(con):
    """On every day that the bins are told; on the last one the record is known."""
    assert rows(con, """
        with bins as (select _instance as location_code, item_code, sum(qty) as qty from wms_bin_balances b
                      where owner_code is null and as_of = (select max(as_of) from wms_bin_balances l
                                                            where l._instance = b._instance)
                      group by all)
        select location_code, item_code, coalesce(qty, 0) - record_qty from on_hand
        left join bins using (location_code, item_code) where coalesce(qty, 0) <> record_qty order by all
    """) == rows(con, """
        select location_code, item_code, qty from planted where fault = 'bin_deviation' order by all
    """)  # fmt: skip
    assert rows(con, "select count(distinct as_of) from wms_bin_balances group by _instance") == [(5,)] * 4
    lain = "select count(distinct bin) from wms_bin_balances where owner_code is null group by _instance, item_code"
    per_item = {n for (n,) in rows(con, lain)}
    assert per_item >= {2, 3}, "stock of an item must lie in two or three bins"


def test_what_is_blocked_or_not_ours_lies_in_bins_of_its_own(con):
    apart = rows(con, """
        select distinct _instance, item_code, coalesce(owner_code, stock_status), qty from wms_bin_balances
        where owner_code is not null or stock_status <> 'available' order by all
    """)  # fmt: skip
    assert apart == rows(con, """
        select location_code, item_code, coalesce(detail::json ->> 'owner_code', 'quarantine'), qty from planted
        where fault in ('consignment_as_own', 'blocked_left_out') order by all
    """)  # fmt: skip
    told = rows(con, """
        select _instance, item_code, coalesce(owner_code, to_stock_status), qty from wms_movements
        where owner_code is not null or event_type = 'status_change' order by all
    """)  # fmt: skip
    assert told == apart and len(told) == TINY.faults.consignment_as_own + TINY.faults.blocked_left_out


def test_erp_receipts_are_the_receipts_of_the_wms(con):
    erp = """
        select division_code, location_code, item_code, sum(received_qty * factor)
        from (select *, _instance as division_code from erp_purchase_receipts)
        join factors using (division_code, item_code, uom)
        group by all order by all
    """
    wms = """
        select division_code, location_code, item_code, sum(qty) from ledger where event_type = 'receipt'
        group by all order by all
    """
    assert [(*k, float(q)) for *k, q in rows(con, erp)] == [(*k, float(q)) for *k, q in rows(con, wms)]


def test_events_near_midnight_have_another_date_in_utc_in_both_time_zones(con):
    moved = dict(rows(con, """
        select _instance, count(*) filter (
            where occurred_at::date <> (occurred_at at time zone 'UTC' at time zone l.time_zone)::date)
        from wms_movements m join (select distinct location_code, time_zone from erp_locations) l
          on l.location_code = m._instance group by all
    """))  # fmt: skip
    assert len(moved) == 4 and all(n > 10 for n in moved.values()), moved


# --- the poisoned batch ------------------------------------------------------------------------------------------


def test_the_poisoned_batch_breaks_as_planted_and_withdrawing_it_leaves_no_trace(con, world, home, tmp_path):
    ((batch_id, rows_in, held),) = rows(con, """
        select batch_id, rows_in, rows_quarantined from audit_file_accounts where batch_id like '%critical'
    """)  # fmt: skip
    detail = json.loads(rows(con, "select detail from planted where fault = 'critical_batch'")[0][0])
    assert rows_in == detail["rows"] and rows_in >= 20 and 0.38 <= held / rows_in <= 0.45
    broken = rows(con, f"select row_number from audit_quarantined_rows where batch_id = '{batch_id}' order by all")
    assert [row for (row,) in broken] == detail["broken_rows"]
    fresh = """
        select count(*) from wms_movements c where c._batch_id like '%critical' and not exists (
            select 1 from wms_movements m where m._instance = c._instance and m.event_id = c.event_id
              and m._batch_id not like '%critical' and m.qty = c.qty and m.recorded_at = c.recorded_at)
    """
    assert rows(con, fresh) == [(0,)], "a sound row of the poisoned batch must repeat an event that has landed"
    clean, other = Home.at(tmp_path / "clean"), Home.at(tmp_path / "withdrawn")
    land(world, clean)
    land(world, other, critical=True)
    withdraw(other, batch_id, "poisoned")
    first, second = accept(clean), accept(other)
    assert first.as_of == second.as_of and first.entities == second.entities and second.withdrawn == 1


def test_a_second_world_in_one_home_is_refused(world, home):
    with pytest.raises(LandingError):
        land(build_world(TINY, SEED + 1), home)
