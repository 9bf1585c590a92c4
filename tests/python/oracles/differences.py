"""What the KPI marts say otherwise than the oracles, row by row: shared by the comparisons and by flipped policies.

Here: one function per mart that gives (differences, rows compared). Not here: how many differences there may be.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tests.python.fixtures_marts import Marts
from tests.python.oracles.abc import classify
from tests.python.oracles.carrying import COMPONENTS, Holding, holdings
from tests.python.oracles.company import Company
from tests.python.oracles.compare import CENT, close, near, ratio_close
from tests.python.oracles.turnover import Figures, figures


@dataclass
class Case:
    """A company twice: as dbt built it and as the oracles see it."""

    name: str
    marts: Marts
    company: Company


def wrong_ratio(name: str, mart: Any, numerator: Any, denominator: Any, why: str | None, factor: int = 1) -> list:
    """[(name, mart, oracle)] when a ratio is there without reason to, is missing, or has another value."""
    if why is not None:
        return [(name, mart, None)] if mart is not None else []
    same = ratio_close(mart, numerator, denominator, factor)
    return [] if same else [(name, mart, numerator * factor / denominator)]


def turnover_errors(row: dict, said: Figures) -> list:
    """What a row of kpi_inventory_turnover says otherwise than the oracle: (column, mart, oracle)."""
    amounts = {
        "turnover_numerator_amount": said.numerator,
        "avg_inventory_amount": said.average,
        "closing_amount": said.closing,
        "cogs_90_amount": said.cogs_90,
        "cogs_91_amount": said.cogs_91,
    }
    exact = {
        "window_day_count": said.window_days,
        "known_day_count": said.known_days,
        "turnover_reason": said.reason,
        "doh_90_reason": said.doh_90_reason,
        "uncosted_record_count": said.uncosted,
    }
    if said.doh_90_reason is None and said.cogs_90 < CENT:
        del exact["doh_90_reason"]  # less than a cent was sold: the mart's four digits may say nothing was
    wrong = [(name, row[name], value) for name, value in amounts.items() if not close(row[name], value)]
    wrong += [(name, row[name], value) for name, value in exact.items() if row[name] != value]
    wrong += wrong_ratio("turnover_ratio", row["turnover_ratio"], said.numerator, said.average, said.reason)
    wrong += wrong_ratio("doh_90_days", row["doh_90_days"], said.closing, said.cogs_90, row["doh_90_reason"], 90)
    if not near(row["cost_coverage_ratio"], said.coverage):
        wrong.append(("cost_coverage_ratio", row["cost_coverage_ratio"], said.coverage))
    return wrong


def turnover_differences(case: Case, marts: Marts, last_day: date, **how: str) -> tuple[list, int]:
    """Rows of the mart that do not say what the oracle says, and how many there are."""
    oracle = figures(case.company, last_day, **how)
    found = marts.rows(f"select * from lag.kpi_inventory_turnover where last_day_date = date '{last_day}'")
    assert {(row["scope_type"], row["scope_id"]) for row in found} == set(oracle)
    differences = [
        (last_day, row["scope_type"], row["scope_id"], *error)
        for row in found
        for error in turnover_errors(row, oracle[row["scope_type"], row["scope_id"]])
    ]
    return differences, len(found)


def carrying_errors(row: dict, said: Holding) -> list:
    """What a row of kpi_carrying_cost says otherwise than the oracle: (column, mart, oracle)."""
    amounts = {f"{name}_amount": said.cost.get(name) for name in COMPONENTS}
    amounts |= {
        "value_days": said.value_days,
        "m3_days": said.m3_days,
        "carrying_cost_amount": said.total,
        "cogs_amount": said.cogs,
    }
    wrong = [(name, row[name], value) for name, value in amounts.items() if not close(row[name], value)]
    why = "no_cost" if said.value_days is None else "no_stock" if said.value_days == 0 else None
    if row["carrying_cost_reason"] != why:
        wrong.append(("carrying_cost_reason", row["carrying_cost_reason"], why))
    wrong += wrong_ratio("carrying_cost_ratio", row["carrying_cost_ratio"], said.total, said.value_days, why, 365)
    if said.cogs is None or abs(said.cogs) > CENT:
        why = "no_cost" if said.cogs is None or said.total is None else "no_sales" if said.cogs <= 0 else None
        mart = row["carrying_cost_to_cogs_ratio"]
        wrong += wrong_ratio("carrying_cost_to_cogs_ratio", mart, said.total, said.cogs, why)
    return wrong


def carrying_differences(case: Case, marts: Marts, month: date, last_day: date, **how: Any) -> tuple[list, int]:
    """Rows of kpi_carrying_cost that do not say what the oracle says, and how many there are."""
    oracle = holdings(case.company, month, last_day, **how)
    found = marts.rows(f"select * from lag.kpi_carrying_cost where month_start_date = date '{month}'")
    assert {(row["scope_type"], row["scope_id"]) for row in found} == set(oracle)
    differences = [
        (month, row["scope_type"], row["scope_id"], *error)
        for row in found
        for error in carrying_errors(row, oracle[row["scope_type"], row["scope_id"]])
    ]
    return differences, len(found)


def class_differences(
    case: Case, marts: Marts, boundary: str, months: int = 12, hysteresis: str = "0"
) -> tuple[list, int]:
    """Rows of the mart that do not say what the oracle says, and how many there are."""
    differences, total = [], 0
    for scope_type in ("company", "division"):
        found = marts.rows(f"select * from lag.kpi_abc_class where scope_type = '{scope_type}'")
        before: dict = {}
        for provisional, review in sorted({(row["is_provisional"], row["review_date"]) for row in found}):
            oracle = classify(case.company, review, scope_type, boundary, months, before, Decimal(hysteresis))
            before = oracle
            mine = [row for row in found if (row["is_provisional"], row["review_date"]) == (provisional, review)]
            keys = {(row["scope_id"], row["sku_id"]) for row in mine}
            assert keys == {(scope, sku) for scope, listed in oracle.items() for sku in listed}
            for row in mine:
                use = oracle[row["scope_id"]][row["sku_id"]]
                total += 1
                same = row["abc_class"] == use.abc_class and row["usage_qty"] == use.qty
                if not (same and close(row["usage_amount"], use.amount)):
                    said = (row["abc_class"], row["usage_qty"], row["usage_amount"])
                    differences.append((review, scope_type, row["sku_id"], said, use))
    return differences, total
