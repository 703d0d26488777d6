"""The file of an inventory source: what it means, and how mistakes in it are named."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.plugin_utils import _inventory_options as options
from ansible_collections.vcpp.vcloud.plugins.plugin_utils._inventory_options import Address, Settings

VCD = {"vcd_url": "https://vcd.example.com", "vcd_user": "administrator@system", "vcd_password": "s3cret"}
KNOWN = ["plugin", "compose", "groups", "keyed_groups", "strict", "cache", *options.names()]


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("URL", "USER", "PASSWORD", "CA_PATH", "TIMEOUT"):
        monkeypatch.delenv(f"VCD_{name}", raising=False)
        monkeypatch.delenv(f"VCAV_{name}", raising=False)


def read(**config: Any) -> Settings:
    return options.read({"plugin": "vcpp.vcloud.vcloud", **config}, KNOWN)


def refusal(**config: Any) -> str:
    with pytest.raises(InputError) as problem:
        read(**config)
    return str(problem.value)


def test_a_file_with_an_address_is_one_vcd_and_all_that_its_user_sees() -> None:
    (endpoint,) = read(**VCD).endpoints
    assert (endpoint.product, endpoint.url, endpoint.site) == ("vcd", "https://vcd.example.com", None)
    assert endpoint.selection == {}
    assert endpoint.params["vcd_password"] == "s3cret"
    assert endpoint.params["validate_certs"] is True


def test_the_environment_fills_what_the_file_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VCD_URL", "https://from.example.com")
    monkeypatch.setenv("VCD_TIMEOUT", "7")
    (endpoint,) = read(vcd_user="a@b", vcd_password="p").endpoints
    assert (endpoint.params["vcd_url"], endpoint.params["timeout"]) == ("https://from.example.com", 7)


def test_an_entry_goes_before_the_top_of_the_file_and_that_before_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VCD_CA_PATH", "/environment.pem")
    monkeypatch.setenv("VCAV_CA_PATH", "/vcav.pem")
    monkeypatch.setenv("VCAV_PASSWORD", "of vcav")
    first, second, third = read(
        vcd_user="administrator@system",
        vcd_password="common",
        orgs=["Tyrell"],
        endpoints=[
            {"vcd_url": "https://a.example.com", "site": "A"},
            {"vcd_url": "https://c.example.com", "vcd_password": "own", "orgs": ["Wallace"], "ca_path": "/c.pem"},
            {"vcav_url": "https://vcav.example.com"},
        ],
    ).endpoints
    assert [each.params.get("vcd_password") for each in (first, second, third)] == ["common", "own", None]
    assert [each.params["ca_path"] for each in (first, second, third)] == ["/environment.pem", "/c.pem", "/vcav.pem"]
    assert [each.selection for each in (first, second, third)] == [{"orgs": ["Tyrell"]}, {"orgs": ["Wallace"]}, {}]
    assert (first.site, third.product, third.params["vcav_password"]) == ("A", "vcav", "of vcav")


def test_the_way_to_a_server_at_the_top_of_the_file_is_that_of_every_entry() -> None:
    endpoints = [{"vcd_url": "https://vcd.example.com"}, {"vcav_url": "https://vcav.example.com"}]
    found = read(ca_path="/estate.pem", timeout=9, endpoints=endpoints).endpoints
    assert [(each.params["ca_path"], each.params["timeout"]) for each in found] == [("/estate.pem", 9)] * 2


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({}, ["vcd_url", "VCD_URL", "endpoints"]),
        ({"endpoints": []}, ["endpoints is empty"]),
        ({**VCD, "endpoints": [{"vcav_url": "https://v.example.com"}]}, ["vcd_url stands beside endpoints"]),
        ({"endpoints": [{"site": "A"}]}, ["entry 1", "vcd_url or vcav_url", "neither"]),
        ({"endpoints": [{"vcd_url": "https://a", "vcav_url": "https://b"}]}, ["entry 1", "both"]),
        ({"endpoints": [{"vcd_url": "https://a", "vcd_usr": "x"}]}, ["entry 1", "'vcd_usr'", "'vcd_user'"]),
        ({"endpoints": [{"vcav_url": "https://a", "orgs": ["x"]}]}, ["entry 1", "'orgs'"]),
        ({**VCD, "org": ["Tyrell"]}, ["'org'", "did you mean 'orgs'?"]),
        ({**VCD, "vcd_pasword": "x"}, ["'vcd_pasword'", "'vcd_password'"]),
        ({**VCD, "orgs": []}, ["orgs is empty", "leave it out"]),
        ({**VCD, "power_states": ["on"]}, ["power_states", "powered_on", "on"]),
        ({**VCD, "group_by": ["tenant"]}, ["group_by", "org", "tenant"]),
        ({**VCD, "timeout": "soon"}, ["timeout"]),
        ({**VCD, "address_from": ["nic"]}, ["address_from", "'nic'", "nic:<index>"]),
        ({**VCD, "address_from": ["nic:one"]}, ["'nic:one'"]),
        ({**VCD, "address_from": ["network:"]}, ["'network:'"]),
        ({**VCD, "address_from": ["primary:1"]}, ["'primary:1'"]),
        ({**VCD, "metadata": ["a,b"]}, ["metadata", "'a,b'", "'*'"]),
        ({**VCD, "duplicate_hostnames": "first"}, ["duplicate_hostnames", "suffix", "first"]),
    ],
)
def test_a_mistake_names_option_value_and_remedy(config: dict[str, Any], words: list[str]) -> None:
    text = refusal(**config)
    assert [word for word in words if word not in text] == []


def test_no_refusal_shows_a_password() -> None:
    assert "s3cret" not in refusal(**{**VCD, "timeout": "soon"})
    assert "s3cret" not in refusal(endpoints=[{**VCD, "orgz": []}])


def test_ways_to_an_address_are_read_in_their_order() -> None:
    ways = read(**VCD, address_from=["network:Web: front", "nic:1", "external", "primary"]).address_from
    assert ways == (Address("network", "Web: front"), Address("nic", "1"), Address("external"), Address("primary"))
    assert read(**VCD).address_from == (Address("primary"),)
    assert read(**VCD, address_from=[]).address_from == ()


def test_groups_by_metadata_read_the_metadata() -> None:
    assert read(**VCD).metadata == ()
    assert read(**VCD, group_by=["metadata"]).metadata == ("*",)
    assert read(**VCD, group_by=["metadata"], metadata=["role", "tier", "role"]).metadata == ("role", "tier")
    assert read(**VCD, metadata=["role", "*"]).metadata == ("*",)


def test_a_cache_key_changes_with_all_that_changes_the_answer_and_with_nothing_else() -> None:
    here = read(**VCD).cache_key("/a.vcloud.yml")
    assert here == read(**VCD, hostnames=["vcloud_id"], group_by=["org"], strict=True).cache_key("/a.vcloud.yml")
    others = [
        read(**VCD).cache_key("/b.vcloud.yml"),
        read(**VCD, orgs=["Tyrell"]).cache_key("/a.vcloud.yml"),
        read(**{**VCD, "vcd_user": "deckard@Tyrell"}).cache_key("/a.vcloud.yml"),
        read(**{**VCD, "vcd_url": "https://other.example.com"}).cache_key("/a.vcloud.yml"),
        read(**VCD, metadata=["role"]).cache_key("/a.vcloud.yml"),
        read(**VCD, address_from=["nic:1"]).cache_key("/a.vcloud.yml"),
    ]
    assert len({here, *others}) == len(others) + 1


def test_no_secret_is_in_a_cache_key_or_in_what_it_is_made_of() -> None:
    changed = read(**{**VCD, "vcd_password": "another"})
    assert changed.cache_key("/a") == read(**VCD).cache_key("/a")
    secrets = {**VCD, "vcd_token": "t0ken", "vcd_api_token": "4pi"}
    told = repr([endpoint.key() for endpoint in read(**secrets).endpoints]) + repr(read(**secrets))
    assert not [secret for secret in ("s3cret", "t0ken", "4pi") if secret in told]
