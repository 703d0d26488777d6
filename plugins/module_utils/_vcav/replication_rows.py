# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows of vcav_replication: what they ask for, which replications they mean, and what each change sends (contract
vcav-api.md, 4.12.3, 4.12.4 and 7).
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .._http import HttpError
from .._moments import read_moment
from .._parallel import side_by_side
from .._plan import CREATE, DELETE, InputError, Plan, Values, refuse_empty
from .._remedies import remedy
from .._wait import TaskFailed
from . import recovery_networks as networks
from . import replication_limits as limits
from . import replication_states as states
from . import replications, versions
from .client import UNFINISHED, Vcav
from .replications import FIELDS, Replication
from .workloads import OnPremises, Workloads, bare, is_id

NETWORKS = {"failover_network": "failoverSettings", "test_network": "failoverTestSettings"}
_RPO = (5, 1440)
_INSTANCES = 24
_START_HINT = (
    "Does the policy of the organization allow it at both sites, incoming and outgoing, and is the vApp not replicated "
    "already? vcpp.vcloud.vcav_policy_assignments_info and vcpp.vcloud.vcav_replication_info tell"
)


@dataclass
class Start:
    """Where a new replication comes from and goes to, on the wire."""

    source: dict[str, Any]
    destination: dict[str, Any]


def merge(common: Mapping[str, Any] | None, row: Mapping[str, Any]) -> Values:
    """A row with what all rows share; its own values win."""
    shared = {key: value for key, value in (common or {}).items() if value is not None}
    return {**shared, **{key: value for key, value in row.items() if value is not None}}


def key_of(row: Mapping[str, Any]) -> str:
    """How results and messages call a row."""
    name = "/".join(str(row[part]) for part in ("vapp", "vm") if row.get(part))
    return f"{name} to {row['destination_vdc']}" if row.get("destination_vdc") else name


def check_row(row: Mapping[str, Any], option: str) -> None:
    """Refuse what no release takes. Raises InputError."""
    if not (row.get("vapp") or row.get("vm")):
        raise InputError(f"{option} names neither vapp nor vm: name what is replicated")
    for name in ("vapp", "vm", "destination_vdc", "storage_policy", "sla_profile"):
        refuse_empty(f"{option}.{name}", row.get(name), "give a name or an id, or leave it out")
    rpo = row.get("rpo")
    if rpo is not None and not _RPO[0] <= rpo <= _RPO[1]:
        raise InputError(f"{option}.rpo is {rpo}: it must lie between {_RPO[0]} and {_RPO[1]} minutes")
    for rule in row.get("retention") or []:
        if rule["instances"] < 1 or rule["distance"] < 1:
            raise InputError(f"{option}.retention: instances and distance (minutes) must be 1 or more")
    if sum(rule["instances"] for rule in row.get("retention") or []) > _INSTANCES:
        raise InputError(f"{option}.retention keeps more than {_INSTANCES} instances, which no policy allows")
    ruled = [name for name in ("rpo", "retention", "quiesced") if row.get(name) is not None]
    if row.get("sla_profile") and ruled:
        raise InputError(f"{option}: sla_profile decides {', '.join(ruled)} too; give one or the other")
    if row.get("initial_sync_time") is not None:
        read_moment(row["initial_sync_time"], f"{option}.initial_sync_time")


class Rows:
    """All rows of one task. `wanted` is what they ask for by key, None for what is to be absent."""

    def __init__(self, params: Mapping[str, Any]) -> None:
        """Raises InputError for what cannot be, before anything is sent."""
        self._params = params
        self.kind: str = params["kind"]
        self.org: str | None = params["org"]
        self._rows: dict[str, Values] = {}
        self.wanted: dict[str, Values | None] = {}
        self.matches: dict[str, Replication] = {}
        self._starts: dict[str, Start] = {}
        self._held: dict[str, Mapping[str, Any]] = {}
        self._profiles: dict[str, str] = {}
        self._inventory: dict[str | None, Workloads] = {}
        self._unfinished: list[dict[str, Any]] | None = None
        self._lock = threading.Lock()
        if params["source_site"] is None and params["destination_site"] is None:
            raise InputError("source_site and destination_site are both left out: name the other site")
        if params["source_site"] == params["destination_site"]:
            raise InputError(f"source_site and destination_site are both {params['source_site']!r}: they must differ")
        if params["prune"] and not self.org and not params["source_org"]:
            raise InputError("prune is true without org: it stops replications of one organization only, so name it")
        for number, given in enumerate(params["replications"]):
            row, option = merge(params["common"], given), f"replications[{number}]"
            check_row(row, option)
            key = key_of(row)
            if key in self.wanted:
                raise InputError(f"{option}: {key!r} is named twice; give each replication once")
            if self.kind == "migration" and row.get("retention"):
                raise InputError(f"{option}.retention: a migration keeps the latest instance only; leave it out")
            row["option"] = option
            self._rows[key] = row
            self.wanted[key] = None if row.get("state") == "absent" else self._values(row)

    @staticmethod
    def _values(row: Mapping[str, Any]) -> Values:
        values = {name: row[name] for name in FIELDS if row.get(name) is not None}
        for name in NETWORKS:
            if name in values:
                values[name] = networks.given(values[name])
        return values

    # Finding

    def present(
        self, api: Vcav, wanted: Mapping[str, Values | None], everything: bool, refuse: Callable[[InputError], None]
    ) -> dict[str, Values]:
        """The replications that the rows mean, by key; with `everything` all of the organization, direction and kind.

        Rows whose replication is to be started are looked up in the inventories, once; what is not found there is
        given to `refuse`.
        """
        self._locate(api)
        found = replications.Index(one for one in self._listing(api) if self._fits(one))
        taken: dict[str, str] = {}
        self.matches = {}
        for key in wanted:
            if key not in self._rows:
                continue
            match = self._match(found, key)
            if match is None:
                continue
            if taken.setdefault(match.id, key) != key:
                raise InputError(
                    f"{self._rows[key]['option']}: {key!r} and {taken[match.id]!r} are one replication; name it once"
                )
            self.matches[key] = match
        if everything:
            self._take_the_rest(found.every)
        self._read_networks(api, wanted)
        for key, values in wanted.items():
            if values and key not in self.matches and key not in self._starts and key in self._rows:
                self._look_up(api, key, values, refuse)
        return {key: self._read(key, match, wanted.get(key)) for key, match in self.matches.items()}

    def _locate(self, api: Vcav) -> None:
        here = api.site
        self.source_site = self._params["source_site"] or here
        self.destination_site = self._params["destination_site"] or here
        if self.source_site == self.destination_site:
            other = "source_site" if self._params["source_site"] is None else "destination_site"
            raise InputError(f"this service is of the site {here!r}, which is both ends: name {other}")
        self._customers = OnPremises(api)
        self.is_to_cloud = self._is_cloud(api, self.destination_site)
        self.owner = self.destination_site if self.is_to_cloud else self.source_site

    def _is_cloud(self, api: Vcav, site: str | None) -> bool:
        """True for a site of a provider: the session's own ones are, and whoever is no customer's."""
        known = {row.get("site") for row in api.facts.get("sites") or []}
        return site is None or site == api.site or site in known or not self._customers.has(site)

    def _listing(self, api: Vcav) -> list[Replication]:
        filters = {"destinationOrg": self.org, "sourceOrg": self._params["source_org"]}
        if not self.is_to_cloud:
            filters = {"sourceOrg": self._params["source_org"] or self.org}  # on premises there are no organizations
        names = {row.get("vapp") for row in self._rows.values()}
        (only,) = names if len(names) == 1 and not self._params["prune"] else (None,)
        # An id is no name, and `vappName` is part of one, so that the exact name is looked for afterwards.
        if only and len(self._rows) == 1 and not is_id(only):
            filters["vappName"] = only
        return replications.listing(api, self.owner, **filters)

    def _fits(self, one: Replication) -> bool:
        return replications.between(self.source_site, self.destination_site)(one)

    def _match(self, found: replications.Index, key: str) -> Replication | None:
        row = self._rows[key]
        candidates = [
            one
            for one in found.named(row.get("vapp"), row.get("vm"))
            if replications.is_vdc(one, row.get("destination_vdc"))
        ]
        alive = [one for one in candidates if not one.is_complete] or candidates
        same = [one for one in alive if one.kind == self.kind] or alive
        if not same:
            return None
        if len(same) > 1:
            told = ", ".join(f"{one.id} to {one.destination.get('vdcName')}" for one in same)
            raise InputError(
                f"{row['option']}: {key!r} could be any of {told}; give ids, or org and destination_vdc too"
            )
        if same[0].kind != self.kind and row.get("state") != "absent":
            raise InputError(
                f"{row['option']}: {key!r} is a {same[0].kind} ({same[0].id}) and the product cannot make it a "
                f"{self.kind}; stop it first with state: absent and kind: {same[0].kind}"
            )
        return same[0] if same[0].kind == self.kind else None

    def _take_the_rest(self, found: list[Replication]) -> None:
        taken = {str(match.wire["id"]) for match in self.matches.values()}
        is_there = self.is_to_cloud and self.org is not None
        end = "destination" if is_there else "source"
        org = self.org if is_there else self._params["source_org"] or self.org
        for one in found:
            if one.id in taken or one.kind != self.kind or getattr(one, end).get("org") != org:
                continue
            key = key_of({"vapp": one.vapp, "destination_vdc": one.destination.get("vdcName")})
            self.matches[f"{key} ({one.id})" if key in self.matches or key in self._rows else key] = one

    def _read(self, key: str, match: Replication, wanted: Values | None) -> Values:
        row = replications.read(match)
        for name, part in NETWORKS.items():
            if wanted and name in wanted:
                names = {str(vm.get("vmId")): str(vm.get("vmName")) for vm in match.vms}
                row[name] = networks.project(self._held.get(key, {}).get(part), wanted[name], names, match.whole)
        if wanted:
            # Ids and names mean the same: what the user gave is put into the words that results have.
            profiles = replications.common([vm.get("storageProfile") for vm in match.vms])
            if wanted.get("storage_policy") and bare(wanted["storage_policy"]) == profiles:
                wanted["storage_policy"] = row.get("storage_policy")
            if "vapp" in wanted and not match.whole:
                row["vapp"] = wanted["vapp"]
            wanted.update(
                {name: row[name] for name in ("vapp", "vm", "destination_vdc") if name in wanted and name in row}
            )
        return row

    def _read_networks(self, api: Vcav, wanted: Mapping[str, Values | None]) -> None:
        keys = [key for key in self.matches if any(name in (wanted.get(key) or {}) for name in NETWORKS)]
        self._held |= side_by_side(lambda key: self._network_settings(api, self.matches[key]), keys)

    @staticmethod
    def _network_settings(api: Vcav, match: Replication) -> Mapping[str, Any]:
        site = replications.home(api, match)
        held = api.get(f"{match.path}/network-settings", **({"site": site} if site else {}))
        return held if isinstance(held, Mapping) else {}

    # Looking up what is to be started

    def _workloads(self, api: Vcav, site: str | None) -> Workloads:
        site = replications.remote(api, site)
        if site not in self._inventory:
            self._inventory[site] = Workloads(api, site)
        return self._inventory[site]

    def _look_up(self, api: Vcav, key: str, values: Values, refuse: Callable[[InputError], None]) -> None:
        row = self._rows[key]
        option = row["option"]
        values.setdefault("paused", False)
        values.setdefault("description", "")
        values.setdefault("data_connection", "encrypted_compressed")
        if not values.get("sla_profile"):
            values.setdefault("quiesced", False)
            values.setdefault("retention", replications.LATEST_ONLY)
            if "rpo" not in values:
                raise InputError(
                    f"{option}: rpo (minutes) is needed to start the replication of {key}; give it there or in common"
                )
        elif not api.has("sla_profile"):
            raise InputError(
                f"{option}.sla_profile exists from release {versions.since('sla_profile')} on and this site runs "
                f"{versions.text(api.version)}; give rpo, retention and quiesced"
            )
        for name in NETWORKS:
            networks.check(values.get(name, {}), f"{option}.{name}", api.version)
        try:
            self._starts[key] = Start(self._source(api, row, values), self._destination(api, row, values))
        except InputError as unknown:
            refuse(unknown)

    def _source(self, api: Vcav, row: Mapping[str, Any], values: Values) -> dict[str, Any]:
        option, site = row["option"], str(self.source_site)
        if not self._is_cloud(api, site):
            if not row.get("vm"):
                raise InputError(
                    f"{option}: {site} is an on-premises site: name a vm, and as vapp the vApp that it becomes"
                )
            vm_id, name = self._customers.vm(site, row["vm"], f"{option}.vm")
            values["vm"] = name
            return {"type": "vcVm", "site": site, "vmId": vm_id, "vappName": row.get("vapp") or name}
        self._need_session(api, site, option)
        there = self._workloads(api, site)
        if row.get("vm"):
            vm_id, values["vm"] = there.vm(row["vm"], f"{option}.vm")
            return {"type": "vm", "site": site, "vmId": vm_id}
        vapp_id, values["vapp"] = there.vapp(row["vapp"], f"{option}.vapp")
        return {"type": "vapp", "site": site, "vappId": vapp_id}

    def _destination(self, api: Vcav, row: Mapping[str, Any], values: Values) -> dict[str, Any]:
        option, site = row["option"], str(self.destination_site)
        if not self.is_to_cloud:
            for name in ("destination_vdc", "storage_policy"):
                if row.get(name):
                    raise InputError(f"{option}.{name} is given, but {site} is an on-premises site; leave it out there")
            # How a placement is written is not known; the on-premises appliance has one of its own.
            return {"type": "vc", "site": site}
        if not row.get("destination_vdc"):
            raise InputError(f"{option}: destination_vdc is needed to start the replication; name the organization VDC")
        self._need_session(api, site, option)
        there = self._workloads(api, site)
        vdc_id, values["destination_vdc"] = there.vdc(row["destination_vdc"], f"{option}.destination_vdc")
        profile = "*"
        if row.get("storage_policy"):
            profile, values["storage_policy"] = there.storage_profile(
                vdc_id, row["storage_policy"], f"{option}.storage_policy"
            )
        for name in NETWORKS:
            for network in networks.networks_of(values.get(name, {})):
                there.network(vdc_id, network, f"{option}.{name}")
        return {"type": "vcloud", "site": site, "vdc": vdc_id, "storageProfile": profile}

    @staticmethod
    def _need_session(api: Vcav, site: str | None, option: str) -> None:
        known = {row.get("site") for row in api.facts.get("sites") or []}
        if known and site not in known:
            raise InputError(
                f"{option}: this needs a session that is extended to {site}: set vcav_remote_site: {site} with "
                "vcav_remote_user and vcav_remote_password (or a cookie, a token or vcav_remote_org)"
            )

    # Refusing

    def check(self, api: Vcav, plans: Mapping[str, Plan], refuse: Callable[[InputError], None]) -> None:
        """Refuse what a state or a policy forbids, before the first change. Raises InputError."""
        troubles = [text for key, step in plans.items() for text in self._state_troubles(key, step)]
        if troubles:
            raise InputError(f"{_some(troubles)}. Nothing was changed.")
        for key, step in plans.items():
            if step.action not in (CREATE, DELETE):
                self._check_update(api, key, step)
        objections = self._policy_troubles(api, plans)
        if objections:
            refuse(InputError(_some(objections)))

    def _state_troubles(self, key: str, step: Plan) -> Iterator[str]:
        if step.action == CREATE:
            return
        match = self.matches[key]
        for state in match.states.values():
            verdict = states.stop(state) if step.action == DELETE else states.configure(state)
            if verdict.action != states.REFUSE and step.action != DELETE and "paused" in step.changed:
                verdict = states.judge("pause" if step.after["paused"] else "resume", state)
            if verdict.action == states.REFUSE:
                done = "stopped" if step.action == DELETE else "changed"
                yield f"{key} ({match.id}) cannot be {done}: {verdict.reason}"
                return

    def _check_update(self, api: Vcav, key: str, step: Plan) -> None:
        match, option = self.matches[key], self._rows[key]["option"]
        if match.source.get("vdcId") and set(step.changed) & replications.SETTINGS.keys():
            self._need_session(api, match.source.get("site"), option)
        vdc_id = str(match.destination.get("vdcId"))
        there = self._workloads(api, match.destination.get("site"))
        if "storage_policy" in step.changed:
            wanted = step.after["storage_policy"]
            self._profiles[key] = there.storage_profile(vdc_id, wanted, f"{option}.storage_policy")[0]
        for name in set(NETWORKS) & set(step.changed):
            networks.check(step.after[name], f"{option}.{name}", api.version)
            for network in networks.networks_of(step.after[name]):
                there.network(vdc_id, network, f"{option}.{name}")

    def _policy_troubles(self, api: Vcav, plans: Mapping[str, Plan]) -> list[str]:
        rows = []
        for key, step in plans.items():
            is_new = step.action == CREATE
            rpo = step.after.get("rpo") if is_new or "rpo" in step.changed else None
            rules = step.after.get("retention") if is_new or "retention" in step.changed else None
            kept = None if rules is None else max(1, sum(rule["instances"] for rule in rules))
            if step.action != DELETE and (is_new or rpo is not None or kept is not None):
                rows.append(limits.Asked(key, rpo, kept, is_new))
        if not rows:
            return []
        source_org = self._params["source_org"] or self.org
        if not self.is_to_cloud:
            out = limits.read(api, source_org, replications.remote(api, self.source_site), str(self.source_site))
            found = limits.direction(out, False, self.kind, True) if any(row.is_new for row in rows) else []
            return found + limits.amounts(out, rows, False)
        into = limits.read(api, self.org, replications.remote(api, self.destination_site), str(self.destination_site))
        found = limits.amounts(into, rows, True)
        if not any(row.is_new for row in rows):
            return found
        found = limits.direction(into, True, self.kind, False) + found
        if self._is_cloud(api, self.source_site):
            out = limits.read(api, source_org, replications.remote(api, self.source_site), str(self.source_site))
            found = limits.direction(out, False, self.kind, False) + found
        return found

    # Changing

    def apply(self, api: Vcav, key: str, step: Plan, wait: Mapping[str, int]) -> None:
        """Carry out one change and wait for its tasks. Raises TaskFailed, and HttpError for a lost answer."""
        if step.action == CREATE:
            self._start(api, key, step.values, wait)
        elif step.action == DELETE:
            match = self.matches[key]
            with _told(f"stopping {key}", ""):
                self._perform(api, match, "DELETE", "", f"stopping {key}", wait)
        else:
            self._change(api, key, step, wait)

    @staticmethod
    def _perform(
        api: Vcav, match: Replication, method: str, part: str, what: str, wait: Mapping[str, int],
        document: Any = None, site: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        site = site or replications.home(api, match)
        path = f"{match.path}/{part}" if part else match.path
        return api.perform(method, path, what, document=document, query={"site": site} if site else None, **wait)

    def _start(self, api: Vcav, key: str, values: Values, wait: Mapping[str, int]) -> None:
        start, what = self._starts[key], f"starting the {self.kind} of {key}"
        document: dict[str, Any] = {
            "source": start.source,
            "destination": start.destination,
            "isMigration": self.kind == "migration",
            "initialSyncTime": 0,
            "targetDiskType": "THIN",
        }
        for name in (
            "description",
            "rpo",
            "data_connection",
            "quiesced",
            "retention",
            "target_disk_type",
            "sla_profile",
        ):
            if name in values:
                write = replications.write_rules if name == "retention" else FIELDS[name].write
                document[FIELDS[name].wire] = write(values[name])
        if "initial_sync_time" in values:
            document["initialSyncTime"] = read_moment(values["initial_sync_time"], "initial_sync_time")
        site = replications.remote(api, self.owner)
        with _told(what, _START_HINT):
            begun = self._begun(api, key)
            if begun is not None:
                done = api.finish(begun, what, **wait)
            else:
                query = {"site": site} if site else None
                try:
                    done = api.perform("POST", "vapp-replications", what, document=document, query=query, **wait)
                except TaskFailed:
                    # An earlier run that was interrupted may have started it: then it is there now.
                    if self._find(api, key) is None:
                        raise
                    done = {}
        if values.get("paused") or any(name in values for name in NETWORKS):
            match = self._started(api, key, done)
            with _told(f"{key} was started; setting it up", ""):
                self._set_networks(api, match, {name: values[name] for name in NETWORKS if name in values}, {}, key)
                if values.get("paused"):
                    self._perform(api, match, "POST", "pause", f"pausing {key}", wait)

    def _begun(self, api: Vcav, key: str) -> dict[str, Any] | None:
        """The start of this replication that an earlier run began and that is still under way."""
        with self._lock:
            if self._unfinished is None:
                site = replications.remote(api, self.owner)
                query = {"resourceType": "vappReplication", **({"site": site} if site else {})}
                self._unfinished = [
                    task for state in UNFINISHED for task in api.pages("tasks", state=state, **query) if _is_start(task)
                ]
        row = self._rows[key]
        name = row.get("vapp") or row.get("vm")
        return next((each for each in self._unfinished if each["workflowInfo"].get("resourceName") == name), None)

    def _started(self, api: Vcav, key: str, done: Mapping[str, Any]) -> Replication:
        result = done.get("result")
        if isinstance(result, Mapping) and result.get("vmReplications") and result.get("source"):
            whole = Replication(result, tuple(result["vmReplications"]))
            vm = self._rows[key].get("vm")
            return next(iter(replications.within([whole], None, vm)), whole)
        found = self._find(api, key)
        if found is None:
            raise TaskFailed(
                f"starting {key}", done, "the task succeeded but the replication is not listed; run the task again"
            )
        return found

    def _find(self, api: Vcav, key: str) -> Replication | None:
        return self._match(replications.Index(one for one in self._listing(api) if self._fits(one)), key)

    def _change(self, api: Vcav, key: str, step: Plan, wait: Mapping[str, int]) -> None:
        match, what = self.matches[key], f"changing {key}"
        with _told(what, ""):
            changed = {name: step.values[name] for name in replications.SETTINGS if name in step.changed}
            for one in self._levels(match, changed) if changed else ():
                site = replications.remote(api, match.source.get("site")) if match.source.get("vdcId") else None
                held = replications.settings(one.vms[0])
                merged = {**held, **changed}
                document = {field.wire: field.write(merged[name]) for name, field in replications.SETTINGS.items()}
                if api.has("source_reconfigure"):
                    document["sourceReconfigure"] = None
                # Reconfiguring runs at the source (contract 4.12.4): its own site needs no `site`.
                path, query = one.path, {"site": site} if site else None
                api.perform("PATCH", path, what, document=document, query=query, **wait)
            if "storage_policy" in step.changed:
                document = {"storageProfileId": self._profiles[key]}
                self._perform(api, match, "POST", "storage-profile", what, wait, document)
            changed = {name: step.values[name] for name in NETWORKS if name in step.changed}
            self._set_networks(api, match, changed, self._held.get(key, {}), key)
            if "paused" in step.changed:
                self._perform(api, match, "POST", "pause" if step.values["paused"] else "resume", what, wait)

    @staticmethod
    def _levels(match: Replication, changed: Mapping[str, Any]) -> list[Replication]:
        """The replications to reconfigure: the VMs one by one where they differ in what stays as it is."""
        if not match.whole:
            return [match]
        held = [{**replications.settings(vm), **changed} for vm in match.vms]
        return [match] if replications.common(held) != replications.MIXED else [match.of(vm) for vm in match.vms]

    def _set_networks(
        self, api: Vcav, match: Replication, wanted: Mapping[str, Any], held: Mapping[str, Any], key: str
    ) -> None:
        if not wanted:
            return
        there = self._workloads(api, match.destination.get("site"))
        held = held or self._network_settings(api, match)
        names = {str(vm.get("vmId")): str(vm.get("vmName")) for vm in match.vms}
        option, vdc_id = self._rows[key]["option"], str(match.destination.get("vdcId"))

        def lookup(name: str, where: str) -> tuple[str, str]:
            return there.network(vdc_id, name, where)

        document = {part: held.get(part) for part in NETWORKS.values() if held.get(part)}
        for name, settings in wanted.items():
            part = NETWORKS[name]
            document[part] = networks.merge(
                held.get(part), settings, names, match.whole, lookup, f"{option}.{name}", api.version
            )
        site = replications.home(api, match)
        verb = "PUT" if api.has("network_settings_by_put") else "PATCH"
        api.request(verb, f"{match.path}/network-settings", document=document, query={"site": site} if site else None)


def _is_start(task: Mapping[str, Any]) -> bool:
    """True for the start of a replication. How its type is written is not known: any but those of operations."""
    return not any(states.about(task, operation) for operation in states.CALLS)


def _some(texts: list[str]) -> str:
    """The first few of many sentences."""
    more = f" (and {len(texts) - 3} more)" if len(texts) > 3 else ""
    return "; ".join(texts[:3]) + more


@contextlib.contextmanager
def _told(what: str, hint: str) -> Iterator[None]:
    """A refusal inside says what was tried and what to do; a lost answer is left to whoever looks again."""
    try:
        yield
    except InputError as problem:
        raise TaskFailed(what, {}, str(problem)) from problem
    except HttpError as problem:
        if problem.outcome_unknown:
            raise
        error = {"code": problem.code, "msg": problem.server_message}
        advice = hint if problem.status in (400, 409, 500) else remedy(problem).rstrip(".")
        raise TaskFailed(
            what, {"error": error}, f"{problem.describe().rstrip('.')}. {advice}".rstrip(". ")
        ) from problem
    except TaskFailed as problem:
        said = problem.reason.rstrip(".")
        is_late = "still" in said and not problem.error
        raise TaskFailed(what, problem.task, said if is_late or not hint else f"{said}. {hint}") from problem
