"""Age of the stock, provisions and roll-ups against the oracle."""

from __future__ import annotations

from decimal import Decimal

from tests.python.oracles.ageing import AGED, BUCKETS, OLDEST, aged_layers, scope_sums
from tests.python.oracles.compare import assert_none, close, near, ratio_close


def test_every_layer_in_its_bucket(case):
    found = case.marts.rows("select * from lag.kpi_stock_ageing order by sku_id, location_id, layer_number")
    differences, said = [], aged_layers(case.company)
    assert {(row["sku_id"], row["location_id"]) for row in found} == set(said)
    assert len(found) == sum(len(members) for members in said.values())
    for row in found:
        layer = said[row["sku_id"], row["location_id"]][row["layer_number"] - 1]
        exact = (row["age_days"], row["age_bucket"], row["layer_qty"], row["is_aged"], row["is_known_cost"])
        same = exact == (layer.age, layer.bucket, layer.qty, layer.age > AGED, layer.is_known)
        same = same and (row["layer_reason"] is None) == (layer.amount is not None)
        if not (same and close(row["layer_amount"], layer.amount) and close(row["provision_amount"], layer.provision)):
            differences.append((row, layer))
    assert_none(differences, len(found))


def test_the_roll_ups(case):
    found = case.marts.rows("select * from lag.rpt_stock_ageing")
    oracle, differences = scope_sums(case.company), []
    assert {(row["scope_type"], row["scope_id"]) for row in found} == set(oracle)
    for row in found:
        said = oracle[row["scope_type"], row["scope_id"]]
        same = all(
            close(row[name], value)
            for name, value in [("stock_amount", said.stock), ("aged_amount", said.aged),
                                ("provision_amount", said.provision)]
        )  # fmt: skip
        coverage = said.known_qty / said.qty
        same = (
            same
            and near(row["cost_coverage_ratio"], coverage)
            and row["is_low_cost_coverage"] == (coverage < Decimal("0.95"))
        )
        if said.stock:
            same = (
                same
                and ratio_close(row["aged_stock_ratio"], said.aged, said.stock)
                and row["aged_stock_reason"] is None
            )
        else:
            same = same and row["aged_stock_ratio"] is None and row["aged_stock_reason"] == "no_cost"
        if not same:
            differences.append((row, said))
    assert_none(differences, len(found))


def test_every_bucket_occurs_somewhere(edge):
    """The company of edge cases has goods of every age but the oldest, which need more than two years of books."""
    found = {row["b"] for row in edge.marts.rows("select distinct age_bucket as b from lag.kpi_stock_ageing")}
    assert found >= {name for _, name, _ in BUCKETS} - {OLDEST[1]}
    assert edge.marts.rows("select 1 from lag.kpi_stock_ageing where layer_reason is not null")
