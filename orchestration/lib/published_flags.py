"""Which flags of stock records a generation was the first to tell, or the first to tell no more: a landing batch of
audit.record_flags for later runs.

A flag is told of today alone, and later data cannot tell what was flagged. Here: writing down what changed. Not here:
how flags become episodes with a first day (models/marts/visibility/fct_flag_episode.sql).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa

from orchestration.lib import landing
from orchestration.lib.contracts import arrow_type, load_contracts
from orchestration.lib.generations import open_current
from orchestration.lib.paths import Home

SOURCE, INSTANCE, ENTITY = "audit", "central", "record_flags"
_CHANGES = """
    select ? as generation, sku_id, location_id, rule_id, opened_date, closed_date, on_hand_qty, on_hand_amount,
        as_of_at as as_of
    from visibility.fct_flag_episode cross join core.dim_cutoff
    where opened_date = as_of_date or closed_date = as_of_date
    order by all
"""


def record_flags(home: Home) -> Path | None:
    """Land the flags that opened or closed at the current generation's cut-off and return the folder, or None.

    Extracted at the cut-off and named by the content, as published_values.py does: a generation that says what an
    earlier one said lands nothing new, and no record ever moves the cut-off of a later run.
    """
    contract = load_contracts(home.repo)[SOURCE, ENTITY]
    schema = pa.schema([(column.name, arrow_type(column.data_type)) for column in contract.columns])
    with open_current(home) as opened:
        generation = opened.generation
        name = f"c{generation.manifest['content_hash'][:12]}"
        if (home.landing / SOURCE / INSTANCE / ENTITY / name / landing.MANIFEST).is_file():
            return None
        table = opened.connection.execute(_CHANGES, [generation.name]).to_arrow_table().cast(schema)
    if table.num_rows == 0:
        return None
    as_of = datetime.fromisoformat(generation.manifest["as_of"].removesuffix("Z"))
    return landing.write_batch(home.landing, SOURCE, INSTANCE, ENTITY, name, table, as_of, contract=contract)
