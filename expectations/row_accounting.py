"""Suite row_accounting: nothing is lost between landing and the ledger, and no sender breaks its contract.

Here: checks per landed file and per site. Not here: checks of the stock records themselves.
"""

from __future__ import annotations

from expectations.check import CRITICAL, Check, Rule, within_limit, zero

SUITE = "row_accounting"
_FILES = "visibility.fct_row_account"
_LEDGERS = "visibility.fct_ledger_account"

CHECKS: tuple[Check, ...] = (
    zero(
        Rule(
            SUITE,
            "AR-1",
            CRITICAL,
            "every row of a file is loaded, deduplicated or quarantined",
            "a defect of the validator, not of the data: report it with the file and take the batch out meanwhile",
            dimension="completeness",
            owner="data_platform",
        ),
        _FILES,
        ("file", "batch_id"),
        "rows_unaccounted",
    ),
    within_limit(
        Rule(
            SUITE,
            "AR-2",
            CRITICAL,
            "the share of quarantined rows of a file stays within policy max_quarantined_ratio",
            "see the reasons in visibility.fct_row_account and quarantine/, have the sender correct and send a new "
            "batch, and take this one out",
            dimension="completeness",
            owner="data_platform",
        ),
        _FILES,
        ("file", "batch_id"),
        "quarantined_ratio",
        "max_quarantined_ratio",
    ),
    zero(
        Rule(
            SUITE,
            "AR-3",
            CRITICAL,
            "every accepted movement of a site is in the ledger, superseded or quarantined",
            "compare visibility.fct_ledger_account with core.fct_stock_movement for the site: a model lost or doubled "
            "movements",
            dimension="completeness",
            owner="data_platform",
        ),
        _LEDGERS,
        ("instance",),
        "rows_unaccounted",
    ),
)
