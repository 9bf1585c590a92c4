"""Which of turns and weeks of supply leads, on the edges (docs/formulas.md#primary-lag-indicator)."""

from __future__ import annotations

from decimal import Decimal

from tests.python.macros.render import evaluate


def test_demand_groups(macros, duck):
    columns = {"age": "integer", "class": "varchar"}
    cases = [
        (181, "smooth", "new"),
        (182, "smooth", "steady"),  # 26 weeks old is new no more
        (182, "erratic", "steady"),
        (182, "intermittent", "slow"),
        (182, "lumpy", "slow"),
        (182, None, "none"),
        (None, "lumpy", "slow"),  # never moved
        (0, "lumpy", "new"),
    ]
    macro = macros["kpi_demand_group"]("age", "26", "class")
    assert evaluate(duck, macro, columns, [case[:2] for case in cases]) == [case[2] for case in cases]


def test_the_reason_and_its_metric(macros, duck):
    columns = {"grp": "varchar", "range_ratio": "decimal(24, 6)"}
    cases = [
        ("new", "0", "new_item", "weeks_of_supply"),
        ("slow", "0.9", "slow_demand", "weeks_of_supply"),
        ("steady", "0.300001", "seasonal", "weeks_of_supply"),
        ("steady", "0.3", "steady", "turns"),  # strictly above the switch
        ("steady", None, "steady", "turns"),
        ("none", "0.5", "seasonal", "weeks_of_supply"),
        ("none", None, "steady", "turns"),
    ]
    reason = macros["kpi_primary_metric_reason"]("grp", "range_ratio", "0.3")
    rows = [case[:2] for case in cases]
    assert evaluate(duck, reason, columns, rows) == [case[2] for case in cases]
    metric = macros["kpi_primary_metric"](f"({reason})")
    assert evaluate(duck, metric, columns, rows) == [case[3] for case in cases]


def test_the_executive_takes_what_covers_most(macros, duck):
    columns = {"turns": "decimal(24, 4)", "weeks": "decimal(24, 4)"}
    cases = [("5", "6", "weeks_of_supply"), ("6", "6", "turns"), (None, "1", "weeks_of_supply"), (None, None, "turns")]
    macro = macros["kpi_executive_metric"]("turns", "weeks")
    assert evaluate(duck, macro, columns, [case[:2] for case in cases]) == [case[2] for case in cases]


def test_on_target(macros, duck):
    columns = {"metric": "varchar", "turns": "decimal(24, 6)", "weeks": "decimal(24, 6)", "why": "varchar"}
    cases = [
        ("turns", "6", None, None, True),
        ("turns", "5.999999", "1", None, False),
        ("turns", None, "1", None, None),
        ("weeks_of_supply", None, "9", None, True),
        ("weeks_of_supply", "9", "9.000001", None, False),
        ("weeks_of_supply", "9", None, "no_demand", False),  # stock that nothing is sold of
        ("weeks_of_supply", "9", None, "short_history", None),
    ]
    macro = macros["kpi_is_primary_on_target"]("metric", "turns", "6", "weeks", "why", "9")
    assert evaluate(duck, macro, columns, [case[:4] for case in cases]) == [case[4] for case in cases]


def test_the_range_of_a_season(macros, duck):
    columns = dict.fromkeys(("most", "least", "mean"), "decimal(24, 6)")
    cases = [
        ("12", "9", "10", "0.300000"),
        ("0", "0", "0", None),
        ("5", "-1", "2", "3.000000"),
        (None, None, None, None),
    ]
    macro = macros["kpi_season_range"]("most", "least", "mean")
    found = evaluate(duck, macro, columns, [case[:3] for case in cases])
    assert found == [case[3] and Decimal(case[3]) for case in cases]
