"""Rows in = loaded + deduplicated + quarantined, for every file of every source: counted in the files themselves.

Here: good rows, one of them again, and broken ones for each entity of the contract; the built companies.
Not here: which rule holds a row back (test_validator_rows.py), the same law inside the warehouse
(tests/invariants/every_landed_row_is_accounted_for.sql).
"""

from __future__ import annotations

import json
from collections import Counter

import pyarrow.parquet as pq
import pytest

from orchestration.lib import accepting, landing
from orchestration.lib.contracts import Contract, load_contracts
from orchestration.lib.paths import REPO, Home
from orchestration.lib.sql import connect
from tests.python.landing_fixture import SAID_OF_ITSELF, csv_bytes, pinned_rows, send

CONTRACTS = {key: contract for key, contract in load_contracts(REPO).items() if contract.kind != "record"}
_VALUES = {"bigint": "1", "integer": "1", "boolean": "true", "date": "2026-01-31", "timestamp": "2026-01-31T06:00:00Z"}


_WORDS = {"period_type": "month"}  # of a source all of whose entities have a rule of words


def row_of(contract: Contract, number: int) -> dict[str, str]:
    """A row that keeps the types; the contract's rules may still refuse it, and then it must be in quarantine."""
    values = _VALUES | {"varchar": f"x{number}"}
    return {c.name: _WORDS.get(c.name) or values.get(c.data_type.split("(")[0], "1") for c in contract.columns}


def counted(home: Home) -> dict[str, Counter]:
    """File -> rows in the accepted Parquet and rows that the quarantine shows, read from the files themselves."""
    found: dict[str, Counter] = {}
    for source, entity in CONTRACTS:
        for file in sorted((home.pinned / source / entity).glob("*.parquet")):
            for name, count in Counter(pq.read_table(file, columns=["_file"])["_file"].to_pylist()).items():
                found.setdefault(name, Counter())["loaded"] += count
    for row in pinned_rows(home, "audit", "quarantined_rows"):
        found.setdefault(row["file"], Counter())["quarantined"] += row["row_count"]
    return found


def check(home: Home) -> list[dict]:
    """The accounts of all pinned files, after holding each against manifest, accepted rows and quarantine."""
    accounts = pinned_rows(home, "audit", "file_accounts")
    rows = counted(home)
    told = {}
    for batch in landing.iter_batches(home):
        if not batch.is_withdrawn:
            manifest = json.loads((batch.folder / landing.MANIFEST).read_text(encoding="utf-8"))
            told |= {f"{batch.batch_id}/{file['name']}": file["rows"] for file in manifest["files"]}
    assert {account["file"] for account in accounts} == set(told), "every file has its account"
    for account in accounts:
        parts = [account[name] for name in ("rows_loaded", "rows_deduplicated", "rows_quarantined")]
        assert account["rows_in"] == sum(parts) == told[account["file"]], account
        assert min(parts) >= 0
        here = rows.get(account["file"], Counter())
        assert (account["rows_loaded"], account["rows_quarantined"]) == (here["loaded"], here["quarantined"]), account
    return accounts


@pytest.mark.parametrize("key", sorted(CONTRACTS), ids="/".join)
def test_every_entity_of_every_source(home, key):
    contract = CONTRACTS[key]
    rows = [row_of(contract, number) for number in range(3)]
    required = next(column.name for column in contract.columns if column.required)
    broken = row_of(contract, 9) | {required: ""}
    content = csv_bytes([*rows, rows[0], broken, rows[1]])
    send(home, {"rows.csv": content}, 6, f"{key[0]}/one/{key[1]}/b1")
    send(home, {"rows.csv": content[:-9]}, 6, f"{key[0]}/one/{key[1]}/cut_off", sha256="of another file")
    accepting.accept(home)
    accounts = check(home)
    assert len(accounts) == 2
    assert sum(account["rows_quarantined"] for account in accounts) > 0


def test_something_is_loaded_deduplicated_and_held_back_of_every_source(home):
    """The case above would prove little if every row were refused."""
    totals: dict[str, Counter] = {}
    for source, entity in CONTRACTS:
        contract = CONTRACTS[source, entity]
        rows = [row_of(contract, number) for number in range(3)]
        required = next(column.name for column in contract.columns if column.required)
        send(home, {"r.csv": csv_bytes([*rows, rows[0], rows[1] | {required: ""}])}, 5, f"{source}/one/{entity}/b1")
    accepting.accept(home)
    for account in check(home):
        total = totals.setdefault(account["source"], Counter())
        for part in ("rows_loaded", "rows_deduplicated", "rows_quarantined"):
            total[part] += account[part]
    assert set(totals) == {source for source, _ in CONTRACTS}
    assert all(min(total.values()) > 0 for total in totals.values()), totals


@pytest.mark.parametrize("company", ["tiny", "edge"])
def test_the_mart_tells_of_every_file(request, company):
    marts = request.getfixturevalue(f"{company}_marts")
    accounts = check(marts.home)
    expected = {a["file"] for a in accounts if not (a["source"] == "audit" and a["entity"] in SAID_OF_ITSELF)}
    found = marts.rows("select file, rows_in, rows_loaded + rows_deduplicated + rows_quarantined as told "
                       "from visibility.fct_row_account")  # fmt: skip
    assert {row["file"] for row in found} == expected
    assert all(row["rows_in"] == row["told"] for row in found)


@pytest.mark.parametrize(
    ("entity", "model"),
    [
        ("sales_order_lines", "sales_order_line"),  # has a turn of its own
        ("movements", "movement"),
        ("shipment_messages", "tpl_message"),
    ],
)
def test_rows_of_unknown_members_are_told_once_whichever_turn_they_take(tiny_marts, entity, model):
    """The table that is written entity by entity, beside the relation each of its branches reads."""
    expected = tiny_marts.rows(
        "select _meta_file as landed_file, _meta_row as file_row_number, quarantine_rule as rule_id "
        f"from unified.stg_unified__{model} where quarantine_rule is not null order by all"
    )
    told = tiny_marts.rows(
        "select landed_file, file_row_number, rule_id from unified.stg_unified__quarantined_row "
        f"where entity = '{entity}' and held_back_by = 'master_data' order by all"
    )
    assert expected and told == expected


def test_a_file_whose_rows_do_not_add_up_is_named():
    """The invariant of the warehouse, over an account that lost a row, and over one without its record."""
    sql = (REPO / "tests" / "invariants" / "every_landed_row_is_accounted_for.sql").read_text(encoding="utf-8")
    body = sql.replace("{{ ref('stg_unified__landed_file') }}", "files_told")
    body = body.replace("{{ ref('stg_audit__quarantined_rows') }}", "rows_told")
    file = "select 'f' as landed_file, 'wms' as source, {} as row_count, {} as loaded_row_count, "
    file += "{} as deduplicated_row_count, {} as quarantined_row_count"
    cases = [((5, 3, 1, 1), 1, 0), ((5, 3, 1, 0), None, 1), ((5, 3, 1, 1), None, 1), ((5, 3, 1, 1), 2, 1)]
    cases += [((0, 0, 0, 0), None, 0), ((1, 3, -1, -1), -1, 1)]
    for counts, rejected, faults in cases:
        with connect() as connection:
            connection.execute(f"create table files_told as {file.format(*counts)}")
            connection.execute(f"create table rows_told as select 'f' as landed_file, {rejected or 0} as row_count")
            if rejected is None:
                connection.execute("delete from rows_told")
            assert len(connection.execute(body).fetchall()) == faults, (counts, rejected)
