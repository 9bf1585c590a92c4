"""Files beside the pages: a KPI's scorecard rows and its model's latest rows, as CSV and as Parquet.

Here: writing them and the guard against formulas in spreadsheets. Not here: which rows (definitions, marts).

The guard: in CSV a text that a spreadsheet would take for a formula (it begins with = + - @, also full-width or behind
blanks) gets an apostrophe in front. Numbers and dates are never touched, and Parquet holds every text as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from orchestration.lib.sql import ident, literal
from reports.marts import Column, Marts, count

CSV_ROWS = 1_000_000
"""A spreadsheet holds 1,048,576 rows: a longer list is given as Parquet alone."""

FORMULA = r"^[\s\x00-\x20]*[=+@\-＝＋＠－]"


@dataclass(frozen=True)
class Download:
    """A file offered on a page: path below the site, what it holds, rows and bytes."""

    path: str
    title: str
    form: str
    rows: int
    size: int


def guarded(columns: list[Column]) -> str:
    """Select list of a CSV: texts that would run as a formula begin with an apostrophe."""
    parts = []
    for column in columns:
        name = ident(column.name)
        if column.data_type == "VARCHAR":
            parts.append(
                f"case when regexp_matches({name}, {literal(FORMULA)}) then '''' || {name} else {name} end as {name}"
            )
        else:
            parts.append(name)
    return ", ".join(parts)


def write(marts: Marts, site: Path, name: str, title: str, sql: str) -> list[Download]:
    """Write data/<name>.parquet, and data/<name>.csv when a spreadsheet can hold it, in the order of all columns."""
    folder = site / "data"
    folder.mkdir(exist_ok=True)
    described = marts.rows(f"describe {sql}")
    columns = [Column(row[0], row[1], "") for row in described]
    rows = count(marts, sql)
    wanted = [("parquet", f"(select * from ({sql}) order by all) to {{}} (format parquet, compression zstd)")]
    if rows <= CSV_ROWS:
        text = f"(select {guarded(columns)} from ({sql}) order by all) to {{}} (format csv, header true)"
        wanted.insert(0, ("csv", text))
    done = []
    for form, statement in wanted:
        path = folder / f"{name}.{form}"
        marts.connection.execute("copy " + statement.format(literal(str(path))))
        done.append(
            Download(f"data/{path.name}", title, "CSV" if form == "csv" else "Parquet", rows, path.stat().st_size)
        )
    return done
