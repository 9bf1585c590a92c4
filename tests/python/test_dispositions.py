"""Sheets of a worklist, out and back: what lands, what is rejected by which rule, and that nothing is lost on the way.

Here: CSV over a published generation made by hand. Not here: Excel (test_dispositions_excel.py), what the marts ask and
what verdicts change (test_stewards.py).
"""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from orchestration.lib.accepting import accept
from orchestration.lib.contracts import load_contracts
from orchestration.lib.dispositions import worklist
from orchestration.lib.dispositions.asking import give_out
from orchestration.lib.dispositions.cells import same_cell
from orchestration.lib.dispositions.files import SheetError
from orchestration.lib.dispositions.reading import Outcome, read_back
from orchestration.lib.generations import GenerationError
from orchestration.lib.landing import LandingError, iter_batches
from orchestration.lib.paths import REPO, Home
from orchestration.lib.sql import connect
from tests.python.fixtures_refresh import run_cli
from tests.python.worklist_fixture import ASKED, ROW_OPTIONS, SKUS, fill, flag, publish_worklist, save

NOW = datetime(2026, 7, 3, 12)
SAID = {"verdict": "false_alarm", "decided_by": "ann", "decided_at": "2026-07-02"}


@pytest.fixture
def asking(home: Home) -> Home:
    """A home whose published generation asks eight flags with hostile names and one row."""
    publish_worklist(home, ASKED)
    return home


def sheet_of(home: Home) -> Path:
    give_out(home)
    (path,) = (home.root / "dispositions").glob("S-????????????.csv")
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def landed(home: Home) -> list[dict]:
    batches = [batch for batch in iter_batches(home) if batch.entity == "dispositions"]
    return [row for batch in batches for row in pq.read_table(next(batch.folder.glob("*.parquet"))).to_pylist()]


def read(home: Home, path: Path, **more: object) -> Outcome:
    return read_back(home, path, NOW, **more)


def rules(done: Outcome) -> list[tuple[int, str]]:
    return [(one.row_number, one.rule) for one in done.rejected]


def test_a_sheet_holds_what_is_asked_most_money_first_and_runs_nothing(asking: Home):
    path = sheet_of(asking)
    rows = rows_of(path)
    assert [row["worklist_id"] for row in rows] == [row["worklist_id"] for row in ASKED]
    assert list(rows[0]) == [*worklist.LOCKED, *worklist.TO_FILL]
    assert rows[0]["sku_id"] == "00123"
    assert rows[3]["sku_id"] == "'=cmd|' /C calc'!A0"
    assert rows[7]["sku_id"] == "nul\\u0000l"
    assert {row["verdict"] for row in rows} == {""}
    assert rows[8]["verdict_options"] == ROW_OPTIONS
    cells = [cell for line in csv.reader(path.open(encoding="utf-8-sig", newline="")) for cell in line]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_every_name_lands_as_it_was_published(asking: Home):
    path = fill(sheet_of(asking), {row["worklist_id"]: SAID for row in ASKED if row["subject_kind"] == "flag"})
    done = read(asking, path)
    assert (done.landed, done.rejected, done.reject_file) == (8, [], None)
    assert sorted(row["sku_id"] for row in landed(asking)) == sorted(SKUS)
    accept(asking)
    query = f"select count(*) from read_parquet('{asking.pinned}/steward/dispositions/*.parquet')"
    with connect() as connection:
        assert connection.execute(query).fetchone() == (8,)


def test_what_lands_is_what_was_said(asking: Home):
    said = {
        "verdict": "Corrected at source",
        "decided_by": "bo",
        "decided_at": "2026-07-01 09:30",
        "comment": '=1+1 "é"',
    }
    done = read(asking, fill(sheet_of(asking), {"Q-0003": said, "F-0001": SAID}), team="north")
    flagged, row = sorted(landed(asking), key=lambda row: row["subject_kind"])
    assert done.batch.startswith("steward/north/dispositions/20260702T000000-")
    assert (flagged["sku_id"], flagged["location_id"], flagged["rule_id"]) == ("1E5", "north.CHI1", "DQ-P1")
    assert (str(flagged["flagged_date"]), flagged["verdict"], flagged["note"]) == ("2026-06-20", "false_alarm", None)
    assert (row["landed_file"], row["row_number"], row["sku_id"]) == ("wms/CHI1/movements/b1/m.csv", 3, None)
    assert (row["verdict"], row["decided_at"], row["note"]) == (
        "corrected_at_source", datetime(2026, 7, 1, 9, 30), '=1+1 "é"',
    )  # fmt: skip


def test_the_same_file_twice_lands_once_and_more_of_it_adds(asking: Home):
    path = fill(sheet_of(asking), {"F-0001": SAID})
    assert read(asking, path).batch == read(asking, path).batch
    assert len(landed(asking)) == 1
    read(asking, fill(sheet_of(asking), {"F-0001": SAID, "F-0002": SAID}))
    assert len({row["disposition_id"] for row in landed(asking)}) == 2


CASES = {
    "unknown_key": {"worklist_id": "F-9999"},
    "unknown_sheet": {"sheet_id": "S-000000000000"},
    "unknown_verdict": {"verdict": "rejected"},
    "no_verdict": {"verdict": ""},
    "no_name": {"decided_by": " "},
    "formula": {"decided_by": "=HYPERLINK(0)"},
    "no_day": {"decided_at": ""},
    "day": {"decided_at": "02/07/2026"},
    "future": {"decided_at": "2026-07-04"},
    "before_the_flag": {"decided_at": "2026-06-19"},
    "changed_evidence": {"on_hand_qty": "12.6"},
    "comment": {"comment": "x" * 2001},
}


@pytest.mark.parametrize("rule", CASES)
def test_a_row_that_breaks_a_rule_is_kept_with_its_reason_and_the_others_land(asking: Home, rule: str):
    path = sheet_of(asking)
    rows = rows_of(path)
    rows[1].update(SAID | CASES[rule])
    rows[2].update(SAID)
    done = read(asking, save(path.with_name("filled.csv"), rows))
    assert (done.landed, rules(done)) == (1, [(3, rule)])
    assert done.told()[0].startswith(f"filled.csv, row 3: {rule}: ")
    (kept,) = rows_of(done.reject_file)
    assert {name: kept[name] for name in SAID} == {
        **SAID,
        **{n: v.strip() for n, v in CASES[rule].items() if n in SAID},
    } or rule in ("no_name", "formula")
    assert (kept["rejected_row"], kept["rejected_rule"]) == ("3", rule)
    assert kept["rejected_because"] in done.told()[0]
    assert [row["sku_id"] for row in landed(asking)] == ["MAR1"]


def test_a_reject_file_that_was_mended_is_read_back(asking: Home):
    path = fill(sheet_of(asking), {"F-0003": SAID | {"verdict": "perhaps"}})
    rejects = read(asking, path).reject_file
    rejects.write_text(rejects.read_text(encoding="utf-8-sig").replace("perhaps", "fixed"), encoding="utf-8")
    assert read(asking, rejects).landed == 1
    assert [(row["sku_id"], row["verdict"]) for row in landed(asking)] == [(SKUS[3], "fixed")]


def test_rows_of_one_subject_that_differ_are_all_rejected_and_equal_ones_count_once(asking: Home):
    also = [{"worklist_id": "F-0001", **SAID, "verdict": "fixed"}, {"worklist_id": "F-0002", **SAID}]
    done = read(asking, fill(sheet_of(asking), {"F-0001": SAID, "F-0002": SAID}, also=also))
    assert (done.landed, rules(done)) == (1, [(3, "contradiction"), (11, "contradiction")])
    assert [row["sku_id"] for row in landed(asking)] == ["MAR1"]


def test_a_column_sorted_by_itself_is_seen(asking: Home):
    path = sheet_of(asking)
    rows = rows_of(path)
    for row, sku in zip(rows, sorted(row["sku_id"] for row in rows), strict=True):
        row.update(SAID | {"sku_id": sku})
    done = read(asking, save(path.with_name("filled.csv"), rows))
    moved = [
        n for n, (row, was) in enumerate(zip(rows, rows_of(path), strict=True), 2) if row["sku_id"] != was["sku_id"]
    ]
    assert moved
    assert [number for number, rule in rules(done) if rule == "changed_evidence"] == moved


def test_what_a_spreadsheet_rewrote_is_told_and_lands_as_issued(asking: Home):
    path = sheet_of(asking)
    rows = rows_of(path)
    for row, shown in zip(rows, ("123", "1,00E+05", "01-Mrz", *SKUS[3:]), strict=False):
        row.update(SAID | {"sku_id": shown, "opened_date": "20.06.2026"})
    rows[2]["sku_id"] = "01-Mar"
    done = read(asking, save(path.with_name("filled.csv"), rows[:3]))
    assert (done.landed, done.rejected) == (3, [])
    assert len(done.notices) == 3
    assert "row 3: sku_id says '1,00E+05', it was issued as '1E5'" in done.notices[1]
    assert sorted(row["sku_id"] for row in landed(asking)) == ["00123", "1E5", "MAR1"]


@pytest.mark.parametrize(
    ("found", "sent"),
    [
        ("123", "00123"), ("1.00E+05", "1E5"), ("1,00E+05", "1E5"), ("100000", "1E5"), ("1-Mar", "MAR1"),
        ("Mar-01", "MAR1"), ("3/4/2026", "2026-04-03"), ("03.04.2026", "2026-04-03"), ("4.01235E+12", "4012345678901"),
        ("4012345678901230", "4012345678901234"), ("04-Mar", "3-4"), ("0,5", "0.5"), ("TRUE", "true"), ("-5", "'-5"),
        ("a b", "a\nb"),
    ],
)  # fmt: skip
def test_a_cell_as_a_spreadsheet_rewrites_it_is_the_same_cell(found: str, sent: str):
    assert same_cell(found, sent)


@pytest.mark.parametrize(
    ("found", "sent"),
    [
        ("124", "00123"), ("1.00E+06", "1E5"), ("2-Mar", "MAR1"), ("5/6/2026", "2026-04-03"), ("", "x"), ("x", ""),
        ("4.01236E+12", "4012345678901"), ("4012345678901", "4012345678902"), ("12.6", "12.5"), ("A1", "a1"),
        ("1", "true"), ("1E400", "1E5"),
    ],
)  # fmt: skip
def test_another_cell_is_not_the_same(found: str, sent: str):
    assert not same_cell(found, sent)


@pytest.mark.parametrize(("encoding", "delimiter"), [("utf-8", ","), ("utf-8-sig", ";"), ("utf-16", "\t")])
def test_the_encodings_and_delimiters_of_spreadsheets_are_read(asking: Home, encoding: str, delimiter: str):
    path = sheet_of(asking)
    rows = rows_of(path)
    rows[6].update(SAID | {"comment": "naïve; über, alles"})
    done = read(asking, save(path.with_name("filled.csv"), rows, encoding, delimiter))
    assert (done.landed, rules(done)) == (1, [])
    assert [(row["sku_id"], row["note"]) for row in landed(asking)] == [(SKUS[6], "naïve; über, alles")]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (None, "file"), (b"", "empty"), (b"sheet_id;verdict\n", "columns"), ("é".encode("cp1252"), "encoding"),
        (b'sheet_id,"verdict\n', "unreadable"), (b"PK\x03\x04 no workbook", "unreadable"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_sheet_is_refused_whole(asking: Home, tmp_path: Path, content: bytes | None, rule: str):
    path = tmp_path / "x.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SheetError, match=r"x\.csv: ") as refused:
        read(asking, path)
    assert refused.value.rule == rule
    assert not landed(asking)


def test_a_verdict_on_what_is_asked_no_more_lands_and_says_so(asking: Home):
    path = fill(sheet_of(asking), {"F-0001": SAID})
    publish_worklist(asking, [row for row in ASKED if row["worklist_id"] != "F-0001"], pin="pin2")
    done = read(asking, path)
    assert (done.landed, rules(done)) == (1, [])
    assert done.notices == [
        "filled.csv, row 3: F-0001 is asked no more (flag or row is gone); the verdict lands as one on 2026-06-20"
    ]


def test_an_older_sheet_speaks_though_figures_moved_since(asking: Home):
    path = fill(sheet_of(asking), {"F-0001": SAID})
    publish_worklist(asking, [flag(1, "1E5", on_hand_qty="3", evidence="other")], pin="pin2")
    assert read(asking, path).landed == 1


def test_a_blank_sheet_lands_nothing(asking: Home):
    done = read(asking, fill(sheet_of(asking), {}))
    assert (done.landed, done.batch, done.blank, done.rejected) == (0, "", 9, [])


def test_names_and_days_may_be_given_once_for_all(asking: Home):
    path = fill(sheet_of(asking), {"F-0001": {"verdict": "fixed"}, "F-0002": SAID})
    done = read(asking, path, by="team lead", at=datetime(2026, 7, 1, 8))
    assert done.landed == 2
    assert {(row["decided_by"], row["decided_at"]) for row in landed(asking)} == {
        ("team lead", datetime(2026, 7, 1, 8)), ("ann", datetime(2026, 7, 2)),
    }  # fmt: skip


def test_a_filled_sheet_is_never_written_over(asking: Home):
    path = sheet_of(asking)
    path.write_text("my work", encoding="utf-8")
    assert "is there already" in give_out(asking)[0]
    assert path.read_text(encoding="utf-8") == "my work"


def test_a_sheet_may_be_cut_down(asking: Home):
    assert [row["worklist_id"] for row in worklist.issue(asking, owner="data_platform").rows] == ["Q-0003"]
    assert not worklist.issue(asking, location="nowhere").rows
    cut = worklist.issue(asking, limit=2)
    assert (len(cut.rows), cut.left_off) == (2, 7)
    publish_worklist(
        asking, [flag(1, "a", worklist_status="judged"), flag(2, "b", worklist_status="not_fixed")], "pin2"
    )
    assert [row["sku_id"] for row in worklist.issue(asking).rows] == ["b"]
    assert len(worklist.issue(asking, everything=True).rows) == 2


def test_a_sheet_id_cannot_walk_out_of_the_folder(asking: Home):
    assert worklist.issued_rows(asking, "S-../../build/_state") is None


def test_the_contract_takes_every_verdict_of_the_registry_and_no_other(home: Home, tmp_path: Path):
    contract = load_contracts(REPO)["steward", "dispositions"]
    (rule,) = [rule.expression for rule in contract.rules if rule.name == "known_verdict"]
    seed = worklist.meanings(REPO)
    with connect() as connection:
        for kind, mine in (("flag", False), ("quarantined_row", True)):
            for verdict in {row["verdict"] for row in seed} | {"maybe"}:
                fits = any(r["verdict"] == verdict and (r["subject_signal"] == "held_back") == mine for r in seed)
                sql = f"select {rule} from (select '{kind}' as subject_kind, '{verdict}' as verdict)"
                assert bool(connection.execute(sql).fetchone()[0]) == fits, (kind, verdict)


def test_the_command_line_gives_out_and_reads_back(asking: Home):
    given = run_cli(asking, "dispositions")
    assert given.returncode == 0, given.stderr
    assert "9 rows of g000001" in given.stdout
    path = fill(sheet_of(asking), {"F-0001": SAID, "F-0002": SAID | {"verdict": "no"}})
    done = run_cli(asking, "dispositions", "--file", str(path), "--at", "2026-06-29")
    assert done.returncode == 1
    assert "filled.csv, row 4: unknown_verdict: 'no' is no verdict here" in done.stdout
    assert "1 verdicts landed as steward/stewards/dispositions/" in done.stdout
    missing = run_cli(asking, "dispositions", "--file", str(path) + "x")
    assert missing.returncode == 1
    assert "file: there is no such file" in missing.stderr


def test_without_a_publication_there_is_nothing_to_ask(home: Home):
    with pytest.raises(GenerationError):
        give_out(home)


def test_a_team_name_cannot_leave_the_landing_area(asking: Home):
    with pytest.raises(LandingError, match="cannot name a batch"):
        read(asking, fill(sheet_of(asking), {"F-0001": SAID}), team="../..")
