"""Landing: what write_batch, iter_batches and withdraw promise. How batches are judged: test_validator.py."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from landing_fixture import movements, tree_hashes

from orchestration.lib import landing
from orchestration.lib.landing import LandingError, file_sha256, iter_batches, withdraw, write_batch

AT = datetime(2026, 3, 1, 6)


def frame(count: int = 2) -> pd.DataFrame:
    rows = pd.DataFrame(movements(count, qty=Decimal("1.5")))
    return rows.assign(occurred_at=pd.to_datetime(rows["occurred_at"]), recorded_at=pd.to_datetime(rows["recorded_at"]))


def write(home, contracts, table, *, at=AT, batch="b1", fmt="parquet"):
    contract = contracts["wms", "movements"]
    return write_batch(home.landing, "wms", "site", "movements", batch, table, at, fmt, contract)


@pytest.mark.parametrize("fmt", ["parquet", "csv"])
def test_manifest_describes_the_files_truly(home, contracts, fmt):
    folder = write(home, contracts, frame(3), fmt=fmt)
    manifest = json.loads((folder / "_manifest.json").read_text())
    [listed] = manifest.pop("files")
    assert listed == {"name": f"movements.{fmt}", "rows": 3, "sha256": file_sha256(folder / f"movements.{fmt}")}
    assert manifest == {
        "source": "wms",
        "instance": "site",
        "entity": "movements",
        "batch": "b1",
        "contract_version": 1,
        "extracted_at": "2026-03-01T06:00:00Z",
        "min_event_at": "2026-03-01T05:00:00Z",
        "max_event_at": "2026-03-01T05:00:00Z",
    }


def test_extracted_at_with_an_offset_is_written_in_utc(home, contracts):
    at = datetime(2026, 3, 1, 6, tzinfo=timezone(timedelta(hours=-5)))
    folder = write(home, contracts, frame(), at=at)
    assert json.loads((folder / "_manifest.json").read_text())["extracted_at"] == "2026-03-01T11:00:00Z"


@pytest.mark.parametrize("fmt", ["parquet", "csv"])
def test_the_same_content_again_changes_no_byte(home, contracts, fmt):
    folder = write(home, contracts, frame(), fmt=fmt)
    before = tree_hashes(folder)
    assert write(home, contracts, frame(), fmt=fmt, at=AT.replace(tzinfo=UTC)) == folder
    assert tree_hashes(folder) == before


@pytest.mark.parametrize("change", ["rows", "extracted_at"])
def test_other_content_under_the_same_name_is_refused_and_changes_nothing(home, contracts, change):
    folder = write(home, contracts, frame(2))
    before = tree_hashes(folder)
    with pytest.raises(LandingError, match="immutable: send the correction under a new batch name"):
        write(
            home, contracts, frame(3 if change == "rows" else 2), at=AT if change == "rows" else AT + timedelta(days=1)
        )
    assert tree_hashes(folder) == before


def test_equal_rows_in_other_parquet_bytes_are_the_same_batch(home, contracts):
    """A later version of the writer makes other bytes of the same rows: landing again must stay a no-op."""
    folder = write(home, contracts, frame())
    file = folder / "movements.parquet"
    pq.write_table(pq.read_table(file), file, compression="none", store_schema=False)
    manifest = json.loads((folder / "_manifest.json").read_text())
    manifest["files"][0]["sha256"] = file_sha256(file)
    (folder / "_manifest.json").write_text(json.dumps(manifest))
    before = tree_hashes(folder)
    write(home, contracts, frame())
    assert tree_hashes(folder) == before


def test_a_crash_before_the_manifest_leaves_nothing_that_counts_and_is_written_over(home, contracts, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(landing, "write_json", lambda *a: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            write(home, contracts, frame(2))
    assert list(iter_batches(home)) == []
    write(home, contracts, frame(3))
    assert [b.batch_id for b in iter_batches(home)] == ["wms/site/movements/b1"]
    assert pq.read_metadata(home.landing / "wms/site/movements/b1/movements.parquet").num_rows == 3


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden", "_own", "with space", "x" * 129, "nul\0"])
def test_names_that_are_no_plain_folder_names_are_refused(home, contracts, name):
    with pytest.raises(LandingError, match="cannot name a batch"):
        write(home, contracts, frame(), batch=name)
    assert list(home.landing.rglob("*.parquet")) == []


def test_a_column_of_mixed_values_is_written_as_text(home, contracts):
    mixed = frame().assign(qty=pd.Series([Decimal("1.5"), "1,234"], dtype=object))
    folder = write(home, contracts, mixed)
    assert pq.read_table(folder / "movements.parquet")["qty"].to_pylist() == ["1.5", "1,234"]


def test_hostile_text_is_written_verbatim(home, contracts):
    hostile = ["'; drop table x; --", "<script>alert(1)</script>", "\u202egnp.exe", "{{ x }}", "nul\0nul", "y" * 10_000]
    table = pa.table({"event_id": hostile})
    folder = write(home, contracts, table)
    assert pq.read_table(folder / "movements.parquet")["event_id"].to_pylist() == hostile


class TestWithdraw:
    @pytest.fixture(autouse=True)
    def batches(self, home, contracts):
        for batch in ("2026-03-01", "2026-03-02"):
            write(home, contracts, frame(), batch=batch)
        contract = contracts["wms", "movements"]
        write_batch(home.landing, "wms", "other", "movements", "2026-03-01", frame(), AT, "parquet", contract)

    def withdrawn(self, home):
        return [b.batch_id for b in iter_batches(home) if b.is_withdrawn]

    @pytest.mark.parametrize(
        "said", ["wms/site/movements/2026-03-02", "2026-03-02", "movements/2026-03-02", "/2026-03-02/"]
    )
    def test_by_id_or_unique_end_of_it(self, home, said):
        before = tree_hashes(home.landing)
        assert withdraw(home, said, "poisons the build") == "wms/site/movements/2026-03-02"
        assert self.withdrawn(home) == ["wms/site/movements/2026-03-02"]
        after = tree_hashes(home.landing)
        assert before.items() <= after.items(), "nothing in landing may change or go"
        [tombstone] = after.keys() - before.keys()
        assert json.loads((home.landing / tombstone).read_text()) == {
            "batch_id": "wms/site/movements/2026-03-02",
            "reason": "poisons the build",
        }

    def test_an_ambiguous_end_lists_its_candidates(self, home):
        with pytest.raises(LandingError, match="2 batches end in '2026-03-01'") as error:
            withdraw(home, "2026-03-01", "why")
        assert "wms/other/movements/2026-03-01" in str(error.value)
        assert "wms/site/movements/2026-03-01" in str(error.value)
        assert self.withdrawn(home) == []

    @pytest.mark.parametrize("said", ["2026-03-0", "03-02", "wms/site/movement/2026-03-02", "", "*"])
    def test_what_names_no_batch_withdraws_nothing(self, home, said):
        with pytest.raises(LandingError, match="no batch is called"):
            withdraw(home, said, "why")
        assert self.withdrawn(home) == []

    def test_the_first_reason_stays_and_an_empty_one_is_refused(self, home):
        with pytest.raises(LandingError, match="needs a reason"):
            withdraw(home, "2026-03-02", "  ")
        withdraw(home, "2026-03-02", "first")
        withdraw(home, "2026-03-02", "second")
        assert landing.withdrawn_batches(home) == {"wms/site/movements/2026-03-02": "first"}

    def test_a_garbled_tombstone_stops_rather_than_lets_the_batch_back_in(self, home):
        withdraw(home, "2026-03-02", "why")
        [tombstone] = (home.landing / "_tombstones").iterdir()
        tombstone.write_text("{")
        with pytest.raises(LandingError, match=r"tombstone .* cannot be read"):
            list(iter_batches(home))
