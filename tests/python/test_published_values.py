"""Figures that are told of the day alone have a history: each generation's are landed and read by the runs after it.

Here: the landed record of a refreshed home, and one with the record of an earlier generation beside it. Not here: what
an alert is (unit tests of fct_alert).
"""

from __future__ import annotations

import shutil
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.lib.generations import current, open_current
from orchestration.lib.landing import write_batch
from orchestration.lib.paths import Home
from orchestration.lib.published_values import record_values
from tests.python.fixtures_refresh import Refreshed, run_cli

FOLDER = "audit/central/kpi_values"
WEEK_BEFORE = date(2026, 6, 24)
HIGH = Decimal("0.9")


def rows_of(home: Home, sql: str) -> list[tuple]:
    with open_current(home) as opened:
        return opened.connection.execute(sql).fetchall()


def test_the_values_of_the_cut_off_land_once_under_the_name_of_their_generation(refreshed: Refreshed):
    home = refreshed.home
    (folder,) = sorted((home.landing / FOLDER).iterdir())
    assert folder.name == current(home).name
    table = pq.read_table(next(folder.glob("*.parquet")))
    told = {(r["kpi_id"], r["scope_type"], r["scope_id"]): r["kpi_value"] for r in table.to_pylist()}
    said = rows_of(
        home,
        "select kpi_id, scope_type, scope_id, kpi_value from scorecard.fct_kpi_value "
        "inner join core.dim_cutoff on period_end_date = as_of_date",
    )
    assert told == {tuple(row[:3]): row[3] for row in said}
    assert {kpi for kpi, *_ in told} >= {"flagged_record_ratio", "stock_healthy_ratio"}
    before = folder.stat().st_mtime_ns, sorted(path.name for path in folder.iterdir())
    record_values(home)
    assert (folder.stat().st_mtime_ns, sorted(path.name for path in folder.iterdir())) == before
    assert len(list((home.landing / FOLDER).iterdir())) == 1


@pytest.fixture(scope="module")
def later(refreshed: Refreshed, tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, str, str]:
    """A refreshed home that finds an earlier generation's record: a location that is bad still, and one that is not."""
    target = tmp_path_factory.mktemp("later") / "home"
    shutil.copytree(refreshed.home.root, target, symlinks=True)
    home = Home.at(target)
    (bad,) = rows_of(home, "select min(scope_id) from scorecard.fct_alert where kpi_id = 'flagged_record_ratio'")[0]
    (good,) = rows_of(
        home,
        "select min(scope_id) from scorecard.fct_kpi_value where kpi_id = 'phantom_value_ratio' "
        "and scope_type = 'location' and kpi_value = 0",
    )[0]
    said = [("flagged_record_ratio", bad), ("phantom_value_ratio", good), ("kpi_of_the_past", bad)]
    rows = [(kpi, scope, WEEK_BEFORE) for kpi, scope in said] + [("line_fill_ratio", bad, date(2026, 5, 31))]
    schema = pq.read_schema(next((home.landing / FOLDER).glob("*/*.parquet")))
    table = pa.Table.from_pylist(
        [
            {
                "generation": "g000000-earlier", "kpi_id": kpi, "scope_type": "location", "scope_id": scope,
                "period_start_date": day, "period_end_date": day, "numerator": 9, "denominator": 10,
                "kpi_value": HIGH, "reason_code": None, "as_of": datetime(2026, 6, 24, 5, 30),
            }
            for kpi, scope, day in rows
        ],
        schema=schema,
    )  # fmt: skip
    write_batch(home.landing, "audit", "central", "kpi_values", "g000000-earlier", table, datetime(2026, 6, 24, 5, 30))
    done = run_cli(home, "refresh")
    assert done.returncode == 0, done.stdout + done.stderr
    return home, bad, good


def test_an_alert_knows_since_when_and_closes(later: tuple[Home, str, str]):
    home, bad, good = later
    as_of = rows_of(home, "select as_of_date from core.dim_cutoff")[0][0]
    columns = "alert_status, first_seen_date, closed_date, period_end_date, breach_period_count, numerator, denominator"
    alert = f"select {columns} from scorecard.fct_alert where kpi_id = '{{}}' and scope_id = '{{}}'"
    ((status, since, closed, last, periods, *_),) = rows_of(home, alert.format("flagged_record_ratio", bad))
    assert (status, since, closed, last, periods) == ("open", WEEK_BEFORE, None, as_of, 2)
    told = ("closed", WEEK_BEFORE, as_of, WEEK_BEFORE, 1, Decimal(9), Decimal(10))
    assert rows_of(home, alert.format("phantom_value_ratio", good)) == [told]


def test_history_is_what_data_cannot_tell(later: tuple[Home, str, str]):
    home, *_ = later
    high = f"select distinct kpi_id from scorecard.fct_kpi_value where kpi_value = {HIGH} and numerator = 9"
    assert {kpi for (kpi,) in rows_of(home, high)} == {"flagged_record_ratio", "phantom_value_ratio"}


def test_the_records_of_runs_are_no_content(later: tuple[Home, str, str]):
    """Built again after its own record has landed, a cut-off has the content that it had."""
    home = later[0]
    before = current(home).manifest["content_hash"]
    done = run_cli(home, "refresh")
    assert done.returncode == 0, done.stdout + done.stderr
    assert current(home).manifest["content_hash"] == before
