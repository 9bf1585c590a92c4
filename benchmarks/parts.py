"""The two parts of a build: making the ledger, and making positions, stock on hand and demand from it.

Here: their names and the clock of the scripts. Not here: ours, whose parts dbt tells (ours.py). The ledger of
pandas and polars stays in memory and that of the spine holds only what it needs, so the first part costs them less.
"""

from __future__ import annotations

import time
from types import TracebackType

LEDGER, POSITIONS = "ledger_seconds", "positions_seconds"


class Parts:
    """Measures the parts of one build: made when it starts, told when the ledger is ready, left when all is written."""

    def __enter__(self) -> Parts:
        """Start the clock."""
        self.seconds: dict[str, float] = {}
        self._since = time.monotonic()
        return self

    def ledger_is_ready(self) -> None:
        """What comes from here on is the second part."""
        self._close(LEDGER)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the clock."""
        self._close(POSITIONS)

    def _close(self, part: str) -> None:
        now = time.monotonic()
        self.seconds[part], self._since = now - self._since, now
