"""Suites of core's accounts of itself: files, feeds, rejected rows, people's decisions, balances and reported figures.

Here: one suite per table. Not here: the shares that policy bounds (row_accounting.py, stale_stock.py).
"""

from __future__ import annotations

from expectations.check import CRITICAL
from expectations.tables import TableSuite, suites

_PLATFORM, _GOVERNANCE, _MONEY = "data_platform", "supply_chain_governance", "finance"
_ACCOUNT = "rows were lost or doubled on the way in: find the file or site by its key, and do not publish"


def _table(name: str, owner: str, key: str) -> TableSuite:
    return TableSuite(f"core.{name}", owner, key)


TABLES = (
    _table("fct_landed_file", _PLATFORM, "landed_file")
    .filled("landed_file batch_id source instance entity extracted_at row_count unaccounted_row_count")
    .unique()
    .not_negative("row_count loaded_row_count deduplicated_row_count quarantined_row_count")
    .past("extracted_at")
    .holds(
        "adds_up",
        "accuracy",
        "the rows of a file are loaded, deduplicated, quarantined or unaccounted",
        "row_count",
        "loaded_row_count + deduplicated_row_count + quarantined_row_count + unaccounted_row_count",
        severity=CRITICAL,
        advice=_ACCOUNT,
    ),
    _table("fct_delivery_account", _PLATFORM, "site_code")
    .filled("site_code accepted_row_count ledger_event_count unaccounted_row_count")
    .unique()
    .not_negative("accepted_row_count ledger_event_count duplicate_row_count superseded_row_count")
    .holds(
        "adds_up",
        "accuracy",
        "the accepted events of a site are in the ledger, duplicates, superseded, quarantined or unaccounted",
        "accepted_row_count",
        "ledger_event_count + duplicate_row_count + superseded_row_count + quarantined_row_count "
        "+ unaccounted_row_count",
        severity=CRITICAL,
        advice=_ACCOUNT,
    ),
    _table("fct_row_rejection", _PLATFORM, "landed_file file_row_number")
    .filled("landed_file file_row_number source instance entity held_back_by rule_id message")
    .unique()
    .not_negative("file_row_number row_count"),
    _table("fct_feed", _PLATFORM, "source instance entity")
    .filled("source instance entity delivered_row_count")
    .unique()
    .not_negative("delivered_row_count")
    .past("last_extracted_at"),
    _table("fct_feed_event", _PLATFORM, "source instance entity event_key")
    .filled("source instance entity event_key event_at extracted_at")
    .unique()
    .past("extracted_at"),
    _table("fct_newest_event", _PLATFORM, "source instance entity")
    .filled("source instance entity extracted_at accepted_row_count")
    .unique()
    .not_negative("future_event_count accepted_row_count")
    .past("extracted_at"),
    _table("fct_ingestion_run", _PLATFORM, "batch_id path_code")
    .filled("batch_id path_code extracted_at published_at")
    .unique()
    .ordered("landed_at published_at"),
    _table("fct_audit_result", _PLATFORM, "content_hash suite rule_id")
    .filled("content_hash suite rule_id severity outcome checked_row_count failed_row_count as_of_at")
    .unique()
    .not_negative("checked_row_count failed_row_count")
    .words("outcome", "passed failed could_not_check"),
    _table("fct_audit_location", _PLATFORM, "content_hash suite rule_id location_id")
    .filled("content_hash suite rule_id location_id failed_row_count as_of_at")
    .unique()
    .not_negative("failed_row_count"),
    _table("dim_audit_rule", _PLATFORM, "rule_key")
    .filled("rule_key suite rule_id table_name rule_dimension severity owner says what_to_do max_failed_row_ratio")
    .unique()
    .words("severity", "critical warning"),
    _table("fct_kpi_observation", _GOVERNANCE, "kpi_id scope_type scope_id period_end_date")
    .filled("kpi_id scope_type scope_id period_end_date")
    .unique()
    .ordered("period_start_date period_end_date"),
    _table("fct_closed_kpi_observation", _GOVERNANCE, "kpi_id scope_type scope_id period_end_date told_at")
    .filled("kpi_id scope_type scope_id period_start_date period_end_date told_generation told_at is_last_told")
    .unique()
    .ordered("period_start_date period_end_date"),
    _table("fct_system_kpi", _MONEY, "division_code kpi_id scope_type scope_id period_start_date period_end_date")
    .filled("division_code kpi_id scope_type period_start_date period_end_date")
    .unique()
    .ordered("period_start_date period_end_date")
    .past("reported_at"),
    _table("fct_financial_balance", _MONEY, "division_code account location_id period_end_date")
    .filled("division_code account period_end_date month_start_date currency")
    .unique()
    .known("location_id"),
    _table("fct_alert_acknowledgement", _GOVERNANCE, "alert_id acknowledged_at team")
    .filled("alert_id acknowledged_at team acknowledged_by")
    .unique(),
    _table("fct_disposition", _GOVERNANCE, "team disposition_id")
    .filled("team disposition_id subject_kind rule_id verdict decided_by decided_at")
    .unique()
    .words("subject_kind", "flag quarantined_row"),
    _table("fct_flag_observation", _GOVERNANCE, "sku_id location_id rule_id opened_date")
    .filled("sku_id location_id rule_id opened_date")
    .unique()
    .ordered("opened_date closed_date"),
    _table("fct_decision", _GOVERNANCE, "team decision_id told_at")
    .filled("team decision_id told_at kpi_id scope_type scope_id chosen_option decided_by")
    .unique()
    .ordered("valid_from_date valid_to_date"),
    _table("fct_review_outcome", _GOVERNANCE, "review_id reviewed_at team")
    .filled("review_id reviewed_at team review_function review_outcome decided_by")
    .unique(),
)

CHECKS = suites(TABLES)
