"""What appliances make of their OVF properties when they boot."""

from __future__ import annotations

import pytest

from tests.simulator.vsphere.guest import boot, is_appliance, role_of
from tests.simulator.vsphere.image import MEMORY_MB, MEMORY_MB_ONPREM, sections

APPLICATION = {
    "guestinfo.cis.appliance.root.password": "VMware1!",
    "guestinfo.cis.appliance.ssh.enabled": "True",
    "guestinfo.cis.appliance.net.ntp": "10.207.0.20",
    "guestinfo.cis.appliance.role": "",
}
VAMI = {
    f"vami.{key}.VMware_vCloud_Availability": value
    for key, value in {
        "ip0": "10.207.0.44",
        "netmask0": "255.255.255.0",
        "gateway": "10.207.0.1",
        "DNS": "10.200.0.10,10.207.0.10",
        "domain": "vdev.local",
        "searchpath": "vdev.local",
    }.items()
}
NET = {
    "net.hostname": "vdev-a03-vcam.vdev.local",
    "net.address": "10.207.0.44/24",
    "net.gateway": "10.207.0.1",
    "net.mtu": "1500",
    "net.dnsServers": "10.200.0.10, 10.207.0.10",
    "net.searchDomains": "vdev.local,example.net",
}


def vami(**changed: str) -> dict[str, str]:
    return APPLICATION | VAMI | {f"vami.{key}.VMware_vCloud_Availability": value for key, value in changed.items()}


def net(**changed: str) -> dict[str, str]:
    return APPLICATION | NET | {f"net.{key}": value for key, value in changed.items()}


def test_an_appliance_of_3_x_gets_what_its_properties_say() -> None:
    started = boot(vami(), MEMORY_MB["cloud"])

    assert (started.role, started.address, started.problem) == ("cloud", "10.207.0.44", None)
    assert started.properties == {
        "root_password": "VMware1!",
        "ssh_enabled": True,
        "ntp_servers": ["10.207.0.20"],
        "address": "10.207.0.44",
        "dns_servers": ["10.200.0.10", "10.207.0.10"],
        "search_domains": ["vdev.local"],
    }


def test_an_appliance_of_4_x_gets_what_its_properties_say() -> None:
    started = boot(net(), MEMORY_MB["tunnel"])

    assert (started.role, started.address, started.problem) == ("tunnel", "10.207.0.44", None)
    assert started.properties["hostname"] == "vdev-a03-vcam.vdev.local"
    assert started.properties["dns_servers"] == ["10.200.0.10", "10.207.0.10"]
    assert started.properties["search_domains"] == ["vdev.local", "example.net"]


@pytest.mark.parametrize("values", [vami(), net()])
def test_without_any_network_property_the_address_comes_by_dhcp(values: dict[str, str]) -> None:
    empty = {key: "" if key.startswith(("vami.", "net.")) else value for key, value in values.items()}

    started = boot(empty, MEMORY_MB["cloud"])

    assert (started.address, started.problem) == (None, None)
    assert "address" not in started.properties


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"netmask0": ""}, "vami.netmask0.VMware_vCloud_Availability is no netmask: ''"),
        ({"netmask0": "24"}, "vami.netmask0.VMware_vCloud_Availability is no netmask: '24'"),
        ({"netmask0": "0.0.0.255"}, "vami.netmask0.VMware_vCloud_Availability is no netmask: '0.0.0.255'"),
        ({"netmask0": "255.0.255.0"}, "vami.netmask0.VMware_vCloud_Availability is no netmask: '255.0.255.0'"),
        ({"ip0": "10.207.0.44/24"}, "vami.ip0.VMware_vCloud_Availability is no address: '10.207.0.44/24'"),
        ({"ip0": "'10.207.0.44'"}, "vami.ip0.VMware_vCloud_Availability is no address: ''10.207.0.44''"),
        ({"ip0": ""}, "vami.ip0.VMware_vCloud_Availability is no address: ''"),
        ({"gateway": "router"}, "vami.gateway.VMware_vCloud_Availability is no address: 'router'"),
        ({"DNS": "10.9.9.9 10.8.8.8"}, "vami.DNS.VMware_vCloud_Availability is no address: '10.9.9.9 10.8.8.8'"),
    ],
)  # fmt: skip
def test_a_wrongly_formed_value_of_3_x_leaves_no_network(changed: dict[str, str], problem: str) -> None:
    started = boot(vami(**changed), MEMORY_MB["cloud"])

    assert (started.address, started.problem) == (None, problem)
    assert "address" not in started.properties


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"address": "10.207.0.44"}, "net.address has no prefix: '10.207.0.44'"),
        ({"address": "10.207.0.44/255.255.255.0"}, "net.address has no prefix: '10.207.0.44/255.255.255.0'"),
        ({"address": "10.207.0.44/33"}, "net.address has no prefix: '10.207.0.44/33'"),
        ({"address": ""}, "net.address is no address: ''"),
        ({"gateway": "10.207.0.1/24"}, "net.gateway is no address: '10.207.0.1/24'"),
        ({"mtu": "big"}, "net.mtu is no number: 'big'"),
        ({"dnsServers": "ns1.vdev.local"}, "net.dnsServers is no address: 'ns1.vdev.local'"),
    ],
)
def test_a_wrongly_formed_value_of_4_x_leaves_no_network(changed: dict[str, str], problem: str) -> None:
    assert boot(net(**changed), MEMORY_MB["cloud"]).problem == problem


def test_the_option_comes_from_the_role_or_else_from_the_memory() -> None:
    for option, memory in MEMORY_MB.items():
        assert role_of(vami(), memory) == option
        assert role_of({**vami(), "guestinfo.cis.appliance.role": option}, 1) == option
    assert role_of(vami(), 123) is None

    without = {key: value for key, value in vami().items() if not key.endswith(".role")}
    assert role_of(without, MEMORY_MB_ONPREM) == "onprem"
    assert role_of(without, MEMORY_MB["cloud"]) is None


@pytest.mark.parametrize("release", ["3.0", "4.x", "onprem"])
def test_machines_of_our_images_are_known_by_their_properties(release: str) -> None:
    keys = [section.full_key(one) for section in sections(release) for one in section.properties]

    assert is_appliance(dict.fromkeys(keys, ""))
    assert not is_appliance({})
    assert not is_appliance({"guestinfo.cis.appliance.root.password": "x"})
