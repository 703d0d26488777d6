# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A VM that came from an OVF: reading it in the user's words, editing its properties, power, waiting, removing it.

Contract vsphere-ovf.md, 2.3, 5, 6 and 11.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from .._http import HttpError, is_passing
from .._wait import TaskFailed, WaitTimeout, wait_for
from .channel import Trust, connect
from .client import Vsphere
from .inventory import shown
from .ovf import Property
from .properties import SOUNDS_SECRET

RECORD = "vcpp.vcloud.ovf"  # our key of extraConfig: what vCenter does not keep of an import
GENTLE_SECONDS = 180
PROBE_SECONDS = 10.0
READ = (
    "name", "runtime.powerState", "guest.ipAddress", "guest.net", "guest.toolsRunningStatus", "config.instanceUuid",
    "config.vAppConfig", "config.extraConfig", "recentTask",
)  # fmt: skip
ON, OFF = "present", "powered_off"


@dataclass
class Machine:
    """A VM as it was read. `values` are the effective values by key; what is secret has none."""

    ref: Any
    found: dict[str, Any]

    @property
    def is_on(self) -> bool:
        return bool(self.found.get("runtime.powerState") == "poweredOn")

    @property
    def name(self) -> str:
        return shown(str(self.found.get("name", "")))

    @property
    def infos(self) -> dict[str, Any]:
        """The VM's properties as vCenter has them, by the whole key."""
        config = self.found.get("config.vAppConfig")
        return {key_of(info): info for info in getattr(config, "property", None) or []}

    @property
    def known(self) -> dict[str, Property]:
        """The same as properties of a descriptor."""
        return {key: as_property(info) for key, info in self.infos.items()}

    @property
    def values(self) -> dict[str, str]:
        """What can be read: a value that is not set means the default (contract 6)."""
        return {key: effective(info) for key, info in sorted(self.infos.items()) if not is_secret(as_property(info))}

    @property
    def record(self) -> dict[str, Any]:
        """What the import wrote down; empty for a VM that something else has deployed."""
        for option in self.found.get("config.extraConfig") or []:
            if option.key == RECORD:
                try:
                    read = json.loads(str(option.value))
                except ValueError:
                    return {}
                return read if isinstance(read, dict) else {}
        return {}

    @property
    def is_appliance(self) -> bool:
        """True for what came from an OVF: it has vApp properties, a product, or our record."""
        config = self.found.get("config.vAppConfig")
        product = any(getattr(each, "name", "") for each in getattr(config, "product", None) or [])
        return bool(self.record or self.infos or product)

    @property
    def addresses(self) -> list[str]:
        """All addresses that the guest reports, the primary one first, without link-local ones."""
        first = self.found.get("guest.ipAddress")
        rest = [each for card in self.found.get("guest.net") or [] for each in getattr(card, "ipAddress", None) or []]
        return list(dict.fromkeys(each for each in ([first] if first else []) + rest if is_usable(each)))


def key_of(info: Any) -> str:
    return ".".join(part for part in (info.classId, info.id, info.instanceId) if part)


def as_property(info: Any) -> Property:
    """A property of a VM as one of a descriptor; vCenter keeps the type with its bounds and no qualifiers."""
    kind = info.type or "string"
    return Property(
        info.classId or "",
        info.id or "",
        info.instanceId or "",
        type=kind,
        password=kind.lower().startswith("password"),
    )


def is_secret(prop: Property) -> bool:
    """True for what is never compared nor shown: it is a password, or is called like one."""
    return prop.password or bool(SOUNDS_SECRET.search(prop.key))


def effective(info: Any) -> str:
    return str(info.value if info.value is not None and info.value != "" else info.defaultValue or "")


def is_usable(address: str) -> bool:
    try:
        return not ipaddress.ip_address(address.partition("%")[0]).is_link_local
    except ValueError:
        return False


def read(api: Vsphere, ref: Any) -> Machine:
    """Read a VM, in one request."""
    return Machine(ref, api.one(ref, *READ))


OPTIONS = ("name", "datacenter", "folder", "state", "properties", "deployment_option")


def describe(machine: Machine, datacenter: str, folder: str | None) -> dict[str, Any]:
    """A VM in the words of the module's options, and what only vCenter knows of it."""
    config = machine.found.get("config.vAppConfig")
    products = [each for each in getattr(config, "product", None) or [] if getattr(each, "name", "")]
    record = machine.record
    return {
        "name": machine.name,
        "datacenter": datacenter,
        "folder": folder or "",
        "state": ON if machine.is_on else OFF,
        "properties": machine.values,
        "secret_keys": [key for key, each in sorted(machine.known.items()) if is_secret(each)],
        "deployment_option": record.get("deployment_option"),
        "product": products[0].name if products else record.get("product"),
        "version": (products[0].fullVersion or products[0].version) if products else record.get("version"),
        "address": next(iter(machine.addresses), None),
        "addresses": machine.addresses,
        "moid": machine.ref._moId,
        "instance_uuid": machine.found.get("config.instanceUuid"),
    }


# Changing it


def record_option(api: Vsphere, record: Mapping[str, Any]) -> Any:
    """The entry of extraConfig in which an import is written down."""
    return api.vim.option.OptionValue(key=RECORD, value=json.dumps(record, sort_keys=True))


def write_record(api: Vsphere, ref: Any, record: Mapping[str, Any], wait: Mapping[str, int]) -> None:
    """Write down what an import was. Raises TaskFailed, HttpError."""
    spec = api.vim.vm.ConfigSpec(extraConfig=[record_option(api, record)])
    api.task(api.call(ref, "ReconfigVM_Task", spec), "writing down the import", wait)


def edit(api: Vsphere, machine: Machine, values: Mapping[str, str], wait: Mapping[str, int]) -> None:
    """Set properties of a VM that is off. The objects that were read are sent back: a fresh one would wipe the type."""
    specs = []
    for key, value in values.items():
        info = machine.infos[key]
        info.value, info.userConfigurable = value, True
        specs.append(api.vim.vApp.PropertySpec(operation="edit", info=info))
    spec = api.vim.vm.ConfigSpec(vAppConfig=api.vim.vApp.VmConfigSpec(property=specs))
    api.task(api.call(machine.ref, "ReconfigVM_Task", spec), f"editing the properties of {machine.name}", wait)


def power_on(api: Vsphere, machine: Machine, wait: Mapping[str, int]) -> None:
    api.task(api.call(machine.ref, "PowerOnVM_Task"), f"powering on {machine.name}", wait)


def power_off(api: Vsphere, machine: Machine, wait: Mapping[str, int], *, gentle: bool = True) -> None:
    """Shut the guest down where it can, and switch the VM off where that does not help.

    Raises TaskFailed, HttpError.
    """

    def is_off() -> bool:
        return bool(api.one(machine.ref, "runtime.powerState").get("runtime.powerState") == "poweredOff")

    if gentle and machine.found.get("guest.toolsRunningStatus") == "guestToolsRunning":
        seconds = min(wait["timeout"], GENTLE_SECONDS)
        try:
            api.call(machine.ref, "ShutdownGuest")
            wait_for(is_off, bool, timeout=seconds, interval=wait["interval"])
            return
        except (HttpError, WaitTimeout):
            if is_off():
                return
    api.task(api.call(machine.ref, "PowerOffVM_Task"), f"powering off {machine.name}", wait)


def remove(api: Vsphere, machine: Machine, wait: Mapping[str, int]) -> None:
    """Switch the VM off and delete it with its disks. Raises TaskFailed, HttpError."""
    if machine.found.get("runtime.powerState") != "poweredOff":
        power_off(api, machine, wait, gentle=False)
    api.task(api.call(machine.ref, "Destroy_Task"), f"removing {machine.name}", wait)


# Waiting for it


def wait_address(api: Vsphere, machine: Machine, expected: str | None, wait: Mapping[str, int]) -> Machine:
    """Wait until the guest reports the expected address, or any. Raises TaskFailed with what was reported."""

    def reported(seen: Machine) -> bool:
        if expected is None:
            return bool(seen.addresses)
        wanted = ipaddress.ip_address(expected)
        return any(ipaddress.ip_address(each.partition("%")[0]) == wanted for each in seen.addresses)

    if reported(machine):
        return machine
    try:
        return wait_for(
            lambda: read(api, machine.ref), reported, timeout=wait["timeout"], interval=wait["interval"],
            tolerate=is_passing,
        )  # fmt: skip
    except WaitTimeout as late:
        last = late.last if isinstance(late.last, Machine) else machine
        what = f"the address {expected}" if expected else "an address"
        told = f"it reported {', '.join(last.addresses)}" if last.addresses else "it reported none"
        raise TaskFailed(
            f"waiting for {what} of {machine.name}", {},
            f"{told} within {late.seconds:g} seconds. The VM is there and stays. Look at its console: an appliance "
            "without a network got properties in a wrong form; without VMware Tools none is ever reported. Raise "
            "wait_timeout if it only boots slowly.",
        ) from late  # fmt: skip


def answers(url: str, timeout: float) -> int | None:
    """The status with which a service answers, None where that says it is not ready. Raises HttpError.

    The certificate is not checked: a new appliance has one that it made itself, and nothing secret is sent.
    """
    parts = urlsplit(url)
    connection = connect(parts, Trust(checked=False), timeout, "GET")
    try:
        connection.request("GET", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        status = connection.getresponse().status
    except OSError as problem:
        raise HttpError(
            "connection", "GET", f"{parts.scheme}://{parts.netloc}", parts.path, message=str(problem)
        ) from problem
    finally:
        connection.close()
    return status if status < 500 else None


def wait_service(url: str, name: str, wait: Mapping[str, int]) -> None:
    """Wait until a service answers at all. Raises TaskFailed."""
    try:
        wait_for(
            lambda: answers(url, PROBE_SECONDS),
            lambda status: status is not None,
            timeout=wait["timeout"],
            interval=wait["interval"],
            tolerate=lambda fault: isinstance(fault, HttpError),
        )
    except WaitTimeout as late:
        raise TaskFailed(
            f"waiting for {url} of {name}", {},
            f"it did not answer within {late.seconds:g} seconds ({late.fault or 'it says that it is not ready'}). The "
            "VM is "
            "there and stays. Raise wait_timeout if it only boots slowly; else look at its console.",
        ) from late  # fmt: skip
