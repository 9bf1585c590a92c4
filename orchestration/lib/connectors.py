"""Connectors: one SELECT per landing entity maps a native system's tables onto the landing contract.

Here: reading `connectors/<system>/_connector.yml` and `<entity>.sql`, running them over a folder of extracts, landing
the results. Not here: the mapping itself (it is SQL, in connectors/) and any judgement of rows (validator.py). Nothing
is taken from the clock: extracted_at and the names of the batches come from the data.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import yaml

from orchestration.lib.contracts import Contract, load_contracts
from orchestration.lib.landing import NAME, write_batch
from orchestration.lib.paths import Home
from orchestration.lib.sql import connect, file_literal, ident, literal, utc_naive

CONNECTOR = "_connector.yml"
FORMATS = ("parquet", "csv")
# The same extracts must land as the same batches on any day: what reads the clock or a die has no place in a connector.
CLOCK = re.compile(
    r"\b(current_(date|time|timestamp)|localtime(stamp)?)\b|\b(now|today|get_current_\w+|random|u?uid(v4|v7)?)\s*\(",
    re.I,
)


class ConnectorError(ValueError):
    """A connector or its source folder is at fault; the message names file and remedy."""


@dataclass(frozen=True)
class Connector:
    """A native system: its folder, the instance per landing source, and how its extracts are read.

    extracted_at_sql: query over the source's views whose one value is the moment of the extract, in UTC.
    """

    system: str
    folder: Path
    instances: dict[str, str]
    extracted_at_sql: str
    format: str = "parquet"
    delimiter: str = ","


def land_connector(
    system: str, source_dir: Path | str, home: Home, progress: Callable[[str], None] | None = None
) -> list[str]:
    """Land every entity the connector maps from the extracts in source_dir; returns the global batch ids.

    The same source again lands nothing new. ConnectorError when the connector, a table or a column is missing or of
    another type than the contract says; then nothing has been landed.
    """
    connector = load_connector(home.repo, system)
    contracts = load_contracts(home.repo)
    connection = connect(preserve_order=True)
    try:
        _register(connection, connector, Path(source_dir))
        extracted_at = _extracted_at(connection, connector)
        queries = {_contract_of(path, connector, contracts): path for path in sorted(connector.folder.glob("*.sql"))}
        if not queries:
            raise ConnectorError(f"{connector.folder} holds no <entity>.sql: write one SELECT per landing entity")
        for contract, path in queries.items():
            _prepare(connection, contract, path)
        ids = []
        for contract in queries:
            ids.append(_land(connection, connector, contract, extracted_at, home))
            (progress or (lambda line: None))(ids[-1])
        return ids
    finally:
        connection.close()


def load_connector(repo: Path, system: str) -> Connector:
    """The connector of a system. ConnectorError lists those there are when there is none by that name."""
    folder = repo / "connectors" / system
    if not NAME.fullmatch(system) or not (folder / CONNECTOR).is_file():
        known = ", ".join(sorted(p.parent.name for p in repo.glob(f"connectors/*/{CONNECTOR}"))) or "none"
        raise ConnectorError(f"there is no connector {system!r}; there are: {known}")
    where = f"connectors/{system}/{CONNECTOR}"
    try:
        body = yaml.safe_load((folder / CONNECTOR).read_text(encoding="utf-8"))
        files = body.get("files") or {}
        connector = Connector(
            system=body["system"],
            folder=folder,
            instances={str(k): str(v) for k, v in body["instances"].items()},
            extracted_at_sql=body["extracted_at_sql"],
            format=files.get("format", "parquet"),
            delimiter=files.get("delimiter", ","),
        )
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise ConnectorError(f"{where} lacks or garbles {error}: see docs/guides/add_a_source.md") from error
    if connector.system != system or connector.format not in FORMATS:
        raise ConnectorError(f"{where}: system must be {system!r} and files.format one of {', '.join(FORMATS)}")
    return connector


def _register(connection: duckdb.DuckDBPyConnection, connector: Connector, source_dir: Path) -> None:
    """One view per extract, named by the file's stem; CSV columns are text, the SELECTs cast them."""
    files = sorted(source_dir.glob(f"*.{connector.format}"))
    if not files:
        raise ConnectorError(f"{source_dir} holds no *.{connector.format}: give the folder of the extracts")
    for path in files:
        reader = f"read_parquet({file_literal(path)}, hive_partitioning = false)"
        if connector.format == "csv":
            reader = (
                f"read_csv({file_literal(path)}, delim = {literal(connector.delimiter)}, header = true, "
                "quote = '\"', escape = '\"', all_varchar = true, hive_partitioning = false)"
            )
        try:
            connection.execute(f"create view {ident(path.stem)} as select * from {reader}")
        except duckdb.Error as error:
            raise ConnectorError(f"{path} cannot be read ({_first_line(error)}): extract it again") from error


def _extracted_at(connection: duckdb.DuckDBPyConnection, connector: Connector) -> datetime:
    where = f"connectors/{connector.system}/{CONNECTOR}: extracted_at_sql"
    _refuse_clock(connector.extracted_at_sql, where)
    try:
        row = connection.execute(connector.extracted_at_sql).fetchone()
    except duckdb.Error as error:
        raise ConnectorError(f"{where} fails ({_first_line(error)}): is a table missing in the source?") from error
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


def _prepare(connection: duckdb.DuckDBPyConnection, contract: Contract, path: Path) -> None:
    """Run the SELECT into a table named by source and entity, and hold its columns to the contract."""
    where = f"connectors/{path.parent.name}/{path.name}"
    query = path.read_text(encoding="utf-8").strip().rstrip(";")
    _refuse_clock(query, where)
    try:
        connection.execute(f"create temp table {_table(contract)} as select * from ({query}\n) order by all")
        described = connection.execute(f"describe {_table(contract)}").fetchall()
    except duckdb.Error as error:
        raise ConnectorError(f"{where} fails: {_first_line(error)}") from error
    types = {name: re.sub(r"\s", "", kind).lower() for name, kind, *_ in described}
    expected = {c.name: c.data_type for c in contract.columns}
    faults = [f"{n} is no column of {contract.source}.{contract.entity}" for n in types if n not in expected]
    faults += [f"{c.name} is required and missing" for c in contract.columns if c.required and c.name not in types]
    faults += [
        f"{n} is {kind}, the contract says {expected[n]}: cast it"
        for n, kind in types.items()
        if n in expected and kind != expected[n]
    ]
    if faults:
        raise ConnectorError(f"{where} does not fit {contract.path}: {'; '.join(faults)}")


def _land(
    connection: duckdb.DuckDBPyConnection, connector: Connector, contract: Contract, extracted_at: datetime, home: Home
) -> str:
    instance = connector.instances[contract.source]
    rows = connection.execute(f"select * from {_table(contract)}").to_arrow_table()
    batch = f"{extracted_at:%Y%m%dT%H%M%SZ}-{_content_hash(connection, contract)[:10]}"
    write_batch(
        home.landing, contract.source, instance, contract.entity, batch, rows, extracted_at, "parquet", contract
    )
    return f"{contract.source}/{instance}/{contract.entity}/{batch}"


def _content_hash(connection: duckdb.DuckDBPyConnection, contract: Contract) -> str:
    """Hash of the rows as a multiset under this contract: equal rows give equal batches, whatever wrote the bytes."""
    row = connection.execute(
        f"""
        select count(*), sum(md5_number_lower(line)::hugeint), sum(md5_number_upper(line)::hugeint)
        from (select to_json(t)::varchar as line from {_table(contract)} as t)
        """
    ).fetchone()
    return hashlib.sha256(f"{contract.fingerprint} {row}".encode()).hexdigest()


def _table(contract: Contract) -> str:
    return ident(f"landing {contract.source} {contract.entity}")


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", maxsplit=1)[0][:300]
