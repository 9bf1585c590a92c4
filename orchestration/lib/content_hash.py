"""What the marts say, as one hash: equal content gives equal hashes whatever the row order, threads or DuckDB version.

Here: the hash of a table (all columns whose names do not start with `_meta`) and of all published subjects. Not here:
file hashes (those are sha256 of bytes, see generations.py) and what is done with the result.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

import duckdb

from orchestration.lib.catalogue import Relation, relations
from orchestration.lib.sql import ident, literal

SUBJECTS = ("core", "visibility", "lag", "scorecard", "governance", "lead", "service", "feedback")
"""Schemas whose relations are the content of a generation."""

VALIDATION_HISTORY = frozenset(
    {
        "core.fct_audit_location",
        "core.fct_audit_result",
        "visibility.fct_validation_owner_trend",
        "visibility.fct_validation_result",
        "visibility.fct_validation_site_trend",
        "visibility.fct_validation_trend",
    }
)
"""Relations that remember earlier audits: they grow when the same batches are built again, so they are no content."""

RUN_TIMES = frozenset({"core.fct_ingestion_run", "visibility.fct_feed_latency", "visibility.kpi_reporting_topology"})
"""Relations that tell how long runs took: no two runs take the same time, so they are no content either."""


_UNPUBLISHED = re.compile(r"""(?<![\w."'])"?(kernel|unified|staging)"?\.|\bint_\w""")
"""What a view must not read to be published as its words: schemas and private steps of the working database."""


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


def view_definition(relation: Relation, database: str) -> str | None:
    """SQL behind a view of attached `database` with the database's name taken out; None for a table.

    What such a view says follows from the relations it reads, so that it is published and compared as its words. A view
    over what is not published itself (the ledger, the storage of the positions) counts as a table: its rows are.
    """
    if relation.view_sql is None:
        return None
    body = relation.view_sql.split(" AS ", 1)[1].rstrip().removesuffix(";")
    words = re.sub(rf"""(?<![\w."'])"?{re.escape(database)}"?\.(?=["\w])""", "", body)
    return None if _UNPUBLISHED.search(words) else words


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
    return rows_hash_by(connection, relation, columns, "''").get("", (0, _digest(columns, 0, "0", "0")))


def rows_hash_by(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: list[tuple[str, str]], key: str
) -> dict[str, tuple[int, str]]:
    """Value of SQL expression `key` -> (rows, hash) as rows_hash gives them for its rows, in one reading."""
    text = row_text([ident(name) for name, _ in columns])
    found = connection.execute(
        "select _key, count(*), sum(md5_number_lower(_text)::hugeint)::varchar, "
        "sum(md5_number_upper(_text)::hugeint)::varchar "
        f"from (select {key} as _key, {text} as _text from {relation}) group by _key order by _key"
    ).fetchall()
    return {value: (count, _digest(columns, count, lower, upper)) for value, count, lower, upper in found}


def _digest(columns: list[tuple[str, str]], count: int, lower: str, upper: str) -> str:
    head = ",".join(f"{name} {data_type}" for name, data_type in columns)
    return hashlib.sha256(f"{head}|{count}|{lower}|{upper}".encode()).hexdigest()


def table_hash(connection: duckdb.DuckDBPyConnection, database: str, relation: Relation) -> TableHash:
    """Hash of a relation of attached `database`.

    The connection's time zone must be UTC: a TIMESTAMPTZ has no other fixed text.
    """
    schema, table = relation.name.split(".", 1)
    source = f"{ident(database)}.{ident(schema)}.{ident(table)}"
    definition = view_definition(relation, database)
    if definition is not None:
        rows = connection.execute(f"select count(*) from {source}").fetchone()[0]
        return TableHash(relation.name, rows, hashlib.sha256(definition.encode()).hexdigest())
    columns = sorted((c.name, c.type) for c in relation.columns if not c.name.startswith("_meta"))
    return TableHash(relation.name, *rows_hash(connection, source, columns))


def content_hashes(connection: duckdb.DuckDBPyConnection, database: str) -> tuple[str, dict[str, TableHash]]:
    """(hash of all, hash per relation) of attached `database`.

    The hash of all leaves VALIDATION_HISTORY and RUN_TIMES out; the relations' own hashes are there for every relation.
    """
    connection.execute("set TimeZone = 'UTC'")
    known = relations(connection, database)
    names = content_tables(connection, database)
    tables = {name: table_hash(connection, database, known[name]) for name in names}
    left_out = VALIDATION_HISTORY | RUN_TIMES
    lines = "\n".join(f"{name} {t.hash}" for name, t in sorted(tables.items()) if name not in left_out)
    return hashlib.sha256(lines.encode()).hexdigest(), tables
