"""Two ways of comparing engines: rows of tables, both ways and each as often as it occurs, and values of probes.

Here: DuckDB over its own database and over Parquet files that another engine wrote. Not here: building either.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.lib.sql import ident, literal


def differing_rows(connection: duckdb.DuckDBPyConnection, schema: str, name: str, folder: Path) -> tuple[int, str]:
    """(rows of the table, what differs from the Parquet files of `folder`: empty when nothing does).

    All columns but `_meta*`, values cast to the table's types. A folder without files is a table without rows, which
    Spark writes so. AssertionError when there is no folder, or the files lack a column.
    """
    columns = connection.execute(
        "select column_name, data_type from duckdb_columns() where schema_name = ? and table_name = ? "
        "and not starts_with(column_name, '_meta') order by column_index",
        [schema, name],
    ).fetchall()
    files = sorted(str(path) for path in folder.glob("*.parquet"))
    assert columns, f"DuckDB has no {schema}.{name}"
    assert folder.is_dir(), f"no folder of {schema}.{name}: {folder}"
    if not files:
        (count,) = connection.execute(f"select count(*) from {ident(schema)}.{ident(name)}").fetchone()
        return count, f"{schema}.{name}: {count} rows have DuckDB alone, the other has no file" if count else ""
    there = f"read_parquet([{', '.join(literal(file) for file in files)}])"
    found = {row[0] for row in connection.execute(f"describe select * from {there}").fetchall()}
    missing = [column for column, _ in columns if column not in found]
    assert not missing, f"{schema}.{name} lacks {', '.join(missing)}"
    ours = f"select {', '.join(ident(c) for c, _ in columns)} from {ident(schema)}.{ident(name)}"
    theirs = f"select {', '.join(f'cast({ident(c)} as {kind}) as {ident(c)}' for c, kind in columns)} from {there}"
    (count,) = connection.execute(f"select count(*) from ({ours})").fetchone()
    lines = []
    for label, left, right in (("DuckDB alone", ours, theirs), ("the other alone", theirs, ours)):
        only = f"({left}) except all ({right})"
        (number,) = connection.execute(f"select count(*) from ({only})").fetchone()
        if number:
            example = connection.execute(f"select * from ({only}) limit 1").fetchone()
            lines.append(f"{schema}.{name}: {number} of {count} rows have {label}, such as {example}")
    return count, "\n".join(lines)
