"""Two small companies in one home, as divisions of one company: what adds up is the sum of the parts, each built alone.

Here: made data, so that it runs everywhere: the tiny company (ERP, WMS, 3PL, sensors) and the company of edge cases
(three currencies). Not here: systems that people use, whose figures and counts these are
(test_three_systems_together.py).
"""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.lib.paths import Home
from tests.python.compiled import Project, project, whole_project
from tests.python.faults.stream import Stream
from tests.python.fixtures_marts import simulate
from tests.python.oracles import edge_company
from tests.python.test_three_systems_together import COUNTS, FIGURES

__all__ = ["project", "whole_project"]
NAMES = ("average_rate", "closing_rate")
Rates = dict[tuple[str, str], dict[str, Decimal]]  # (currency, first day of the month) -> NAMES


def rates_of(home: Home) -> Rates:
    """The rates that a landed company sends; one rate a month is enough here."""
    found: Rates = {}
    for path in home.landing.glob("erp/*/fx_rates/*/*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found[row["currency"], row["month_start"][:10]] = {name: Decimal(row[name]) for name in NAMES}
    assert found
    return found


def edges(home: Home, rates: Rates) -> None:
    """The company of edge cases as divisions of the tiny one: its code, and its rates, since a company has one."""
    edge_company.land(home.landing)
    stream = Stream(home)
    for division, currency in edge_company.CURRENCIES.items():
        for batch in stream.batches(f"erp/{division}/divisions"):
            stream.change(batch, lambda rows: [row | {"company_code": "LEAD"} for row in rows])
        for batch in stream.batches(f"erp/{division}/fx_rates") if currency != "USD" else ():
            stream.change(batch, lambda rows: _as_the_company_says(rows, rates))


def _as_the_company_says(rows: list[dict], rates: Rates) -> list[dict]:
    """The months of the company's own rates with these, the others as they were; neither side lacks a month."""
    known = {f"{row['month_start']}" for row in rows}
    for currency, month in rates:
        if currency == rows[0]["currency"] and month not in known:
            rows.append(rows[0] | {"month_start": date.fromisoformat(month)})
    return [row | rates.get((row["currency"], f"{row['month_start']}"), {}) for row in rows]


def tiny(home: Home, rates: Rates) -> None:
    """The tiny company."""
    simulate(home)


@pytest.fixture(scope="module")
def told(project: Project, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """What each part says alone, and both together: figures, counts, and the value of each division."""
    found, rates = {}, {}
    for name, lands in {"tiny": [tiny], "edge": [edges], "both": [tiny, edges]}.items():
        home = Home.at(Path(tmp_path_factory.mktemp(name)) / "home").make()
        for land in lands:
            land(home, rates)
        rates = rates or rates_of(home)
        with project.run(home) as marts:
            found[name] = {figure: value(marts, query) for figure, query in FIGURES.items()}
            found[name] |= {table: value(marts, f"select count(*) from {table}") for table in COUNTS}
            found[name]["divisions"] = dict(marts.execute(_BY_DIVISION).fetchall())
            found[name]["companies"] = marts.execute("select distinct company_code from core.dim_location").fetchall()
    return found


_BY_DIVISION = """
select dim_location.division_code, sum(on_hand_amount)
from visibility.fct_stock_record inner join core.dim_location using (location_id) group by all
"""


def value(marts: duckdb.DuckDBPyConnection, query: str) -> Decimal:
    (found,) = marts.execute(query).fetchone()
    return Decimal(0) if found is None else Decimal(found)


@pytest.mark.parametrize("figure", [*FIGURES, *COUNTS])
def test_a_consolidated_figure_is_the_sum_of_its_parts(told, figure):
    assert told["both"][figure] == told["tiny"][figure] + told["edge"][figure]
    assert (told["tiny"][figure] and told["edge"][figure]) or figure in MAY_BE_NIL


MAY_BE_NIL = {"rows unaccounted", "rows held back"}


def test_each_division_keeps_the_value_that_it_has_alone(told):
    assert told["both"]["companies"] == [("LEAD",)]
    assert len(told["both"]["divisions"]) == 5
    assert told["both"]["divisions"] == told["tiny"]["divisions"] | told["edge"]["divisions"]
