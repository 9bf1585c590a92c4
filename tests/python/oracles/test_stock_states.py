"""Holes of devices, transfers and stock states of every company against the oracle."""

from __future__ import annotations

from tests.python.oracles.compare import assert_none
from tests.python.oracles.stock_states import holes, states, transfers


def test_holes_of_every_device(case):
    found = case.marts.rows("select * from core.fct_sequence_gap")
    mart = {
        (row["site_code"], row["device_id"], row["first_missing_sequence_no"]): (
            row["last_missing_sequence_no"],
            row["missing_from_at"],
            row["missing_to_at"],
            row["held_back_rule"],
        )
        for row in found
    }
    assert mart == holes(case.company)
    assert all(
        row["missing_event_count"] == row["last_missing_sequence_no"] - row["first_missing_sequence_no"] + 1
        for row in found
    )


def test_transfers_with_both_legs(case):
    found = case.marts.rows("select * from core.fct_transfer")
    mart = {(row["transfer_id"], row["sku_id"]): row for row in found}
    oracle = transfers(case.company)
    differences = list(mart.keys() ^ oracle.keys())
    for key in mart.keys() & oracle.keys():
        row, said = mart[key], oracle[key]
        mine = row["shipped_qty"], row["received_qty"], row["in_transit_qty"], row["is_overdue"]
        theirs = said.shipped, said.received, said.on_its_way, said.is_overdue(case.company.as_of)
        missing = "in" if said.shipped and not said.received else "out" if said.received and not said.shipped else None
        places = row["from_location_id"], row["to_location_id"], row["missing_leg"]
        if mine != theirs or places != (said.left, said.reached, missing):
            differences.append((key, row, said))
    assert not differences, differences[:5]
    assert found or case.name == "wwi", "only Wide World Importers has one site"


def test_stock_states_of_every_record(case):
    found = case.marts.rows("select * from core.fct_stock_state")
    mart = {(row["sku_id"], row["location_id"]): row for row in found}
    oracle = states(case.company)
    differences = list(mart.keys() ^ oracle.keys())
    for key in mart.keys() & oracle.keys():
        row, said = mart[key], oracle[key]
        names = ("on_hand", "available", "reserved", "quarantine", "damaged", "expired", "in_transit", "on_order")
        if any(row[f"{name}_qty"] != getattr(said, name) for name in names):
            differences.append((key, row, said))
    assert_none(differences, len(found))


def test_the_edge_company_has_every_state(edge):
    said = states(edge.company).values()
    for name in ("reserved", "quarantine", "expired", "in_transit"):
        assert any(getattr(state, name) for state in said), f"nothing to compare for {name}"
    assert any(state.reserved and not state.available for state in said), "more is promised than is free"
    legs = transfers(edge.company).values()
    assert {leg.is_overdue(edge.company.as_of) for leg in legs if leg.on_its_way} == {True, False}
    assert len(holes(edge.company)) == 1
