"""The rows of a benchmark company, written straight as the acceptance would pin them.

Here: masters, movements by SQL (flat memory: one file of a site and period at a time), and the pin. Not here: how many
and when (company.py). Daily batches of a month lie in one file; each row names its own batch and extraction, so that
what is late is late by its batch. Of the movements 1.5 % are recorded one to three days late, 0.2 % are taken back,
0.1 % are delivered twice (half of them corrected), 1 % change status; one item in ten is kept by lot.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.company import TIME_ZONES, Bench, Company, Period
from orchestration.lib import landing
from orchestration.lib.contracts import Contract, load_contracts
from orchestration.lib.paths import REPO
from orchestration.lib.pinning import EMPTY, PIN
from orchestration.lib.sql import connect, ident, literal

_DIVISIONS = ("D1", "D2")
_CASE = Decimal(12)
_MOVEMENTS = """
copy (
with draws as (
    select i, hash({seed}, {site_no}, {tag}, i) as h, hash(hash({seed}, {site_no}, {tag}, i), 1) as g
    from range({events}) as t(i)
),
drawn as (
    select
        i, g, h % 10000 as kind, g % 1000 as q,
        least({slots} - 1, cast(floor({slots} * pow(((h >> 14) & 1048575) / 1048576.0, 1.7)) as bigint)) as slot,
        {first_at} + to_seconds(cast(((h >> 34) & 67108863) * {seconds} // 67108864 as bigint)) as recorded_at
    from draws
    union all
    select {events} + i, 0, 10000, 300, i, {first_at} from range({openings}) as t(i)
),
shaped as (
    select
        *,
        (slot + {site_no} * 7919) % {items} as item_no,
        case
            when kind < 7000 then 'sales_issue' when kind < 8050 then 'receipt' when kind < 8450 then 'customer_return'
            when kind < 8800 then 'transfer_in' when kind < 9150 then 'transfer_out' when kind < 9450 then 'adjustment'
            when kind < 9550 then 'production' when kind < 9700 then 'scrap' when kind < 9800 then 'status_change'
            when kind < 9850 then 'supplier_return' when kind < 10000 then 'consumption' else 'opening_balance'
        end as event_type,
        case
            when {late_days} > 0 then recorded_at - to_days({late_days})
            when (g >> 10) % 1000 < 15 and day(recorded_at) > 5
                then recorded_at - to_hours(cast(24 + (g >> 24) % 48 as bigint))
            else greatest(recorded_at - to_seconds(cast((g >> 40) % 120 as bigint)), {first_at})
        end as occurred_at
    from drawn
),
sized as (
    select
        *,
        case
            when item_no % 20 = 7 then 'KGM'
            when item_no % 3 = 0 and event_type in ('receipt', 'transfer_in', 'production') then 'CS'
            else 'EA'
        end as uom,
        case
            when event_type = 'opening_balance' then q
            when event_type = 'adjustment' then cast(q % 21 as bigint) - 10
            when event_type in ('sales_issue', 'transfer_out', 'supplier_return', 'scrap', 'consumption')
                then -cast(1 + q % 12 as bigint)
            when event_type in ('receipt', 'transfer_in', 'production') and item_no % 3 = 0 then 1 + q % 8
            when event_type in ('receipt', 'transfer_in', 'production') then 10 + q % 71
            else 1 + q % 10
        end as units
    from shaped
),
base as (
    select
        {site} || '-' || {tag} || '-' || lpad(cast(i as varchar), 8, '0') as event_id,
        {site} || '-D' || cast(g % 6 as varchar) as device_id,
        epoch_ms(occurred_at) // 1000 * 16777216 + i % 16777216 as sequence_no, 1 as source_version,
        cast(null as varchar) as reverses_event_id,
        case when event_type like 'transfer%' then 'T' || {tag} || cast(i as varchar) end as transfer_id,
        event_type,
        case when event_type = 'status_change'
            then ['quarantine', 'available', 'quarantine'][cast(1 + (g >> 30) % 3 as bigint)] end as from_stock_status,
        case when event_type = 'status_change'
            then ['available', 'quarantine', 'damaged'][cast(1 + (g >> 30) % 3 as bigint)] end as to_stock_status,
        'I' || lpad(cast(item_no as varchar), 6, '0') as item_code,
        case when item_no % 10 = 3
            then 'L' || cast(year(occurred_at) * 4 + quarter(occurred_at) - (g >> 20) % 2 as varchar) end as lot,
        case when item_no % 200 = 11 then 'CONSIGNOR' end as owner_code,
        'A-' || lpad(cast((g >> 12) % 40 as varchar), 2, '0') || '-' || cast((g >> 18) % 60 as varchar) as bin,
        cast(cast(units as decimal(14, 0)) + case when uom = 'KGM' and units <> 0
            then sign(units) * cast((g >> 8) % 1000 as decimal(4, 0)) * cast(0.001 as decimal(4, 3))
            else 0 end as decimal(18, 4)) as qty,
        uom,
        case when event_type = 'receipt' and (g >> 24) % 50 = 0 then 'quarantine' end as stock_status,
        occurred_at, recorded_at, 'R' || cast((g >> 6) % 100000000 as varchar) as reference,
        case when event_type in ('adjustment', 'scrap') then 'cause ' || cast(g % 9 as varchar) end as reason,
        cast(recorded_at as date) as batch_date, g
    from sized
),
delivered as (
    select * from base
    union all
    select * replace (
        event_id || '-R' as event_id, 'reversal' as event_type, event_id as reverses_event_id, -qty as qty,
        least(recorded_at + to_hours(3), {last_at}) as occurred_at,
        epoch_ms(least(recorded_at + to_hours(3), {last_at})) // 1000 * 16777216 + sequence_no % 16777216
            as sequence_no,
        least(recorded_at + to_hours(3), {last_at}) as recorded_at,
        cast(least(recorded_at + to_hours(3), {last_at}) as date) as batch_date
    )
    from base where event_type in ('sales_issue', 'receipt', 'adjustment') and (g >> 50) % 400 = 0
    union all
    select * replace (
        case when (g >> 61) % 2 = 0 then 1 else 2 end as source_version,
        case when (g >> 61) % 2 = 0 then qty else qty * 2 end as qty,
        case when (g >> 61) % 2 = 0 then recorded_at else least(recorded_at + to_hours(1), {last_at}) end
            as recorded_at,
        cast(least(recorded_at + to_days(cast(1 + (g >> 5) % 3 as integer)), {last_at}) as date) as batch_date
    )
    from base where event_type <> 'opening_balance' and (g >> 51) % 1000 = 0
),
ordered as (
    select
        * exclude (bin, g, batch_date),
        case when qty < 0 then bin end as from_bin, case when qty >= 0 then bin end as to_bin,
        'wms/' || {site} || '/movements/' || strftime(batch_date, '%Y%m%d') as _batch_id,
        {site} as _instance,
        cast(batch_date + 1 as timestamp) + to_minutes(10) as _extracted_at
    from delivered
    order by batch_date, recorded_at, event_id, source_version
),
numbered as (
    select *, _batch_id || '/movements.parquet' as _file, row_number() over () as _row from ordered
)
select {columns} from numbered
) to {file} (format parquet, compression zstd)
"""


def write_company(bench: Bench, company: Company, told: Callable[[str], None] = lambda words: None) -> None:
    """Write the whole pinned set: an empty typed file per entity, masters, and the movements up to LAST_DAY."""
    home = bench.home.make()
    folder = home.accepted / "pins" / "bench"
    home.pinned.symlink_to(Path("pins") / folder.name, target_is_directory=True)
    contracts = load_contracts(REPO)
    for (source, entity), contract in contracts.items():
        place = folder / source / entity
        place.mkdir(parents=True)
        pq.write_table(contract.accepted_schema.empty_table(), place / EMPTY, store_schema=False)
    batches = _write_masters(folder, company, contracts)
    add_periods(bench, company, company.periods(), told, batches)


def add_periods(
    bench: Bench,
    company: Company,
    periods: list[Period],
    told: Callable[[str], None] = lambda words: None,
    batches: list[dict] | None = None,
) -> None:
    """Write the movements of `periods` at every site (a late day: at the first) and pin their batches."""
    contracts = load_contracts(REPO)
    contract = contracts["wms", "movements"]
    place = bench.home.pinned / "wms" / "movements"
    batches = list(batches or [])
    with connect(preserve_order=True, memory_limit="4GB") as connection, ThreadPoolExecutor(2) as pool:
        for period in periods:
            sites = range(1 if period.late_days else company.sites)
            jobs = [
                pool.submit(_write, connection.cursor(), contract, company, period, number, place) for number in sites
            ]
            for job in jobs:
                job.result()
            told(period.tag)
            for number in sites:
                days = (period.first_day + timedelta(days=n) for n in range(period.days))
                batches += [_batch("wms", company.site_codes[number], "movements", day) for day in days]
    table = pa.Table.from_pylist(batches, schema=contracts["audit", "pinned_batches"].accepted_schema)
    place = bench.home.pinned / "audit" / "pinned_batches"
    pq.write_table(table, place / f"{periods[-1].tag}.parquet", store_schema=False)
    _pin(bench)


def _write(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    company: Company,
    period: Period,
    number: int,
    place: Path,
) -> None:
    site, first = company.site_codes[number], datetime.combine(period.first_day, time())
    is_first = period.first_day == company.first_day
    statement = _MOVEMENTS.format(
        seed=company.seed,
        site_no=number,
        site=literal(site),
        tag=literal(period.tag),
        events=company.per_site(period),
        slots=company.stocks_per_site,
        openings=company.stocks_per_site if is_first else 0,
        items=company.items,
        first_at=literal(first),
        last_at=literal(first + timedelta(days=period.days, seconds=-1)),
        seconds=period.days * 86_400,
        late_days=period.late_days,
        columns=", ".join(
            f"cast({ident(name)} as {data_type}) as {ident(name)}"
            for name, data_type in contract.accepted_types.items()
        ),
        file=literal(place / f"{site}~{period.tag}~movements.parquet"),
    )
    connection.execute(statement)


def _batch(source: str, instance: str, entity: str, day: date) -> dict:
    batch_id = f"{source}/{instance}/{entity}/{day:%Y%m%d}"
    extracted_at = datetime.combine(day + timedelta(days=1), time(0, 10))
    return {
        "batch_id": batch_id,
        "source": source,
        "instance": instance,
        "entity": entity,
        "extracted_at": extracted_at,
        "manifest_hash": hashlib.sha256(batch_id.encode()).hexdigest(),
        "_batch_id": batch_id,
        "_instance": instance,
        "_extracted_at": extracted_at,
        "_file": f"{batch_id}/{landing.MANIFEST}",
        "_row": 1,
    }


def remove_periods(bench: Bench, periods: list[Period]) -> None:
    """Take back what `add_periods` added, so that the next contender starts from the same rows."""
    for period in periods:
        for path in (bench.home.pinned / "wms" / "movements").glob(f"*~{period.tag}~*"):
            path.unlink()
        (bench.home.pinned / "audit" / "pinned_batches" / f"{period.tag}.parquet").unlink(missing_ok=True)
    _pin(bench)


def _pin(bench: Bench) -> None:
    """Write the pin, whose hash says that something came, from the batches that are named."""
    place = bench.home.pinned / "audit" / "pinned_batches"
    named = pq.read_table(place, columns=["batch_id", "manifest_hash", "extracted_at"]).to_pylist()
    named.sort(key=lambda row: row["batch_id"])
    body = {
        "pin_hash": hashlib.sha256("".join(row["manifest_hash"] for row in named).encode()).hexdigest(),
        "as_of": landing.iso_utc(max(row["extracted_at"] for row in named)),
        "batches": [{"batch_id": row["batch_id"], "manifest_hash": row["manifest_hash"]} for row in named],
    }
    landing.write_json(bench.home.pinned / PIN, body, fsync=False)


def _write_masters(folder: Path, company: Company, contracts: dict[tuple[str, str], Contract]) -> list[dict]:
    batches, day = [], company.first_day - timedelta(days=2)
    for division_no, division in enumerate(_DIVISIONS):
        rows = {
            "divisions": [
                {"division_code": division, "company_code": "BENCH", "company_currency": "EUR", "currency": "EUR"}
            ],
            "locations": [
                {"location_code": site, "location_type": "warehouse", "time_zone": TIME_ZONES[number % len(TIME_ZONES)]}
                for number, site in enumerate(company.site_codes)
                if number % len(_DIVISIONS) == division_no
            ],
            "items": [
                {
                    "item_code": f"I{number:06d}",
                    "description": f"Item {number}",
                    "category": f"Category {number % 12}",
                    "base_uom": "KGM" if number % 20 == 7 else "EA",
                    "status": "active",
                }
                for number in range(company.items)
            ],
            "item_uoms": [
                {"item_code": f"I{number:06d}", "uom": "CS", "factor_to_base": _CASE}
                for number in range(0, company.items, 3)
            ],
        }
        for entity, entity_rows in rows.items():
            batch = _batch("erp", division, entity, day)
            meta = {"_batch_id": batch["batch_id"], "_instance": division, "_extracted_at": batch["extracted_at"]}
            table = pa.Table.from_pylist(
                [
                    row | meta | {"_file": f"{batch['batch_id']}/{entity}.parquet", "_row": number}
                    for number, row in enumerate(entity_rows, start=1)
                ],
                schema=contracts["erp", entity].accepted_schema,
            )
            pq.write_table(table, folder / "erp" / entity / f"{division}~{entity}.parquet", store_schema=False)
            batches.append(batch)
    return batches
