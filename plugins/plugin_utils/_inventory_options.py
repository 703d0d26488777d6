# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file of an inventory source: what it may hold, and what it means. Pure.

Connection options are those of the modules, from the same table with the same environment names. They and what chooses
VMs may stand at the top of the file, for all its servers, or in an entry of `endpoints`, for one; the entry goes first.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ..module_utils._address import blotted
from ..module_utils._names import nearest
from ..module_utils._options import PRODUCTS
from ..module_utils._plan import InputError
from ..module_utils._resource import connection_spec
from ..module_utils._vcd.machines import POWER_STATES

GROUPS = ("site", "org", "vdc", "vapp", "network", "os", "power_state", "cluster", "cluster_role", "metadata")
DEFAULT_GROUPS = GROUPS[:-1]
# Expressions are evaluated host by host, with the host's variables; everything else in the file is templated once.
EXPRESSIONS = ("compose", "groups", "keyed_groups", "hostnames")

SELECTION: dict[str, dict[str, Any]] = {
    "orgs": {"type": "list", "elements": "str"},
    "vdcs": {"type": "list", "elements": "str"},
    "vapps": {"type": "list", "elements": "str"},
    "vms": {"type": "list", "elements": "str"},
    "power_states": {"type": "list", "elements": "str", "choices": list(POWER_STATES)},
}
SETTINGS: dict[str, dict[str, Any]] = {
    "endpoints": {"type": "list", "elements": "dict"},
    "address_from": {"type": "list", "elements": "str", "default": ["primary"]},
    "require_address": {"type": "bool", "default": False},
    "hostnames": {"type": "list", "elements": "str"},
    "duplicate_hostnames": {"type": "str", "choices": ["suffix", "fail"], "default": "suffix"},
    "hostvars_prefix": {"type": "str", "default": "vcloud_"},
    "group_by": {"type": "list", "elements": "str", "choices": list(GROUPS), "default": list(DEFAULT_GROUPS)},
    "metadata": {"type": "list", "elements": "str"},
    "on_unreachable": {"type": "str", "choices": ["fail", "warn"], "default": "fail"},
}
EVERY_KEY = ("*",)
_URLS = {"vcd_url": "vcd", "vcav_url": "vcav"}


@dataclass(frozen=True)
class Endpoint:
    """One server of the file. `site` is the name that the file gives it, None where it gives none."""

    product: str
    params: Mapping[str, Any] = field(repr=False)
    selection: Mapping[str, Any]
    site: str | None = None

    @property
    def url(self) -> str:
        """Its address as it may be shown."""
        return blotted(str(self.params[f"{self.product}_url"]))

    def key(self) -> list[Any]:
        """What tells its answer from another's: everything but the secrets."""
        secret = {option.name for option in PRODUCTS[self.product] if option.secret}
        params = {name: value for name, value in self.params.items() if name not in secret and value is not None}
        return [self.product, self.site, params, dict(self.selection)]


@dataclass(frozen=True)
class Address:
    """One way to an address: `kind` is primary, nic, network or external, `value` what stands after the colon."""

    kind: str
    value: str = ""


@dataclass(frozen=True)
class Settings:
    """What the file says, read and checked."""

    endpoints: tuple[Endpoint, ...]
    address_from: tuple[Address, ...]
    require_address: bool
    hostnames: tuple[str, ...]
    duplicate_hostnames: str
    hostvars_prefix: str
    group_by: frozenset[str]
    metadata: tuple[str, ...]
    on_unreachable: str

    def cache_key(self, path: str) -> str:
        """The name of this answer in a cache: of the file, and of everything in it that changes what is read.

        Without secrets: what is stored under the name of a user is what that user may see.
        """
        ways = [[way.kind, way.value] for way in self.address_from]
        about = [path, [endpoint.key() for endpoint in self.endpoints], ways, sorted(self.metadata)]
        text = json.dumps(about, sort_keys=True, default=str)
        return f"vcpp.vcloud.vcloud_{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def names() -> list[str]:
    """The options that this plugin has beside those of ansible-core's fragments."""
    return [*SETTINGS, *SELECTION, *(option.name for option in PRODUCTS["vcd"])]


def read(config: Mapping[str, Any], known: Collection[str]) -> Settings:
    """The settings of a file whose templates have been resolved. `known` are the names of all documented options.

    Raises InputError, which names the option and, for one that does not exist, the one that may have been meant.
    """
    for name in config:
        if name not in known:
            raise InputError(_unknown(str(name), known))
    settings = _validated(SETTINGS, {name: config[name] for name in SETTINGS if name in config}, "")
    common = {name: value for name, value in config.items() if name in _common_names()}
    endpoints = _endpoints(settings["endpoints"], common)
    chosen = frozenset(settings["group_by"])
    return Settings(
        endpoints=tuple(endpoints),
        address_from=tuple(map(_address, settings["address_from"])),
        require_address=settings["require_address"],
        hostnames=tuple(settings["hostnames"] or ()),
        duplicate_hostnames=settings["duplicate_hostnames"],
        hostvars_prefix=settings["hostvars_prefix"],
        group_by=chosen,
        metadata=_keys(settings["metadata"] or (EVERY_KEY if "metadata" in chosen else ())),
        on_unreachable=settings["on_unreachable"],
    )


def _common_names() -> set[str]:
    """What may stand at the top of the file for all of its servers; for vCloud Availability the way there alone."""
    return {*SELECTION, *(option.name for option in PRODUCTS["vcd"])}


def _unknown(name: str, known: Iterable[str], where: str = "") -> str:
    return f"{where}there is no option {name!r}{nearest(name, known)}"


def _endpoints(entries: list[dict[str, Any]] | None, common: Mapping[str, Any]) -> list[Endpoint]:
    """The servers of the file: the entries, or the one that the top of the file and the environment describe."""
    if entries is None:
        return [_endpoint("vcd", common, "")]
    if not entries:
        raise InputError("endpoints is empty: give one entry for each server, or leave it out for a single one")
    if "vcd_url" in common:
        raise InputError(
            "vcd_url stands beside endpoints: which of them is meant? Make an entry of endpoints of it, or leave "
            "endpoints out"
        )
    found = []
    for number, entry in enumerate(entries, start=1):
        where = f"endpoints, entry {number}: "
        anything = {"site", *SELECTION, *(option.name for product in _URLS.values() for option in PRODUCTS[product])}
        for name in entry:
            # Before the addresses are counted: a misspelt one would be said to be missing.
            if name not in anything:
                raise InputError(_unknown(str(name), anything, where))
        urls = [url for url in _URLS if entry.get(url)]
        if len(urls) != 1:
            given = "both are there" if urls else "neither is there"
            raise InputError(f"{where}give either vcd_url or vcav_url; {given}")
        product = _URLS[urls[0]]
        ours = {"site", *(option.name for option in PRODUCTS[product]), *(SELECTION if product == "vcd" else ())}
        for name in entry:
            if name not in ours:
                raise InputError(_unknown(str(name), ours, where))
        found.append(_endpoint(product, {**common, **entry}, where))
    return found


def _endpoint(product: str, given: Mapping[str, Any], where: str) -> Endpoint:
    """One server, its options completed from the environment. Raises InputError."""
    spec = connection_spec(product)
    if product == "vcd" and not given.get("vcd_url"):
        # The validator would name the argument only.
        spec["vcd_url"] = {**spec["vcd_url"], "required": False}
    params = _validated(spec, {name: value for name, value in given.items() if name in spec}, where)
    if not params[f"{product}_url"]:
        raise InputError("no server: give vcd_url (environment VCD_URL), or endpoints")
    selection: dict[str, Any] = {}
    if product == "vcd":
        chosen = _validated(SELECTION, {name: given[name] for name in SELECTION if name in given}, where)
        selection = {name: value for name, value in chosen.items() if value is not None}
        for name, value in selection.items():
            if not value:
                raise InputError(f"{where}{name} is empty, which chooses nothing: leave it out to choose everything")
    return Endpoint(product, params, selection, str(given["site"]) if given.get("site") else None)


def _validated(spec: Mapping[str, Any], given: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Options in their types, with defaults and environment. Raises InputError with what ansible-core says of them."""
    result = ArgumentSpecValidator(dict(spec)).validate(dict(given))
    if result.error_messages:
        raise InputError(where + "; ".join(map(str, result.error_messages)))
    return dict(result.validated_parameters)


def _keys(keys: Iterable[str]) -> tuple[str, ...]:
    """The keys of metadata to read, EVERY_KEY for all. Raises InputError for one that no list of fields can hold."""
    found = tuple(dict.fromkeys(keys))
    if "*" in found:
        return EVERY_KEY
    for key in found:
        if not key or set(key) & set(",;=&%+*"):
            raise InputError(f"metadata has {key!r}, which cannot be asked for alone: write '*' to read all keys")
    return found


def _address(text: str) -> Address:
    """One entry of `address_from`. Raises InputError."""
    kind, _colon, value = text.partition(":")
    value = value.strip()
    if (
        (kind in ("primary", "external") and not _colon)
        or (kind == "nic" and value.isdecimal())
        or (kind == "network" and value)
    ):
        return Address(kind, value)
    raise InputError(
        f"address_from has {text!r}: write primary, external, nic:<index> or network:<name>, for example nic:1"
    )
