"""The edge between Python values and SQL text: quoting, and connections with the settings of the house.

Here: identifiers, literals, file patterns, connections. Not here: any statement about landing, marts or KPIs. Every
name or value that reaches SQL text passes through this module.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb


def ident(name: str) -> str:
    """Quoted SQL identifier. ValueError for an empty name or one with a NUL character."""
    if not name or "\0" in name:
        raise ValueError(f"not usable as an SQL identifier: {name!r}")
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """SQL literal of None, bool, int, Decimal, str, date, datetime or Path; datetimes become naive UTC timestamps.

    TypeError for anything else (a float has no exact literal: pass a Decimal); ValueError for text with a NUL
    character, which SQL text cannot carry (bind it as a parameter).
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return str(value) if isinstance(value, int) else f"{value:f}"
    if isinstance(value, datetime):
        return f"timestamp '{utc_naive(value).isoformat(sep=' ', timespec='microseconds')}'"
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    if isinstance(value, str | Path):
        text = str(value)
        if "\0" in text:
            raise ValueError("SQL text cannot carry a NUL character: bind the value as a parameter")
        return "'" + text.replace("'", "''") + "'"
    raise TypeError(f"no SQL literal for {type(value).__name__}: {value!r}")


def file_literal(path: Path | str) -> str:
    """Literal for a DuckDB file reader that means exactly this path: `*`, `?` and `[` in it are not a pattern."""
    return literal("".join(f"[{c}]" if c in "*?[" else c for c in str(path)))


def utc_naive(moment: datetime) -> datetime:
    """The moment as naive UTC: an aware datetime is converted, a naive one is taken as UTC already."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def connect(
    database: Path | str = ":memory:",
    *,
    read_only: bool = False,
    memory_limit: str = "2GB",
    threads: int = 2,
    temp_directory: Path | None = None,
    preserve_order: bool = False,
    storage_version: str | None = None,
) -> duckdb.DuckDBPyConnection:
    """DuckDB connection with time zone UTC, bounded memory and threads, and no extension fetched behind our back.

    preserve_order: keep the order of rows as read; needed wherever a row number names a row of a file.
    storage_version: DuckDB whose storage a file that is new is written in; without it one that old readers can open.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory_limit,
        "threads": threads,
        "preserve_insertion_order": preserve_order,
        "autoinstall_known_extensions": False,
    }
    if storage_version is not None:
        config["storage_compatibility_version"] = storage_version
    if temp_directory is not None:
        config["temp_directory"] = str(temp_directory)
    connection = duckdb.connect(str(database), read_only=read_only, config=config)
    connection.execute("set TimeZone = 'UTC'")
    return connection
