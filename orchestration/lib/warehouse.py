"""Builds the warehouse: dbt in this process against the private working database, and what survives between two builds.

Here: the environment of dbt, the manifest prepared ahead, the state marker that decides between increment, full refresh
and rebuild, the run itself. Not here: models, the audit, publishing, Dagster.

dbt runs inside this process: kill -9 of the one process that holds the lock must not leave a child behind that still
writes the database.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from orchestration.lib.landing import write_json
from orchestration.lib.lock import writer_lock
from orchestration.lib.paths import Home
from orchestration.lib.pinning import PIN
from orchestration.lib.sql import connect

STATE = "_state.json"
MANIFEST = "manifest.json"
_MANIFEST_KEY = "_manifest_key"
_PROJECT_FILES = ("dbt_project.yml", "profiles.yml", "selectors.yml", "packages.yml")
_PROJECT_FOLDERS = ("models", "macros", "seeds", "snapshots", "tests/generic", "tests/invariants")
_RESULTS = frozenset({"LogSeedResult", "LogModelResult", "LogSnapshotResult", "LogTestResult"})
_NOT_BUILT = ("unit_test", "exposure", "saved_query")
_PACKAGES = ("duckdb", "dbt-core", "dbt-duckdb")
_NO_MEMORY = "Out of Memory Error"
"""How DuckDB begins to say that a query found none left."""


class BuildError(RuntimeError):
    """dbt did not end well; the message names the failing nodes and where to look."""


@dataclass(frozen=True)
class Pin:
    """The pinned set that a build reads, as the acceptance wrote it: its hash, cut-off (ISO, UTC) and batch ids."""

    pin_hash: str
    as_of: str
    batches: frozenset[str]


@dataclass(frozen=True)
class Plan:
    """How the next build goes: `rebuild` deletes the working database first, `full_refresh` rebuilds every model in
    it, neither means increment. `reason` says why, for the person who waits."""

    rebuild: bool
    full_refresh: bool
    reason: str


@dataclass
class Build:
    """What a build did: `nodes` that ran, dbt's result events as dictionaries in order, and `error` for a person to
    read when a node or a data test failed."""

    plan: Plan
    error: str | None = None
    nodes: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)


def environment(home: Home) -> dict[str, str]:
    """Environment variables that dbt, Dagster and Great Expectations run under: paths below the home, telemetry off."""
    return {
        "LEADLAG_HOME": str(home.root),
        "LEADLAG_LANDING": str(home.landing),
        "DBT_PROFILES_DIR": str(home.repo),
        "DBT_PROJECT_DIR": str(home.repo),
        "DBT_TARGET_PATH": str(home.target),
        "DBT_LOG_PATH": str(home.logs),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
        "DAGSTER_HOME": str(home.dagster),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "GX_ANALYTICS_ENABLED": "false",
    }


def apply_environment(home: Home) -> None:
    """Put `environment` into this process, where dbt and its profile read it."""
    os.environ.update(environment(home))


def read_pin(home: Home) -> Pin:
    """The pinned set. BuildError when nothing was accepted yet, or nothing that could be read has landed."""
    path = home.pinned / PIN
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BuildError(f"no accepted batches in {path}: run `make refresh`, which accepts first ({error})") from error
    if body["as_of"] is None:
        raise BuildError(
            f"nothing that could be read has landed in {home.landing}: run `make demo`, or "
            "`make land CONNECTOR=<system> SOURCE=<folder>`, or put batches there as README.md says"
        )
    return Pin(body["pin_hash"], body["as_of"], frozenset(b["batch_id"] for b in body["batches"]))


def project_hash(repo: Path) -> str:
    """Hash over every file of the dbt project, contracts and seeds included: what the tables are made by."""
    files: list[Path] = [repo / name for name in _PROJECT_FILES]
    for folder in _PROJECT_FOLDERS:
        files += (repo / folder).rglob("*")
    digest = hashlib.sha256()
    for path in sorted(p for p in files if p.is_file()):
        digest.update(f"{path.relative_to(repo)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def versions() -> dict[str, str]:
    """Versions of what writes the working database."""
    return {name: importlib.metadata.version(name) for name in _PACKAGES}


def _wal(home: Home) -> Path:
    return home.build_db.with_name(home.build_db.name + ".wal")


def _print_of(home: Home) -> list[int]:
    stat = home.build_db.stat()
    return [stat.st_size, stat.st_mtime_ns]


def _opens(home: Home) -> bool:
    try:
        connect(home.build_db, read_only=True).close()
    except duckdb.Error:
        return False
    return True


def make_plan(home: Home, pin: Pin, full_refresh: bool = False) -> Plan:
    """Decide how to build. Anything but a clean, untouched file of the same versions is deleted and rebuilt."""
    if not home.build_db.exists():
        return Plan(True, False, "there is no working database yet")
    try:
        state = json.loads((home.build / STATE).read_text(encoding="utf-8"))
        status, before = state["status"], frozenset(state["batches"])
        doubts = [
            ("the last build failed or was interrupted", status != "clean"),
            ("the working database was made by other versions", state["versions"] != versions()),
            ("the working database has a stale write-ahead log", _wal(home).exists()),
            ("somebody else wrote the working database", state.get("file") != _print_of(home)),
            ("the working database cannot be opened", not _opens(home)),
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return Plan(True, False, "the state of the working database is unknown")
    for reason, holds in doubts:
        if holds:
            return Plan(True, False, reason)
    if full_refresh:
        return Plan(False, True, "a full refresh was asked for")
    if state["project_hash"] != project_hash(home.repo):
        return Plan(False, True, "the dbt project changed")
    lost = sorted(before - pin.batches)
    if lost:
        return Plan(False, True, f"{len(lost)} batch(es) were withdrawn, {lost[0]} among them")
    new = len(pin.batches - before)
    return Plan(False, False, f"{new} new batch(es)" if new else "the same batches as last time")


def _write_state(home: Home, status: str, pin: Pin) -> None:
    body: dict[str, Any] = {
        "status": status,
        "pin_hash": pin.pin_hash,
        "batches": sorted(pin.batches),
        "project_hash": project_hash(home.repo),
        "versions": versions(),
    }
    if status == "clean":
        body["file"] = _print_of(home)
    write_json(home.build / STATE, body)


def require_clean(home: Home, pin: Pin) -> None:
    """BuildError unless the working database is whole and was built from `pin`: nothing else may be audited."""
    plan = make_plan(home, pin)
    state = json.loads((home.build / STATE).read_text(encoding="utf-8")) if (home.build / STATE).exists() else {}
    if plan.rebuild or state.get("pin_hash") != pin.pin_hash:
        why = plan.reason if plan.rebuild else "it was built from other batches"
        raise BuildError(f"there is no finished build of the accepted batches ({why}): run `make refresh`")


def _invoke(
    arguments: list[str],
    on_event: Callable[[dict[str, Any]], None],
    on_statement: Callable[[float], None] | None = None,
) -> Any:
    from dbt.cli.main import dbtRunner
    from dbt_common.events.functions import msg_to_dict

    def hear(event: Any) -> None:
        if event.info.name in _RESULTS:  # thousands of others say how dbt goes about it, and cost time to read
            on_event(msg_to_dict(event))
        elif on_statement and event.info.name == "SQLQueryStatus":
            on_statement(float(event.data.elapsed))

    runner = dbtRunner(callbacks=[hear])
    return runner.invoke([*arguments, "--log-level", "none", "--log-level-file", "info", "--no-use-colors"])


def _close_dbt() -> None:
    """Close the connection that dbt-duckdb keeps for its process."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    with DuckDBConnectionManager._LOCK:
        if DuckDBConnectionManager._ENV is not None:
            DuckDBConnectionManager._ENV.close()
        DuckDBConnectionManager._ENV = None


def prepare_manifest(home: Home) -> Path:
    """Path of the dbt manifest, parsed anew when the project, the versions or the home have changed since."""
    home.make()
    apply_environment(home)
    path, key_file = home.target / MANIFEST, home.target / _MANIFEST_KEY
    key = json.dumps([project_hash(home.repo), versions(), str(home.root)])
    if path.is_file() and key_file.is_file() and key_file.read_text(encoding="utf-8") == key:
        return path
    outcome = _invoke(["parse", "--target", "build"], lambda event: None)
    if not outcome.success:
        raise BuildError(f"dbt cannot parse the project: {outcome.exception}. See {home.logs / 'dbt.log'}")
    key_file.write_text(key, encoding="utf-8")
    return path


def build(
    home: Home,
    *,
    full_refresh: bool = False,
    on_plan: Callable[[Plan], None],
    on_node: Callable[[int, str], None],
    on_statement: Callable[[float], None] | None = None,
    extra: tuple[str, ...] = (),
) -> Build:
    """Build everything but unit tests from the pinned batches into the working database, closed when this returns.

    extra: further arguments of `dbt build`, such as a selector. on_plan hears the plan before dbt starts, on_node
    (total, unique id) after each node, on_statement the seconds of each SQL statement as it ends. Nodes that failed
    are told in `Build.error`; the marker then stays dirty and the next build starts from an empty file. BuildError when
    there is nothing to build from.
    """
    with writer_lock(home.build / ".lock"):
        apply_environment(home)
        pin = read_pin(home)
        plan = make_plan(home, pin, full_refresh)
        on_plan(plan)
        done = Build(plan)
        _write_state(home, "dirty", pin)
        if plan.rebuild:
            home.build_db.unlink(missing_ok=True)
            _wal(home).unlink(missing_ok=True)
        (home.root / "spill").mkdir(exist_ok=True)

        def hear(event: dict[str, Any]) -> None:
            done.events.append(event)
            done.nodes += 1
            on_node(int(event["data"].get("total") or 0), str(event["data"]["node_info"]["unique_id"]))

        arguments = ["build", "--target", "build", *extra]
        arguments += [part for kind in _NOT_BUILT for part in ("--exclude-resource-type", kind)]
        try:
            outcome = _invoke([*arguments, *(["--full-refresh"] if plan.full_refresh else [])], hear, on_statement)
        finally:
            _close_dbt()
        if not outcome.success:
            done.error = _explain(outcome, home)
            return done
        with connect(home.build_db, temp_directory=home.root / "spill") as connection:
            connection.execute("checkpoint")
        _write_state(home, "clean", pin)
        return done


def _explain(outcome: Any, home: Home) -> str:
    results: Iterable[Any] = getattr(outcome.result, "results", None) or []
    bad = [r for r in results if str(r.status) in ("error", "fail", "runtime error")]
    skipped = sum(str(r.status) == "skipped" for r in results)
    lines = [f"{len(bad)} node(s) failed, {skipped} skipped"]
    for result in bad[:5]:
        message = " ".join(str(result.message or "").split())[:400]
        lines.append(f"  {result.node.resource_type} {result.node.name} ({result.node.original_file_path}): {message}")
    if not bad:
        lines = [f"dbt did not run: {outcome.exception}"]
    if any(_NO_MEMORY in str(result.message or "") for result in bad):
        limit = os.environ.get("LEADLAG_MEMORY_LIMIT", "4GB")
        lines.append(
            f"  The models that run at a time share {limit} of memory. Set LEADLAG_MEMORY_LIMIT to more, or "
            "LEADLAG_THREADS=1 so that one has it alone, and run the command again."
        )
    lines.append(f"  See {home.logs / 'dbt.log'}; the failing SQL is in {home.target / 'run'}.")
    return "\n".join(lines)
