"""Every check of the audit, in the order they run.

Here: the list, and which part of it is what. Not here: any rule (the modules imported here), how it is run (runner.py).
"""

from __future__ import annotations

from expectations import (
    core_accounts,
    core_flow,
    core_masters,
    core_stock,
    phantom_stock,
    records,
    row_accounting,
    stale_stock,
)
from expectations.check import Check

BELIEFS: tuple[Check, ...] = (*row_accounting.CHECKS, *stale_stock.CHECKS, *phantom_stock.CHECKS)
"""What the accounts and the records say of themselves, against limits of policy in the audited tables."""

TABLES: tuple[Check, ...] = (
    *core_accounts.CHECKS,
    *core_masters.CHECKS,
    *core_stock.CHECKS,
    *core_flow.CHECKS,
    *records.CHECKS,
)
"""What each table of core and of the records must be, whatever it says."""

SUITES: tuple[Check, ...] = (*BELIEFS, *TABLES)
