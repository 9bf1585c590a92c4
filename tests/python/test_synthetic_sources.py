"""What lands beside stock, terms and sales: orders, forecasts, money, supply, sensors, audits and decisions.

Belongs here: each of these entities as a plain reader of the accepted rows sees it, against the truth and against each
other, and every planted fault of these themes. Does not belong here: stock and its faults (test_synthetic_landing.py),
contracts (test_contracts_of_every_entity.py) and what the models make of it (oracles/test_sources_in_core.py).
"""

from __future__ import annotations

from dataclasses import asdict, replace

import duckdb
import numpy as np
import pytest

from orchestration.lib.accepting import accept
from orchestration.lib.paths import Home
from synthetic.climate import build_climate
from synthetic.emit_audits import audit_days
from synthetic.emit_supply import has_breaks
from synthetic.faults import NEVER
from synthetic.forecasts import plan_forecasts, planner_of
from synthetic.land import land
from synthetic.order_lines import NO_REASON
from synthetic.profiles import PROFILES
from synthetic.world import World, build_world

TINY = PROFILES["tiny"]
SEED = 5
ENTITIES = ("customers", "sales_order_lines", "demand_forecasts", "sales_targets", "write_offs", "financial_balances",
            "system_kpis", "supplier_price_breaks", "assortments", "disruptions", "items", "item_costs")  # fmt: skip


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(TINY, SEED)


@pytest.fixture(scope="module")
def con(world, tmp_path_factory):
    """The accepted rows as views <source>_<entity>; `orders` holds the newest extract of every order line."""
    home = Home.at(tmp_path_factory.mktemp("sources"))
    land(world, home)
    accept(home)
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    for folder in sorted(home.pinned.glob("*/*")):
        con.execute(f"create view {folder.parent.name}_{folder.name} as from read_parquet('{folder}/*.parquet')")
    con.execute(f"create view planted as from read_parquet('{home.root}/truth/planted.parquet')")
    con.execute("""
        create view orders as select * from erp_sales_order_lines
        qualify row_number() over (partition by _instance, order_number, line_number order by _extracted_at desc) = 1
    """)
    for entity in ("supplier_price_breaks", "assortments", "disruptions", "sales_targets", "item_costs", "items"):
        con.execute(f"""create view {entity} as select * from erp_{entity}
                        qualify _extracted_at = max(_extracted_at) over (partition by _instance)""")
    return con


def rows(con, sql: str) -> list[tuple]:
    return con.execute(sql).fetchall()


def planted(con, fault: str, columns: str) -> list[tuple]:
    return rows(con, f"select {columns} from planted where fault = '{fault}' order by all")


def test_nothing_of_these_entities_is_quarantined(con):
    names = ", ".join(f"'{name}'" for name in (*ENTITIES, "readings", "sensors", "physical_audits", "decisions"))
    assert rows(con, f"select entity, rule from audit_quarantined_rows where entity in ({names})") == []


# --- orders -------------------------------------------------------------------------------------------------------


def test_every_invoice_line_was_ordered_before_it_was_shipped_and_not_for_less(con):
    assert rows(con, """
        select count(*) > 1000, count(*) filter (where o.order_number is null or o.ordered_at >= i.shipped_at
            or o.ordered_qty < i.shipped_qty or (o.status = 'shipped') <> (o.ordered_qty = i.shipped_qty))
        from erp_sales_invoice_lines i
        left join orders o
            on o._instance = i._instance and o.order_number = i.order_number and o.line_number = i.order_line_number
            and o.item_code = i.item_code and o.location_code = i.location_code
            and o.customer_code = i.customer_code and o.currency = i.currency
    """) == [(True, 0)]  # fmt: skip


def test_what_was_ordered_is_what_was_shipped_missed_or_withdrawn(world, con):
    """To the unit, for every SKU-location: no demand is told twice and none is forgotten."""
    lines, missed = world.order_lines, world.truth.unserved
    withdrawn = lines.reason > 0
    expected = np.zeros(world.company.keys, dtype="int64")
    for key, qty in ((world.sales.key, world.sales.qty), (missed["key"], missed["qty"]),
                     (lines.key[withdrawn], lines.qty[withdrawn])):  # fmt: skip
        np.add.at(expected, key, qty)
    told = {(i, s): int(q) for i, s, q in rows(con, """
        select _instance || '/' || item_code, location_code, sum(ordered_qty) from orders
        where item_code not like 'ZZ-%' group by all
    """)}  # fmt: skip
    odd = rows(con, "select ordered_qty from orders where item_code like 'ZZ-%'")
    company = world.company
    for key in np.flatnonzero(expected).tolist():
        site = company.sites[int(company.site_of[key])].code
        division = company.divisions[int(company.division_of_site[company.site_of[key]])].code
        item = f"{division}/{company.items['item_code'].iloc[int(company.item_of[key])]}"
        expected[key] -= told.pop((item, site), 0)
    assert not told and expected.min() >= 0
    assert expected.sum() == sum(qty for (qty,) in odd), "only the planted lines name another item"


def test_missed_demand_is_short_or_cancelled_for_want_of_stock(world):
    lines, missed = world.order_lines, world.truth.unserved
    no_stock = lines.reason == 0
    served = np.zeros(len(lines.qty), dtype="int64")
    first = np.flatnonzero(lines.line == 1)
    by_order = dict(zip(world.sales.order.tolist(), world.sales.qty.tolist(), strict=True))
    served[first] = [by_order.get(order, 0) for order in lines.order[first].tolist()]
    lacking = (lines.qty - served)[no_stock]
    days = TINY.days
    cell = lines.key[no_stock] * days + lines.day[no_stock]
    true = np.bincount(missed["key"] * days + missed["day"], missed["qty"], days * world.company.keys)
    assert np.array_equal(np.bincount(cell, lacking, days * world.company.keys), true)
    assert (lines.reason[lines.status == 1] == NO_REASON).all()


def test_orders_have_several_lines_one_customer_and_one_site(con):
    assert rows(con, """
        select max(n) > 1, max(customers), max(sites), max(instants), count(*) filter (where n <> last) from (
            select count(*) as n, max(line_number::int) as last, count(distinct customer_code) as customers,
                count(distinct location_code) as sites, count(distinct ordered_at) as instants
            from orders group by _instance, order_number)
    """) == [(True, 1, 1, 1, 0)]  # fmt: skip


def test_an_open_line_is_told_again_when_it_is_given_up(con):
    again = rows(con, """
        select count(*) filter (where n > 1) > 0, max(n), count(*) filter (where n > 1 and final = 'open') from (
            select count(*) as n, arg_max(status, _extracted_at) as final from erp_sales_order_lines
            group by _instance, order_number, line_number)
    """)  # fmt: skip
    assert again == [(True, 2, 0)]


def test_orders_of_unknown_items_are_the_planted_ones(con):
    told = rows(con, """
        select order_number || '/' || line_number, item_code from orders
        where item_code not in (select item_code from items) order by all
    """)  # fmt: skip
    assert told == planted(con, "unknown_item_ordered", "event_id, detail::json ->> 'item_code_told'")
    assert len(told) == TINY.faults.unknown_item_ordered


# --- forecasts and targets ----------------------------------------------------------------------------------------


def test_every_month_was_forecast_with_up_to_three_lags_and_the_weeks_with_thirteen(con):
    lags = rows(con, """
        select period_type, max(n), min(lag) > 0 from (
            select period_type, count(*) as n, min(date_diff('day', made_at::date, period_start)) + 1 as lag
            from erp_demand_forecasts group by period_type, _instance, item_code, location_code, period_start)
        group by all order by all
    """)  # fmt: skip
    assert lags == [("month", 3, True), ("week", 13, True)]


def test_honest_forecasts_are_right_in_the_mean_and_biased_ones_wrong_as_planted(world, con):
    told = rows(con, """
        select _instance, item_code, sum(forecast_qty) / nullif(sum(statistical_qty), 0) from erp_demand_forecasts
        group by all
    """)  # fmt: skip
    factor = plan_forecasts(world).factor
    owners, codes = world.company.items["division"], world.company.items["item_code"]
    place = {(world.company.divisions[owners[n]].code, codes[n]): n for n in range(len(codes))}
    ratios = {place[division, item]: float(ratio) for division, item, ratio in told if ratio is not None}
    assert len(ratios) > 30
    assert all(abs(ratio / factor[item] - 1) < 0.05 for item, ratio in ratios.items())
    assert {round(f, 2) for f in factor} > {1.0}
    monthly = """
        select sum(statistical_qty)::double from erp_demand_forecasts
        where period_type = 'month' and date_diff('day', made_at::date, period_start) <= 1 and period_start = '{}'
    """
    for month in ("2026-04-01", "2026-05-01", "2026-06-01"):
        ordered = rows(
            con, f"select sum(ordered_qty)::double from orders where date_trunc('month', ordered_at) = '{month}'"
        )
        assert 0.75 < rows(con, monthly.format(month))[0][0] / ordered[0][0] < 1.3


def test_each_biased_planner_family_and_item_is_in_the_ledger(world, con):
    counts = asdict(TINY.faults)
    for fault in ("biased_planner", "biased_family", "biased_key_item"):
        assert len(planted(con, fault, "fault_id")) == counts[fault] > 0
    [(division, planner, factor)] = planted(
        con, "biased_planner", "division_code, detail::json ->> 'planner', (detail::json ->> 'factor')::double"
    )
    number = [d.code for d in world.company.divisions].index(division) * TINY.planners_per_division
    mine = planner_of(world) == number + int(planner.split()[1]) - 1
    only = mine & (plan_forecasts(world).factor == factor)
    assert only.sum() > 3
    assert rows(con, f"select count(*) from erp_demand_forecasts where adjusted_by = '{planner}'")[0][0] > 20


def test_targets_are_a_little_more_than_was_sold(con):
    ratio = rows(con, """
        with sold as (select _instance, sum(net_amount) as amount from erp_sales_invoice_lines
                      where invoiced_at < '2026-06-30' group by all),
        aim as (select _instance, sum(target_amount) as amount from sales_targets
                where month_start between '2026-03-01' and '2026-06-01' group by all)
        select (aim.amount / sold.amount)::double from aim join sold using (_instance)
    """)  # fmt: skip
    assert len(ratio) == 2 and all(0.95 < value < 1.15 for (value,) in ratio)
    assert rows(con, "select count(*) from sales_targets where month_start > '2026-06-30'")[0][0] > 0


# --- money --------------------------------------------------------------------------------------------------------


def test_what_was_scrapped_was_written_off_once_but_for_reversals_and_the_planted_repeats(con):
    first = """
        select location_code, item_code, sum(qty) from erp_write_offs
        where kind = 'write_off' and not is_reversal
          and write_off_number not in (select event_id from planted where fault = 'double_write_off')
        group by all order by all
    """
    scrapped = """
        select m._instance, m.item_code, sum(-qty) from wms_movements m where event_type = 'scrap'
        and uom not in ('CS', 'QQ') and item_code not like 'ZZ-%' group by all order by all
    """
    assert rows(con, first) == rows(con, scrapped) != []
    repeats = rows(con, """
        select w.write_off_number, first.write_off_number from erp_write_offs w
        join planted p on p.event_id = w.write_off_number and p.instance = w._instance
        join erp_write_offs first on first._instance = w._instance
            and first.write_off_number = (p.detail::json ->> 'repeats') and first.item_code = w.item_code
            and first.qty = w.qty and first.value_amount = w.value_amount and first.posted_at < w.posted_at
    """)  # fmt: skip
    assert len(repeats) == TINY.faults.double_write_off


def test_reversals_give_back_what_a_posting_took():
    """Few in a small company, so a longer one is looked at: same goods and value, later."""
    world = build_world(replace(TINY, days=600, faults=replace(TINY.faults, double_write_off=3)), SEED)
    posted = world.write_offs
    back = np.flatnonzero(posted.reverses >= 0)
    target = posted.reverses[back]
    assert len(back) and len(np.unique(target)) == len(back)
    for name in ("key", "lot", "qty", "kind", "reason", "amount"):
        assert np.array_equal(getattr(posted, name)[back], getattr(posted, name)[target]), name
    assert (posted.posted[target] < posted.posted[back]).all()
    assert {0, 1, 2} >= set(posted.reason.tolist()) > {1}
    assert (posted.kind == 1).sum() == (posted.reason == 2).sum() > 0


def test_books_tie_to_the_stock_at_its_cost_but_for_the_planted_gaps(world, con):
    steps: dict[int, list[tuple]] = {}
    for item, day, amount in world.costs.history.sort_values("valid_from_day").itertuples(index=False):
        steps.setdefault(int(item), []).append((int(day), float(amount)))
    gaps = []
    for site, end, amount in rows(con, """
        select location_code, period_end, amount::double from erp_financial_balances
        where account = 'inventory' order by all
    """):  # fmt: skip
        place = [s.code for s in world.company.sites].index(site)
        stock = 0.0
        for key in np.flatnonzero(world.company.site_of == place).tolist():
            day = (end - TINY.first_day).days
            qty = max(int(world.truth.record[day, key]), 0)
            known = [value for since, value in steps[int(world.company.item_of[key])] if since <= day]
            stock += qty * known[-1]
        if abs(amount / stock - 1) > 0.0011:
            gaps.append((site, f"{end}"))
            assert abs(abs(amount / stock - 1) - 0.03) < 1e-4
    assert gaps == planted(con, "ledger_gap", "location_code, detail::json ->> 'period_end'") != []


def test_reported_turns_follow_from_the_books_but_for_the_planted_ones(con):
    """Recomputed from the balances that landed: cost of sales a year over the mean of the month ends."""
    told = rows(
        con,
        """
        select k._instance, k.kpi, k.period_end, k.value::double,
            (sum(b.amount) filter (where b.account = 'cogs'))::double,
            (sum(b.amount) filter (where b.account = 'net_sales'))::double,
            (sum(b.amount) filter (where b.account = 'inventory'))::double, count(distinct b.period_end)
        from erp_system_kpis k
        join erp_financial_balances b
            on b._instance = k._instance and b.period_end between k.period_start and k.period_end
        group by all order by all
    """,
    )
    false = []
    for division, kpi, end, value, cogs, net, stock, months in told:
        yearly, mean = 12 / months, stock / months
        right = cogs * yearly / mean if kpi == "inventory_turnover" else (net - cogs) * yearly / mean
        if abs(value / right - 1) > 0.02:  # a planted gap of one site moves the mean by less
            false.append((division, kpi, f"{end}"))
    assert len(told) == 8
    assert false == planted(
        con, "false_system_kpi", "division_code, detail::json ->> 'kpi', detail::json ->> 'period_end'"
    )
    assert len(false) == TINY.faults.false_system_kpi


# --- supply -------------------------------------------------------------------------------------------------------


def test_prices_fall_with_quantity_but_for_the_planted_ones(world, con):
    inverted = rows(con, """
        select distinct _instance, item_code, supplier_code from (
            select *, unit_price > lag(unit_price) over (partition by _instance, item_code, supplier_code
                order by min_qty) as rises from supplier_price_breaks) where rises order by all
    """)  # fmt: skip
    assert inverted == planted(
        con, "inverted_price_break", "division_code, item_code, detail::json ->> 'supplier_code'"
    )
    assert rows(con, "select count(*) from supplier_price_breaks") == [(3 * int(has_breaks(world).sum()),)]
    assert rows(con, """
        select count(*) from supplier_price_breaks b
        left join (select distinct _instance, item_code, supplier_code, uom, moq_qty from erp_item_suppliers) s
        using (_instance, item_code, supplier_code, uom) where s.moq_qty is null or b.min_qty < s.moq_qty
    """) == [(0,)]  # fmt: skip


def test_what_is_stocked_is_listed_but_for_the_planted(con):
    bare = rows(con, """
        select distinct b._instance, b.item_code, b.location_code from erp_inventory_balances b
        left join assortments a using (_instance, item_code, location_code)
        where a.item_code is null and b.on_hand_qty > 0 order by all
    """)  # fmt: skip
    assert bare == planted(con, "unlisted_stock", "division_code, item_code, location_code") != []


def test_drifting_suppliers_are_announced_and_the_hollow_ones_deliver_as_ever(world, con):
    company, drifting = world.company, np.flatnonzero(world.goods.drift_day < NEVER)
    announced = rows(con, "select _instance, scope_code from disruptions where note = 'goods come later' order by all")
    assert announced == sorted(
        (company.divisions[int(company.suppliers["division"].iloc[s])].code, company.suppliers["supplier_code"].iloc[s])
        for s in drifting.tolist()
    )
    hollow = planted(con, "hollow_disruption", "division_code, detail::json ->> 'supplier_code'")
    assert len(hollow) == TINY.faults.hollow_disruption and not set(hollow) & set(announced)
    assert rows(con, "select count(*) from disruptions") == [(len(hollow) + len(announced),)]


def test_goods_that_expire_have_storage_bounds_and_the_others_none(con):
    assert rows(con, """
        select count(*) filter (where shelf_life_days is not null) > 0, count(*) filter (where
            (shelf_life_days is not null) <> (storage_min_c is not null) or storage_min_c >= storage_max_c
            or reference_storage_c not between storage_min_c and storage_max_c or cube_m3 <= 0 or weight_kg <= 0
            or pack_qty < 1 or last_buy_on < eol_announced_on or last_buy_on > end_of_life_date
            or (is_freeze_sensitive and storage_min_c < 0)) from items
    """) == [(True, 0)]  # fmt: skip


# --- sensors, audits, decisions -----------------------------------------------------------------------------------


def test_sensors_are_well_but_for_the_planted_faults(con):
    seen = dict.fromkeys(("sensor_excursion", "sensor_freeze", "sensor_gap", "sensor_flat_line", "sensor_jump"))
    con.execute("""
        create or replace temp view steps as
        select r._instance as site, sensor_id, zone, read_at, temperature_c as t,
            date_diff('minute', lag(read_at) over w, read_at) as minutes,
            temperature_c - lag(temperature_c) over w as jump,
            count(*) over (partition by r._instance, sensor_id order by read_at
                           range between interval 12 hours preceding and current row) as readings,
            max(temperature_c) over h - min(temperature_c) over h as spread
        from iot_readings r join iot_sensors s using (_instance, sensor_id)
        window w as (partition by r._instance, sensor_id order by read_at),
            h as (partition by r._instance, sensor_id order by read_at
                  range between interval 12 hours preceding and current row)
    """)
    warm = "case zone when 'cold' then t > 8 else t > 25 end"
    conditions = {"sensor_excursion": warm, "sensor_freeze": "t < 0", "sensor_gap": "minutes > 60",
                  "sensor_flat_line": "readings > 40 and spread = 0", "sensor_jump": "jump > 5"}  # fmt: skip
    for fault, condition in conditions.items():
        seen[fault] = rows(con, f"select distinct site, sensor_id from steps where {condition} order by all")
    for fault in ("sensor_freeze", "sensor_gap", "sensor_flat_line"):
        assert seen[fault] == planted(con, fault, "location_code, device_id") != []
    jumps = {*seen["sensor_jump"]} - {*seen["sensor_excursion"]} - {*seen["sensor_freeze"]}
    warm_ones = {*seen["sensor_excursion"]} - {*planted(con, "sensor_jump", "location_code, device_id")}
    assert [*warm_ones] == planted(con, "sensor_excursion", "location_code, device_id")
    assert jumps <= {*planted(con, "sensor_jump", "location_code, device_id")}


def test_more_faults_than_sensors_are_refused(world):
    crowded = replace(world, profile=replace(TINY, faults=replace(TINY.faults, sensor_gap=9)))
    with pytest.raises(ValueError, match="lower the counts sensor_"):
        build_climate(crowded)


def test_an_audit_finds_what_is_there(world, con):
    [day] = audit_days(world)
    told = rows(con, "select location_code, item_code, qty::int from audit_physical_audits order by all")
    company = world.company
    true = {(company.sites[int(company.site_of[k])].code, company.items["item_code"].iloc[int(company.item_of[k])]):
            int(world.truth.physical[day, k]) for k in range(company.keys)}  # fmt: skip
    assert 0.3 * company.keys < len(told) < company.keys
    assert all(true[site, item] == qty for site, item, qty in told)
    book = {key: int(world.truth.record[day, n]) for n, key in enumerate(true)}
    assert any(book[site, item] != qty for site, item, qty in told), "an audit that always agrees teaches nothing"


def test_decisions_name_kpis_of_the_registry_and_ranked_scopes(con):
    assert rows(con, """
        select count(*) > 0, count(*) filter (where k.kpi_id is null or s.scope_type is null)
        from steward_decisions d left join read_csv('seeds/registry/kpi_registry.csv') k using (kpi_id)
        left join read_csv('seeds/registry/policy_scopes.csv') s using (scope_type)
    """) == [(True, 0)]  # fmt: skip
    states = dict(rows(con, "select status, count(*) from steward_access_requests group by all"))
    assert set(states) == {"approved", "refused", "requested", "revoked"}
