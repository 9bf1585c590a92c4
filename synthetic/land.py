"""Landing a world: every batch through landing.write_batch, the truth ledger beside it.

Belongs here: writing and counting. Does not belong here: what is in a batch (emit_*.py) and the command line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from orchestration.lib.contracts import load_contracts
from orchestration.lib.landing import write_batch
from orchestration.lib.paths import Home
from synthetic.emit_counts import write_count_truth
from synthetic.emit_critical import emit_critical
from synthetic.losses import write_loss_truth
from synthetic.tables import Batch
from synthetic.truth import write_truth
from synthetic.truth_sku import write_twin_truth
from synthetic.truth_stockouts import write_stockout_truth
from synthetic.world import World, emit


@dataclass(frozen=True)
class Landed:
    """What a run wrote: rows and batches per `<source>.<entity>`, and the global id of the poisoned batch if any."""

    rows: dict[str, int]
    batches: dict[str, int]
    critical: str | None


def land(world: World, home: Home, critical: bool = False, progress: Callable[[str], None] | None = None) -> Landed:
    """Land the world in `home` and write its truth ledger to <home>/truth.

    The same world again changes nothing; another world in the same home raises LandingError.
    """
    contracts = load_contracts(home.repo)
    home.make()
    rows: Counter[str] = Counter()
    batches: Counter[str] = Counter()
    recent: list[Batch] = []  # the daily movement batches of the first site
    for batch in emit(world, contracts):
        name = f"{batch.source}.{batch.entity}"
        if progress and name not in rows:
            progress(f"landing {name}")
        _write(home, batch, contracts)
        rows[name] += batch.table.num_rows
        batches[name] += 1
        if batch.entity == "movements" and batch.instance == world.company.sites[0].code:
            recent = [*recent, batch][-world.profile.daily_batches :]
    poisoned = emit_critical(recent, world.seed) if critical else None
    if poisoned is not None:
        _write(home, poisoned[0], contracts)
    write_truth(world, home.root / "truth", poisoned)
    write_stockout_truth(world, home.root / "truth")
    write_twin_truth(world.company, world.twins, home.root / "truth")
    write_count_truth(world.company, world.truth, world.profile, world.seed, home.root / "truth")
    write_loss_truth(world.company, world.truth, world.costs, world.profile, world.losses, home.root / "truth")
    return Landed(dict(rows), dict(batches), poisoned[0].batch_id if poisoned else None)


def _write(home: Home, batch: Batch, contracts: dict) -> None:
    write_batch(
        home.landing,
        batch.source,
        batch.instance,
        batch.entity,
        batch.name,
        batch.table,
        batch.extracted_at,
        fmt=batch.fmt,
        contract=contracts[batch.source, batch.entity],
    )
