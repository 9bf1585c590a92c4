"""The validator: the only way from landing to accepted. It checks one batch, types its rows and accounts for every one.

Here: running the file rules and the row rules, writing accepted Parquet, and the account rows_in = rows_loaded +
rows_deduplicated + rows_quarantined of each file. Not here: the rules themselves (file_rules.py, row_rules.py) and
which batches are validated and pinned (accepting.py).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.lib import file_rules
from orchestration.lib.contracts import META_COLUMNS, Contract, ContractError
from orchestration.lib.file_rules import FileFaultError, LandedFile, Manifest
from orchestration.lib.landing import MANIFEST, Batch
from orchestration.lib.row_rules import RAW, RowRule, row_rules, typed_columns
from orchestration.lib.sql import ident, literal

VERSION = 2  # raise it when the same file would be judged or typed otherwise: every batch is then validated anew
ResourceError = (duckdb.OutOfMemoryException, duckdb.InterruptException)  # our trouble, never the file's fault


@dataclass(frozen=True)
class FileAccount:
    """Where the rows of one landed file went. file: path below landing; file_rule: rule the whole file broke."""

    file: str
    rows_in: int
    rows_loaded: int = 0
    rows_deduplicated: int = 0
    rows_quarantined: int = 0
    file_rule: str | None = None


@dataclass(frozen=True)
class BatchResult:
    """What became of a batch. parts: accepted Parquet files, written into the folder given to `validate`."""

    extracted_at: datetime
    accounts: tuple[FileAccount, ...]
    parts: tuple[str, ...]
    has_quarantine: bool

    def as_json(self) -> dict:
        """The result as plain JSON values."""
        return asdict(self) | {"extracted_at": self.extracted_at.isoformat()}

    @classmethod
    def from_json(cls, body: dict) -> BatchResult:
        """The result that `as_json` gave."""
        return cls(
            extracted_at=datetime.fromisoformat(body["extracted_at"]),
            accounts=tuple(FileAccount(**account) for account in body["accounts"]),
            parts=tuple(body["parts"]),
            has_quarantine=bool(body["has_quarantine"]),
        )


class Validator:
    """Validates batches on one connection (see sql.connect: UTC, bounded memory, order of rows preserved)."""

    QUARANTINED = "quarantined.parquet"

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        contracts: dict[tuple[str, str], Contract],
        landing: Path,
    ) -> None:
        self.connection = connection
        self.contracts = contracts
        self.landing = landing
        self._bound: set[tuple[str, str]] = set()

    def validate(self, batch: Batch, out: Path) -> BatchResult:
        """Check a batch and write its accepted rows (`<n>.parquet`) and quarantined rows into the folder `out`.

        ContractError when the contract itself is at fault; what is wrong with the data is in the result, never raised.
        """
        run = _Run(self, batch, out)
        self.connection.execute(
            "create or replace temp table quarantined (file varchar, row_number bigint, rule varchar, message varchar, "
            "row_count bigint, raw_row varchar)"
        )
        try:
            run.manifest = file_rules.read_manifest(batch, self.landing)
            contract = file_rules.check_contract(batch, run.manifest, self.contracts.get((batch.source, batch.entity)))
        except FileFaultError as fault:
            run.hold_back_batch(fault)
        else:
            self._bind_rules(contract)
            for number, file in enumerate(run.manifest.files):
                run.take(number, file, contract)
            for name in file_rules.unlisted_files(batch.folder, run.manifest):
                advice = "is not in the manifest and was not read: send it in a batch of its own if it belongs"
                run.hold_back(LandedFile(name, "", 0), FileFaultError("unlisted_file", f"{name} {advice}"))
        return run.close()

    def _bind_rules(self, contract: Contract) -> None:
        """Fail with the contract's file and rule when an expression cannot be bound, before any data is blamed."""
        if (contract.source, contract.entity) in self._bound:
            return
        columns = ", ".join(f"cast(null as {c.data_type}) as {ident(c.name)}" for c in contract.columns)
        for rule in contract.rules:
            try:
                self.connection.execute(f"select cast(({rule.expression}) as boolean) from (select {columns})")
            except ResourceError:
                raise
            except duckdb.Error as error:
                raise ContractError(
                    f"{contract.path}: {contract.source}.{contract.entity}, rule {rule.name}: the expression cannot be "
                    f"evaluated ({file_rules.first_line(error)}): correct it"
                ) from error
        self._bound.add((contract.source, contract.entity))


class _Run:
    """One batch on its way through the validator."""

    def __init__(self, validator: Validator, batch: Batch, out: Path) -> None:
        self.sql = validator.connection
        self.batch = batch
        self.out = out
        self.folder = batch.folder.relative_to(validator.landing).as_posix()
        self.manifest: Manifest | None = None
        self.accounts: list[FileAccount] = []
        self.parts: list[str] = []

    @property
    def extracted_at(self) -> datetime:
        return self.manifest.extracted_at if self.manifest else file_rules.UNKNOWN_EXTRACTED_AT

    def hold_back_batch(self, fault: FileFaultError) -> None:
        """Quarantine every file of the batch; a batch whose manifest tells nothing is accounted for by its manifest."""
        files = self.manifest.files if self.manifest else ()
        for file in files or (LandedFile(MANIFEST, "", 0),):
            self.hold_back(file, fault)

    def hold_back(self, file: LandedFile, fault: FileFaultError, rows: int | None = None) -> None:
        """Quarantine one whole file; rows: its row count where that could be read, else the manifest's."""
        name = f"{self.folder}/{file.name}"
        count = file.rows if rows is None else rows
        self.accounts.append(FileAccount(name, rows_in=count, rows_quarantined=count, file_rule=fault.rule))
        self.sql.execute(
            "insert into quarantined values (?, null, ?, ?, ?, null)",
            [name, fault.rule, f"{name}: {fault.rule}: {fault}", count],
        )

    def take(self, number: int, file: LandedFile, contract: Contract) -> None:
        """Check one file and write what is good of it."""
        try:
            path = file_rules.check_file(self.batch.folder, file)
            rows = self._read(path, contract)
        except FileFaultError as fault:
            self.hold_back(file, fault)
            return
        if rows != file.rows:
            text = f"{file.name} holds {rows} rows, the manifest says {file.rows}: send the batch again"
            self.hold_back(file, FileFaultError("row_count", text), rows)
            return
        quarantined = self._check(file, contract)
        loaded = self._write(number, file, contract)
        self.accounts.append(
            FileAccount(
                f"{self.folder}/{file.name}",
                rows_in=rows,
                rows_loaded=loaded,
                rows_deduplicated=rows - quarantined - loaded,
                rows_quarantined=quarantined,
            )
        )

    def close(self) -> BatchResult:
        """Write the quarantined rows and give the result."""
        held = self.sql.execute("select count(*) from quarantined").fetchone()
        if held and held[0]:
            batch = self.batch
            self.sql.execute(
                f"""
                copy (
                    select
                        file, row_number, {literal(batch.batch_id)} as batch_id, {literal(batch.source)} as source,
                        {literal(batch.instance)} as instance, {literal(batch.entity)} as entity,
                        {literal(self.extracted_at)} as extracted_at, rule, message, row_count, raw_row
                    from quarantined
                    order by file, row_number nulls first, rule
                ) to {literal(self.out / Validator.QUARANTINED)} (format parquet, compression zstd)
                """
            )
        self.sql.execute("drop table if exists raw_rows; drop table if exists checked_rows; drop table quarantined")
        return BatchResult(self.extracted_at, tuple(self.accounts), tuple(self.parts), bool(held and held[0]))

    def _read(self, path: Path, contract: Contract) -> int:
        """Read the file into raw_rows and return its number of rows."""
        assert self.manifest is not None
        query = file_rules.reader(path, self.manifest, contract)
        try:
            self.sql.execute(f"create or replace temp table raw_rows as {query}")
        except ResourceError:
            raise
        except duckdb.Error as error:
            if "No space left" in str(error):
                raise
            text = file_rules.first_line(error).replace(str(path), path.name)
            advice = "check encoding, delimiter, quotes and line ends, then send it again"
            raise FileFaultError("unreadable", f"{path.name} cannot be read ({text}): {advice}") from None
        found = self.sql.execute("select count(*) from raw_rows").fetchone()
        return int(found[0]) if found else 0

    def _check(self, file: LandedFile, contract: Contract) -> int:
        """Type raw_rows into checked_rows, quarantine the rows that break a rule, and return their number."""
        described = self.sql.execute("describe raw_rows").fetchall()
        types = {name: str(kind) for name, kind, *_ in described if name != "_row"}
        rules = row_rules(contract, types, self.extracted_at)
        raw = "".join(f", {ident(name)} as {ident(RAW + name)}" for name in types)
        typed = "".join(f", {sql} as {ident(name)}" for name, sql in typed_columns(contract, types).items())
        both = f"select _row{raw}{typed} from raw_rows"
        columns = ", ".join(ident(c.name) for c in contract.columns)
        is_broken = " or ".join(f"coalesce({rule.broken}, false)" for rule in rules) or "false"
        self.sql.execute(
            f"create or replace temp table checked_rows as "
            f"select _row, {columns}, {is_broken} as _is_broken from ({both})"
        )
        found = self.sql.execute("select count(*) from checked_rows where _is_broken").fetchone()
        if not found or not found[0]:
            return 0
        name = f"{self.folder}/{file.name}"
        pairs = ", ".join(f"{ident(n)} := {ident(RAW + n)}" for n in types)
        self.sql.execute(
            f"""
            insert into quarantined
            select
                {literal(name)},
                _row,
                coalesce({", ".join(_when_broken(r, literal(r.name)) for r in rules)}),
                {literal(name + ", row ")} || _row || ': ' || concat_ws(
                    '; ', {", ".join(_when_broken(r, f"{literal(r.name + ': ')} || {r.message}") for r in rules)}
                ) || '. Correct the row and send it in a new batch.',
                1,
                to_json(struct_pack({pairs}))::varchar
            from ({both})
            where _row in (select _row from checked_rows where _is_broken)
            """
        )
        return int(found[0])

    def _write(self, number: int, file: LandedFile, contract: Contract) -> int:
        """Write the good rows of checked_rows, first of equal ones, and return how many there are."""
        columns = ", ".join(ident(c.name) for c in contract.columns)
        good, distinct = self.sql.execute(
            f"select count(*), count(distinct hash({columns})) from checked_rows where not _is_broken"
        ).fetchone() or (0, 0)
        if not good:
            return 0
        rows = f"select * from checked_rows where not _is_broken {'' if good == distinct else self._first(columns)}"
        meta = {
            "_batch_id": literal(self.batch.batch_id),
            "_instance": literal(self.batch.instance),
            "_extracted_at": literal(self.extracted_at),
            "_file": literal(f"{self.folder}/{file.name}"),
            "_row": "_row",
        }
        added = ", ".join(f"cast({meta[name]} as {kind}) as {name}" for name, kind in META_COLUMNS.items())
        part = f"{number}.parquet"
        written = self.sql.execute(
            f"copy (select {columns}, {added} from ({rows}) order by _row) to {literal(self.out / part)} "
            "(format parquet, compression zstd)"
        ).fetchone()
        self.parts.append(part)
        return int(written[0]) if written else 0

    @staticmethod
    def _first(columns: str) -> str:
        return f"qualify row_number() over (partition by {columns} order by _row) = 1"


def _when_broken(rule: RowRule, value: str) -> str:
    return f"case when {rule.broken} then {value} end"
