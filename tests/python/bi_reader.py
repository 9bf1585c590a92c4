"""A BI tool in a process of its own: `python -m tests.python.bi_reader <way> <home> <stop file>`.

Here: the four ways of docs/guides/read_the_marts.md, each session resolving the pointer once; one JSON line a session.
Not here: anything of orchestration/, which a BI tool does not have, and any judgement (test_bi_access.py).

A session reads the facts, pauses, and reads them again: {"generation", "first", "again"}. One session is held open from
the start to the end, short ones come and go beside it; the last short one begins after the stop file is there.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path

import duckdb

PAUSE_SECONDS = 1.0
FACTS = "select movement_qty, event_date from core.fct_stock_movement"
VALUES = "select count(*), count(kpi_value) from scorecard.fct_kpi_value"
Read = Callable[[], list[str]]


def print_of(quantities: list[Decimal], days: list, values: tuple) -> list[str]:
    """What tells one state from another: rows, sum and last day of the ledger, rows of the scorecard."""
    return [str(len(quantities)), str(sum(quantities, Decimal(0))), str(max(days))[:10], *(str(v) for v in values)]


@contextmanager
def duckdb_session(marts: Path) -> Iterator[Read]:
    """DuckDB's own client, read-only."""
    with closing(duckdb.connect(str(marts), read_only=True)) as connection:
        connection.execute(f"set file_search_path = '{marts.parent}'")

        def read() -> list[str]:
            rows = connection.execute(FACTS).fetchall()
            return print_of([r[0] for r in rows], [r[1] for r in rows], connection.execute(VALUES).fetchone())

        yield read


@contextmanager
def pandas_session(marts: Path) -> Iterator[Read]:
    """Frames of pandas; decimals come as floats of 53 bits, so they are asked for as text."""
    with closing(duckdb.connect(str(marts), read_only=True)) as connection:
        connection.execute(f"set file_search_path = '{marts.parent}'")

        def read() -> list[str]:
            sql = FACTS.replace("movement_qty", "movement_qty::varchar as movement_qty")
            frame, values = connection.sql(sql).df(), connection.sql(VALUES).df()
            quantities = [Decimal(text) for text in frame["movement_qty"]]
            return print_of(quantities, list(frame["event_date"]), tuple(int(v) for v in values.iloc[0]))

        yield read


@contextmanager
def sqlalchemy_session(marts: Path) -> Iterator[Read]:
    """SQLAlchemy 2 with the dialect of duckdb-engine."""
    import sqlalchemy

    arguments = {"read_only": True, "config": {"file_search_path": str(marts.parent)}}
    engine = sqlalchemy.create_engine(f"duckdb:///{marts}", connect_args=arguments)
    try:
        with engine.connect() as connection:

            def read() -> list[str]:
                rows = connection.execute(sqlalchemy.text(FACTS)).all()
                values = connection.execute(sqlalchemy.text(VALUES)).one()
                return print_of([r.movement_qty for r in rows], [r.event_date for r in rows], tuple(values))

            yield read
    finally:
        engine.dispose()


@contextmanager
def arrow_session(marts: Path) -> Iterator[Read]:
    """Record batches of the tables; the big fact straight from its Parquet files, without a database."""
    import pyarrow.dataset as ds

    folder = marts.parent / "core" / "fct_stock_movement"
    with closing(duckdb.connect(str(marts), read_only=True)) as connection:
        connection.execute(f"set file_search_path = '{marts.parent}'")

        def read() -> list[str]:
            found = ds.dataset(folder, format="parquet").to_table(columns=["movement_qty", "event_date"])
            reader = connection.execute(VALUES).to_arrow_reader(1024)
            (values,) = [tuple(column.to_pylist()[0] for column in batch.columns) for batch in reader]
            return print_of(found["movement_qty"].to_pylist(), found["event_date"].to_pylist(), values)

        yield read


WAYS = {
    "duckdb": duckdb_session,
    "pandas": pandas_session,
    "sqlalchemy": sqlalchemy_session,
    "arrow": arrow_session,
}


def resolve(home: Path) -> Path:
    """marts.duckdb of the generation that `current` points at now, by its own path."""
    return (home / "published" / "current").resolve(strict=True) / "full" / "marts.duckdb"


def tell(kind: str, marts: Path, first: list[str], again: list[str]) -> None:
    """One session as a line of JSON."""
    said = {"kind": kind, "generation": marts.parent.parent.name, "first": first, "again": again}
    print(json.dumps(said), flush=True)


def main(way: str, home: str, stop: str) -> None:
    """Read in one way until the stop file is there, and once more."""
    session, long_marts = WAYS[way], resolve(Path(home))
    with session(long_marts) as long_read:
        before = long_read()
        is_last = False
        while not is_last:
            is_last = Path(stop).exists()
            marts = resolve(Path(home))
            with session(marts) as read:
                first = read()
                time.sleep(PAUSE_SECONDS)
                tell("last" if is_last else "short", marts, first, read())
        tell("long", long_marts, before, long_read())


if __name__ == "__main__":
    main(*sys.argv[1:])
