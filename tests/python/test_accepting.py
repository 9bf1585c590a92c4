"""Acceptance and the pinned set: cache, swap, records, hashes, crashes. The rules themselves: test_validator.py."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import datetime

import duckdb
import pyarrow.parquet as pq
import pytest
from landing_fixture import csv_bytes, movements, pinned_rows, send, tree_hashes

from orchestration.lib import accepting, landing
from orchestration.lib.accepting import accept
from orchestration.lib.contracts import META_COLUMNS
from orchestration.lib.paths import REPO, Home


def fill(home: Home) -> None:
    """Three batches: a good one, one with a bad row and a duplicate, one that is no use at all."""
    good, twice = movements(3), movements(2)
    send(home, {"m.csv": csv_bytes(good)}, 3, path="wms/a/movements/b1")
    bad = [*twice, twice[0], {**twice[0], "event_id": "bad", "qty": "1,5"}]
    send(home, {"m.csv": csv_bytes(bad)}, 4, path="wms/b/movements/b1", extracted_at="2026-03-02T06:00:00+02:00")
    send(home, {"x.csv": b"a,b\n1,2\n"}, 1, path="erp/d/nonsense/b1", extracted_at="2030-01-01T00:00:00Z")


def test_rows_carry_contract_columns_in_order_and_type_then_meta(home, contracts):
    fill(home)
    accept(home)
    contract = contracts["wms", "movements"]
    names = [*(c.name for c in contract.columns), *META_COLUMNS]
    for file in (home.pinned / "wms" / "movements").glob("*.parquet"):
        assert pq.read_schema(file).names == names
        described = duckdb.sql(f"describe select * from read_parquet('{file}')").fetchall()
        assert {n: t.lower() for n, t, *_ in described} == contract.accepted_types
    first = pinned_rows(home, "wms", "movements")[0]
    assert (first["_batch_id"], first["_instance"], first["_row"]) == ("wms/a/movements/b1", "a", 1)
    assert first["_extracted_at"] == datetime(2026, 3, 1, 6)
    assert first["_file"] == "wms/a/movements/b1/m.csv"
    assert first["item_code"] == "1E5"


def test_every_entity_has_an_empty_typed_file_even_with_nothing_landed(home, contracts):
    acceptance = accept(home)
    assert (acceptance.as_of, acceptance.pinned) == (None, 0)
    for (source, entity), contract in contracts.items():
        [file] = (home.pinned / source / entity).glob("*.parquet")
        assert pq.read_table(file).num_rows == 0
        described = duckdb.sql(f"describe select * from read_parquet('{file}')").fetchall()
        assert {n: t.lower() for n, t, *_ in described} == contract.accepted_types, entity


def test_counts_and_records_account_for_every_row(home):
    fill(home)
    acceptance = accept(home)
    counts = acceptance.entities["wms", "movements"]
    assert (counts.batches, counts.rows_in) == (2, 7)
    assert (counts.rows_loaded, counts.rows_deduplicated, counts.rows_quarantined) == (5, 1, 1)
    assert acceptance.entities["erp", "nonsense"].rows_quarantined == 1
    accounts = pinned_rows(home, "audit", "file_accounts")
    assert [(a["file"], a["rows_in"], a["file_rule"]) for a in accounts] == [
        ("erp/d/nonsense/b1/x.csv", 1, "unknown_entity"),
        ("wms/a/movements/b1/m.csv", 3, None),
        ("wms/b/movements/b1/m.csv", 4, None),
    ]
    for a in accounts:
        assert a["rows_in"] == a["rows_loaded"] + a["rows_deduplicated"] + a["rows_quarantined"]
    held = pinned_rows(home, "audit", "quarantined_rows")
    assert [(h["rule"], h["row_number"], h["row_count"]) for h in held] == [
        ("unknown_entity", None, 1),
        ("type:qty", 4, 1),
    ]
    assert json.loads(held[1]["raw_row"])["qty"] == "1,5"
    batches = pinned_rows(home, "audit", "pinned_batches")
    assert [b["batch_id"] for b in batches] == ["erp/d/nonsense/b1", "wms/a/movements/b1", "wms/b/movements/b1"]
    lines = (home.quarantine / "wms/b/movements/b1.jsonl").read_text().splitlines()
    assert [json.loads(line)["row_number"] for line in lines] == [4]


def test_as_of_is_the_latest_readable_extract_of_a_source_other_than_audit(home):
    fill(home)
    row = {"content_hash": "h", "suite": "s", "rule": "r", "severity": "critical", "outcome": "passed"}
    row |= {"checked_rows": "1", "failed_rows": "0", "as_of": "2026-03-01T06:00:00Z"}
    files = {"v.csv": csv_bytes([row])}
    send(home, files, 1, path="audit/gx/validation_results/b1", extracted_at="2029-01-01T00:00:00Z")
    acceptance = accept(home)
    assert acceptance.entities["audit", "validation_results"].rows_loaded == 1
    assert acceptance.as_of == datetime(2026, 3, 2, 4)
    assert json.loads((home.pinned / "_pin.json").read_text())["as_of"] == "2026-03-02T04:00:00Z"


def test_the_second_call_validates_nothing_and_changes_no_file(home, monkeypatch):
    fill(home)
    first = accept(home)
    before = {p: p.stat().st_mtime_ns for p in home.accepted.rglob("*")}
    monkeypatch.setattr(accepting, "_validate_one", lambda *a: pytest.fail("validated again"))
    second = accept(home)
    assert (first.validated, second.validated) == (3, 0)
    assert (second.pin_hash, second.as_of, second.entities) == (first.pin_hash, first.as_of, first.entities)
    assert {p: p.stat().st_mtime_ns for p in home.accepted.rglob("*")} == before


def test_equal_batches_give_equal_bytes_in_any_home_time_zone_and_order_of_arrival(tmp_path, monkeypatch):
    trees, hashes = [], []
    for zone, reverse in (("UTC", False), ("America/New_York", True), ("Asia/Kolkata", False)):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        home = Home.at(tmp_path / zone).make()
        sent = Home.at(tmp_path / f"{zone}-sent").make()
        fill(sent)
        batches = sorted(p.parent for p in sent.landing.rglob("_manifest.json"))
        for folder in reversed(batches) if reverse else batches:
            target = home.landing / folder.relative_to(sent.landing)
            target.parent.mkdir(parents=True, exist_ok=True)
            folder.rename(target)
            accept(home)
        trees.append(tree_hashes(home.pinned.resolve()))
        hashes.append(json.loads((home.pinned / "_pin.json").read_text())["pin_hash"])
    monkeypatch.undo()
    time.tzset()
    assert trees[0] == trees[1] == trees[2]
    assert len(set(hashes)) == 1


def test_a_new_batch_and_a_withdrawal_change_the_pin_and_its_rows(home):
    fill(home)
    pins = [accept(home).pin_hash]
    landing.withdraw(home, "wms/b/movements/b1", "test")
    acceptance = accept(home)
    pins.append(acceptance.pin_hash)
    assert (acceptance.withdrawn, acceptance.validated) == (1, 0)
    assert {r["_batch_id"] for r in pinned_rows(home, "wms", "movements")} == {"wms/a/movements/b1"}
    assert {r["batch_id"] for r in pinned_rows(home, "audit", "quarantined_rows")} == {"erp/d/nonsense/b1"}
    send(home, {"m.csv": csv_bytes(movements(1))}, 1, path="wms/a/movements/b2")
    pins.append(accept(home).pin_hash)
    assert len(pinned_rows(home, "wms", "movements")) == 4
    assert len(set(pins)) == 3


def test_a_changed_contract_or_validator_validates_anew(home, monkeypatch, tmp_path):
    fill(home)
    first = accept(home)
    monkeypatch.setattr(accepting, "VERSION", accepting.VERSION + 1)
    assert accept(home).validated == 3
    staging = tmp_path / "repo" / "models" / "staging"
    for source in ("erp", "wms", "audit"):
        (staging / source).mkdir(parents=True)
        name = f"_{source}__sources.yml"
        text = (REPO / "models" / "staging" / source / name).read_text()
        (staging / source / name).write_text(
            text.replace("name: counted_qty", "name: count_qty").replace("counted_qty >= 0", "count_qty >= 0")
        )
    other = accept(Home(home.root, home.landing, tmp_path / "repo"))
    assert other.validated == 0, "only cycle_counts changed, and none of it has landed"
    assert other.pin_hash != first.pin_hash


def test_a_damaged_result_is_made_anew(home):
    fill(home)
    accept(home)
    whole = tree_hashes(home.pinned.resolve())
    part = home.accepted / "batches/wms/a/movements/b1/0.parquet"
    part.unlink()
    part.write_bytes(b"PAR1")
    for pin in (home.accepted / "pins").iterdir():
        (pin / "_pin.json").unlink()
    assert accept(home).validated == 1
    assert tree_hashes(home.pinned.resolve()) == whole


def test_without_hard_links_rows_are_copied(home, monkeypatch):
    def refuse(*a):
        raise OSError("no links here")

    monkeypatch.setattr("os.link", refuse)
    fill(home)
    accept(home)
    assert len(pinned_rows(home, "wms", "movements")) == 5


def test_an_open_pin_outlives_the_next_one(home):
    """A reader that resolved the pin keeps all of its files while the next run pins another set."""
    fill(home)
    accept(home)
    resolved = home.pinned.resolve()
    before = tree_hashes(resolved)
    send(home, {"m.csv": csv_bytes(movements(1))}, 1, path="wms/a/movements/b2")
    accept(home)
    assert home.pinned.resolve() != resolved
    assert tree_hashes(resolved) == before


KILLER = """
import json, os, pathlib, shutil, sys
from orchestration.lib.accepting import accept
from orchestration.lib.paths import Home

root, landed = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])

def run(home, kill_at):
    pid = os.fork()
    if pid == 0:
        count = 0
        def deadly(function):
            def wrapper(*a, **k):
                nonlocal count
                count += 1
                if count == kill_at:
                    os.kill(os.getpid(), 9)
                return function(*a, **k)
            return wrapper
        for owner, names in ((pathlib.Path, ("rename", "replace", "symlink_to")), (os, ("link", "unlink"))):
            for name in names:
                setattr(owner, name, deadly(getattr(owner, name)))
        accept(home)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])

kills = 0
while True:
    home = Home.at(root / f"k{kills}")
    shutil.copytree(landed, home.landing)
    if not run(home, kills + 1):
        break
    assert not home.pinned.exists() or (home.pinned / "_pin.json").is_file(), f"half a pin after kill {kills + 1}"
    assert not run(home, -1)
    kills += 1
print(kills)
"""


def test_killed_before_any_step_the_next_call_ends_in_the_same_bytes(home, tmp_path):
    fill(home)
    script = tmp_path / "killer.py"
    script.write_text(KILLER)
    done = subprocess.run(
        [sys.executable, script, tmp_path, home.landing], cwd=REPO, env={"PYTHONPATH": str(REPO)},
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    kills = int(done.stdout)
    assert kills > 12, "the steps of an acceptance are counted through the functions the script replaces"
    accept(home)
    whole = tree_hashes(home.pinned.resolve())
    for n in range(kills):
        survivor = Home.at(tmp_path / f"k{n}")
        assert tree_hashes(survivor.pinned.resolve()) == whole, f"killed before step {n + 1}"
        assert list(survivor.accepted.glob(".draft-*")) == [], f"leftovers after step {n + 1}"
