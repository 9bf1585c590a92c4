"""The generated reference is what `make docs` would write now."""

from __future__ import annotations

import csv

import pytest

from orchestration.lib.paths import REPO
from orchestration.lib.reference import render_reference


@pytest.mark.parametrize("name", ["kpis.md", "policy.md", "record_rules.md", "audit_rules.md", "landing.md"])
def test_reference_is_current(name):
    written = (REPO / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert written == render_reference(REPO)[name], f"docs/reference/{name} is out of date: run `make docs`"


def test_cells_cannot_break_their_table():
    from orchestration.lib.reference import _table

    lines = _table(["a"], [["x | y\nz"]]).splitlines()
    assert lines[-1] == "| x \\| y z |"
    assert len(lines) == 3


def test_every_policy_row_says_where_it_is_argued():
    with (REPO / "seeds" / "policy" / "policy_rows.csv").open(encoding="utf-8", newline="") as handle:
        references = {row["decision_ref"].split(" ")[0] for row in csv.DictReader(handle)}
    for reference in references:
        page, _, anchor = reference.partition("#")
        text = (REPO / page).read_text(encoding="utf-8")
        assert not anchor or f'<a id="{anchor}"></a>' in text, f"{page} has no anchor {anchor}"
