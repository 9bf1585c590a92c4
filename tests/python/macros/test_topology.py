"""Latency of the paths and where a use is served (docs/formulas.md#topology)."""

from __future__ import annotations

import itertools

from tests.python.macros.render import evaluate

INTEGERS = dict.fromkeys(("need", "central", "edge", "floor", "rows", "budget"), "bigint")


def test_an_archive_counts_from_its_landing(macros, duck):
    columns = {"transport": "bigint", "processing": "bigint", "is_backfill": "boolean"}
    cases = [(300, 60, False, 360), (300, 60, True, 60), (-5, 60, True, 60), (0, 0, False, 0), (None, 60, True, 60)]
    macro = macros["kpi_availability_lag"]("transport", "processing", "is_backfill")
    assert evaluate(duck, macro, columns, [case[:3] for case in cases]) == [case[3] for case in cases]


def test_a_need_is_met_to_the_second_and_unknown_without_a_measure(macros, duck):
    cases = [(899, 900, True), (900, 900, True), (901, 900, False), (None, 900, None)]
    macro = macros["kpi_is_need_met"]("central", "need")
    columns = {"central": "bigint", "need": "bigint"}
    assert evaluate(duck, macro, columns, [case[:2] for case in cases]) == [case[2] for case in cases]


def test_the_edge_waits_for_its_next_build_and_builds(macros, duck):
    macro = macros["kpi_edge_latency"]("edge", "need", "central")
    assert evaluate(duck, macro, dict.fromkeys(("edge", "need", "central"), "bigint"),
                    [(30, 60, 10), (0, 60, 0), (30, 60, None)]) == [100, 60, None]  # fmt: skip


def path(macros, duck, cases):
    macro = macros["kpi_topology_path"]("need", "central", "edge", "floor", "rows", "budget")
    return evaluate(duck, macro, INTEGERS, cases)


def test_the_edges_of_every_path(macros, duck):
    cases = [
        ((200, 100, 10, 5, 7, 7), "central"),  # twice the latency is exactly the need, the volume exactly the budget
        ((199, 100, 10, 5, 7, 7), "hybrid"),
        ((100, 100, 10, 5, 7, 7), "hybrid"),
        ((99, 100, 10, 5, 7, 7), "edge"),
        ((10, 100, 10, 5, 7, 7), "edge"),
        ((9, 100, 10, 5, 7, 7), "operational_system_only"),
        ((200, 100, 10, 5, 8, 7), "edge"),  # fast enough, too many rows
        ((200, 100, 201, 5, 8, 7), "operational_system_only"),
        ((150, 100, 10, 5, 8, 7), "hybrid"),  # hybrid keeps the volume at the edge
        ((99, 100, None, 5, 7, 7), None),  # an edge that nobody built could do it
        ((4, 100, None, 5, 7, 7), "operational_system_only"),  # not even without the build
        ((5, 100, None, 5, 7, 7), None),
        ((99, 100, None, None, 7, 7), "operational_system_only"),  # the site does not have the feed
        ((99, None, 10, 5, 0, 7), None),  # no events is no reason to move
    ]
    assert path(macros, duck, [case for case, _ in cases]) == [said for _, said in cases]


def test_every_path_is_exactly_one_and_has_a_reason(macros, duck):
    """All corners of the decision: the specification word by word, and a reason that fits the path."""
    seconds = (None, 5, 10, 20, 40)
    cases = [
        (need, central, edge, floor, rows, 7)
        for need, central, edge, floor, rows in itertools.product((5, 10, 20), seconds, seconds, seconds, (7, 8))
        if floor is not None or edge is None
    ]
    said = []
    for need, central, edge, floor, rows, budget in cases:
        if central is None:
            said.append(None)
        elif 2 * central <= need and rows <= budget:
            said.append("central")
        elif central <= need < 2 * central:
            said.append("hybrid")
        elif edge is not None and edge <= need:
            said.append("edge")
        elif edge is None and floor is not None and floor <= need:
            said.append(None)
        else:
            said.append("operational_system_only")
    found = path(macros, duck, cases)
    assert found == said
    assert set(found) == {None, "central", "hybrid", "edge", "operational_system_only"}
    reason = macros["kpi_topology_reason"]("path", "need", "central", "edge", "floor", "is_measured")
    columns = {"path": "varchar", "is_measured": "boolean"}
    columns |= dict.fromkeys(("need", "central", "edge", "floor"), "bigint")
    rows = [(p, m, c[0], c[1], c[2], c[3]) for p, c in zip(found, cases, strict=True) for m in (True, False)]
    reasons = evaluate(duck, reason, columns, rows)
    fits = {
        None: {"no_events", "no_edge_run"},
        "central": {"central_has_headroom", "extraction_only"},
        "hybrid": {"central_without_headroom", "extraction_only"},
        "edge": {"central_too_slow", "volume_over_budget"},
        "operational_system_only": {"recorded_too_late", "edge_too_slow", "not_at_the_edge"},
    }
    seen = {name: set() for name in fits}
    for row, why in zip(rows, reasons, strict=True):
        seen[row[0]].add(why)
    assert seen == fits
