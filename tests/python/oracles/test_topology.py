"""Latency of every feed and the recommended path of every use, against the oracle; the slow site is told apart.

Here: the marts as built from the batches alone, and again with runs recorded by hand. Not here: how runs are recorded
(test_ingestion_runs.py), the arithmetic on its edges (macros/test_topology.py).
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from orchestration.lib.contracts import load_contracts
from orchestration.lib.sql import connect, literal
from synthetic import truth
from synthetic.profiles import PROFILES
from synthetic.world import build_world
from tests.python.fixtures_marts import SEED, Marts
from tests.python.oracles.accepted import seed
from tests.python.oracles.compare import assert_none
from tests.python.oracles.topology import FEEDS, latencies, observed, seconds, topology

BUILDS = {"BCN1": [4.001, 9.5], "CHI1": [5.0], "MAD1": [4.0]}
"""Seconds of edge builds; DAL1 never ran one."""
MODELS = (
    "fct_ingestion_run",
    "int_visibility__feed_latency_event",
    "int_visibility__edge_run",
    "fct_feed_latency",
    "int_visibility__use_case_latency",
    "kpi_reporting_topology",
)


def test_every_entity_that_tells_of_happenings_is_a_feed(repo):
    """An entity without a line in stg_unified__feed_event has no latency, and nobody would miss it."""
    happenings = {
        key
        for key, contract in load_contracts(repo).items()
        if contract.kind == "event" and contract.event_time and contract.source not in ("audit", "steward")
    }
    assert happenings <= FEEDS.keys(), "add it to stg_unified__feed_event and to the oracle"
    model = (repo / "models/staging/unified/stg_unified__feed_event.sql").read_text(encoding="utf-8")
    assert all(f"('{source}', '{entity}'," in model for source, entity in FEEDS)


def compare_feeds(marts: Marts, accepted, availability) -> None:
    known = latencies(accepted, availability)
    found = marts.rows("select * from visibility.fct_feed_latency")
    mart = {(row["source"], row["instance"], row["entity"]): row for row in found}
    assert mart.keys() == known.keys()
    wrong = []
    for feed, said in known.items():
        row = mart[feed]
        expected = {"event_count": len(said.extraction), "skewed_event_count": said.skewed}
        expected |= {"published_event_count": len(said.central), "last_event_at": said.last_event_at}
        expected["latency_reason"] = None if said.extraction else "no_events"
        for measure in ("record", "extraction", "central"):
            for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
                expected[f"{measure}_{name}_seconds"] = observed(getattr(said, measure), share)
        if said.last_event_at:
            expected["freshness_seconds"] = seconds(said.last_event_at, accepted.as_of)
        wrong += [(feed, name, row[name], value) for name, value in expected.items() if row[name] != value]
    assert_none(wrong, len(known))


def compare_topology(marts: Marts, accepted, availability, builds) -> dict:
    said = topology(accepted, availability, builds)
    found = marts.rows("select * from visibility.kpi_reporting_topology")
    mart = {(row["use_case_id"], row["location_id"]): row for row in found}
    assert mart.keys() == said.keys()
    wrong = []
    for key, use in said.items():
        row = mart[key]
        mine = (row["central_p95_seconds"], row["edge_p95_seconds"], row["row_count_per_day"], row["recommended_path"])
        if mine != (use.central, use.edge, use.rows_per_day, use.path):
            wrong.append((key, mine, use))
        events = row["event_count"]
        if events and round(float(row["slo_attainment_ratio"]), 5) != round(use.within / events, 5):
            wrong.append((key, row["slo_attainment_ratio"], use.within / events))
    assert_none(wrong, len(said))
    return mart


def test_feeds_and_paths_from_the_batches_alone(case):
    accepted = case.company.accepted
    compare_feeds(case.marts, accepted, {})
    compare_topology(case.marts, accepted, {}, {})


def test_the_scorecard_counts_the_uses_that_the_feeds_meet(case):
    said = topology(case.company.accepted, {}, {})
    central = {u["use_case_id"]: int(u["need_seconds"]) for u in seed("reference/reporting_use_cases.csv")
               if u["present_path"] == "central"}  # fmt: skip
    met: dict[str, list[bool]] = {}
    for (use, location), served in said.items():
        if use in central and served.central is not None:
            met.setdefault(location, []).append(served.central <= central[use])
    rows = case.marts.rows(
        "select scope_id, numerator, denominator from scorecard.fct_kpi_value "
        "where kpi_id = 'reporting_need_ratio' and scope_type = 'location'"
    )
    assert {r["scope_id"]: (r["numerator"], r["denominator"]) for r in rows} == {
        location: (sum(values), len(values)) for location, values in met.items()
    }


@pytest.fixture(scope="module")
def run_marts(tiny_marts, tmp_path_factory) -> tuple[Marts, dict[str, int]]:
    """The tiny company after runs were recorded: the last week landed live, the rest from an archive, some not yet."""
    marts = tiny_marts.copy(tmp_path_factory.mktemp("runs") / "home")
    files = tiny_marts.rows("select distinct batch_id, instance, extracted_at from core.fct_landed_file order by 1")
    as_of = tiny_marts.rows("select as_of_at from core.dim_cutoff")[0]["as_of_at"]
    rows, availability = [], {}
    for number, file in enumerate(files):
        if number % 5 == 0:
            continue  # the present run reads it, and records it only afterwards
        is_live = file["extracted_at"] > as_of - timedelta(days=7)
        landed = file["extracted_at"] + (timedelta(seconds=300 + number) if is_live else timedelta(days=90))
        published = landed + timedelta(seconds=600)
        rows.append((file["batch_id"], file["extracted_at"], landed, published, 600, "central", "g1"))
        availability[file["batch_id"]] = 600 + (300 + number if is_live else 0)
    for site, builds in BUILDS.items():
        own = [f for f in files if f["instance"] == site]
        for number, took in enumerate(builds):
            for file in own[number :: len(builds)]:
                at = file["extracted_at"]
                rows.append((file["batch_id"], at, at, at, took, "edge", f"edge-{site}-{number}"))
    values = ", ".join(
        f"('central', {literal(b)}, {literal(e)}, {literal(la)}, {literal(la)}, {literal(p)}, 1::bigint, "
        f"{s}::decimal(12, 3), {literal(path)}, {literal(g)}, 'batch', {literal(e)}, 'file', {n}::bigint)"
        for n, (b, e, la, p, s, path, g) in enumerate(rows)
    )
    with connect(marts.home.build_db) as connection:
        columns = [c for (c,) in connection.execute(
            "select column_name from duckdb_columns() where schema_name = 'staging' "
            "and table_name = 'stg_audit__ingestion_runs' order by column_index").fetchall()]  # fmt: skip
        connection.execute("drop view staging.stg_audit__ingestion_runs")
        connection.execute(
            f"create table staging.stg_audit__ingestion_runs as select * from (values {values}) v({', '.join(columns)})"
        )
    marts.rebuild(*MODELS)
    return marts, availability


def test_feeds_and_paths_with_recorded_runs(run_marts, tiny):
    marts, availability = run_marts
    accepted = tiny.company.accepted
    compare_feeds(marts, accepted, availability)
    mart = compare_topology(marts, accepted, availability, BUILDS)
    assert {row["recommended_path"] for row in mart.values()} == {
        "central", "hybrid", "edge", "operational_system_only", None}  # fmt: skip
    assert any(row["is_central_measured"] for row in mart.values())


def test_the_slow_site_is_told_apart(run_marts):
    """Planted: one site records its events 45 to 115 minutes late. Its edge cannot do what others' edges can."""
    marts, _ = run_marts
    told = truth.planted(build_world(PROFILES["tiny"], SEED)).to_pylist()
    planted = [row for row in told if row["fault"] == "site_latency"]
    assert [row["found_by"] for row in planted] == ["kpi:kpi_reporting_topology"]
    slow = {row["instance"] for row in planted}
    late = {
        row["instance"]: row["record_p95_seconds"]
        for row in marts.rows("select * from visibility.fct_feed_latency where entity = 'movements'")
    }
    others = max(value for site, value in late.items() if site not in slow)
    assert all(late[site] > max(45 * 60, 20 * others) for site in slow), late
    paths = {
        (row["use_case_id"], row["site_code"]): (row["recommended_path"], row["topology_reason"])
        for row in marts.rows("select * from visibility.kpi_reporting_topology")
    }
    for use in ("pick_face_replenishment", "put_away"):
        for site in BUILDS:
            told = ("operational_system_only", "recorded_too_late") if site in slow else ("edge", "central_too_slow")
            assert paths[use, site] == told, (use, site)
        assert paths[use, "DAL1"] == (None, "no_edge_run")
    assert len({paths["balance_check", site] for site in late}) == 1, "the ERP's balances are as late for every site"
