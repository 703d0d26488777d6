"""What an appliance makes of its OVF properties when it boots (contract vCAV 2.2 to 2.4). Pure.

A wrongly formed value gives an appliance without a network: no error anywhere, it just never reports an address.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .image import MEMORY_MB, MEMORY_MB_ONPREM, ROLE, VAMI

ONPREM = "onprem"
"""Stands for the deployment option that the customer's appliance does not have."""

_ROOT_PASSWORD = "guestinfo.cis.appliance.root.password"
_SSH = "guestinfo.cis.appliance.ssh.enabled"
_NTP = "guestinfo.cis.appliance.net.ntp"
_VAMI_KEYS = tuple(f"vami.{key}.{VAMI}" for key in ("ip0", "netmask0", "gateway", "DNS", "domain", "searchpath"))
_NET_KEYS = tuple(f"net.{key}" for key in ("hostname", "address", "gateway", "mtu", "dnsServers", "searchDomains"))


@dataclass(frozen=True)
class Boot:
    """What came of one start of a machine."""

    role: str | None
    """Its deployment option, or ONPREM; None when neither its role nor its memory tells."""
    address: str | None
    """The static address; None: by DHCP, or none at all when there is a problem."""
    problem: str | None = None
    """Why it has no network."""
    properties: dict[str, Any] = field(default_factory=dict)
    """What the services get to know: the arguments of `Appliance.power_on`."""


class _BadValue(ValueError):
    """A property that the network cannot be configured with."""


def is_appliance(values: Mapping[str, str]) -> bool:
    """Whether a virtual machine has the properties of one of our images."""
    return _ROOT_PASSWORD in values and (_VAMI_KEYS[0] in values or _NET_KEYS[1] in values)


def role_of(values: Mapping[str, str], memory_mb: int) -> str | None:
    """The deployment option.

    The image has a read-only property that is the option (contract 2.2). vcsim does not resolve values that differ by
    option, but gives the machine the option's hardware; the options of our images all differ in memory.
    """
    if ROLE not in values:
        return ONPREM if memory_mb == MEMORY_MB_ONPREM else None
    return values[ROLE] or next((option for option, size in MEMORY_MB.items() if size == memory_mb), None)


def boot(values: Mapping[str, str], memory_mb: int) -> Boot:
    """A start with these properties (by their full keys) and so much memory."""
    properties: dict[str, Any] = {
        "root_password": values.get(_ROOT_PASSWORD, ""),
        "ssh_enabled": values.get(_SSH, "").lower() == "true",
    }
    if values.get(_NTP):
        properties["ntp_servers"] = _list(values[_NTP])
    address, problem = None, None
    try:
        address = _network_4(values, properties) if _NET_KEYS[1] in values else _network_3(values, properties)
    except _BadValue as bad:
        problem = str(bad)
    if address:
        properties["address"] = address
    return Boot(role_of(values, memory_mb), address, problem, properties)


def _network_3(values: Mapping[str, str], properties: dict[str, Any]) -> str | None:
    """`vami.*`: a bare address and a dotted mask. The address, None for DHCP."""
    given = {key: values.get(key, "") for key in _VAMI_KEYS}
    ip0, netmask, gateway, dns, _domain, search = given.values()
    # INFERRED from 4.x: without any value it is DHCP.
    if not any(given.values()):
        return None
    address = _address(_VAMI_KEYS[0], ip0)
    try:
        # Also takes a prefix and a host mask, which are none here.
        if "." not in netmask or ipaddress.IPv4Network(f"0.0.0.0/{netmask}").netmask != _parse(netmask):
            raise ValueError(netmask)
    except ValueError:
        raise _BadValue(f"{_VAMI_KEYS[1]} is no netmask: '{netmask}'") from None
    if gateway:
        _address(_VAMI_KEYS[2], gateway)
    _name_servers(_VAMI_KEYS[3], dns, properties)
    if search:
        properties["search_domains"] = _list(search)
    # There is no host name among them: it comes from the DNS, which knows every appliance of the estate.
    return address


def _network_4(values: Mapping[str, str], properties: dict[str, Any]) -> str | None:
    """`net.*`: an address with its prefix. The address, None for DHCP."""
    given = {key: values.get(key, "") for key in _NET_KEYS}
    hostname, cidr, gateway, mtu, dns, search = given.values()
    if not any(given.values()):
        return None
    address, slash, prefix = cidr.partition("/")
    address = _address(_NET_KEYS[1], address)
    if not slash or not prefix.isdecimal() or not 0 < int(prefix) <= 32:
        raise _BadValue(f"{_NET_KEYS[1]} has no prefix: '{cidr}'")
    if gateway:
        _address(_NET_KEYS[2], gateway)
    if mtu and not mtu.isdecimal():
        raise _BadValue(f"{_NET_KEYS[3]} is no number: '{mtu}'")
    _name_servers(_NET_KEYS[4], dns, properties)
    if search:
        properties["search_domains"] = _list(search)
    if hostname:
        properties["hostname"] = hostname
    return address


def _name_servers(key: str, text: str, properties: dict[str, Any]) -> None:
    if text:
        properties["dns_servers"] = [_address(key, one) for one in _list(text)]


def _address(key: str, text: str) -> str:
    try:
        return str(_parse(text))
    except ValueError:
        raise _BadValue(f"{key} is no address: '{text}'") from None


def _parse(text: str) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(text)


def _list(text: str) -> list[str]:
    """Comma lists; quotation marks are no part of the form, so they stay and spoil the value."""
    return [one.strip() for one in text.split(",") if one.strip()]
