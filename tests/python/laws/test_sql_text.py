"""What the laws read is the code alone: comments, strings and Jinja neither hide a break nor invent one.

Here: tests of sql_text.py. Not here: laws.
"""

from __future__ import annotations

import pytest

from laws.rules_arithmetic import _numbers
from laws.rules_time import clocks_in_python
from laws.sql_text import calls, ctes, flat, jinja_calls, uncommented, without


@pytest.mark.parametrize(
    ("raw", "kept", "gone"),
    [
        ("a -- now() / 5\nb", "b", "now"),
        ("a {# 0.08 #} b", "b", "0.08"),
        ("a /* x / y */ b", "b", "/"),
        ("'a / b' || c", "c", "/"),
        ("'it''s 5 / 3' || c", "c", "3"),
        ("{{ divide('a * 0.25', 'b') }}", "0.25", "{"),
        ("{{ f(\"x || '/' || y\") }}", "y", "/"),
        ("cast('0.4' as decimal)", "0.4", "\0"),
        ("'{{ rule }}' as rule_id", "rule_id", "{"),
        ("{%- set a = 30 -%}", "30", "-"),
    ],
)
def test_flat_keeps_code_and_drops_the_rest(raw: str, kept: str, gone: str) -> None:
    code = flat(raw)
    assert kept in code
    assert gone not in code
    assert len(code) == len(uncommented(raw)) == len(raw)


@pytest.mark.parametrize(
    ("raw", "numbers"),
    [
        ("x > 0.08", ["0.08"]),
        ("x > .5 and y < 1e3", [".5", "1e3"]),
        ("cast(x as decimal(24, 6)) * 2 - 1", []),
        ("group by 1, 2, 3, 4\nhaving count(*) > 9", ["9"]),
        ("{{ divide('a', 'b', 4) }} + {{ fixed('c', 6) }}", []),
        ("{{ divide('a', 'b + 7', scale=4) }}", ["7"]),
        ("cogs_90_amount + gtin14", []),
        ("x -- 42", []),
        ("{% for days in [90, 91] %}", ["90", "91"]),
    ],
)
def test_numbers_of_a_model(raw: str, numbers: list[str]) -> None:
    assert [number for _, number in _numbers(raw, ())] == numbers


def test_an_allowed_fragment_takes_out_itself_alone() -> None:
    raw = "lag(x,  12) over w, lag(y, 12) over w"
    assert [number for _, number in _numbers(raw, ("lag(x, 12)",))] == ["12"]
    assert without(flat(raw), "lag(z, 12)", raw) == flat(raw)


def test_calls_split_at_their_own_commas() -> None:
    code = flat("{{ divide(multiply('a', 'b'), 'coalesce(c, 0)', 4) }}")
    assert [[a.text for a in arguments] for arguments in calls(code, "divide")] == [
        ["multiply( a ,  b )", "coalesce(c, 0)", "4"]
    ]


def test_ctes_are_found_by_their_layout() -> None:
    raw = "with a as (\n    select 1\n),\n\nfinal as (\n    select * from (\n        select 2\n    ) as b\n)\n"
    assert [(cte.name, cte.line) for cte in ctes(raw)] == [("a", 1), ("final", 5)]
    assert [cte.name for cte in ctes(raw.replace("with a", "with recursive a", 1))] == ["a", "final"]


def test_jinja_calls_are_read_or_refused() -> None:
    raw = "{{ policy_as_of(['a', 'b:text'], over='x', scopes={'s': 'c'}) }} {{ policy_as_of(keys) }}"
    literal, computed = jinja_calls(raw, "policy_as_of")
    assert literal == ([["a", "b:text"]], {"over": "x", "scopes": {"s": "c"}})
    assert computed is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import time\nx = time.monotonic()", []),
        ("import time as t\nx = t.time()", ["t.time"]),
        ("from time import time\nx = time()", ["time"]),
        ("import datetime\nx = datetime.datetime.now()", ["datetime.datetime.now"]),
        ('def f():\n    """Never now() or current_date."""\n', []),
        ("now = batch.extracted_at\nx = now.date()", []),
        ("import pandas as pd\nx = pd.Timestamp.utcnow()", ["pd.Timestamp.utcnow"]),
    ],
)
def test_clocks_in_python(text: str, names: list[str]) -> None:
    assert [name for _, name in clocks_in_python(text)] == names
