"""The usual dbt way: every stock on every day, a date spine times stocks, and a window sum over it.

Here: the same steps in plain DuckDB SQL, without dbt's own cost, in the same memory and threads as ours. Not here: what
the usual way does not have: it keeps no moments, only days, and a new day builds everything anew.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.company import Bench
from benchmarks.engine import memory_limit, open_duckdb, threads
from benchmarks.parts import Parts
from orchestration.lib.sql import connect, literal

_STEPS = """
create or replace table movement as
with deduplicated as (
    select * from read_parquet({movements})
    qualify row_number() over (
        partition by _instance, event_id
        order by coalesce(source_version, 1) desc, recorded_at desc, _extracted_at, _row
    ) = 1
),
factors as (
    select _instance as division_code, item_code, base_uom as uom, cast(1 as decimal(18, 6)) as factor
    from read_parquet({items})
    union all
    select _instance, item_code, uom, factor_to_base from read_parquet({item_uoms})
),
aligned as (
    select
        'ITEM-' || l._instance || '-' || d.item_code as sku_id, l._instance || '.' || l.location_code as location_id,
        coalesce(d.lot, '-') as lot_code, coalesce(d.stock_status, 'available') as stock_status,
        coalesce(d.owner_code, l._instance) as owner_code, d.owner_code is null as is_owned,
        d.event_type, coalesce(r.event_type, d.event_type) as movement_type, d.from_stock_status, d.to_stock_status,
        cast(d.qty * factors.factor as decimal(18, 4)) as qty,
        cast(timezone(l.time_zone, timezone('UTC', d.occurred_at)) as date) as event_date
    from deduplicated as d
    left join read_parquet({locations}) as l on d._instance = l.location_code
    left join factors
        on l._instance = factors.division_code and d.item_code = factors.item_code and d.uom = factors.uom
    left join deduplicated as r on d._instance = r._instance and d.reverses_event_id = r.event_id
)
select * from aligned where event_type <> 'status_change'
union all by name
select * replace (from_stock_status as stock_status, -qty as qty) from aligned where event_type = 'status_change'
union all by name
select * replace (to_stock_status as stock_status) from aligned where event_type = 'status_change';

create or replace table daily_position as
with net as (
    select sku_id, location_id, lot_code, stock_status, owner_code, event_date, sum(qty) as qty
    from movement group by all
),
stocks as (
    select sku_id, location_id, lot_code, stock_status, owner_code, min(event_date) as first_date from net group by all
),
days as (
    select cast(unnest(generate_series(min(event_date), max(event_date), interval 1 day)) as date) as day from net
),
spine as (
    select stocks.*, days.day from stocks inner join days on days.day >= stocks.first_date
)
select
    spine.sku_id, spine.location_id, spine.lot_code, spine.stock_status, spine.owner_code, spine.day,
    cast(sum(coalesce(net.qty, 0)) over (
        partition by spine.sku_id, spine.location_id, spine.lot_code, spine.stock_status, spine.owner_code
        order by spine.day
    ) as decimal(18, 4)) as on_hand_qty
from spine
left join net
    on
        spine.sku_id = net.sku_id and spine.location_id = net.location_id and spine.lot_code = net.lot_code
        and spine.stock_status = net.stock_status and spine.owner_code = net.owner_code and spine.day = net.event_date;

create or replace table daily_on_hand as
with net as (
    select sku_id, location_id, event_date, sum(qty) as qty from movement where is_owned group by all
),
stocks as (
    select sku_id, location_id, min(event_date) as first_date from net group by all
),
days as (
    select cast(unnest(generate_series(min(event_date), max(event_date), interval 1 day)) as date) as day from net
),
spine as (
    select stocks.*, days.day from stocks inner join days on days.day >= stocks.first_date
)
select
    spine.sku_id, spine.location_id, spine.day,
    cast(sum(coalesce(net.qty, 0)) over (
        partition by spine.sku_id, spine.location_id order by spine.day
    ) as decimal(18, 4)) as on_hand_qty
from spine
left join net on spine.sku_id = net.sku_id and spine.location_id = net.location_id and spine.day = net.event_date;

create or replace table daily_demand as
select
    sku_id, location_id, event_date as demand_date,
    cast(coalesce(sum(-qty) filter (where movement_type = 'sales_issue'), 0) as decimal(18, 4)) as gross_demand_qty,
    cast(coalesce(sum(qty) filter (where movement_type = 'customer_return'), 0) as decimal(18, 4)) as returned_qty,
    count(*) filter (where movement_type = 'sales_issue' and qty < 0) as issue_count
from movement
where movement_type in ('sales_issue', 'customer_return')
group by all
"""
_SHARED = """
create temp view position as
select * exclude (on_hand_qty), cast(on_hand_qty * 10000 as bigint) as on_hand_e4 from daily_position;
create temp view on_hand as
select * exclude (on_hand_qty), cast(on_hand_qty * 10000 as bigint) as on_hand_e4 from daily_on_hand;
create temp view demand as
select
    sku_id, location_id, demand_date, cast(gross_demand_qty * 10000 as bigint) as gross_demand_e4,
    cast(returned_qty * 10000 as bigint) as returned_e4,
    cast((gross_demand_qty - returned_qty) * 10000 as bigint) as net_demand_e4, issue_count
from daily_demand
"""


def _path(bench: Bench) -> Path:
    return bench.out("spine") / "spine.duckdb"


def build(bench: Bench) -> dict[str, Any]:
    """Write every table, from all rows."""
    names = {entity: literal(bench.master(entity)) for entity in ("locations", "items", "item_uoms")}
    ledger, *tables = _STEPS.format(movements=literal(bench.movements()), **names).split(";")
    with open_duckdb(bench, _path(bench)) as con, Parts() as parts:
        con.execute(ledger)
        parts.ledger_is_ready()
        for table in tables:
            con.execute(table)
        con.execute("checkpoint")
    return parts.seconds


update = build


def connection(bench: Bench) -> duckdb.DuckDBPyConnection:
    """The written tables with quantities in ten-thousandths: stocks by day, where the others have them by change."""
    opened = connect(_path(bench), read_only=True)
    opened.execute(_SHARED)
    return opened


def questions(bench: Bench, moment: datetime, sku_id: str, location_id: str) -> dict[str, Callable[[], int]]:
    """What was there at the end of the moment's day: the usual way knows no moment inside a day."""
    opened = connect(_path(bench), read_only=True, memory_limit=memory_limit(), threads=threads())
    day = f"day = {literal(moment.date())}"
    one = f"sku_id = {literal(sku_id)} and location_id = {literal(location_id)}"
    statements = {
        "one": f"select lot_code, stock_status, owner_code, on_hand_qty from daily_position where {one} and {day}",
        "company": f"select sku_id, location_id, on_hand_qty from daily_on_hand where {day}",
    }
    return {name: lambda sql=sql: len(opened.execute(sql).fetchall()) for name, sql in statements.items()}


def written(bench: Bench) -> list[Path]:
    """What the build wrote."""
    return [_path(bench)]
