"""Reading what a build reads: accepted rows of the pinned set, the seeds, the cut-off. No warehouse is opened.

Here: rows as named tuples of Python values. Not here: anything that interprets them.
"""

from __future__ import annotations

import csv
import json
from collections import namedtuple
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.lib.paths import REPO, Home


@cache
def seed(path: str) -> list[dict[str, str]]:
    """Rows of a seed as text, read once: an oracle asks for a policy value at every line. Do not change them."""
    with (REPO / "seeds" / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def policy(key: str, scope: tuple[str, str] = ("company", "*")) -> str:
    """Value of a policy seed row of one scope; StopIteration when there is none."""
    rows = seed("policy/policy_rows.csv")
    return next(r["value"] for r in rows if (r["policy_key"], r["scope_type"], r["scope_id"]) == (key, *scope))


@dataclass(frozen=True)
class Accepted:
    """The pinned rows of a home."""

    home: Home

    @cached_property
    def as_of(self) -> datetime:
        """The cut-off, naive UTC: the latest extraction of a batch that is neither the audit's nor a steward's."""
        body = json.loads((self.home.pinned / "_pin.json").read_text(encoding="utf-8"))
        return datetime.fromisoformat(body["as_of"].replace("Z", ""))

    @property
    def as_of_date(self) -> date:
        """Day of the cut-off."""
        return self.as_of.date()

    def rows(self, source: str, entity: str) -> list[Any]:
        """All accepted rows of an entity as named tuples; meta columns without their underscore: instance, row ..."""
        tables = [pq.read_table(path) for path in sorted((self.home.pinned / source / entity).glob("*.parquet"))]
        table = pa.concat_tables([t for t in tables if t.num_rows] or tables[:1])
        kind = namedtuple(entity, [name.lstrip("_") for name in table.column_names])
        return [kind(*values) for values in zip(*(column.to_pylist() for column in table.columns), strict=True)]


def latest(rows: list[Any], key: Any) -> list[Any]:
    """The row of the latest extraction per key."""
    best: dict[Any, Any] = {}
    for row in rows:
        name, rank = key(row), (row.extracted_at, row.batch_id, row.row)
        if name not in best or rank > (best[name].extracted_at, best[name].batch_id, best[name].row):
            best[name] = row
    return list(best.values())
