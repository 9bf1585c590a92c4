"""A live PostgreSQL database as a source: the tables a connector names, read in one transaction through Arrow.

Here: the connection, what a table's columns become, reading rows from a cursor on. Not here: what was read before
(replicas.py). Numbers never pass through a float: `numeric` comes as text and becomes the decimal that the table
declares, or stays text where it declares none. A timestamp with a zone becomes UTC; what has no plain type is text.

The DSN comes from the environment and goes nowhere: no message, file or log holds it (`redact`).
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self
from urllib.parse import unquote

import pyarrow as pa
from adbc_driver_manager import Error
from adbc_driver_postgresql import dbapi

from orchestration.lib.connectors.config import Connector, ConnectorError, Table
from orchestration.lib.connectors.files import first_line
from orchestration.lib.sql import ident, literal, utc_naive

DSN_VARIABLE = "LEADLAG_SOURCE_DSN"
_PLAIN = ("int2", "int4", "int8", "bool", "text", "varchar", "date", "timestamp", "float4", "float8")
_CURSORS = ("int2", "int4", "int8", "date", "timestamp", "timestamptz")
_DIGITS = 38  # most that a decimal can hold
# ADBC turns infinity into a date in the past, without a word: it travels as the first of these and is put back.
_EVER, _NEVER = "'290000-01-01'", "'4000-01-01 BC'"
_LOW = "'4000-01-01 (BC)'"  # as DuckDB writes it
_SETTINGS = "set time zone 'UTC'; set intervalstyle to postgres; set datestyle to iso; set bytea_output to hex"


@dataclass(frozen=True)
class SourceColumn:
    """A column as the database has it: name, base type, and precision and scale where a numeric declares them."""

    name: str
    kind: str
    precision: int | None = None
    scale: int | None = None

    @property
    def read(self) -> str:
        """Expression in the database's SQL."""
        name = ident(self.name)
        if self.is_moment:
            value = f"({name} at time zone 'UTC')" if self.kind == "timestamptz" else name
            ends = f"when {value} >= {_EVER} then {_EVER} when {value} <= {_NEVER} then {_NEVER}"
            return f"case {ends} else {value} end as {name}"
        return name if self.kind in (*_PLAIN, "numeric") else f"{name}::text as {name}"

    @property
    def kept(self) -> str:
        """Expression in our SQL over what has been read."""
        name = ident(self.name)
        if self.is_moment:
            kind = "date" if self.kind == "date" else "timestamp"
            ends = f"when {name} >= {_EVER} then {kind} 'infinity' when {name} <= {_LOW} then {kind} '-infinity'"
            return f"case {ends} else {name} end as {name}"
        if self.kind != "numeric":
            return name
        fits = self.precision is not None and self.scale is not None and 0 <= self.scale <= self.precision <= _DIGITS
        return f"{name}::{f'decimal({self.precision}, {self.scale})' if fits else 'varchar'} as {name}"

    @property
    def is_moment(self) -> bool:
        """Whether it is a date or a timestamp."""
        return self.kind in ("date", "timestamp", "timestamptz")


class LiveSource:
    """A connection with one read-only transaction in which everything is read: all tables agree with each other.

    moment: the transaction's own timestamp, in UTC; identity: tells this database from any other.
    """

    def __init__(self, connector: Connector, dsn: str | None = None) -> None:
        self.connector = connector
        self._dsn = dsn or os.environ.get(DSN_VARIABLE, "")
        if not self._dsn.strip():
            raise ConnectorError(
                f"no source for connector {connector.system}: give SOURCE=<folder of extracts>, or set {DSN_VARIABLE} "
                "to postgresql://user@host/database in the environment"
            )
        if not connector.tables:
            raise ConnectorError(f"{connector.where} names no tables: list those that the SELECTs read under `tables:`")

    def __enter__(self) -> Self:
        try:
            self._connection = dbapi.connect(self._dsn)
            self._execute(f"{_SETTINGS}; set transaction isolation level repeatable read, read only")
            [(self.moment, name, number)] = self.rows(
                "select transaction_timestamp(), current_database()::text, "
                "(select oid::bigint from pg_database where datname = current_database())"
            )
            self.moment: datetime = utc_naive(self.moment)
            self.identity = hashlib.sha256(f"{name} {number} {self._cluster()}".encode()).hexdigest()[:16]
        except Error as error:
            raise self._failed(f"the database named by {DSN_VARIABLE} cannot be opened", error) from None
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._connection.close()

    def rows(self, query: str) -> list[tuple]:
        """The rows of a small query."""
        with self._connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    def columns(self, table: Table) -> tuple[SourceColumn, ...]:
        """The columns of a table that are read. ConnectorError names table, columns and what to do."""
        try:
            found = self.rows(
                f"""
                select a.attname::text, t.typname::text, case when b.oid is null then a.atttypmod else b.typtypmod end
                from pg_attribute as a
                left join pg_type as b on b.oid = a.atttypid and b.typtype = 'd'
                inner join pg_type as t on t.oid = coalesce(b.typbasetype, a.atttypid)
                where a.attrelid = to_regclass({literal(_relation(table))}) and a.attnum > 0 and not a.attisdropped
                order by a.attnum
                """
            )
        except Error as error:
            raise self._failed(f"{self.connector.where}: table {table.name} cannot be looked up", error) from None
        if not found:
            raise ConnectorError(
                f"{self.connector.where}: there is no table {table.name} in the database{self._like(table)}: correct "
                "the name (capitals count), or let its user see the schema"
            )
        columns = tuple(SourceColumn(name, kind, *_digits(kind, typmod)) for name, kind, typmod in found)
        names = {column.name: column for column in columns}
        wanted = table.columns or tuple(names)
        missing = sorted({*wanted, *table.key, *([table.cursor] if table.cursor else [])} - set(names))
        if missing:
            raise ConnectorError(
                f"{self.connector.where}: table {table.name} has no column {', '.join(missing)}; it has "
                f"{', '.join(names)}: correct columns, cursor or key"
            )
        if table.cursor and names[table.cursor].kind not in _CURSORS:
            raise ConnectorError(
                f"{self.connector.where}: the cursor {table.cursor} of table {table.name} is "
                f"{names[table.cursor].kind}; a cursor is a whole number, a date or a timestamp"
            )
        return tuple(column for column in columns if column.name in wanted)

    def read(self, table: Table, columns: tuple[SourceColumn, ...], mark: object = None) -> pa.RecordBatchReader:
        """The rows of a table as a stream; with a mark only those whose cursor is at or above it less the overlap."""
        query = f"select {', '.join(column.read for column in columns)} from {_relation(table)}"
        if table.cursor and mark is not None:
            [cursor] = [column for column in columns if column.name == table.cursor]
            name = ident(table.cursor)
            # A row whose cursor is null would never be seen again: it is read every time.
            query += f" where {name} is null or {name} >= {_from(mark, cursor.kind, table.overlap)}"
        try:
            self._statement = self._connection.cursor()  # the stream ends with its statement
            self._statement.execute(query)
            return self._statement.fetch_record_batch()
        except Error as error:
            raise self._failed(f"{self.connector.where}: table {table.name} cannot be read", error) from None

    def redact(self, text: str) -> str:
        """The text without the DSN, its password and anything that looks like one."""
        return redact(text, self._dsn)

    def _execute(self, statements: str) -> None:
        with self._connection.cursor() as cursor:
            for statement in statements.split(";"):
                cursor.execute(statement)

    def _cluster(self) -> int | None:
        # Many a hosted database lets nobody read this; then name and number of the database must do.
        [(allowed,)] = self.rows("select has_function_privilege('pg_control_system()', 'execute')")
        return self.rows("select system_identifier from pg_control_system()")[0][0] if allowed else None

    def _like(self, table: Table) -> str:
        word = literal(f"%{table.name.rpartition('.')[2].lower()}%")
        near = self.rows(
            "select (n.nspname || '.' || c.relname)::text from pg_class as c "
            "inner join pg_namespace as n on n.oid = c.relnamespace where c.relkind in ('r', 'v', 'm', 'p', 'f') "
            f"and n.nspname not in ('pg_catalog', 'information_schema') and lower(c.relname) like {word} "
            "order by 1 limit 5"
        )
        return f" (there is {', '.join(name for (name,) in near)})" if near else ""

    def _failed(self, what: str, error: Error) -> ConnectorError:
        return ConnectorError(f"{what} ({self.redact(first_line(error))}): check the DSN, the server and the grants")


def redact(text: str, dsn: str) -> str:
    """The text without the DSN, its password and anything that looks like one."""
    found = [dsn, *re.findall(r"://[^:/@\s]*:([^@\s]*)@", dsn), *re.findall(r"password\s*=\s*('[^']*'|[^\s&]+)", dsn)]
    secrets = {secret for one in found for secret in (one, one.strip("'"), unquote(one)) if secret}
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return re.sub(r"://[^@\s]*@", "://***@", text)


def _relation(table: Table) -> str:
    return ".".join(ident(part) for part in table.name.split(".", maxsplit=1))


def _digits(kind: str, typmod: int) -> tuple[int | None, int | None]:
    if kind != "numeric" or typmod < 4:
        return None, None
    scale = (typmod - 4) & 0x7FF
    return (typmod - 4) >> 16 & 0xFFFF, scale - 0x800 if scale & 0x400 else scale


def _from(mark: object, kind: str, overlap: str) -> str:
    zone = " at time zone 'UTC'" if kind == "timestamptz" else ""
    less = overlap if overlap.isdigit() and kind.startswith("int") else f"interval {literal(overlap)}"
    return f"{literal(mark)}{zone} - {less}"
