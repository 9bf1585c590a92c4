"""The hand script's increment: new files come in, each touched stock is restated from its first touched moment.

Here: what comes after the full build of hand_script.py; one way for a new day and for late events. Not here: a reversal
that comes before the event it takes back, which this company does not have.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from benchmarks.hand_script import DEMAND, KINDS, LEDGER_ROWS, LEGS, RUNS
from orchestration.lib.sql import literal

_TOUCHED = """
create temp table arrived as select * from read_parquet([{files}]);
create temp table known as
select * from ledger
where event_id in (select event_id from arrived union all select reverses_event_id from arrived);
create temp table ranked as
select
    *, row_number() over (
        partition by site_code, event_id
        order by delivery_version desc, recorded_at desc, _extracted_at, _batch_id, _row
    ) as delivery_rank
from (
    select
        _instance as site_code, event_id, event_type, coalesce(source_version, 1) as delivery_version, recorded_at,
        _extracted_at, _batch_id, _file, _row
    from arrived
    union all by name
    select
        site_code, event_id, event_type, delivery_version, recorded_at, _extracted_at, _batch_id, _file, _row
    from known
);
create temp table reversed as
select site_code as _instance, event_id, event_type from ranked where delivery_rank = 1;
create temp table loser as select _file, _row from ranked where delivery_rank > 1;
create temp table touched as
{rows} where (m._file, m._row) not in (select _file, _row from loser);
delete from ledger
where event_id in (select event_id from arrived) and (_file, _row) in (select _file, _row from loser);
insert into ledger select * from touched;
insert into touched select * from known where (_file, _row) in (select _file, _row from loser);
"""
_SINCE = """
create temp table since_position as
select stock_no, min(occurred_at) as since
from leg inner join stock using (sl_no, lot_code, stock_status, owner_code) group by all;
create temp table since_on_hand as
select sl_no as stock_no, min(occurred_at) as since from leg where owner_code = division_code group by all;
"""
# The run in force just before a stock's first touched moment is opened again; it and all after it are no longer closed.
_REOPENED = """
create temp table reopened_{kind} as
select c.* exclude (valid_to, valid_to_date) from {kind}_closed as c inner join since_{kind} using (stock_no)
where c.valid_from < since and c.valid_to >= since and c.valid_to >= {earliest}
union all by name
select o.* from {kind}_open as o inner join since_{kind} using (stock_no) where o.valid_from < since;
delete from {kind}_closed as c using since_{kind} as s
where c.stock_no = s.stock_no and c.valid_to >= s.since and c.valid_to >= {earliest};
delete from {kind}_open where stock_no in (select stock_no from since_{kind});
insert into {kind}_open by name select * from reopened_{kind};
create or replace temp table net_{kind} as
select net_{kind}.* from net_{kind} inner join since_{kind} using (stock_no) where occurred_at >= since;
"""
_DEMAND_DAYS = """
create temp table demand_day as
select distinct sl_no, sku_id, location_id, event_date from touched
where movement_type in ('sales_issue', 'customer_return');
delete from core.fct_demand_daily as d using demand_day as t
where d.sku_id = t.sku_id and d.location_id = t.location_id and d.demand_date = t.event_date
and d.demand_date >= {first_date};
"""


def take_in(con: duckdb.DuckDBPyConnection, files: list[Path]) -> None:
    """Bring ledger, positions and demand to what they are with these files too."""
    names = ", ".join(literal(path) for path in files)
    con.execute(_TOUCHED.format(files=names, rows=LEDGER_ROWS.format(rows="arrived")))
    con.execute(LEGS.format(ledger="touched", where="true"))
    con.execute(_SINCE)
    earliest, first_date = con.execute("select min(occurred_at), min(event_date) from touched").fetchall()[0]
    where = f"sl_no in (select sl_no from touched) and occurred_at >= {literal(earliest)}"
    con.execute(LEGS.format(ledger="ledger", where=where))
    for kind in KINDS:
        con.execute(_REOPENED.format(kind=kind, earliest=literal(earliest)))
        carried = f"where stock_no in (select stock_no from since_{kind})"
        con.execute(RUNS.format(kind=kind, carried=carried))
    con.execute(_DEMAND_DAYS.format(first_date=literal(first_date)))
    days = f"event_date >= {literal(first_date)} and (sl_no, event_date) in (select sl_no, event_date from demand_day)"
    con.execute(DEMAND.format(where=days))
