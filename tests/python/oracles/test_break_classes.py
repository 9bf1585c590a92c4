"""Every class of break that is planted in the tiny company is found as that class, and nothing else is a break.

Here: the confusion matrix of planted against found, and the evidence beside each class. Not here: the arithmetic of a
class, which has its dbt unit test, and the demo company, whose matrix stands in docs/company.md.
"""

from __future__ import annotations

from tests.python.oracles.break_classes import LAST_BREAKS, LEAVES, confusion, planted_classes, scores
from tests.python.oracles.test_planted_truth import planted_rows

CLASSES = {"uom_mismatch", "opening_balance", "timing", "in_transit", "ownership", "duplicate_txn", "missing_txn",
           "status_mismatch", "master_mismatch", "true_variance"}  # fmt: skip


def test_the_matrix_of_planted_and_found_classes_is_diagonal(tiny_marts):
    matrix = confusion(planted_rows(), tiny_marts.rows(LAST_BREAKS))
    assert {pair for pair in matrix if pair[0] != pair[1]} == set(), matrix
    assert set(scores(matrix)) == CLASSES | {LEAVES["bin_deviation"]}
    assert all(planted == found == right > 0 for planted, found, right in scores(matrix).values())


def test_every_class_has_its_evidence_and_explains_the_whole_difference(tiny_marts):
    broken = [row for row in tiny_marts.rows(LAST_BREAKS) if row["found"] in CLASSES]
    assert broken
    for row in broken:
        assert row["evidence"]
        assert row["explained_qty"] == (0 if row["found"] == "true_variance" else row["delta_qty"]), row


def test_evidence_names_what_was_planted(tiny_marts):
    """The lost number, the transfer, the owner: a class is no guess."""
    evidence = {
        (row["division_code"], row["item_code"], row["location_id"]): row["evidence"]
        for row in tiny_marts.rows(LAST_BREAKS)
    }
    named = 0
    for row in planted_rows():
        said = evidence.get((row["division_code"], row["item_code"], f"{row['division_code']}.{row['location_code']}"))
        words = {
            "lost_in_wms": [f"number {row['sequence_no']} of {row['device_id']} never came"],
            "sign_error": [f"number {row['sequence_no']} of {row['device_id']} refused by rule:sign_fits_event_type"],
            "missing_transfer_leg": ["lacks its leg in"],
            "unknown_item": [f"event {row['event_id']} of item ZZ-UNMAPPED"],
            "unknown_uom": [f"event {row['event_id']}", "unknown_uom"],
            "consignment_as_own": ["belongs to S10"],
            "blocked_left_out": ["that the ledger holds as blocked"],
        }.get(row["fault"], [])
        for word in words:
            assert word in said, (row, said)
            named += 1
    assert named > len(CLASSES) / 2


def test_what_is_explained_is_no_error_of_the_record(tiny_marts):
    """DQ-P4 flags what is wrong with the goods or their record, not what two systems mean differently."""
    flagged = {
        (row["division_code"], row["item_code"], row["location_id"])
        for row in tiny_marts.rows(
            "select division_code, item_code, location_id from visibility.fct_stock_record_flag "
            "inner join core.bridge_sku_system_id using (sku_id) where rule_id = 'DQ-P4'"
        )
    }
    explained = {"opening_balance", "timing", "in_transit", "ownership", "status_mismatch"}
    for record, kind in planted_classes(planted_rows()).items():
        if kind != LEAVES["bin_deviation"]:
            assert (record in flagged) == (kind not in explained), (record, kind)


def test_a_lost_event_leaves_the_record_unconfirmed_and_a_found_one_does_not(tiny_marts):
    rows = tiny_marts.rows(
        "select break_class, side_alone, is_matched, is_unconfirmed from visibility.kpi_stock_reconciliation"
    )
    assert all(row["is_unconfirmed"] for row in rows if row["break_class"] == "missing_txn")
    assert not any(row["is_unconfirmed"] for row in rows if row["is_matched"])


def test_a_transfer_without_its_leg_in_is_overdue(tiny_marts):
    lacking = [row for row in planted_rows() if row["fault"] == "missing_transfer_leg"]
    found = tiny_marts.rows("select transfer_id, in_transit_qty from core.fct_transfer where is_overdue")
    assert sorted(row["in_transit_qty"] for row in found) == sorted(row["qty"] for row in lacking)
    assert all(row["transfer_id"] in f"{lacking}" for row in found)
