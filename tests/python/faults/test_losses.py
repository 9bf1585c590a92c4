"""Events that never come: a hole in a device's numbers, a transfer without its second leg, and both mended late.

Here: rows 8 and 9 of docs/faults.md. Not here: which break a lost event leaves (oracles/test_break_classes.py).
"""

from __future__ import annotations

from tests.python.faults.stream import all_rows_accounted, differences, one

_HOLE = "select {} from core.fct_sequence_gap where site_code = 'E1' and device_id = 'E1-HH1'"
_TRANSFER = "select {} from core.fct_transfer where transfer_id = 'T1'"


def _lose(stream, site: str, is_lost) -> tuple[str, dict]:
    """Take the one row out of the movements of a site that `is_lost`; returns its batch and the row."""
    for batch in stream.batches(f"wms/{site}/movements"):
        for row in stream.rows(batch):
            if is_lost(row):
                stream.change(batch, lambda rows, row=row: [r for r in rows if r != row])
                return batch, row
    raise AssertionError("no such row")


def test_row_08_a_number_that_a_device_lost_is_a_hole_until_it_comes(clean, stream):
    batch, row = _lose(stream, "E1", lambda r: r["device_id"] == "E1-HH1" and r["sequence_no"] == 8)
    with clean.marts(stream) as marts:
        assert one(marts, _HOLE.format("missing_event_count").replace("core.", "clean.core.")) == 2
        assert one(marts, _HOLE.format("first_missing_sequence_no")) == 8
        assert one(marts, _HOLE.format("missing_event_count")) == 3
        unconfirmed = "select count(*) from visibility.kpi_stock_reconciliation where is_unconfirmed and is_matched"
        assert one(marts, unconfirmed) == 0
    stream.write(f"{batch}-late", [row], stream.extracted_at(batch))
    with clean.marts(stream) as marts:
        assert differences(marts) == {}
        all_rows_accounted(marts)


def test_row_09_a_transfer_without_its_second_leg_is_on_its_way_and_then_overdue(clean, stream):
    batch, row = _lose(stream, "W2", lambda r: r["transfer_id"] == "T1")
    with clean.marts(stream) as marts:
        assert one(marts, _TRANSFER.format("in_transit_qty")) == row["qty"] == 5
        assert one(marts, _TRANSFER.format("missing_leg")) == "in"
        assert one(marts, _TRANSFER.format("is_overdue")) is True
        everywhere = "select sum(movement_qty) from {}core.fct_stock_movement where transfer_id = 'T1'"
        assert one(marts, everywhere.format("")) == -5 and one(marts, everywhere.format("clean.")) == 0
    stream.write(f"{batch}-late", [row], stream.extracted_at(batch))
    with clean.marts(stream) as marts:
        assert differences(marts) == {}
        all_rows_accounted(marts)
