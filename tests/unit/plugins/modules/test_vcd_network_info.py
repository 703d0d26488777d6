"""Networks of organization VDCs, as the module reads them from simulated vCloud Directors.

What it shares with the other modules that read what organizations have is in test_vcd_org_vdc_info.
"""

from __future__ import annotations

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
