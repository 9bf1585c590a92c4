"""The API of a 3PL, read over real HTTP from 127.0.0.1: faults of the wire, of paging and of rows, kills, secrets.

Each fault is planted by synthetic/tpl_server.py and seen: in what it counts as met, and in what lands and is accepted.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from orchestration.lib import tpl_api, tpl_rows
from orchestration.lib.accepting import accept
from orchestration.lib.landing import write_batch
from orchestration.lib.paths import REPO, Home
from orchestration.lib.tpl_api import Provider, TplError, fetch
from synthetic.emit_tpl import emit_tpl
from synthetic.profiles import PROFILES
from synthetic.tpl_server import CHANGE, NEW_FIELD, TplServer, WireFaults, feeds_of, sample_feed
from synthetic.world import build_world

AS_OF = "2026-03-01T06:00:00Z"
HOSTILE = ("=cmd()", "<script>alert(1)</script>", "'; drop table x; --", "{{ 7*7 }}", "\u202eRTL", "x" * 10_000,
           "Ünï\n", "nul\x00", "\uf027odd", "\ue000")  # fmt: skip


def feeds(messages: list[dict]) -> dict[str, list[dict]]:
    """Feeds of a provider that sends messages alone."""
    return {"shipment_messages": messages, "stock_advices": [], "item_map": []}


def reader(server: TplServer, **settings: object) -> Provider:
    """The provider behind a server, read with little patience."""
    quick = Provider("ibex", server.url, cursor=CHANGE, timeout_seconds=0.5, backoff_seconds=0.02)
    return replace(quick, **settings)


def landed(home: Home) -> list[dict]:
    """Rows of every landed batch of messages, as they came."""
    found = tpl_rows.batches(home, "ibex", "shipment_messages")
    return [row for batch in found for row in pq.read_table(batch.folder / "shipment_messages.parquet").to_pylist()]


def accepted(home: Home) -> tuple[list[dict], list[dict]]:
    """(accepted rows, lines of the quarantine) of the messages, after checking that every row is accounted for."""
    counts = accept(home).entities["tpl", "shipment_messages"]
    assert (
        counts.rows_in == counts.rows_loaded + counts.rows_deduplicated + counts.rows_quarantined == len(landed(home))
    )
    files = sorted((home.pinned / "tpl" / "shipment_messages").glob("*.parquet"))
    rows = [row for file in files for row in pq.read_table(file).to_pylist()]
    held = sorted((home.quarantine / "tpl" / "ibex" / "shipment_messages").glob("*.jsonl"))
    return rows, [json.loads(line) for file in held for line in file.read_text(encoding="utf-8").splitlines()]


def land_with_faults(home: Home, count: int, share: float) -> tuple[TplServer, set[int], float]:
    """Land so many messages through every fault of the wire and of paging; (server, lost numbers, seconds)."""
    feed, lost = sample_feed(count, seed=5, lost_every=997)
    faults = WireFaults(11, *(share,) * 9, hang_seconds=0.7)
    with TplServer(feeds(feed), AS_OF, faults) as server:
        begun = time.monotonic()
        fetch(home, reader(server))
        return server, lost, time.monotonic() - begun


def assert_complete(home: Home, server: TplServer, count: int, lost: set[int]) -> None:
    """Every message that the provider has is accepted as it was sent; what it lost is missing and nothing else."""
    rows, held = accepted(home)
    assert not held
    sent = {row["message_id"]: row for row in server.feeds["shipment_messages"]}
    assert {row["sequence_no"] for row in rows} == set(range(1, count + 1)) - lost
    for row in rows:
        original = sent[row["message_id"]]
        assert row["qty"] == original["qty"] and row["reference"] == original["reference"]
        assert f"{row['sent_at'].isoformat()}Z" == original["sent_at"]


def test_every_fault_of_wire_and_paging_is_met_and_nothing_is_lost(home):
    server, lost, _ = land_with_faults(home, 12_000, 0.06)
    kinds = {"server_error", "too_many", "hang", "reset", "garbage", "repeated_page", "skipped_page", "repeated_row",
             "shuffled_page"}  # fmt: skip
    assert kinds <= server.met.keys(), f"the seed plants no {kinds - server.met.keys()}"
    assert server.skipped, "no page was left out at first"
    assert_complete(home, server, 12_000, lost)
    doubled = [n for n, times in Counter(row["sequence_no"] for row in landed(home)).items() if times > 1]
    assert doubled, "repeated pages land as they come; the marts count them"


def test_the_synthetic_provider_says_over_http_what_its_batches_say(home, tmp_path, contracts):
    world = build_world(PROFILES["tiny"], 7)
    parts = world.company, world.tpl, world.records, world.profile, world.seed, contracts
    other = Home.at(tmp_path / "other").make()
    for b in emit_tpl(*parts):
        write_batch(other.landing, b.source, b.instance, b.entity, b.name, b.table, b.extracted_at,
                    contract=contracts[b.source, b.entity])  # fmt: skip
    served, as_of = feeds_of(emit_tpl(*parts))
    with TplServer(served, as_of, WireFaults(4, server_error=0.1, garbage=0.1, shuffled_page=0.5)) as server:
        fetch(home, reader(server))
    for entity in served:
        told = []
        for place in (home, other):
            accept(place)
            files = sorted((place.pinned / "tpl" / entity).glob("*.parquet"))
            rows = [row for file in files for row in pq.read_table(file).to_pylist()]
            told.append({tuple(v for k, v in row.items() if not k.startswith("_")) for row in rows})
        assert told[0] == told[1] and told[0], entity


def test_a_hundred_thousand_messages_with_faults_land_complete(home):
    server, lost, seconds = land_with_faults(home, 100_000, 0.03)
    print(f"100,000 messages with {sum(server.met.values())} faults landed in {seconds:.1f} s")
    assert_complete(home, server, 100_000, lost)
    assert seconds < 300


def test_a_second_reading_lands_nothing_and_a_changed_message_lands_alone(home):
    feed, _ = sample_feed(30, seed=1)
    waiting = feed[7] | {"acknowledged_at": None, "status": "sent", "updated_at": feed[7]["sent_at"]}
    feed[7] = waiting
    with TplServer(feeds(feed), AS_OF) as server:
        assert len(fetch(home, reader(server)).batches) == 1
        assert fetch(home, reader(server)).batches == []
        late = waiting | {"acknowledged_at": "2026-01-02T00:00:00Z", "status": "accepted", CHANGE: 31,
                          "updated_at": "2026-01-02T00:00:00Z"}  # fmt: skip
        server.publish(feeds([*feed, late]), "2026-03-02T06:00:00Z")
        assert len(fetch(home, reader(server)).batches) == 1
    rows, held = accepted(home)
    states = [row["status"] for row in rows if row["message_id"] == waiting["message_id"]]
    assert sorted(states) == ["accepted", "sent"] and len(rows) == 31 and not held


def test_a_lost_state_costs_redeliveries_and_no_message(home):
    feed, _ = sample_feed(30, seed=1)
    with TplServer(feeds(feed), AS_OF) as server:
        fetch(home, reader(server))
        (home.root / "tpl").rename(home.root / "away")
        fetch(home, reader(server))
    assert len(landed(home)) == 30, "the same rows at the same moment are the same batch"


def test_a_new_field_is_held_back_with_its_rows_and_the_others_load(home):
    feed, _ = sample_feed(40, seed=2)
    with TplServer(feeds(feed), AS_OF, WireFaults(drift=(21, 30))) as server:
        fetch(home, reader(server, page_size=10))
    rows, held = accepted(home)
    assert {row["sequence_no"] for row in rows} == set(range(1, 41)) - set(range(21, 31))
    assert [(line["rule"], line["row_count"]) for line in held] == [("unexpected_column", 10)]
    assert NEW_FIELD in held[0]["message"]
    assert sum(row.get(NEW_FIELD) == "ambient" for row in landed(home)) == 10, "the field itself is kept in landing"


def test_rows_that_break_the_contract_are_held_back_one_by_one(home):
    feed, _ = sample_feed(60, seed=3)
    del feed[3]["reference"]
    feed[4]["message_type"] = "999"
    feed[5]["sequence_no"] = None
    feed[6]["sequence_no"] = "many"
    feed[7]["qty"] = 1.23456
    feed[8]["direction"] = "sideways"
    feed[9] |= {"sent_at": "2027-01-01T00:00:00Z", "acknowledged_at": None}
    feed[11]["sequence_no"] = 9_000_000_000_000_000_000
    feed[10][CHANGE] = 10  # not grown: it is read nevertheless
    with TplServer(feeds(feed), AS_OF) as server:
        fetch(home, reader(server, page_size=7))
    rows, held = accepted(home)
    assert len(rows) == 52
    assert sorted(line["rule"] for line in held) == [
        "future:sent_at",
        "required:reference",
        "required:sequence_no",
        "rule:direction_fits_message_type",
        "rule:known_message_type",
        "rule:running_number_of_at_most_twelve_digits",
        "type:qty",
        "type:sequence_no",
    ]


def test_hostile_texts_are_stored_verbatim(home):
    feed, _ = sample_feed(len(HOSTILE), seed=4)
    for row, text in zip(feed, HOSTILE, strict=True):
        row |= {"reference": text, "reject_reason": text}
    with TplServer(feeds(feed), AS_OF) as server:
        fetch(home, reader(server))
    rows, held = accepted(home)
    assert not held
    assert {row["sequence_no"]: (row["reference"], row["reject_reason"]) for row in rows} == {
        place: (text, text) for place, text in enumerate(HOSTILE, start=1)
    }


def test_numbers_keep_the_digits_they_were_sent_with(home):
    feed, _ = sample_feed(3, seed=4)
    feed[1]["qty"] = 123456789012.1234
    with TplServer(feeds(feed), AS_OF) as server:
        fetch(home, reader(server))
    assert {str(row["qty"]) for row in landed(home) if row["sequence_no"] == "2"} == {"123456789012.1234"}


def test_the_rate_limit_of_the_provider_is_honoured(home):
    feed, _ = sample_feed(5, seed=1)
    with TplServer(feeds(feed), AS_OF, WireFaults(too_many=1.0, retry_after_seconds=1)) as server:
        begun = time.monotonic()
        done = fetch(home, reader(server))
        assert time.monotonic() - begun >= done.retries >= 3
    assert len(landed(home)) == 5


def test_an_item_map_lands_when_it_changes(home):
    row = {
        "provider_item_code": "A",
        "provider_uom": "UN",
        "division_code": "d",
        "item_code": "1",
        "uom": "EA",
        CHANGE: 1,
    }
    with TplServer({"shipment_messages": [], "stock_advices": [], "item_map": [row]}, AS_OF) as server:
        for moment, code, expected in (("02", "1", 1), ("03", "1", 1), ("04", "2", 2), ("05", "1", 3)):
            server.publish({"item_map": [row | {"item_code": code}]}, f"2026-03-{moment}T06:00:00Z")
            fetch(home, reader(server))
            assert len(list(tpl_rows.batches(home, "ibex", "item_map"))) == expected


def test_killed_at_any_moment_the_next_run_goes_on(home):
    feed, lost = sample_feed(3_000, seed=6, lost_every=997)
    faults = WireFaults(2, hang=0.05, hang_seconds=0.3)
    with TplServer(feeds(feed), AS_OF, faults) as server:
        script = (
            "import sys; from orchestration.lib.paths import Home; from orchestration.lib.tpl_api import *;"
            f"p = Provider('ibex', {server.url!r}, cursor='change_no', page_size=50, pages_per_step=4,"
            " timeout_seconds=0.2, backoff_seconds=0.02); print('up', flush=True);"
            "fetch(Home.from_env(), p, lambda line: print(line, flush=True))"
        )
        before = 0
        for lines in (1, 3, 4):  # dies after so many lines: at the start, and amid the steps
            run = subprocess.Popen([sys.executable, "-c", script], cwd=REPO, stdout=subprocess.PIPE, text=True,
                                   env=os.environ | {"PYTHONPATH": str(REPO)})  # fmt: skip
            for _ in range(lines):
                run.stdout.readline()
            time.sleep(0.05 * lines)
            run.send_signal(signal.SIGKILL)
            run.wait()
            assert run.returncode == -signal.SIGKILL
            assert len(landed(home)) >= before, "nothing that has landed goes"
            before = len(landed(home))
        assert 0 < before < 2_900, "the kills came amid the work"
        fetch(home, reader(server, page_size=50, pages_per_step=4))
        assert_complete(home, server, 3_000, lost)
        ids = Counter(row["message_id"] for row in accepted(home)[0])
        assert sum(times > 1 for times in ids.values()) <= 3 * 200, "a kill costs one step at most"


def test_the_token_opens_the_api_and_is_written_nowhere(home, monkeypatch, capfd):
    monkeypatch.setenv(tpl_api.TOKEN, "tok-3f9c1d-secret")
    feed, _ = sample_feed(5, seed=1)
    with TplServer(feeds(feed), AS_OF, token="tok-3f9c1d-secret") as server:
        fetch(home, reader(server), print)
        monkeypatch.setenv(tpl_api.TOKEN, "tok-wrong")
        server.publish({}, "2026-03-02T06:00:00Z")
        with pytest.raises(TplError, match=r"answered 401: check LEADLAG_TPL_TOKEN"):
            fetch(home, reader(server))
    told = capfd.readouterr()
    assert "tok-" not in told.out + told.err
    for path in home.root.rglob("*"):
        assert not path.is_file() or b"tok-" not in path.read_bytes(), path


def test_no_request_goes_anywhere_else(home, monkeypatch):
    called = []
    connect = socket.socket.connect
    monkeypatch.setattr(
        socket.socket, "connect", lambda self, address: (called.append(address), connect(self, address))[1]
    )
    feed, _ = sample_feed(5, seed=1)
    with TplServer(feeds(feed), AS_OF) as server:
        fetch(home, reader(server))
    assert called and {address[0] for address in called} == {"127.0.0.1"}
    assert not (home.root / ".dlt").exists()


class TestWhatIsRefused:
    def test_a_provider_that_stays_away(self, home):
        with pytest.raises(TplError, match=r"cannot be read \(ConnectionError\) after 2 attempts"):
            fetch(home, Provider("ibex", "http://127.0.0.1:9/", max_attempts=2, backoff_seconds=0.01))

    def test_another_envelope(self, home):
        with TplServer(feeds([]), "yesterday") as server, pytest.raises(TplError, match="lacks `data`"):
            fetch(home, reader(server))

    def test_paging_in_a_circle(self, home, monkeypatch):
        feed, _ = sample_feed(20, seed=1)
        with TplServer(feeds(feed), AS_OF) as server:
            monkeypatch.setattr(
                server, "_page",
                lambda entity, query, dice: {"as_of": AS_OF, "data": server.feeds[entity][:5],
                                             "next": f"{server.url}{entity}?after=0&limit=5"},
            )  # fmt: skip
            with pytest.raises(TplError, match="goes round in a circle"):
                fetch(home, reader(server, pages_per_step=5))

    def test_a_link_to_another_server(self, home, monkeypatch):
        with TplServer(feeds([]), AS_OF) as server:
            page = {"as_of": AS_OF, "data": [], "next": "http://127.0.0.2:1/v1/shipment_messages?after=5"}
            monkeypatch.setattr(server, "_page", lambda *_: page)
            with pytest.raises(TplError, match="another server"):
                fetch(home, reader(server))

    @pytest.mark.parametrize(
        ("url", "token", "says"),
        [
            ("ftp://host/", "", "http or https"),
            ("https://me:pw@host/", "", "carries a user or password"),
            ("http://provider.example/", "t", "unencrypted"),
        ],
    )
    def test_addresses(self, monkeypatch, url, token, says):
        monkeypatch.setenv(tpl_api.URL, url)
        monkeypatch.setenv(tpl_api.TOKEN, token)
        with pytest.raises(TplError, match=says):
            tpl_api.load_provider(REPO, "ibex")

    def test_a_provider_without_an_address(self, monkeypatch):
        monkeypatch.delenv(tpl_api.URL, raising=False)
        with pytest.raises(TplError, match="set LEADLAG_TPL_URL"):
            tpl_api.load_provider(REPO, "nobody")


def test_holes_are_runs_between_numbers_that_came():
    assert tpl_rows.holes([]) == []
    assert tpl_rows.holes([5]) == []
    assert tpl_rows.holes([9, 5, 6, 12]) == [(10, 11), (7, 8)]
