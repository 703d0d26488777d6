"""Reading estate files, and names of the simulated network."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.simulator.estate import BadEstate, parse_estate, read_estate
from tests.simulator.naming import authority_of
from tests.simulator.running import REFERENCE_ESTATE, running_simulator
from tests.simulator.wire import BadBody, Request, parse_query


def reference() -> Any:
    return yaml.safe_load(REFERENCE_ESTATE.read_text(encoding="utf-8"))


def test_one_release_of_vcloud_director_for_all_sites() -> None:
    document = reference()
    document["sites"][0]["vcd"]["version"] = "9.5"
    assert [site.vcd_version for site in parse_estate(document).sites] == ["9.5", None]
    assert {site.vcd_version for site in parse_estate(document, vcd_version="10.6").sites} == {"10.6"}
    with pytest.raises(BadEstate, match="unknown vCD release '11.0'"), running_simulator(vcd_version="11.0"):
        pass


def test_the_reference_estate_is_read_as_it_is() -> None:
    estate = read_estate(REFERENCE_ESTATE)
    assert [site.name for site in estate.sites] == ["A03-Auckland", "C00-Christchurch"]
    assert {site.product_version for site in estate.sites} == {"3.0"}
    assert estate.tenants == ("Tyrell",)
    assert estate.sites[0].public_address == "vcav-a03.example.net"
    assert [one.name for one in estate.sites[1].appliances_of("replicator")] == ["vdev-c00-vcar01"]


def test_a_given_version_overrides_the_estate() -> None:
    assert {site.product_version for site in read_estate(REFERENCE_ESTATE, "4.7").sites} == {"4.7"}


def _no_sites(estate: Any) -> None:
    estate["sites"] = []


def _unknown_version(estate: Any) -> None:
    estate["sites"][0]["product_version"] = "4.9"


def _twice(estate: Any) -> None:
    estate["sites"].append(copy.deepcopy(estate["sites"][0]))


def _no_tunnel(estate: Any) -> None:
    del estate["sites"][0]["appliances"][2]


def _odd_appliance(estate: Any) -> None:
    estate["sites"][0]["appliances"][1]["deployment_option"] = "onprem"


def _no_vcd(estate: Any) -> None:
    del estate["sites"][0]["vcd"]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_no_sites, "list of sites"), (_unknown_version, "4.9 is not simulated"), (_twice, "same name"),
        (_no_tunnel, "exactly one"), (_odd_appliance, "only cloud"), (_no_vcd, "lacks 'vcd'"),
    ],
)  # fmt: skip
def test_estates_that_cannot_be_used_are_refused_in_words(spoil: Callable[[Any], None], words: str) -> None:
    estate = reference()
    spoil(estate)
    with pytest.raises(BadEstate, match=words):
        parse_estate(estate)


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadEstate, match="Cannot read"):
        read_estate(tmp_path / "none.yml")
    (tmp_path / "bad.yml").write_text("a: [", encoding="utf-8")
    with pytest.raises(BadEstate, match="not YAML"):
        read_estate(tmp_path / "bad.yml")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://A.example.net", ("a.example.net", 443)), ("https://a:8443/api", ("a", 8443)), ("a:1", ("a", 1)),
        ("http://a", None), ("https://", None), ("https://a:x", None), ("not a url", None), ("", None),
    ],
)  # fmt: skip
def test_urls_are_cut_to_host_and_port(url: str, expected: Any) -> None:
    assert authority_of(url) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("a=1&b=2&a=3", {"a": ["1", "3"], "b": ["2"]}), ("&a=1&&", {"a": ["1"]}), ("a", {"a": [""]}),
        ("url=https://h:1/p", {"url": ["https://h:1/p"]}), ("a=%26+b", {"a": ["& b"]}), ("a=b=c", {"a": ["b=c"]}),
    ],
)  # fmt: skip
def test_queries_are_read_leniently(query: str, expected: dict[str, list[str]]) -> None:
    assert parse_query(query) == expected


def test_a_request_is_cut_at_its_slashes_before_it_is_decoded() -> None:
    request = Request("GET", "//a%20b//c%2Fd/?x=1", {"Host": "h:1", "Accept": "x"})
    assert request.segments == ("a b", "c/d")
    assert (request.path, request.raw_path) == ("//a b//c/d/", "//a%20b//c%2Fd/")
    assert (request.base_url, request.headers["accept"], request.first("x")) == ("https://h:1", "x", "1")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[1,]"])
def test_bodies_that_are_not_json_are_told(body: bytes) -> None:
    with pytest.raises(BadBody):
        Request("POST", "/", body=body).json()
