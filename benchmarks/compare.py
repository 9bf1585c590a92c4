"""Whether two contenders wrote the same tables.

Here: the comparison, by rows, both ways. Not here: who is compared (tests/python/test_benchmarks.py).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.lib.sql import connect, ident, literal


def export(opened: duckdb.DuckDBPyConnection, view: str, file: Path) -> Path:
    """Write one view of a contender's connection to Parquet and answer the file."""
    opened.execute(f"copy (select * from {ident(view)}) to {literal(file)} (format parquet)")
    return file


def differences(ones: Path, others: Path) -> list[tuple]:
    """Up to ten rows that only one of two Parquet files has, over the columns that both have, duplicates counted."""
    with connect() as connection:
        columns = [
            [row[0] for row in connection.execute(f"describe from read_parquet({literal(file)})").fetchall()]
            for file in (ones, others)
        ]
        both = ", ".join(ident(name) for name in columns[0] if name in columns[1])
        one, other = (f"select {both} from read_parquet({literal(file)})" for file in (ones, others))
        return connection.execute(
            f"select 'first only' as side, * from ({one} except all {other}) union all "
            f"select 'second only', * from ({other} except all {one}) limit 10"
        ).fetchall()
