"""What pages tell of: marts that are open for reading, and what their audit said of them.

Here: a published generation, a build that its audit blocked and a generation that was audited again, told alike. Not
here: queries (marts.py) and pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from expectations.results import Judged, as_records
from orchestration.lib import generations
from orchestration.lib.generations import Generation, GenerationError, OpenGeneration
from orchestration.lib.paths import Home

PUBLISHED, BLOCKED, AGAIN = "published", "blocked", "audited again"
NO_GENERATION = "none: this build is not published"


@dataclass(frozen=True)
class Subject:
    """Marts and their audit. kind: PUBLISHED, BLOCKED or AGAIN; name: the generation's; as_of: ISO, UTC; tables:
    schema.table of what is published, or would be; rules: {suite.rule: its severity, outcome and failed_rows, and what
    else the audit said where that is at hand}; keys: folder of the failing keys; before: what it is compared with."""

    kind: str
    name: str
    content_hash: str
    as_of: str
    tables: frozenset[str]
    rules: Mapping[str, Mapping[str, Any]]
    keys: Path
    before: Generation | None
    connection: duckdb.DuckDBPyConnection


def of_generation(home: Home, opened: OpenGeneration) -> Subject:
    """A published generation, compared with the newest earlier one that is kept."""
    here, manifest = opened.generation, opened.generation.manifest
    earlier = [generation for generation in generations.list_generations(home) if generation.sequence < here.sequence]
    return Subject(
        PUBLISHED,
        here.name,
        manifest["content_hash"],
        manifest["as_of"],
        frozenset(manifest["tables"]),
        manifest["audit"].get("rules", {}),
        keys_folder(home, manifest["content_hash"]),
        earlier[-1] if earlier else None,
        opened.connection,
    )


def of_audit(home: Home, judged: Judged) -> Subject:
    """What an audit has just judged: a build, compared with the generation that readers have, or a generation audited
    again, compared with what its own audit said."""
    again = judged.generation
    records = as_records(judged.results)
    return Subject(
        AGAIN if again else BLOCKED,
        again.name if again else NO_GENERATION,
        judged.content_hash,
        judged.as_of,
        judged.tables,
        {f"{record['suite']}.{record['id']}": record for record in records},
        judged.folder,
        again or readers_have(home),
        judged.connection,
    )


def readers_have(home: Home) -> Generation | None:
    """The generation that readers have; None when there is none or its manifest is lost."""
    try:
        return generations.current(home)
    except GenerationError:
        return None


def keys_folder(home: Home, content_hash: str) -> Path:
    """Where the audit of that content wrote its failing keys."""
    return home.audits / Path(content_hash).name
