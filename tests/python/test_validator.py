"""The validator on whole files: manifests, names, checksums, headers, limits, and how files are read.

Rows and types: test_validator_rows.py. Cache and pinned set: test_accepting.py. Batches are sent by hand.
"""

from __future__ import annotations

import hashlib
import json

import pyarrow as pa
import pyarrow.csv
import pytest
from landing_fixture import MOVEMENT, Judge, csv_bytes, movements, parquet_bytes, send

from orchestration.lib import file_rules
from orchestration.lib.landing import iter_batches


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def judge(contracts, home, tmp_path):
    return Judge(contracts, home.landing, tmp_path / "out")


def only(outcome):
    """The one rule that held back the one file, after checking that nothing of it was loaded."""
    [account], rows, [held] = outcome
    assert rows == [] and account.rows_quarantined == account.rows_in
    assert (held["row_number"], held["raw_row"], held["rule"]) == (None, None, account.file_rule)
    assert held["message"].startswith(f"{account.file}: {account.file_rule}: "), "the message names file and rule"
    return account.file_rule


GOOD = csv_bytes(movements(2))


# --- whole files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "sent"),
    [
        ("unknown_entity", {"path": "wms/site/nonsense/b1"}),
        ("unknown_entity", {"path": "nobody/site/movements/b1"}),
        ("unknown_entity", {"path": "audit/us/file_accounts/b1"}),
        ("contract_version", {"contract_version": 2}),
        ("manifest", {"extracted_at": "yesterday"}),
        ("manifest", {"extracted_at": "2026-03-01T06:00:00"}),
        ("manifest", {"extracted_at": 5}),
        ("manifest", {"instance": "elsewhere"}),
        ("manifest", {"entity": "cycle_counts"}),
        ("manifest", {"contract_version": True}),
        ("manifest", {"files": [{"name": "m.csv", "sha256": "0"}]}),
        ("manifest", {"files": [{"name": "m.csv", "sha256": "0", "rows": -1}]}),
        ("manifest", {"files": [{"name": "m.csv", "sha256": "0", "rows": 1}] * 2}),
        ("manifest", {"files": "m.csv"}),
        ("manifest", {"csv": {"delimiter": "ab"}}),
        ("manifest", {"csv": {"encoding": "utf-7"}}),
        ("missing_file", {"files": [{"name": "gone.csv", "sha256": "0", "rows": 2}]}),
        ("sha256", {"files": [{"name": "m.csv", "sha256": "0" * 64, "rows": 2}]}),
        ("path", {"files": [{"name": "../b2/m.csv", "sha256": "0", "rows": 2}]}),
        ("path", {"files": [{"name": "/etc/passwd", "sha256": "0", "rows": 2}]}),
        ("path", {"files": [{"name": "..\\m.csv", "sha256": "0", "rows": 2}]}),
        ("path", {"files": [{"name": "..", "sha256": "0", "rows": 2}]}),
        ("path", {"files": [{"name": "*.csv", "sha256": "0", "rows": 2}]}),
        ("path", {"files": [{"name": "m\0.csv", "sha256": "0", "rows": 2}]}),
        ("path", {"files": [{"name": "", "sha256": "0", "rows": 2}]}),
        ("bad_name", {"path": "wms/si[t]e/movements/b1"}),
        ("bad_name", {"path": "wms/site/movements/b 1"}),
    ],
)
def test_batches_that_are_refused_before_any_row_is_read(home, judge, rule, sent):
    accounts, rows, held = judge(send(home, {"m.csv": GOOD}, 2, **sent))
    assert rows == []
    assert accounts[0].file_rule == held[0]["rule"] == rule
    assert {a.file_rule for a in accounts} <= {rule, "unlisted_file"}


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "\xff", "[" * 100_000, '{"files": []}'])
def test_a_manifest_that_is_none_is_quarantined_with_its_batch(home, judge, text):
    batch = send(home, {"m.csv": GOOD}, 2)
    (batch.folder / "_manifest.json").write_bytes(text.encode("latin-1"))
    [account], rows, [held] = judge(batch)
    assert (account.file, account.rows_in) == ("wms/site/movements/b1/_manifest.json", 0)
    assert (account.file_rule, rows, held["rule"]) == ("manifest", [], "manifest")
    assert "write it anew" in held["message"]


@pytest.mark.parametrize(
    ("rule", "content", "rows"),
    [
        ("row_count", GOOD, 3),
        ("row_count", GOOD, 1),
        ("row_count", csv_bytes(movements(1)) + b"\n\n", 3),
        ("missing_column", csv_bytes([{k: v for k, v in MOVEMENT.items() if k != "qty"}]), 1),
        ("missing_column", csv_bytes(movements(2), delimiter=";"), 2),
        ("missing_column", GOOD.replace(b"event_id", b"Event_ID"), 2),
        ("unexpected_column", csv_bytes(movements(1, colour="red")), 1),
        ("unexpected_column", csv_bytes(movements(1, _row="1")), 1),
        (
            "duplicate_column",
            b"\n".join(line + b",uom" for line in GOOD.splitlines()),
            2,
        ),
        ("unreadable", b"", 0),
        ("unreadable", b"\n", 0),
        ("unreadable", GOOD[:-60], 2),
        ("unreadable", GOOD + b"a,b\n", 3),
        ("unreadable", GOOD + b'e3,"receipt', 3),
        ("unreadable", csv_bytes(movements(1, item_code="café"), encoding="latin-1"), 1),
        ("unreadable", GOOD.replace(b"e1,", b"x" * 3_000_000 + b","), 2),
        ("too_many_columns", ",".join(f"c{n}" for n in range(1500)).encode() + b"\n", 0),
    ],
)
def test_csv_files_that_are_quarantined_whole(home, judge, rule, content, rows):
    assert only(judge(send(home, {"m.csv": content}, rows))) == rule


def movements_table(count=2, **changes):
    rows = movements(count)
    columns = {name: [row[name] for row in rows] for name in rows[0]} | changes
    return pa.table(columns)


def test_parquet_files_that_are_quarantined_whole(home, judge):
    whole = parquet_bytes(movements_table())
    flipped = bytearray(whole)
    flipped[len(whole) // 3] ^= 1
    other = {"files": [{"name": "m.parquet", "sha256": sha256(whole), "rows": 2}]}
    assert only(judge(send(home, {"m.parquet": bytes(flipped)}, 2, **other))) == "sha256"
    for number, (rule, content) in enumerate(
        [
            ("unreadable", b"PAR1 not really PAR1"),
            ("unreadable", whole[: len(whole) // 2]),
            ("missing_column", parquet_bytes(movements_table().drop_columns(["qty"]))),
            ("unexpected_column", parquet_bytes(movements_table(file_row_number=[1, 2]))),
            ("row_count", parquet_bytes(movements_table(1))),
        ]
    ):
        batch = send(home, {"m.parquet": content}, 2, path=f"wms/site/movements/p{number}")
        assert only(judge(batch)) == rule


def test_a_file_cut_inside_a_number_is_caught_though_it_parses(home, judge):
    """`12` cut to `1` is a good row: only checksum and count can tell."""
    rows = [{"event_id": "e1", **{k: MOVEMENT[k] for k in MOVEMENT if k not in ("event_id", "qty")}, "qty": "12"}]
    whole = csv_bytes(rows).rstrip(b"\n")
    sent = {"files": [{"name": "m.csv", "sha256": sha256(whole), "rows": 1}]}
    assert only(judge(send(home, {"m.csv": whole[:-1]}, 1, **sent))) == "sha256"
    _, [row], _ = judge(send(home, {"m.csv": whole[:-1]}, 1, path="wms/site/movements/b2"))
    assert row["qty"] == 1, "with a checksum of the cut file it does parse"


@pytest.mark.parametrize("name", ["m.csv.gz", "m.json", "m"])
def test_other_formats_and_compression_are_refused(home, judge, name):
    assert only(judge(send(home, {name: GOOD}, 2))) == "format"


def test_size_limits_are_checked_before_reading(home, judge, monkeypatch):
    monkeypatch.setattr(file_rules, "MAX_FILE_BYTES", len(GOOD) - 1)
    monkeypatch.setattr(file_rules, "reader", lambda *a: pytest.fail("the file was opened"))
    assert only(judge(send(home, {"m.csv": GOOD}, 2))) == "too_large"


def test_parquet_that_unpacks_beyond_the_limit_is_refused(home, judge, monkeypatch):
    monkeypatch.setattr(file_rules, "MAX_UNPACKED_BYTES", 100_000)
    table = movements_table(20_000, reason=["x" * 100] * 20_000)
    content = parquet_bytes(table)
    assert only(judge(send(home, {"m.parquet": content}, 20_000))) == "too_large"


def test_a_linked_file_is_not_followed(home, judge, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_bytes(GOOD)
    batch = send(home, {"m.csv": GOOD}, 2)
    (batch.folder / "m.csv").unlink()
    (batch.folder / "m.csv").symlink_to(secret)
    assert only(judge(batch)) == "symlink"


def test_a_linked_batch_folder_is_not_followed(home, judge, tmp_path):
    batch = send(home, {"m.csv": GOOD}, 2)
    batch.folder.rename(tmp_path / "outside")
    batch.folder.symlink_to(tmp_path / "outside", target_is_directory=True)
    [found] = iter_batches(home)
    [account], rows, [held] = judge(found)
    assert (account.file_rule, held["rule"], rows) == ("symlink", "symlink", [])


def test_an_unlisted_file_is_not_read_but_reported(home, judge):
    batch = send(home, {"m.csv": GOOD}, 2)
    (batch.folder / "extra.csv").write_bytes(GOOD)
    (batch.folder / ".m.csv.part").write_bytes(GOOD)
    accounts, rows, [held] = judge(batch)
    assert len(rows) == 2
    assert [(a.file.rsplit("/")[-1], a.rows_in, a.file_rule) for a in accounts] == [
        ("m.csv", 2, None),
        ("extra.csv", 0, "unlisted_file"),
    ]
    assert (held["rule"], held["row_count"]) == ("unlisted_file", 0)


def test_one_bad_file_of_a_batch_does_not_hold_back_the_other(home, judge):
    files = {"a.csv": GOOD, "b.csv": b"nonsense\n", "c.parquet": parquet_bytes(movements_table(1))}
    accounts, rows, _ = judge(send(home, files, {"a.csv": 2, "b.csv": 1, "c.parquet": 1}))
    assert [a.file_rule for a in accounts] == [None, "missing_column", None]
    assert [(r["_file"].rsplit("/")[-1], r["_row"]) for r in rows] == [("a.csv", 1), ("a.csv", 2), ("c.parquet", 1)]


def test_an_empty_file_with_a_header_is_accepted_as_empty(home, judge):
    header = GOOD.splitlines(keepends=True)[0]
    empty = parquet_bytes(movements_table(2).slice(0, 0))
    accounts, rows, held = judge(send(home, {"m.csv": header, "m.parquet": empty}, 0))
    assert [(a.rows_in, a.file_rule) for a in accounts] == [(0, None), (0, None)]
    assert (rows, held) == ([], [])


# --- reading ----------------------------------------------------------------------------------------------------------


def test_reordered_columns_bom_crlf_quotes_and_newlines_are_read(home, judge):
    row = dict(reversed(MOVEMENT.items())) | {"reference": 'say "x",\r\nthen y'}
    content = b"\xef\xbb\xbf" + csv_bytes([row, row | {"event_id": "e2"}], newline="\r\n")
    _, rows, held = judge(send(home, {"m.csv": content}, 2))
    assert held == []
    assert [r["event_id"] for r in rows] == ["e1", "e2"]
    assert rows[0]["reference"] == 'say "x",\r\nthen y'


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_declared_delimiter_and_encoding(home, judge, delimiter):
    content = csv_bytes(movements(1, item_code="café"), delimiter=delimiter, encoding="latin-1")
    options = {"delimiter": delimiter, "encoding": "latin-1"}
    _, [row], _ = judge(send(home, {"m.csv": content}, 1, csv=options))
    assert row["item_code"] == "café"


@pytest.mark.parametrize(
    "code", ["1E5", "007", "1e400", "+5", "0x1F", "NaN", "NULL", "true", "2026-03-01", "1_000", "-"]
)
@pytest.mark.parametrize("fmt", ["csv", "parquet"])
def test_text_stays_the_text_it_was(home, judge, fmt, code):
    rows = movements(1, item_code=code)
    content = csv_bytes(rows) if fmt == "csv" else parquet_bytes(pa.Table.from_pylist(rows))
    _, [row], _ = judge(send(home, {f"m.{fmt}": content}, 1))
    assert row["item_code"] == code


HOSTILE = [
    "'; drop table raw_rows; --",
    '"; drop table raw_rows; --',
    "<script>alert(1)</script>",
    "=cmd|'/c calc'!A1",
    "{{ env_var('HOME') }}",
    "\u202egnp.exe",
    "a\0b",
    "y" * 10_000,
    "😀\u0301\ufeff",
]


@pytest.mark.parametrize("fmt", ["csv", "parquet"])
def test_hostile_text_is_kept_verbatim_where_it_is_allowed(home, judge, fmt):
    rows = [MOVEMENT | {"event_id": text, "reason": text} for text in HOSTILE]
    content = csv_bytes(rows) if fmt == "csv" else parquet_bytes(pa.Table.from_pylist(rows))
    _, loaded, held = judge(send(home, {f"m.{fmt}": content}, len(HOSTILE)))
    assert held == []
    assert [(r["event_id"], r["reason"]) for r in loaded] == [(t, t) for t in HOSTILE]


@pytest.mark.parametrize("fmt", ["csv", "parquet"])
def test_hostile_text_in_the_wrong_place_is_quarantined_verbatim(home, judge, fmt):
    rows = [MOVEMENT | {"event_id": f"e{n}", "qty": text} for n, text in enumerate(HOSTILE)]
    content = csv_bytes(rows) if fmt == "csv" else parquet_bytes(pa.Table.from_pylist(rows))
    _, loaded, held = judge(send(home, {f"m.{fmt}": content}, len(HOSTILE)))
    assert loaded == []
    assert [h["rule"] for h in held] == ["type:qty"] * len(HOSTILE)
    assert [json.loads(h["raw_row"])["qty"] for h in held] == HOSTILE
    assert all("\0" not in h["message"] and len(h["message"]) < 600 for h in held)
