"""Steps of the bridge of stock value (docs/formulas.md#stock-value-bridge)."""

from __future__ import annotations

from decimal import Decimal

from tests.python.macros.render import evaluate
from tests.python.oracles.accepted import seed


def test_every_kind_of_movement_has_its_step(macros, duck):
    steps = {
        "sales_issue": "cost_of_sales", "scrap": "write_off", "adjustment": "count_adjustment",
        "production": "production", "consumption": "production", "receipt": "receipt",
        "supplier_return": "supplier_return", "customer_return": "customer_return",
        "opening_balance": "opening_balance",
    }  # fmt: skip
    kinds = [row["movement_type"] for row in seed("reference/movement_types.csv")] + ["unheard_of"]
    found = evaluate(duck, macros["kpi_bridge_step"]("kind"), {"kind": "varchar"}, [(kind,) for kind in kinds])
    assert found == [steps.get(kind, "other") for kind in kinds]
    assert set(found) == set(macros["bridge_flow_steps"]())


def test_unexplained_share(macros, duck):
    columns = {"part": "decimal(24, 4)", "whole": "decimal(24, 4)", "none_costed": "boolean"}
    rows = [("1", "200", False), ("0", "0", False), ("0", "-1", False), ("0", "0", True), (None, "5", False)]
    ratio = evaluate(duck, macros["kpi_unexplained_ratio"]("part", "whole"), columns, rows)
    assert ratio == [Decimal("0.005"), None, None, None, None]
    reason = evaluate(duck, macros["kpi_unexplained_reason"]("whole", "none_costed"), columns, rows)
    assert reason == [None, "no_stock", "no_stock", "no_cost", None]
