"""What has been read of a live table with a cursor: one Parquet file per table, whole, that the next reading extends.

Here: the high-water mark, and the newest version of each row. The mark is derived from the rows of the file, so there
is no second record that could disagree with it; a file that is lost is read again in full. A replica moves into place
only after every batch of the run has landed: killed before, the next run reads the same rows again.
Not here: which rows land (batches.py), so that even a replica of the wrong age lands nothing twice and loses nothing.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.lib.connectors.config import Connector, ConnectorError, Table
from orchestration.lib.connectors.files import first_line
from orchestration.lib.connectors.postgres import LiveSource, SourceColumn
from orchestration.lib.sql import file_literal, ident, literal

_READ_AT = "_read_at"  # when the row was read: no mark may lie beyond it, whatever date a row carries


@dataclass
class Replicas:
    """The tables of one run. folder: where replicas are kept; work: drafts of this run; full: forget what was read."""

    folder: Path
    work: Path
    full: bool = False
    drafts: dict[Path, Path] = field(default_factory=dict)

    def register(self, connection: duckdb.DuckDBPyConnection, connector: Connector, source: LiveSource) -> None:
        """One view per table, over all its rows as of the source's transaction."""
        for number, table in enumerate(connector.tables):
            columns = source.columns(table)
            draft = self.work / f"{number}.parquet"
            kept = self._path(table, columns, source) if table.cursor else None
            mark = None
            if kept and kept.is_file() and not self.full:
                mark = _mark(connection, table, kept)
            _copy(connection, source, table, columns, draft, mark)
            if mark is not None and kept:
                draft = _merged(connection, table, kept, draft)
            if kept:
                _unique(connection, connector, table, draft)
                self.drafts[draft] = kept
            connection.execute(
                f"create view {ident(table.name)} as select * exclude ({_READ_AT}) from {_parquet(draft)}"
            )

    def keep(self) -> None:
        """Move the drafts into place: what the next run goes on from. To be called when all batches have landed."""
        for draft, kept in self.drafts.items():
            kept.parent.mkdir(parents=True, exist_ok=True)
            os.replace(draft, kept)  # noqa: PTH105  # one file system: work lies beside the replicas
            for other in kept.parent.glob("*.parquet"):
                if other != kept:
                    other.unlink(missing_ok=True)

    def _path(self, table: Table, columns: tuple[SourceColumn, ...], source: LiveSource) -> Path:
        """Another database, other columns or another key make another replica."""
        shape = f"{source.identity} {table.cursor} {table.key} {columns}"
        name = hashlib.sha256(table.name.encode()).hexdigest()[:8]
        safe = "".join(c if c.isalnum() else "_" for c in table.name)
        return self.folder / f"{safe}-{name}" / f"{hashlib.sha256(shape.encode()).hexdigest()[:16]}.parquet"


def _parquet(path: Path) -> str:
    return f"read_parquet({file_literal(path)}, hive_partitioning = false)"


def _mark(connection: duckdb.DuckDBPyConnection, table: Table, kept: Path) -> object:
    """The highest cursor read, never beyond the moment of the reading: a row dated in 2099 hides no other."""
    cursor = ident(str(table.cursor))
    try:
        [(mark, kind)] = connection.execute(
            f"select max({cursor}), any_value(typeof({cursor})) from {_parquet(kept)}"
        ).fetchall()
        if kind in ("DATE", "TIMESTAMP"):
            [(mark,)] = connection.execute(
                f"select max(least({cursor}, {_READ_AT}::{kind})) from {_parquet(kept)}"
            ).fetchall()
    except duckdb.Error:
        return None  # a replica that cannot be read is read again in full
    return mark


def _copy(
    connection: duckdb.DuckDBPyConnection,
    source: LiveSource,
    table: Table,
    columns: tuple[SourceColumn, ...],
    draft: Path,
    mark: object,
) -> None:
    stream = source.read(table, columns, mark)
    kept = ", ".join(column.kept for column in columns)
    connection.register("stream", stream)
    try:
        connection.execute(
            f"copy (select {kept}, {literal(source.moment)} as {_READ_AT} from stream) "
            f"to {file_literal(draft)} (format parquet, compression zstd)"
        )
    except duckdb.Error as error:
        raise ConnectorError(
            f"{source.connector.where}: table {table.name} cannot be read "
            f"({source.redact(first_line(error))}): mend the value in the source, or read a view that casts it to text"
        ) from None
    finally:
        connection.unregister("stream")


def _merged(connection: duckdb.DuckDBPyConnection, table: Table, kept: Path, changed: Path) -> Path:
    """The replica with the rows that were read now in place of their older versions."""
    merged = changed.with_suffix(".merged.parquet")
    same = " and ".join(f"old.{ident(name)} is not distinct from new.{ident(name)}" for name in table.key)
    connection.execute(
        f"""
        copy (
            from {_parquet(changed)}
            union all by name
            select old.* from {_parquet(kept)} as old anti join {_parquet(changed)} as new on {same}
        ) to {file_literal(merged)} (format parquet, compression zstd)
        """
    )
    return merged


def _unique(connection: duckdb.DuckDBPyConnection, connector: Connector, table: Table, draft: Path) -> None:
    key = ", ".join(map(ident, table.key))
    [(rows, keys)] = connection.execute(
        f"select count(*), (select count(*) from (select distinct {key} from {_parquet(draft)})) from {_parquet(draft)}"
    ).fetchall()
    if rows != keys:
        raise ConnectorError(
            f"{connector.where}: key {', '.join(table.key)} of table {table.name} is not unique ({rows} rows, {keys} "
            "keys): name all the columns that tell its rows apart"
        )
