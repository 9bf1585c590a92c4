"""The rules of the audit as rows of a seed, which the marts join and docs/reference prints.

Here: seeds/registry/audit_rules.csv from the suites; `make docs` writes it, a test compares. Not here: the rules.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from expectations.suites import SUITES

SEED = Path("seeds/registry/audit_rules.csv")
_COLUMNS = ("rule_key", "suite", "rule_id", "table_name", "rule_dimension", "severity", "owner", "says", "what_to_do")


def render() -> str:
    """Text of the seed, one row per rule in the order of the suites."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for check in SUITES:
        rule = check.rule
        row = (rule.name, rule.suite, rule.id, check.table, rule.dimension, rule.severity, rule.owner, rule.says)
        writer.writerow((*row, rule.advice))
    return text.getvalue()


def write(repo: Path) -> Path:
    """Write the seed of `repo` and return its path."""
    path = repo / SEED
    path.write_text(render(), encoding="utf-8")
    return path
