"""The order in which to count next against the formula, and the file that a WMS takes."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import timedelta
from itertools import pairwise

from reports.downloads import guarded
from reports.marts import Column
from tests.python.oracles.accepted import policy
from tests.python.oracles.compare import assert_none


def test_negative_then_never_counted_then_money_at_risk(case):
    misses = {}
    for row in case.marts.rows("select * from lead.kpi_count_accuracy where is_week_closed order by week_start_date"):
        ratio = row["window_accuracy_ratio"]
        misses[row["location_id"], row["abc_class"]] = 0.0 if ratio is None else 1 - float(ratio)
    records = case.marts.rows("select * from visibility.kpi_stock_record_health")
    ranks = {(r["sku_id"], r["location_id"]): r for r in case.marts.rows("select * from lead.int_lead__count_priority")}
    assert len(ranks) == len(records)
    sites, wrong = defaultdict(list), []
    for row in records:
        miss = misses.get((row["location_id"], row["abc_class"]), 0.0)
        chance = 1 - (1 - float(row["phantom_probability"] or 0)) * (1 - miss)
        amount = row["on_hand_amount"]
        weight = None if amount is None else float(amount) * chance * (row["days_since_count"] or 0)
        found = ranks[row["sku_id"], row["location_id"]]
        if abs(float(found["error_probability"]) - chance) > 2e-6:
            wrong.append((row, found, chance))
        first = 0 if row["is_negative"] else 1 if row["last_counted_at"] is None else 2
        sites[row["location_id"]].append((found["count_rank"], first, -1.0 if weight is None else weight))
    assert_none(wrong, len(records))
    for order in sites.values():
        order.sort()
        assert [rank for rank, _, _ in order] == list(range(1, len(order) + 1))
        for (_, first, weight), (_, later, less) in pairwise(order):
            assert first < later or (first == later and weight >= less - max(0.01, weight * 1e-4))


def test_the_file_names_bins_and_codes_that_the_site_knows(tiny):
    rows = tiny.marts.rows("select * from lead.rpt_count_file")
    bins = {(r.instance, r.bin) for r in tiny.company.accepted.rows("wms", "bin_balances")}
    codes = {(r.instance, r.item_code) for r in tiny.company.accepted.rows("erp", "items")}
    for row in rows:
        assert row["bin_code"] == "any" or (row["site_code"], row["bin_code"]) in bins
        assert (row["location_id"].split(".")[0], row["item_code"]) in codes
        assert row["due_date"] == tiny.company.as_of_date + timedelta(days=int(policy("count_file_days")))
    negative = tiny.marts.rows("select * from visibility.kpi_stock_record_health where is_negative")
    firsts = {(r["sku_id"], r["location_id"]) for r in rows if r["count_reason"] == "negative"}
    assert firsts == {(r["sku_id"], r["location_id"]) for r in negative} and firsts
    assert {row["count_trigger"] for row in rows} == {"targeted", "scheduled"}


def test_a_code_that_looks_like_a_formula_is_text_in_the_csv(tiny, tmp_path):
    names = ["site_code", "count_rank", "bin_code", "item_code"]
    columns = [Column(name, "INTEGER" if name == "count_rank" else "VARCHAR", "") for name in names]
    path = tmp_path / "count_file.csv"
    with tiny.marts.connect() as connection:
        connection.execute(f"""
            copy (
                select {guarded(columns)}
                from (select * replace ('=cmd()' as item_code, '-' as bin_code) from lead.rpt_count_file)
                order by all
            ) to '{path}' (format csv, header true)
        """)  # fmt: skip
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["item_code"] for row in rows} == {"'=cmd()"} and {row["bin_code"] for row in rows} == {"'-"}
    assert [row["site_code"] for row in rows] == sorted(row["site_code"] for row in rows)
