"""The drop folder against duplicates, hostile names, links and kills: nothing is lost, followed or taken twice.

FAULTS.md rows 27, 28 and 45 at the drop folder. Not here: what a file must hold (test_drop_folder.py).
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress

import pytest
from drop_fixture import COUNT, NAME, counts, drop, files, landed_rows, look, one, refused
from landing_fixture import csv_bytes

from orchestration.lib import drop_rules, landing
from orchestration.lib.landing import LandingError, iter_batches
from orchestration.lib.lock import LockHeldError
from orchestration.lib.paths import Home

# --- row 27 and names -------------------------------------------------------------------------------------------------


def test_the_same_bytes_under_another_name_are_skipped_and_said_so(home):
    drop(home, csv_bytes(counts()))
    first = one(home)
    for name in ("counts_CHI1_20260630_2.csv", NAME, "counts_CHI1_20260628.csv"):
        drop(home, csv_bytes(counts()), name)
        told = one(home)
        assert (told.outcome, told.batch_id) == ("duplicate", first.batch_id)
    assert len(list(iter_batches(home))) == 1
    done = files(home.drop / "done")
    assert len([f for f in done if f.endswith(".csv")]) == 4, "nothing is lost"
    assert len([f for f in done if f.endswith(".reason.txt")]) == 3


def test_the_same_bytes_at_another_site_are_refused(home):
    drop(home, csv_bytes(counts()))
    look(home)
    drop(home, csv_bytes(counts()), "counts_BER1_20260630.csv", "BER1")
    assert one(home).rule == "other_site"


def test_withdrawn_bytes_do_not_come_back(home):
    drop(home, csv_bytes(counts()))
    landing.withdraw(home, one(home).batch_id, "counted the wrong aisle")
    drop(home, csv_bytes(counts()), "counts_CHI1_20260630_2.csv")
    assert one(home).rule == "withdrawn"


HOSTILE = [
    "a\\..\\counts_CHI1_20260630.csv",
    "=cmd()|'x'.csv",
    "<script>alert(1)<\\script>.csv",
    "counts_CHI1_20260630.csv\n",
    "{{ x }}.csv",
    "'; drop table x; --.csv",
    "\u202evsc.20260630_1IHC_stnuoc",
    "x" * 250,
    "counts_BER1_20260630.csv",
    "counts_CHI1_20260631.csv",
    "counts_CHI1_20260630_0.csv",
    "counts_CHI1_20260630.xlsx",
    "counts.csv",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_is_not_allowed_is_refused_in_safe_words(home, name):
    drop(home, csv_bytes(counts()), name)
    told = one(home)
    assert refused(home, told) in ("name", "site", "day")
    shown = str(told) + "".join(p.name + p.read_text() for p in home.drop.rglob("*.reason.txt"))
    assert shown.replace("\n", "").isascii() and "<script" not in "".join(p.name for p in home.drop.rglob("*"))


def test_hostile_text_lands_as_it_is(home):
    values = ["=cmd()", "<script>", "'; drop", "{{ }}", "\u202ertl", "x" * 10_000, 'q"q', "a\nb"]
    drop(home, csv_bytes([COUNT | {"count_id": f"c{n}", "root_cause": v} for n, v in enumerate(values)]))
    assert one(home).outcome == "landed"
    assert [row["root_cause"] for row in landed_rows(home)] == values


def test_links_folders_and_pipes_are_not_followed(home, tmp_path):
    outside = tmp_path / "secret.csv"
    outside.write_bytes(csv_bytes(counts()))
    folder = drop(home, b"").parent
    (folder / NAME).unlink()
    (folder / NAME).symlink_to(outside)
    os.link(outside, folder / "counts_CHI1_20260629.csv")
    os.mkfifo(folder / "counts_CHI1_20260628.csv")
    (folder / "counts_CHI1_20260627.csv").mkdir()
    (folder / ".hidden").write_text("x", encoding="utf-8")
    (folder / "~$counts.xlsx").write_text("x", encoding="utf-8")
    told = {t.file: (t.outcome, t.rule) for t in look(home)}
    assert told == {
        NAME: ("refused", "link"),
        "counts_CHI1_20260629.csv": ("refused", "link"),
        "counts_CHI1_20260628.csv": ("refused", "kind"),
        "counts_CHI1_20260627.csv": ("waiting", "kind"),
    }
    assert not list(iter_batches(home)) and outside.read_bytes() == csv_bytes(counts())


def test_a_folder_of_a_site_that_is_a_link_is_not_followed(home, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / NAME).write_bytes(csv_bytes(counts()))
    (home.drop / "cycle_counts").mkdir(parents=True)
    (home.drop / "cycle_counts" / "CHI1").symlink_to(tmp_path / "elsewhere")
    assert (one(home).outcome, one(home).rule) == ("waiting", "link")
    assert (tmp_path / "elsewhere" / NAME).exists() and not list(iter_batches(home))


def test_a_file_beside_the_sites_is_pointed_out(home):
    drop(home, csv_bytes(counts()), NAME, ".")
    assert (one(home).outcome, one(home).rule) == ("waiting", "place")


@pytest.mark.parametrize("text", ["[", "CHI1: {delimiter: 'ab'}", "CHI1: {colour: red}", "CHI1: {encoding: utf-7}"])
def test_a_wrong_declaration_stops_the_look_and_takes_nothing(home, text):
    path = drop(home, csv_bytes(counts()))
    (home.drop / "sites.yml").write_text(text, encoding="utf-8")
    with pytest.raises(LandingError, match=r"sites\.yml"):
        look(home)
    assert path.exists()


def test_the_folder_may_lie_elsewhere(home, tmp_path, monkeypatch):
    monkeypatch.setenv("LEADLAG_DROP", str(tmp_path / "share"))
    elsewhere = Home.from_env()
    assert elsewhere.drop == tmp_path / "share" and home.drop == home.root / "drop"
    drop(elsewhere, csv_bytes(counts()))
    assert one(elsewhere).outcome == "landed"


# --- killed anywhere --------------------------------------------------------------------------------------------------


class KilledError(BaseException):
    """Stands in for kill -9: nothing catches it."""


def crash_points() -> list[str]:
    return ["check_name", "copy_bytes", "read_rows", "extracted_at", "write_batch", "after write_batch", "manifest"]


@pytest.mark.parametrize("point", crash_points())
@pytest.mark.parametrize("times", [1, 3])
def test_a_look_killed_at_any_step_is_finished_by_the_next(home, monkeypatch, point, times):
    drop(home, csv_bytes(counts()))
    drop(home, csv_bytes(counts(3)), "counts_CHI1_20260629.csv")

    def die(*_: object, **__: object) -> None:
        raise KilledError

    real = landing.write_batch

    def after(*arguments: object, **named: object) -> None:
        real(*arguments, **named)
        raise KilledError

    for _ in range(times):
        with monkeypatch.context() as patch:
            if point == "write_batch":
                patch.setattr(landing, "write_batch", die)
            elif point == "after write_batch":
                patch.setattr(landing, "write_batch", after)
            elif point == "manifest":
                patch.setattr(landing, "write_json", die)
            else:
                patch.setattr(drop_rules, point, die)
            with suppress(KilledError):  # a look that finds a batch landed by the one before goes further
                look(home)
    told = look(home)
    assert {t.outcome for t in told} <= {"landed"}, told
    assert sorted(b.name[:8] for b in iter_batches(home)) == ["20260629", "20260630"]
    assert len(landed_rows(home)) == 5
    assert len(files(home.drop)) == 2 and all(f.startswith("done/") for f in files(home.drop))
    assert look(home) == []


def test_a_file_dropped_under_the_name_of_one_being_worked_on_is_not_lost(home, monkeypatch):
    drop(home, csv_bytes(counts(1)))
    real = drop_rules.read_rows

    def meanwhile(*arguments: object) -> object:
        monkeypatch.setattr(drop_rules, "read_rows", real)
        drop(home, csv_bytes(counts(2)))
        return real(*arguments)

    monkeypatch.setattr(drop_rules, "read_rows", meanwhile)
    assert one(home).rows == 1
    assert one(home).rule == "name_taken", "the second is kept, with its reason"
    assert len(files(home.drop / "refused")) == 2


def test_two_looks_at_once_do_not_meet(home, tmp_path):
    (home.drop / "cycle_counts").mkdir(parents=True)
    holder = subprocess.Popen(
        [sys.executable, "-c", "import sys, fcntl; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); "
         "print('held', flush=True); sys.stdin.read()", str(home.drop / ".lock")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert holder.stdout and holder.stdout.readline() == b"held\n"
        with pytest.raises(LockHeldError):
            look(home)
    finally:
        holder.communicate()
    assert look(home) == []
