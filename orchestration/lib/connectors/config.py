"""What a connector says about its system: `connectors/<system>/_connector.yml`.

Here: reading that file and holding it to its form. Not here: reading the system (files.py, postgres.py) and the mapping
(it is SQL, in connectors/).
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from orchestration.lib.landing import NAME

CONNECTOR = "_connector.yml"
FORMATS = ("parquet", "csv")
_OVERLAP = re.compile(r"\d+ (minute|hour|day)s?|\d+")


class ConnectorError(ValueError):
    """A connector or its source is at fault; the message names file and remedy."""


@dataclass(frozen=True)
class Files:
    """How a folder of extracts is read. columns: names of a file's columns, by stem, where the files have no header."""

    format: str = "parquet"
    delimiter: str = ","
    encoding: str = "utf-8"
    header: bool = True
    quote: str = '"'
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A table of a live database, under the name the SELECTs use: `table`, or `schema.table`.

    columns: those that are read, all when empty. cursor: column that grows with every change of a row; overlap: how far
    below the highest cursor seen the next reading begins; key: columns that tell rows apart, needed with a cursor.
    """

    name: str
    columns: tuple[str, ...] = ()
    cursor: str | None = None
    overlap: str = "0"
    key: tuple[str, ...] = ()


@dataclass(frozen=True)
class Connector:
    """A native system: its folder, the instance per landing source, and how it is read.

    company: code of the company that consolidates the system's divisions; SELECTs read it as
    `(select company_code from connector)`. extracted_at_sql: query over the system's tables whose one value is the
    moment of the extract, in UTC; without it the moment is that of the database's transaction, and files cannot be
    read.
    """

    system: str
    folder: Path
    instances: dict[str, str]
    extracted_at_sql: str | None
    company: str | None = None
    files: Files = Files()
    tables: tuple[Table, ...] = ()

    @property
    def where(self) -> str:
        """The file that a message names."""
        return f"connectors/{self.system}/{CONNECTOR}"


def load_connector(repo: Path, system: str) -> Connector:
    """The connector of a system. ConnectorError lists those there are when there is none by that name."""
    folder = repo / "connectors" / system
    if not NAME.fullmatch(system) or not (folder / CONNECTOR).is_file():
        known = ", ".join(sorted(p.parent.name for p in repo.glob(f"connectors/*/{CONNECTOR}"))) or "none"
        raise ConnectorError(f"there is no connector {system!r}; there are: {known}")
    where = f"connectors/{system}/{CONNECTOR}"
    try:
        body = yaml.safe_load((folder / CONNECTOR).read_text(encoding="utf-8"))
        connector = Connector(
            system=body["system"],
            folder=folder,
            instances={str(k): str(v) for k, v in body["instances"].items()},
            extracted_at_sql=body.get("extracted_at_sql"),
            company=body.get("company"),
            files=_files(body.get("files") or {}),
            tables=tuple(_table(str(name), said or {}) for name, said in (body.get("tables") or {}).items()),
        )
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise ConnectorError(f"{where} lacks or garbles {error}: see docs/guides/add_a_source.md") from error
    faults = _faults(connector, system)
    if faults:
        raise ConnectorError(f"{where}: {'; '.join(faults)}")
    return connector


def _files(said: dict[str, Any]) -> Files:
    columns = {str(stem): tuple(map(str, names)) for stem, names in (said.get("columns") or {}).items()}
    return Files(**{**said, "columns": columns})


def _table(name: str, said: dict[str, Any]) -> Table:
    lists = {part: tuple(map(str, said.get(part) or ())) for part in ("columns", "key")}
    return Table(**{**said, **lists, "name": name, "overlap": str(said.get("overlap", "0"))})


def _faults(connector: Connector, system: str) -> list[str]:
    faults = []
    files = connector.files
    if connector.system != system or files.format not in FORMATS:
        faults.append(f"system must be {system!r} and files.format one of {', '.join(FORMATS)}")
    try:
        codecs.lookup(files.encoding)
    except LookupError:
        faults.append(f"files.encoding {files.encoding!r} is unknown: name one that Python knows, such as cp1252")
    if files.format == "csv" and files.header == bool(files.columns):
        faults.append("files.columns names the columns of each file where header is false, and only there")
    for table in connector.tables:
        if table.cursor and not table.key:
            faults.append(f"table {table.name} has a cursor and no key: name the columns that tell its rows apart")
        if not _OVERLAP.fullmatch(table.overlap):
            faults.append(f"table {table.name}: overlap is like `3 days`, `2 hours` or, for a number, `1000`")
        missing = {*table.key, *([table.cursor] if table.cursor else [])} - {*table.columns}
        if table.columns and missing:
            faults.append(f"table {table.name}: columns lacks its own cursor or key: {', '.join(sorted(missing))}")
    return faults
