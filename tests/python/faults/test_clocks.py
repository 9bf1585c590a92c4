"""Faults of a device's clock: ahead, behind, put back in the middle of a day, with the numbers of its events right.

Here: row 16 of docs/faults.md, over a site of the tiny company whose handhelds tell the second in which the system
hears of an event. Not here: the order of random streams (streams/).
"""

from __future__ import annotations

import random
import shutil
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from orchestration.lib.paths import Home
from tests.python.faults.stream import Clean, Stream, all_rows_accounted, differences, later, one
from tests.python.fixtures_marts import simulate

SKEW = ("fct_clock_skew",)


def handheld(row: dict) -> bool:
    return row["device_id"] is not None and not row["device_id"].endswith("-HOST")


@pytest.fixture(scope="module")
def floor(project, tmp_path_factory: pytest.TempPathFactory) -> Clean:
    """The tiny company; at its first site every handheld tells two events in one second, the one of the system."""
    home = Home.at(tmp_path_factory.mktemp("floor") / "home").make()
    simulate(home)
    stream = Stream(home)
    in_pairs(stream)
    with project.run(home):
        pass
    database = home.root / "clean.duckdb"
    shutil.copyfile(home.root / "compiled" / "leadlag.duckdb", database)
    return Clean(home, project, database)


def site(stream: Stream) -> str:
    """The movements of the site that sends most of them."""
    return max(
        (f"wms/{p.name}/movements" for p in (stream.home.landing / "wms").iterdir()), key=lambda e: size(stream, e)
    )


def size(stream: Stream, entity: str) -> int:
    return sum(len(stream.rows(batch)) for batch in stream.batches(entity))


def in_pairs(stream: Stream) -> None:
    """A device is heard of in the order of its numbers, and each second event in the second of the one before it."""
    first: dict[tuple, datetime] = {}
    for batch in stream.batches(site(stream)):
        for row in filter(handheld, stream.rows(batch)):
            key = row["device_id"], row["sequence_no"]
            first[key] = min(row["recorded_at"], first.get(key, row["recorded_at"]))
    told: dict[tuple, datetime] = {}
    for device, number in sorted(first):
        before = told.get((device, number - 1), datetime.min)
        moment = max(first[device, number], before)
        paired = number % 2 == 0 and before > moment - timedelta(hours=2)
        told[device, number] = before if paired else moment

    def heard(row: dict) -> dict:
        moment = told[row["device_id"], row["sequence_no"]]
        return row | {"occurred_at": moment, "recorded_at": moment}

    for batch in stream.batches(site(stream)):
        stream.change(batch, lambda rows: [heard(row) if handheld(row) else row for row in rows])


@pytest.fixture
def sent(floor: Clean, tmp_path) -> Stream:
    """The clean stream, to be bent."""
    return floor.copy(tmp_path / "home")


def skew(stream: Stream, choose, minutes) -> list[dict]:
    """Move the device's clock at the rows that `choose` takes; returns the rows as they were."""
    moved = []
    for batch in stream.batches(site(stream)):
        rows = stream.rows(batch)
        chosen = [handheld(row) and choose(row) for row in rows]
        moved += [dict(row) for row, is_chosen in zip(rows, chosen, strict=True) if is_chosen]
        for row, is_chosen in zip(rows, chosen, strict=True):
            if is_chosen:
                row["occurred_at"] += timedelta(minutes=minutes(row))
        if any(chosen):
            stream.write(batch, rows, stream.extracted_at(batch))
    return moved


def second_of_a_pair(stream: Stream):
    """Whether the device tells it in the second of the event that it numbered before."""
    told = {}
    for batch in stream.batches(site(stream)):
        told |= {(row["device_id"], row["sequence_no"]): row for row in stream.rows(batch) if handheld(row)}

    def judge(row: dict) -> bool:
        before = told.get((row["device_id"], row["sequence_no"] - 1))
        return before is not None and before["occurred_at"] == row["occurred_at"]

    return judge


def skewed(marts) -> set[str]:
    """Events whose clock is not believed; in the clean stream there are none."""
    assert one(marts, "select count(*) from clean.core.fct_clock_skew") == 0
    return {event for (event,) in marts.execute("select event_id from core.fct_clock_skew").fetchall()}


def test_row_16_a_clock_put_back_changes_nothing_where_the_numbers_are_right(floor, sent):
    """The second of each pair is told up to two hours early; its number and the system's record put it back."""
    dice = random.Random(16)
    pair = second_of_a_pair(sent)
    moved = skew(sent, lambda row: pair(row) and dice.random() < 0.8, lambda row: -dice.randint(1, 120))
    assert len(moved) > 50
    with floor.marts(sent) as marts:
        assert differences(marts, apart=SKEW) == {}
        assert skewed(marts) == {row["event_id"] for row in moved}
        limit = "select count(*) from core.fct_clock_skew where is_beyond_limit <> (abs(skew_seconds) > 300)"
        assert one(marts, limit) == 0
        assert 0 < one(marts, "select count(*) from core.fct_clock_skew where is_beyond_limit") < len(moved)
        all_rows_accounted(marts)


def test_row_16_a_clock_ahead_of_the_system_changes_nothing(floor, sent):
    """Told up to nine minutes after the system recorded it: goods cannot move after somebody has written it down."""
    dice = random.Random(61)
    pair = second_of_a_pair(sent)
    moved = skew(sent, lambda row: not pair(row) and dice.random() < 0.8, lambda row: dice.randint(1, 9))
    assert len(moved) > 50
    with floor.marts(sent) as marts:
        assert differences(marts, apart=SKEW) == {}
        assert skewed(marts) == {row["event_id"] for row in moved}


def test_row_16_the_order_holds_whatever_arrives_first(floor, sent):
    """Each device is wrong by something else from time to time, then right; batches are cut in three and shuffled."""
    dice = random.Random(6116)
    wrong = (0, -40, 9, 0, -7, 3)
    moved = skew(sent, lambda row: True, lambda row: wrong[row["sequence_no"] // 9 % len(wrong)])
    query = (
        "select device_id, sequence_no, event_id, occurred_at, posted_at, movement_qty from core.fct_stock_movement "
        f"where site_code = '{site(sent).split('/')[1]}' order by all"
    )
    daily = "select * from core.fct_stock_position_daily order by all"
    with floor.marts(sent) as marts:
        expected, days = marts.execute(query).fetchall(), marts.execute(daily).fetchall()
        assert one(marts, "select count(*) from core.fct_clock_skew") > 100
        assert one(marts, "select sum(movement_qty) from core.fct_stock_movement") == one(
            marts, "select sum(movement_qty) from clean.core.fct_stock_movement"
        )
        assert one(marts, "select count(*) from core.fct_stock_movement") == one(
            marts, "select count(*) from clean.core.fct_stock_movement"
        )
        all_rows_accounted(marts)
    assert len(moved) > 50
    in_order(expected)
    for batch in sent.batches(site(sent)):
        rows, moment = sent.rows(batch), sent.extracted_at(batch)
        dice.shuffle(rows)
        parts = [rows[n::3] for n in range(3)]
        sent.write(batch, parts[0], moment)
        for n in (1, 2):
            sent.write(f"{site(sent)}/{dice.randrange(10**6):06d}-{batch.split('/')[-1]}", parts[n], moment)
    with floor.marts(sent) as marts:
        assert marts.execute(query).fetchall() == expected
        assert marts.execute(daily).fetchall() == days


def in_order(movements: list[tuple]) -> None:
    """The moments of each handheld never go back while its numbers go on."""
    by_device: dict[str, list[tuple]] = {}
    for device, number, event, moment, *_ in movements:
        if device and not device.endswith("-HOST"):
            by_device.setdefault(device, []).append((number, moment, event))
    assert len(by_device) > 2
    back = sum(
        after < before for told in by_device.values() for (_, before, _), (_, after, _) in pairwise(sorted(told))
    )
    assert back == 0


def test_row_16_a_clock_too_far_ahead_is_held_back(floor, sent):
    """Beyond the extraction by more than ten minutes there is no honest clock: HELD, and the rest stays as it is."""
    last = sent.batches(site(sent))[-1]
    rows = sent.rows(last)
    sale = next(row for row in rows if row["event_type"] == "sales_issue" and handheld(row))
    ahead = later(sent.extracted_at(last), minutes=11).replace(tzinfo=None)
    sent.write(
        f"{last}-more",
        [sale | {"event_id": "ahead", "sequence_no": None, "occurred_at": ahead}],
        sent.extracted_at(last),
    )
    with floor.marts(sent) as marts:
        assert (
            one(marts, "select count(*) from visibility.fct_quarantined_row where rule_id = 'future:occurred_at'") == 1
        )
        assert differences(marts) == {}
        all_rows_accounted(marts)
