"""Watches the virtual machines of one vCenter, and shows in it what becomes of them.

A thread, because the vCenter's client library waits. It decides nothing: everything that touches the simulator's
state is asked of `Minds`, which answers in the simulator's own loop.
"""

from __future__ import annotations

import http.client
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from .process import VcenterProcess, finished

GUEST_SECONDS = 0.4
"""From power on until the guest reports its address, in real time: the vCenter knows no other."""
_WAIT_SECONDS = 1
_GUEST_ADDRESS, _GUEST_HOST = GUEST_KEYS = ("SET.guest.ipAddress", "SET.guest.hostName")


@dataclass(frozen=True)
class Guest:
    """What a machine's guest reports once it is up."""

    address: str
    hostname: str
    after: float = GUEST_SECONDS
    """Seconds from power on until then."""


class Minds(Protocol):
    """Who knows what a machine is; every call may come from any thread."""

    def powered_on(self, moid: str, name: str, values: Mapping[str, str], memory_mb: int) -> Guest | None:
        """A machine runs that has these OVF properties. None: its guest never reports anything."""

    def powered_off(self, moid: str) -> None:
        """A machine does not run any more."""

    def removed(self, moid: str) -> None:
        """A machine is gone."""

    def published(self) -> dict[str, dict[str, str]]:
        """What running appliances write into their machine's extraConfig, by machine."""


class Watcher(threading.Thread):
    """Ends when its vCenter does."""

    def __init__(self, process: VcenterProcess, minds: Minds) -> None:
        super().__init__(name=f"vcenter-{process.port}", daemon=True)
        self._process = process
        self._minds = minds
        self._running: set[str] = set()
        self._due: list[tuple[float, str, Guest]] = []
        self._published: dict[str, dict[str, str]] = {}
        self._stub: Any = None

    def run(self) -> None:
        """Follows the vCenter's own stream of changes."""
        try:
            self._watch()
        except (OSError, http.client.HTTPException):
            if not self._process.ended:
                print(f"The vCenter simulator with the process id {self._process.pid} has gone.", file=sys.stderr)
        except Exception:
            # A fault of the simulator itself: told to whoever watches its terminal.
            if not self._process.ended:
                traceback.print_exc(file=sys.stderr)
        finally:
            if self._stub is not None:
                self._stub.DropConnections()

    def _watch(self) -> None:
        from pyVmomi import vim, vmodl

        collector_types = vmodl.query.PropertyCollector
        instance = self._process.connect()
        self._stub, content = instance._stub, instance.content
        view = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True)
        walk = collector_types.TraversalSpec(name="view", type=vim.view.ContainerView, path="view", skip=False)
        # A collector of its own: vcsim knows the default ones of all sessions by one name, and the last client that
        # waits for updates of his takes them away from all others.
        collector = content.propertyCollector.CreatePropertyCollector()
        collector.CreateFilter(
            collector_types.FilterSpec(
                objectSet=[collector_types.ObjectSpec(obj=view, skip=True, selectSet=[walk])],
                propSet=[collector_types.PropertySpec(type=vim.VirtualMachine, pathSet=["runtime.powerState"])],
            ),
            False,
        )
        version = ""
        while not self._process.ended:
            if self._due:
                # Whole seconds only can be waited for.
                time.sleep(0.05)
            wait = collector_types.WaitOptions(maxWaitSeconds=0 if self._due else _WAIT_SECONDS)
            update = collector.WaitForUpdatesEx(version, wait)
            if update:
                version = update.version
                for change in (one for filtered in update.filterSet for one in filtered.objectSet):
                    self._changed(change)
            self._report()
            self._publish()

    def _changed(self, change: Any) -> None:
        machine, moid = change.obj, str(change.obj._moId)
        if change.kind == "leave":
            self._forget(moid)
            self._minds.removed(moid)
            return
        states = [str(one.val) for one in change.changeSet if one.name == "runtime.powerState"]
        if not states:
            return
        on = states[-1] == "poweredOn"
        if on and moid not in self._running:
            self._start(machine, moid)
        elif not on and moid in self._running:
            self._forget(moid)
            self._minds.powered_off(moid)
            show(machine, {_GUEST_ADDRESS: "", _GUEST_HOST: ""})

    def _forget(self, moid: str) -> None:
        self._running.discard(moid)
        self._published.pop(moid, None)
        self._due = [one for one in self._due if one[1] != moid]

    def _start(self, machine: Any, moid: str) -> None:
        from pyVmomi import vmodl

        try:
            config, name = machine.config, str(machine.name)
        except vmodl.fault.ManagedObjectNotFound:
            return
        self._running.add(moid)
        guest = self._minds.powered_on(moid, name, properties_of(config), int(config.hardware.memoryMB))
        if guest is not None:
            self._due.append((time.monotonic() + guest.after, moid, guest))

    def _report(self) -> None:
        """The addresses whose time has come. The rest of what guests write comes with `_publish`."""
        now = time.monotonic()
        for _time, moid, guest in [one for one in self._due if one[0] <= now]:
            self._set_by_id(moid, {_GUEST_HOST: guest.hostname, _GUEST_ADDRESS: guest.address})
        self._due = [one for one in self._due if one[0] > now]

    def _publish(self) -> None:
        waiting = {moid for _time, moid, _guest in self._due}
        for moid, values in self._minds.published().items():
            if moid in self._running and moid not in waiting and self._published.get(moid) != values:
                self._set_by_id(moid, values)
                self._published[moid] = values

    def _set_by_id(self, moid: str, values: Mapping[str, str]) -> None:
        from pyVmomi import vim

        show(vim.VirtualMachine(moid, self._stub), values)


def properties_of(config: Any) -> dict[str, str]:
    """The OVF properties of a machine by their full keys; one that is not set has its default."""
    found = {}
    for one in config.vAppConfig.property if config.vAppConfig else ():
        key = ".".join(part for part in (one.classId, one.id, one.instanceId) if part)
        found[key] = str(one.value or one.defaultValue or "")
    return found


def show(machine: Any, values: Mapping[str, str]) -> None:
    """Writes a machine's extraConfig, which is also how a guest's address gets into vcsim; nothing if it has gone."""
    from pyVmomi import vim, vmodl

    if not values:
        return
    options = [vim.option.OptionValue(key=key, value=value) for key, value in values.items()]
    try:
        finished(machine.ReconfigVM_Task(vim.vm.ConfigSpec(extraConfig=options)))
    except vmodl.fault.ManagedObjectNotFound:
        return
