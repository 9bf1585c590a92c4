"""Age buckets and provisions (docs/formulas.md#stock-ageing): a limit belongs to the younger side."""

from __future__ import annotations

from decimal import Decimal

from tests.python.macros.render import evaluate

LIMITS = ["90", "180", "365", "730"]


def test_bucket_of_an_age(macros, duck):
    ages = {0: "0-90", 90: "0-90", 91: "91-180", 180: "91-180", 181: "181-365", 365: "181-365", 366: "366-730",
            730: "366-730", 731: ">730", 9999: ">730"}  # fmt: skip
    found = evaluate(duck, macros["kpi_age_bucket"]("age", LIMITS), {"age": "integer"}, [(age,) for age in ages])
    assert found == list(ages.values())


def test_rate_of_an_age(macros, duck):
    sql = macros["kpi_by_age"]("age", LIMITS, ["0", "0", "0.25", "0.5", "1"])
    found = evaluate(duck, sql, {"age": "integer"}, [(180,), (181,), (366,), (731,)])
    assert found == [Decimal("0"), Decimal("0.25"), Decimal("0.5"), Decimal("1")]


def test_provision_and_share(macros, duck):
    columns = {"amount": "decimal(24, 4)", "rate": "decimal(18, 6)"}
    found = evaluate(
        duck, macros["kpi_provision"]("amount", "rate"), columns, [("10.0001", "0.5"), (None, "1"), ("5", None)]
    )
    assert found == [Decimal("5.0001"), None, None]  # 5.00005 is a tie
    shares = evaluate(
        duck, macros["kpi_stock_share"]("amount", "rate"), columns, [("1", "3"), ("0", "3"), ("1", "0"), ("1", None)]
    )
    assert shares == [Decimal("0.333333"), Decimal(0), None, None]
