"""Moves between classes, class policy against plans and counts, and overstocked segments against the oracle."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal

from tests.python.oracles.abc import classify
from tests.python.oracles.classes import SERVICE, carrying_rate, gaps, segments
from tests.python.oracles.compare import CENT, assert_none, close, near, ratio_close


def governing(case) -> dict[tuple[str, str], str]:
    """(company, SKU) -> the class that governs at the cut-off."""
    found = case.marts.rows("select company_code, sku_id, abc_class from core.fct_governing_class")
    return {(row["company_code"], row["sku_id"]): row["abc_class"] for row in found}


def test_moves_of_every_review(case):
    """The matrix of every review from two classifications, counted and valued."""
    found = case.marts.rows("select * from lag.kpi_abc_migration")
    reviews = sorted({(row["is_provisional"], row["review_date"]) for row in found})
    said: dict[tuple, list] = defaultdict(lambda: [0, Decimal(0), Decimal(0)])
    for scope_type in ("company", "division"):
        before: dict = {}
        for provisional, day in reviews:
            now = classify(case.company, day, scope_type)
            for scope, listed in now.items():
                for sku, use in listed.items():
                    old = before.get(scope, {}).get(sku)
                    key = (scope_type, scope, day, provisional, (old and old.abc_class) or "-", use.abc_class or "-")
                    cell = said[(*key, old is None)]
                    cell[0] += 1
                    cell[1] += old.amount if old else 0
                    cell[2] += use.amount
            before = now
    differences = []
    names = ("scope_type", "scope_id", "review_date", "is_provisional", "previous_abc_class", "abc_class",
             "is_first_review")  # fmt: skip
    assert {tuple(row[name] for name in names) for row in found} == set(said)
    for row in found:
        key = tuple(row[name] for name in names)
        count, old, new = said[key]
        same = row["sku_count"] == count and row["is_moved"] == (not key[-1] and key[4] != key[5])
        same = same and close(row["previous_usage_amount"], old) and close(row["usage_amount"], new)
        if not (same and close(row["migration_amount"], (old + new) / 2)):
            differences.append((row, count, old, new))
    assert_none(differences, len(found))


def test_what_classes_ask_for(case):
    said = gaps(case.company, governing(case))
    found, differences = case.marts.rows("select * from lag.kpi_class_policy_gap"), []
    assert {(row["sku_id"], row["location_id"]) for row in found} == set(said)
    for row in found:
        gap = said[row["sku_id"], row["location_id"]]
        mart = (row["service_gap_reason"], row["review_gap_reason"], row["count_gap_reason"])
        same = mart == (gap.service, gap.review, gap.count) and near(row["actual_count_days"], gap.count_days)
        same = same and row["is_off_policy"] == any(mart) and (row["class_gap_reason"] is None) == gap.is_classed
        wanted = SERVICE.get(row["abc_class"]) if gap.service else None
        if not (same and row["proposed_service_ratio"] == wanted):
            differences.append((row, gap))
    assert_none(differences, len(found))


def test_every_gap_occurs(tiny, edge):
    found = Counter()
    for case in (tiny, edge):
        for row in case.marts.rows("select * from lag.kpi_class_policy_gap"):
            found.update([row["service_gap_reason"], row["review_gap_reason"], row["count_gap_reason"]])
    assert {"below_class", "above_class", "no_parameter", "too_seldom", "too_often", "never_counted"} <= set(found)


def test_overstocked_segments(case):
    said = segments(case.company, governing(case))
    found, differences = case.marts.rows("select * from lag.kpi_overstock_cost"), []
    assert {(row["location_id"], row["category"], row["abc_class"]) for row in found} == set(said)
    for row in found:
        segment = said[row["location_id"], row["category"], row["abc_class"]]
        counts = (row["record_count"], row["excess_record_count"], row["uncosted_record_count"])
        same = (*counts, row["unplanned_record_count"]) == (
            segment.records, segment.in_excess, segment.uncosted, segment.without_plan
        )  # fmt: skip
        for name in ("judged", "excess", "unplanned"):
            same = same and close(row[f"{name}_amount"], getattr(segment, name))
        same = same and close(row["excess_cost_amount"], segment.excess * carrying_rate())
        if segment.judged > 0:
            same = same and ratio_close(row["overstock_ratio"], segment.excess, segment.judged)
        else:
            same = same and row["overstock_ratio"] is None and row["overstock_reason"] in ("no_cost", "no_parameter")
        limit = segment.judged / 4
        if abs(segment.excess - limit) > CENT:
            same = same and row["is_overstocked"] == (segment.excess > limit)
        if not same:
            differences.append((row, segment))
    assert_none(differences, len(found))
    if case.name == "tiny":
        assert {row["is_overstocked"] for row in found} == {True, False}
