"""What the simulator lands beside stock and orders: sources, parameters, contracts, promotions, sales, returns, lots.

Belongs here: these entities as a plain reader of the accepted rows sees them, against each other and the movements.
Does not belong here: planted faults of the reports (test_synthetic_landing.py) and the demo's figures.
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
    return build_world(TINY, 11)


@pytest.fixture(scope="module")
def con(world, tmp_path_factory):
    """The accepted rows as views <source>_<entity>; `newest` keeps the last snapshot of each entity of terms."""
    home = Home.at(tmp_path_factory.mktemp("terms"))
    land(world, home)
    accept(home)
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    for folder in sorted(home.pinned.glob("*/*")):
        con.execute(f"create view {folder.parent.name}_{folder.name} as from read_parquet('{folder}/*.parquet')")
    for entity, key in (
        ("items", "item_code"),
        ("item_uoms", "item_code, uom"),
    ):  # records of twins come in later batches
        con.execute(f"""
            create view {entity} as select * from erp_{entity}
            where (_instance, item_code) in (select (_instance, item_code) from erp_inventory_balances)
            qualify row_number() over (partition by _instance, {key} order by _extracted_at desc) = 1
        """)
    for entity in ("item_suppliers", "planning_parameters", "service_contracts", "promotions"):
        con.execute(f"""
            create view {entity} as select * from erp_{entity}
            qualify _extracted_at = max(_extracted_at) over (partition by _instance)
        """)
    con.execute("create view sites as select distinct _instance as division, location_code from erp_locations")
    con.execute("""
        create view factors as
        select _instance as division, item_code, uom, factor_to_base as factor from item_uoms
        union all select _instance, item_code, base_uom, 1 from items
    """)
    con.execute("""
        create view issues as
        with newest as (
            select distinct on (_instance, event_id) *, _instance as location_code from wms_movements
            where event_type = 'sales_issue'
            order by _instance, event_id, coalesce(source_version, 1) desc
        )
        select location_code, item_code, reference, -sum(qty * factor) as qty
        from newest join sites using (location_code) join factors using (division, item_code, uom)
        group by all
    """)
    return con


def rows(con, sql: str) -> list[tuple]:
    return con.execute(sql).fetchall()


def test_nothing_of_the_terms_is_quarantined(con):
    held = rows(con, """
        select entity, rule from audit_quarantined_rows
        where entity in ('item_suppliers', 'planning_parameters', 'service_contracts', 'promotions',
                         'sales_invoice_lines', 'sales_returns', 'lots')
    """)  # fmt: skip
    assert held == []


def test_every_item_has_one_preferred_supplier_and_some_a_second(con):
    assert rows(con, """
        select count(*) from (select _instance, item_code, count(*) filter (where is_preferred) as preferred
        from items left join item_suppliers using (_instance, item_code) group by all) where preferred <> 1
    """) == [(0,)]  # fmt: skip
    assert rows(con, "select count(*) > 0 from item_suppliers where not is_preferred") == [(True,)]


def test_orders_go_to_a_source_of_the_item_and_hold_its_least_quantity(con):
    orders = "from erp_purchase_order_lines o left join item_suppliers s using (_instance, item_code, supplier_code)"
    assert rows(con, f"select count(*) {orders} where s.uom is null or s.uom <> o.uom") == [(0,)]
    assert rows(con, f"select count(*) {orders} where o.ordered_qty % s.order_multiple_qty <> 0") == [(0,)]
    wrong, total = rows(con, f"select count(*) filter (where ordered_qty < moq_qty), count(*) {orders}")[0]
    assert total > 50 and wrong == 0


def test_parameters_have_a_history_and_some_were_set_by_humans_with_a_reason(con):
    unlike = "(set_by = 'planner') <> (override_reason is not null)"
    assert rows(con, f"select count(*) from planning_parameters where {unlike}") == [(0,)]
    share = "select count(*) filter (where set_by = 'planner') / count(*) from planning_parameters"
    assert 0.03 < rows(con, share)[0][0] < 0.4
    several = "select count(*) as n from planning_parameters group by _instance, item_code, location_code"
    assert rows(con, f"select max(n) from ({several})")[0][0] >= 2
    assert rows(con, "select count(*) from planning_parameters where safety_stock_qty > reorder_point_qty") == [(0,)]


def test_the_buyers_order_by_the_parameters_in_force(con, world):
    """A line is raised at or below the reorder point, for the order quantity at least; promotions come on top."""
    truth, planner = world.truth, world.truth.parameters
    promoted = set(world.company.item_of[world.demand.promotions.key].tolist())
    orders = truth.orders
    checked = 0
    for key in range(world.company.keys):
        if int(world.company.item_of[key]) in promoted:
            continue
        lines = [n for n in range(len(orders.key)) if orders.key[n] == key]
        for line in lines:
            day = int(world.book.created_day[line])
            own = [n for n in range(len(planner.key)) if planner.key[n] == key and planner.valid_from_day[n] <= day]
            point = int(planner.reorder_point[own[-1]])
            assert int(orders.ordered[line]) >= int(planner.order_qty[own[-1]])
            assert day == 0 or int(truth.record[day - 1, key]) <= point, "ordered above the point"
            checked += 1
    assert checked > 50


def test_invoices_are_the_issues_of_goods(con):
    """Every issue that was invoiced by the last night has its line, unit for unit, but for those the WMS lost."""
    broken = rows(con, """
        with lines as (
            select location_code, item_code, order_number, sum(shipped_qty) as qty from erp_sales_invoice_lines
            group by all
        )
        select count(*) filter (where i.qty is distinct from l.qty), count(*)
        from lines l left join issues i
          on i.location_code = l.location_code and i.item_code = l.item_code and i.reference = l.order_number
    """)  # fmt: skip
    faults = TINY.faults
    assert broken[0][1] > 2_000
    assert broken[0][0] == faults.lost_in_wms + faults.unknown_item + faults.unknown_uom + faults.sign_error


def test_net_price_is_list_price_less_the_customers_and_the_promotions_discount(con):
    assert rows(con, """
        select count(*) from erp_sales_invoice_lines join items using (_instance, item_code)
        where abs((net_amount + discount_amount) / shipped_qty / list_price - 1) > 0.12
    """) == [(0,)]  # fmt: skip
    assert rows(con, """
        select count(*) > 10,
               bool_and(l.discount_amount / (l.net_amount + l.discount_amount) >= p.discount_ratio - 0.0001),
               bool_and(l.shipped_at::date between p.start_date - 1 and p.end_date + 1)
        from erp_sales_invoice_lines l join promotions p using (_instance, promotion_code, item_code)
    """) == [(True, True, True)]  # fmt: skip
    assert rows(con, "select count(*) from erp_sales_invoice_lines where invoiced_at < shipped_at") == [(0,)]
    lag = "select max(date_diff('day', shipped_at, invoiced_at)) from erp_sales_invoice_lines"
    assert 1 <= rows(con, lag)[0][0] <= 4


def test_returns_are_the_customer_returns_and_credit_what_was_paid(con):
    restocked = "select sum(returned_qty) from erp_sales_returns where is_restocked"
    moved = "select sum(qty) from wms_movements where event_type = 'customer_return'"
    assert rows(con, restocked) == rows(con, moved)
    assert rows(con, """
        select count(*) filter (where l.net_amount is null), bool_and(r.returned_qty <= l.shipped_qty),
               bool_and(abs(r.credit_amount - l.net_amount / l.shipped_qty * r.returned_qty) < 0.0001),
               bool_and(r.returned_at > l.shipped_at and r.customer_code = l.customer_code), count(*) > 20
        from erp_sales_returns r left join erp_sales_invoice_lines l
          on l._instance = r._instance and l.invoice_number = r.invoice_number and l.line_number = r.invoice_line_number
    """) == [(0, True, True, True, True)]  # fmt: skip


def test_contracts_are_with_customers_about_what_exists(con):
    assert rows(con, """
        select count(*) from service_contracts c
        where (item_code is not null and not exists (select 1 from items i where i.item_code = c.item_code
               and i._instance = c._instance)) or (item_code is not null and category is not null)
    """) == [(0,)]  # fmt: skip
    assert rows(con, """
        select count(*) > 10, bool_and(target_ratio between 0.9 and 0.99), count(distinct service_type) > 1,
               bool_and((penalty_basis is null) = (penalty_rate is null)) from service_contracts
    """) == [(True, True, True, True)]  # fmt: skip
    assert rows(con, """
        select count(*) from service_contracts
        where customer_code not in (select customer_code from erp_sales_invoice_lines)
    """) == [(0,)]  # fmt: skip


def test_every_lot_on_a_movement_is_known_with_its_expiry(con):
    assert rows(con, """
        select count(*) > 20, count(*) filter (where l.lot is null),
               bool_and(m.occurred_at >= l.received_at and l.expiry_date > l.received_at::date)
        from wms_movements m
        left join wms_lots l on l._instance = m._instance and l.item_code = m.item_code and l.lot = m.lot
        where m.lot is not null and m.item_code not like 'ZZ-%'
    """) == [(True, 0, True)]  # fmt: skip
    assert rows(con, """
        select count(*) from wms_movements m join erp_locations e on e.location_code = m._instance
        join items i on i._instance = e._instance and i.item_code = m.item_code
        where (i.shelf_life_days is not null) <> (m.lot is not null)
    """) == [(0,)]  # fmt: skip
