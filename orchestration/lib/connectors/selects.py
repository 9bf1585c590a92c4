"""The SELECTs of a connector: which contract each is for, and its result held to that contract.

Here: running them over the views of the source. Not here: making the views (files.py, replicas.py) and landing the
results (batches.py). No SELECT reads the clock: the same source must land as the same batches on any day.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.lib.connectors.config import Connector, ConnectorError
from orchestration.lib.connectors.files import first_line
from orchestration.lib.contracts import Contract
from orchestration.lib.sql import ident, utc_naive

CLOCK = re.compile(
    r"\b(current_(date|time|timestamp)|localtime(stamp)?)\b|\b(now|today|get_current_\w+|random|u?uid(v4|v7)?)\s*\(",
    re.I,
)


def result_table(contract: Contract) -> str:
    """Quoted name of the table that holds the result for a contract."""
    return ident(f"landing {contract.source} {contract.entity}")


def run_selects(
    connection: duckdb.DuckDBPyConnection, connector: Connector, contracts: dict[tuple[str, str], Contract]
) -> list[Contract]:
    """Run every SELECT into its result table; returns the contracts. ConnectorError before anything has landed."""
    queries = {_contract_of(path, connector, contracts): path for path in sorted(connector.folder.glob("*.sql"))}
    if not queries:
        raise ConnectorError(f"{connector.folder} holds no <entity>.sql: write one SELECT per landing entity")
    for contract, path in queries.items():
        _run(connection, contract, path)
    return list(queries)


def extracted_at(connection: duckdb.DuckDBPyConnection, connector: Connector) -> datetime | None:
    """The moment of the extract as the data gives it; None when the connector leaves it to the database."""
    if not connector.extracted_at_sql:
        return None
    where = f"{connector.where}: extracted_at_sql"
    _refuse_clock(connector.extracted_at_sql, where)
    try:
        row = connection.execute(connector.extracted_at_sql).fetchone()
    except duckdb.Error as error:
        raise ConnectorError(f"{where} fails ({first_line(error)}): is a table missing in the source?") from error
    if not row or len(row) != 1 or not isinstance(row[0], datetime):
        raise ConnectorError(f"{where} must give one timestamp, it gave {row}")
    return utc_naive(row[0])


def _refuse_clock(query: str, where: str) -> None:
    found = CLOCK.search(query)
    if found:
        raise ConnectorError(
            f"{where} uses {found[0].strip()!r}: take times and keys from the data, not from the clock"
        )


def _contract_of(path: Path, connector: Connector, contracts: dict[tuple[str, str], Contract]) -> Contract:
    """Contract of `<entity>.sql`, or of `<source>.<entity>.sql` where two sources of the connector have the entity."""
    *source, entity = path.stem.split(".")
    fitting = [c for (s, e), c in contracts.items() if e == entity and s in (source or connector.instances)]
    fitting = [c for c in fitting if c.source in connector.instances and c.kind != "record"]
    if len(fitting) != 1:
        found = (
            "several sources have it: name it <source>.<entity>.sql" if fitting else "no source of it has a contract"
        )
        raise ConnectorError(f"{path.name} of connector {connector.system}: entity {entity!r}: {found}")
    return fitting[0]


def _run(connection: duckdb.DuckDBPyConnection, contract: Contract, path: Path) -> None:
    where = f"connectors/{path.parent.name}/{path.name}"
    query = path.read_text(encoding="utf-8").strip().rstrip(";")
    _refuse_clock(query, where)
    table = result_table(contract)
    try:
        connection.execute(f"create temp table {table} as select * from ({query}\n) order by all")
        described = connection.execute(f"describe {table}").fetchall()
    except duckdb.Error as error:
        raise ConnectorError(f"{where} fails: {first_line(error)}") from error
    types = {name: re.sub(r"\s", "", kind).lower() for name, kind, *_ in described}
    columns = {c.name: c for c in contract.columns}
    faults = [f"{n} is no column of {contract.source}.{contract.entity}" for n in types if n not in columns]
    faults += [f"{c.name} is required and missing" for c in contract.columns if c.required and c.name not in types]
    for name, kind in types.items():
        # A number may stay text: the validator makes it the contract's decimal exactly, or holds the row back.
        if name in columns and kind != columns[name].data_type and not (columns[name].decimal and kind == "varchar"):
            faults.append(f"{name} is {kind}, the contract says {columns[name].data_type}: cast it")
    if faults:
        raise ConnectorError(f"{where} does not fit {contract.path}: {'; '.join(faults)}")
