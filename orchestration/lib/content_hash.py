"""What the marts say, as one hash: equal content gives equal hashes whatever the row order, threads or DuckDB version.

Here: the hash of a table (all columns whose names do not start with `_meta`) and of all published subjects. Not here:
file hashes (those are sha256 of bytes, see generations.py) and what is done with the result.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import duckdb

from orchestration.lib.sql import ident, literal

SUBJECTS = ("core", "visibility", "lag", "scorecard", "governance", "lead", "service", "feedback")
"""Schemas whose relations are the content of a generation."""

VALIDATION_HISTORY = frozenset({"core.fct_audit_result", "visibility.fct_validation_result"})
"""Relations that remember earlier audits: they grow when the same batches are built again, so they are no content."""


@dataclass(frozen=True)
class TableHash:
    """One relation: `name` is schema.table, `rows` its rows, `hash` 64 hex digits."""

    name: str
    rows: int
    hash: str


def content_tables(connection: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    """Names (schema.table) of the relations that make up the content of attached `database`, sorted.

    Private steps (int_*) are left out, as they are not published.
    """
    rows = connection.execute(
        "select table_schema || '.' || table_name from information_schema.tables "
        f"where table_catalog = {literal(database)} and table_schema in ({', '.join(literal(s) for s in SUBJECTS)}) "
        "and table_name not like 'int\\_%' escape '\\' order by 1"
    ).fetchall()
    return [name for (name,) in rows]


def _columns(connection: duckdb.DuckDBPyConnection, database: str, name: str) -> list[tuple[str, str]]:
    schema, table = name.split(".", 1)
    return connection.execute(
        "select column_name, data_type from information_schema.columns "
        f"where table_catalog = {literal(database)} and table_schema = {literal(schema)} "
        f"and table_name = {literal(table)} and not starts_with(column_name, '_meta') order by column_name"
    ).fetchall()


def row_text(columns: list[str]) -> str:
    """SQL of a row's canonical text: each value with its length before it, '-' for null.

    The length keeps ('a', 'bc') apart from ('ab', 'c'), and '' (0:) apart from null.
    """
    parts = [f"coalesce(length({column}::varchar) || ':' || {column}::varchar, '-')" for column in columns]
    return f"concat({', '.join(parts)})" if parts else "''"


def rows_hash(connection: duckdb.DuckDBPyConnection, relation: str, columns: list[tuple[str, str]]) -> tuple[int, str]:
    """(rows, hash) of a SQL `relation` over `columns` [(name, type)].

    md5 of each row's text, added up as exact integers: order does not matter, a duplicate row does. Names and types
    are part of the hash. md5 is there to tell contents apart, not against forgery.
    """
    text = row_text([ident(name) for name, _ in columns])
    count, lower, upper = connection.execute(
        "select count(*), coalesce(sum(md5_number_lower(_text)::hugeint), 0)::varchar, "
        f"coalesce(sum(md5_number_upper(_text)::hugeint), 0)::varchar from (select {text} as _text from {relation})"
    ).fetchone()
    head = ",".join(f"{name} {data_type}" for name, data_type in columns)
    return count, hashlib.sha256(f"{head}|{count}|{lower}|{upper}".encode()).hexdigest()


def table_hash(connection: duckdb.DuckDBPyConnection, database: str, name: str) -> TableHash:
    """Hash of schema.table `name` in attached `database`.

    The connection's time zone must be UTC: a TIMESTAMPTZ has no other fixed text.
    """
    schema, table = name.split(".", 1)
    relation = f"{ident(database)}.{ident(schema)}.{ident(table)}"
    rows, digest = rows_hash(connection, relation, _columns(connection, database, name))
    return TableHash(name, rows, digest)


def content_hashes(connection: duckdb.DuckDBPyConnection, database: str) -> tuple[str, dict[str, TableHash]]:
    """(hash of all, hash per relation) of attached `database`.

    The hash of all leaves VALIDATION_HISTORY out; the relations' own hashes are there for every relation.
    """
    connection.execute("set TimeZone = 'UTC'")
    tables = {name: table_hash(connection, database, name) for name in content_tables(connection, database)}
    lines = "\n".join(f"{name} {t.hash}" for name, t in sorted(tables.items()) if name not in VALIDATION_HISTORY)
    return hashlib.sha256(lines.encode()).hexdigest(), tables
