"""Accuracy at counts against the oracle (count_accuracy.py), on the three companies, and the edges that must occur."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from tests.python.oracles.compare import assert_none, close, near
from tests.python.oracles.count_accuracy import results, weeks, window

COUNTS = ("count_count", "hit_count", "targeted_count", "targeted_hit_count", "bin_count", "bin_hit_count",
          "empty_confirmed_count", "result_count", "recounted_count", "recount_agreed_count",
          "uncosted_count")  # fmt: skip
AMOUNTS = ("book_amount", "gross_variance_amount", "net_variance_amount")


def class_of(case):
    """The class in force on a day, as the reviews say; the governing one before the first."""
    reviews = defaultdict(list)
    for row in case.marts.rows("select * from core.fct_sku_class where scope_type = 'company' and not is_provisional"):
        reviews[row["scope_id"], row["sku_id"]].append(row)
    rows = case.marts.rows("select * from core.fct_governing_class")
    governing = {(row["company_code"], row["sku_id"]): row["abc_class"] for row in rows}

    def at(sku, location, day):
        owner = case.company.masters.locations[location].company
        for row in reviews[owner, sku]:
            if row["effective_from_date"] <= day < row["effective_to_date"] and row["abc_class"]:
                return row["abc_class"]
        return governing.get((owner, sku), "-")

    return at


def test_every_week_of_every_class_and_site(case):
    frame = results(case.company, class_of(case))
    found = case.marts.rows("select * from lead.kpi_count_accuracy")
    if frame.empty:
        assert not found
        return
    oracle, mart = weeks(frame), {(r["location_id"], r["abc_class"], r["week_start_date"]): r for r in found}
    assert len(mart) == len(found) and set(oracle) <= set(mart)
    differences = []
    for key, row in mart.items():
        said = oracle.get(key, dict.fromkeys(COUNTS, 0) | dict.fromkeys(AMOUNTS, Decimal(0)))
        around = window(oracle, *key)
        n, hits = said["count_count"], said["hit_count"]
        same = all(row[name] == said[name] for name in COUNTS)
        same = same and all(close(row[name], said[name]) for name in AMOUNTS)
        same = same and near(row["sku_accuracy_ratio"], Decimal(hits) / n if n else None)
        same = same and (row["window_count_count"], row["window_hit_count"]) == (around["counts"], around["hits"])
        same = same and near(row["weekly_slope_rate"], None if around["slope"] is None else str(around["slope"]), 7)
        days = None if around["days"] is None else Decimal(str(around["days"]))
        same = same and (row["breach_days"] is None) == (days is None)
        if not (same and (days is None or abs(row["breach_days"] - days) <= Decimal("0.05") + days / 1000)):
            differences.append((key, {n: row[n] for n in (*COUNTS, *AMOUNTS)}, said, row["breach_days"], around))
    assert_none(differences, len(found))


def test_the_scorecard_sums_classes_and_sites_of_closed_weeks(tiny):
    rows = tiny.marts.rows("select * from lead.kpi_count_accuracy where is_week_closed")
    last = max(row["week_start_date"] for row in rows)
    hits = sum(row["window_hit_count"] for row in rows if row["week_start_date"] == last)
    counts = sum(row["window_count_count"] for row in rows if row["week_start_date"] == last)
    found = tiny.marts.rows(
        "select * from scorecard.fct_kpi_value where kpi_id = 'count_accuracy_ratio' and scope_type = 'company' "
        f"and period_start_date = date '{last}'"
    )
    assert [(row["numerator"], row["denominator"]) for row in found] == [(hits, counts)] and counts > 30


def test_the_edge_company_shows_the_edges(edge):
    rows = edge.marts.rows("select * from lead.kpi_count_accuracy where result_count > 0")
    by_day = [row for row in rows if row["bin_count"]]
    assert len(by_day) == 1 and by_day[0]["bin_count"] == 2 and by_day[0]["bin_hit_count"] == 1
    assert sum(row["recounted_count"] for row in rows) == 1 and not any(row["recount_agreed_count"] for row in rows)
    assert {row["sku_accuracy_reason"] for row in edge.marts.rows("select * from lead.kpi_count_accuracy")} >= {
        None,
        "no_count",
    }
