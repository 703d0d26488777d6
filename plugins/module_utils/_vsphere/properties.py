# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values of OVF properties: which there are, what shape they have, and when two are the same. Pure.

A wrongly formed value does not fail the deployment: it shows up as an appliance that boots without a network (contract
1.2). So shapes are checked before gigabytes are sent: by the type and the qualifiers that the descriptor gives, and by
what is known of the network properties of these appliances (vcav-api.md 2.2, 2.3).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .._names import closest
from .._plan import InputError
from .ovf import Descriptor, Property

SOUNDS_SECRET = re.compile(r"passw(or)?d|passphrase|secret|token|private.?key", re.IGNORECASE)


def listed(names: Iterable[str]) -> str:
    """Names for a message, in order, or a word for none."""
    return ", ".join(repr(name) for name in sorted(names)) or "none"


def nearest(name: str, others: Iterable[str]) -> str:
    """ " Did you mean 'x'?", or nothing."""
    meant = closest(name, others)
    return f" Did you mean {meant!r}?" if meant else ""


# Shapes


def _address(text: str) -> str | None:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return "an IP address without a prefix, such as 192.0.2.20"
    return None


def _cidr(text: str) -> str | None:
    try:
        if "/" in text:
            ipaddress.ip_interface(text)
            return None
    except ValueError:
        pass
    return "an IP address with its prefix, such as 192.0.2.20/24: without one the appliance boots without a network"


def _netmask(text: str) -> str | None:
    try:
        ipaddress.IPv4Network(f"0.0.0.0/{text}")
        if "." in text and not text.startswith("0.") and str(ipaddress.IPv4Network(f"0.0.0.0/{text}").netmask) == text:
            return None
    except ValueError:
        pass
    return "a netmask such as 255.255.255.0"


def _host(text: str) -> str | None:
    if _address(text) is None or re.fullmatch(r"(?=.{1,253}$)[\w-]{1,63}(\.[\w-]{1,63})*\.?", text):
        return None
    return "a host name or an IP address"


def _many(shape: Callable[[str], str | None], what: str) -> Callable[[str], str | None]:
    """A list, separated by commas."""

    def check(text: str) -> str | None:
        parts = [part.strip() for part in text.split(",")]
        return what if any(not part or shape(part) for part in parts) else None

    return check


_addresses = _many(_address, "one or more IP addresses, separated by commas")
_hosts = _many(_host, "one or more host names or IP addresses, separated by commas")
_domains = _many(_host, "one or more domain names, separated by commas")

# The network properties that these appliances have, by the whole key.
_KNOWN: tuple[tuple[re.Pattern[str], Callable[[str], str | None]], ...] = tuple(
    (re.compile(pattern), shape)
    for pattern, shape in (
        (r"vami\.ip\d+(\..*)?", _address),
        (r"vami\.netmask\d+(\..*)?", _netmask),
        (r"vami\.gateway(\..*)?", _addresses),
        (r"vami\.DNS(\..*)?", _addresses),
        (r"vami\.domain(\..*)?", _host),
        (r"vami\.searchpath(\..*)?", _domains),
        (r"net\.address", _cidr),
        (r"net\.gateway", _address),
        (r"net\.dnsServers", _addresses),
        (r"net\.searchDomains", _domains),
        (r"net\.hostname", _host),
        (r"guestinfo\.cis\.appliance\.net\.ntp", _hosts),
    )
)
_STATIC_ADDRESS = (re.compile(r"vami\.ip0(\..*)?"), re.compile(r"net\.address"))
_RANGES = {
    **{f"uint{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64)},
    **{f"sint{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64)},
    "int": (-(2**31), 2**31 - 1),
}


def _typed(prop: Property, text: str) -> str | None:
    """What a value of the descriptor's type has to be, None where it is that."""
    kind, _bracket, bounds = prop.type.lower().partition("(")
    if kind in ("boolean", "bool"):
        return None if text in ("True", "False") else "true or false"
    if kind in _RANGES:
        low, high = _RANGES[kind]
        limits = dict(re.findall(r"(MinValue|MaxValue)\(\s*(-?\d+)\s*\)", prop.qualifiers))
        span = re.match(r"(-?\d+)\.\.(-?\d+)", bounds)
        low = int(limits.get("MinValue") or (span.group(1) if span else low))
        high = int(limits.get("MaxValue") or (span.group(2) if span else high))
        sound = re.fullmatch(r"[+-]?\d+", text) and low <= int(text) <= high
        return None if sound else f"a whole number from {low} to {high}"
    if kind.startswith("real"):
        return None if re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", text) else "a number"
    if kind == "ip":
        return _address(text) if text else None
    lengths = {name: int(number) for name, number in re.findall(r"(MinLen|MaxLen)\(\s*(\d+)\s*\)", prop.qualifiers)}
    span = re.match(r"(\d*)\.\.(\d*)", bounds)
    shortest = lengths.get("MinLen", int(span.group(1) or 0) if span else 0)
    longest = lengths.get("MaxLen", int(span.group(2)) if span and span.group(2) else None)
    if len(text) < shortest:
        return f"at least {shortest} characters long"
    if longest is not None and len(text) > longest:
        return f"at most {longest} characters long"
    choices = re.search(r"ValueMap\{(.*?)\}", prop.qualifiers)
    allowed = re.findall(r'"((?:[^"\\]|\\.)*)"', choices.group(1)) if choices else []
    return f"one of {', '.join(map(repr, allowed))}" if allowed and text not in allowed else None


def spell(prop: Property, value: Any, option: str = "properties") -> str:
    """A value of a task as the text that vCenter takes. Raises InputError; a secret value is not in the message."""
    if isinstance(value, bool):
        text = str(value)
    elif isinstance(value, (list, tuple)) and not any(isinstance(each, (dict, list, tuple)) for each in value):
        text = ",".join(map(str, value))
    elif isinstance(value, (str, int, float)):
        text = str(value)
    else:
        raise InputError(f"{option}: {prop.key} has no value that a property can have: give a text, or '' for none")
    if prop.type.lower() in ("boolean", "bool") and text.lower() in ("true", "false"):
        text = text.capitalize()
    expected = _typed(prop, text)
    if text and expected is None:
        known = next((shape for pattern, shape in _KNOWN if pattern.fullmatch(prop.key)), None)
        expected = known(text) if known else None
    if expected:
        shown = "its value" if prop.password or option != "properties" else repr(text)
        quoted = " Write it without quotation marks." if text[:1] in ("'", '"') and text[-1:] == text[:1] else ""
        raise InputError(f"{option}: {prop.key}: {shown} is not right: it must be {expected}.{quoted}")
    return text


def check(descriptor: Descriptor, plain: Mapping[str, Any], secret: Mapping[str, Any]) -> dict[str, str]:
    """All values of a task as texts by key. Raises InputError for unknown keys, wrong shapes and misplaced secrets."""
    known = descriptor.by_key()
    values: dict[str, str] = {}
    for option, given in (("properties", plain), ("secret_properties", secret)):
        for key, value in given.items():
            if key not in known:
                raise InputError(
                    f"{option}: {key!r} is no property of this package.{nearest(key, known)} It has: {listed(known)}"
                )
            if option == "properties" and known[key].password:
                raise InputError(
                    f"properties: {key} is a password: give it in secret_properties, whose values are shown nowhere"
                )
            values[key] = spell(known[key], value, option)
    return values


def check_names(plain: Mapping[str, Any], secret: Mapping[str, Any]) -> None:
    """Refuse, before anything is read, what sounds like a secret and would be shown. Raises InputError."""
    misplaced = [key for key in plain if SOUNDS_SECRET.search(key)]
    if misplaced:
        raise InputError(
            f"properties: {misplaced[0]} sounds like a secret: give it in secret_properties, whose values are shown "
            "nowhere and are not compared"
        )
    twice = sorted(set(plain) & set(secret))
    if twice:
        raise InputError(f"{twice[0]} stands in properties and in secret_properties: give it once")


def same(kind: str, one: str, other: str) -> bool:
    """True if two values of a property mean the same."""
    if kind.lower() in ("boolean", "bool"):
        return one.lower() == other.lower()
    return one == other


def static_address(values: Mapping[str, Any]) -> str | None:
    """The address that the properties give the first network interface, None where they give none."""
    for key, value in values.items():
        if value and any(pattern.fullmatch(key) for pattern in _STATIC_ADDRESS):
            return str(value).partition("/")[0]
    return None
