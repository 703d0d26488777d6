# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The run of vsphere_appliance: what is found, what is wished, and the one table that says what follows.

Contract vsphere-ovf.md, 6: a first boot has used the properties, so they are edited only while the appliance is off,
and one that runs is neither switched off nor replaced unless the task says so. A run that changes nothing does not open
the package.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from .._plan import CREATE, DELETE, NONE, UPDATE, InputError, Plan, Values, refuse_empty
from .._wait import TaskFailed
from . import vm
from .client import Vsphere
from .deploy import Prepared, carry_out, package_of, prepare
from .inventory import below, find_folder, find_vm, vm_path
from .package import check_source
from .properties import check_names, listed, nearest, same, spell, static_address

ABSENT = "absent"
STATES = (vm.ON, vm.OFF, ABSENT)
FAIL, APPLY, REPLACE, IGNORE = "fail", "apply", "replace", "ignore"
REACTIONS = (FAIL, APPLY, REPLACE, IGNORE)
_FOR_AN_IMPORT = ("source", "datastore")
Params = Mapping[str, Any]


@dataclass(frozen=True)
class Decision:
    """What follows for a VM that exists: its properties to set, the state to bring it to, and what differs."""

    action: str
    edits: dict[str, str] = field(default_factory=dict, repr=False)
    power: str | None = None
    differences: tuple[str, ...] = ()


def validate(params: Params) -> None:
    """Refuse what cannot be before anything is sent. Raises InputError."""
    refuse_empty("name", params["name"], "name the VM")
    refuse_empty("datacenter", params["datacenter"], "name the datacenter")
    plain, secret = params["properties"] or {}, params["secret_properties"] or {}
    check_names(plain, secret)
    if params["source"]:
        check_source(params["source"])
    if params["resource_pool"] and not (params["cluster"] or params["host"]):
        raise InputError(
            f"resource_pool is {params['resource_pool']!r}: give the cluster or the host that it belongs to"
        )
    if params["service_url"]:
        parts = urlsplit(params["service_url"])
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            raise InputError(
                "service_url is no address that can be asked: write https://host[:port]/path, without user and password"
            )
    if params["expected_address"]:
        if not params["wait_for_ip"]:
            raise InputError("expected_address goes with wait_for_ip true only")
        try:
            ipaddress.ip_address(params["expected_address"])
        except ValueError as problem:
            raise InputError(
                f"expected_address is {params['expected_address']!r}: write an IP address without a prefix"
            ) from problem


# Deciding, which is pure


def compare(machine: vm.Machine, params: Params) -> tuple[dict[str, str], tuple[str, ...]]:
    """(properties that differ with their wanted text, names of all differences). Raises InputError.

    Keys that the VM does not have mean that it is another appliance; secrets are not compared.
    """
    known, present = machine.known, machine.values
    edits: dict[str, str] = {}
    for option in ("properties", "secret_properties"):
        for key, value in (params[option] or {}).items():
            if key not in known:
                raise InputError(
                    f"{option}: the VM {machine.name!r} has no property {key!r}, so it is not from the package that is "
                    f"meant.{nearest(key, known)} It has: {listed(known)}. Take another name, or remove the VM."
                )
            if option == "properties" and known[key].password:
                raise InputError(
                    f"properties: {key} is a password: give it in secret_properties, whose values are shown nowhere"
                )
            text = spell(known[key], value, option)
            if option == "properties" and not same(known[key].type, present[key], text):
                edits[key] = text
    names = [f"properties.{key}" for key in sorted(edits)]
    recorded = machine.record.get("deployment_option")
    if params["deployment_option"] and recorded and recorded != params["deployment_option"]:
        names.append("deployment_option")
    return edits, tuple(names)


def decide(machine: vm.Machine, params: Params) -> Decision:
    """The table of contract 6 for a VM that exists. Raises InputError where nothing may be done."""
    if params["state"] == ABSENT:
        return Decision(DELETE)
    edits, names = compare(machine, params)
    wished_on, reaction = params["state"] == vm.ON, params["on_difference"]
    power = None if wished_on == machine.is_on else params["state"]
    unfinished = machine.record.get("complete") is False
    if unfinished and reaction != REPLACE:
        raise InputError(
            f"name is {machine.name!r}: an import of this VM was begun and never finished, so its disks are not whole. "
            "Remove it with state absent, or set on_difference to replace. Nothing was changed."
        )
    if reaction == REPLACE and (names or unfinished):
        if machine.is_on and not params["allow_power_cycle"]:
            raise InputError(
                f"{machine.name!r} differs in {listed(names)} and is switched on: to replace it, it has to be switched "
                "off and is then deleted with its disks. Set allow_power_cycle to true if that is meant."
            )
        return Decision(REPLACE, differences=names)
    if names and reaction != IGNORE:
        _refuse_difference(machine, params, edits, names)
        return Decision(UPDATE, edits, power, differences=names)
    return Decision(UPDATE if power else NONE, power=power, differences=names)


def _refuse_difference(machine: vm.Machine, params: Params, edits: Mapping[str, str], names: tuple[str, ...]) -> None:
    """Raise InputError for differences that may not, or cannot, be brought to the appliance."""
    rows = "; ".join(f"{key} is {machine.values[key]!r}, wanted {edits[key]!r}" for key in sorted(edits))
    if "deployment_option" in names:
        recorded = machine.record.get("deployment_option")
        raise InputError(
            f"deployment_option: {machine.name!r} was deployed as {recorded!r}, which cannot be changed to "
            f"{params['deployment_option']!r}. Set on_difference to replace to deploy it anew, or to ignore."
        )
    if not machine.is_on or params["state"] == vm.OFF:
        return
    if params["on_difference"] == FAIL:
        raise InputError(
            f"{machine.name!r} is switched on and differs: {rows}. Its first boot has already used the old values. Set "
            "on_difference to apply (with allow_power_cycle), replace or ignore, or correct the task. Nothing was "
            "changed."
        )
    if not params["allow_power_cycle"]:
        raise InputError(
            f"{machine.name!r} is switched on and differs: {rows}. Properties are edited while it is off: set "
            "allow_power_cycle to true to have it shut down and started again. Nothing was changed."
        )


# Running


class Run:
    """One execution, with what it has at hand."""

    def __init__(
        self,
        api: Vsphere,
        params: Params,
        wait: Mapping[str, int],
        warn: Callable[[str], None],
        tell: Callable[[str], None],
    ) -> None:
        self.api, self.params, self.wait, self.warn, self.tell = api, params, wait, warn, tell

    def execute(self, check_mode: bool) -> tuple[Plan, Values, dict[str, Any]]:
        """(plan for the diff, the appliance afterwards, further return values)."""
        ref = find_vm(self.api, self.params)
        if ref is None:
            if self.params["state"] == ABSENT:
                return Plan(NONE, {}, {}), {}, self._more(())
            return self._create(check_mode)
        machine = vm.read(self.api, ref)
        self._refuse_foreign(machine)
        decision = decide(machine, self.params)
        if decision.action == DELETE:
            before = self._shown(machine)
            if not check_mode:
                vm.remove(self.api, machine, self.wait)
            return Plan(DELETE, before, {}, tuple(before)), {}, self._more(())
        if decision.action == REPLACE:
            return self._replace(machine, decision, check_mode)
        return self._update(machine, decision, check_mode)

    # What is not ours

    def _refuse_foreign(self, machine: vm.Machine) -> None:
        """Raise InputError for a VM that is something else, or that is being imported just now."""
        path = vm_path(self.params)
        if not machine.is_appliance:
            raise InputError(
                f"name is {machine.name!r}: the VM at {path} did not come from an OVF (it has neither properties nor a "
                "product), so it is something else and is left alone. Take another name or folder, or remove that VM "
                "by other means."
            )
        tasks = self.api.properties(machine.found.get("recentTask") or [], ["info"]) if not machine.is_on else []
        running = [each["info"] for _task, each in tasks if each["info"].state in ("running", "queued")]
        for info in running:
            if "import" in str(info.descriptionId or info.name or "").lower():
                raise InputError(
                    f"name is {machine.name!r}: the VM at {path} is being imported just now (task {info.key}). Wait "
                    "until "
                    "it has finished, then run the task again."
                )

    # Making one

    def _opened(self) -> Any:
        missing = [name for name in _FOR_AN_IMPORT if not self.params[name]]
        if not (self.params["cluster"] or self.params["host"]):
            missing.append("cluster or host")
        if missing:
            raise InputError(
                f"{vm_path(self.params)} does not exist, and to deploy it {listed(missing)} must be given. Is the name "
                "right?"
            )
        return package_of(self.params, self.api.transport)

    def _predicted(self, prepared: Prepared) -> Values:
        """The new appliance as far as it can be known before it is there."""
        secret = [each.key for each in prepared.descriptor.properties if vm.is_secret(each)]
        return {
            "name": self.params["name"],
            "datacenter": self.params["datacenter"],
            "folder": self.params["folder"] or "",
            "state": self.params["state"],
            "properties": prepared.effective(),
            "secret_keys": sorted(secret),
            "deployment_option": prepared.option or None,
            "product": prepared.descriptor.product or None,
            "version": prepared.descriptor.version or None,
        }

    def _import(self, prepared: Prepared) -> Values:
        machine = carry_out(self.api, prepared, self.params, self.wait, self.tell)
        self._kept(machine, prepared.values)
        return self._settle(machine, self.params["state"] if self.params["state"] == vm.ON else None)

    def _create(self, check_mode: bool) -> tuple[Plan, Values, dict[str, Any]]:
        with self._opened() as package:
            prepared = prepare(self.api, package, self.params)
            for text in prepared.warnings:
                self.warn(text)
            after = self._predicted(prepared)
            step = Plan(CREATE, {}, after, tuple(sorted(after)))
            return step, after if check_mode else self._import(prepared), self._more(())

    def _replace(
        self, machine: vm.Machine, decision: Decision, check_mode: bool
    ) -> tuple[Plan, Values, dict[str, Any]]:
        with self._opened() as package:
            prepared = prepare(self.api, package, self.params)
            for text in prepared.warnings:
                self.warn(text)
            before, after = self._shown(machine), self._predicted(prepared)
            changed = tuple(name for name in sorted(after) if before.get(name) != after[name])
            step = Plan(UPDATE, before, after, changed)
            if check_mode:
                return step, after, self._more(decision.differences, replaced=True)
            vm.remove(self.api, machine, self.wait)
            try:
                final = self._import(prepared)
            except TaskFailed as problem:
                raise TaskFailed(
                    f"replacing {machine.name}",
                    problem.task,
                    f"the former VM was removed, and then: {str(problem).rstrip('.')}. Run the task again to deploy "
                    "it.",
                ) from problem
            return step, final, self._more(decision.differences, replaced=True)

    # Changing one

    def _update(self, machine: vm.Machine, decision: Decision, check_mode: bool) -> tuple[Plan, Values, dict[str, Any]]:
        before = self._shown(machine)
        after = {**before, "state": decision.power or before["state"]}
        after["properties"] = {**before["properties"], **decision.edits}
        changed = [name for name in ("properties", "state") if before[name] != after[name]]
        # Only the properties that differ are worth a reader's time.
        old = {**before, "properties": {key: before["properties"][key] for key in decision.edits}}
        new = {**after, "properties": dict(decision.edits)}
        step = Plan(decision.action, old, new, tuple(changed)) if changed else Plan(NONE, before, before)
        more = self._more(decision.differences)
        if check_mode:
            return step, after, more
        if decision.edits:
            if machine.is_on:
                vm.power_off(self.api, machine, self.wait)
            vm.edit(self.api, machine, decision.edits, self.wait)
            machine = vm.read(self.api, machine.ref)
            self._kept(machine, decision.edits)
        power = self.params["state"] if (machine.is_on is not (self.params["state"] == vm.ON)) else None
        return step, self._settle(machine, power), more

    def _settle(self, machine: vm.Machine, power: str | None) -> Values:
        """Bring the VM to its power state, wait for what is to be waited for, and describe it."""
        if power == vm.ON:
            vm.power_on(self.api, machine, self.wait)
        elif power == vm.OFF:
            vm.power_off(self.api, machine, self.wait)
        if power:
            machine = vm.read(self.api, machine.ref)
        if self.params["state"] == vm.ON:
            if self.params["wait_for_ip"]:
                expected = self.params["expected_address"] or static_address(machine.values)
                machine = vm.wait_address(self.api, machine, expected, self.wait)
            if self.params["service_url"]:
                vm.wait_service(self.params["service_url"], machine.name, self.wait)
        return self._shown(machine)

    def _kept(self, machine: vm.Machine, values: Mapping[str, str]) -> None:
        """Raise TaskFailed where vCenter does not hold what it was given."""
        present, known = machine.values, machine.known
        lost = sorted(
            key for key, text in values.items() if key in present and not same(known[key].type, present[key], text)
        )
        lost += sorted(key for key in values if key not in known)
        if lost:
            raise TaskFailed(
                f"setting the properties of {machine.name}", {},
                f"vCenter took them but did not keep {listed(lost)}. The VM is there and was not switched on by this "
                "task; run it again, or look at the VM's vApp options.",
            )  # fmt: skip

    def _shown(self, machine: vm.Machine) -> Values:
        return vm.describe(machine, self.params["datacenter"], self.params["folder"])

    def _more(self, differences: tuple[str, ...], *, replaced: bool = False) -> dict[str, Any]:
        return {
            "differences": list(differences),
            "not_checked": sorted(self.params["secret_properties"] or {}),
            "replaced": replaced,
        }


def every(api: Vsphere, params: Params) -> list[Values]:
    """All appliances that came from an OVF, in and below a folder, or the one of a name there; by folder and name.

    Raises InputError for a datacenter or a folder that does not exist.
    """
    top = find_folder(api, params)
    found, folders = below(api, top, vm.READ)
    start = (params["folder"] or "").strip("/")
    rows = []
    for ref, properties in found:
        machine = vm.Machine(ref, properties)
        inner: list[str] = []
        parent = properties.get("parent")
        while parent in folders and parent != top:
            name, parent = folders[parent]
            inner.insert(0, name)
        if machine.is_appliance and params["name"] in (None, machine.name):
            folder = "/".join([*([start] if start else []), *inner])
            rows.append(vm.describe(machine, params["datacenter"], folder))
    return sorted(rows, key=lambda row: (row["folder"], row["name"]))
