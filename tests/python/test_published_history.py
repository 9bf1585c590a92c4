"""Figures that are told of the day alone have a history: each generation's are landed and read by the runs after it.

Here: the landed record of a refreshed home, one with the record of an earlier generation beside it, and links of lead
indicators that are tried over two years of such records. Not here: what an alert is (unit tests of fct_alert).
"""

from __future__ import annotations

import shutil
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.lib.generations import current, open_current
from orchestration.lib.landing import write_batch
from orchestration.lib.paths import Home
from orchestration.lib.published_history import CLOSED_KPI_VALUES, KPI_VALUES, record
from tests.python.fixtures_refresh import Refreshed, run_cli
from tests.python.oracles.lead_lag import links

FOLDER = "audit/central/kpi_values"
WEEK_BEFORE = date(2026, 6, 24)
HIGH = Decimal("0.9")
TOLD_IN_JUNE = Decimal("0.123456")


def rows_of(home: Home, sql: str) -> list[tuple]:
    with open_current(home) as opened:
        return opened.connection.execute(sql).fetchall()


def test_the_values_of_the_cut_off_land_once_under_the_name_of_their_content(refreshed: Refreshed):
    home = refreshed.home
    (folder,) = sorted((home.landing / FOLDER).iterdir())
    assert folder.name == "c" + current(home).manifest["content_hash"][:12]
    table = pq.read_table(next(folder.glob("*.parquet")))
    told = {(r["kpi_id"], r["scope_type"], r["scope_id"]): r["kpi_value"] for r in table.to_pylist()}
    said = rows_of(
        home,
        "select kpi_id, scope_type, scope_id, kpi_value from scorecard.fct_kpi_value "
        "inner join core.dim_cutoff on period_end_date = as_of_date",
    )
    assert told == {tuple(row[:3]): row[3] for row in said}
    assert {kpi for kpi, *_ in told} >= {"flagged_record_ratio", "stock_healthy_ratio"}
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert record(home, KPI_VALUES) is None
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert len(list((home.landing / FOLDER).iterdir())) == 1


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
    home, bad, _ = later
    told = f"select distinct kpi_id from scorecard.fct_kpi_value where period_end_date = date '{WEEK_BEFORE}'"
    assert {"flagged_record_ratio", "phantom_value_ratio"} <= {kpi for (kpi,) in rows_of(home, told)}
    assert "kpi_of_the_past" not in {kpi for (kpi,) in rows_of(home, told)}
    month = "kpi_id = 'line_fill_ratio' and period_end_date = date '2026-05-31' and scope_type = 'location'"
    sql = f"select kpi_value from scorecard.fct_kpi_value where scope_id = '{bad}' and {month}"
    ((value,),) = rows_of(home, sql)
    assert value != HIGH, "what the data tell is not replaced by what was published"


def test_a_closed_figure_told_otherwise_is_a_row_and_stands_on_the_page_of_its_kpi(later: tuple[Home, str, str]):
    home, bad, _ = later
    told = "kpi_id, scope_type, scope_id, period_end_date, told_kpi_value, kpi_value"
    ((*key, old, new),) = rows_of(home, f"select {told} from scorecard.fct_kpi_restatement")
    assert key == ["line_fill_ratio", "location", bad, date(2026, 5, 31)]
    assert old == TOLD_IN_JUNE and new not in (None, old)
    site = home.root / "site" / current(home).name
    shown = {page.stem for page in (site / "kpi").glob("*.html") if 'id="restated"' in page.read_text(encoding="utf-8")}
    assert shown == {"line_fill_ratio"}
    page = (site / "kpi" / "line_fill_ratio.html").read_text(encoding="utf-8")
    row = page[page.index('id="restated"') :]
    assert "12.3" in row[: row.index("</table>")] and "24 Jun 2026" in row[: row.index("</table>")]


def test_the_records_of_runs_are_no_content(later: tuple[Home, str, str]):
    """Built again after its own record has landed, a cut-off has the content that it had."""
    home = later[0]
    before = current(home).manifest["content_hash"]
    done = run_cli(home, "refresh")
    assert done.returncode == 0, done.stdout + done.stderr
    assert current(home).manifest["content_hash"] == before
    done = run_cli(home, "refresh")
    assert "increment: the same batches as last time" in done.stdout, "a run that changes nothing records nothing"


def test_a_planted_link_is_found_and_a_link_by_chance_is_not(later: tuple[Home, str, str]):
    columns = "lead_kpi_id, link_status, best_lag_month_count, agreeing_scope_count, scope_count"
    sql = f"select {columns} from scorecard.kpi_lead_lag_link where lag_kpi_id = 'line_fill_ratio' order by 1"
    told = {row[0]: row[1:] for row in rows_of(later[0], sql)}
    assert told["receipt_late_alert_ratio"] == ("foretells", 2, 6, 6)
    assert told["otif_ratio"][0] == "not_shown"
    assert told["gross_variance_ratio"][0] == "too_short"
    ((value, tried),) = rows_of(
        later[0],
        "select kpi_value, denominator from scorecard.fct_kpi_value where kpi_id = 'lead_link_ratio' "
        "order by period_end_date desc limit 1",
    )
    assert (value, tried) == (Decimal("0.5"), 2)


@pytest.mark.parametrize(("lead", "sign"), [("receipt_late_alert_ratio", -1), ("otif_ratio", 1)])
def test_every_lag_of_a_link_is_the_oracles(later: tuple[Home, str, str], lead: str, sign: int):
    home = later[0]
    names = ["kpi_id", "scope_id", "period_end_date", "kpi_value"]
    sql = f"select {', '.join(names)} from scorecard.fct_kpi_value where scope_type = 'location'"
    values = pd.DataFrame(rows_of(home, sql), columns=names)
    values["kpi_value"] = values["kpi_value"].astype(float)
    said = links(values, lead, "line_fill_ratio", sign, max_lag=6, holdout=9, level=0.95)
    figures = "learnt_correlation_ratio, held_out_correlation_ratio, held_out_low_ratio, held_out_high_ratio"
    rows = rows_of(
        home,
        f"select lag_month_count, learnt_point_count, held_out_point_count, {figures}, held_out_partial_ratio "
        f"from scorecard.fct_lead_lag_correlation where lead_kpi_id = '{lead}' and lag_kpi_id = 'line_fill_ratio'",
    )
    assert {row[0] for row in rows} == set(said) == set(range(1, 7))
    where = f"where lead_kpi_id = '{lead}' and lag_kpi_id = 'line_fill_ratio'"
    columns = "best_lag_month_count, agreeing_scope_count, scope_count"
    ((best, agreeing, scopes),) = rows_of(home, f"select {columns} from scorecard.kpi_lead_lag_link {where}")
    assert (agreeing, scopes) == (said[best].agreeing, said[best].scopes)
    for lag, learnt_points, points, *found in rows:
        one = said[lag]
        assert (learnt_points, points) == (one.learnt_points, one.points)
        expected = [one.learnt, one.held_out, one.low, one.high, one.partial]
        assert [float(value) for value in found] == pytest.approx(expected, abs=1e-4)
