"""Suite phantom_stock: stock that is on the books and probably not on the shelf.

Here: checks of records whose quantity, place or cost cannot be right or is not believed, and of the share of value they
make up.
Not here: ages (stale_stock.py).
"""

from __future__ import annotations

from expectations.check import CRITICAL, WARNING, Check, Rule, flagged, not_negative, within_limit

SUITE = "phantom_stock"
_RECORDS = "visibility.fct_stock_record"
_EVIDENCE = "visibility.fct_stock_record_evidence"
_RECORD_KEY = ("sku_id", "location_id")
_SEE_FLAGS = "published with its flag: see visibility.fct_stock_record_flag"

CHECKS: tuple[Check, ...] = (
    not_negative(
        Rule(
            SUITE,
            "DQ-N1",
            WARNING,
            "no record has negative stock",
            _SEE_FLAGS,
            dimension="validity",
            owner="inventory_control",
        ),
        _RECORDS,
        _RECORD_KEY,
        "on_hand_qty",
        flagged("DQ-N1"),
    ),
    within_limit(
        Rule(
            SUITE,
            "DQ-P1",
            WARNING,
            "a seller with stock does not stand still beyond chance",
            _SEE_FLAGS,
            dimension="phantom",
            owner="inventory_control",
        ),
        _RECORDS,
        _RECORD_KEY,
        "zero_sales_probability",
        "min_zero_sales_probability",
        is_floor=True,
        scope="was_selling and on_hand_qty > 0",
        keys_sql=flagged("DQ-P1"),
    ),
    within_limit(
        Rule(
            SUITE,
            "DQ-P2",
            WARNING,
            "stock on the books has moved lately",
            _SEE_FLAGS,
            dimension="phantom",
            owner="inventory_control",
        ),
        _RECORDS,
        _RECORD_KEY,
        "days_since_movement",
        "max_days_since_movement",
        is_strict=True,
        scope="on_hand_qty > 0",
        keys_sql=flagged("DQ-P2"),
    ),
    within_limit(
        Rule(
            SUITE,
            "DQ-P3",
            WARNING,
            "pickers find what the record promises",
            _SEE_FLAGS,
            dimension="phantom",
            owner="inventory_control",
        ),
        _EVIDENCE,
        _RECORD_KEY,
        "short_pick_count",
        "min_short_picks",
        is_strict=True,
        scope="on_hand_qty > 0",
        keys_sql=flagged("DQ-P3"),
    ),
    within_limit(
        Rule(
            SUITE,
            "DQ-P4",
            WARNING,
            "the ledger agrees with the system's balance within tolerance",
            _SEE_FLAGS,
            dimension="accuracy",
            owner="inventory_control",
        ),
        _RECORDS,
        _RECORD_KEY,
        "balance_delta_qty",
        "balance_tolerance_qty",
        expression="abs(balance_delta_qty)",
        keys_sql=flagged("DQ-P4"),
    ),
    within_limit(
        Rule(
            SUITE,
            "DQ-P5",
            WARNING,
            "no stock lies where it may not",
            _SEE_FLAGS,
            dimension="phantom",
            owner="inventory_control",
        ),
        _EVIDENCE,
        _RECORD_KEY,
        "impossible_place_qty",
        "max_misplaced_qty",
        keys_sql=flagged("DQ-P5"),
    ),
    within_limit(
        Rule(
            SUITE,
            "DQ-P6",
            WARNING,
            "what came in is put away",
            _SEE_FLAGS,
            dimension="phantom",
            owner="inventory_control",
        ),
        _EVIDENCE,
        _RECORD_KEY,
        "staging_hours",
        "max_staging_hours",
        keys_sql=flagged("DQ-P6"),
    ),
    within_limit(
        Rule(
            SUITE,
            "DQ-P7",
            WARNING,
            "no bin lacks what another has too much of",
            _SEE_FLAGS,
            dimension="phantom",
            owner="inventory_control",
        ),
        _EVIDENCE,
        _RECORD_KEY,
        "opposite_bin_qty",
        "max_misplaced_qty",
        keys_sql=flagged("DQ-P7"),
    ),
    within_limit(
        Rule(
            SUITE, "DQ-V2", WARNING, "the cost of stock did not jump", _SEE_FLAGS, dimension="accuracy", owner="finance"
        ),
        _EVIDENCE,
        _RECORD_KEY,
        "cost_change_ratio",
        "max_cost_change_ratio",
        scope="on_hand_qty <> 0",
        keys_sql=flagged("DQ-V2"),
    ),
    within_limit(
        Rule(
            SUITE,
            "PV-1",
            CRITICAL,
            "the flagged share of a location's stock value stays within policy max_flagged_value_ratio",
            "too much of this stock is in doubt to publish its figures: see visibility.fct_stock_record_flag for the "
            "location, have the worst records counted, or change the bound in seeds/policy with an approval",
            dimension="phantom",
            owner="inventory_control",
        ),
        "visibility.fct_location_audit",
        ("location_id",),
        "flagged_value_ratio",
        "max_flagged_value_ratio",
    ),
)
