"""The landing contract, read from the dbt source definitions `models/staging/<source>/_<source>__sources.yml`.

Here: what an entity is (columns, types, key, rules) and a fingerprint of it. Not here: checking rows against it
(validator.py, row_rules.py), or what the models do with it.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pyarrow as pa
import yaml

KINDS = ("snapshot", "state", "event", "record")
META_COLUMNS = {
    "_batch_id": "varchar",
    "_instance": "varchar",
    "_extracted_at": "timestamp",
    "_file": "varchar",
    "_row": "bigint",
}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml, where it is there, reads ten times as fast
_SIMPLE_TYPES = {
    "varchar": pa.string(),
    "bigint": pa.int64(),
    "integer": pa.int32(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
_DECIMAL = re.compile(r"decimal\((\d{1,2}),(\d{1,2})\)")


class ContractError(ValueError):
    """The contract itself is wrong: the message names its file and what to change."""


@dataclass(frozen=True)
class Column:
    """One column: name, DuckDB type as written in the contract, and whether a row without it is quarantined."""

    name: str
    data_type: str
    required: bool = False
    description: str = field(default="", compare=False)

    @property
    def decimal(self) -> tuple[int, int] | None:
        """(precision, scale) of a decimal column, None for any other type."""
        match = _DECIMAL.fullmatch(self.data_type)
        return (int(match[1]), int(match[2])) if match else None


@dataclass(frozen=True)
class Rule:
    """A row rule: an SQL expression over the typed row. False breaks it; null does not (required-ness is its own)."""

    name: str
    expression: str


@dataclass(frozen=True)
class Contract:
    """One landing entity. kind: snapshot, state, event or record; event_time: column compared with extracted_at."""

    source: str
    entity: str
    version: int
    kind: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    event_time: str | None = None
    rules: tuple[Rule, ...] = ()
    path: str = field(default="", compare=False)
    description: str = field(default="", compare=False)

    @property
    def fingerprint(self) -> str:
        """sha256 over everything that decides how a row is validated; descriptions and file layout do not count."""
        body = {k: v for k, v in asdict(self).items() if k not in ("path", "description")}
        body["columns"] = [{k: v for k, v in column.items() if k != "description"} for column in body["columns"]]
        return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()

    @property
    def accepted_types(self) -> dict[str, str]:
        """Column -> DuckDB type of the accepted rows: the contract's columns in order, then the meta columns."""
        return {c.name: c.data_type for c in self.columns} | META_COLUMNS

    @property
    def accepted_schema(self) -> pa.Schema:
        """Arrow schema of the accepted rows."""
        return pa.schema([(name, arrow_type(data_type)) for name, data_type in self.accepted_types.items()])


def arrow_type(data_type: str) -> pa.DataType:
    """Arrow type of a contract type. ContractError for a type the contract language does not know."""
    if data_type in _SIMPLE_TYPES:
        return _SIMPLE_TYPES[data_type]
    match = _DECIMAL.fullmatch(data_type)
    if match and int(match[2]) <= int(match[1]) <= 38:
        return pa.decimal128(int(match[1]), int(match[2]))
    raise ContractError(f"unknown type {data_type!r}: use one of {', '.join(_SIMPLE_TYPES)} or decimal(p,s)")


def load_contracts(repo: Path) -> dict[tuple[str, str], Contract]:
    """All contracts of the checkout: (source, entity) -> Contract. ContractError names the file and the fault."""
    contracts: dict[tuple[str, str], Contract] = {}
    for path in sorted((repo / "models" / "staging").glob("*/_*__sources.yml")):
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 (both are safe loaders)
        for source in document.get("sources") or []:
            for table in source.get("tables") or []:
                contract = _contract(source["name"], table, str(path.relative_to(repo)))
                if (contract.source, contract.entity) in contracts:
                    raise ContractError(f"{path}: {contract.source}.{contract.entity} is defined twice: keep one")
                contracts[contract.source, contract.entity] = contract
    if not contracts:
        raise ContractError(f"no contract below {repo / 'models' / 'staging'}: is this the repository's root?")
    return contracts


def contracts_hash(contracts: dict[tuple[str, str], Contract]) -> str:
    """sha256 over the fingerprints of all contracts."""
    lines = [f"{s}.{e} {c.fingerprint}" for (s, e), c in sorted(contracts.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _contract(source: str, table: dict, path: str) -> Contract:
    where = f"{path}: {source}.{table.get('name')}"
    meta = (table.get("config") or {}).get("meta") or {}
    columns = tuple(
        Column(
            name=column["name"],
            data_type=re.sub(r"\s", "", str(column.get("data_type", ""))).lower(),
            required=bool(((column.get("config") or {}).get("meta") or {}).get("required")),
            description=str(column.get("description") or ""),
        )
        for column in table.get("columns") or []
    )
    contract = Contract(
        source=source,
        entity=table["name"],
        version=int(meta.get("contract_version", 0)),
        kind=str(meta.get("kind")),
        columns=columns,
        key=tuple(meta.get("key") or ()),
        event_time=meta.get("event_time"),
        rules=tuple(Rule(r["name"], r["expression"]) for r in meta.get("rules") or ()),
        path=path,
        description=str(table.get("description") or ""),
    )
    _check(contract, where)
    return contract


def _check(contract: Contract, where: str) -> None:
    names = [c.name for c in contract.columns]
    types = {c.name: c.data_type for c in contract.columns}
    if contract.kind not in KINDS:
        raise ContractError(f"{where}: kind {contract.kind!r} is none of {', '.join(KINDS)}: set config.meta.kind")
    if contract.version < 1:
        raise ContractError(f"{where}: config.meta.contract_version must be a whole number from 1")
    if not names or len(set(names)) != len(names):
        raise ContractError(f"{where}: columns are missing or named twice")
    for column in contract.columns:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", column.name):
            raise ContractError(f"{where}: column {column.name!r}: use lower case letters, digits and _")
        try:
            arrow_type(column.data_type)
        except ContractError as error:
            raise ContractError(f"{where}: column {column.name}: {error}") from None
    for name in (*contract.key, *([contract.event_time] if contract.event_time else [])):
        if name not in types:
            raise ContractError(f"{where}: key or event_time names {name!r}, which is not a column")
    if contract.event_time and types[contract.event_time] not in ("timestamp", "date"):
        raise ContractError(f"{where}: event_time {contract.event_time!r} must be a timestamp or a date")
    if len({r.name for r in contract.rules}) != len(contract.rules):
        raise ContractError(f"{where}: two rules carry the same name")
