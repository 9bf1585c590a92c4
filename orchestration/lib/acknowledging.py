"""Escalations for the people who act on them: which are open, and landing the word that one was taken into work.

Here: reading them from the published generation and writing the steward's batch. Not here: who has to act by when
(seeds/policy/escalation_levels.csv) and what an acknowledgement changes (governance.fct_escalation). Time is an
argument.
"""

from __future__ import annotations

import difflib
import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import duckdb
import pyarrow as pa

from orchestration.lib.contracts import arrow_type, load_contracts
from orchestration.lib.generations import open_current
from orchestration.lib.landing import LandingError, write_batch
from orchestration.lib.paths import Home
from orchestration.lib.sql import utc_naive

SOURCE, ENTITY = "steward", "alert_acknowledgements"
_OPEN = """
    select escalation_id, current_level, responsible_role, first_due_date, is_sla_breached, breach_week_count,
        excess_amount, acknowledged_by
    from governance.fct_escalation
    where is_open
    order by current_level desc, excess_amount desc nulls last, escalation_id
"""
_ALERTS = (
    "select escalation_id from governance.fct_escalation",
    "select alert_id from scorecard.fct_alert",
)


@dataclass(frozen=True)
class Escalation:
    """An open escalation as published; excess_amount in company currency."""

    escalation_id: str
    current_level: int
    responsible_role: str
    first_due_date: date
    is_sla_breached: bool
    breach_week_count: int
    excess_amount: Decimal | None
    acknowledged_by: str | None


def open_escalations(home: Home) -> list[Escalation]:
    """The open escalations of the published generation, gravest first. GenerationError when nothing is published."""
    with open_current(home) as opened:
        return [Escalation(*row) for row in opened.connection.execute(_OPEN).fetchall()]


def acknowledge(home: Home, alert: str, by: str, note: str | None, at: datetime, team: str = "governance") -> str:
    """Land one acknowledgement and return the id of its batch; the next refresh reads it.

    alert: an escalation or alert that is published, by its whole id. by: who takes it. at: when (naive means UTC). The
    same word again changes nothing. LandingError for an unknown alert, with what is like it; GenerationError when
    nothing is published.
    """
    if not by.strip():
        raise LandingError("an acknowledgement needs a name: say who takes it")
    known = _published_ids(home)
    if alert not in known:
        near = [i for i in sorted(known) if alert and alert in i][:5] or difflib.get_close_matches(alert, known, n=5)
        listed = "".join(f"\n  {i}" for i in near) or " none: `make escalations` lists them"
        raise LandingError(f"nothing published is called {alert!r}: give the whole id. Like it:{listed}")
    moment = utc_naive(at).replace(microsecond=0)
    contract = load_contracts(home.repo)[SOURCE, ENTITY]
    row = {"alert_id": alert, "acknowledged_by": by.strip(), "acknowledged_at": moment, "note": (note or "").strip()}
    row["note"] = row["note"] or None
    schema = pa.schema([(column.name, arrow_type(column.data_type)) for column in contract.columns])
    batch = f"{moment:%Y%m%dT%H%M%S}-{hashlib.sha256(alert.encode()).hexdigest()[:8]}"
    write_batch(
        home.landing, SOURCE, team, ENTITY, batch, pa.Table.from_pylist([row], schema=schema), moment, contract=contract
    )
    return f"{SOURCE}/{team}/{ENTITY}/{batch}"


def _published_ids(home: Home) -> set[str]:
    found: set[str] = set()
    with open_current(home) as opened:
        for sql in _ALERTS:
            try:
                found |= {name for (name,) in opened.connection.execute(sql).fetchall()}
            except duckdb.CatalogException:
                continue  # a generation that was published before the mart existed
    return found
