"""Figures of closed periods, whatever moves them: each change has a row of restatement, and nothing else has one.

Here: what a June generation told, landed, under all that was sent since and under costs sent backdated in July, and the
day after. Not here: which changes leave a closed month alone (test_closed_months.py), the unit tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal

import duckdb
import pytest

from orchestration.lib.contracts import load_contracts
from orchestration.lib.landing import write_batch
from orchestration.lib.paths import REPO, Home
from orchestration.lib.published_history import CLOSED_KPI_VALUES, told
from tests.python.compiled import Project
from tests.python.faults.stream import Stream
from tests.python.faults.test_closed_months import CLOSED, SINCE, copied
from tests.python.fixtures_marts import simulate

JULY, NEXT_DAY = datetime(2026, 7, 1, 6, tzinfo=UTC), datetime(2026, 7, 2, 6, tzinfo=UTC)
FIGURES = "numerator, denominator, kpi_value, reason_code"
Figures = dict[tuple, tuple]


@pytest.fixture(scope="module")
def scorecard(whole_project: Project) -> Project:
    """The scorecard, restatements, and what they read."""
    needed = {"fct_kpi_restatement", "fct_closed_kpi_value", "fct_kpi_value"}
    return whole_project.needed_by(lambda node: node.name in needed)


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The tiny company, all it ever sent."""
    home = Home.at(tmp_path_factory.mktemp("landed") / "home").make()
    simulate(home)
    return home


def figures(marts: duckdb.DuckDBPyConnection) -> Figures:
    """KPI, scope and end of period -> the figures of closed periods, SKUs and their records apart."""
    rows = marts.execute(
        f"select kpi_id, scope_type, scope_id, period_end_date, {FIGURES} from scorecard.fct_kpi_value "
        f"where period_end_date <= date '{CLOSED}' and scope_type not in ('sku', 'sku_location')"
    ).fetchall()
    return {row[:4]: row[4:] for row in rows}


def restatements(marts: duckdb.DuckDBPyConnection) -> dict[tuple, tuple[tuple, tuple]]:
    """KPI, scope and end of period -> (told, restated) of this cut-off; an earlier cut-off's are left out."""
    old = ", ".join(f"told_{name}" for name in FIGURES.split(", "))
    rows = marts.execute(
        f"select kpi_id, scope_type, scope_id, period_end_date, {old}, {FIGURES} from scorecard.fct_kpi_restatement "
        "inner join core.dim_cutoff on restated_at = as_of_at"
    ).fetchall()
    return {row[:4]: (row[4:8], row[8:]) for row in rows}


@contextmanager
def run(project: Project, stream: Stream, tell: Stream | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """The marts of a stream; what they tell of closed periods is landed in `tell` as publishing them would."""
    with project.run(stream.home) as marts:
        if tell:
            contract = load_contracts(REPO)["audit", CLOSED_KPI_VALUES]
            ((at,),) = marts.execute("select as_of_at from core.dim_cutoff").fetchall()
            table = told(marts, CLOSED_KPI_VALUES, f"g-{at:%Y%m%d}", contract)
            assert table.num_rows
            folder = tell.home.landing
            write_batch(folder, "audit", "central", CLOSED_KPI_VALUES, f"c{at:%Y%m%d}", table, at, contract=contract)
        yield marts


@pytest.fixture(scope="module")
def june(scorecard: Project, landed: Home, tmp_path_factory) -> tuple[Stream, Figures]:
    """A stream of all that was sent, with what was told shortly after May had closed; and those figures."""
    stream = copied(landed, tmp_path_factory.mktemp("all") / "home")
    early = copied(landed, tmp_path_factory.mktemp("june") / "home", lambda at: at <= SINCE)
    with run(scorecard, early, stream) as marts:
        assert marts.execute("select closed_until_date from core.dim_close").fetchall() == [(CLOSED,)]
        assert not restatements(marts)
        return stream, figures(marts)


def differences(then: Figures, now: Figures) -> dict[tuple, tuple[tuple, tuple]]:
    """What two runs say otherwise of the periods that the first one told."""
    gone = (None, None, None, "no_longer_told")
    return {key: (row, now.get(key, gone)) for key, row in then.items() if now.get(key, gone) != row}


@pytest.fixture(scope="module")
def july(scorecard: Project, june, tmp_path_factory) -> tuple[Stream, Figures, dict]:
    """All that was sent and, on the first of July, twice the cost of forty items from April on; what is told of it is
    landed in the stream that the next run would see."""
    stream = copied(june[0].home, tmp_path_factory.mktemp("july") / "home")
    batch = stream.batches("erp/north/item_costs")[-1]
    rows = [row for row in stream.rows(batch) if row["unit_cost"]][:40]
    assert len(rows) == 40
    changed = [r | {"unit_cost": Decimal(r["unit_cost"]) * 2, "valid_from": date(2026, 4, 1)} for r in rows]
    stream.write("erp/north/item_costs/20260701-late", changed, JULY)
    after = copied(stream.home, tmp_path_factory.mktemp("after") / "home")
    with run(scorecard, stream, after) as marts:
        return after, figures(marts), restatements(marts)


def test_each_change_of_a_closed_figure_is_told_and_nothing_else(june, july):
    _, then = june
    _, now, said = july
    changed = differences(then, now)
    assert said == changed
    told_again = {key[0] for key in said}
    assert told_again >= {"inventory_turnover", "gmroii", "carrying_cost_ratio"}, "the cost of April moves them"
    assert told_again >= {"line_fill_ratio", "count_accuracy_ratio"}, "so do invoices and counts that came since"
    assert len(said) < len(then) / 2, "most closed figures stay"


def test_a_record_of_itself_changes_nothing(scorecard, july):
    """The same batches and what the first run told of them: the same figures and restatements."""
    after, now, said = july
    with run(scorecard, after) as marts:
        assert (figures(marts), restatements(marts)) == (now, said)


def test_what_was_told_in_july_is_history_in_august(scorecard, july, tmp_path):
    after, _, said = july
    stream = copied(after.home, tmp_path / "home")
    batch = stream.batches("erp/north/divisions")[-1]
    stream.write("erp/north/divisions/20260702-again", stream.rows(batch), NEXT_DAY)
    with run(scorecard, stream) as marts:
        assert not restatements(marts), "a day later nothing has changed"
        kept = marts.execute(
            "select kpi_id, scope_type, scope_id, period_end_date, kpi_value from scorecard.fct_kpi_restatement "
            f"where period_end_date <= date '{CLOSED}'"
        ).fetchall()
        assert {row[:4]: row[4] for row in kept} == {key: new[2] for key, (_, new) in said.items()}
        assert len(kept) == len(said)
