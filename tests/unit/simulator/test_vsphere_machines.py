"""What virtual machines mean to the simulator: which are appliances of the estate, and what becomes of those."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.estate import read_estate
from tests.simulator.running import REFERENCE_ESTATE
from tests.simulator.vcav.site import SiteServices, build_vcav
from tests.simulator.vsphere.building import VcenterSpec
from tests.simulator.vsphere.image import MEMORY_MB
from tests.simulator.vsphere.vcenters import Vcenter
from tests.simulator.vsphere.watching import Guest
from tests.simulator.world import World

SITE = "A03-Auckland"


class Place:
    """A site in which nothing has been deployed yet, and its vCenter."""

    def __init__(self, version: str = "3.0", start: str = "nothing") -> None:
        self.world = World(read_estate(REFERENCE_ESTATE, version), start)
        self.group: SiteServices = build_vcav(self.world)[SITE]
        spec = self.group.site.spec
        appliances = list(self.group.appliances.values())
        certificate = self.group.lookup.certificate
        self.vcenter = Vcenter(VcenterSpec.of_site(spec), appliances, spec.network, certificate)
        self.is_3 = version.startswith("3")

    def on(self, moid: str, at: str, option: str = "cloud", **changed: str) -> Guest | None:
        values = {"guestinfo.cis.appliance.root.password": "VMware1!", "guestinfo.cis.appliance.role": ""}
        own = {"address": f"{at}/24" if at else ""}
        if self.is_3:
            own = {"ip0": at, "netmask0": "255.255.255.0" if at else "", "DNS": ""}
        for key, value in (own | changed).items():
            values[f"vami.{key}.VMware_vCloud_Availability" if self.is_3 else f"net.{key}"] = value
        return self.vcenter.powered_on(moid, f"name-of-{moid}", values, MEMORY_MB[option])

    def machine(self, moid: str) -> dict[str, Any]:
        return self.vcenter.machines[moid].view()

    def state(self, name: str) -> str:
        return self.group.appliances[name].state


@pytest.mark.parametrize("version", ["3.0", "3.5", "4.3", "4.7"])
def test_the_right_address_and_option_bring_an_appliance_up(version: str) -> None:
    place = Place(version)

    for moid, last, option, name in (
        ("vm-1", 44, "cloud", "vdev-a03-vcam"),
        ("vm-2", 45, "replicator", "vdev-a03-vcar01"),
        ("vm-3", 46, "tunnel", "vdev-a03-vcat"),
    ):
        assert place.state(name) == "absent"
        assert place.on(moid, f"10.207.0.{last}", option) == Guest(f"10.207.0.{last}", f"{name}.vdev.local")
        assert place.state(name) == "on"
        assert place.machine(moid) == {
            "name": f"name-of-{moid}",
            "power": "on",
            "address": f"10.207.0.{last}",
            "appliance": name,
            "reason": None,
        }


def test_what_the_properties_say_is_what_the_services_know() -> None:
    place = Place("4.7")

    place.on("vm-1", "10.207.0.44", hostname="portal.vdev.local", dnsServers="10.9.9.9", searchDomains="a.b,c.d")

    appliance = place.group.appliances["vdev-a03-vcam"]
    assert (appliance.root_password, appliance.root_password_expired) == ("VMware1!", True)
    assert appliance.network() == {
        "hostname": "portal.vdev.local",
        "dnsServers": ["10.9.9.9"],
        "dnsSearchDomains": ["a.b", "c.d"],
    }


@pytest.mark.parametrize(
    ("address", "option", "reason"),
    [
        ("10.207.0.99", "cloud", "the estate has no appliance with the address 10.207.0.99 at A03-Auckland"),
        ("10.200.0.44", "cloud", "the estate has no appliance with the address 10.200.0.44 at A03-Auckland"),
        (
            "10.207.0.44",
            "tunnel",
            "it was deployed as tunnel, but vdev-a03-vcam at 10.207.0.44 is a cloud appliance",
        ),
    ],
)
def test_another_address_or_option_gets_no_service(address: str, option: str, reason: str) -> None:
    place = Place()

    assert place.on("vm-1", address, option) == Guest(address, "name-of-vm-1")

    assert place.machine("vm-1") | {"name": ""} == {
        "name": "",
        "power": "on",
        "address": address,
        "appliance": None,
        "reason": reason,
    }
    assert place.state("vdev-a03-vcam") == "absent"
    assert place.vcenter.published() == {}


def test_a_machine_with_a_wrongly_formed_address_never_reports_one() -> None:
    place = Place("4.7")

    assert place.on("vm-1", "", address="10.207.0.44") is None

    assert place.machine("vm-1")["reason"] == "no network: net.address has no prefix: '10.207.0.44'"
    assert place.state("vdev-a03-vcam") == "absent"


def test_dhcp_gives_each_machine_an_address_of_its_own_and_keeps_it() -> None:
    place = Place()

    assert place.on("vm-1", "") == Guest("10.207.0.200", "name-of-vm-1")
    assert place.on("vm-2", "") == Guest("10.207.0.201", "name-of-vm-2")
    place.vcenter.powered_off("vm-1")
    assert place.machine("vm-1")["address"] is None
    assert place.on("vm-1", "") == Guest("10.207.0.200", "name-of-vm-1")


def test_machines_of_others_are_left_alone() -> None:
    place = Place()

    assert place.vcenter.powered_on("vm-1", "web", {}, 1024) is None
    place.vcenter.powered_off("vm-1")
    place.vcenter.removed("vm-1")
    assert place.vcenter.machines == {}


def test_switching_off_and_on_again_keeps_what_is_configured() -> None:
    place = Place()
    place.on("vm-1", "10.207.0.44")
    appliance = place.group.appliances["vdev-a03-vcam"]
    appliance.change_root_password("VMware1!", "Another-Passw0rd!")

    place.vcenter.powered_off("vm-1")
    assert (appliance.state, place.machine("vm-1")["power"]) == ("off", "off")
    place.on("vm-1", "10.207.0.44")

    assert (appliance.state, appliance.root_password) == ("on", "Another-Passw0rd!")


def test_a_mistake_in_the_properties_of_a_configured_one_is_mended_without_loss() -> None:
    place = Place()
    place.on("vm-1", "10.207.0.44")
    appliance = place.group.appliances["vdev-a03-vcam"]
    appliance.change_root_password("VMware1!", "Another-Passw0rd!")
    place.vcenter.powered_off("vm-1")

    assert place.on("vm-1", "10.207.0.44", netmask0="24") is None
    assert appliance.state == "off"
    place.vcenter.powered_off("vm-1")
    place.on("vm-1", "10.207.0.44")

    assert (appliance.state, appliance.root_password) == ("on", "Another-Passw0rd!")


def test_destroying_and_deploying_again_is_a_first_boot() -> None:
    place = Place()
    place.on("vm-1", "10.207.0.44")
    appliance, before = place.group.appliances["vdev-a03-vcam"], place.group.cloud.certificate.thumbprint
    appliance.change_root_password("VMware1!", "Another-Passw0rd!")
    place.vcenter.powered_off("vm-1")

    place.vcenter.removed("vm-1")
    assert (appliance.state, place.vcenter.machines) == ("absent", {})
    place.on("vm-2", "10.207.0.44")

    assert (appliance.state, appliance.root_password, appliance.root_password_expired) == ("on", "VMware1!", True)
    assert place.group.cloud.certificate.thumbprint != before


def test_an_address_in_use_is_not_given_twice() -> None:
    place = Place()
    place.on("vm-1", "10.207.0.44")

    place.on("vm-2", "10.207.0.44")

    assert place.machine("vm-2")["reason"] == "its address 10.207.0.44 is in use by name-of-vm-1"
    assert place.machine("vm-1")["appliance"] == "vdev-a03-vcam"


def test_a_new_machine_takes_the_place_of_one_that_was_switched_off() -> None:
    place = Place()
    place.on("vm-1", "10.207.0.44")
    appliance = place.group.appliances["vdev-a03-vcam"]
    appliance.change_root_password("VMware1!", "Another-Passw0rd!")
    place.vcenter.powered_off("vm-1")

    place.on("vm-2", "10.207.0.44")

    assert (appliance.state, appliance.root_password) == ("on", "VMware1!")
    assert place.machine("vm-1")["reason"] == "name-of-vm-2 has taken its place"
    place.vcenter.removed("vm-1")
    assert appliance.state == "on"


def test_running_appliances_publish_their_certificates() -> None:
    place = Place()
    place.on("vm-1", "10.207.0.44")
    place.on("vm-2", "10.207.0.45", "replicator")
    group, (replicator,) = place.group, place.group.replicators

    assert place.vcenter.published() == {
        "vm-1": {
            "guestinfo.cloud.certificate": group.cloud.certificate.encoded,
            "guestinfo.manager.certificate": group.manager.certificate.encoded,
        },
        "vm-2": {
            "guestinfo.replicator.certificate": replicator.certificate.encoded,
            "guestinfo.replicator.thumbprint": replicator.certificate.thumbprint,
        },
    }
    group.cloud.certificate.renew()
    assert place.vcenter.published()["vm-1"]["guestinfo.cloud.certificate"] == group.cloud.certificate.encoded
    place.vcenter.powered_off("vm-2")
    assert list(place.vcenter.published()) == ["vm-1"]


def test_machines_that_a_reset_took_away_mean_nothing_any_more() -> None:
    place = Place()
    place.vcenter.gone.add("vm-1")

    assert place.on("vm-1", "10.207.0.44") is None
    place.vcenter.removed("vm-1")
    assert (place.vcenter.machines, place.state("vdev-a03-vcam")) == ({}, "absent")
