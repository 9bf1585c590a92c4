"""Makes a generation: exports the audited build database and moves the pointer to it (write-audit-publish).

Here: export, manifest, fsync, rename, pointer. Not here: reading, rolling back and retiring generations
(generations.py), or deciding whether a build may be published (the audit).

Order of the steps: .tmp-<id>/ is written and forced to disk, renamed to its final name, then the pointer moves.
A crash between any two leaves the pointer where it was and at most a .tmp-* folder or an unread generation behind.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from orchestration.lib import generations
from orchestration.lib.catalogue import Relation, relations
from orchestration.lib.content_hash import TableHash, rows_hash_by, view_definition
from orchestration.lib.generations import MANIFEST, MARTS, ROLE, Generation, fsync_path
from orchestration.lib.landing import file_sha256
from orchestration.lib.lock import writer_lock
from orchestration.lib.paths import Home
from orchestration.lib.sql import connect, ident, literal

PARQUET_ABOVE_ROWS = 2_000_000
"""A fact with more rows is published as monthly Parquet files beside marts.duckdb, not inside it."""

STORAGE_VERSION = "v1.2.0"
"""DuckDB storage version of marts.duckdb: 1.2 and every later client opens it."""

PUBLISHED_SEEDS = ("policy", "registry")
"""Schemas of seeds that readers need beside the subjects: what the thresholds were, what the KPIs are."""

ORDER_COLUMNS = 3

MONTH_COLUMNS = ("posting_date", "event_date", "date_day", "month_date")
"""Columns a big fact is cut by, the first it has; else its first DATE column; else it is one file."""


@dataclass(frozen=True)
class Publication:
    """What publish did: the generation, whether it is new, and how many of its files are links to older ones."""

    generation: Generation
    is_new: bool
    linked_files: int = 0
    retired: tuple[str, ...] = ()


@dataclass
class _Export:
    """Work in hand: where it is written, and what the manifest will say."""

    tmp: Path
    before: Generation | None
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    parquet: dict[str, str] = field(default_factory=dict)
    linked: int = 0


def clean_leftovers(home: Home) -> list[str]:
    """Remove what a crashed publish left (.tmp-* folders, unfinished pointers). Call it under the writer lock."""
    removed = []
    for path in list(home.published.glob(".tmp-*")) + list(home.published.glob(f".{generations.POINTER}-*")):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
        removed.append(path.name)
    return removed


def exported(known: Mapping[str, Relation], content: Mapping[str, TableHash]) -> list[str]:
    """Relations to export: those that were hashed, and the published seeds."""
    absent = sorted(set(content) - set(known))
    if absent:
        raise generations.GenerationError(
            f"the build has no {', '.join(absent)}, which was audited: run `make refresh`"
        )
    seeds = (name for name in known if name.split(".", 1)[0] in PUBLISHED_SEEDS)
    return sorted({*content, *seeds})


def _qualified(database: str, name: str) -> str:
    schema, table = name.split(".", 1)
    return f"{ident(database)}.{ident(schema)}.{ident(table)}"


def _order(relation: Relation) -> str:
    """Order of a relation on disk: by its first columns, which are its grain, so that zone maps help a reader."""
    return "order by " + ", ".join(ident(column.name) for column in relation.columns[:ORDER_COLUMNS])


def _month_column(relation: Relation) -> str | None:
    dates = [column.name for column in relation.columns if column.type == "DATE"]
    return next((name for name in MONTH_COLUMNS if name in dates), dates[0] if dates else None)


def _rows_of_month(column: str | None, month: str) -> str:
    """Condition for the rows of a monthly file: a range of dates, which a scan can skip by."""
    if column is None:
        return "true"
    if month == "none":
        return f"{ident(column)} is null"
    first = f"date {literal(month + '-01')}"
    return f"{ident(column)} >= {first} and {ident(column)} < {first} + interval 1 month"


def _export_parquet(connection: duckdb.DuckDBPyConnection, source: str, relation: Relation, export: _Export) -> None:
    """Write one fact as monthly files, linking those whose rows have not changed since the generation before."""
    name = relation.name
    column = _month_column(relation)
    month = f"coalesce(strftime({ident(column)}, '%Y-%m'), 'none')" if column else "'all'"
    table = _qualified(source, name)
    folder = Path(*name.split(".", 1))
    (export.tmp / ROLE / folder).mkdir(parents=True)
    old = export.before.manifest.get("parquet", {}) if export.before else {}
    digests = rows_hash_by(connection, table, [(c.name, c.type) for c in relation.columns], month)
    for value, (_, digest) in digests.items():
        path = Path(ROLE) / folder / f"{value}.parquet"
        export.parquet[str(path)] = digest
        if old.get(str(path)) == digest and _link(export, path):
            continue
        rows = f"select * from {table} where {_rows_of_month(column, value)} {_order(relation)}"
        connection.execute(f"copy ({rows}) to {literal(str(export.tmp / path))} (format parquet, compression zstd)")
    glob = literal(f"{folder}/*.parquet")
    connection.execute(f"create view {_qualified('marts', name)} as select * from read_parquet({glob})")


def _link(export: _Export, path: Path) -> bool:
    """Hard-link `path` from the generation before if that file is still what its manifest says."""
    before = export.before
    assert before is not None
    origin = before.path / path
    expected = before.manifest["files"].get(str(path))
    if expected is None or not origin.is_file() or file_sha256(origin) != expected["sha256"]:
        return False
    os.link(origin, export.tmp / path)
    export.linked += 1
    return True


def _carry_comments(connection: duckdb.DuckDBPyConnection, relation: Relation, kind: str) -> None:
    target = _qualified("marts", relation.name)
    if relation.comment:
        connection.execute(f"comment on {kind} {target} is {literal(relation.comment)}")
    for column in relation.columns:
        if column.comment:
            connection.execute(f"comment on column {target}.{ident(column.name)} is {literal(column.comment)}")


def _export_relation(
    connection: duckdb.DuckDBPyConnection, source: str, relation: Relation, export: _Export, big: bool
) -> str:
    """Publish one relation in the form that fits it: view (as the build's), parquet (monthly files) or table."""
    target = _qualified("marts", relation.name)
    definition = view_definition(relation, source)
    if definition is not None:
        connection.execute("use marts")  # the view names its relations by schema alone, so that it survives any alias
        connection.execute(f"create view {target} as {definition}")
        connection.execute("use memory")
        return "view"
    if big:
        _export_parquet(connection, source, relation, export)
        return "parquet"
    connection.execute(f"create table {target} as select * from {_qualified(source, relation.name)} {_order(relation)}")
    return "table"


def export_marts(
    home: Home, build_db: Path, tmp: Path, content: dict[str, TableHash], before: Generation | None, parquet_above: int
) -> _Export:
    """Write tmp/full/marts.duckdb (and Parquet files) from the closed build database, which is opened read-only."""
    export = _Export(tmp, before)
    (tmp / ROLE).mkdir(parents=True)
    marts = tmp / ROLE / MARTS
    connection = connect(temp_directory=home.build / "spill", preserve_order=True)
    try:
        source = build_db.stem  # views of the build name their database, so it keeps its name
        connection.execute(f"attach {literal(str(build_db))} as {ident(source)} (read_only)")
        connection.execute(f"attach {literal(str(marts))} as marts (storage_version {literal(STORAGE_VERSION)})")
        connection.execute(f"set file_search_path = {literal(str(tmp / ROLE))}")
        known = relations(connection, source)
        # Views come last: they read what was published before them.
        is_view = {name: view_definition(known[name], source) is not None for name in exported(known, content)}
        for name in sorted(is_view, key=lambda name: (is_view[name], name)):
            connection.execute(f"create schema if not exists marts.{ident(name.split('.', 1)[0])}")
            rows = connection.execute(f"select count(*) from {_qualified(source, name)}").fetchone()[0]
            form = _export_relation(connection, source, known[name], export, rows > parquet_above)
            _carry_comments(connection, known[name], "table" if form == "table" else "view")
            hashed = content.get(name)
            export.tables[name] = {"rows": rows, "hash": hashed.hash if hashed else None, "form": form}
        connection.execute("checkpoint marts")
        connection.execute("detach marts")
    finally:
        connection.close()
    stray = sorted(p.name for p in (tmp / ROLE).glob("*.wal"))
    if stray:
        raise generations.GenerationError(f"export left a write-ahead log behind: {stray}; nothing was published")
    return export


def _seal(tmp: Path, manifest: dict[str, Any]) -> None:
    """Hash, write-protect and force to disk every file of `tmp`, then write its manifest the same way."""
    files = {}
    for path in sorted(p for p in tmp.rglob("*") if p.is_file()):
        path.chmod(0o444)
        fsync_path(path)
        files[str(path.relative_to(tmp))] = {"sha256": file_sha256(path), "bytes": path.stat().st_size}
    target = tmp / MANIFEST
    target.write_text(json.dumps({**manifest, "files": files}, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    target.chmod(0o444)
    fsync_path(target)
    for folder in [tmp, *(p for p in tmp.rglob("*") if p.is_dir())]:
        fsync_path(folder)


def _unchanged(before: Generation | None, content_hash: str, pin_hash: str) -> bool:
    """True when the current generation says the same of the same batches and is whole."""
    if before is None or before.manifest["content_hash"] != content_hash or before.manifest["pin_hash"] != pin_hash:
        return False
    try:
        generations.verify(before)
    except generations.GenerationError:
        return False
    return True


def publish(
    home: Home,
    build_db: Path,
    *,
    pin_hash: str,
    content_hash: str,
    content: dict[str, TableHash],
    as_of: str,
    audit: dict[str, Any],
    on_step: Callable[[str], None] = lambda step: None,
    parquet_above: int = PARQUET_ABOVE_ROWS,
    keep: int = generations.KEEP_GENERATIONS,
    min_age_seconds: float = generations.MIN_AGE_SECONDS,
) -> Publication:
    """Publish the audited, closed `build_db` as a new generation and move the pointer to it.

    `content_hash` and `content` come from content_hashes, `as_of` is the cut-off (ISO, UTC), `audit` a summary for the
    manifest. If the current generation has the same content of the same pinned batches and verifies, it stays.
    `on_step` hears 'exported', 'sealed', 'renamed', 'pointed', 'retired' as each is done. On any exception the pointer
    has not moved unless 'pointed' was reached.
    """
    with writer_lock(home.build / ".lock"):
        home.published.mkdir(parents=True, exist_ok=True)
        clean_leftovers(home)
        name_here = generations.current_name(home)
        before = _load_or_none(home, name_here)
        if _unchanged(before, content_hash, pin_hash):
            assert before is not None
            return Publication(before, is_new=False)
        taken = [s for p in home.published.iterdir() if (s := generations.sequence_of(p.name)) is not None]
        sequence = max(taken, default=0) + 1
        name = f"g{sequence:06d}-{content_hash[:10]}"
        tmp = home.published / f".tmp-{name}"
        try:
            export = export_marts(home, build_db, tmp, content, before, parquet_above)
            on_step("exported")
            manifest = {
                "generation": name,
                "sequence": sequence,
                "pin_hash": pin_hash,
                "content_hash": content_hash,
                "as_of": as_of,
                "duckdb_version": duckdb.__version__,
                "storage_version": STORAGE_VERSION,
                "roles": [ROLE],
                "tables": export.tables,
                "parquet": export.parquet,
                "audit": audit,
            }
            _seal(tmp, manifest)
            on_step("sealed")
            final = home.published / name
            tmp.rename(final)
            fsync_path(home.published)
            on_step("renamed")
        except BaseException:
            shutil.rmtree(tmp, ignore_errors=True)
            raise
        generations.move_pointer(home, name)
        on_step("pointed")
        retired = generations.retire(home, keep, min_age_seconds)
        on_step("retired")
        return Publication(generations.load(home, name), True, export.linked, tuple(retired))


def _load_or_none(home: Home, name: str | None) -> Generation | None:
    """The current generation, or None when there is none or its manifest is lost (a new one then replaces it)."""
    try:
        return generations.load(home, name) if name else None
    except generations.GenerationError:
        return None
