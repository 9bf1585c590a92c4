"""The 3PL's messages and stock against the oracle, and against what the simulator planted."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from synthetic.profiles import PROFILES
from synthetic.truth import ledger_of
from synthetic.truth_tpl import tpl_rows
from synthetic.world import build_world
from tests.python.fixtures_marts import SEED
from tests.python.oracles.compare import near
from tests.python.oracles.tpl import Tpl


def ratio(part: int, whole: int) -> Decimal | None:
    """A share, None of nothing."""
    return Decimal(part) / Decimal(whole) if whole else None


def test_every_count_and_ratio_of_every_day(case):
    oracle = Tpl(case.company)
    rows = case.marts.rows("select * from visibility.kpi_tpl_consistency")
    mart = {(row["provider_code"], row["day_date"]): row for row in rows}
    held_alone = {key for key, row in mart.items() if row["held_back_row_count"] and not row["message_count"]}
    assert mart.keys() - held_alone == oracle.days.keys() and len(mart) == len(rows)
    for key, day in oracle.days.items():
        row = mart[key]
        counts = {
            "message_count": day.messages,
            "missing_message_count": day.missing,
            "due_order_count": day.due,
            "answered_order_count": day.answered,
            "delivered_row_count": day.delivered,
            "duplicate_row_count": day.duplicates,
            "rejected_message_count": day.rejected,
            "compared_record_count": day.compared,
            "matched_record_count": day.matched,
        }
        assert {name: row[name] for name in counts} == counts, key
        assert near(row["completeness_ratio"], ratio(day.messages, day.messages + day.missing)), key
        assert near(row["answer_ratio"], ratio(day.answered, day.due)), key
        assert near(row["consistency_ratio"], ratio(day.matched, day.compared)), key
        assert near(row["duplicate_ratio"], ratio(day.duplicates, day.delivered)), key
        held = row["held_back_row_count"]
        assert near(row["reject_ratio"], ratio(day.rejected + held, day.messages + held)), key
        assert near(row["ack_p95_minutes"], day.p95_minutes), key
    found = case.marts.rows("select * from visibility.fct_tpl_sequence_gap")
    gaps = {(r["provider_code"], r["first_missing_sequence_no"]): r["last_missing_sequence_no"] for r in found}
    assert gaps == oracle.gaps


def test_the_tiny_company_has_a_3pl_and_the_scorecard_alerts(tiny):
    days = Tpl(tiny.company).days
    assert len(days) == 60 and sum(day.messages for day in days.values()) > 900
    values = tiny.marts.rows("select * from scorecard.fct_kpi_value where kpi_id like 'tpl_%' and numerator > 0")
    assert {row["kpi_id"] for row in values} == {
        "tpl_completeness_ratio", "tpl_answer_ratio", "tpl_consistency_ratio", "tpl_ack_p95_minutes",
    }  # fmt: skip
    for row in values:
        if row["scope_type"] == "company" and row["kpi_id"] == "tpl_completeness_ratio":
            day = days["ibex", row["period_end_date"]]
            assert (row["numerator"], row["denominator"]) == (day.messages, day.messages + day.missing)
    alerts = tiny.marts.rows(
        "select * from scorecard.fct_alert where kpi_id = 'tpl_consistency_ratio' and alert_status = 'open'"
    )
    assert [(row["scope_type"], row["scope_id"]) for row in alerts] == [("provider", "ibex")]


def faults() -> dict[str, list[dict]]:
    """Planted faults of the provider by kind."""
    found: dict[str, list[dict]] = {}
    world = build_world(PROFILES["tiny"], SEED)
    for row in ledger_of(tpl_rows(world.company, world.tpl)).to_pylist():
        found.setdefault(row["fault"].removeprefix("tpl_"), []).append(row)
    return found


def test_every_planted_fault_is_found_and_nothing_else(tiny):
    struck, marts = faults(), tiny.marts
    ids = {kind: {row["event_id"] for row in rows} for kind, rows in struck.items()}
    assert len(struck) == 11 and all(struck.values()), "a kind of fault is not planted"

    gaps = marts.rows("select * from visibility.fct_tpl_sequence_gap")
    missing = {n for g in gaps for n in range(g["first_missing_sequence_no"], g["last_missing_sequence_no"] + 1)}
    assert missing == {row["sequence_no"] for kind in ("lost", "missing_field") for row in struck[kind]}

    held = marts.rows("select * from visibility.fct_quarantined_row where source = 'tpl'")
    by_rule = Counter((row["held_back_by"], row["rule_id"]) for row in held)
    assert by_rule == {
        ("validator", "required:reference"): len(struck["missing_field"]),
        ("master_data", "unknown_item"): len(struck["unknown_item"]),
        ("master_data", "unknown_uom"): len(struck["unknown_uom"]),
    }
    messages = marts.rows("select * from core.fct_shipment_message")
    assert {m["message_id"] for m in messages if m["quarantine_rule"] == "unknown_item"} == ids["unknown_item"]
    assert {m["message_id"] for m in messages if m["quarantine_rule"] == "unknown_uom"} == ids["unknown_uom"]
    assert {m["message_id"] for m in messages if m["status"] == "rejected"} == ids["rejected"]
    assert {m["message_id"] for m in messages if m["duplicate_count"]} == ids["duplicate_next_batch"]

    corrected = {row["event_id"]: row["qty"] for row in struck["conflicting"]}
    told = {m["message_id"]: m["message_qty"] for m in messages if m["message_id"] in corrected}
    assert told == corrected, "the corrected quantity wins, in base units"

    orders = marts.rows("select * from visibility.int_visibility__tpl_order where is_due and not is_answered")
    lost = {row["event_id"] for kind in ("lost", "missing_field") for row in struck[kind]}
    unanswered = {order["reference"].split("-")[1] for order in orders}
    assert unanswered >= ids["unanswered"] and len(unanswered) <= len(ids["unanswered"]) + len(lost)

    slow = marts.rows("select day_date from visibility.kpi_tpl_consistency where ack_p95_minutes > 15")
    assert len(slow) == 1, "the day of late acknowledgements and no other"

    last = "select max(cut_off_at) from visibility.int_visibility__tpl_comparison"
    doubled = marts.rows(
        "select item_code from visibility.int_visibility__tpl_comparison "
        "inner join core.bridge_sku_system_id using (sku_id) "
        f"where cut_off_at = ({last}) and tpl_on_hand_qty = 2 * ledger_on_hand_qty and division_code = 'south'"
    )
    assert {row["item_code"] for row in doubled} >= {row["item_code"] for row in struck["misstated"]}


def test_no_row_is_lost_between_the_accepted_rows_and_the_marts(case):
    (row,) = case.marts.rows("""
        select
            (select count(*) from staging.stg_tpl__shipment_messages) as accepted,
            (select count(*) from unified.stg_unified__tpl_message) as placed,
            (select coalesce(sum(delivery_count), 0) from core.fct_shipment_message) as counted,
            (select count(*) from staging.stg_tpl__stock_advices) as lines,
            (select count(*) from unified.stg_unified__tpl_stock_advice) as placed_lines
    """)
    assert row["accepted"] == row["placed"] == row["counted"]
    assert row["lines"] == row["placed_lines"]
