"""What a generation told at its cut-off and later data cannot tell: landing batches of source audit for later runs.

Many figures are told of today alone (what is open, flagged or planned now), and what was told of a closed period is
known to those who read it then. Here: which of them are written down, and writing them. Not here: how history joins the
scorecard and what a restatement is (models/marts/scorecard), how flags become episodes with a first day
(models/marts/visibility/fct_flag_episode.sql).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.lib import landing
from orchestration.lib.contracts import Contract, arrow_type, load_contracts
from orchestration.lib.generations import open_current
from orchestration.lib.paths import Home

SOURCE, INSTANCE = "audit", "central"
KPI_VALUES, CLOSED_KPI_VALUES, RECORD_FLAGS = "kpi_values", "closed_kpi_values", "record_flags"
TOLD = {
    KPI_VALUES: """
        select ? as generation, kpi_id, scope_type, scope_id, period_start_date, period_end_date, numerator,
            denominator, kpi_value, reason_code, as_of_at as as_of
        from scorecard.fct_kpi_value cross join core.dim_cutoff
        where period_end_date = as_of_date
        order by all
    """,
    CLOSED_KPI_VALUES: """
        select ? as generation, kpi_id, scope_type, scope_id, period_start_date, period_end_date, numerator,
            denominator, kpi_value, reason_code, as_of_at as as_of
        from scorecard.fct_closed_kpi_value
        where is_first_told or is_restated
        order by all
    """,
    RECORD_FLAGS: """
        select ? as generation, sku_id, location_id, rule_id, opened_date, closed_date, on_hand_qty, on_hand_amount,
            as_of_at as as_of
        from visibility.fct_flag_episode cross join core.dim_cutoff
        where opened_date = as_of_date or closed_date = as_of_date
        order by all
    """,
}
"""Landing entity -> SQL of its rows: values of KPIs of the cut-off's day; figures of closed periods that are new or
have changed; flags that this generation was the first to tell, or the first to tell no more."""


def told(connection: duckdb.DuckDBPyConnection, entity: str, generation: str, contract: Contract) -> pa.Table:
    """Rows of `entity` (a key of TOLD) as the marts of `connection`, those of `generation`, tell them."""
    schema = pa.schema([(column.name, arrow_type(column.data_type)) for column in contract.columns])
    return connection.execute(TOLD[entity], [generation]).to_arrow_table().cast(schema)


def record(home: Home, entity: str) -> Path | None:
    """Land what the current generation tells of `entity`, and return the folder; None where it tells nothing.

    Extracted at the cut-off and named by the content: a generation that says what an earlier one said lands nothing
    new, and no record ever moves the cut-off of a later run.
    """
    contract = load_contracts(home.repo)[SOURCE, entity]
    with open_current(home) as opened:
        generation = opened.generation
        name = f"c{generation.manifest['content_hash'][:12]}"
        if (home.landing / SOURCE / INSTANCE / entity / name / landing.MANIFEST).is_file():
            return None
        table = told(opened.connection, entity, generation.name, contract)
    if table.num_rows == 0:
        return None
    as_of = datetime.fromisoformat(generation.manifest["as_of"].removesuffix("Z"))
    return landing.write_batch(home.landing, SOURCE, INSTANCE, entity, name, table, as_of, contract=contract)
