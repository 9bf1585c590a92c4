"""The planner, the family and the key item whose forecasts the simulator bends are found by their bias.

Here: the planted biases of the tiny company. Its 120 days hold three months only of forecasts made the evening before,
so policy is set to judge those. Not here: whether the figures are right (test_forecasts.py).
"""

from __future__ import annotations

import json

import pytest

from synthetic.profiles import PROFILES
from synthetic.truth import planted
from synthetic.world import build_world
from tests.python.fixtures_marts import SEED, Marts

MODELS = (
    "fct_forecast_error", "int_lead__forecast_month", "int_lead__forecast_member", "int_lead__forecast_key",
    "int_lead__forecast_scope", "int_lead__forecast_window", "kpi_forecast_bias", "fct_forecast_bias_alert",
)  # fmt: skip


@pytest.fixture(scope="module")
def marts(tiny_marts, tmp_path_factory) -> Marts:
    copy = tiny_marts.copy(tmp_path_factory.mktemp("biased") / "home")
    copy.set_policy(forecast_lag_max_days=0)
    copy.rebuild(*MODELS)
    return copy


@pytest.fixture(scope="module")
def biases() -> dict[str, list[dict]]:
    """Planted rows by fault, with their detail."""
    found: dict[str, list[dict]] = {}
    for row in planted(build_world(PROFILES["tiny"], SEED)).to_pylist():
        if row["fault"].startswith("biased_"):
            found.setdefault(row["fault"], []).append(row | json.loads(row["detail"]))
    assert set(found) == {"biased_planner", "biased_family", "biased_key_item"}
    return found


def alert(marts: Marts, scope_type: str, scope_id: str) -> dict:
    """The alert of a scope that has not closed."""
    rows = marts.rows(
        "select * from lead.fct_forecast_bias_alert where resolved_date is null "
        f"and scope_type = '{scope_type}' and scope_id = '{scope_id}'"
    )
    assert len(rows) == 1, (scope_type, scope_id, rows)
    return rows[0]


def side(factor: float) -> str:
    """The rule that a factor should break."""
    return "over_forecast" if factor > 1 else "under_forecast"


def test_the_biased_planner_is_found(marts, biases):
    for row in biases["biased_planner"]:
        scope = f"{row['division_code']}|{row['planner']}"
        assert alert(marts, "planner", scope)["rule_id"] == side(row["factor"])


def test_the_biased_family_is_found(marts, biases):
    for row in biases["biased_family"]:
        found = alert(marts, "family", f"{row['division_code']}|{row['category'].upper()}")
        assert found["rule_id"] == side(row["factor"])


def test_the_biased_key_item_is_found(marts, biases):
    for row in biases["biased_key_item"]:
        [sku] = marts.rows(
            "select sku_id from core.bridge_sku_system_id "
            f"where division_code = '{row['division_code']}' and item_code = '{row['item_code']}'"
        )
        [found] = marts.rows(
            "select * from lead.kpi_forecast_bias where forecast_origin = 'planner' and scope_type = 'sku' "
            f"and scope_id = '{sku['sku_id']}' and month_start_date = date '2026-06-01'"
        )
        assert found["is_biased"] and f"{found['bias_direction']}_forecast" == side(row["factor"])
        assert found["is_alert"] == found["is_key"]  # an alert where it is key, a figure where it is not
        if found["is_key"]:
            assert alert(marts, "sku", sku["sku_id"])["rule_id"] == side(row["factor"])
