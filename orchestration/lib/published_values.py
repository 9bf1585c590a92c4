"""What a generation said of its KPIs at its cut-off, recorded as a landing batch of audit.kpi_values for later runs.

Many figures are told of today alone (what is open, flagged or planned now), and later data cannot tell what they were.
Here: writing down those of a published generation. Not here: how history joins the scorecard (models/marts/scorecard).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa

from orchestration.lib import landing
from orchestration.lib.contracts import arrow_type, load_contracts
from orchestration.lib.generations import open_current
from orchestration.lib.paths import Home

SOURCE, INSTANCE, ENTITY = "audit", "central", "kpi_values"
_VALUES = """
    select ? as generation, kpi_id, scope_type, scope_id, period_start_date, period_end_date, numerator, denominator,
        kpi_value, reason_code, as_of_at as as_of
    from scorecard.fct_kpi_value cross join core.dim_cutoff
    where period_end_date = as_of_date
    order by all
"""


def record_values(home: Home) -> Path | None:
    """Land the current generation's values of its cut-off day, and return the folder; None without any.

    Extracted at the cut-off and named by the content: a generation that says what an earlier one said lands nothing
    new, and no record ever moves the cut-off of a later run.
    """
    contract = load_contracts(home.repo)[SOURCE, ENTITY]
    schema = pa.schema([(column.name, arrow_type(column.data_type)) for column in contract.columns])
    with open_current(home) as opened:
        generation = opened.generation
        name = f"c{generation.manifest['content_hash'][:12]}"
        if (home.landing / SOURCE / INSTANCE / ENTITY / name / landing.MANIFEST).is_file():
            return None
        table = opened.connection.execute(_VALUES, [generation.name]).to_arrow_table().cast(schema)
    if table.num_rows == 0:
        return None
    as_of = datetime.fromisoformat(generation.manifest["as_of"].removesuffix("Z"))
    return landing.write_batch(home.landing, SOURCE, INSTANCE, ENTITY, name, table, as_of, contract=contract)
