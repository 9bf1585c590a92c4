"""The validator on rows: every row rule, duplicates within a file, row numbers, and typing without loss.

Whole files and how they are read: test_validator.py. Cache and pinned set: test_accepting.py.
"""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

import duckdb
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from landing_fixture import MOVEMENT, Judge, csv_bytes, movements, parquet_bytes, send

from orchestration.lib.contracts import Column, Contract, ContractError, Rule
from orchestration.lib.row_rules import typed_columns
from orchestration.lib.sql import connect
from orchestration.lib.validator import Validator

GOOD = csv_bytes(movements(2))


@pytest.fixture
def judge(contracts, home, tmp_path):
    return Judge(contracts, home.landing, tmp_path / "out")


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("type:qty", {"qty": "1,234"}),
        ("type:qty", {"qty": "1.00001"}),
        ("type:qty", {"qty": "123456789012345"}),
        ("type:source_version", {"source_version": "1.5"}),
        ("type:sequence_no", {"sequence_no": "9223372036854775808"}),
        ("type:occurred_at", {"occurred_at": "01.03.2026 05:00"}),
        ("type:occurred_at", {"occurred_at": "2026-02-30T05:00:00Z"}),
        ("type:occurred_at", {"occurred_at": "infinity"}),
        ("required:item_code", {"item_code": ""}),
        ("required:item_code", {"item_code": " \t "}),
        ("required:qty", {"qty": ""}),
        ("large:qty", {"qty": "1000000000"}),
        ("large:qty", {"qty": "4006381333931"}),
        ("large:qty", {"qty": "-1000000000", "event_type": "sales_issue"}),
        ("rule:known_event_type", {"event_type": "teleport"}),
        ("rule:sign_fits_event_type", {"qty": "-1"}),
        ("rule:sign_fits_event_type", {"event_type": "sales_issue"}),
        ("rule:status_change_names_both", {"event_type": "status_change", "from_stock_status": "available"}),
        ("rule:known_stock_status", {"stock_status": "lost"}),
        ("future:occurred_at", {"occurred_at": "2026-03-01T06:10:00.000001Z"}),
        ("future:occurred_at", {"occurred_at": "2026-03-01T05:11:00-01:00"}),
    ],
)
def test_one_broken_row_is_held_back_and_its_neighbours_load(home, judge, rule, change):
    columns = dict.fromkeys(["source_version", "sequence_no", "from_stock_status", "stock_status"], "")
    rows = [MOVEMENT | columns | {"event_id": f"e{n}"} for n in (1, 2, 3)]
    rows[1] |= change
    [account], loaded, [held] = judge(send(home, {"m.csv": csv_bytes(rows)}, 3))
    assert [r["_row"] for r in loaded] == [1, 3]
    assert (account.rows_loaded, account.rows_quarantined, account.file_rule) == (2, 1, None)
    assert (held["row_number"], held["rule"], held["row_count"]) == (2, rule, 1)
    assert held["message"].startswith(f"{account.file}, row 2: {rule}: ")
    assert "Correct the row and send it in a new batch." in held["message"]
    raw = json.loads(held["raw_row"])
    assert raw == {k: v or None for k, v in rows[1].items()}


def test_the_rule_is_the_first_broken_one_and_the_message_has_all(home, judge):
    rows = movements(1, event_type="teleport", qty="x", uom="", occurred_at="2027-01-01T00:00:00Z")
    _, [], [held] = judge(send(home, {"m.csv": csv_bytes(rows)}, 1))
    assert held["rule"] == "type:qty"
    for rule in ("type:qty: 'x'", "required:uom:", "rule:known_event_type:", "future:occurred_at: 2027-01-01"):
        assert rule in held["message"]
    assert "required:qty" not in held["message"], "a value that does not fit is there, so it is not missing too"
    assert "sign_fits" not in held["message"], "a rule over a value that did not fit says nothing"


@pytest.mark.parametrize(
    "edge", ["2026-03-01T06:10:00Z", "2026-03-01T07:10:00+01:00", "2026-03-01 06:10:00", "1999-01-01"]
)
def test_clock_skew_of_ten_minutes_passes(home, judge, edge):
    _, [row], held = judge(send(home, {"m.csv": csv_bytes(movements(1, occurred_at=edge))}, 1))
    assert held == []
    assert row["occurred_at"] in (datetime(2026, 3, 1, 6, 10), datetime(1999, 1, 1))


def test_a_rule_that_is_null_is_not_broken(home, judge):
    """As an SQL check constraint: whether a value must be there is said by `required`, never by a rule's null."""
    contract = Contract(
        "erp", "things", 1, "snapshot", (Column("a", "integer"), Column("b", "integer")), rules=(Rule("r", "a < b"),)
    )
    judge.contracts = {("erp", "things"): contract}
    content = b"a,b\n1,2\n1,\n,2\n3,2\n"
    _, loaded, [held] = judge(send(home, {"t.csv": content}, 4, path="erp/d/things/b1"))
    assert [r["_row"] for r in loaded] == [1, 2, 3]
    assert (held["row_number"], held["rule"]) == (4, "rule:r")


@pytest.mark.parametrize("expression", ["nonsense > 1", "a >", "a < 1; drop table x"])
def test_a_rule_that_cannot_be_evaluated_blames_the_contract_not_the_data(home, judge, expression):
    contract = Contract(
        "erp", "things", 1, "snapshot", (Column("a", "integer"),), rules=(Rule("r", expression),), path="models/x.yml"
    )
    judge.contracts = {("erp", "things"): contract}
    with pytest.raises(ContractError, match=r"models/x.yml: erp.things, rule r: .*correct it"):
        judge(send(home, {"t.csv": b"a\n1\n"}, 1, path="erp/d/things/b1"))


def test_every_rule_of_the_contracts_can_be_evaluated(contracts, home, judge):
    for (source, entity), contract in contracts.items():
        if contract.kind != "record":
            header = ",".join(c.name for c in contract.columns).encode() + b"\n"
            [account], _, _ = judge(send(home, {"t.csv": header}, 0, path=f"{source}/x/{entity}/b1"))
            assert account.file_rule is None, entity


def test_equal_rows_of_a_file_load_once_the_first_of_them(home, judge):
    a, b = movements(2)
    near = a | {"qty": "12.50"}  # equal once typed
    other = a | {"qty": "12.51"}  # the same key, another payload: a redelivery, which is not ours to judge
    broken = a | {"uom": ""}
    [account], loaded, held = judge(send(home, {"m.csv": csv_bytes([a, b, a, near, other, b, broken, broken])}, 8))
    assert [r["_row"] for r in loaded] == [1, 2, 5]
    assert (account.rows_deduplicated, account.rows_quarantined) == (3, 2)
    assert [h["row_number"] for h in held] == [7, 8]


def test_equal_rows_in_two_batches_load_twice(home, judge):
    """Redelivery between batches is the ledger's to win or lose: it needs both rows to count them."""
    for batch in ("b1", "b2"):
        _, rows, _ = judge(send(home, {"m.csv": GOOD}, 2, path=f"wms/site/movements/{batch}"))
        assert len(rows) == 2


@pytest.mark.parametrize("fmt", ["parquet", "csv"])
def test_many_rows_keep_their_numbers(home, contracts, tmp_path, fmt):
    """More rows than a vector, than a row group and than one thread's share: numbers must still name the rows."""
    count = 200_000
    bad = [1, 2_049, 122_881, count]
    columns = {name: pa.repeat(value, count) for name, value in MOVEMENT.items()}
    columns["event_id"] = pa.array([f"e{n:06d}" for n in range(1, count + 1)])
    columns["qty"] = pa.array(["x" if n in bad else "1" for n in range(1, count + 1)])
    content = io.BytesIO()
    if fmt == "csv":
        pyarrow.csv.write_csv(pa.table(columns), content)
    else:
        pq.write_table(pa.table(columns), content, row_group_size=10_000)
    batch = send(home, {f"m.{fmt}": content.getvalue()}, count)
    result = Validator(connect(preserve_order=True), contracts, home.landing).validate(batch, tmp_path)
    assert result.accounts[0].rows_quarantined == len(bad)
    assert pq.read_table(tmp_path / Validator.QUARANTINED)["row_number"].to_pylist() == bad
    rows = pq.read_table(tmp_path / result.parts[0], columns=["event_id", "_row"])
    assert rows["_row"].to_pylist() == [n for n in range(1, count + 1) if n not in bad]
    assert rows["event_id"].to_pylist() == [f"e{n:06d}" for n in range(1, count + 1) if n not in bad]


# --- types ------------------------------------------------------------------------------------------------------------

TYPES = Contract(
    "erp",
    "types",
    1,
    "snapshot",
    (
        Column("t", "varchar"),
        Column("i", "integer"),
        Column("l", "bigint"),
        Column("d", "decimal(18,4)"),
        Column("b", "boolean"),
        Column("day", "date"),
        Column("at", "timestamp"),
    ),
)
NOT = "does not fit"  # the row is quarantined by type:<column>


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("t", pa.scalar(7, pa.int32()), "7"),
        ("t", pa.scalar(100000.0), NOT),
        ("t", pa.scalar(b"x"), NOT),
        ("t", pa.scalar(["x"]), NOT),
        ("t", pa.scalar(True), NOT),
        ("i", pa.scalar(7.0), 7),
        ("i", pa.scalar(7.5), NOT),
        ("i", pa.scalar(float("nan")), NOT),
        ("i", pa.scalar(float("inf")), NOT),
        ("i", pa.scalar(2**31, pa.int64()), NOT),
        ("i", pa.scalar("12.0"), 12),
        ("i", pa.scalar("1e3"), NOT),
        ("i", pa.scalar(True), NOT),
        ("l", pa.scalar(2**62, pa.uint64()), 2**62),
        ("l", pa.scalar(2**63, pa.uint64()), NOT),
        ("l", pa.scalar(Decimal("5.00")), 5),
        ("l", pa.scalar(Decimal("5.01")), NOT),
        ("d", pa.scalar(0.1 + 0.2), Decimal("0.3000")),
        ("d", pa.scalar(12.34), Decimal("12.3400")),
        ("d", pa.scalar(1.23456), NOT),
        ("d", pa.scalar(12.34, pa.float32()), Decimal("12.3400")),
        ("d", pa.scalar(float("nan")), NOT),
        ("d", pa.scalar(1e15), NOT),
        ("d", pa.scalar(Decimal("1.23450000")), Decimal("1.2345")),
        ("d", pa.scalar(Decimal("1.23451")), NOT),
        ("d", pa.scalar(5, pa.int8()), Decimal("5.0000")),
        ("d", pa.scalar(date(2026, 1, 1)), NOT),
        ("b", pa.scalar("TRUE"), True),
        ("b", pa.scalar("0"), False),
        ("b", pa.scalar("yes"), NOT),
        ("b", pa.scalar(1), True),
        ("b", pa.scalar(2), NOT),
        ("day", pa.scalar("2026-02-28"), date(2026, 2, 28)),
        ("day", pa.scalar("2026-02-29"), NOT),
        ("day", pa.scalar("2026-02-28 00:00:00"), date(2026, 2, 28)),
        ("day", pa.scalar("2026-02-28 10:00:00"), NOT),
        ("day", pa.scalar("28/02/2026"), NOT),
        ("day", pa.scalar(datetime(2026, 2, 28)), date(2026, 2, 28)),
        ("day", pa.scalar(datetime(2026, 2, 28, 1)), NOT),
        ("day", pa.scalar(20260228), NOT),
        ("at", pa.scalar("2026-03-08T02:30:00-05:00"), datetime(2026, 3, 8, 7, 30)),
        ("at", pa.scalar("2026-03-08 02:30"), datetime(2026, 3, 8, 2, 30)),
        ("at", pa.scalar("2026-03-08T02:30:00.123456Z"), datetime(2026, 3, 8, 2, 30, 0, 123456)),
        ("at", pa.scalar("2026-03-08T02:30:00.1234567Z"), NOT),
        ("at", pa.scalar("2026-03-08T02:30:00 America/New_York"), NOT),
        ("at", pa.scalar("03/08/2026 02:30"), NOT),
        ("at", pa.scalar(date(2026, 3, 8)), datetime(2026, 3, 8)),
        ("at", pa.scalar(datetime(2026, 3, 8, 2, tzinfo=UTC)), datetime(2026, 3, 8, 2)),
        ("at", pa.scalar(datetime(2026, 3, 8, 2, 30), pa.timestamp("ms")), datetime(2026, 3, 8, 2, 30)),
        ("at", pa.scalar(1_700_000_000_000_000_001, pa.timestamp("ns")), NOT),
        ("at", pa.scalar(2**63 - 1, pa.timestamp("us")), NOT),  # DuckDB's infinity
        ("at", pa.scalar(1_700_000_000), NOT),
        ("t", pa.scalar(None), None),
        ("d", pa.scalar(None), None),
        ("at", pa.scalar(None, pa.float64()), None),
    ],
    ids=lambda value: str(value.type if isinstance(value, pa.Scalar) else value),
)
def test_parquet_values_fit_or_are_held_back(home, judge, column, value, expected):
    judge.contracts = {("erp", "types"): TYPES}
    table = pa.table({column: pa.repeat(value, 1)})
    _, rows, held = judge(send(home, {"t.parquet": parquet_bytes(table)}, 1, path="erp/d/types/b1"))
    if expected is NOT:
        assert rows == [] and [h["rule"] for h in held] == [f"type:{column}"]
    else:
        assert held == [] and rows[0][column] == expected


def decimal_oracle(text: str, precision: int, scale: int) -> Decimal | object | None:
    """What a text means as decimal(p,s), by Python's own decimals: None for no value, NOT when it does not fit."""
    stripped = text.strip(" \t\r\n")
    if not stripped:
        return None
    if not stripped.isascii() or any(c not in "0123456789+-." for c in stripped):
        return NOT
    try:
        value = Decimal(stripped)
    except InvalidOperation:
        return NOT
    exact = value == value.quantize(Decimal(1).scaleb(-scale)) if abs(value) < Decimal(10) ** 20 else False
    return value if exact and abs(value) < Decimal(10) ** (precision - scale) else NOT


number = st.from_regex(
    r"[ ]?[+-]?[0-9]{0,16}[.,]?[0-9]{0,7}(e[0-9])?[ ]?", fullmatch=True, alphabet=st.characters(codec="ascii")
)
EDGES = ["1.23450", "1.23451", "99999999999999.9999", "100000000000000", "-.5", "5.", ".", "+", "1_0", "٣", "1 2"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(number | st.text(max_size=6).filter(lambda t: "\0" not in t), min_size=1, max_size=40))
@example(
    values=["1.23450", "1.23451", "99999999999999.9999", "100000000000000", "-.5", "5.", ".", "+", "1_0", "٣", "1 2"]
)
def test_decimals_from_text_agree_with_python(judge, values):
    """Typed by our SQL and by an oracle that shares no code with it: the same value, or the same refusal."""
    contract = Contract("erp", "x", 1, "snapshot", (Column("d", "decimal(18,4)"),))
    expression = typed_columns(contract, {"d": "VARCHAR"})["d"]
    source = pa.table({"d": pa.array(values, pa.string())})
    judge.connection.register("source", source)
    found = [row[0] for row in judge.connection.execute(f"select {expression} from source").fetchall()]
    expected = [decimal_oracle(v, 18, 4) for v in values]
    assert found == [None if e is NOT else e for e in expected], values


def test_csv_and_parquet_of_the_same_rows_give_the_same_accepted_rows(home, judge):
    rows = movements(50, reason="", lot=" x ")
    outcomes = []
    for fmt in ("csv", "parquet"):
        content = csv_bytes(rows) if fmt == "csv" else parquet_bytes(pa.Table.from_pylist(rows))
        _, loaded, _ = judge(send(home, {f"m.{fmt}": content}, 50, path=f"wms/site/movements/{fmt}"))
        outcomes.append([{k: v for k, v in row.items() if k not in ("_batch_id", "_file")} for row in loaded])
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][0]["reason"] is None, "an empty text is no value: CSV cannot tell them apart"
    assert outcomes[0][0]["lot"] == " x ", "blanks inside text are kept"


def test_running_out_of_memory_is_our_trouble_and_quarantines_nothing(home, judge):
    judge.connection.execute("set memory_limit = '1MB'")
    judge.connection.execute("set temp_directory = ''")
    try:
        with pytest.raises(duckdb.OutOfMemoryException):
            judge(send(home, {"m.csv": csv_bytes(movements(50_000))}, 50_000))
    finally:
        judge.connection.execute("set memory_limit = '1GB'")
