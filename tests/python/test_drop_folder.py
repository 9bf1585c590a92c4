"""The drop folder: what is taken, what is refused and why, and when a file was made.

FAULTS.md rows 19-25 at the drop folder. Not here: names, duplicates and kills (test_drop_folder_safety.py), row rules
(test_validator_rows.py), the sensor (test_drop_sensor.py), and what counts mean (oracles/test_counts.py).
"""

from __future__ import annotations

import gzip
import hashlib
import os
import zipfile
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from drop_fixture import COUNT, NAME, counts, drop, files, landed_rows, look, one, refused
from landing_fixture import Judge, csv_bytes, parquet_bytes

from orchestration.lib import drop_rules
from orchestration.lib.accepting import accept
from orchestration.lib.file_rules import read_manifest
from orchestration.lib.landing import iter_batches

# --- what lands -------------------------------------------------------------------------------------------------------


def test_a_dropped_file_becomes_an_immutable_batch_and_is_moved_away(home, contracts, tmp_path):
    drop(home, csv_bytes(counts()))
    told = one(home)
    [batch] = iter_batches(home)
    assert (told.outcome, told.rows, told.batch_id) == ("landed", 2, batch.batch_id)
    assert batch.batch_id.startswith("wms/CHI1/cycle_counts/20260630T213000-")
    mark = batch.name.rsplit("-", 1)[1]
    assert files(home.drop) == [f"done/cycle_counts/CHI1/counts_CHI1_20260630.{mark}.csv"]
    [account], rows, held = Judge(contracts, home.landing, tmp_path / "out")(batch)
    assert (account.rows_in, account.rows_loaded, held) == (2, 2, [])
    assert rows[0]["item_code"] == "1E5", "text stays text"
    assert str(rows[0]["counted_qty"]) == "9.5000"
    assert look(home) == [], "nothing is left to do"


def test_tasks_land_as_tasks(home):
    task = {"task_id": "t1", "item_code": "a", "created_at": "2026-06-29T06:00:00Z", "due_at": "2026-07-09T06:00:00Z",
            "done_at": "2026-06-30T10:00:00Z"}  # fmt: skip
    drop(home, csv_bytes([task]), "tasks_CHI1_20260630.csv")
    assert one(home).batch_id.startswith("wms/CHI1/count_tasks/20260630T100000-")


def test_parquet_lands_with_its_types(home):
    table = pa.Table.from_pylist([COUNT | {"counted_at": datetime(2026, 6, 30, 21), "counted_qty": 9}])
    drop(home, parquet_bytes(table), "counts_CHI1_20260630.parquet")
    assert one(home).outcome == "landed"
    assert landed_rows(home)[0]["counted_qty"] == 9


@pytest.mark.parametrize(
    ("site_format", "content"),
    [
        ("", "count_id,item_code,uom,book_qty,counted_qty,counted_at,bin\n"),
        ("CHI1: {}", "\ufeffcount_id,item_code,uom,book_qty,counted_qty,counted_at,bin\r\n"),
        ("CHI1: {delimiter: ';', decimal: ','}", "count_id;item_code;uom;book_qty;counted_qty;counted_at;bin\r\n"),
    ],
)
def test_formats_that_a_site_may_declare(home, site_format, content):
    (home.drop / "cycle_counts").mkdir(parents=True)
    (home.drop / "sites.yml").write_text(site_format, encoding="utf-8")
    sep, point = (";", ",") if ";" in content else (",", ".")
    line = ("c1", "é1", "EA", f"10{point}25", "9", "2026-06-30T21:30:00Z", f'"A{sep}1\n2"')
    drop(home, (content + sep.join(line) + ("\r\n" if "\r" in content else "\n")).encode())
    assert one(home).outcome == "landed"
    [row] = landed_rows(home)
    assert (row["count_id"], row["item_code"], row["book_qty"], row["bin"]) == ("c1", "é1", "10.25", f"A{sep}1\n2")


def test_latin_1_is_read_where_it_is_declared_and_refused_where_not(home):
    content = csv_bytes(counts(1, item_code="Räk"), encoding="latin-1")
    drop(home, content)
    assert refused(home, one(home)) == "unreadable"
    (home.drop / "sites.yml").write_text("CHI1: {encoding: latin-1}", encoding="utf-8")
    drop(home, content)
    assert one(home).outcome == "landed"
    assert landed_rows(home)[0]["item_code"] == "Räk"


def test_a_thousands_separator_never_becomes_a_decimal_point(home, contracts, tmp_path):
    (home.drop / "cycle_counts").mkdir(parents=True)
    (home.drop / "sites.yml").write_text("CHI1: {delimiter: ';', decimal: ','}", encoding="utf-8")
    drop(home, csv_bytes([COUNT | {"counted_qty": "1.234"}, COUNT | {"counted_qty": "1.234,5"}], delimiter=";"))
    assert one(home).outcome == "landed"
    [batch] = iter_batches(home)
    [account], rows, held = Judge(contracts, home.landing, tmp_path / "out")(batch)
    assert (rows, account.rows_quarantined) == ([], 2)
    assert {h["rule"] for h in held} == {"type:counted_qty"}


# --- when it was made -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "moments", "expected"),
    [
        ("counts_CHI1_20260630.csv", ["2026-06-30T08:00:00Z", "2026-06-30T21:30:00Z"], "2026-06-30T21:30:00Z"),
        ("counts_CHI1_20260705.csv", ["2026-06-30T21:30:00Z"], "2026-07-05T00:00:00Z"),  # brought late
        ("counts_CHI1_20260630.csv", ["2026-07-01T04:10:00Z"], "2026-07-01T04:10:00Z"),  # late evening in Chicago
        ("counts_CHI1_20260630.csv", ["2062-06-30T08:00:00Z"], "2026-06-30T00:00:00Z"),  # a typed year
        ("counts_CHI1_20260630.csv", ["yesterday"], "2026-06-30T00:00:00Z"),
        ("counts_CHI1_20260630_3.csv", ["2026-06-30T21:30:00Z"], "2026-06-30T21:30:02Z"),
    ],
)
def test_the_file_says_when_it_was_made(home, name, moments, expected):
    drop(home, csv_bytes([COUNT | {"count_id": m, "counted_at": m} for m in moments]), name)
    assert one(home).outcome == "landed"
    [batch] = iter_batches(home)
    assert read_manifest(batch, home.landing).extracted_at == datetime.fromisoformat(expected[:-1])


def test_a_count_of_the_future_is_held_back_and_does_not_move_the_cut_off(home):
    drop(home, csv_bytes([*counts(3), COUNT | {"counted_at": "2062-06-30T08:00:00Z", "count_id": "typo"}]))
    look(home)
    done = accept(home)
    [entity] = [c for (_, name), c in done.entities.items() if name == "cycle_counts"]
    assert (entity.rows_in, entity.rows_loaded, entity.rows_quarantined) == (4, 3, 1)
    assert str(done.as_of).startswith("2026-06-30 21:30")


def test_a_day_ahead_of_the_file_itself_is_refused(home):
    path = drop(home, csv_bytes(counts()), "counts_CHI1_20990101.csv")
    os.utime(path, (1782900000, 1782900000))
    assert refused(home, one(home)) == "day"


def test_a_second_file_of_the_day_corrects_the_first(home):
    drop(home, csv_bytes(counts(1, counted_qty="9")))
    drop(home, csv_bytes(counts(1, counted_qty="8")), "counts_CHI1_20260630_2.csv")
    assert [t.outcome for t in look(home)] == ["landed", "landed"]
    said = sorted((read_manifest(b, home.landing).extracted_at, b) for b in iter_batches(home))
    assert pq.read_table(said[-1][1].folder / "cycle_counts.parquet")["counted_qty"].to_pylist() == ["8"]
    drop(home, csv_bytes(counts(1, counted_qty="7")))
    assert one(home).rule == "name_taken"


# --- rows 19 to 25 ----------------------------------------------------------------------------------------------------


def test_a_file_that_still_grows_waits_and_is_taken_whole(home):
    path = drop(home, csv_bytes(counts(1)))

    def append() -> None:
        with path.open("ab") as file:
            file.write(b"c9,a,EA,1,1,2026-06-30T21:40:00Z\n")

    [told] = look(home, append)
    assert (told.outcome, told.rule) == ("waiting", "unfinished") and not list(iter_batches(home))
    assert one(home).rows == 2


@pytest.mark.parametrize("ending", [".part", ".tmp", ".filepart", ".PART"])
def test_an_unfinished_name_waits(home, ending):
    path = drop(home, csv_bytes(counts()), NAME + ending)
    assert (one(home).outcome, path.exists()) == ("waiting", True)
    path.rename(path.with_name(NAME))
    assert one(home).outcome == "landed"


@pytest.mark.parametrize("cut", [1, 2, 30])
def test_a_file_cut_in_its_last_line_is_refused(home, cut):
    drop(home, csv_bytes(counts())[:-cut])
    assert refused(home, one(home)) == "cut_off"


def test_a_file_is_held_to_the_checksum_beside_it(home):
    (home.drop / "cycle_counts").mkdir(parents=True)
    (home.drop / "sites.yml").write_text("CHI1: {is_checksum_required: true}", encoding="utf-8")
    content = csv_bytes(counts(3))
    path = drop(home, content[: content.rindex(b"c3")])  # cut at a line's end: only the checksum can tell
    assert one(home).rule == "checksum"
    beside = path.with_name(path.name + ".sha256")
    beside.write_text(hashlib.sha256(content).hexdigest() + "  " + path.name, encoding="utf-8")
    assert refused(home, one(home)) == "checksum"
    assert not beside.exists(), "it goes with its file"
    drop(home, content)
    beside.write_text(hashlib.sha256(content).hexdigest(), encoding="utf-8")
    assert one(home).rows == 3


WIDE = ",".join(f"c{n}" for n in range(1_000_000))


@pytest.mark.parametrize(
    ("rule", "content"),
    [
        ("unreadable", csv_bytes(counts()) + b"c9,a,EA\n"),  # a line that lacks fields
        ("unreadable", csv_bytes(counts()) + b'c9,"a,EA,1,1,2026-06-30T21:40:00Z\n'),  # a quote that never closes
        ("missing_column", csv_bytes(counts(), delimiter=";")),
        ("missing_column", csv_bytes([{"count_id": "c1"}])),
        ("unexpected_column", csv_bytes(counts(1, colour="red"))),
        ("encoding", csv_bytes(counts()).decode().encode("utf-16")),
        ("unreadable", csv_bytes(counts(1, root_cause="x" * 3_000_000))),  # a huge field
        ("too_many_columns", (WIDE[:2_000_000] + "\n").encode()),
        ("empty", b""),
        ("packed", gzip.compress(csv_bytes(counts()), mtime=0)),
        ("packed", b"PK\x03\x04" + b"0" * 100),
    ],
)
def test_files_that_are_refused_as_a_whole(home, rule, content):
    drop(home, content)
    assert refused(home, one(home)) == rule


def test_a_bomb_is_not_unpacked(home, tmp_path, monkeypatch):
    bomb = gzip.compress(b"0" * 200_000_000)
    assert len(bomb) < 200_000
    monkeypatch.setattr(drop_rules, "MAX_BYTES", 1_000_000)  # whatever is written out of it would break this
    drop(home, bomb, "counts_CHI1_20260630.csv.gz")
    told = one(home)
    assert refused(home, told) == "name"
    drop(home, bomb)
    assert one(home).rule == "packed"
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(NAME, csv_bytes(counts()))
    drop(home, (tmp_path / "x.zip").read_bytes(), "counts_CHI1_20260629.csv")
    assert one(home).rule == "packed"
    assert sum(p.stat().st_size for p in home.drop.rglob("*") if p.is_file()) < 1_000_000


def test_a_parquet_bomb_is_not_unpacked(home):
    """Equal rows pack to nothing: ten million of them in some kilobytes."""
    table = pa.table({k: pa.array([v], pa.string()).dictionary_encode().take(pa.array([0] * 2_000_000))
                      for k, v in COUNT.items()})  # fmt: skip
    content = parquet_bytes(table)
    assert len(content) < 200_000
    drop(home, content, "counts_CHI1_20260630.parquet")
    assert refused(home, one(home)) == "too_large"


def test_a_file_above_the_limit_is_not_copied(home, monkeypatch):
    monkeypatch.setattr(drop_rules, "MAX_BYTES", 100)
    drop(home, csv_bytes(counts(9)))
    assert refused(home, one(home)) == "too_large"


@pytest.mark.parametrize("bit", range(0, 40, 5))
def test_parquet_with_a_flipped_bit_in_its_footer_is_refused_or_lands_as_it_is(home, bit):
    content = bytearray(parquet_bytes(pa.Table.from_pylist(counts())))
    content[-1 - bit] ^= 0x10
    drop(home, bytes(content), "counts_CHI1_20260630.parquet")
    told = one(home)
    if told.outcome == "refused":
        assert refused(home, told) in ("unreadable", "missing_column", "unexpected_column", "too_large")
    else:
        assert landed_rows(home) == counts()


def test_a_header_without_rows_is_an_empty_batch_and_no_missing_one(home, contracts, tmp_path):
    header = csv_bytes(counts(1)).splitlines(keepends=True)[0]
    drop(home, header)
    assert one(home).rows == 0
    [batch] = iter_batches(home)
    [account], rows, held = Judge(contracts, home.landing, tmp_path / "out")(batch)
    assert (account.rows_in, rows, held, account.file_rule) == (0, [], [], None)
    drop(home, header, "counts_CHI1_20260701.csv")
    assert one(home).outcome == "landed", "nothing counted on another day is another word"
    drop(home, header, "counts_BER1_20260630.csv", "BER1")
    assert one(home).outcome == "landed", "and so is nothing counted elsewhere"
    drop(home, header, "counts_CHI1_20260701_2.csv")
    assert one(home).outcome == "duplicate"
