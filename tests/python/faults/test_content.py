"""Faults of what rows and files say: wrong signs, unknown members, bad units, drift, broken files, odd texts.

Here: rows 10-12, 14-16, 18-25, 45 and 46 of docs/faults.md at the marts: the bad part is held back or flagged with its
reason, the rest is as it would be without it. Not here: each rule of the validator (test_validator*.py).
"""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.lib.landing import MANIFEST
from tests.python.faults.stream import ACCOUNTS, Clean, Stream, all_rows_accounted, differences, one
from tests.python.landing_fixture import csv_bytes, parquet_bytes, send

MONTH = "wms/E1/movements/202509"
LATER = "wms/E1/movements/202509-extra"
HOSTILE = (
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "'; drop table x; --",
    "{{ 7*7 }}",
    "\u202egnp.exe\u202c",
    "x" * 10_000,
)


def extra(stream: Stream, count: int = 4, **changes: object) -> list[dict]:
    """Good sales of the month under new identities, with some values changed in each."""
    sales = [row for row in stream.rows(MONTH) if row["event_type"] == "sales_issue"][:count]
    return [row | {"event_id": f"extra-{n}"} | changes for n, row in enumerate(sales)]


def held(marts, rule: str) -> int:
    """Rows held back under a rule, beyond those of the clean stream."""
    query = "select coalesce(sum(row_count), 0) from {}visibility.fct_quarantined_row where rule_id = '{}'"
    return int(one(marts, query.format("", rule)) - one(marts, query.format("clean.", rule)))


def send_extra(stream: Stream, rows: list[dict]) -> None:
    stream.write(LATER, rows, stream.extracted_at(MONTH))


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("rule:sign_fits_event_type", {"qty": Decimal(3)}),  # row 10: a sale that adds stock
        ("rule:known_event_type", {"event_type": "sale"}),  # row 10: a movement type nobody knows
        ("large:qty", {"qty": Decimal(-4006381333931)}),  # row 10: a barcode scanned into the quantity
        ("unknown_uom", {"uom": "FIRKIN"}),  # row 12
        ("unknown_item", {"item_code": "no such item"}),  # row 14
        ("future:occurred_at", {"occurred_at": datetime(2031, 1, 1)}),  # row 16
        ("required:event_id", {"event_id": None}),  # row 46
        ("required:item_code", {"item_code": None}),  # row 46
        ("rule:known_stock_status", {"stock_status": "<b>"}),  # row 45: hostile where only a code may stand
    ],
)
def test_rows_10_12_14_16_46_bad_rows_are_held_back_and_the_rest_stays(clean, stream, rule, changes):
    rows = extra(stream, **changes)
    send_extra(stream, rows)
    with clean.marts(stream) as marts:
        assert held(marts, rule) == len(rows)
        assert differences(marts) == {}
        all_rows_accounted(marts)


def test_row_11_negative_stock_is_kept_and_flagged(clean, stream):
    """A sale of far more than there is: the position goes below nought by exactly that, and the record says so."""
    last = stream.batches("wms/E1/movements")[-1]
    sale = next(r for r in stream.rows(last) if r["event_type"] == "sales_issue" and r["item_code"] == "e03")
    huge = sale | {"event_id": "huge", "qty": Decimal(-5000)}
    stream.write(f"{last}-extra", [huge], stream.extracted_at(last))
    record = """
        from {}visibility.fct_stock_record inner join core.bridge_sku_system_id as ids using (sku_id)
        where ids.item_code = 'e03' and ids.division_code = 'east'"""
    with clean.marts(stream) as marts:
        before, after = (one(marts, f"select on_hand_qty {record.format(db)}") for db in ("clean.", ""))
        assert after == before - 5000 < 0
        flags = "select count(*) from visibility.fct_stock_record_flag where rule_id = 'DQ-N1' and on_hand_qty = "
        assert one(marts, flags + f"{after}") == 1
        assert one(marts, "select sum(movement_qty) from core.fct_stock_movement") == -5000 + one(
            marts, "select sum(movement_qty) from clean.core.fct_stock_movement"
        )


def test_row_10_the_largest_quantity_that_is_accepted_is_counted_and_stops_no_mart(whole_project, clean, stream):
    """In 64 bits its product with a factor of six decimals would overflow: one line would stop the build."""
    last = stream.batches("wms/E1/movements")[-1]
    sale = next(r for r in stream.rows(last) if r["event_type"] == "sales_issue")
    most = sale | {"event_id": "most", "qty": Decimal("-999999999.9999")}
    stream.write(f"{last}-extra", [most], stream.extracted_at(last))
    with whole_project.run(stream.home) as marts:
        query = "select movement_qty from core.fct_stock_movement where event_id = 'most'"
        assert marts.execute(query).fetchall() == [(most["qty"],)]
        all_rows_accounted(marts)


def _balance(stream: Stream, change) -> dict:
    """Change the last ERP balance of one record of the east; returns the row as it was."""
    batch = stream.batches("erp/east/inventory_balances")[-1]
    row = next(r for r in stream.rows(batch) if r["item_code"] == "e03" and not r["owner_code"])
    stream.change(batch, lambda rows: [change(r) if r == row else r for r in rows])
    return row


_LAST_COMPARISON = """
select r.{} from visibility.kpi_stock_reconciliation as r
inner join core.bridge_sku_system_id as ids using (sku_id)
where ids.item_code = 'e03' and ids.division_code = 'east' order by r.cut_off_at desc limit 1
"""


def test_row_12_a_balance_in_cases_that_says_units_is_a_unit_mismatch(clean, stream):
    """All there is makes one case, and the ERP says one."""
    told = _balance(stream, lambda row: row | {"on_hand_qty": Decimal(1)})
    pack = {"item_code": "e03", "uom": "CASE", "factor_to_base": told["on_hand_qty"]}
    uoms = stream.batches("erp/east/item_uoms")[-1]
    stream.change(uoms, lambda rows: [*rows, rows[0] | pack])
    with clean.marts(stream) as marts:
        assert one(marts, _LAST_COMPARISON.format("ledger_on_hand_qty")) == told["on_hand_qty"] > 1
        assert one(marts, _LAST_COMPARISON.format("break_class")) == "uom_mismatch"


def test_row_14_an_unknown_location_keeps_its_rows_and_their_sum(clean, stream):
    batch = stream.batches("erp/east/inventory_balances")[-1]
    row = next(r for r in stream.rows(batch) if r["item_code"] == "e03")
    lost = [row | {"location_code": "E99", "on_hand_qty": Decimal(17)}]
    stream.change(batch, lambda rows: rows + lost)
    with clean.marts(stream) as marts:
        assert held(marts, "unknown_location") == 1
        assert differences(marts) == {}
        (found,) = marts.execute(
            "select on_hand_qty from unified.stg_unified__balance where quarantine_rule = 'unknown_location'"
        ).fetchone()
        assert found == 17
        all_rows_accounted(marts)


@pytest.mark.parametrize("drift", [1, -4, 250])
def test_row_15_drift_between_balance_and_ledger_is_found_to_the_unit(clean, stream, drift):
    with clean.marts(stream) as marts:
        before = one(marts, _LAST_COMPARISON.format("delta_qty"))
    _balance(stream, lambda row: row | {"on_hand_qty": row["on_hand_qty"] - drift})
    with clean.marts(stream) as marts:
        assert one(marts, _LAST_COMPARISON.format("delta_qty")) == before + drift
        assert one(marts, _LAST_COMPARISON.format("is_matched")) is False


# -- files ------------------------------------------------------------------------------------------------------------

_TEXT = ("event_id", "event_type", "item_code", "qty", "uom", "occurred_at", "recorded_at")


def _as_csv(rows: list[dict], **how: str) -> bytes:
    """The rows as a sender would write them to CSV, without the columns that are all empty."""
    kept = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    return csv_bytes([{name: "" if row[name] is None else str(row[name]) for name in kept} for row in rows], **how)


def _parquet(rows: list[dict]) -> bytes:
    return parquet_bytes(pa.Table.from_pylist(rows))


def _cut_in_a_number(content: bytes) -> bytes:
    return content.rstrip(b"\r\n")[:-1]


FILES = {
    "column_dropped": (
        "missing_column",
        lambda rows: _as_csv([{k: v for k, v in r.items() if k != "qty"} for r in rows]),
    ),
    "column_renamed": ("missing_column", lambda rows: _as_csv(rows).replace(b"item_code", b"sku", 1)),
    "column_added": ("unexpected_column", lambda rows: _as_csv([r | {"colour": "red"} for r in rows])),
    "column_twice": (
        "duplicate_column",
        lambda rows: b"\n".join(x + b",x" for x in _as_csv(rows).splitlines()).replace(b",x\n", b",uom\n", 1),
    ),
    "wrong_delimiter": ("missing_column", lambda rows: _as_csv(rows, delimiter=";")),
    "torn_line": ("unreadable", lambda rows: _as_csv(rows) + b"a,b\n"),
    "latin_1_undeclared": (
        "unreadable",
        lambda rows: _as_csv([r | {"reason": "café"} for r in rows], encoding="latin-1"),
    ),
    "huge_field": ("unreadable", lambda rows: _as_csv(rows).replace(b"extra-0", b"x" * 3_000_000)),
    "no_bytes": ("unreadable", lambda rows: b""),
}


@pytest.mark.parametrize("fault", FILES)
def test_rows_18_20_22_23_25_a_broken_file_is_held_back_whole(clean, stream, fault):
    rule, spoil = FILES[fault]
    rows = extra(stream)
    expected = 0 if fault == "no_bytes" else len(rows)
    send(stream.home, {"movements.csv": spoil(rows)}, expected, path=LATER, extracted_at="2025-10-03T00:00:00Z")
    _held_back_whole(clean, stream, rule)


def _held_back_whole(clean: Clean, stream: Stream, rule: str) -> None:
    with clean.marts(stream) as marts:
        account = marts.execute(
            "select file_rule, rows_loaded from visibility.fct_row_account where batch_id = ?", [LATER]
        ).fetchall()
        assert (rule, 0) in account
        assert differences(marts) == {}
        all_rows_accounted(marts)


def test_row_19_a_file_cut_inside_a_number_is_held_back_though_it_parses(clean, stream):
    rows = [{name: row[name] for name in _TEXT if name != "qty"} | {"qty": "-12"} for row in extra(stream)]
    whole = _as_csv(rows)
    send(stream.home, {"movements.csv": whole}, len(rows), path=LATER, extracted_at="2025-10-03T00:00:00Z")
    (stream.home.landing / LATER / "movements.csv").write_bytes(_cut_in_a_number(whole))
    _held_back_whole(clean, stream, "sha256")


def test_row_19_a_file_without_a_manifest_is_not_there_yet(clean, stream):
    send_extra(stream, extra(stream))
    (stream.home.landing / LATER / MANIFEST).unlink()
    with clean.marts(stream) as marts:
        assert one(marts, f"select count(*) from visibility.fct_row_account where batch_id = '{LATER}'") == 0
        assert differences(marts) == {}


def test_row_24_a_flipped_bit_in_parquet_is_held_back(clean, stream):
    send_extra(stream, extra(stream))
    path = next((stream.home.landing / LATER).glob("*.parquet"))
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 4
    path.unlink()
    path.write_bytes(bytes(content))
    _held_back_whole(clean, stream, "sha256")


@pytest.mark.parametrize("fmt", ["csv", "parquet"])
def test_row_25_an_empty_file_is_accepted_as_empty(clean, stream, fmt):
    rows = extra(stream)
    content = _as_csv(rows).splitlines()[0] + b"\n" if fmt == "csv" else parquet_bytes(pa.Table.from_pylist(rows)[:0])
    send(stream.home, {f"movements.{fmt}": content}, 0, path=LATER, extracted_at="2025-10-03T00:00:00Z")
    with clean.marts(stream) as marts:
        query = f"select rows_in, file_rule from visibility.fct_row_account where batch_id = '{LATER}'"
        assert marts.execute(query).fetchall() == [(0, None)]
        assert differences(marts) == {}


@pytest.mark.parametrize("how", ["reordered", "crlf_bom", "semicolon_latin_1"])
def test_rows_18_21_22_other_shapes_of_the_same_rows_give_the_same(clean, stream, how):
    """The month's file as CSV, its columns in another order, its encoding declared: not one mart moves."""
    rows, at = stream.rows(MONTH), stream.extracted_at(MONTH)
    shutil.rmtree(stream.home.landing / MONTH)
    if how == "reordered":
        rows = [{name: row[name] for name in reversed(list(row))} for row in rows]
    content = _as_csv(
        rows, newline="\r\n" if how == "crlf_bom" else "\n", delimiter=";" if how.startswith("semi") else ","
    )
    declared = {"csv": {"delimiter": ";", "encoding": "latin-1"}} if how.startswith("semi") else {}
    content = b"\xef\xbb\xbf" + content if how == "crlf_bom" else content
    moment = at.isoformat().replace("+00:00", "Z")
    send(stream.home, {"movements.csv": content}, len(rows), path=MONTH, extracted_at=moment, **declared)
    with clean.marts(stream) as marts:
        assert differences(marts) == {}
        assert one(marts, "select count(*) from visibility.fct_quarantined_row") == one(
            marts, "select count(*) from clean.visibility.fct_quarantined_row"
        )


def test_row_21_codes_that_look_like_numbers_stay_text(clean, stream):
    """1E5, 007 and 1_000 as item codes of a CSV: three SKUs of those very names, with what they sold."""
    codes = ("1E5", "007", "1_000")
    items = stream.batches("erp/east/items")[-1]
    plain = next(row for row in stream.rows(items) if row["item_code"] == "e03")
    stream.change(items, lambda rows: rows + [plain | {"item_code": code, "mpn": None} for code in codes])
    rows = [row | {"item_code": code} for row, code in zip(extra(stream, 3), codes, strict=True)]
    send(stream.home, {"movements.csv": _as_csv(rows)}, 3, path=LATER, extracted_at="2025-10-03T00:00:00Z")
    with clean.marts(stream) as marts:
        found = marts.execute(
            "select ids.item_code, sum(m.movement_qty) from core.fct_stock_movement as m"
            " inner join core.bridge_sku_system_id as ids using (sku_id) where m.event_id like 'extra-%' group by all"
        ).fetchall()
        assert dict(found) == {row["item_code"]: row["qty"] for row in rows}


def test_row_23_a_file_that_unpacks_beyond_the_limit_is_not_unpacked(clean, stream, monkeypatch):
    from orchestration.lib import file_rules

    rows = extra(stream, 1)
    bomb = pa.Table.from_pylist([rows[0] | {"reason": "a" * 1000}] * 20_000)
    sink = pa.BufferOutputStream()
    pq.write_table(bomb, sink, compression="zstd", use_dictionary=False)
    content = sink.getvalue().to_pybytes()
    assert len(content) < 200_000
    limit = next(name for name in dir(file_rules) if name.startswith("MAX_") and "UNPACK" in name)
    monkeypatch.setattr(file_rules, limit, 1_000_000)
    send(stream.home, {"movements.parquet": content}, 20_000, path=LATER, extracted_at="2025-10-03T00:00:00Z")
    _held_back_whole(clean, stream, "too_large")


def test_row_45_hostile_texts_are_stored_verbatim(clean, stream):
    items = stream.batches("erp/east/items")[-1]
    sites = stream.batches("erp/east/locations")[-1]
    victims = [row["item_code"] for row in stream.rows(items)][: len(HOSTILE)]
    texts = dict(zip(victims, HOSTILE, strict=True))
    stream.change(items, lambda rows: [r | {"description": texts.get(r["item_code"], r["description"])} for r in rows])
    stream.change(sites, lambda rows: [r | {"location_name": HOSTILE[1]} for r in rows])
    send_extra(stream, extra(stream, 3, reason=HOSTILE[2]))
    with clean.marts(stream) as marts:
        found = {t for (t,) in marts.execute("select sku_description from core.dim_sku").fetchall()}
        stored = {t for (t,) in marts.execute("select description from staging.stg_erp__items").fetchall()}
        assert set(HOSTILE) <= stored and len(set(HOSTILE) & found) >= 4  # one SKU has one description of its twins'
        assert (
            one(marts, "select count(*) from core.dim_location where location_name = '<script>alert(1)</script>'") == 1
        )
        reasons = "select count(*) from core.fct_stock_movement where reason = ?"
        assert marts.execute(reasons, [HOSTILE[2]]).fetchone() == (3,)


def test_row_46_no_owner_and_no_lot_are_members_of_their_own_and_do_not_grow(clean, stream):
    """Null owner and lot become the division itself and '-': sent twice they are still one."""
    with clean.marts(stream) as marts:
        query = "select count(*) from core.fct_stock_position where lot_code is null or owner_code is null"
        assert one(marts, query) == 0
        assert one(marts, "select count(*) from core.fct_stock_position where lot_code = '-'") > 100
    batch = stream.batches("erp/east/inventory_balances")[-1]
    stream.write(f"{batch}-again", stream.rows(batch), stream.extracted_at(batch) + timedelta(minutes=1))
    with clean.marts(stream) as marts:
        assert differences(marts, apart={"dim_cutoff"}).keys() <= {"core.fct_stock_on_hand"}


def test_what_is_left_out_of_the_comparison_is_only_the_accounts(clean, stream):
    with clean.marts(stream) as marts:
        names = {row[0] for row in marts.execute("select table_name from information_schema.tables").fetchall()}
    assert names >= ACCOUNTS
    assert json.loads((stream.home.landing / MONTH / MANIFEST).read_text())["batch"] == "202509"
