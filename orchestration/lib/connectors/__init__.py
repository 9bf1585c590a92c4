"""Connectors: one SELECT per landing entity maps a native system's tables onto the landing contract.

Here: one run from the source (a folder of extracts or a live database) to batches in landing. The parts: config.py what
a connector says, files.py and postgres.py + replicas.py how a source is read, selects.py the mapping, batches.py what
lands. Not here: the mapping itself (SQL, in connectors/) and any judgement of rows (validator.py). Nothing is taken
from our clock: times come from the data or from the database's own transaction.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from orchestration.lib.connectors import batches, files
from orchestration.lib.connectors.config import Connector, ConnectorError, load_connector
from orchestration.lib.connectors.postgres import LiveSource
from orchestration.lib.connectors.replicas import Replicas
from orchestration.lib.connectors.selects import extracted_at, run_selects
from orchestration.lib.contracts import load_contracts
from orchestration.lib.lock import writer_lock
from orchestration.lib.paths import Home
from orchestration.lib.sql import connect, literal

__all__ = ["Connector", "ConnectorError", "land_connector", "load_connector"]

Tell = Callable[[str], None]

# A database keeps local time at most 14 hours ahead of UTC; data that claims a later moment is misdated.
_AHEAD = timedelta(days=1)


def land_connector(
    system: str,
    source_dir: Path | str | None,
    home: Home,
    progress: Tell | None = None,
    *,
    company: str | None = None,
    dsn: str | None = None,
    full: bool = False,
) -> list[str]:
    """Land every entity the connector maps; returns the global ids of the batches.

    source_dir: folder of extracts; None reads the live database that dsn (or LEADLAG_SOURCE_DSN) names, and then only
    batches with news are made. full: read live tables whole, whatever was read before. The same source again lands
    nothing new. ConnectorError when the connector, a table or a column is missing or of another type than the contract
    says; then nothing has been landed.
    """
    connector = load_connector(home.repo, system)
    tell = progress or (lambda line: None)
    kept = home.replicas / connector.system
    kept.mkdir(parents=True, exist_ok=True)
    with writer_lock(kept / ".lock"), _draft(kept) as draft:
        connection = connect(preserve_order=True, temp_directory=draft / "spill")
        try:
            code = literal(company or connector.company)
            connection.execute(f"create view connector as select {code}::varchar as company_code")
            if source_dir is not None:
                return _land_files(connection, connector, Path(source_dir), draft, home, tell)
            return _land_live(connection, connector, Replicas(kept, draft, full), dsn, home, tell)
        finally:
            connection.close()


@contextmanager
def _draft(kept: Path) -> Iterator[Path]:
    """A folder for this run's own files; what a killed run left there holds rows of the source and goes first."""
    for left in kept.glob(".draft-*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=".draft-", dir=kept) as draft:
        yield Path(draft)


def _land_files(
    connection: duckdb.DuckDBPyConnection, connector: Connector, source_dir: Path, draft: Path, home: Home, tell: Tell
) -> list[str]:
    files.register(connection, connector, source_dir, draft)
    moment = extracted_at(connection, connector)
    if moment is None:
        raise ConnectorError(f"{connector.where} has no extracted_at_sql, which extracts in files need")
    ids = []
    for contract in run_selects(connection, connector, load_contracts(home.repo)):
        ids.append(batches.land_extract(connection, connector, contract, moment, home))
        tell(ids[-1])
    return ids


def _land_live(
    connection: duckdb.DuckDBPyConnection,
    connector: Connector,
    replicas: Replicas,
    dsn: str | None,
    home: Home,
    tell: Tell,
) -> list[str]:
    with LiveSource(connector, dsn) as source:
        replicas.register(connection, connector, source)
        moment = _moment(extracted_at(connection, connector), source)
    ids = []
    for contract in run_selects(connection, connector, load_contracts(home.repo)):
        batch = batches.land_changes(connection, connector, contract, moment, home)
        ids += [batch] if batch else []
        tell(batch or f"{contract.source}/{connector.instances[contract.source]}/{contract.entity}: no news")
    replicas.keep()
    return ids


def _moment(said: datetime | None, source: LiveSource) -> datetime:
    if said is None:
        return source.moment
    if said > source.moment + _AHEAD:
        raise ConnectorError(
            f"{source.connector.where}: extracted_at_sql says {said}, the database's own clock {source.moment}: a row "
            "is dated in the future; mend it in the source, or leave extracted_at_sql out of a live source"
        )
    return said
