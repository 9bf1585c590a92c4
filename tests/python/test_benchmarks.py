"""The contenders of `make bench` write the same tables, so that its ratios compare like with like.

Here: equality at a small size, before and after an increment, and the words of the table. Not here: any time or memory.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from benchmarks import __main__ as words
from benchmarks import compare, outside, subjects, table
from benchmarks.child import MOMENT, STOCK, module
from benchmarks.company import LAST_DAY, Bench, Company
from benchmarks.generate import add_periods, remove_periods, write_company
from benchmarks.measure import Figure, in_a_process
from benchmarks.parts import LEDGER, POSITIONS
from orchestration.lib import warehouse
from orchestration.lib.paths import REPO, Home
from orchestration.lib.sql import connect, literal
from tests.python.dbt_in_process import environment

SMALL = Company.of(60_000, stocks=160, days=500)
TABLES = ("position", "on_hand", "demand")
STATES = ("full", "grown")


@dataclass(frozen=True)
class Written:
    """Parquet of what each contender wrote: `<folder>/<state>/<contender>/<table>.parquet`."""

    bench: Bench
    folder: Path

    def table(self, state: str, contender: str, name: str) -> Path:
        return self.folder / state / contender / f"{name}.parquet"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Written]:
    """One company; every contender builds it whole, then with a new day and a late one; ours and the hand script by
    an increment each time."""
    there = Written(Bench(tmp_path_factory.mktemp("bench") / "bench"), tmp_path_factory.mktemp("written"))
    write_company(there.bench, SMALL)
    contenders = ["ours", "hand", "spine", "pandas", "polars"]
    with environment(**warehouse.environment(there.bench.home)):
        for contender in contenders:
            script = module(contender)
            script.build(there.bench)
            _export(there, "full", contender)
            for period in (SMALL.new_day, SMALL.late_day):
                add_periods(there.bench, SMALL, [period])
                if contender in ("ours", "hand"):
                    script.update(there.bench)
            if contender not in ("ours", "hand"):
                script.build(there.bench)
            _export(there, "grown", contender)
            remove_periods(there.bench, [SMALL.new_day, SMALL.late_day])
        yield there


def _export(there: Written, state: str, contender: str) -> None:
    with module(contender).connection(there.bench) as opened:
        for name in (*TABLES, *(["movement"] if contender in ("ours", "hand") else [])):
            file = there.table(state, contender, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            compare.export(opened, name, file)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("contender", ["hand", "pandas", "polars"])
def test_contender_writes_what_ours_does(written: Written, state: str, contender: str) -> None:
    names = (*TABLES, "movement") if contender == "hand" else TABLES
    for name in names:
        found = compare.differences(written.table(state, "ours", name), written.table(state, contender, name))
        assert not found, f"{name}: {found}"


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", ["position", "on_hand"])
def test_spine_holds_the_close_of_each_day(written: Written, state: str, name: str, tmp_path: Path) -> None:
    ours, spine = written.table(state, "ours", name), written.table(state, "spine", name)
    with connect() as connection:
        connection.execute(
            f"""copy (
                select
                    * exclude (valid_from, valid_to, valid_from_date, valid_to_date),
                    cast(unnest(generate_series(valid_from_date, last_date, interval 1 day)) as date) as day
                from (
                    select *, least(
                        valid_to_date - 1, (select max(day) from read_parquet({literal(spine)}))
                    ) as last_date
                    from read_parquet({literal(ours)})
                )
            ) to {literal(tmp_path / "daily.parquet")} (format parquet)"""
        )
    assert not compare.differences(tmp_path / "daily.parquet", spine)


@pytest.mark.parametrize("state", STATES)
def test_spine_has_the_same_demand(written: Written, state: str) -> None:
    assert not compare.differences(written.table(state, "ours", "demand"), written.table(state, "spine", "demand"))


def test_late_day_changes_the_past(written: Written) -> None:
    """The restatement restates: positions before the increment's first day differ between the two states."""
    with connect() as connection:
        before, after = (
            connection.execute(
                f"select count(*), bit_xor(hash(columns(*)::varchar)) from (select sku_id, valid_from, on_hand_e4 "
                f"from read_parquet({literal(written.table(state, 'ours', 'position'))}) "
                f"where valid_from < {literal(LAST_DAY)})"
            ).fetchall()
            for state in STATES
        )
    assert before != after


def test_company_is_what_it_says(written: Written) -> None:
    """Every kind of trouble is there: late, delivered twice, corrected, taken back, by lot, of another owner."""
    with connect() as connection:
        shares = connection.execute(
            f"""
            with repeated as (
                select event_id, count(*) as deliveries, count(distinct qty) as quantities
                from read_parquet({literal(written.bench.movements())}) group by _instance, event_id having count(*) > 1
            )
            select
                count(*) filter (where _extracted_at - occurred_at > interval 1 day + interval 10 minutes) / count(*),
                (select count(*) from repeated) / count(*),
                (select count(*) from repeated where quantities > 1) / count(*),
                count(*) filter (where event_type = 'reversal') / count(*),
                count(*) filter (where event_type = 'status_change') / count(*),
                count(lot) / count(*), count(owner_code) / count(*)
            from read_parquet({literal(written.bench.movements())})
            """
        ).fetchall()[0]
    late, repeated, corrected, reversed_, status, lots, owners = shares
    assert 0.008 < late < 0.025
    assert 0.0005 < repeated < 0.002
    assert 0 < corrected < repeated
    assert 0.001 < reversed_ < 0.004
    assert 0.005 < status < 0.015
    assert 0.02 < lots < 0.2
    assert owners > 0


def test_same_seed_gives_the_same_company(written: Written, tmp_path: Path) -> None:
    again, other = Bench(tmp_path / "again"), Bench(tmp_path / "other")
    write_company(again, SMALL)
    write_company(other, replace(SMALL, seed=1))
    with connect() as connection:
        contents = [
            connection.execute(f"select sum(hash(m)) from read_parquet({literal(bench.movements())}) as m").fetchone()
            for bench in (written.bench, again, other)
        ]
    assert contents[0] == contents[1] != contents[2]


def test_rows_of_a_file_are_numbered_in_its_order(written: Written) -> None:
    """As in an accepted batch: sorted by batch and recording, and the row number says the place."""
    file = written.bench.movement_files()[0]
    with connect(preserve_order=True) as connection:
        rows = connection.execute(f"select _batch_id, _row from read_parquet({literal(file)})").fetchall()
    assert rows == sorted(rows)
    assert [row for _, row in rows] == list(range(1, len(rows) + 1))


def test_questions_about_the_past_are_answered_alike(written: Written) -> None:
    ours, hand = (module(contender).questions(written.bench, MOMENT, *STOCK) for contender in ("ours", "hand"))
    answers = {name: (ours[name](), hand[name]()) for name in ("one", "company")}
    assert all(one == other > 0 for one, other in answers.values()), answers


def _figure(contender: str, phase: str, seconds: float, peak: int) -> Figure:
    figures = {
        "seconds": seconds,
        "cpu_seconds": seconds,
        "peak_bytes": peak,
        "disk_bytes": 1,
        "written_bytes": 1,
        "one_seconds": seconds,
        "company_seconds": seconds * 2,
        LEDGER: seconds * 0.75,
        POSITIONS: seconds * 0.25,
    }
    return Figure(contender, phase, seconds + 1, figures)


def test_ratios_are_to_ours_of_the_same_phase() -> None:
    figures = [
        _figure("ours", "build", 10, 100),
        _figure("pandas", "build", 25, 450),
        _figure("ours", "as of", 0.5, 100),
        _figure("pandas", "as of", 2, 100),
        Figure("polars", "build", 1, {}, "did not finish (killed: out of memory?)"),
    ]
    cells = {(row[0], row[1]): row for row in table.rows(figures)}
    assert cells["build", "pandas"][-3:] == ("2.36", "2.50", "4.50")
    assert cells["build: ledger", "pandas"][3] == "18.8"
    assert cells["build: from the ledger", "ours"][3] == "2.5"
    assert cells["build: from the ledger", "pandas"][-2] == "2.50"
    assert ("build: ledger", "polars") not in cells
    assert {len(row) for row in table.rows(figures)} <= {len(table.HEADER)}
    assert cells["as of: whole company", "pandas"][-2] == "4.00"
    assert "out of memory" in cells["build", "polars"][2]
    assert table.markdown(table.rows(figures)).count("\n") == len(cells) + 2


def test_heaviest_nodes_of_ours_are_named() -> None:
    figure = _figure("ours", "build", 10, 100)
    figure.figures["nodes"] = {"light": 0.1, "heavy": 3.0}
    assert table.heaviest([figure, _figure("hand", "build", 1, 1)], most=1) == ["ours, build: heavy 3.0 s"]


@pytest.mark.parametrize(("free", "fits"), [(10**13, 1_000_000_000), (10**11, 450_000_000)])
def test_a_billion_runs_as_large_as_the_disk_allows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], free: int, fits: int
) -> None:
    monkeypatch.setattr(words, "_free", lambda folder: free)
    assert words._largest() == fits
    assert "GB of disk" in capsys.readouterr().out


def test_a_child_that_fails_says_why(tmp_path: Path) -> None:
    assert "did not finish" in str(in_a_process(Bench(tmp_path), "hand", "build").error)


def test_time_outside_sql_is_what_no_statement_covers():
    """Statements that overlap, one inside another, and a gap; nothing at all is all outside."""
    found = outside.course(
        0.0, 20.0, [(5.0, 8.0), (7.0, 10.0), (3.0, 9.0), (12.0, 15.0), (13.0, 14.0)], Counter(model=2)
    )
    assert (found.before, found.during, found.between, found.after) == (3.0, 10.0, 2.0, 5.0)
    assert found.outside == 10.0
    assert [row for row in outside.rows(found) if row[0] == "outside SQL"] == [("outside SQL", "2 models", "10.0")]
    nothing = outside.course(0.0, 4.0, [], Counter())
    assert (nothing.outside, nothing.during) == (4.0, 0.0)


def test_a_company_that_cannot_be_built_is_told_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADLAG_HOME", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["benchmarks", "outside", "--profile", "none"])
    with pytest.raises(SystemExit, match=r"bench: python -m synthetic --profile none .* did not finish"):
        words.main()
    assert not (tmp_path / "bench").exists()


@pytest.mark.proof
def test_a_build_tells_its_statements_and_all_its_nodes(home: Home):
    """The tiny company, landed and accepted by it."""
    found = outside.measure(home, "tiny", lambda words: None)
    assert found.nodes["model"] > 600 and found.nodes["test"] > 600
    assert found.during > 0 and found.outside > 0


def test_the_table_of_subjects_adds_models_up_and_sets_them_against_the_core():
    seconds = {"core": {"a": 3.0, "b": 1.0}, "lag": {"c": 2.0}, "lead": {"d": 1.0}, "service": {"e": 5.0}}
    lines = subjects.rows(subjects.Cost(seconds=seconds))
    assert ("core", "all 2", "4.0", "1.00") in lines and ("lag", "all 1", "2.0", "0.50") in lines
    assert lines[0][0] == "core" and lines[-1] == ("lead + service", "all", "6.0", "1.50")
    folders = subjects._folders()
    assert folders["kpi_shrinkage"] == "lag" and folders["fct_stock_value"] == "core"


def test_what_was_measured_before_a_stage_failed_is_told(home, monkeypatch, capsys):
    def fails_in_lag(at, movements, stocks, told, cost):
        cost.seconds["core"] = {"fct_stock_position": 8.0}
        raise RuntimeError("model kpi_gmroii: out of memory")

    monkeypatch.setattr(subjects, "measure", fails_in_lag)
    monkeypatch.setattr("sys.argv", ["benchmarks", "subjects", "--movements", "1000"])
    with pytest.raises(SystemExit, match="kpi_gmroii: out of memory"):
        words.main()
    assert re.search(r"fct_stock_position +8\.0 +1\.00", capsys.readouterr().out)


def test_a_stage_of_the_subjects_reads_no_model_of_a_later_one():
    """Every model of a folder of marts that a model refers to is built by the same stage or one before it."""
    folders, built, read = subjects._folders(), {"core"}, 0
    assert subjects.STAGES[0][0] == "core"
    for stage, selectors in subjects.STAGES[1:]:
        own = {selector.rsplit("/", 1)[1] for selector in selectors}
        built |= own
        for file in (path for folder in own for path in (REPO / "models" / "marts" / folder).rglob("*.*")):
            if file.suffix in (".sql", ".py"):
                parents = {folders.get(name, "core") for name in re.findall(r"ref\(.(\w+).\)", file.read_text())}
                assert parents <= built, f"{stage}: {file.name} reads {sorted(parents - built)}"
                read += len(parents)
    assert built >= {*subjects.OF_LEAD, "lag"} and read > 200
