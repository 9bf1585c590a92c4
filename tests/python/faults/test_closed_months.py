"""Closed months of the lag indicators: the same at every later run, whatever comes, but for rows of restatement.

Here: invariant I8 and law 3 for the KPIs of a month: all of the tiny company as it stood shortly after a close against
all that was sent since, events that come after the close, and policy that begins later. Not here: what the books of a
day say (test_late.py).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.lib.paths import Home
from tests.python.compiled import Project
from tests.python.faults.stream import Stream
from tests.python.fixtures_marts import simulate

CLOSED = date(2026, 5, 31)
SINCE = datetime(2026, 6, 12, tzinfo=UTC)
"""May closed at the end of 5 June; the weekly batches of June are still to come."""
TOO_LATE = datetime(2026, 7, 1, 6, tzinfo=UTC)
KPIS = {  # what a row is of
    "lag.kpi_inventory_turnover": "scope_type, scope_id, last_day_date",
    "lag.kpi_gmroii": "scope_type, scope_id, last_day_date",
    "lag.kpi_carrying_cost": "scope_type, scope_id, last_day_date",
    "lag.kpi_inventory_to_sales": "scope_type, scope_id, last_day_date, period_type",
    "service.kpi_primary_lag_indicator": "scope_type, scope_id, last_day_date",
}
NEEDED = {name.split(".")[1] for name in KPIS} | {"fct_restatement", "fct_cogs_daily"}
Figures = dict[tuple, tuple]


@pytest.fixture(scope="module")
def lag_project(whole_project: Project) -> Project:
    """The KPIs above, restatements and what they read."""
    return whole_project.needed_by(lambda node: node.name in NEEDED)


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The tiny company, all it ever sent."""
    home = Home.at(tmp_path_factory.mktemp("landed") / "home").make()
    simulate(home)
    return home


def figures(marts: duckdb.DuckDBPyConnection, name: str, until: date | None = CLOSED) -> Figures:
    """The rows of a KPI by their keys, up to a day or of the months after it."""
    names = [row[0] for row in marts.execute(f"describe {name}").fetchall()]
    keys = KPIS[name].split(", ")
    rows = marts.execute(f"select * from {name} where last_day_date <= date '{until}'").fetchall()
    return {tuple(row[names.index(key)] for key in keys): row for row in rows}


@contextmanager
def run(project: Project, landed: Home, root: Path, keep=lambda at: True) -> Iterator[duckdb.DuckDBPyConnection]:
    """The marts of what was extracted at moments to `keep`; `root` is a new home."""
    with project.run(copied(landed, root, keep).home) as marts:
        yield marts


def copied(landed: Home, root: Path, keep=lambda at: True) -> Stream:
    """A landing area of one's own with the batches to keep."""
    home = Home.at(root).make()
    for manifest in sorted(landed.landing.rglob("_manifest.json")):
        at = json.loads(manifest.read_text(encoding="utf-8"))["extracted_at"]
        if keep(datetime.fromisoformat(at.replace("Z", "+00:00"))):
            folder = manifest.parent
            shutil.copytree(folder, home.landing / folder.relative_to(landed.landing))
    return Stream(home)


@pytest.fixture(scope="module")
def as_published(lag_project: Project, landed: Home, tmp_path_factory) -> dict[str, Figures]:
    """KPI -> the rows of closed months as they were told in June."""
    root = tmp_path_factory.mktemp("june") / "home"
    with run(lag_project, landed, root, lambda at: at <= SINCE) as marts:
        assert marts.execute("select as_of_date from core.dim_cutoff").fetchone()[0] < date(2026, 6, 12)
        return {name: figures(marts, name) for name in KPIS}


@pytest.fixture(scope="module")
def today(lag_project: Project, landed: Home, tmp_path_factory) -> dict[str, Figures]:
    """KPI -> all rows by all that was sent."""
    with run(lag_project, landed, tmp_path_factory.mktemp("today") / "home") as marts:
        return {name: figures(marts, name, date(2026, 12, 31)) for name in KPIS}


def closed(rows: Figures) -> Figures:
    """The rows of closed months."""
    return {key: row for key, row in rows.items() if key[2] <= CLOSED}


@pytest.mark.parametrize("name", KPIS)
def test_a_month_run_again_today_gives_the_figures_published_then(as_published, today, name):
    """Three weeks of batches later, masters and costs sent anew among them, every closed month says what it said."""
    then, now = as_published[name], today[name]
    assert len(then) > 40 and len(now) > len(then)
    assert {key: now.get(key) for key in then} == then
    assert then.keys() == closed(now).keys()


@pytest.fixture(scope="module")
def late(lag_project: Project, landed: Home, tmp_path_factory) -> tuple[dict[str, Figures], dict[str, Decimal]]:
    """KPI -> all rows after twelve sales of May came in July, and the sums of the restatements they gave."""
    stream = copied(landed, tmp_path_factory.mktemp("late") / "home")
    rows = [r for r in stream.rows("wms/DAL1/movements/20260518") if r["event_type"] == "sales_issue"][:12]
    assert len(rows) == 12
    changed = [r | {"event_id": f"LATE-{n}", "device_id": None, "sequence_no": None} for n, r in enumerate(rows)]
    stream.write("wms/DAL1/movements/20260701-late", changed, TOO_LATE)
    with lag_project.run(stream.home) as marts:
        told = marts.execute(
            "select count(*), sum(sold_qty), sum(restated_cogs_amount), min(posting_date), max(event_date) "
            "from core.fct_restatement"
        ).fetchone()
        names = ("rows", "sold", "cogs", "posted", "happened")
        june = "select sum(cogs_amount) from core.fct_cogs_daily where event_date >= '2026-06-01'"
        sums = dict(zip(names, told, strict=True)) | {"june": marts.execute(june).fetchone()[0]}
        return {name: figures(marts, name, date(2026, 12, 31)) for name in KPIS}, sums


@pytest.mark.parametrize("name", KPIS)
def test_what_comes_after_the_close_leaves_the_closed_month_alone(today, late, name):
    """Sales of May that come in July are booked in June, whose books are open; May says what it said."""
    assert closed(late[0][name]) == closed(today[name])
    assert late[0][name] != today[name]


def test_and_is_told_by_restatement_rows(today, late):
    """The rows say to the unit and the cent what the closed month lacks and the open one has too much."""
    sums = late[1]
    assert sums["rows"] > 0 and sums["sold"] > 0 and sums["cogs"] > 0
    assert sums["happened"] <= date(2026, 5, 31) and sums["posted"] == date(2026, 6, 1)
    key = ("company", "LEAD", date(2026, 6, 30), "month")
    sold = {which: rows["lag.kpi_inventory_to_sales"][key] for which, rows in (("now", today), ("late", late[0]))}
    assert sold["late"] != sold["now"]


def test_policy_that_begins_later_leaves_earlier_months(lag_project, landed, today, tmp_path):
    """From June on capital costs three times as much, turns of units count and benchmarks change: May does not know."""
    seeds = tmp_path / "seeds.duckdb"
    shutil.copyfile(lag_project.seeds, seeds)
    changes = {
        "carrying_capital_rate": "0.3",
        "turnover_numerator": "units",
        "isr_benchmark": "RETAILIRSA",
        "isr_change_limit": "0",
        "season_switch": "0",
        "turnover_target": "1",
        "weeks_of_supply_target": "1",
        "min_cost_coverage": "1",
    }
    with duckdb.connect(str(seeds)) as connection:
        for key, value in changes.items():
            row = f"policy_key = '{key}' and scope_type = 'company'"
            new = "* replace (? as value, date '2026-06-01' as effective_from, null as effective_to)"
            connection.execute(
                f"insert into policy.policy_rows select {new} from policy.policy_rows where {row}", [value]
            )
            connection.execute(
                f"update policy.policy_rows set effective_to = date '2026-06-01' where {row} and value <> ?", [value]
            )
    project = replace(lag_project, seeds=seeds)
    with run(project, landed, tmp_path / "home") as marts:
        for name in KPIS:
            now = figures(marts, name, date(2026, 12, 31))
            assert closed(now) == closed(today[name]), name
            assert now != today[name] or name == "lag.kpi_gmroii", name
