"""FIFO layers with their value against the oracle, row by row; what they add up to."""

from __future__ import annotations

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal

from tests.python.oracles.compare import assert_none
from tests.python.oracles.layers import layers
from tests.python.oracles.ledger import FOUR


def test_every_layer_its_age_and_its_value(case):
    company = case.company
    oracle: Counter = Counter()
    for record, members in layers(company).items():
        for number, layer in enumerate(members, 1):
            cost, source = company.costs.at(record, layer.day)
            value = None if cost is None else (layer.qty * cost).quantize(FOUR, ROUND_HALF_UP)
            age = max((company.as_of_date - layer.day).days, 0)
            is_known = source not in ("none", "category_median")
            oracle[(*record, number, layer.day, age, layer.qty, cost, value, is_known, layer.reason)] += 1
    found = case.marts.rows(
        "select sku_id, location_id, layer_number, receipt_date, age_days, layer_qty, unit_cost_amount, layer_amount, "
        "is_known_cost, opening_reason from core.fct_cost_layer"
    )
    mart = Counter(tuple(row.values()) for row in found)
    assert_none(list((mart - oracle).items()) + list((oracle - mart).items()), len(found))


def test_layers_add_up_to_the_stock(case):
    found = case.marts.rows("select sku_id, location_id, sum(layer_qty) as qty from core.fct_cost_layer group by all")
    mart = {(row["sku_id"], row["location_id"]): row["qty"] for row in found}
    stock = {record: runs[-1][0] for record, runs in case.company.owned_runs.items()}
    assert mart == {record: qty for record, qty in stock.items() if qty > Decimal(0)}
