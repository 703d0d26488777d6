# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fields and lines that differ, in plain types, whatever a module returned."""

from __future__ import annotations

import json

from ansible_collections.vcpp.vcloud.plugins.plugin_utils._drift_mask import MASK
from ansible_collections.vcpp.vcloud.plugins.plugin_utils._drift_text import (
    MAX_TEXT_LINES,
    clean,
    differing_fields,
    differing_lines,
    plain,
    prepared_lines,
)


def signs(text: dict) -> str:
    return "".join(sign for sign, _line in text["lines"])


def test_only_fields_that_differ_are_listed_by_name() -> None:
    assert differing_fields({"b": 1, "a": "x", "same": 0}, {"b": 2, "a": "y", "same": 0}) == [
        {"name": "a", "before": "x", "after": "y"},
        {"name": "b", "before": 1, "after": 2},
    ]


def test_a_side_without_the_field_lacks_the_key_and_null_is_a_value() -> None:
    assert differing_fields({"gone": None}, {"new": None}) == [
        {"name": "gone", "before": None},
        {"name": "new", "after": None},
    ]


def test_nested_mappings_become_dotted_names() -> None:
    assert differing_fields({"a": {"b": {"c": 1, "d": 2}}}, {"a": {"b": {"c": 3, "d": 2}}}) == [
        {"name": "a.b.c", "before": 1, "after": 3}
    ]


def test_true_is_not_one() -> None:
    assert differing_fields({"a": True}, {"a": 1}) == [{"name": "a", "before": True, "after": 1}]


def test_a_secret_that_differs_is_said_and_not_shown() -> None:
    assert differing_fields({"password": "old"}, {"password": "new"}) == [
        {"name": "password", "before": MASK, "after": MASK, "hidden": True}
    ]


def test_what_lies_below_a_secrets_name_is_hidden_as_well() -> None:
    fields = differing_fields({"credentials": {"user": "hunter2"}}, {"credentials": {"user": "hunter3"}})
    assert fields == [{"name": "credentials.user", "before": MASK, "after": MASK, "hidden": True}]


def test_a_secret_inside_a_longer_value_is_said_to_differ() -> None:
    fields = differing_fields({"url": "https://a:one@h"}, {"url": "https://a:two@h"})
    assert fields == [
        {"name": "url", "before": f"https://a:{MASK}@h", "after": f"https://a:{MASK}@h", "hidden": True}
    ]


def test_lines_show_context_and_where_they_are() -> None:
    before = "".join(f"line {number}\n" for number in range(1, 21))
    text = differing_lines("/etc/x", before, before.replace("line 10\n", "line ten\n"))
    assert text["lines"][0] == ["@", "line 7"]
    assert signs(text) == "@   -+   "


def test_lines_with_secrets_that_differ_still_differ() -> None:
    text = differing_lines("x", "password = one\n", "password = two\n")
    assert text["lines"] == [["-", f"password = {MASK}"], ["+", f"password = {MASK}"]]


def test_texts_that_differ_in_their_last_line_end_say_so() -> None:
    assert differing_lines("x", "a", "a\n")["lines"] == [["@", "only line endings differ"]]


def test_long_texts_are_cut_and_the_rest_is_counted() -> None:
    text = differing_lines("x", "", "".join(f"{number}\n" for number in range(6000)))
    assert len(text["lines"]) == MAX_TEXT_LINES
    assert text["left_out"] == 6000 - MAX_TEXT_LINES


def test_huge_texts_are_compared_from_both_ends() -> None:
    lines = [f"{number}\n" for number in range(5000)]
    changed = [*lines]
    changed[2500] = "other\n"
    assert signs(differing_lines("x", "".join(lines), "".join(changed))) == "@   -+   "


def test_a_difference_written_by_the_module_keeps_its_signs() -> None:
    text = prepared_lines("x", "--- a\n+++ b\n@@ -1 +1 @@\n-token: one\n+token: two\n same\n")
    assert signs(text) == "  @-+ "
    assert text["lines"][3] == ["-", f"token: {MASK}"]


def test_any_value_becomes_plain_json() -> None:
    class Odd:
        def __str__(self) -> str:
            return "odd"

    value = {1: {"b", "a"}, "nan": float("nan"), "bytes": b"\xff", "odd": Odd(), "pair": (1, None)}
    assert json.loads(json.dumps(plain(value))) == {
        "1": ["a", "b"],
        "nan": "nan",
        "bytes": "\ufffd",
        "odd": "odd",
        "pair": [1, None],
    }


def test_undecodable_bytes_and_control_characters_are_replaced() -> None:
    assert clean("a\udcff\x00\x1bb\r\n\ud800") == "a\ufffd\ufffd\ufffdb\n\ufffd"
    clean("\udcff").encode("utf-8")
