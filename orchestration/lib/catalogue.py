"""What a database says of its relations: columns, comments and the SQL of views, read in one go.

Here: reading DuckDB's catalogue. Not here: what is made of it. DuckDB goes through its whole catalogue for every
question that names one relation, so that asking relation by relation took longer than hashing small tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from orchestration.lib.sql import literal


@dataclass(frozen=True)
class Column:
    """A column: its name, its type as DuckDB writes it, and its comment."""

    name: str
    type: str
    comment: str | None


@dataclass(frozen=True)
class Relation:
    """A table or view: `name` is schema.table, `columns` in their order, `view_sql` the statement behind a view."""

    name: str
    columns: tuple[Column, ...]
    comment: str | None
    view_sql: str | None


def relations(connection: duckdb.DuckDBPyConnection, database: str) -> Mapping[str, Relation]:
    """schema.table -> Relation, of every table and view of attached `database`, sorted by name."""
    where = f"where database_name = {literal(database)}"
    columns: dict[str, list[Column]] = {}
    for schema, table, *column in connection.execute(
        f"select schema_name, table_name, column_name, data_type, comment from duckdb_columns() {where} "
        "order by schema_name, table_name, column_index"
    ).fetchall():
        columns.setdefault(f"{schema}.{table}", []).append(Column(*column))
    found = connection.execute(
        f"select schema_name || '.' || table_name as name, comment, null from duckdb_tables() {where} union all "
        f"select schema_name || '.' || view_name, comment, sql from duckdb_views() {where} order by name"
    ).fetchall()
    return {name: Relation(name, tuple(columns.get(name, ())), comment, sql) for name, comment, sql in found}
