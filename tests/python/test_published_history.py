"""Figures that are told of the day alone have a history: each generation's are landed and read by the runs after it.

Here: the landed record of a refreshed home, one with the record of an earlier generation beside it, and links of lead
indicators that are tried over two years of such records. Not here: what an alert is (unit tests of fct_alert).
"""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from orchestration.lib import accepting, warehouse
from orchestration.lib.generations import current
from orchestration.lib.paths import Home
from orchestration.lib.published_history import KPI_VALUES, record
from tests.python.fixtures_next_day import FOLDER, HIGH, TOLD_IN_JUNE, WEEK_BEFORE, NextDay, rows_of
from tests.python.fixtures_refresh import Refreshed, run_cli
from tests.python.oracles.lead_lag import links


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


def test_an_alert_knows_since_when_and_closes(next_day: NextDay):
    home, bad, good = next_day.home, next_day.bad, next_day.good
    as_of = rows_of(home, "select as_of_date from core.dim_cutoff")[0][0]
    columns = "alert_status, first_seen_date, closed_date, period_end_date, breach_period_count, numerator, denominator"
    alert = f"select {columns} from scorecard.fct_alert where kpi_id = '{{}}' and scope_id = '{{}}'"
    ((status, since, closed, last, periods, *_),) = rows_of(home, alert.format("flagged_record_ratio", bad))
    assert (status, since, closed, last, periods) == ("open", WEEK_BEFORE, None, as_of, 2)
    told = ("closed", WEEK_BEFORE, as_of, WEEK_BEFORE, 1, Decimal(9), Decimal(10))
    assert rows_of(home, alert.format("phantom_value_ratio", good)) == [told]


def test_history_is_what_data_cannot_tell(next_day: NextDay):
    home, bad = next_day.home, next_day.bad
    told = f"select distinct kpi_id from scorecard.fct_kpi_value where period_end_date = date '{WEEK_BEFORE}'"
    assert {"flagged_record_ratio", "phantom_value_ratio"} <= {kpi for (kpi,) in rows_of(home, told)}
    assert "kpi_of_the_past" not in {kpi for (kpi,) in rows_of(home, told)}
    month = "kpi_id = 'line_fill_ratio' and period_end_date = date '2026-05-31' and scope_type = 'location'"
    sql = f"select kpi_value from scorecard.fct_kpi_value where scope_id = '{bad}' and {month}"
    ((value,),) = rows_of(home, sql)
    assert value != HIGH, "what the data tell is not replaced by what was published"


def test_a_closed_figure_told_otherwise_is_a_row_and_stands_on_the_page_of_its_kpi(next_day: NextDay):
    home, bad = next_day.home, next_day.bad
    told = "kpi_id, scope_type, scope_id, period_end_date, told_kpi_value, kpi_value"
    ((*key, old, new),) = rows_of(home, f"select {told} from scorecard.fct_kpi_restatement")
    assert key == ["line_fill_ratio", "location", bad, date(2026, 5, 31)]
    assert old == TOLD_IN_JUNE and new not in (None, old)
    site = home.root / "site" / current(home).name
    shown = {page.stem for page in (site / "kpi").glob("*.html") if 'id="restated"' in page.read_text(encoding="utf-8")}
    assert shown == {"line_fill_ratio"}
    page = (site / "kpi" / "line_fill_ratio.html").read_text(encoding="utf-8")
    table = page[page.index('id="restated"') :].partition("</table>")[0].replace("\u00a0", " ")
    assert "12.3 %" in table and "24 Jun 2026" in table


def test_the_records_of_runs_are_no_content(next_day: NextDay, tmp_path: Path):
    """Built in full after its own record has landed, a cut-off has the content that increments had given it."""
    shutil.copytree(next_day.home.root, tmp_path / "home", symlinks=True)
    home = Home.at(tmp_path / "home")
    before = current(home).manifest["content_hash"]
    done = run_cli(home, "refresh", "--full-refresh")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "a full refresh was asked for" in done.stdout
    assert current(home).manifest["content_hash"] == before
    accepting.accept(home)
    plan = warehouse.make_plan(home, warehouse.read_pin(home))
    assert plan == warehouse.Plan(False, False, "the same batches as last time"), "the same content records nothing"


def test_a_planted_link_is_found_and_a_link_by_chance_is_not(next_day: NextDay):
    columns = "lead_kpi_id, link_status, best_lag_month_count, agreeing_scope_count, scope_count"
    sql = f"select {columns} from scorecard.kpi_lead_lag_link where lag_kpi_id = 'line_fill_ratio' order by 1"
    told = {row[0]: row[1:] for row in rows_of(next_day.home, sql)}
    assert told["receipt_late_alert_ratio"] == ("foretells", 2, 6, 6)
    assert told["otif_ratio"][0] == "not_shown"
    assert told["gross_variance_ratio"][0] == "too_short"
    ((value, tried),) = rows_of(
        next_day.home,
        "select kpi_value, denominator from scorecard.fct_kpi_value where kpi_id = 'lead_link_ratio' "
        "order by period_end_date desc limit 1",
    )
    assert (value, tried) == (Decimal("0.5"), 2)


@pytest.mark.parametrize(("lead", "sign"), [("receipt_late_alert_ratio", -1), ("otif_ratio", 1)])
def test_every_lag_of_a_link_is_the_oracles(next_day: NextDay, lead: str, sign: int):
    home = next_day.home
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
