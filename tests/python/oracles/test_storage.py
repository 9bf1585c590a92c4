"""Storage and shelf life against the oracle (storage.py) and against what was planted in the tiny company."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest

from tests.python.oracles.accepted import latest, policy
from tests.python.oracles.compare import assert_none
from tests.python.oracles.storage import excursions, handling, intervals, lot_life, mean_kinetic, storage_class, taken


@pytest.fixture(scope="module")
def frames() -> dict:
    return {}


def frame_of(case, frames):
    if case.name not in frames:
        frames[case.name] = intervals(case.company)
    return frames[case.name]


def test_excursions(tiny, frames):
    frame, oracle = frame_of(tiny, frames), set()
    bands = {tuple(b[n] for n in ("low", "high", "dry", "damp")): b for b in handling(tiny.company).values()}
    for bounds in bands.values():
        if storage_class(bounds["high"]):
            oracle |= excursions(frame, bounds)
    found = tiny.marts.rows("select * from lead.fct_storage_excursion")
    mart = {
        (r["sensor_id"], r["measure"], r["storage_state"], r["started_at"], r["reading_count"],
         int(r["excursion_minutes"] * 60)) for r in found
    }  # fmt: skip
    assert mart == oracle and len(found) == len(mart) >= 2


def test_conditions_of_sensors(tiny, frames):
    frame, wrong = frame_of(tiny, frames), []
    found = tiny.marts.rows("select * from lead.kpi_storage_condition")
    for row in found:
        its = frame[frame["sensor"] == row["sensor_id"]]
        its = its[its["day"] > row["as_of_date"] - timedelta(days=int(policy("storage_window_days")))]
        known = its[its["trusted"]]
        inside = known[known["t"].between(float(row["storage_min_celsius"]), float(row["storage_max_celsius"]))]
        said = (int(known["held"].sum()), int(its["held"].sum() + its["lost"].sum() - known["held"].sum()))
        same = (row["known_second_count"], row["unknown_second_count"]) == said
        same = same and abs(float(row["mkt_celsius"]) - mean_kinetic(known)) < 0.002
        if not (same and row["safe_second_count"] == int(inside["held"].sum())):
            wrong.append((row, said, mean_kinetic(known)))
    assert_none(wrong, len(found))


def test_lots_and_what_is_at_risk(tiny, frames):
    company, bounds, wrong = tiny.company, handling(tiny.company), []
    lots = {}
    for row in latest(company.accepted.rows("wms", "lots"), lambda r: (r.instance, r.item_code, r.lot)):
        place = company.masters.by_site[row.instance]
        sku = company.masters.sku.get((place.division, row.item_code))
        day = row.received_at.replace(tzinfo=UTC).astimezone(ZoneInfo(place.time_zone)).date()
        lots[sku, place.location_id, row.lot] = row.expiry_date, day
    found, queues = tiny.marts.rows("select * from lead.kpi_shelf_life_risk"), defaultdict(list)
    for row in found:
        expiry, received = lots[row["sku_id"], row["location_id"], row["lot_code"]]
        division = company.masters.locations[row["location_id"]].division
        its = bounds[division, row["sku_id"]]
        life = lot_life(frame_of(tiny, frames), row["location_id"], its, received, (expiry - company.as_of_date).days)
        same = abs(float(row["remaining_days"]) - life["left"]) < 0.02 and row["was_frozen"] == life["frozen"]
        same = same and abs(float(row["mkt_celsius"]) - life["mkt"]) < 0.002
        if not (same and abs(float(row["extra_age_days"]) - life["extra"]) < 0.001):
            wrong.append((row, life))
        queues[row["sku_id"], row["location_id"]].append((life["left"], expiry, row))
    assert_none(wrong, len(found))
    at_risk = 0
    for queue in queues.values():
        queue.sort(key=lambda entry: (entry[0], entry[1], entry[2]["lot_code"]))
        said = taken(
            [(float(row["on_hand_qty"]), left) for left, _, row in queue], float(queue[0][2]["mean_daily_qty"])
        )
        for (_, _, row), qty in zip(queue, said, strict=True):
            assert float(row["taken_qty"]) == pytest.approx(qty, abs=0.05)
            assert row["risk_qty"] == row["on_hand_qty"] - row["taken_qty"]
            at_risk += row["risk_qty"] > 0
    assert 0 < at_risk < len(found)


def test_planted_faults_of_sensors_are_found_and_nothing_else(tiny):
    """Recall and precision 1: warm and frosty stores by excursions, silent, stuck and leaping sensors by flags."""
    planted = duckdb.sql(f"""
        select fault, device_id, "at" from '{tiny.marts.home.root}/truth/planted.parquet' where fault like 'sensor%'
    """).fetchall()  # fmt: skip
    by_fault = defaultdict(set)
    for fault, device, at in planted:
        by_fault[fault].add((device, at if isinstance(at, datetime) else datetime.fromtimestamp(at / 1e6, UTC)))
    found = tiny.marts.rows("select * from lead.fct_storage_excursion")
    warm = {r["sensor_id"] for r in found if r["storage_state"] == "high"}
    cold = {r["sensor_id"] for r in found if r["storage_state"] == "low"}
    assert warm == {device for device, _ in by_fault["sensor_excursion"]} and warm
    assert cold == {device for device, _ in by_fault["sensor_freeze"]} and cold
    conditions = tiny.marts.rows("select * from lead.kpi_storage_condition")
    for fault, column in (
        ("sensor_gap", "gap_count"),
        ("sensor_flat_line", "stuck_second_count"),
        ("sensor_jump", "spike_count"),
    ):
        assert {r["sensor_id"] for r in conditions if r[column]} == {device for device, _ in by_fault[fault]}, fault
    alerts = tiny.marts.rows("select scope_id from scorecard.fct_alert where kpi_id = 'storage_safe_ratio'")
    sites = {r["location_id"] for r in found}
    assert {row["scope_id"] for row in alerts} == sites, "an alert at each site with an excursion, none elsewhere"
