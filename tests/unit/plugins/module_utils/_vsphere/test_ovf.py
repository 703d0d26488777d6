"""What a descriptor says, and what is refused of it."""

from __future__ import annotations

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vsphere.ovf import parse
from tests.unit.plugins.module_utils._vsphere.packages import DISK, descriptor


def test_a_descriptor_tells_what_the_package_is_asks_for_and_offers() -> None:
    found = parse(descriptor(), "a.ovf")
    assert (found.name, found.product, found.version) == ("appliance", "Some Appliance", "4.7.1")
    assert found.networks == ("VM Network",)
    assert found.configurations == (("cloud", "Cloud"), ("tunnel", "Tunnel"))
    assert found.default_configuration == "tunnel"
    assert found.eulas == ("You owe us a cake.",)
    assert found.transports == ("com.vmware.guestInfo", "iso")
    assert [(file.href, file.size) for file in found.files] == [("disk.vmdk", len(DISK))]
    assert (found.disks, found.capacity) == (1, 8 * 2**30)


def test_the_key_of_a_property_is_made_of_class_key_and_instance() -> None:
    """Contract 2.3: identity is the triple, and sections without class and instance give the bare key."""
    found = parse(descriptor(), "a.ovf").by_key()
    assert list(found) == [
        "guestinfo.cis.appliance.root.password",
        "guestinfo.cis.appliance.ssh.enabled",
        "guestinfo.cis.appliance.role",
        "net.address",
        "net.mtu",
        "vami.ip0.Some_Appliance",
    ]
    ip0 = found["vami.ip0.Some_Appliance"]
    assert (ip0.class_id, ip0.id, ip0.instance_id) == ("vami", "ip0", "Some_Appliance")


def test_a_property_tells_whether_it_is_a_password() -> None:
    found = parse(descriptor(), "a.ovf").by_key()
    assert found["guestinfo.cis.appliance.root.password"].password
    assert not found["net.address"].password


def test_the_first_option_is_the_default_where_none_is_marked() -> None:
    text = descriptor(options="<DeploymentOptionSection><Configuration ovf:id='one'/></DeploymentOptionSection>")
    assert parse(text, "a.ovf").default_configuration == "one"
    assert parse(descriptor(options=""), "a.ovf").default_configuration == ""


def test_a_document_type_is_refused_because_its_entities_may_grow_without_end() -> None:
    text = descriptor(head='<!DOCTYPE Envelope [<!ENTITY a "aaaaaaaaaa">]>')
    with pytest.raises(InputError, match="document type"):
        parse(text, "a.ovf")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"<Envelope", "it is not XML"),
        (b"", "it is not XML"),
        (b"<html/>", "no OVF envelope"),
        (b'<?xml version="1.0" encoding="none-such"?><Envelope/>', "it is not XML"),
        (b"<Envelope/>", "describes 0 VMs"),
    ],
)
def test_what_is_no_descriptor_is_refused_with_its_name(text: bytes, said: str) -> None:
    with pytest.raises(InputError, match=f"(?s)a.ovf.*{said}"):
        parse(text, "a.ovf")


def test_a_vapp_of_several_machines_is_refused_clearly() -> None:
    two = "<VirtualSystemCollection><VirtualSystem ovf:id='a'/><VirtualSystem ovf:id='b'/></VirtualSystemCollection>"
    with pytest.raises(InputError, match="a vApp of 2 VMs: this module deploys appliances of one VM"):
        parse(descriptor(body=two), "a.ovf")
