"""Networks of organization VDCs, as the module reads them from simulated vCloud Directors.

What it shares with the other modules that read what organizations have is in test_vcd_org_vdc_info.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_network_info import Networks
from tests.unit.plugins.modules import vcds
from tests.unit.plugins.modules.vcds import Vcd

vcd = vcds.fixture("9.0", "9.7", "10.6")


def test_a_network_is_told_with_its_addressing(vcd: Vcd) -> None:
    inner, outer = vcd.run(Networks, org="Tyrell")["vcd_network"]
    assert (inner["name"], outer["name"]) == ("Tyrell DMZ A03", "Tyrell Servers A03")
    assert (inner["type"], inner["connected_to"]) == ("isolated", None)
    assert (outer["type"], outer["connected_to"] is not None) == ("routed", True)
    assert (inner["gateway"], inner["netmask"], inner["prefix_length"]) == ("192.168.100.1", "255.255.255.0", 24)
    assert isinstance(outer["dns_servers"], list)
    assert 0 < inner["used_ip_count"] < inner["total_ip_count"]
    assert inner["id"].startswith("urn:vcloud:network:")


def test_networks_are_chosen_by_type_and_name(vcd: Vcd) -> None:
    def names(**options: Any) -> list[str]:
        return [row["name"] for row in vcd.run(Networks, org="Tyrell", **options)["vcd_network"]]

    assert names(type="routed") == ["Tyrell Servers A03"]
    assert names(type="direct") == []
    assert names(name="* DMZ *") == ["Tyrell DMZ A03"]
    assert names(name="tyrell dmz a03") == []
    assert any("linkType" in each for each in vcd.requests)


def test_static_ranges_cost_a_request_for_each_network(vcd: Vcd) -> None:
    inner, outer = vcd.run(Networks, org="Tyrell", with_ranges=True)["vcd_network"]
    assert len(vcd.requests) == 4
    for network in (inner, outer):
        (pool,) = network["ip_ranges"]
        first, last = IPv4Address(pool["start"]), IPv4Address(pool["end"])
        around = IPv4Network(f"{network['gateway']}/{network['prefix_length']}", strict=False)
        assert first in around and last in around
        assert int(last) - int(first) + 1 == network["total_ip_count"]
    assert inner["ip_ranges"] == [{"start": "192.168.100.10", "end": "192.168.100.250"}]
    assert vcd.run(Networks, org="Tyrell")["vcd_network"][0]["ip_ranges"] is None


def test_a_network_that_goes_while_it_is_read_has_no_ranges_and_is_no_failure(vcd: Vcd) -> None:
    path = "/cloudapi/1.0.0/orgVdcNetworks/*" if vcd.version >= (32, 0) else "/api/network/*"
    vcd.control.add_fault("refuse_role", service="*/vcd", path=path, times=1)
    networks = vcd.run(Networks, org="Tyrell", with_ranges=True)["vcd_network"]
    assert sorted(network["ip_ranges"] is None for network in networks) == [False, True]
