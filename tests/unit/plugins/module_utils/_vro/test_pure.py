"""Releases, links and addresses: what is read without a server."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import links, versions
from tests.unit.plugins.module_utils._vro.talking import link


@pytest.mark.parametrize(
    ("text", "build", "found"),
    [("7.6.0.12923317", "12923317", (7, 6, 0)), ("7.3.0", "", (7, 3, 0)), ("8.18.1.24282366", "", (8, 18, 1)),
     ("9.1", "", (9, 1)), ("7.6.0.1", "12", (7, 6, 0))],
)  # fmt: skip
def test_a_release_is_read_without_its_build_number(text: str, build: str, found: tuple[int, ...]) -> None:
    assert versions.parse(text, build) == found


@pytest.mark.parametrize("text", ["", "seven", "7"])
def test_what_is_no_release_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a release"):
        versions.parse(text)


def test_features_begin_with_their_release() -> None:
    assert not versions.has((7, 3, 0), "script_log")
    assert versions.has((7, 4, 0), "script_log")
    assert versions.has((9, 1), "action_json")
    assert versions.text((8, 18, 1)) == "8.18.1"


@pytest.mark.parametrize(
    ("document", "ids"),
    [
        ({"link": [link(id="1")], "total": 1}, ["1"]),
        ({"relations": {"link": [link(id="1"), {"rel": "up", "href": "x"}]}}, ["1"]),
        ({"link": [{"attribute": [{"name": "id", "value": "1"}], "href": "x"}]}, ["1"]),
        ({"link": []}, []),
        ({"relations": {}}, []),
        ({"total": 0}, []),
    ],
)
def test_rows_are_found_in_every_shape_of_a_list(document: Any, ids: list[str]) -> None:
    assert [row["id"] for row in links.rows(document)] == ids


@pytest.mark.parametrize("document", [None, [], {"value": 1}, {"link": 1}])
def test_what_is_no_list_is_refused(document: Any) -> None:
    with pytest.raises(ValueError, match="without links"):
        links.rows(document)


@pytest.mark.parametrize(
    ("document", "total"),
    [({"link": [], "total": 4}, 4), ({"relations": {"total": 2}}, 2), ({"link": [], "total": -1}, None), ({}, None)],
)
def test_a_negative_total_is_none(document: Any, total: int | None) -> None:
    assert links.total(document) == total


def test_an_address_keeps_its_double_encoding_and_loses_its_host() -> None:
    href = "https://inside:8281/vco/api/inventory/System/Workflows/folder%2540x/sub/"
    assert links.path(href) == "inventory/System/Workflows/folder%2540x/sub/"
    assert links.identifier("https://h/vco/api/workflows/w/executions/t/") == "t"
    assert links.identifier("/vco/api/workflows/w/executions/t") == "t"
    with pytest.raises(ValueError, match="no address"):
        links.path("https://elsewhere/api")
