"""Which organization VDCs are enabled for which kinds of clusters, in CSE 3.x (contract 5.10).

The runtimes are hidden VM placement policies of a VDC; here they are kept by its id.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from ..machines import Vdc
from ..wire import Reply
from .calls import Call, Problem, failed
from .extension import Cse
from .native_pages import paged
from .native_tasks import open_task
from .native_work import Clusters
from .work import Failed, Step, Work

_INTERNAL = {"native": "native", "TKG+": "tkgplus", "TKGm": "tkgm"}
"""Runtimes with the names of their policies."""
RUNTIMES = tuple(_INTERNAL)


class OrgVdcs:
    """The calls about org VDCs."""

    def __init__(self, cse: Cse, clusters: Clusters) -> None:
        self.cse = cse
        self.clusters = clusters

    def _record(self, vdc: Vdc) -> dict[str, Any]:
        runtimes = self.clusters.runtimes.get(vdc.id, [])
        shown = [one for one in runtimes if one != "TKG+" or self.cse.settings.tkg_plus]
        return {"k8s_runtime": shown, "ovdc_name": vdc.name, "ovdc_id": vdc.id, "org_name": None}

    def _visible(self, call: Call) -> list[dict[str, Any]]:
        workloads = self.cse.machines.workloads
        found = workloads.vdcs() if call.is_system else workloads.vdcs_of(call.org)
        return [self._record(one) for one in sorted(found, key=lambda one: (one.org, one.name))]

    def list_all(self, call: Call) -> Reply:
        """GET `/ovdcs`: an array."""
        return call.reply(self._visible(call))

    def page(self, call: Call) -> Reply:
        """GET `/orgvdcs`."""
        return call.reply(paged(call, self._visible(call)))

    def _find(self, identity: str) -> Vdc:
        vdc = self.cse.machines.workloads.vdc(identity.lower())
        if vdc is None:
            raise failed(f"No access to entity 'com.vmware.vcloud.entity.vdc:{identity}'.")
        return vdc

    def read(self, call: Call, identity: str) -> Reply:
        """GET `/ovdc/<id>`: the server asks as the system; nobody is kept from another tenant's."""
        return call.reply(self._record(self._find(identity)))

    def replace(self, call: Call, identity: str) -> Reply:
        """PUT `/ovdc/<id>`: the full wanted set of runtimes."""
        body, vdc = call.body(), self._find(identity)
        if not call.is_system:
            raise Problem(400, "Client does not belong to System Org.")
        wanted = body.get("k8s_runtime") if isinstance(body, dict) else None
        if not isinstance(wanted, list):
            raise Problem(400, "'k8s_runtime'")
        owner = {
            "path": f"/api/admin/vdc/{vdc.id}",
            "id": f"urn:vcloud:vdc:{vdc.id}",
            "name": vdc.name,
            "type": "application/vnd.vmware.vcloud.vdc+xml",
        }
        task = open_task(call, "Updating OVDC placement policies", "OVDC Update", owner)
        # From here on a refusal leaves the task running for ever, as the server does.
        if "TKG+" in wanted and not self.cse.settings.tkg_plus:
            raise failed("TKG+ is not enabled on CSE server. Please enable TKG+ in the server and try again.")
        for one in wanted:
            if one not in _INTERNAL:
                raise Problem(400, f"'{one}'")
        force = bool(body.get("remove_cp_from_vms_on_disable"))
        present = self.clusters.runtimes.setdefault(vdc.id, [])

        def add(runtime: str) -> None:
            if runtime not in present:
                present.append(runtime)

        def remove(runtime: str) -> None:
            if not force and self.clusters.in_use(vdc.id, runtime):
                raise Failed(f"Cannot remove VDC compute policy 'cse----{_INTERNAL[runtime]}': it is in use by VMs.")
            present.remove(runtime)

        steps = [
            Step("policy", f"Adding k8s provider {_INTERNAL[one]} to OVDC {vdc.name}", partial(add, one))
            for one in dict.fromkeys(wanted)
            if one not in present
        ]
        steps += [
            Step("policy", f"Removing k8s provider {one} from OVDC {vdc.id}", partial(remove, one))
            for one in list(present)
            if one not in wanted
        ]

        def done() -> None:
            task.operation = "Operation success"
            self.cse.vcd.tasks.conclude(task)

        def fail(text: str) -> None:
            task.operation = "Failed to update OVDC"
            self.cse.vcd.tasks.conclude(task, "error", text)

        if steps:
            task.operation_name = "Update OVDC with placement policies"
        Work(self.cse, task, steps, done, fail).start()
        return call.reply({"task_href": self.cse.vcd.tasks.href(call.exchange, task)}, 202)
