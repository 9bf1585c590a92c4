"""The provider's API: a real HTTP server on the loopback interface, with planted and seeded faults.

Belongs here: feeds, pages, faults of the wire, the command `python -m synthetic.tpl_server`. Does not belong here: the
log (tpl.py) and reading it (orchestration/lib/tpl_api.py). A feed is a list of rows in order of their change_no: a
message that changes is in it again. Whether a request meets a fault follows from seed, address and how often it was
asked, so that the same reading meets the same faults.
"""

from __future__ import annotations

import argparse
import json
import random
import threading
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pyarrow as pa

from synthetic.tables import Batch

HOST = "127.0.0.1"
CHANGE, SEQUENCE, NEW_FIELD = "change_no", "sequence_no", "temperature_class"


@dataclass(frozen=True)
class WireFaults:
    """Shares of first requests that meet a fault, and rows that do. A request that failed once is served the next time.

    drift: (first, last) change_no of the rows that carry a new field.
    """

    seed: int = 0
    server_error: float = 0.0
    too_many: float = 0.0
    hang: float = 0.0
    reset: float = 0.0
    garbage: float = 0.0
    repeated_page: float = 0.0
    skipped_page: float = 0.0
    repeated_row: float = 0.0
    shuffled_page: float = 0.0
    retry_after_seconds: int = 1
    hang_seconds: float = 1.0
    drift: tuple[int, int] | None = None


class TplServer:
    """Serves feeds (entity -> rows) until the block ends; `url` is its address, `met` counts the faults it made."""

    def __init__(self, feeds: dict[str, list[dict]], as_of: str, faults: WireFaults | None = None,
                 token: str | None = None, port: int = 0):  # fmt: skip
        self.as_of, self.faults, self.token, self.port = as_of, faults or WireFaults(), token, port
        self.met: Counter[str] = Counter()
        self.skipped: set[int] = set()  # change numbers that the first listing left out
        self._asked: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.feeds: dict[str, list[dict]] = {}
        self.publish(feeds)

    def publish(self, feeds: dict[str, list[dict]], as_of: str | None = None) -> None:
        """Serve these feeds from now on."""
        with self._lock:
            self.feeds = self.feeds | feeds
            self.as_of = as_of or self.as_of
            self._changes = {name: [row[CHANGE] for row in rows] for name, rows in self.feeds.items()}

    def __enter__(self) -> TplServer:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                server.answer(self)

            def log_message(self, *args: object) -> None:
                pass

        self._http = ThreadingHTTPServer((HOST, self.port), Handler)
        self._http.daemon_threads = True
        self.url = f"http://{HOST}:{self._http.server_address[1]}/v1/"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Serve one request, or the fault that it meets."""
        parts = urlsplit(request.path)
        entity, query = parts.path.removeprefix("/v1/"), {k: v[0] for k, v in parse_qs(parts.query).items()}
        if self.token and request.headers.get("Authorization") != f"Bearer {self.token}":
            return _send(request, 401, b"{}")
        if entity not in self.feeds:
            return _send(request, 404, b"{}")
        with self._lock:
            self._asked[request.path] += 1
            attempt = self._asked[request.path]
        dice = random.Random(f"{self.faults.seed}|{request.path}|{attempt}")
        fault = self._wire_fault(dice) if attempt == 1 else None
        if fault:
            with self._lock:
                self.met[fault] += 1
        if fault == "server_error":
            return _send(request, dice.choice((500, 502, 503)), b"oops")
        if fault == "too_many":
            return _send(request, 429, b"{}", {"Retry-After": str(self.faults.retry_after_seconds)})
        if fault == "hang":
            time.sleep(self.faults.hang_seconds)
            request.close_connection = True
            return None
        body = json.dumps(self._page(entity, query, dice)).encode()
        if fault == "garbage":
            return _send(request, 200, body[: len(body) // 2])
        if fault == "reset":
            request.send_response(200)
            request.send_header("Content-Length", str(len(body)))
            request.end_headers()
            request.wfile.write(body[: len(body) // 3])
            request.close_connection = True
            return None
        return _send(request, 200, body)

    def _wire_fault(self, dice: random.Random) -> str | None:
        throw, least = dice.random(), 0.0
        for kind in ("server_error", "too_many", "hang", "reset", "garbage"):
            least += getattr(self.faults, kind)
            if throw < least:
                return kind
        return None

    def _page(self, entity: str, query: dict[str, str], dice: random.Random) -> dict:
        feed, changes, limit = self.feeds[entity], self._changes[entity], min(int(query.get("limit", 500)), 5_000)
        if "from" in query:
            first, last = int(query["from"]), int(query["to"])
            numbered = [row for row in feed if isinstance(row.get(SEQUENCE), int)]
            found = [row for row in numbered if first <= row[SEQUENCE] <= last]
            offset = int(query.get("offset", 0))
            page = found[offset : offset + limit]
            rest = f"from={first}&to={last}&offset={offset + limit}" if offset + limit < len(found) else None
        else:
            start = bisect_right(changes, int(query.get("after", 0)))
            page = feed[start : start + limit]
            end = start + limit
            if end + limit < len(feed) and dice.random() < self.faults.skipped_page:
                self._count("skipped_page", self.skipped, changes[end : end + limit])
                end += limit
            rest = f"after={changes[end - 1]}" if end < len(feed) else None
            if "again" not in query and dice.random() < self.faults.repeated_page:
                self._count("repeated_page")
                rest = f"after={query.get('after', 0)}&again=1"
        rows = [self._told(row) for row in page]
        if dice.random() < self.faults.repeated_row and rows:
            self._count("repeated_row")
            rows.append(dict(rows[0]))
        if dice.random() < self.faults.shuffled_page:
            self._count("shuffled_page")
            dice.shuffle(rows)
        link = f"{self.url}{entity}?{rest}&limit={limit}" if rest else None
        return {"as_of": self.as_of, "data": rows, "next": link}

    def _told(self, row: dict) -> dict:
        drift = self.faults.drift
        return row | {NEW_FIELD: "ambient"} if drift and drift[0] <= row[CHANGE] <= drift[1] else row

    def _count(self, kind: str, into: set[int] | None = None, numbers: Iterable[int] = ()) -> None:
        with self._lock:
            self.met[kind] += 1
            if into is not None:
                into.update(numbers)


def _send(request: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
    request.send_response(status)
    for name, value in (headers or {}).items():
        request.send_header(name, value)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


def feeds_of(batches: Iterable[Batch]) -> tuple[dict[str, list[dict]], str]:
    """Return the feeds that say what landing batches of a provider say, and the moment of the latest."""
    feeds: dict[str, list[dict]] = {}
    last = datetime.min
    for batch in batches:
        last = max(last, batch.extracted_at.replace(tzinfo=None))
        feed = feeds.setdefault(batch.entity, [])
        for row in _json_rows(batch.table):
            feed.append(row | {CHANGE: len(feed) + 1})
    return feeds, f"{last.isoformat()}Z"


def _json_rows(table: pa.Table) -> list[dict]:
    columns = {}
    for name in table.column_names:
        kind, values = table.schema.field(name).type, table[name].to_pylist()
        if pa.types.is_timestamp(kind):
            values = [None if v is None else f"{v.isoformat()}Z" for v in values]
        elif pa.types.is_decimal(kind):
            values = [None if v is None else str(v) for v in values]
        columns[name] = values
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def sample_feed(count: int, seed: int, lost_every: int = 0, site: str = "S1") -> tuple[list[dict], set[int]]:
    """Return a feed of so many plain messages, and the running numbers that the provider itself has lost."""
    dice, start, rows = random.Random(seed), datetime(2026, 1, 1), []
    lost = {n for n in range(2, count + 1) if lost_every and n % lost_every == 0 and n < count}
    kinds = (("940", "to_provider"), ("945", "from_provider"))
    for number in range(1, count + 1):
        kind, direction = kinds[number % 2]
        sent = start + timedelta(seconds=20 * number)
        acknowledged = sent + timedelta(seconds=dice.randrange(30, 600))
        rows.append(
            {
                "message_id": f"M{number:09d}",
                SEQUENCE: number,
                "message_type": kind,
                "direction": direction,
                "reference": f"OUT-{(number + 1) // 2:08d}",
                "site": site,
                "item_code": f"I{dice.randrange(500):04d}",
                "qty": dice.randrange(1, 90),
                "uom": "UN",
                "sent_at": f"{sent.isoformat()}Z",
                "acknowledged_at": f"{acknowledged.isoformat()}Z",
                "status": "accepted",
                "updated_at": f"{acknowledged.isoformat()}Z",
            }
        )
    kept = [row for row in rows if row[SEQUENCE] not in lost]
    return [row | {CHANGE: place} for place, row in enumerate(kept, start=1)], lost


def main(argv: list[str] | None = None) -> int:
    """Serve the synthetic company's provider until interrupted."""
    from orchestration.lib.contracts import load_contracts
    from orchestration.lib.paths import REPO
    from synthetic.emit_tpl import emit_tpl
    from synthetic.profiles import PROFILES
    from synthetic.world import build_world

    parser = argparse.ArgumentParser(prog="python -m synthetic.tpl_server", description="Serve a synthetic 3PL.")
    parser.add_argument("--profile", choices=sorted(PROFILES), default="tiny")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=8940)
    parser.add_argument("--faults", type=float, default=0.0, help="share of requests that meet a fault, 0 to 0.2")
    options = parser.parse_args(argv)
    world = build_world(PROFILES[options.profile], options.seed)
    contracts = load_contracts(REPO)
    feeds, as_of = feeds_of(emit_tpl(world.company, world.tpl, world.records, world.profile, world.seed, contracts))
    share = min(max(options.faults, 0.0), 0.2)
    faults = WireFaults(options.seed, *(share,) * 9)
    with TplServer(feeds, as_of, faults, port=options.port) as server:
        print(f"provider {world.tpl.provider} at {server.url}", flush=True)
        print(f"land it: LEADLAG_TPL_URL={server.url} make land-tpl PROVIDER={world.tpl.provider}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
