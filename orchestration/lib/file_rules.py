"""Rules about a whole batch or a whole file, checked before any row of it is read.

Here: manifests, names, sizes, checksums, headers, and how a file is to be read. Not here: rows (row_rules.py) and the
account that is kept of them (validator.py). A broken rule is a FileFaultError: its rule and what to do about it.
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.lib.contracts import Contract
from orchestration.lib.landing import MANIFEST, NAME, Batch, file_sha256
from orchestration.lib.sql import file_literal, ident, literal

# Bounds on what is opened at all. A file of 4 GiB is some 50 million movements: larger ones are sent in parts. DuckDB
# needs a whole line in memory; 2 MiB is far beyond a row of any contract. Compressed CSV is refused, since 194 kB of
# gzip can hold 200 MB; Parquet says in its footer how large it becomes, and that is bounded in the same way.
MAX_FILE_BYTES = 4 * 1024**3
MAX_UNPACKED_BYTES = 16 * 1024**3
MAX_LINE_BYTES = 2 * 1024**2
MAX_COLUMNS = 1000
MAX_MANIFEST_BYTES = 16 * 1024**2
ENCODINGS = {"utf-8": "utf-8-sig", "latin-1": "latin-1"}
DELIMITERS = (",", ";", "\t", "|")
UNKNOWN_EXTRACTED_AT = datetime(1970, 1, 1)  # naive UTC; stands in where a manifest cannot be read


class FileFaultError(Exception):
    """A batch or a file broke a rule as a whole: `rule` names it, the text says what is wrong and what to do."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


@dataclass(frozen=True)
class LandedFile:
    """One file of a manifest: its name, checksum and row count as the sender states them."""

    name: str
    sha256: str
    rows: int


@dataclass(frozen=True)
class Manifest:
    """A manifest that could be read: extracted_at is naive UTC."""

    extracted_at: datetime
    contract_version: int
    files: tuple[LandedFile, ...]
    delimiter: str = ","
    encoding: str = "utf-8"


def read_manifest(batch: Batch, landing: Path) -> Manifest:
    """The manifest of a batch. FileFaultError for unsafe folders and for one that is incomplete or of another batch."""
    for name in (batch.source, batch.instance, batch.entity, batch.name):
        if not NAME.fullmatch(name):
            raise FileFaultError(
                "bad_name",
                f"folder {name!r} cannot name a batch: use letters, digits, '.', '_' and '-', a letter or digit first",
            )
    path = batch.folder / MANIFEST
    for part in (path, *path.parents[:4]):
        if part.is_symlink():
            raise FileFaultError(
                "symlink", f"{part.relative_to(landing)} is a symbolic link: send the files themselves"
            )
    if path.stat().st_size > MAX_MANIFEST_BYTES:
        raise FileFaultError("manifest", f"the manifest is larger than {MAX_MANIFEST_BYTES} bytes: split the batch")
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        manifest = Manifest(
            extracted_at=_instant(body["extracted_at"]),
            contract_version=_count(body["contract_version"], "contract_version"),
            files=tuple(_file(entry) for entry in body["files"]),
            **{k: str(v) for k, v in (body.get("csv") or {}).items() if k in ("delimiter", "encoding")},
        )
    except KeyError as error:
        raise FileFaultError("manifest", f"the manifest lacks {error}: write it anew") from None
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise FileFaultError("manifest", f"the manifest cannot be read ({error}): write it anew") from None
    for key, expected in zip(
        ("source", "instance", "entity", "batch"), batch.batch_id.split("/", maxsplit=3), strict=True
    ):
        if body.get(key) != expected:
            raise FileFaultError(
                "manifest", f"the manifest says {key} {body.get(key)!r}, its folder {expected!r}: make them agree"
            )
    if len({f.name for f in manifest.files}) != len(manifest.files):
        raise FileFaultError("manifest", "the manifest lists a file twice: list each once")
    if manifest.delimiter not in DELIMITERS or manifest.encoding.lower() not in ENCODINGS:
        raise FileFaultError(
            "manifest",
            f"csv delimiter {manifest.delimiter!r} or encoding {manifest.encoding!r} is not supported: "
            f"use one of {' '.join(map(repr, DELIMITERS))} and one of {', '.join(ENCODINGS)}",
        )
    return manifest


def check_contract(batch: Batch, manifest: Manifest, contract: Contract | None) -> Contract:
    """The contract the batch is held to. FileFaultError without one or when the batch was made for another version."""
    if contract is None or contract.kind == "record":
        raise FileFaultError(
            "unknown_entity",
            f"there is no landing contract for {batch.source}.{batch.entity}: correct the folder, or add the entity to "
            f"models/staging/{batch.source}/_{batch.source}__sources.yml",
        )
    if manifest.contract_version != contract.version:
        raise FileFaultError(
            "contract_version",
            f"the batch follows version {manifest.contract_version} of the contract, this warehouse holds version "
            f"{contract.version}: send it again in that version",
        )
    return contract


def check_file(folder: Path, file: LandedFile) -> Path:
    """Path of a listed file whose name, size and checksum are as they should be; FileFaultError otherwise."""
    is_plain = PurePosixPath(file.name).name == file.name and "\\" not in file.name
    if not is_plain or not NAME.fullmatch(file.name) or file.name in (".", ".."):
        raise FileFaultError("path", f"{file.name!r} is no plain file name: list files of the batch's own folder")
    path = folder / file.name
    if path.is_symlink():
        raise FileFaultError("symlink", f"{file.name} is a symbolic link: send the file itself")
    if not path.is_file():
        raise FileFaultError(
            "missing_file", f"{file.name} is in the manifest but not in the folder: send the batch again"
        )
    if path.suffix not in (".parquet", ".csv"):
        raise FileFaultError("format", f"{file.name} is neither .parquet nor .csv (compressed CSV is not read)")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise FileFaultError("too_large", f"{file.name} is larger than {MAX_FILE_BYTES} bytes: split it")
    if file_sha256(path) != file.sha256.lower():
        raise FileFaultError(
            "sha256", f"{file.name} is not the file the manifest describes (checksum differs): send the batch again"
        )
    return path


def unlisted_files(folder: Path, manifest: Manifest) -> list[str]:
    """Names in the folder that the manifest does not list; drafts (leading dot) and the manifest are left out."""
    listed = {file.name for file in manifest.files} | {MANIFEST}
    return sorted(p.name for p in folder.iterdir() if p.name not in listed and not p.name.startswith("."))


def reader(path: Path, manifest: Manifest, contract: Contract) -> str:
    """SQL that reads the file with nothing guessed: `_row` from 1, then the file's columns.

    FileFaultError for columns that are missing, unexpected or named twice, and for a file that cannot be opened.
    """
    if path.suffix == ".csv":
        names = _csv_header(path, manifest)
        _check_columns(names, contract)
        columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
        return (
            f"select row_number() over () as _row, * from read_csv({file_literal(path)}, columns = {{{columns}}}, "
            f"delim = {literal(manifest.delimiter)}, quote = '\"', escape = '\"', header = true, auto_detect = false, "
            f"strict_mode = true, null_padding = false, ignore_errors = false, compression = 'none', "
            f"hive_partitioning = false, encoding = {literal(manifest.encoding.lower())}, "
            f"max_line_size = {MAX_LINE_BYTES})"
        )
    names = _parquet_columns(path)
    _check_columns(names, contract)
    columns = "".join(f", {ident(name)}" for name in names)
    return (
        f"select file_row_number + 1 as _row{columns} "
        f"from read_parquet({file_literal(path)}, file_row_number = true, hive_partitioning = false)"
    )


def _csv_header(path: Path, manifest: Manifest) -> list[str]:
    with path.open("rb") as file:
        start = file.read(MAX_LINE_BYTES)
    first = re.split(rb"\r\n|\n|\r", start, maxsplit=1)[0]
    try:
        line = first.decode(ENCODINGS[manifest.encoding.lower()])
        names = next(csv.reader([line], delimiter=manifest.delimiter, strict=True), [])
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileFaultError("unreadable", f"{path.name}: the header cannot be read ({error}): send it again") from None
    if not names:
        raise FileFaultError("unreadable", f"{path.name} has no header: send the header even when there are no rows")
    return names


def _parquet_columns(path: Path) -> list[str]:
    try:
        with pq.ParquetFile(path) as file:
            metadata = file.metadata
            names = file.schema_arrow.names
            unpacked = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
    except (pa.ArrowException, OSError) as error:
        raise FileFaultError(
            "unreadable", f"{path.name} cannot be opened as Parquet ({first_line(error)}): send it again"
        ) from None
    if unpacked > MAX_UNPACKED_BYTES:
        raise FileFaultError("too_large", f"{path.name} unpacks to {unpacked} bytes: split it")
    return names


def _check_columns(names: list[str], contract: Contract) -> None:
    if len(names) > MAX_COLUMNS:
        raise FileFaultError("too_many_columns", f"the file has {len(names)} columns, more than {MAX_COLUMNS}")
    expected = {c.name for c in contract.columns}
    missing = [c.name for c in contract.columns if c.required and c.name not in names]
    unexpected = sorted({n for n in names if n not in expected})
    doubled = sorted({n for n in names if names.count(n) > 1})
    for rule, found, advice in (
        ("missing_column", missing, f"send them as {contract.path} asks, or check delimiter and header"),
        ("unexpected_column", unexpected, f"leave them out, or add them to {contract.path}"),
        ("duplicate_column", doubled, "send each column once"),
    ):
        if found:
            shown = ", ".join(repr(n[:60]) for n in found[:10]) + (" ..." if len(found) > 10 else "")
            raise FileFaultError(rule, f"{rule.replace('_', ' ')} {shown}: {advice}")


def first_line(error: Exception) -> str:
    """First line of an error's text, bounded: enough for a person, without the reader's list of guesses."""
    return str(error).strip().split("\n", maxsplit=1)[0][:200]


def _file(entry: dict) -> LandedFile:
    return LandedFile(str(entry["name"]), str(entry["sha256"]), _count(entry["rows"], "rows"))


def _count(value: object, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**62:
        raise ValueError(f"{what} {value!r} is no count")
    return value


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"extracted_at {text!r} names no time zone; end it in Z for UTC")
    return moment.astimezone(UTC).replace(tzinfo=None)
