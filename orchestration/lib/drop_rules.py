"""Rules about one dropped file: how it may be called, what may be opened, how it is read, and when it was made.

Here: names, formats per site, a private copy of the bytes, the rows as text. Not here: folders, claims and what becomes
of a file (drop_folder.py), and whether a row is any good (validator.py). A broken rule is a FileFaultError.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from orchestration.lib import file_rules
from orchestration.lib.contracts import Contract
from orchestration.lib.file_rules import FileFaultError, Manifest
from orchestration.lib.landing import LandingError
from orchestration.lib.row_rules import typed_columns
from orchestration.lib.sql import connect, ident

# A count sheet of a hundred thousand lines is some 10 MB. What a person drops is bounded far below what a system lands.
MAX_BYTES = 64 * 1024**2
MAX_UNPACKED_BYTES = 256 * 1024**2
MAX_ROWS = 1_000_000
MAX_COLUMNS = 100
PACKED = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip or .xlsx", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"(\xb5/\xfd": "zstd"}
UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload", ".partial")
CHECKSUM = ".sha256"
FORMATS = "sites.yml"
# Where the day of the file's name ends last: at UTC-12. A later count was not made on that day.
DAY_ENDS_LAST = timedelta(days=1, hours=12)
_NAME = re.compile(r"(?P<kind>counts|tasks)_(?P<site>.+)_(?P<day>\d{8})(?:_(?P<number>[1-9]\d?))?\.(?:csv|parquet)")
KINDS = {"counts": ("cycle_counts", ("counted_at",)), "tasks": ("count_tasks", ("created_at", "done_at"))}


@dataclass(frozen=True)
class SiteFormat:
    """How a site saves its CSV files; nothing is guessed. is_checksum_required: a file waits for its `.sha256`."""

    delimiter: str = ","
    encoding: str = "utf-8"
    decimal: str = "."
    is_checksum_required: bool = False


@dataclass(frozen=True)
class FileName:
    """What an allowed name says. entity: landing entity; told: its columns that say when something happened."""

    entity: str
    told: tuple[str, ...]
    day: datetime
    number: int


def read_formats(root: Path) -> dict[str, SiteFormat]:
    """Formats by site from `sites.yml` in the drop folder; LandingError when it is wrong."""
    path = root / FORMATS
    if not path.exists():
        return {}
    try:
        body = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        formats = {str(site): SiteFormat(**(entry or {})) for site, entry in body.items()}
    except (yaml.YAMLError, UnicodeDecodeError, TypeError, AttributeError) as error:
        raise LandingError(f"{path} cannot be read ({file_rules.first_line(error)}): see docs/guides") from None
    for site, one in formats.items():
        known = one.delimiter in file_rules.DELIMITERS and one.encoding in file_rules.ENCODINGS
        if not known or one.decimal not in (".", ",") or one.decimal == one.delimiter:
            raise LandingError(
                f"{path}: site {site}: use a delimiter of {' '.join(map(repr, file_rules.DELIMITERS))}, an encoding of "
                f"{', '.join(file_rules.ENCODINGS)} and a decimal '.' or ',' that is not the delimiter"
            )
    return formats


def check_name(name: str, site: str) -> FileName:
    """What the name of a file in the folder of `site` says; FileFaultError when it is not one of those allowed."""
    match = _NAME.fullmatch(name)
    if not match:
        raise FileFaultError(
            "name",
            f"only counts_{site}_<YYYYMMDD>.csv or .parquet and tasks_{site}_<YYYYMMDD>.csv or .parquet are read, a "
            "second file of a day with _2 before the ending: rename the file and drop it again",
        )
    if match["site"] != site:
        raise FileFaultError(
            "site", f"the name says site {match['site']!a}, the folder {site!r}: drop it where it belongs"
        )
    try:
        day = datetime.strptime(match["day"], "%Y%m%d")
    except ValueError:
        raise FileFaultError("day", f"{match['day']} is no day of the calendar: rename the file") from None
    entity, told = KINDS[match["kind"]]
    return FileName(entity, told, day, int(match["number"] or 1))


def copy_bytes(path: Path, copy: Path) -> tuple[str, os.stat_result]:
    """Copy a claimed file to `copy` and return its sha256 and state. FileFaultError for what is not to be opened.

    BlockingIOError when somebody still writes the file: its size or time changed while it was read.
    """
    before = path.lstat()
    _check_kind(before)
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    digest, size = hashlib.sha256(), 0
    with os.fdopen(handle, "rb") as source, copy.open("wb") as target:
        opened = os.fstat(source.fileno())
        _check_kind(opened)
        while block := source.read(1024**2):
            size += len(block)
            if size > MAX_BYTES:
                raise FileFaultError("too_large", f"it is larger than {MAX_BYTES} bytes: split it")
            digest.update(block)
            target.write(block)
        after = os.fstat(source.fileno())
    if fingerprint(before) != fingerprint(after) or size != after.st_size:
        raise BlockingIOError("somebody still writes it")
    return digest.hexdigest(), after


def _check_kind(state: os.stat_result) -> None:
    if stat.S_ISLNK(state.st_mode):
        raise FileFaultError("link", "it is a symbolic link: drop the file itself")
    if not stat.S_ISREG(state.st_mode):
        raise FileFaultError("kind", "it is no plain file: drop a plain file")
    if state.st_nlink > 1:
        raise FileFaultError("link", "it has a second name elsewhere (hard link): drop a copy")
    if state.st_size > MAX_BYTES:
        raise FileFaultError("too_large", f"it is larger than {MAX_BYTES} bytes: split it")


def fingerprint(state: os.stat_result) -> tuple[int, int, int, int]:
    """What changes while a file is being written."""
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns


def check_content(copy: Path, name: str, day: datetime, modified: float) -> None:
    """Refuse what is empty, packed, cut off or of a day that lies ahead of the file itself."""
    with copy.open("rb") as file:
        head = file.read(8)
        file.seek(-min(copy.stat().st_size, 1), os.SEEK_END)
        last = file.read(1)
    if not head:
        raise FileFaultError("empty", "it holds nothing, not even a header: save it again, with its header")
    for magic, packing in PACKED.items():
        if head.startswith(magic):
            raise FileFaultError("packed", f"its bytes are {packing}: unpack it, or save it as CSV, and drop that")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileFaultError("encoding", "it is UTF-16 (Excel's `Unicode text`): save it as `CSV UTF-8`")
    if name.endswith(".csv") and last not in (b"\n", b"\r"):
        raise FileFaultError("cut_off", "its last line does not end: it was cut off on its way; save and copy it again")
    if day.replace(tzinfo=UTC).timestamp() > modified + timedelta(days=1).total_seconds():
        raise FileFaultError("day", f"its name says {day:%Y-%m-%d}, but it was saved before that day: correct the name")


def read_rows(copy: Path, contract: Contract, site_format: SiteFormat) -> pa.Table:
    """Rows of the copy: of CSV as text with a decimal point, of Parquet as they are. FileFaultError if unreadable."""
    manifest = Manifest(datetime.min, contract.version, (), site_format.delimiter, site_format.encoding)
    if copy.suffix == ".parquet":
        _check_parquet(copy)
    query = file_rules.reader(copy, manifest, contract)
    try:
        with connect(preserve_order=True, memory_limit="512MB") as connection:
            table = connection.execute(f"select * exclude (_row) from ({query}) order by _row").to_arrow_table()
            if site_format.decimal == ".":
                return table
            return connection.from_arrow(table).project(_with_point(table, contract)).to_arrow_table()
    except duckdb.Error as error:
        text = file_rules.first_line(error).replace(str(copy), "it")
        raise FileFaultError(
            "unreadable",
            f"it cannot be read as the format of its site says ({text}): check delimiter, encoding and quotes in "
            f"{FORMATS} and in the file",
        ) from None


def _check_parquet(copy: Path) -> None:
    try:
        metadata = pq.read_metadata(copy)
        unpacked = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
    except (pa.ArrowException, OSError) as error:
        text = file_rules.first_line(error)
        raise FileFaultError("unreadable", f"it is no readable Parquet ({text}): send it again") from None
    # A dictionary makes a billion equal rows small: bytes alone bound nothing.
    if unpacked > MAX_UNPACKED_BYTES or metadata.num_rows > MAX_ROWS or metadata.num_columns > MAX_COLUMNS:
        raise FileFaultError(
            "too_large",
            f"it unpacks to {unpacked} bytes, {metadata.num_rows} rows and {metadata.num_columns} columns; at most "
            f"{MAX_UNPACKED_BYTES}, {MAX_ROWS} and {MAX_COLUMNS} are read: split it",
        )


def _with_point(table: pa.Table, contract: Contract) -> str:
    """SELECT list in which comma and point of decimals change places: 12,5 is 12.5, and 1.234,5 is no number."""
    decimals = {column.name for column in contract.columns if column.decimal}
    return ", ".join(
        f"translate({ident(field.name)}, ',.', '.,') as {ident(field.name)}"
        if field.name in decimals and pa.types.is_string(field.type)
        else ident(field.name)
        for field in table.schema
    )


def extracted_at(table: pa.Table, name: FileName, contract: Contract) -> datetime:
    """When the file was made, naive UTC, by its own words and no clock: the same file always says the same.

    The later of the start of the day in its name and the latest instant in it that lies on or before that day anywhere
    on earth; the second file of a day counts as a second later, so that its corrections speak last.
    """
    latest = name.day
    with connect(memory_limit="512MB") as connection:
        connection.register("told", table)
        kinds = {column: str(kind) for column, kind, *_ in connection.execute("describe told").fetchall()}
        typed = typed_columns(contract, kinds)
        for column in name.told:
            instants = f"select {typed[column]} as told_at from told"
            found = connection.execute(
                f"select max(told_at) from ({instants}) as instants where told_at <= ?", [name.day + DAY_ENDS_LAST]
            ).fetchone()
            latest = max(latest, found[0]) if found and found[0] else latest
    return latest.replace(microsecond=0) + timedelta(seconds=name.number - 1)
