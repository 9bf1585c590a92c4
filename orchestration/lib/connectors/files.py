"""A folder of extracts as a source: one view per file, named by the file's stem.

Here: Parquet, and CSV with or without a header in any encoding. Columns of a CSV are text; the SELECTs cast them. Not
here: a live database (postgres.py).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.lib.connectors.config import Connector, ConnectorError, Files
from orchestration.lib.sql import file_literal, ident, literal

_BLOCK = 1 << 22


def register(connection: duckdb.DuckDBPyConnection, connector: Connector, source_dir: Path, work: Path) -> None:
    """Make the views. work: folder for copies in UTF-8. ConnectorError when a file is missing or cannot be read."""
    said = connector.files
    files = sorted(source_dir.glob(f"*.{said.format}"))
    if not files:
        raise ConnectorError(f"{source_dir} holds no *.{said.format}: give the folder of the extracts")
    if said.columns:
        files = [path for path in files if path.stem in said.columns]
        missing = sorted(set(said.columns) - {path.stem for path in files})
        if missing:
            raise ConnectorError(
                f"{source_dir} lacks {', '.join(f'{stem}.{said.format}' for stem in missing)}, whose columns "
                f"{connector.where} lists: extract them too"
            )
    for path in files:
        reader = f"read_parquet({file_literal(path)}, hive_partitioning = false)"
        if said.format == "csv":
            reader = _csv_reader(_as_utf8(path, said.encoding, work), path.stem, said)
        try:
            connection.execute(f"create view {ident(path.stem)} as select * from {reader}")
        except duckdb.Error as error:
            raise ConnectorError(f"{path} cannot be read ({first_line(error)}): extract it again") from error


def first_line(error: Exception) -> str:
    """What an error says, short enough for a message."""
    return str(error).strip().split("\n", maxsplit=1)[0][:300]


def _csv_reader(path: Path, stem: str, said: Files) -> str:
    quote = literal(said.quote)
    shape = f"header = true, quote = {quote}, escape = {quote}, all_varchar = true"
    if said.columns:
        # Nothing is sniffed: a file whose rows have another number of columns fails.
        columns = ", ".join(f"{literal(name)}: 'varchar'" for name in said.columns[stem])
        shape = f"header = false, auto_detect = false, quote = {quote}, escape = {quote}, columns = {{{columns}}}"
    return f"read_csv({file_literal(path)}, delim = {literal(said.delimiter)}, {shape}, hive_partitioning = false)"


def _as_utf8(path: Path, encoding: str, work: Path) -> Path:
    """The file itself, or a copy of it in UTF-8. A byte that the encoding does not know is an error, never a guess."""
    if encoding.lower() in ("utf-8", "utf8"):
        return path
    copy = work / path.name
    try:
        with path.open(encoding=encoding, newline="") as read, copy.open("w", encoding="utf-8", newline="") as write:
            while block := read.read(_BLOCK):
                write.write(block)
    except UnicodeError as error:
        raise ConnectorError(f"{path} is not {encoding} ({error}): correct files.encoding in _connector.yml") from error
    return copy
