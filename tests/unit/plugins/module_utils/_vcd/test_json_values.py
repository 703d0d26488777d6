"""JSON values: the same or not, merged, and with what the server keeps secret left out of the comparison."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd.json_values import MASK, JsonObject, masked, merged, same


@pytest.mark.parametrize(("one", "other", "equal"), [
    ({"a": 1, "b": [1, {"c": None}]}, {"b": [1.0, {"c": None}], "a": 1}, True),
    ({"a": True}, {"a": 1}, False),
    ({"a": 0}, {"a": False}, False),
    ({"a": [1, 2]}, {"a": [2, 1]}, False),
    ({"a": [1, 2]}, {"a": [1]}, False),
    ({"a": None}, {}, False),
    ({"a": "1"}, {"a": 1}, False),
    ({"a": {}}, {"a": []}, False),
])  # fmt: skip
def test_values_are_compared_as_json(one: dict[str, Any], other: dict[str, Any], equal: bool) -> None:
    assert same(one, other) is equal
    assert (JsonObject(one) == other) is equal and (other == JsonObject(one)) is equal
    assert (JsonObject(one) != other) is not equal


@pytest.mark.parametrize(("present", "patch", "result"), [
    # The examples of RFC 7396.
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
])  # fmt: skip
def test_a_patch_is_merged(present: dict[str, Any], patch: dict[str, Any], result: dict[str, Any]) -> None:
    before = str(present)
    assert merged(present, patch) == result
    assert str(present) == before


def test_what_is_masked_is_sent_back_as_it_came() -> None:
    present = {"user": "roy", "password": MASK, "nodes": [{"key": MASK, "name": "a"}]}
    wanted = {"user": "pris", "password": "s3cret", "nodes": [{"key": "k", "name": "b"}], "new": "x"}
    assert masked(present, wanted) == {
        "user": "pris", "password": MASK, "nodes": [{"key": MASK, "name": "b"}], "new": "x",
    }  # fmt: skip
    assert masked({"nodes": [MASK]}, {"nodes": ["a", "b"]}) == {"nodes": ["a", "b"]}
