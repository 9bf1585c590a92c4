"""The limit: one hand-written DuckDB script from the same Parquet to the same tables, without dbt.

Here: the full build. Not here: what comes after it (hand_increment.py). It knows what this company is like and uses it:
masters are small, an item has one SKU, no code is unknown, nothing comes after its books were closed. The ledger is
written by files, positions by months with the open rows carried, so that memory is flat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from benchmarks.company import Bench
from benchmarks.engine import open_duckdb, past, shared
from benchmarks.parts import Parts
from orchestration.lib.sql import literal

STRETCH = 3_000_000
"""Rows worked at once: enough that a statement's fixed cost does not count, and few enough for flat memory."""
_MEMBERS = """
create schema core;
create table member as
with sku_location as (
    select
        cast(row_number() over (order by l.location_code, i.item_code) as integer) as sl_no,
        l.location_code as site_code, i.item_code, i.base_uom, l._instance as division_code, l.time_zone,
        'ITEM-' || i._instance || '-' || i.item_code as sku_id, l._instance || '.' || l.location_code as location_id
    from read_parquet({locations}) as l
    inner join read_parquet({items}) as i on l._instance = i._instance
)
select sku_location.* exclude (base_uom), base_uom as uom, cast(1 as decimal(18, 6)) as factor from sku_location
union all
select sku_location.* exclude (base_uom), u.uom, u.factor_to_base
from sku_location
inner join read_parquet({item_uoms}) as u on division_code = u._instance and sku_location.item_code = u.item_code;
create table sku_location as select distinct sl_no, sku_id, location_id from member;
create table local_day as
select
    time_zone, cast(day as date) as utc_date, cast(timezone(time_zone, timezone('UTC', day)) as date) as first_date,
    timezone('UTC', timezone(time_zone, cast(first_date + 1 as timestamp))) as turns_at
from (select distinct time_zone from member)
cross join (select unnest(generate_series(timestamp '2000-01-01', timestamp '2040-01-01', interval 1 day)) as day);
create table stock (
    stock_no integer, sl_no integer, sku_id varchar, location_id varchar, lot_code varchar, stock_status varchar,
    owner_code varchar
);
create table loaded (file varchar);
create temp table few (h ubigint);
"""
# Ids that occur more than once, or that a reversal names, as hashes: a collision only makes one row more to look at.
_REPEATED = """
insert into few
select hash(_instance, event_id) as h from read_parquet({files}) group by h having count(*) > 1
"""
_PICKED = """
insert into few
select distinct hash(_instance, reverses_event_id) from read_parquet({files}) where event_type = 'reversal';
create temp table picked as
select
    _instance, event_id, event_type, _file, _row,
    row_number() over (
        partition by _instance, event_id
        order by coalesce(source_version, 1) desc, recorded_at desc, _extracted_at, _batch_id, _row
    ) as delivery_rank
from read_parquet({files})
where hash(_instance, event_id) in (select h from few);
"""
LEDGER_ROWS = """
select
    member.sl_no, m._instance as site_code, m.event_id, member.sku_id, member.location_id, member.division_code,
    m.event_type, coalesce(reversed.event_type, m.event_type) as movement_type,
    coalesce(m.lot, '-') as lot_code, coalesce(m.owner_code, member.division_code) as owner_code,
    coalesce(m.stock_status, 'available') as stock_status, m.from_stock_status, m.to_stock_status,
    m.from_bin, m.to_bin, m.qty as source_qty, m.uom as uom_code,
    cast(m.qty * member.factor as decimal(18, 4)) as movement_qty,
    m.occurred_at, m.recorded_at,
    case when m.occurred_at >= local_day.turns_at then local_day.first_date + 1 else local_day.first_date end
        as event_date,
    m.occurred_at as posted_at, event_date as posting_date, 1 as posting_number, 'ledger' as delivery_status,
    m.device_id, m.sequence_no, m.transfer_id, m.reverses_event_id, m.reference, m.reason,
    coalesce(m.source_version, 1) as delivery_version, m._batch_id, m._extracted_at, m._file, m._row
from {rows} as m
inner join member on m._instance = member.site_code and m.item_code = member.item_code and m.uom = member.uom
inner join local_day on member.time_zone = local_day.time_zone and cast(m.occurred_at as date) = local_day.utc_date
left join reversed on m._instance = reversed._instance and m.reverses_event_id = reversed.event_id
"""
_MONTHS = """
create temp table reversed as
select _instance, event_id, event_type from picked where delivery_rank = 1;
create temp table loser as select _file, _row from picked where delivery_rank > 1;
create table ledger as {nothing} limit 0;
create table position_closed (
    stock_no integer, on_hand_qty decimal(18, 4), valid_from timestamp, valid_to timestamp, valid_from_date date,
    valid_to_date date
);
create table position_open as select * exclude (valid_to, valid_to_date) from position_closed;
create table on_hand_closed as from position_closed;
create table on_hand_open as select * exclude (valid_to, valid_to_date) from on_hand_closed;
create table core.fct_demand_daily (
    sku_id varchar, location_id varchar, demand_date date, gross_demand_qty decimal(18, 4), returned_qty decimal(18, 4),
    net_demand_qty decimal(18, 4), issue_count bigint
);
"""
LEDGER = "insert into ledger " + LEDGER_ROWS + "where (m._file, m._row) not in (select _file, _row from loser)"
_VIEWS = """
create view core.fct_stock_movement as
select
    site_code || '/' || event_id || leg_suffix as movement_id, site_code, event_id, sku_id, location_id, division_code,
    lot_code, leg_status as stock_status, owner_code, owner_code = division_code as is_owned, event_type, movement_type,
    cast(leg_qty as decimal(18, 4)) as movement_qty, occurred_at, recorded_at, event_date,
    posted_at, posting_date, 'on_time' as posting_kind, true as is_current_version,
    movement_type = 'sales_issue' as is_demand, movement_type = 'customer_return' as is_demand_return,
    movement_type in ('sales_issue', 'customer_return') as is_cogs, _batch_id as _meta_batch_id,
    transfer_id, reverses_event_id, from_bin, to_bin, device_id, sequence_no, reference, reason
from (
    select *, '' as leg_suffix, stock_status as leg_status, movement_qty as leg_qty
    from ledger where event_type <> 'status_change'
    union all
    select *, '#out', from_stock_status, -movement_qty from ledger where event_type = 'status_change'
    union all
    select *, '#in', to_stock_status, movement_qty from ledger where event_type = 'status_change'
);
create view core.fct_stock_position as
select sku_id, location_id, lot_code, stock_status, owner_code, run.* exclude (stock_no)
from (
    from position_closed
    union all by name
    select *, timestamp '9999-12-31' as valid_to, date '9999-12-31' as valid_to_date from position_open
) as run
inner join stock using (stock_no);
create view core.fct_stock_on_hand as
select sku_id, location_id, run.* exclude (stock_no)
from (
    from on_hand_closed
    union all by name
    select *, timestamp '9999-12-31' as valid_to, date '9999-12-31' as valid_to_date from on_hand_open
) as run
inner join sku_location on stock_no = sl_no;
"""
# The legs of a stretch of a ledger, with integer keys for SKU-location and for stock; new stocks get the next numbers.
LEGS = """
create or replace temp table leg as
select sl_no, lot_code, stock_status, owner_code, division_code, movement_qty, occurred_at, event_date
from {ledger} where event_type <> 'status_change' and {where}
union all
select sl_no, lot_code, from_stock_status, owner_code, division_code, -movement_qty, occurred_at, event_date
from {ledger} where event_type = 'status_change' and {where}
union all
select sl_no, lot_code, to_stock_status, owner_code, division_code, movement_qty, occurred_at, event_date
from {ledger} where event_type = 'status_change' and {where};
insert into stock
select
    cast((select count(*) from stock) + row_number() over () as integer),
    sl_no, sku_id, location_id, lot_code, stock_status, owner_code
from (select distinct sl_no, lot_code, stock_status, owner_code from leg)
anti join stock using (sl_no, lot_code, stock_status, owner_code)
inner join sku_location using (sl_no);
create or replace temp table net_position as
select stock_no, occurred_at, event_date, sum(movement_qty) as qty
from leg inner join stock using (sl_no, lot_code, stock_status, owner_code)
group by all;
create or replace temp table net_on_hand as
select sl_no as stock_no, occurred_at, event_date, sum(movement_qty) as qty
from leg where owner_code = division_code
group by all;
"""
# Open rows and the net of the stretch make runs; all but the last of each stock are closed, the last is carried on.
RUNS = """
create or replace temp table run as
with moves as (
    select stock_no, valid_from as moment, valid_from_date as moment_date, on_hand_qty as qty
    from {kind}_open {carried}
    union all
    select stock_no, occurred_at, event_date, qty from net_{kind}
),
running as (
    select stock_no, moment, moment_date, sum(qty) over (partition by stock_no order by moment) as on_hand_qty
    from moves
),
changes as (
    select * from running
    qualify on_hand_qty is distinct from lag(on_hand_qty) over (partition by stock_no order by moment)
)
select
    stock_no, cast(on_hand_qty as decimal(18, 4)) as on_hand_qty, moment as valid_from, moment_date as valid_from_date,
    lead(moment) over (partition by stock_no order by moment) as valid_to,
    lead(moment_date) over (partition by stock_no order by moment) as valid_to_date
from changes;
insert into {kind}_closed by name select * from run where valid_to is not null;
delete from {kind}_open {carried};
insert into {kind}_open by name select * exclude (valid_to, valid_to_date) from run where valid_to is null;
"""
KINDS = ("position", "on_hand")
DEMAND = """
insert into core.fct_demand_daily
select sku_id, location_id, demand_date, gross, returned, gross - returned, issues
from (
    select
        any_value(sku_id) as sku_id, any_value(location_id) as location_id, event_date as demand_date,
        cast(coalesce(sum(-movement_qty) filter (where movement_type = 'sales_issue'), 0) as decimal(18, 4)) as gross,
        cast(coalesce(sum(movement_qty) filter (where movement_type = 'customer_return'), 0) as decimal(18, 4))
            as returned,
        count(*) filter (where movement_type = 'sales_issue' and movement_qty < 0) as issues
    from ledger
    where movement_type in ('sales_issue', 'customer_return') and {where}
    group by sl_no, event_date
)
"""


def database(bench: Bench) -> str:
    """Path of the file that the script writes."""
    return str(bench.out("hand") / "hand.duckdb")


def build(bench: Bench) -> dict[str, Any]:
    """Write the whole: few repeated ids found site by site, the ledger file by file, positions month by month."""
    with open_duckdb(bench, database(bench)) as con, Parts() as parts:
        everything = literal(bench.movements())
        masters = {entity: literal(bench.master(entity)) for entity in ("locations", "items", "item_uoms")}
        con.execute(_MEMBERS.format(**masters))
        for (site,) in con.execute("select distinct site_code from member order by 1").fetchall():
            con.execute(_REPEATED.format(files=literal(bench.movements(site))))
        con.execute(_PICKED.format(files=everything))
        con.execute(_MONTHS.format(nothing=LEDGER_ROWS.format(rows=f"read_parquet({everything})")))
        for files in _filesets(bench):
            con.execute(LEDGER.format(rows=f"read_parquet([{', '.join(map(literal, files))}])"))
        con.execute("insert into loaded select unnest(?)", [[path.name for path in bench.movement_files()]])
        con.execute(_VIEWS)
        parts.ledger_is_ready()
        for where in _stretches(con, "occurred_at"):
            con.execute(LEGS.format(ledger="ledger", where=where))
            for kind in KINDS:
                con.execute(RUNS.format(kind=kind, carried=""))
        for where in _stretches(con, "event_date"):
            con.execute(DEMAND.format(where=where))
        con.execute("checkpoint")
    return parts.seconds


def _filesets(bench: Bench) -> Iterator[list[str]]:
    """Files in order of time, as many at once as hold about STRETCH rows."""
    paths = sorted(bench.movement_files(), key=lambda path: path.name.split("~")[1])
    together: list[str] = []
    rows = 0
    for path in paths:
        together.append(str(path))
        rows += pq.read_metadata(path).num_rows
        if rows >= STRETCH:
            yield together
            together, rows = [], 0
    if together:
        yield together


def _stretches(con: duckdb.DuckDBPyConnection, column: str) -> Iterator[str]:
    """Conditions that cut the ledger into whole months, as many at once as hold about STRETCH rows."""
    months = con.execute(
        f"select cast(date_trunc('month', {column}) as date), count(*) from ledger group by 1 order by 1"
    ).fetchall()
    start, rows = months[0][0], 0
    for number, (_, count) in enumerate(months, start=1):
        rows += count
        if rows >= STRETCH or number == len(months):
            end = months[number][0] if number < len(months) else date(9999, 12, 31)
            yield f"{column} >= {literal(start)} and {column} < {literal(end)}"
            start, rows = end, 0


def update(bench: Bench) -> dict[str, Any]:
    """Take in the files that came since (hand_increment.py)."""
    from benchmarks.hand_increment import take_in

    with open_duckdb(bench, database(bench)) as con:
        known = {name for (name,) in con.execute("select file from loaded").fetchall()}
        files = [path for path in bench.movement_files() if path.name not in known]
        take_in(con, files)
        con.execute("insert into loaded select unnest(?)", [[path.name for path in files]])
        con.execute("checkpoint")
    return {}


def connection(bench: Bench) -> duckdb.DuckDBPyConnection:
    """The written tables in the shared shape (engine.shared)."""
    return shared(database(bench))


def questions(bench: Bench, moment: datetime, sku_id: str, location_id: str) -> dict[str, Callable[[], int]]:
    """The two questions about a past moment (engine.past)."""
    return past(database(bench), moment, sku_id, location_id)


def written(bench: Bench) -> list[Path]:
    """What the build wrote."""
    return [Path(database(bench))]
