"""Which values properties take, and which are refused before gigabytes are sent."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vsphere.ovf import Property, parse
from ansible_collections.vcpp.vcloud.plugins.module_utils._vsphere.properties import (
    check,
    check_names,
    same,
    spell,
    static_address,
)
from tests.unit.plugins.module_utils._vsphere.packages import descriptor

VAMI = "VMware_vCloud_Availability"


def prop(key: str, kind: str = "string", qualifiers: str = "") -> Property:
    """A property with this key, in the sections that the vendor uses."""
    if key.startswith("vami."):
        return Property("vami", key.split(".")[1], VAMI, type=kind)
    return Property("", key, "", type=kind, qualifiers=qualifiers)


@pytest.mark.parametrize(
    ("key", "kind", "value", "text"),
    [
        ("a", "boolean", True, "True"),
        ("a", "boolean", "false", "False"),
        ("a", "string", True, "True"),
        ("a", "uint16", 1500, "1500"),
        ("a", "string", 7, "7"),
        ("a", "string", 'it\'s "any" <thing> & ]]> ünï', 'it\'s "any" <thing> & ]]> ünï'),
        ("a", "string", "", ""),
        ("a", "real32", 1.5, "1.5"),
        ("net.address", "string", "192.0.2.20/24", "192.0.2.20/24"),
        ("net.address", "string", "", ""),
        ("net.dnsServers", "string", ["192.0.2.1", "192.0.2.2"], "192.0.2.1,192.0.2.2"),
        ("net.searchDomains", "string", "a.example, b.example", "a.example, b.example"),
        ("net.hostname", "string", "vcam", "vcam"),
        ("vami.ip0", "ip", "10.0.0.1", "10.0.0.1"),
        ("vami.netmask0", "string", "255.255.255.0", "255.255.255.0"),
        ("vami.DNS", "string", "10.0.0.1,10.0.0.2", "10.0.0.1,10.0.0.2"),
        ("guestinfo.cis.appliance.net.ntp", "string", "ntp1.example,10.0.0.1", "ntp1.example,10.0.0.1"),
    ],
)
def test_a_right_value_becomes_the_text_that_vcenter_takes(key: str, kind: str, value: Any, text: str) -> None:
    assert spell(prop(key, kind), value) == text


@pytest.mark.parametrize(
    ("key", "kind", "value", "said"),
    [
        ("a", "boolean", "maybe", "true or false"),
        ("a", "uint8", 256, "a whole number from 0 to 255"),
        ("a", "int", "12x", "a whole number"),
        ("a", "int(1..9)", "10", "from 1 to 9"),
        ("a", "string(8..)", "short", "at least 8 characters"),
        ("a", "real32", "x", "a number"),
        ("a", "string", None, "no value"),
        ("a", "string", {"b": 1}, "no value"),
        ("a", "ip", "10.0.0.0/8", "an IP address without a prefix"),
        ("net.address", "string", "192.0.2.20", "its prefix.*boots without a network"),
        ("net.address", "string", "192.0.2.20/33", "its prefix"),
        ("net.address", "string", "'192.0.2.20/24'", "without quotation marks"),
        ("net.gateway", "string", "192.0.2.1/24", "without a prefix"),
        ("net.dnsServers", "string", "192.0.2.1 192.0.2.2", "separated by commas"),
        ("net.dnsServers", "string", "192.0.2.1,", "separated by commas"),
        ("net.hostname", "string", "a b", "host name"),
        ("vami.ip0", "string", "10.0.0.1/24", "without a prefix"),
        ("vami.netmask0", "string", "24", "a netmask"),
        ("vami.netmask0", "string", "255.0.255.0", "a netmask"),
        ("vami.netmask0", "string", "0.0.0.255", "a netmask"),
        ("vami.DNS", "string", "dns.example", "IP addresses"),
        ("guestinfo.cis.appliance.net.ntp", "string", "a b", "host names"),
    ],
)
def test_a_wrong_value_is_refused_with_key_value_and_what_it_should_be(
    key: str, kind: str, value: Any, said: str
) -> None:
    with pytest.raises(InputError, match=f"(?is)^properties: {key}.*{said}"):
        spell(prop(key, kind), value)


@pytest.mark.parametrize(
    ("qualifiers", "value", "said"),
    [
        ("MinLen(8),MaxLen(10)", "1234567", "at least 8"),
        ("MinLen(8),MaxLen(10)", "12345678901", "at most 10"),
        ('ValueMap{"small", "large"}', "medium", "one of 'small', 'large'"),
    ],
)
def test_the_qualifiers_of_the_descriptor_are_kept_to(qualifiers: str, value: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        spell(prop("a", "string", qualifiers), value)
    assert spell(prop("a", "string", 'ValueMap{"small"}'), "small") == "small"
    assert spell(prop("a", "int", "MinValue(3),MaxValue(4)"), 4) == "4"


def test_a_secret_value_is_in_no_message() -> None:
    with pytest.raises(InputError) as refused:
        spell(prop("a", "string", "MinLen(8)"), "hunter2", "secret_properties")
    assert "hunter2" not in str(refused.value)


def test_an_unknown_key_is_refused_with_the_keys_that_there_are() -> None:
    with pytest.raises(InputError, match=r"'net.adress' is no property.*mean 'net.address'\?.*'net.mtu'"):
        check(parse(descriptor(), "a"), {"net.adress": "1"}, {})


def test_the_values_of_both_options_are_sent() -> None:
    found = check(parse(descriptor(), "a"), {"net.mtu": 9000}, {"guestinfo.cis.appliance.root.password": "a'b\"c"})
    assert found == {"net.mtu": "9000", "guestinfo.cis.appliance.root.password": "a'b\"c"}


def test_a_password_must_stand_where_it_is_not_shown() -> None:
    with pytest.raises(InputError, match="secret_properties"):
        check(parse(descriptor(), "a"), {"guestinfo.cis.appliance.root.password": "x"}, {})
    with pytest.raises(InputError, match="sounds like a secret"):
        check_names({"some.Password": "x"}, {})
    with pytest.raises(InputError, match="give it once"):
        check_names({"a": "x"}, {"a": "x"})
    check_names({"net.address": "x"}, {"some.token": "y"})


def test_truth_is_the_same_in_any_case_and_nothing_else_is() -> None:
    assert same("boolean", "true", "True")
    assert not same("string", "true", "True")


def test_the_static_address_is_that_of_the_first_interface() -> None:
    assert static_address({"net.address": "192.0.2.20/24"}) == "192.0.2.20"
    assert static_address({f"vami.ip0.{VAMI}": "10.0.0.1", f"vami.ip1.{VAMI}": "10.0.0.2"}) == "10.0.0.1"
    assert static_address({"net.address": "", "net.gateway": "1.2.3.4"}) is None
