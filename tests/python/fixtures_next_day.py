"""The tiny company's next run: what an earlier generation published has landed, one movement more, and readers watch.

Here: that refresh, once a session, under the eyes of four readers, each in a process of its own. Not here: how a reader
reads (bi_reader.py), what readers must have seen (test_bi_access.py), what follows from the records of an earlier
generation (test_published_history.py).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.lib import generations, publishing
from orchestration.lib.contracts import arrow_type, load_contracts
from orchestration.lib.generations import open_current
from orchestration.lib.landing import MANIFEST, iter_batches, write_batch
from orchestration.lib.paths import REPO, Home
from orchestration.lib.published_history import CLOSED_KPI_VALUES
from tests.python.bi_reader import WAYS
from tests.python.fixtures_refresh import Refreshed, environment_of
from tests.python.marts_fixture import content_of

FOLDER = "audit/central/kpi_values"
WEEK_BEFORE = date(2026, 6, 24)
HIGH = Decimal("0.9")
TOLD_IN_JUNE = Decimal("0.123456")
LEDGER = "core.fct_stock_movement"
PARQUET_ABOVE = 1000
"""The tiny company has no fact of two million rows: the ledger is published as Parquet files from here on."""
REFRESH = (
    "import sys; from orchestration.lib import publishing; from orchestration.__main__ import main; "
    f"publishing.publish.__kwdefaults__['parquet_above'] = {PARQUET_ABOVE}; sys.exit(main(['refresh']))"
)


@dataclass(frozen=True)
class NextDay:
    """The home after it, the location that was bad before and is still and the one that is not any more, what the
    readers told per way in order, and the generations before and after."""

    home: Home
    bad: str
    good: str
    sessions: dict[str, list[dict]]
    before: generations.Generation
    after: generations.Generation


def rows_of(home: Home, sql: str) -> list[tuple]:
    with open_current(home) as opened:
        return opened.connection.execute(sql).fetchall()


def publish_with_parquet(home: Home) -> None:
    """Publish the build of `home` again with the ledger in Parquet files, as a company of that size has it."""
    total, tables = content_of(home.build_db)
    here = generations.current(home).manifest
    more = {"as_of": here["as_of"], "audit": here["audit"], "parquet_above": PARQUET_ABOVE}
    publishing.publish(home, home.build_db, pin_hash="again", content_hash=total, content=tables, **more)


def land_one_movement(home: Home) -> None:
    """A batch with one adjustment that was not there before."""
    contract = load_contracts(REPO)["wms", "movements"]
    last = max((b for b in iter_batches(home) if b.entity == "movements"), key=lambda b: (b.name, b.instance))
    extracted_at = datetime.fromisoformat(json.loads((last.folder / MANIFEST).read_text())["extracted_at"])
    (file,) = last.folder.glob("*.parquet")
    schema = pa.schema([(column.name, arrow_type(column.data_type)) for column in contract.columns])
    rows = pq.read_table(file).to_pylist()
    row = {name: value for name, value in rows[-1].items() if name in schema.names}
    row |= {"event_id": "bi-1", "event_type": "adjustment", "qty": 1, "transfer_id": None, "reverses_event_id": None}
    table = pa.Table.from_pylist([row], schema=schema)
    write_batch(home.landing, "wms", last.instance, "movements", "bi", table, extracted_at, contract=contract)


def two_years() -> list[tuple[str, str, date, Decimal]]:
    """Lateness of receipts at six sites by chance, and line fill that loses 0.4 of it two months later."""
    chance = np.random.default_rng(20240101)
    ends = [day.date() for day in pd.date_range("2024-03-31", "2026-02-28", freq="ME")]
    rows = []
    for site in range(6):
        late = chance.uniform(0, 0.3, len(ends))
        fill = 0.97 - 0.02 * site - 0.4 * np.roll(late, 2) + chance.normal(0, 0.02, len(ends))
        for day, x, y in zip(ends, late, fill, strict=True):
            values = (("receipt_late_alert_ratio", x), ("otif_ratio", chance.uniform()), ("line_fill_ratio", y))
            rows += [(kpi, f"site-{site}", day, Decimal(f"{value:.6f}")) for kpi, value in values]
    return rows


def land_an_earlier_record(home: Home) -> tuple[str, str]:
    """What a generation of the week before said: a location that is bad still, one that is not, a figure of May that
    it told otherwise. Returns both locations."""
    (bad,) = rows_of(home, "select min(scope_id) from scorecard.fct_alert where kpi_id = 'flagged_record_ratio'")[0]
    (good,) = rows_of(
        home,
        "select min(scope_id) from scorecard.fct_kpi_value where kpi_id = 'phantom_value_ratio' "
        "and scope_type = 'location' and kpi_value < 0.04",
    )[0]
    said = [("flagged_record_ratio", bad), ("phantom_value_ratio", good), ("kpi_of_the_past", bad)]
    rows = [(kpi, scope, WEEK_BEFORE, HIGH) for kpi, scope in said]
    rows += [("line_fill_ratio", bad, date(2026, 5, 31), HIGH), *two_years()]
    schema = pq.read_schema(next((home.landing / FOLDER).glob("*/*.parquet")))
    table = pa.Table.from_pylist(
        [
            {
                "generation": "g000000-earlier", "kpi_id": kpi, "scope_type": "location", "scope_id": scope,
                "period_start_date": day, "period_end_date": day, "numerator": 9, "denominator": 10,
                "kpi_value": value, "reason_code": None, "as_of": datetime(2026, 6, 24, 5, 30),
            }
            for kpi, scope, day, value in rows
        ],
        schema=schema,
    )  # fmt: skip
    write_batch(home.landing, "audit", "central", "kpi_values", "g000000-earlier", table, datetime(2026, 6, 24, 5, 30))
    may = {"kpi_id": "line_fill_ratio", "scope_id": bad, "period_start_date": date(2026, 5, 1)}
    told = [row | may for row in table.to_pylist() if row["kpi_id"] == "flagged_record_ratio"]
    told = [row | {"period_end_date": date(2026, 5, 31), "kpi_value": TOLD_IN_JUNE} for row in told]
    closed, at = pa.Table.from_pylist(told, schema=schema), datetime(2026, 6, 24, 5, 30)
    write_batch(home.landing, "audit", "central", CLOSED_KPI_VALUES, "g000000-earlier", closed, at)
    return bad, good


def watch(home: Home, stop: Path) -> dict[str, list[dict]]:
    """All four readers, a refresh under their eyes, and what they told; AssertionError with what a failed one said."""
    readers = {
        way: subprocess.Popen(
            [sys.executable, "-m", "tests.python.bi_reader", way, str(home.root), str(stop)],
            cwd=REPO,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for way in WAYS
    }
    try:
        firsts = {way: reader.stdout.readline() for way, reader in readers.items()}
        done = subprocess.run(
            [sys.executable, "-c", REFRESH], cwd=REPO, env=environment_of(home), capture_output=True, text=True
        )
        stop.touch()
        told = {way: reader.communicate(timeout=120) for way, reader in readers.items()}
    finally:
        for reader in readers.values():
            reader.kill()
    assert done.returncode == 0, done.stdout + done.stderr
    for way, reader in readers.items():
        assert reader.returncode == 0, f"{way}: {told[way][1]}"
    return {way: [json.loads(s) for s in (firsts[way] + told[way][0]).splitlines()] for way in WAYS}


@pytest.fixture(scope="session")
def next_day(refreshed: Refreshed, tmp_path_factory: pytest.TempPathFactory) -> NextDay:
    """The refresh after `refreshed`, in a copy of its home; read it, never write it."""
    root = tmp_path_factory.mktemp("next-day")
    shutil.copytree(refreshed.home.root, root / "home", symlinks=True)
    home = Home.at(root / "home")
    publish_with_parquet(home)
    before = generations.current(home)
    bad, good = land_an_earlier_record(home)
    land_one_movement(home)
    sessions = watch(home, root / "stop")
    return NextDay(home, bad, good, sessions, before, generations.current(home))
