"""Faults of delivery: doubled, corrected, shuffled, late, replayed, reversed early, sent under another name.

Here: rows 1-4, 6, 7, 17, 26, 27, 37 and 42 of docs/faults.md. Not here: what comes after its day has closed
(test_late.py), faults of what the rows say (test_content.py).
"""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from tests.python.faults.stream import all_rows_accounted, differences, later, one

E1, W2 = "wms/E1/movements", "wms/W2/movements"
MONTH = f"{E1}/202509"


def test_the_comparison_sees_a_difference(clean, stream):
    """A day's sale that is one unit larger shows in ledger, position and demand, or nothing below means anything."""
    stream.change(
        MONTH, lambda rows: [r | {"qty": r["qty"] - 1} if n == _plain(rows) else r for n, r in enumerate(rows)]
    )
    with clean.marts(stream) as marts:
        assert {"core.fct_stock_movement", "core.fct_stock_position", "core.fct_demand_daily"} <= differences(
            marts
        ).keys()


def _plain(rows: list[dict]) -> int:
    return next(n for n, row in enumerate(rows) if row["event_type"] == "sales_issue")


def test_row_01_rows_doubled_in_a_file_and_in_a_later_batch(clean, stream):
    rows = stream.rows(MONTH)
    stream.change(MONTH, lambda rows: [*rows, *rows[3:20]])
    stream.write(f"{E1}/202509-again", rows[10:40], stream.extracted_at(MONTH))
    with clean.marts(stream) as marts:
        assert differences(marts) == {}
        assert one(marts, f"select rows_deduplicated from visibility.fct_row_account where batch_id = '{MONTH}'") == 17
        all_rows_accounted(marts)


@pytest.mark.parametrize("wins", ["source_version", "recorded_at"])
def test_row_02_a_conflicting_redelivery_is_won_by_version_then_recording(clean, stream, wins):
    """The right row is sent again after a wrong one: marts as if the wrong one had never come, and it is counted."""
    rows = stream.rows(MONTH)
    victims = [n for n, row in enumerate(rows) if row["event_type"] == "sales_issue"][:5]
    better = {"source_version": {"source_version": 7}, "recorded_at": {}}[wins]
    right = [rows[n] | better for n in victims]
    if wins == "recorded_at":
        right = [row | {"recorded_at": later(row["recorded_at"], hours=1).replace(tzinfo=None)} for row in right]

    def wrong(rows: list[dict]) -> list[dict]:
        return [row | {"qty": row["qty"] - 5} if n in victims else row for n, row in enumerate(rows)]

    before = {row["event_id"] for row in rows}
    stream.change(MONTH, wrong)
    stream.write(f"{E1}/202509-right", right, later(stream.extracted_at(MONTH), days=1))
    with clean.marts(stream) as marts:
        kept = {"fct_stock_movement"} if wins == "recorded_at" else set()  # it holds when the winner was recorded
        assert differences(marts, apart=kept) == {}
        (quantities,) = [one(marts, _qty_of(victim["event_id"])) == victim["qty"] for victim in right[:1]]
        assert quantities
        superseded = "select superseded_row_count from {}core.fct_delivery_account where site_code = 'E1'"
        assert one(marts, superseded.format("")) - one(marts, superseded.format("clean.")) == len(victims)
        all_rows_accounted(marts)
    assert len(before) == len(rows)


def _qty_of(event_id: str) -> str:
    return f"select sum(movement_qty) from core.fct_stock_movement where event_id = '{event_id}' and site_code = 'E1'"


def test_row_03_rows_in_any_order(clean, stream):
    for number, batch in enumerate(stream.batches(E1)):
        stream.change(batch, lambda rows, number=number: random.Random(number).sample(rows, len(rows)))
    with clean.marts(stream) as marts:
        assert differences(marts) == {}


def test_row_04_events_that_come_with_a_later_batch(clean, stream):
    """Before they come the days lack them; once they have come, nothing tells that they were late."""
    rows = stream.rows(MONTH)
    stays, late = rows[::2], rows[1::2]
    stream.write(MONTH, stays, stream.extracted_at(MONTH))
    with clean.marts(stream) as marts:
        assert "core.fct_stock_position" in differences(marts)
    stream.write(f"{E1}/202509-late", late, later(stream.extracted_at(MONTH), days=2))
    with clean.marts(stream) as marts:
        assert differences(marts) == {}
        all_rows_accounted(marts)


def test_row_06_the_whole_history_again(clean, stream):
    for batch in stream.batches(E1):
        stream.write(f"{batch}-replay", stream.rows(batch), stream.extracted_at(batch))
    with clean.marts(stream) as marts:
        assert differences(marts) == {}
        assert one(marts, "select min(duplicate_row_count) from core.fct_delivery_account where site_code = 'E1'") > 500
        all_rows_accounted(marts)


def test_row_07_a_reversal_that_comes_before_what_it_takes_back(clean, stream):
    """All reversals in batches that are read before all originals, each extracted when it was: as if sent in order."""
    count = 0
    for number, batch in enumerate(stream.batches(E1)):
        rows = stream.rows(batch)
        reversals = [row for row in rows if row["event_type"] == "reversal"]
        stream.write(batch, [row for row in rows if row["event_type"] != "reversal"], stream.extracted_at(batch))
        stream.write(f"{E1}/0000{number:02d}", reversals, stream.extracted_at(batch))
        count += len(reversals)
    assert count > 3
    with clean.marts(stream) as marts:
        assert differences(marts) == {}


@pytest.mark.parametrize(("threads", "zone"), [(1, "America/Los_Angeles"), (2, "Asia/Kolkata"), (4, "Europe/Madrid")])
def test_row_17_threads_and_session_time_zone_change_no_date(clean, stream, threads, zone, monkeypatch):
    from tests.python import compiled

    plain = compiled.connect

    def elsewhere(*arguments, **options):
        connection = plain(*arguments, **options)
        connection.execute(f"set TimeZone = '{zone}'")
        connection.execute(f"set threads = {threads}")
        return connection

    monkeypatch.setattr(compiled, "connect", elsewhere)
    with clean.marts(stream) as marts:
        assert one(marts, "select current_setting('TimeZone')") == zone
        assert differences(marts) == {}


def test_row_26_a_day_without_a_file_is_a_row_until_it_comes(clean, stream):
    """A business day of a busy site missing: one more hole, by its date; it closes when the day arrives after all."""
    day, holes = date(2025, 9, 17), "select location_id, missing_date from {}visibility.fct_feed_gap"
    rows = stream.rows(MONTH)
    # New York is four hours behind UTC in September.
    lost = [row for row in rows if (row["occurred_at"] - timedelta(hours=4)).date() == day]
    assert 2 <= len(lost) < len(rows)
    stream.write(MONTH, [row for row in rows if row not in lost], stream.extracted_at(MONTH))
    with clean.marts(stream) as marts:
        before, after = (set(marts.execute(holes.format(db)).fetchall()) for db in ("clean.", ""))
        [site] = marts.execute("select location_id from core.dim_location where location_code = 'E1'").fetchone()
        assert after - before == {(site, day)} and before <= after
    stream.write(f"{E1}/202509-late", lost, later(stream.extracted_at(MONTH), days=3))
    with clean.marts(stream) as marts:
        assert differences(marts) == {}


def test_row_27_the_same_file_under_another_name(clean, stream):
    for entity in ("wms/W1/movements", "erp/east/inventory_balances", "wms/E1/cycle_counts", "erp/west/items"):
        batch = stream.batches(entity)[-1]
        stream.write(f"{batch}-copy", stream.rows(batch), stream.extracted_at(batch))
    with clean.marts(stream) as marts:
        assert differences(marts) == {}
        all_rows_accounted(marts)


def test_row_37_batches_that_arrive_newest_first_give_the_same(clean, stream):
    """Names decide nothing but order of reading: the history under names that sort the other way round."""
    batches = stream.batches(E1)
    for number, batch in enumerate(batches):
        rows, at = stream.rows(batch), stream.extracted_at(batch)
        stream.write(f"{E1}/z{len(batches) - number:03d}", rows, at)
    import shutil

    for batch in batches:
        shutil.rmtree(stream.home.landing / batch)
    with clean.marts(stream) as marts:
        assert differences(marts) == {}


def test_row_42_a_change_of_status_that_comes_late(clean, stream):
    batches = stream.batches(E1)
    source = next(b for b in batches if any(r["event_type"] == "status_change" for r in stream.rows(b)))
    late = [row for row in stream.rows(source) if row["event_type"] == "status_change"]
    stream.change(source, lambda rows: [row for row in rows if row["event_type"] != "status_change"])
    stream.write(f"{source}-late", late, later(stream.extracted_at(source), days=2))
    with clean.marts(stream) as marts:
        assert differences(marts) == {}
