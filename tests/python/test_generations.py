"""Generations after they are made: verification, rollback, retention, leases."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from orchestration.lib import generations
from orchestration.lib.generations import GenerationError
from orchestration.lib.paths import Home
from tests.python.marts_fixture import make_build
from tests.python.test_publishing import change, publish


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home.at(tmp_path / "home")
    make_build(home)
    return home


def three(home: Home) -> list[str]:
    names = []
    for number in range(3):
        change(home, f"update core.dim_sku set description = 'v{number}'")
        names.append(publish(home, pin=f"pin{number}").generation.name)
    return names


def description(home: Home) -> str:
    with generations.open_current(home) as opened:
        return opened.connection.execute("select min(description) from core.dim_sku").fetchone()[0]


def test_nothing_published_says_what_to_do(tmp_path):
    home = Home.at(tmp_path)
    assert generations.list_generations(home) == []
    with pytest.raises(GenerationError, match="make refresh"):
        generations.current(home)
    with pytest.raises(GenerationError), generations.open_current(home):
        pass


@pytest.mark.parametrize("damage", ["flip", "truncate", "remove", "add"])
def test_verification_finds_damage(home, damage):
    generation = publish(home).generation
    file = generation.path / "full/core/fct_stock_movement/2026-02.parquet"
    body = bytearray(file.read_bytes())
    file.parent.chmod(0o755)
    if damage == "remove":
        file.unlink()
    elif damage == "add":
        (file.parent / "2026-09.parquet").write_bytes(body)
    else:
        body[len(body) // 2] ^= 1
        file.chmod(0o644)
        file.write_bytes(body if damage == "flip" else body[:-1])
    with pytest.raises(GenerationError, match=r"2026-0[29]\.parquet"):
        generations.verify(generation)


def test_rollback_goes_one_back_then_another_then_refuses(home):
    names = three(home)
    assert description(home) == "v2"
    assert generations.rollback(home).name == names[1]
    assert description(home) == "v1"
    assert generations.rollback(home).name == names[0]
    with pytest.raises(GenerationError, match="oldest"):
        generations.rollback(home)
    assert generations.rollback(home, names[2]).name == names[2]
    with pytest.raises(GenerationError):
        generations.rollback(home, "../../etc")
    with pytest.raises(GenerationError):
        generations.rollback(home, "g000077-0123456789")
    assert generations.current_name(home) == names[2]


def test_rollback_refuses_a_damaged_generation(home):
    names = three(home)
    marts = home.published / names[1] / "full" / "marts.duckdb"
    marts.chmod(0o644)
    marts.write_bytes(marts.read_bytes()[:-1])
    with pytest.raises(GenerationError, match=r"marts\.duckdb differs"):
        generations.rollback(home)
    assert generations.current_name(home) == names[2]


def test_a_refresh_after_a_rollback_publishes_anew(home):
    names = three(home)
    generations.rollback(home)
    done = publish(home, pin="pin2")
    assert done.is_new
    assert done.generation.sequence == 4
    assert done.generation.name not in names
    assert description(home) == "v2"


def test_retention_keeps_the_newest_the_current_the_leased_and_the_young(home):
    names = three(home)
    assert generations.retire(home, keep=1) == [], "all are younger than the minimum age"
    generations.rollback(home, names[0])
    lease = home.published / ".leases" / f"{names[1]}.{os.getpid()}.0"
    lease.parent.mkdir(exist_ok=True)
    lease.touch()
    assert generations.retire(home, keep=1, min_age_seconds=0) == []
    lease.rename(lease.with_name(f"{names[1]}.999999999.0"))
    assert generations.retire(home, keep=1, min_age_seconds=0) == [names[1]], "a dead process holds nothing"
    assert not lease.parent.joinpath(f"{names[1]}.999999999.0").exists()
    assert [g.name for g in generations.list_generations(home)] == [names[0], names[2]]


def keys_of(home: Home, name: str, age: float) -> Path:
    """The failing keys of an audit, written `age` seconds ago."""
    folder = home.audits / name
    folder.mkdir(parents=True)
    keys = folder / "phantom_stock.DQ-P1.csv"
    keys.write_text("sku_id\n1\n", encoding="utf-8")
    for path in (keys, folder):
        os.utime(path, (time.time() - age,) * 2)
    return folder


def test_retention_keeps_the_keys_of_kept_generations_of_the_newest_audits_and_the_young(home):
    names = three(home)
    hashes = [generation.manifest["content_hash"] for generation in generations.list_generations(home)]
    of_generations = [keys_of(home, name, 9000 + n) for n, name in enumerate([*hashes, names[2]])]
    lately, before, long_ago = (keys_of(home, name, age) for name, age in (("b", 10), ("c", 4000), ("d", 5000)))
    assert generations.retire(home, keep=3) == []
    assert sorted(home.audits.iterdir()) == sorted([*of_generations, lately, before, long_ago]), "the newest three"
    os.utime(lately, (1, 1))  # its keys are as young as before
    assert generations.retire(home, keep=1) == []
    assert sorted(home.audits.iterdir()) == sorted([*of_generations, lately])
    keys_of(home, "e", 1000)
    keys_of(home, "f", 5)
    assert generations.retire(home, keep=1) == []
    assert sorted(p.name for p in home.audits.iterdir() if len(p.name) == 1) == ["b", "e", "f"], "younger than an hour"
    assert generations.retire(home, keep=1, min_age_seconds=0) == names[:2]
    assert sorted(home.audits.iterdir()) == sorted([*of_generations[2:], home.audits / "f"])


def test_open_current_leases_for_as_long_as_it_reads(home):
    name = publish(home).generation.name
    with generations.open_current(home):
        assert generations.leased_names(home) == {name}
    assert generations.leased_names(home) == set()
