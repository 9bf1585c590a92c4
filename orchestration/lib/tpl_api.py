"""The API of a third-party logistics provider: read what is new, land it as batches.

Here: the provider's file `connectors/tpl/<provider>.yml`, HTTP with patience, and dlt's rest_api pipeline (paging,
cursor, state, schema contract). Not here: what becomes of a row (tpl_rows.py), whether it is any good (validator.py).
State lies in `<home>/tpl/<provider>/`; lose it and everything is read again, which the marts count as redeliveries. The
token comes from the environment alone and is written nowhere.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

from orchestration.lib.contracts import Contract, load_contracts
from orchestration.lib.landing import NAME
from orchestration.lib.lock import writer_lock
from orchestration.lib.paths import Home
from orchestration.lib.tpl_rows import AS_OF, POSITION, RAW, holes, land_file, sequence_numbers, transport

URL, TOKEN = "LEADLAG_TPL_URL", "LEADLAG_TPL_TOKEN"
ENTITIES = ("item_map", "stock_advices", "shipment_messages")
_MAX_PAGES = 10_000  # of one listing
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")


class TplError(RuntimeError):
    """A provider cannot be read; the message names what was asked, what came and what to do."""


@dataclass(frozen=True)
class Provider:
    """How a provider's API is read.

    rename: entity -> {field of the API: column of the contract}. cursor: field by which its feeds are ordered, a whole
    number that grows with every new or changed row.
    pages_per_step: pages after which what was read is landed and the cursor kept: a kill costs at most one step.
    """

    code: str
    url: str
    paths: dict[str, str] = field(default_factory=lambda: {entity: entity for entity in ENTITIES})
    rename: dict[str, dict[str, str]] = field(default_factory=dict)
    cursor: str = "sequence_no"
    page_size: int = 500
    pages_per_step: int = 40
    timeout_seconds: float = 30.0
    max_attempts: int = 8
    backoff_seconds: float = 0.5
    max_holes: int = 200


@dataclass
class Fetched:
    """What a run did: ids of the batches, pages and rows read, holes asked for again, requests repeated."""

    batches: list[str] = field(default_factory=list)
    pages: int = 0
    rows: int = 0
    holes_asked: int = 0
    retries: int = 0


def load_provider(repo: Path, code: str) -> Provider:
    """The provider of `connectors/tpl/<code>.yml` (optional), its address from LEADLAG_TPL_URL or the file's `url`."""
    if not NAME.fullmatch(code):
        raise TplError(f"{code!r} cannot name a provider: use letters, digits, '.', '_' and '-'")
    path = repo / "connectors" / "tpl" / f"{code}.yml"
    body = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    settings = {name: value for name, value in (body or {}).items() if name not in ("provider", "description")}
    unknown = settings.keys() - Provider.__dataclass_fields__.keys() - {"code"}
    if unknown:
        raise TplError(f"{path}: {', '.join(sorted(unknown))}: no setting of a provider; see Provider in tpl_api.py")
    url = os.environ.get(URL) or settings.pop("url", None)
    settings.pop("url", None)
    if not url:
        raise TplError(f"no address of provider {code}: set {URL}, or `url:` in connectors/tpl/{code}.yml")
    settings["paths"] = {entity: entity for entity in ENTITIES} | settings.get("paths", {})
    provider = Provider(code=code, url=url, **settings)
    _check_url(provider)
    return provider


def _check_url(provider: Provider) -> None:
    parts = urlsplit(provider.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise TplError(f"{URL} must be an http or https address")
    if parts.username or parts.password:
        raise TplError(f"{URL} carries a user or password: take them out and set {TOKEN}")
    if parts.scheme == "http" and os.environ.get(TOKEN) and parts.hostname not in _LOOPBACK:
        raise TplError(f"{TOKEN} would travel unencrypted to {parts.hostname}: use https")


def fetch(home: Home, provider: Provider, progress: Callable[[str], None] | None = None) -> Fetched:
    """Land what is new at the provider, then ask once more for every hole in the running numbers.

    Raises TplError when the API stays unreachable or answers nonsense; what was landed before stays, and the next call
    goes on from there. Killed at any moment: likewise.
    """
    say = progress or (lambda line: None)
    state = home.root / "tpl" / provider.code
    state.mkdir(parents=True, exist_ok=True)
    with writer_lock(state / ".lock", timeout_seconds=30), _quiet_dlt(state):
        run = _Run(home, provider, state, load_contracts(home.repo), say)
        try:
            run.read_all()
        except TplError:
            raise
        except Exception as error:
            raise _told(provider, error) from error
    return run.done


@contextmanager
def _quiet_dlt(state: Path) -> Iterator[None]:
    """dlt without telemetry, without files outside the state folder, and with columns under their own names."""
    settings = {
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        "RUNTIME__LOG_LEVEL": "CRITICAL",
        "SCHEMA__NAMING": "direct",
        "LOAD__WORKERS": "1",
        "NORMALIZE__WORKERS": "1",
        "DLT_DATA_DIR": str(state / "dlt"),
        "DLT_PROJECT_DIR": str(state),
    }
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class _Run:
    """One reading of a provider."""

    def __init__(
        self,
        home: Home,
        provider: Provider,
        state: Path,
        contracts: dict[tuple[str, str], Contract],
        say: Callable[[str], None],
    ) -> None:
        import dlt

        self.home, self.provider, self.say, self.done = home, provider, say, Fetched()
        self.contracts = {entity: contracts["tpl", entity] for entity in ENTITIES}
        self.session = _session(provider, self.done)

        @dlt.destination(batch_size=0, loader_file_format="parquet", name="landing", skip_dlt_columns_and_tables=True)
        def landing_area(path: str, table: dict) -> None:
            entity = table["name"]
            ids = land_file(self.home, provider.code, self.contracts[entity], Path(path))
            self.done.batches += ids
            for batch in ids:
                say(batch)

        self.pipeline = dlt.pipeline(
            pipeline_name=f"tpl_{provider.code}", pipelines_dir=str(state / "pipelines"), destination=landing_area
        )

    def read_all(self) -> None:
        """Finish what a killed run left, then every entity, then the holes."""
        if self.pipeline.has_pending_data:
            self.pipeline.run()
        self._step(self._resource("item_map", {}))
        for entity in ENTITIES[1:]:
            self._read_on(entity)
            self._fill_holes(entity)

    def _read_on(self, entity: str) -> None:
        """Page by page from the cursor to the end, landing step by step."""
        while True:
            before, position = self.done.pages, self._position(entity)
            cursor = {"cursor_path": POSITION, "initial_value": 0, "row_order": "asc", "range_start": "closed"}
            resource = self._resource(entity, {"after": "{incremental.start_value}"}, cursor)
            self._step(resource.add_limit(self.provider.pages_per_step))
            if self.done.pages - before < self.provider.pages_per_step:
                return
            if self._position(entity) == position:
                raise TplError(
                    f"{entity} of {self.provider.code}: {self.provider.pages_per_step} pages and the running number "
                    f"stays at {position}: the paging of the API goes round in a circle; tell the provider"
                )

    def _fill_holes(self, entity: str) -> None:
        missing = holes(sequence_numbers(self.home, self.provider.code, entity))[: self.provider.max_holes]
        if missing:
            self.done.holes_asked += len(missing)
            self._step(*(self._resource(entity, {"from": first, "to": last}) for first, last in missing))

    def _position(self, entity: str) -> int:
        """The cursor that the pipeline keeps: the highest running number read so far."""
        sources = self.pipeline.state.get("sources", {})
        resources = next((s.get("resources", {}) for s in sources.values()), {})
        cursor = resources.get(entity, {}).get("incremental", {}).get(POSITION, {})
        return int(cursor.get("last_value") or 0)

    def _step(self, *resources: Any) -> None:
        """Extract, normalise and land; the cursor moves when what it passed is safely on disk."""
        self.pipeline.run(list(resources))

    def _resource(self, entity: str, params: dict[str, Any], cursor: dict | None = None) -> Any:
        """dlt's rest_api resource of an entity, its columns frozen."""
        from dlt.sources.rest_api import rest_api_resources

        contract, provider = self.contracts[entity], self.provider
        rename = provider.rename.get(entity, {})
        columns = {column.name: {"data_type": "text", "nullable": True} for column in contract.columns}
        columns |= {RAW: {"data_type": "text"}, AS_OF: {"data_type": "text"}, POSITION: {"data_type": "bigint"}}
        endpoint: dict[str, Any] = {
            "path": provider.paths[entity],
            "params": {"limit": provider.page_size} | params,
            "data_selector": "data",
            "paginator": _paginator(provider),
            "response_actions": [partial(self._stamp, entity)],
        }
        if cursor:
            endpoint["incremental"] = cursor
        config = {
            "client": {"base_url": provider.url, "session": self.session},
            "resources": [
                {
                    "name": entity if cursor or not params else f"{entity}_{params['from']}_{params['to']}",
                    "table_name": entity,
                    "write_disposition": "append",
                    "primary_key": [],
                    "columns": columns,
                    "schema_contract": {"tables": "evolve", "columns": "freeze", "data_type": "freeze"},
                    "endpoint": endpoint,
                    "processing_steps": [{"map": lambda row: transport(row, contract, rename)}],
                }
            ],
        }
        (resource,) = rest_api_resources(config)
        return resource

    def _stamp(self, entity: str, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Check the envelope of a page and write the cursor and the moment of the extract into each row of it.

        The cursor is the number by which the feed is ordered, but never below what was asked for: no row is taken for
        one that was read before, and a row without a number cannot stop the reading.
        """
        from requests.exceptions import ChunkedEncodingError

        if response.status_code != 200:
            return response
        try:
            body = json.loads(response.content, parse_float=str)
        except ValueError as error:
            raise ChunkedEncodingError(f"a page of {_where(response.url)} is no JSON") from error
        rows, as_of = (body.get("data"), body.get("as_of")) if isinstance(body, dict) else (None, None)
        moment = _moment(as_of)
        if not isinstance(rows, list) or moment is None:
            raise TplError(
                f"a page of {_where(response.url)} lacks `data` (a list) or `as_of` (a moment in ISO 8601 with zone): "
                "the API is another one, or has changed; compare docs/guides/connect_a_3pl.md"
            )
        asked = parse_qs(urlsplit(response.url).query).get("after", ["0"])[0]
        floor = int(asked) if asked.isdecimal() else 0
        keeps = self.provider.cursor in {column.name for column in self.contracts[entity].columns}
        for place, row in enumerate(rows):
            if not isinstance(row, dict):
                rows[place] = row = {"value": row}
            number = str((row.get if keeps else row.pop)(self.provider.cursor, None))
            row[POSITION] = max(int(number), floor) if number.isdecimal() and len(number) < 19 else floor
            row[AS_OF] = moment
        self.done.pages += 1
        self.done.rows += len(rows)
        response._content = json.dumps(body).encode()
        return response


def _session(provider: Provider, done: Fetched) -> Any:
    """A session that tries again after 429, 5xx, timeouts and broken connections; Retry-After is honoured."""
    from dlt.sources.helpers.requests import Client
    from requests.exceptions import ChunkedEncodingError, ConnectionError, Timeout

    passing = (ChunkedEncodingError, ConnectionError, Timeout)

    def is_passing(response: Any, error: BaseException | None) -> bool:
        response = getattr(error, "response", None) if response is None else response
        status = response.status_code if response is not None else 0
        again = status == 429 or status >= 500 or (status == 0 and isinstance(error, passing))
        done.retries += again
        return again

    client = Client(
        request_timeout=(min(provider.timeout_seconds, 10), provider.timeout_seconds),
        request_max_attempts=provider.max_attempts,
        request_backoff_factor=provider.backoff_seconds,
        request_max_retry_delay=60,
        status_codes=(),
        exceptions=(),
        retry_condition=is_passing,
    )
    session = client.session
    session.trust_env = False  # no proxy and no .netrc: the address and the token are what the environment says of them
    if token := os.environ.get(TOKEN):
        session.headers["Authorization"] = f"Bearer {token}"
    return session


def _paginator(provider: Provider) -> Any:
    """Follows `next` of a page, but to no other server: the token goes with the request."""
    from dlt.sources.helpers.rest_client.paginators import JSONLinkPaginator

    home = urlsplit(provider.url)[:2]
    seen: set[str] = set()

    class SameServer(JSONLinkPaginator):
        def update_request(self, request: Any) -> None:
            super().update_request(request)
            if not self.has_next_page:
                return
            if len(seen) > _MAX_PAGES or request.url in seen:
                raise TplError(
                    f"the paging of {_where(request.url)} goes round in a circle, or never ends: tell the provider"
                )
            seen.add(request.url)
            if urlsplit(request.url)[:2] != home:
                raise TplError(
                    f"the next page of {provider.code} lies on another server ({urlsplit(request.url).netloc}): "
                    "not followed; have the provider mend its links"
                )

    return SameServer(next_url_path="next")


def _moment(text: object) -> str | None:
    """A moment in ISO 8601 with a zone, in UTC; None for anything else."""
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC).isoformat()
    except ValueError:
        return None


def _where(url: str) -> str:
    """An address as a message may show it: without its query."""
    return url.split("?")[0]


def _told(provider: Provider, error: Exception) -> Exception:
    """The error as a person can act on it; TplError inside dlt's wrapping is brought out, others stay as they are."""
    import requests

    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    for one in chain:
        if isinstance(one, TplError):
            return one
        if isinstance(one, requests.HTTPError) and one.response is not None:
            status = one.response.status_code
            advice = f"check {TOKEN}" if status in (401, 403) else "ask the provider, then run it again"
            return TplError(f"{_where(one.response.url)} answered {status}: {advice}; what was landed before stays")
        if isinstance(one, requests.RequestException):
            return TplError(
                f"{_where(provider.url)} cannot be read ({type(one).__name__}) after {provider.max_attempts} attempts: "
                "run it again later; what was landed before stays"
            )
    return error
