"""An edge build: the marts of one site from its own WMS feed and its copy of the masters, in a small home of its own.

Here: which batches a site has, the site's home below <home>/edge/<site>, the build with selector `edge`, its figures.
Not here: what the selector holds (selectors.yml), whether the edge is the place for a use (kpi_reporting_topology). The
site's home has its own landing (hard links), accepted rows, lock and working database, so that a central run and an
edge build do not wait for each other; readers open <home>/edge/<site>/leadlag.duckdb, which is replaced as a whole.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from orchestration.lib import landing, sql, warehouse
from orchestration.lib.accepting import accept
from orchestration.lib.ingestion_runs import EDGE, record_runs
from orchestration.lib.lock import writer_lock
from orchestration.lib.paths import Home

SELECTOR = "edge"
FEED = "wms"
MASTERS = frozenset(
    {("erp", "divisions"), ("erp", "items"), ("erp", "item_uoms"), ("erp", "locations"), ("erp", "promotions")}
    | {("steward", "match_verdicts")}
)
"""What a site keeps a copy of. Of all divisions: whether two codes mean one SKU is decided over all of them."""

_FIGURES = """
    select
        (select count(*) from core.fct_stock_movement) as movements,
        (select count(*) from core.fct_stock_position) as positions,
        (select count(*) from core.fct_stock_on_hand where valid_to = timestamp '9999-12-31') as stock_records,
        (select coalesce(sum(on_hand_qty), 0) from core.fct_stock_on_hand where valid_to = timestamp '9999-12-31')
            as on_hand_qty,
        (select coalesce(sum(net_demand_qty), 0) from core.fct_demand_daily) as net_demand_qty,
        (select coalesce(sum(-movement_qty), 0) from core.fct_stock_movement where is_cogs and is_owned)
            as cogs_qty,
        (select count(*) from visibility.fct_site_record_flag) as flags
"""


class EdgeError(ValueError):
    """The edge build cannot run; the message says what to do."""


@dataclass(frozen=True)
class EdgeBuild:
    """What an edge build made: the file for readers, its cut-off (ISO, UTC), how it went, figures and seconds."""

    site: str
    database: Path
    as_of: str
    plan: str
    batches: int
    figures: dict[str, Decimal | int]
    seconds: float


def sites(home: Home) -> list[str]:
    """Sites that have sent a WMS batch, in order."""
    return sorted({batch.instance for batch in landing.iter_batches(home) if batch.source == FEED})


def build_edge(
    home: Home,
    site: str,
    elapsed: Callable[[], float],
    *,
    as_of: datetime | None = None,
    on_step: Callable[[str, str], None] = lambda phase, line: None,
) -> EdgeBuild:
    """Build the marts of `site` and record the run as landing batch of audit.ingestion_runs (path `edge`).

    elapsed: seconds since the run began, read when the result can be opened. as_of: the cut-off (naive UTC); else the
    site's latest extraction. EdgeError for an unknown site, with the list; LockHeldError when another process builds
    this site; BuildError when dbt fails: the file readers see then stays as it was.
    """
    known = sites(home)
    if site not in known:
        listed = "".join(f"\n  {name}" for name in known) or " none: no WMS batch has landed; run `make demo` first"
        raise EdgeError(f"no site is called {site!r}: give SITE=<code>. Sites with a WMS feed:{listed}")
    with _environment_kept():
        return _build(home, site, elapsed, as_of, on_step)


@contextmanager
def _environment_kept() -> Iterator[None]:
    """dbt finds its home by the environment; whoever called works on with the one it had."""
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _build(
    home: Home, site: str, elapsed: Callable[[], float], as_of: datetime | None, on_step: Callable[[str, str], None]
) -> EdgeBuild:
    own = home.edge(site).make()
    database = own.root / own.build_db.name
    with writer_lock(own.build / ".lock"):
        taken = _bring_batches(home, own, site)
        on_step("accept", f"{taken} batches of {site} and its masters")
        accept(own)
        extra = ["--selector", SELECTOR]
        if as_of is not None:
            extra += ["--vars", f"{{as_of_at: '{sql.utc_naive(as_of).isoformat(sep=' ')}'}}"]
        plans: list[warehouse.Plan] = []
        done = warehouse.build(own, on_plan=plans.append, on_node=lambda total, name: None, extra=tuple(extra))
        if done.error:
            raise warehouse.BuildError(done.error)
        on_step("build", f"{done.nodes} seeds, models and data tests: {plans[0].reason}")
        figures = _figures(own)
        _show(own.build_db, database)
        pin = warehouse.read_pin(own)
        seconds = elapsed()
        batches = [b for b in landing.iter_batches(own) if b.source == FEED and not b.is_withdrawn]
        record_runs(home, own, batches, EDGE, f"edge-{site}-{pin.pin_hash[:10]}", database, seconds)
    cut_off = f"{sql.utc_naive(as_of).isoformat()}Z" if as_of else pin.as_of
    return EdgeBuild(site, database, cut_off, plans[0].reason, len(batches), figures, seconds)


def _bring_batches(home: Home, own: Home, site: str) -> int:
    """Hard-link the site's feed and the masters into its landing, manifests last; bring their tombstones too."""
    wanted = [
        batch
        for batch in landing.iter_batches(home)
        if (batch.source, batch.instance) == (FEED, site) or (batch.source, batch.entity) in MASTERS
    ]
    for batch in wanted:
        target = own.landing / batch.batch_id
        if not (target / landing.MANIFEST).exists():
            target.mkdir(parents=True, exist_ok=True)
            files = [path for path in sorted(batch.folder.iterdir()) if path.is_file() or path.is_symlink()]
            for path in sorted(files, key=lambda path: path.name == landing.MANIFEST):
                _link(path, target / path.name)
        if batch.is_withdrawn:
            name = batch.batch_id.replace("/", "~") + ".json"
            (own.landing / landing.TOMBSTONES).mkdir(parents=True, exist_ok=True)
            _link(home.landing / landing.TOMBSTONES / name, own.landing / landing.TOMBSTONES / name)
    return len(wanted)


def _link(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # another file system, or one without hard links
        shutil.copy2(source, target, follow_symlinks=False)


def _figures(own: Home) -> dict[str, Decimal | int]:
    with sql.connect(own.build_db, read_only=True) as connection:
        cursor = connection.execute(_FIGURES)
        return dict(zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True))


def _show(working: Path, database: Path) -> None:
    """Put a copy of the closed working file where readers look, in one step."""
    draft = database.with_name(f".{database.name}.{uuid.uuid4().hex}")
    shutil.copyfile(working, draft)
    draft.chmod(0o444)
    draft.replace(database)
