"""Every landing entity: a good row loads, each way to break its contract is held back by name, and nobody forgot it.

Here: what must hold for all contracts of all sources alike, so that a new entity is tested by being written down. Not
here: the validator's edges (test_validator_rows.py) and what the simulator plants (test_synthetic_sources.py).
"""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace

import pyarrow.parquet as pq
import pytest
from contract_rows import FUTURE, Breach, breaches, good_row
from landing_fixture import Judge, send

from orchestration.lib.accepting import accept
from orchestration.lib.contracts import Column, Contract, Rule, load_contracts
from orchestration.lib.paths import REPO
from synthetic.profiles import PROFILES
from synthetic.world import build_world, emit

CONTRACTS = load_contracts(REPO)
LANDED = sorted(key for key, contract in CONTRACTS.items() if contract.kind != "record")

# Entities that the simulator does not emit, each with the reason. A reason that no longer holds fails a test.
NOT_EMITTED = {
    "audit.closed_kpi_values": "the refresh writes it after publishing",
    "audit.ingestion_runs": "the refresh writes it after publishing",
    "audit.kpi_values": "the refresh writes it after publishing",
    "audit.record_flags": "the refresh writes it after publishing",
    "audit.validation_locations": "the audit of a build writes it",
    "audit.validation_results": "the audit of a build writes it",
    "baseline.demand_forecasts": "made of what is published, by `make baseline`",
    "steward.alert_acknowledgements": "answers an alert of the marts; people give it through the command line",
    "steward.dispositions": "answers a flag of the marts: synthetic/stewards.py, after a build",
    "steward.proposal_verdicts": "answers a proposal of the marts",
    "steward.review_outcomes": "answers a review that a breach opened",
    "steward.sop_signoffs": "signs a pack that was frozen",
}


def judged(contract: Contract, found: list[Breach], home, tmp_path) -> list[str | None]:
    """The rule by which the validator holds back each row of one file, None where it loads it."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=[column.name for column in contract.columns])
    writer.writeheader()
    writer.writerows(breach.row for breach in found)
    batch = send(
        home, {"t.csv": text.getvalue().encode()}, len(found), path=f"{contract.source}/x/{contract.entity}/b1"
    )
    judge = Judge({(contract.source, contract.entity): contract}, home.landing, tmp_path / "out")
    [account], loaded, held = judge(batch)
    assert account.file_rule is None, account
    rules = {row["row_number"]: row["rule"] for row in held}
    assert {row["_row"] for row in loaded} | set(rules) == set(range(1, len(found) + 1))
    for row in held:
        assert json.loads(row["raw_row"]) == found[row["row_number"] - 1].row
    return [rules.get(place + 1) for place in range(len(found))]


@pytest.mark.parametrize(("source", "entity"), LANDED, ids=[".".join(key) for key in LANDED])
def test_a_good_row_loads_and_each_breach_is_held_back_by_its_rule(source, entity, home, tmp_path):
    contract = CONTRACTS[source, entity]
    found = breaches(contract)
    required = sum(column.required for column in contract.columns)
    typed = sum(column.data_type != "varchar" for column in contract.columns)
    bounded = sum(column.name.endswith("qty") or column.name.startswith("factor_to") for column in contract.columns)
    assert len(found) == 1 + required + typed + bounded + len(contract.rules) + bool(contract.event_time)
    assert judged(contract, found, home, tmp_path) == [breach.rule for breach in found]


def test_a_row_with_nothing_but_what_is_required_loads_unless_a_rule_wants_more(home, tmp_path):
    """Required-ness is said by `required` alone: an optional column may be absent from every entity."""
    needs_more = []
    for number, key in enumerate(LANDED):
        contract = CONTRACTS[key]
        row = {c.name: value if c.required else None
               for c, value in zip(contract.columns, good_row(contract).values(), strict=True)}  # fmt: skip
        if judged(replace(contract, entity=f"e{number}"), [Breach(None, row)], home, tmp_path) != [None]:
            needs_more.append(".".join(key))
    # says_something: a reading without a figure is none; a verdict names the record or the row that it is on.
    assert needs_more == ["iot.readings", "steward.dispositions"]


THING = Contract(
    "erp", "things", 1, "event", (Column("kind", "varchar", True), Column("qty", "integer", True)),
    rules=(Rule("known_kind", "kind in ('big', 'small')"), Rule("small_is_few", "kind <> 'small' or qty < 5")),
)  # fmt: skip


def test_the_search_finds_what_a_rule_wants():
    rules = {breach.rule: breach.row for breach in breaches(THING)}
    assert rules[None] == {"kind": "big", "qty": "1"}
    assert rules["rule:known_kind"]["kind"] not in ("big", "small")
    assert rules["rule:small_is_few"] == {"kind": "small", "qty": "100"}


@pytest.mark.parametrize(("expression", "verb"), [("qty < 200", "breaks r"), ("qty > 200", "keeps r")])
def test_a_rule_that_cannot_be_broken_or_kept_is_named(expression, verb):
    contract = replace(THING, rules=(Rule("r", expression),))
    with pytest.raises(LookupError, match=rf"erp\.things: no row {verb}"):
        breaches(contract)


@pytest.mark.parametrize("lost", ["rule", "required", "type"])
def test_a_contract_that_lost_a_rule_is_noticed(lost, home, tmp_path):
    """The same rows against a weaker contract: the verdicts differ, so the comparison above can fail."""
    found = breaches(THING)
    weaker = {
        "rule": replace(THING, rules=THING.rules[1:]),
        "required": replace(THING, columns=(Column("kind", "varchar"), THING.columns[1])),
        "type": replace(THING, columns=(THING.columns[0], Column("qty", "varchar", True)), rules=THING.rules[:1]),
    }[lost]
    assert judged(weaker, found, home, tmp_path) != [breach.rule for breach in found]
    assert FUTURE > "2026-03-01T06:10"


# --- nobody forgot an entity --------------------------------------------------------------------------------------


def test_every_entity_is_emitted_or_says_why_not():
    world = build_world(PROFILES["tiny"], 7)
    emitted = {f"{batch.source}.{batch.entity}" for batch in emit(world, CONTRACTS) if batch.table.num_rows}
    missing = {".".join(key) for key in LANDED} - emitted
    assert missing == set(NOT_EMITTED), "emit the entity or write the reason; remove a reason that holds no more"


@pytest.mark.parametrize(("source", "entity"), sorted(CONTRACTS), ids=[".".join(key) for key in sorted(CONTRACTS)])
def test_every_entity_has_a_staging_view_and_a_place_in_the_reference(source, entity):
    view = REPO / "models" / "staging" / source / f"stg_{source}__{entity}.sql"
    assert re.search(rf"source\('{source}', '{entity}'\)", view.read_text(encoding="utf-8"))
    assert f"{source}.{entity}" in (REPO / "docs" / "reference" / "landing.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("source", sorted({source for source, _ in LANDED}))
def test_any_one_source_can_land_alone(source, home):
    """Models read every entity whoever has landed: those of the other sources are there, typed and empty."""
    for key in LANDED:
        if key[0] == source:
            row = good_row(CONTRACTS[key])
            text = io.StringIO()
            csv.writer(text).writerows([row, row.values()])
            send(home, {"t.csv": text.getvalue().encode()}, 1, path=f"{source}/x/{key[1]}/b1")
    accept(home)
    for key, contract in CONTRACTS.items():
        tables = [pq.read_table(file) for file in (home.pinned / key[0] / key[1]).glob("*.parquet")]
        assert all(table.schema.names == contract.accepted_schema.names for table in tables) and tables
        if contract.kind != "record":
            assert sum(table.num_rows for table in tables) == (key[0] == source)


def test_every_event_says_when_it_happened():
    """Freshness is judged by event time: an event that names none would look fresh for ever."""
    silent = [".".join(key) for key in LANDED if CONTRACTS[key].kind == "event" and not CONTRACTS[key].event_time]
    assert silent == []
