"""Two small companies in one home, as divisions of one company: what adds up is the sum of the parts, each built alone.

Here: made data, so that it runs everywhere: the tiny company (ERP, WMS, 3PL, sensors) and the company of edge cases
(three currencies). Not here: systems that people use, whose figures and counts these are
(test_three_systems_together.py).
"""

from __future__ import annotations

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
RATES = {"EUR": Decimal("1.1"), "GBP": Decimal("1.3"), "USD": Decimal(1)}


def edges(home: Home) -> None:
    """The company of edge cases."""
    edge_company.land(home.landing)


def consolidate(home: Home) -> None:
    """One company, and so one rate for a currency: where its divisions send several, one of them speaks for all."""
    stream = Stream(home)
    for division in (home.landing / "erp").iterdir():
        for batch in stream.batches(f"erp/{division.name}/divisions"):
            stream.change(batch, lambda rows: [row | {"company_code": "LEAD"} for row in rows])
        if (division / "fx_rates").exists():
            for batch in stream.batches(f"erp/{division.name}/fx_rates"):
                stream.change(batch, lambda rows: [row | _one_rate(row) for row in rows])


def _one_rate(row: dict) -> dict:
    return {name: RATES[row["currency"]] for name in ("average_rate", "closing_rate")}


@pytest.fixture(scope="module")
def told(project: Project, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """What each part says alone, and both together: figures, counts, and the value of each division."""
    found = {}
    for name, lands in {"tiny": [simulate], "edge": [edges], "both": [simulate, edges]}.items():
        home = Home.at(Path(tmp_path_factory.mktemp(name)) / "home").make()
        for land in lands:
            land(home)
        consolidate(home)
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
