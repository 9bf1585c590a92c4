"""Where Dagster keeps the events of runs: one SQLite file below the home, written through connections that stay open.

Here: that storage. Not here: which storage a home uses (refreshing.py). Dagster's own opens the file for every event,
waits for the disk at each and merges the write-ahead log when it closes: with 3,000 events a refresh of a small company
spent a quarter of its time on telling what it did. A power cut may cost the last events here, never the file, and no
event says anything that the warehouse needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import sqlalchemy as db
from dagster._core.storage.event_log import ConsolidatedSqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS


class OpenEventLogStorage(ConsolidatedSqliteEventLogStorage):
    """Dagster's consolidated storage with an engine that keeps its connections and its compiled statements."""

    @cached_property
    def _engine(self) -> db.Engine:
        engine = db.create_engine(self._conn_string, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS})
        db.event.listen(engine, "connect", _without_waiting)
        return engine

    @contextmanager
    def _connect(self) -> Iterator[db.Connection]:
        with self._engine.begin() as connection:
            yield connection

    def dispose(self) -> None:
        """Close what is open."""
        super().dispose()
        self._engine.dispose()


def _without_waiting(connection: Any, _: Any) -> None:
    """Leave it to SQLite when the write-ahead log reaches the disk."""
    connection.execute("pragma synchronous = normal")
