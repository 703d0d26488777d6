# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carrying out operations on replications: choose, judge each VM, send what is permitted side by side, wait, look again
(contract vcav-api.md, 4.12.5 and 5.2).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._http import HttpError
from .._moments import read_moment
from .._names import nearest
from .._parallel import in_flight, side_by_side
from .._plan import UPDATE, InputError, Plan, Values
from .._remedies import remedy
from .._wait import TaskFailed, WaitTimeout, wait_for
from . import recovery_networks as networks
from . import replication_states as states
from . import replications
from .client import UNFINISHED, Vcav, segment
from .replications import Replication
from .workloads import Workloads, is_id

LATEST = "latest"
NOT_BEGUN = "not begun, because fail_fast is set and another one failed"
_IDS = 40  # replications that one request names
_HINTS = {
    "migrate": "If the source is gone, use operation: failover with synchronize: false",
    "failover": "If the source is gone, set synchronize: false: it recovers from the latest instance that is here",
    "failover_test": "If the source is gone, set synchronize: false",
    "sync": "Is the source reachable? vcpp.vcloud.vcav_site_pairing_info tells",
    "reverse": "Both sites must be reachable; an on-premises site must allow access from the cloud",
}


@dataclass
class Unit:
    """What one request is about: a vApp whose VMs are equally far, or one VM. `instances` are keys by VM."""

    replication: Replication
    before: dict[str, states.State]
    verdict: states.Verdict
    instances: dict[str, str] = field(default_factory=dict)
    network: dict[str, Any] = field(default_factory=dict)
    error: str | None = None
    is_lost: bool = False

    @property
    def is_work(self) -> bool:
        return self.verdict.action in (states.PERFORM, states.JOIN)


def check(params: Mapping[str, Any]) -> None:
    """Refuse options that contradict each other, before anything is sent. Raises InputError."""
    operation = params["operation"]
    if not any(params[name] for name in ("vapps", "vms", "ids", "org", "source_org")):
        raise InputError("nothing is chosen: give vapps, vms, ids, org or source_org")
    for name in ("vapps", "vms", "ids"):
        if any(not text.strip() for text in params[name] or []):
            raise InputError(f"{name} has an empty entry: name one, or leave it out")
    if params["batch"] < 1:
        raise InputError(f"batch is {params['batch']}: give the number of requests at a time, 1 or more")
    if operation not in states.RECOVERING:
        for name in ("consolidate", "synchronize", "network_settings"):
            if params[name] not in (None, False):
                raise InputError(f"{name} is for failover_test, failover and migrate; leave it out for {operation}")
    elif operation == "failover_test" and params["consolidate"]:
        raise InputError("consolidate is true: a test is never consolidated; leave it out for failover_test")
    instance = params["instance"]
    if instance != LATEST and operation not in ("failover_test", "failover"):
        raise InputError(f"instance is {instance!r}: {operation} works on the latest; leave it out")
    if instance != LATEST and params["synchronize"]:
        raise InputError(f"instance is {instance!r} and synchronize is true, which makes a newer one; give one of both")
    if _is_moment(instance):
        read_moment(instance, "instance")


def _is_moment(instance: str) -> bool:
    return len(instance) == 20 and instance[4] == "-" and instance.endswith("Z")


class Work:
    """One operation on the chosen replications. `units` are set by `prepare`."""

    def __init__(self, params: Mapping[str, Any]) -> None:
        self.params, self.operation = params, str(params["operation"])
        self.units: list[Unit] = []
        self._settings = networks.given(params["network_settings"] or {})
        self._tasks: list[dict[str, Any]] | None = None

    # Choosing

    def prepare(self, api: Vcav) -> None:
        """Find and judge what is chosen, and look up all that the requests name. Raises InputError, HttpError."""
        self.destination_site = self.params["destination_site"] or api.site
        chosen = self._choose(api)
        self.units = [unit for one in chosen for unit in self._judge(one)]
        if self.operation in states.RECOVERING and not self.params["synchronize"]:
            for unit in self.units:
                self._need_instance(unit)
        refused = [unit for unit in self.units if unit.verdict.action == states.REFUSE]
        for unit in refused:
            unit.error = f"{_stated(unit)} and {self.operation} is not permitted: {unit.verdict.reason}"
        if refused and self.params["on_refused"] == "fail":
            told = "; ".join(f"{unit.replication.label()} {unit.error}" for unit in refused[:5])
            more = f" (and {len(refused) - 5} more)" if len(refused) > 5 else ""
            raise InputError(
                f"{self.operation}: {len(refused)} of {len(self.units)} replications cannot: {told}{more}. Nothing was "
                "sent; on_refused: continue carries it out for the others"
            )
        if self.operation in states.RECOVERING:
            self._choose_instances(api)
            self._choose_networks(api)

    def _choose(self, api: Vcav) -> list[Replication]:
        params = self.params
        at = self._at(api, self.destination_site)
        found = self._list(api, at)
        if not found and self._only_name:
            found = self._list(api, at, by_name=False)  # to tell which name was meant
        fits = replications.between(params["source_site"], self.destination_site)
        back = replications.between(self.destination_site, params["source_site"])
        candidates = [one for one in found if fits(one)]
        if self.operation == "reverse":
            # What has been reversed already goes the other way now, and its owner is the other site.
            known = {one.id for one in candidates}
            others = {row.get("site") for row in api.facts.get("sites") or []} - {self.destination_site, None}
            for site in sorted(others):
                found = found + self._list(api, site, turned=True)
            candidates += [one for one in found if back(one) and one.id not in known]
        candidates = list({one.id: one for one in candidates if params["kind"] in (None, one.kind)}.values())
        if not (params["vapps"] or params["vms"] or params["ids"]):
            if not candidates:
                org = params["org"] or params["source_org"]
                raise InputError(
                    f"nothing of {org!r} is replicated to {self.destination_site}: is the name right? What has been "
                    "reversed goes to the other site. Look with vcpp.vcloud.vcav_replication_info; nothing was sent"
                )
            return candidates
        chosen: dict[str, dict[str, Mapping[str, Any]]] = {}
        wholes = {one.id: one for one in candidates}
        index = replications.Index(candidates)
        for option in ("vapps", "vms", "ids"):
            for wanted in params[option] or []:
                for one in self._named(index, option, wanted):
                    vms = chosen.setdefault(str(one.wire["id"]), {})
                    vms.update({str(vm["id"]): vm for vm in one.vms})
        return [
            one if len(chosen[one.id]) == len(one.vms) else Replication(one.wire, tuple(chosen[one.id].values()), False)
            for one in wholes.values()
            if one.id in chosen
        ]

    def _at(self, api: Vcav, site: str | None) -> str | None:
        """The site whose list is read: where the replications go to, or this one for an on-premises site."""
        known = {row.get("site") for row in api.facts.get("sites") or []}
        if site is None or site == api.site or site in known:
            return site
        customers = {row.get("site") for row in api.get("vc-sites") or []}
        return None if site in customers else site

    @property
    def _only_name(self) -> str | None:
        """The name of the vApp that is chosen, where it is the only choice and no id: then the server filters by it."""
        vapps = self.params["vapps"] or []
        alone = len(vapps) == 1 and not (self.params["vms"] or self.params["ids"])
        return vapps[0] if alone and not is_id(vapps[0]) else None

    def _list(self, api: Vcav, at: str | None, turned: bool = False, by_name: bool = True) -> list[Replication]:
        ends = ("sourceOrg", "destinationOrg") if turned else ("destinationOrg", "sourceOrg")
        filters: dict[str, Any] = dict(zip(ends, (self.params["org"], self.params["source_org"]), strict=True))
        if by_name:
            filters["vappName"] = self._only_name
        return replications.listing(api, at, **filters)

    def _named(self, index: replications.Index, option: str, wanted: str) -> list[Replication]:
        if option == "vapps":
            found = index.named(wanted, None)
        elif option == "vms":
            found = index.named(None, wanted)
        else:
            found = [one for one in index.named(wanted, None) if one.id == wanted]
            found += [one for one in index.named(None, wanted) if one.id == wanted]
        if not found:
            vms = [str(vm.get("vmName")) for one in index.every for vm in one.vms]
            names = {"vapps": [one.vapp for one in index.every], "vms": vms, "ids": []}[option]
            raise InputError(
                f"{option} names {wanted!r}: nothing of that name is replicated to {self.destination_site}"
                f"{nearest(wanted, names)}. Look with vcpp.vcloud.vcav_replication_info; nothing was sent"
            )
        if len(found) > 1:
            told = ", ".join(sorted(one.id for one in found))
            raise InputError(
                f"{option} names {wanted!r}, which could be any of {told}: give ids, or org, source_site or kind too; "
                "nothing was sent"
            )
        return found

    def _judge(self, one: Replication) -> list[Unit]:
        now = one.states
        if self.operation == "reverse":
            return [self._judge_turn(one)]
        if one.whole and states.agree(now.values()) and now:
            verdict = states.judge(self.operation, next(iter(now.values())), self.destination_site)
            return [Unit(one, now, verdict)]
        return [
            Unit(
                one.of(vm),
                {str(vm["id"]): now[str(vm["id"])]},
                states.judge(self.operation, now[str(vm["id"])], self.destination_site),
            )
            for vm in one.vms
        ]

    @staticmethod
    def _need_instance(unit: Unit) -> None:
        """Refuse to recover from nothing: before the first synchronization has ended there is no instance."""
        for vm in unit.replication.vms:
            state = vm.get("destinationState") or {}
            if unit.verdict.action == states.PERFORM and "latestInstance" in state and state["latestInstance"] is None:
                reason = f"{vm.get('vmName')} has no instance yet; wait until its first synchronization has ended"
                unit.verdict = states.Verdict(states.REFUSE, reason)

    def _judge_turn(self, one: Replication) -> Unit:
        """Source and destination are those of the vApp, so all of its VMs change places together, or none does."""
        whole = Replication(one.wire, tuple(one.wire.get("vmReplications") or ()))
        verdicts = [states.judge("reverse", state, self.destination_site) for state in whole.states.values()]
        verdict = next((each for each in verdicts if each.action == states.REFUSE), verdicts[0])
        if len(one.vms) < len(whole.vms) and verdict.action == states.PERFORM:
            verdict = states.Verdict(states.REFUSE, "only the whole vApp can be reversed; choose it by vapps")
        elif verdict.action != states.REFUSE and len({each.action for each in verdicts}) > 1:
            verdict = states.Verdict(states.REFUSE, "its VMs are not equally far; fail over the others first")
        return Unit(whole, whole.states, verdict)

    # What the requests carry

    def _choose_instances(self, api: Vcav) -> None:
        wanted = str(self.params["instance"])
        if wanted == LATEST:
            return
        working = [(unit, vm) for unit in self.units if unit.is_work for vm in unit.replication.vms]
        if not _is_moment(wanted) and len(working) > 1:
            raise InputError(
                f"instance is {wanted!r}, which is of one VM, and {len(working)} are chosen; choose one or a moment"
            )

        def read(pair: tuple[Unit, Mapping[str, Any]]) -> list[dict[str, Any]]:
            site = replications.home(api, pair[0].replication)
            return instances(api, str(pair[1]["id"]), site)

        pairs = {str(vm["id"]): (unit, vm) for unit, vm in working}
        for vm_id, found in side_by_side(lambda each: read(pairs[each]), pairs).items():
            unit, vm = pairs[vm_id]
            unit.instances[vm_id] = _select(found, wanted, f"{unit.replication.vapp}/{vm.get('vmName')}")

    def _choose_networks(self, api: Vcav) -> None:
        settings = self._settings
        if not settings:
            return
        networks.check(settings, "network_settings", api.version)
        if settings.get("network") == "" and api.version >= (4, 0):
            raise InputError(
                "network_settings.network is '': releases from 4.0 on are told NIC by NIC; give network_settings.vms "
                "with nics that have connected: false"
            )
        working = [unit for unit in self.units if unit.is_work]
        known = {str(vm.get(name)) for unit in working for vm in unit.replication.vms for name in ("vmName", "vmId")}
        strange = [row["vm"] for row in settings.get("vms") or [] if row["vm"] not in known]
        if strange and working:
            raise InputError(
                f"network_settings.vms names {strange[0]!r}, which is not among the chosen VMs"
                f"{nearest(strange[0], known)}"
            )
        places: dict[str | None, Workloads] = {}
        for unit in working:
            self._resolve(api, unit, places)

    def _resolve(self, api: Vcav, unit: Unit, places: dict[str | None, Workloads]) -> None:
        """Put the wire form of the network settings of one unit into it."""
        one, settings = unit.replication, self._settings
        site = replications.home(api, one)
        there = places.setdefault(site, Workloads(api, site))
        vdc_id = str(one.destination.get("vdcId"))
        names = {str(vm.get("vmId")): str(vm.get("vmName")) for vm in one.vms}

        def lookup(name: str, option: str) -> tuple[str, str]:
            return there.network(vdc_id, name, option)

        if api.version < (4, 0) and set(settings) == {"network"}:
            found = lookup(settings["network"], "network_settings.network")[0] if settings["network"] else None
            unit.network = {"preconfiguredNetwork": False, "orgVdcNetworkId": found}
            return
        mine = {**settings, "vms": [row for row in settings.get("vms") or [] if row["vm"] in {*names, *names.values()}]}
        unit.network = networks.merge(None, mine, names, one.whole, lookup, "network_settings", api.version)

    def document(self, api: Vcav, unit: Unit) -> dict[str, Any] | None:
        """The body of a request about a unit (contract 4.12.5); None where an operation has none."""
        if self.operation not in states.RECOVERING:
            return None
        one = unit.replication
        synchronize = self.params["synchronize"]
        document: dict[str, Any] = {
            "type": "vcloud" if one.destination.get("vdcId") else "vcenter",
            "consolidate": bool(self.params["consolidate"]),
            "powerOn": bool(self.params["power_on"]),
            "sync": self.operation == "migrate" if synchronize is None else bool(synchronize),
            "snapshotOptions": "DO_NOTHING",
        }
        if one.whole:
            document["instanceMap"] = unit.instances or None
        else:
            document["instanceId"] = unit.instances.get(one.id)
        if unit.network:
            document.update(unit.network)
        elif api.version < (4, 0):
            document["preconfiguredNetwork"] = True
        return document

    # Doing

    def carry_out(self, api: Vcav, wait: Mapping[str, int]) -> None:
        """Do what is to be done, at most `batch` requests at a time, and look at every VM afterwards."""
        work = [unit for unit in self.units if unit.is_work]
        if not work:
            return
        fail_fast, failed = bool(self.params["fail_fast"]), threading.Event()
        begun = set()

        def stop() -> bool:
            return fail_fast and failed.is_set()

        def work_on(key: str) -> bool:
            # What waits for its turn looks itself: it may get it before the failure of the one before is reported.
            if stop():
                return False
            try:
                self._do(api, by_id[key], wait)
            except Exception:
                failed.set()
                raise
            return True

        by_id = {unit.replication.id: unit for unit in work}
        self._read_tasks(api, work)
        for key, was_begun, fault in in_flight(work_on, by_id, width=int(self.params["batch"]), stop=stop):
            if was_begun is False:
                continue
            begun.add(key)
            unit = by_id[key]
            if isinstance(fault, HttpError):
                unit.is_lost = fault.outcome_unknown
                unit.error = f"{str(fault).rstrip('.')}. {remedy(fault)}".rstrip()
            elif isinstance(fault, TaskFailed):
                unit.error = self._explain(fault)
            elif fault is not None:
                raise fault
        for key in by_id.keys() - begun:
            by_id[key].error = NOT_BEGUN
        self._look_again(api, [unit for unit in work if unit.error != NOT_BEGUN])

    def _explain(self, fault: TaskFailed) -> str:
        text = str(fault).rstrip(".")
        hint = _HINTS.get(self.operation) if fault.error else None
        return f"{text}. {hint}." if hint else f"{text}."

    def _read_tasks(self, api: Vcav, work: Iterable[Unit]) -> None:
        """What is under way already, so that it is joined and not begun again."""
        kinds = "vappReplication,vmReplication"
        sites = {replications.home(api, unit.replication) for unit in work}
        self._tasks = [
            task
            for site in sorted(sites, key=str)
            for state in UNFINISHED
            for task in api.pages("tasks", resourceType=kinds, state=state, **({"site": site} if site else {}))
            if states.about(task, self.operation)
        ]

    def _do(self, api: Vcav, unit: Unit, wait: Mapping[str, int]) -> None:
        one = unit.replication
        what = f"{self.operation} of {one.label()}"
        ids = {one.id, str(one.wire["id"])}
        begun = next((each for each in self._tasks or [] if each["workflowInfo"].get("resourceId") in ids), None)
        if begun is not None:
            try:
                api.finish(begun, what, **wait)
                return
            except TaskFailed as failed:
                if not failed.error:
                    raise  # it is still running
        if begun is not None or unit.verdict.action == states.JOIN:
            verdict = self._settle(api, one, what, wait)
            if verdict.action == states.READY:
                return
            if verdict.action == states.REFUSE:
                raise TaskFailed(what, {}, f"after an earlier one had ended it is not permitted: {verdict.reason}")
        method, part = states.CALLS[self.operation]
        site = replications.home(api, one)
        query = {"site": site} if site else None
        api.perform(method, f"{one.path}/{part}", what, document=self.document(api, unit), query=query, **wait)

    def _settle(self, api: Vcav, one: Replication, what: str, wait: Mapping[str, int]) -> states.Verdict:
        """Wait until a recovery that somebody else began has ended, and judge again."""
        site = replications.home(api, one)

        def fetch() -> states.State:
            wire = api.get(one.path, **({"site": site} if site else {})) or {}
            vms = tuple(wire.get("vmReplications") or ()) if one.whole else (wire,)
            now = list(Replication(one.wire, vms, one.whole).states.values())
            return next(
                (each for each in now if each.recovery == states.IN_PROGRESS), now[0] if now else states.State()
            )

        try:
            now = wait_for(
                fetch,
                lambda state: state.recovery != states.IN_PROGRESS,
                timeout=wait["timeout"],
                interval=wait["interval"],
            )
        except WaitTimeout as late:
            raise TaskFailed(
                what,
                {},
                f"it has been in progress for more than {late.seconds:g} seconds, begun by an earlier run; raise "
                "wait_timeout and run again, or look at the tasks with vcpp.vcloud.vcav_task_info",
            ) from late
        return states.judge(self.operation, now, self.destination_site)

    def _look_again(self, api: Vcav, done: list[Unit]) -> None:
        """Read every VM that was worked on; an answer that was lost is no failure where the end state is there."""
        now: dict[str, states.State] = {}
        places: dict[str | None, list[str]] = {}
        for unit in done:
            one = unit.replication
            site = replications.home(api, one)
            if self.operation == "reverse" and one.source.get("vdcId"):
                site = replications.remote(api, one.source.get("site"))  # its owner is the other site now
            places.setdefault(site, []).append(str(one.wire["id"]))
        try:
            for site, ids in places.items():
                for start in range(0, len(ids), _IDS):
                    part = ",".join(dict.fromkeys(ids[start : start + _IDS]))
                    for one in replications.listing(api, site, ids=part):
                        now.update(one.states)
        except HttpError:
            return  # the tasks have told how they ended, and what they did not tell is an error already
        for unit in done:
            if unit.error and not unit.is_lost:
                continue
            missing = [
                vm_id
                for vm_id, before in unit.before.items()
                if not states.reached(self.operation, before, now.get(vm_id))
            ]
            if not missing:
                unit.error = None if self.operation != "sync" else unit.error
            elif not unit.error and not (self.operation == "reverse" and missing[0] not in now):
                # What the id of a reversed replication is, is not known: where it is not found, its task is believed.
                held = now.get(missing[0])
                unit.error = (
                    f"the server's task succeeded, but the state is {held.recovery if held else 'gone'} where "
                    f"{states.outcome(self.operation, unit.before[missing[0]]).recovery} was expected; somebody else "
                    "may be at it. Look with vcpp.vcloud.vcav_replication_info and run the task again."
                )

    # Telling

    def rows(self) -> list[Values]:
        """One row for each VM, in the order of their names: its state now, or predicted, and what became of it."""
        rows = []
        for unit in self.units:
            one = unit.replication
            for vm in one.vms:
                before = unit.before[str(vm["id"])]
                is_done = unit.is_work and unit.error is None
                after = states.outcome(self.operation, before) if is_done else before
                row: Values = {
                    "vapp": one.vapp,
                    "vm": vm.get("vmName"),
                    "id": str(vm["id"]),
                    "vapp_replication_id": str(one.wire["id"]),
                    "org": one.destination.get("org") or one.source.get("org"),
                    **after.words(),
                    "changed": is_done,
                }
                rows.append(row if unit.error is None else {**row, "error": unit.error})
        return sorted(rows, key=lambda row: (row["vapp"], str(row["vm"]), row["id"]))

    def steps(self) -> list[tuple[str, str | None, Plan]]:
        """(name, organization, plan) for each VM that was changed, or would be: for the task's diff."""
        found = []
        for unit in self.units:
            if not unit.is_work or unit.error is not None:
                continue
            one = unit.replication
            for vm in one.vms:
                before = unit.before[str(vm["id"])]
                was, now = before.words(), states.outcome(self.operation, before).words()
                if self.operation == "sync":
                    was, now = {**was, "synchronized": False}, {**now, "synchronized": True}
                changed = tuple(name for name in sorted(was) if was[name] != now[name])
                org = one.destination.get("org") or one.source.get("org")
                found.append((f"{one.vapp}/{vm.get('vmName')}", org, Plan(UPDATE, was, now, changed)))
        return sorted(found, key=lambda entry: entry[0])

    def summary(self) -> Values:
        """How many VMs were, or would be, changed, were so already, failed, were refused, and were not begun."""
        counts = {"changed": 0, "already": 0, "failed": 0, "refused": 0, "not_begun": 0}
        for unit in self.units:
            size = len(unit.replication.vms)
            if unit.verdict.action == states.REFUSE:
                counts["refused"] += size
            elif unit.error == NOT_BEGUN:
                counts["not_begun"] += size
            elif unit.error is not None:
                counts["failed"] += size
            else:
                counts["changed" if unit.is_work else "already"] += size
        return counts

    def failure(self, failed: list[Values]) -> str:
        """The message of a task in which these rows have an error."""
        counts = self.summary()
        first = next((row for row in failed if row["error"] != NOT_BEGUN), failed[0])
        idle = f", {counts['not_begun']} were not begun because of fail_fast" if counts["not_begun"] else ""
        return (
            f"{self.operation}: {counts['failed'] + counts['refused']} of {len(self.rows())} VMs failed or were "
            f"refused{idle}, {counts['changed']} were done, {counts['already']} were so already. First: "
            f"{first['vapp']}/{first['vm']}: {str(first['error']).rstrip('.')}. The result names each; running the "
            "task again goes on with the rest."
        )


def instances(api: Vcav, vm_replication: str, site: str | None = None) -> list[dict[str, Any]]:
    """The instances of a VM replication as the server lists them, the oldest first."""
    found = api.get(f"vm-replications/{segment(vm_replication)}/instances", **({"site": site} if site else {}))
    return sorted(found or [], key=lambda each: each.get("timestamp") or 0)


def _select(found: list[dict[str, Any]], wanted: str, name: str) -> str:
    """The key of the instance that is wanted: its key, or the newest at a moment. Raises InputError."""
    if _is_moment(wanted):
        latest = read_moment(wanted, "instance")
        older = [each for each in found if (each.get("timestamp") or 0) <= latest]
        if older:
            return str(older[-1]["key"])
        first = replications.describe_instance(found[0])["timestamp"] if found else None
        reason = f"the oldest instance is of {first}" if first else "there is no instance yet"
        raise InputError(f"instance is {wanted!r}: {name} has none so old; {reason}. Nothing was sent")
    if any(each.get("key") == wanted for each in found):
        return wanted
    keys = ", ".join(str(each.get("key")) for each in found[-5:]) or "none"
    raise InputError(f"instance is {wanted!r}: {name} has no such instance; its latest are {keys}. Nothing was sent")


def _stated(unit: Unit) -> str:
    """The state of a unit, for a sentence."""
    state = next(iter(unit.before.values()), states.State())
    return f"is {state.recovery}{' and paused' if state.paused else ''}"
