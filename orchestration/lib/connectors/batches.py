"""The results of a connector's SELECTs as batches.

Here: the names of batches, and which rows of a live source are new. Of a snapshot the whole picture lands; of events
and states only the rows that differ from what landed last under their key. What has landed is asked of landing itself,
never of a record beside it: killed anywhere, a run lands the rest when it is started again, and one with no news lands
nothing. Not here: the SELECTs (selects.py), the form of a batch (lib/landing.py).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from orchestration.lib.connectors.config import Connector
from orchestration.lib.connectors.selects import result_table
from orchestration.lib.contracts import Contract
from orchestration.lib.landing import MANIFEST, withdrawn_batches, write_batch
from orchestration.lib.paths import Home
from orchestration.lib.sql import file_literal, ident, literal, utc_naive


@dataclass(frozen=True)
class Landed:
    """A batch that is there: its folder, when it was extracted, and whether it was withdrawn."""

    folder: Path
    extracted_at: datetime
    is_withdrawn: bool


def land_extract(
    connection: duckdb.DuckDBPyConnection, connector: Connector, contract: Contract, moment: datetime, home: Home
) -> str:
    """Land a result of an extract in files, whole; the same rows again are the same batch. Returns its id."""
    name = f"{moment:%Y%m%dT%H%M%SZ}-{_content_hash(connection, contract)[:10]}"
    return _write(connection, connector, contract, name, moment, home)


def land_changes(
    connection: duckdb.DuckDBPyConnection, connector: Connector, contract: Contract, moment: datetime, home: Home
) -> str | None:
    """Land what a live source has that landing has not; returns the batch's id, None when there is nothing new."""
    before = _landed(home, contract, connector.instances[contract.source])
    standing = [batch for batch in before if not batch.is_withdrawn]
    if standing and contract.kind != "snapshot":
        _keep_changes(connection, contract, standing)
        if not connection.execute(f"select count(*) from {result_table(contract)}").fetchone()[0]:
            return None
    digest = _content_hash(connection, contract)[:10]
    newest = max(before, key=lambda batch: (batch.extracted_at, batch.folder.name), default=None)
    if newest and newest.extracted_at >= moment:
        if newest.folder.name.endswith(digest) and not newest.is_withdrawn:
            return None
        # The data's own moment has not moved although the data has: what lands now still comes after what landed.
        moment = newest.extracted_at + timedelta(microseconds=1)
    return _write(connection, connector, contract, f"{moment:%Y%m%dT%H%M%S.%fZ}-{digest}", moment, home)


def _write(
    connection: duckdb.DuckDBPyConnection,
    connector: Connector,
    contract: Contract,
    name: str,
    moment: datetime,
    home: Home,
) -> str:
    instance = connector.instances[contract.source]
    rows = connection.execute(f"select * from {result_table(contract)}").to_arrow_table()
    write_batch(home.landing, contract.source, instance, contract.entity, name, rows, moment, "parquet", contract)
    return f"{contract.source}/{instance}/{contract.entity}/{name}"


def _landed(home: Home, contract: Contract, instance: str) -> list[Landed]:
    withdrawn = withdrawn_batches(home)
    found = []
    for manifest in (home.landing / contract.source / instance / contract.entity).glob(f"*/{MANIFEST}"):
        batch_id = str(manifest.parent.relative_to(home.landing))
        said = datetime.fromisoformat(json.loads(manifest.read_text(encoding="utf-8"))["extracted_at"])
        found.append(Landed(manifest.parent, utc_naive(said), batch_id in withdrawn))
    return found


def _keep_changes(connection: duckdb.DuckDBPyConnection, contract: Contract, standing: list[Landed]) -> None:
    """Leave in the result table only the rows that are not what landed last under their key."""
    table = result_table(contract)
    ordered = sorted(standing, key=lambda batch: (batch.extracted_at, batch.folder.name))
    files = [(path, rank) for rank, batch in enumerate(ordered) for path in sorted(batch.folder.glob("*.parquet"))]
    if not files:
        return
    listed = ", ".join(file_literal(path) for path, _ in files)
    ranks = ", ".join(f"({literal(path)}, {rank})" for path, rank in files)
    reader = f"read_parquet([{listed}], union_by_name = true, filename = '_file', hive_partitioning = false)"
    there = {name for name, *_ in connection.execute(f"describe select * from {reader}").fetchall()}
    columns = [name for name, *_ in connection.execute(f"describe {table}").fetchall()]
    landed = ", ".join(ident(name) if name in there else f"null as {ident(name)}" for name in columns)
    key = ", ".join(ident(name) for name in contract.key if name in there)
    newest = f"qualify _rank = max(_rank) over (partition by {key})" if key else ""
    connection.execute(
        f"""
        create or replace temp table {table} as
        with landed as (
            select * from {reader} inner join (values {ranks}) as ranks (_file, _rank) using (_file) {newest}
        )
        (select * from {table} except all select {landed} from landed)
        order by all
        """
    )


def _content_hash(connection: duckdb.DuckDBPyConnection, contract: Contract) -> str:
    """Hash of the rows as a multiset under this contract: equal rows give equal batches, whatever wrote the bytes."""
    row = connection.execute(
        f"""
        select count(*), sum(md5_number_lower(line)::hugeint), sum(md5_number_upper(line)::hugeint)
        from (select to_json(t)::varchar as line from {result_table(contract)} as t)
        """
    ).fetchone()
    return hashlib.sha256(f"{contract.fingerprint} {row}".encode()).hexdigest()
