"""The control listener: plain HTTP on the loopback address, for whoever can read the state file.

Every call answers JSON. client.py is its client, cli.py its verbs; README.md describes both.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import changes
from .faults import KINDS, BadFault
from .journal import matches
from .vcav.errors import ApiError
from .vcav.replication_control import scale
from .wire import BadBody, Reply, Request

if TYPE_CHECKING:
    from .runtime import Simulator

Handler = Callable[[Request], Any]
# Further away no date can be written any more.
_LONGEST_ADVANCE = 100 * 365 * 86_400


class Control:
    """Answers the calls of the control listener."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._world = simulator.world
        self._calls: dict[tuple[str, str], Handler] = {
            ("GET", "status"): lambda _request: self.status(),
            ("GET", "state"): lambda _request: self._simulator.state(),
            ("GET", "inventory"): lambda _request: self._simulator.inventory(),
            ("GET", "journal"): self._journal,
            ("DELETE", "journal"): self._clear_journal,
            ("GET", "faults"): self._list_faults,
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._clear_faults,
            ("POST", "scale"): self._scale,
            ("POST", "time"): self._time,
            ("POST", "refuse-writes"): self._refuse_writes,
            ("POST", "change"): self._change,
            ("POST", "appliance"): self._appliance,
            ("POST", "customer-site"): self._customer_site,
            ("POST", "certificate"): lambda request: changes.certificate(self._simulator, _object(request)),
            ("POST", "reset"): self._reset,
            ("POST", "stop"): self._stop,
        }

    def handle(self, request: Request) -> Reply:
        """One call."""
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self._simulator.token}".encode()):
            return Reply.json({"error": "The token of the state file is required."}, 401)
        call = self._calls.get((request.method, "/".join(request.segments)))
        if call is None:
            return Reply.json({"error": f"There is no {request.method} {request.path}."}, 404)
        self._world.run_due()
        try:
            return Reply.json(call(request))
        except (BadBody, BadFault, ValueError, TypeError) as problem:
            return Reply.json({"error": str(problem)}, 400)
        except KeyError as problem:
            return Reply.json({"error": f"{problem} is missing."}, 400)
        except ApiError as problem:
            return Reply.json({"error": problem.message}, 400)

    def status(self) -> dict[str, Any]:
        """What is going on, in numbers."""
        world = self._world
        return {
            "now": world.now_ms(),
            "start": world.start,
            "task_seconds": world.task_seconds,
            "refuse_writes": world.refuse_writes,
            "faults": len(world.faults.all),
            "journal": len(world.journal),
            "services": {
                name: "off" if name in world.powered_off else "restarting" if world.is_restarting(service) else "up"
                for name, service in sorted(world.services.items())
            },
            "sites": {name: self._site(name) for name in world.sites},
            "customer_sites": {
                name: one.view() | self._machines(name) for name, one in self._simulator.customers.items()
            },
        }

    def _machines(self, site: str) -> dict[str, Any]:
        vcenters = self._simulator.vcenters
        return {"machines": vcenters.status(site)} if vcenters else {}

    def _site(self, name: str) -> dict[str, Any]:
        group = self._simulator.sites[name]
        policies = group.cloud.policies
        return {
            "version": group.cloud.product.version,
            "organizations": len(group.site.organizations),
            "local_site": group.cloud.local_site,
            "appliances": {one.name: one.state for one in group.appliances.values()},
            "paired_with": list(group.cloud.pairing.peers),
            "policies": [{**policies.view(one), "onpremDataCap": policies.data_cap(one)} for one in policies.ids()],
            "open_sessions": {service.name: len(service.sessions) for service in self._services(name)},
            "vcd_sessions": len({id(one) for one in group.site.vcd_sessions.values()}),
            "vro_sessions": self._simulator.vros[name].server.people.open_sessions,
            **({"cse": self._simulator.cses[name].view} if name in self._simulator.cses else {}),
            **self._machines(name),
        }

    def _services(self, site: str) -> list[Any]:
        group = self._simulator.sites[site]
        return [group.cloud, group.manager, *group.replicators, group.tunnel]

    def _journal(self, request: Request) -> dict[str, Any]:
        write = request.first("write")
        found = list(
            self._world.journal.find(
                service=request.first("service"),
                method=request.first("method"),
                path=request.first("path"),
                write=None if write is None else write == "true",
                since=int(request.first("since") or 0),
            )
        )
        last = int(request.first("last") or 0)
        entries = [] if request.first("count") == "true" else [entry.as_dict() for entry in found[-last:]]
        return {"count": len(found), "writes": sum(entry.write for entry in found), "entries": entries}

    def _clear_journal(self, _request: Request) -> dict[str, Any]:
        count = len(self._world.journal)
        self._world.journal.clear()
        return {"cleared": count}

    def _list_faults(self, _request: Request) -> dict[str, Any]:
        return {"faults": [fault.as_dict() for fault in self._world.faults.all], "kinds": dict(KINDS)}

    def _add_fault(self, request: Request) -> dict[str, Any]:
        given = _object(request)
        known = {"kind", "service", "method", "path", "times", "parameters"}
        if "kind" not in given or set(given) - known:
            raise ValueError(f"A fault has a kind and may have {', '.join(sorted(known - {'kind'}))}.")
        fault = self._world.faults.add(**given)
        if fault.kind in ("wrong_certificate", "same_certificate"):
            self._cut(fault.service)
        return fault.as_dict()

    def _clear_faults(self, request: Request) -> dict[str, Any]:
        number = request.first("id")
        gone = [one for one in self._world.faults.all if number is None or one.id == int(number)]
        cleared = self._world.faults.clear(int(number) if number else None)
        for fault in gone:
            if fault.kind in ("wrong_certificate", "same_certificate"):
                self._cut(fault.service)
        return {"cleared": cleared}

    def _cut(self, pattern: str | None) -> None:
        services = [one for one in self._world.services.values() if matches(pattern, one.name)]
        self._simulator.cut_connections(services)

    def _scale(self, request: Request) -> dict[str, Any]:
        given = _object(request)
        if "replications" in given:
            return scale({name: group.cloud for name, group in self._simulator.sites.items()}, given)
        site = given.get("site")
        if site is not None and site not in self._world.sites:
            raise ValueError(f"There is no site {site}.")
        if "vms" in given:
            added = self._world.scale_vms(int(given["vms"]), site)
            return {"added": added, "vms": {one.name: len(one.workloads.vms) for one in self._world.sites.values()}}
        added = self._world.scale(int(given["organizations"]), site)
        counts = {one.name: len(one.organizations) for one in self._world.sites.values()}
        return {"added": added, "organizations": counts}

    def _time(self, request: Request) -> dict[str, Any]:
        given = _object(request)
        if "task_seconds" in given:
            self._world.task_seconds = max(0.0, float(given["task_seconds"]))
        if "restart_seconds" in given:
            own = given["restart_seconds"] is None
            self._world.restart_seconds = None if own else max(0.0, float(given["restart_seconds"]))
        if "advance" in given:
            seconds = float(given["advance"])
            if not abs(seconds) <= _LONGEST_ADVANCE:
                raise ValueError("advance must be a number of seconds within a hundred years.")
            self._world.advance(seconds)
        return {"now": self._world.now_ms(), "task_seconds": self._world.task_seconds}

    def _refuse_writes(self, request: Request) -> dict[str, Any]:
        self._world.refuse_writes = bool(_object(request)["on"])
        return {"refuse_writes": self._world.refuse_writes}

    def _change(self, request: Request) -> dict[str, Any]:
        return changes.change(self._simulator, _object(request))

    def _appliance(self, request: Request) -> dict[str, Any]:
        return {"appliance": changes.power(self._simulator, _object(request)["appliance"])}

    def _customer_site(self, request: Request) -> dict[str, Any]:
        """What a customer does at his own site: {"do": "pair", "name": ...} or "unpair"."""
        given = _object(request)
        do, name = given.pop("do"), given.pop("name")
        customer = self._simulator.customers.get(name)
        if customer is None:
            raise ValueError(f"There is no customer site {name}; there are {', '.join(self._simulator.customers)}.")
        if do == "pair":
            return customer.pair(**given)
        if do == "unpair" and not given:
            return customer.unpair()
        raise ValueError("A customer site can pair (with user, password, allow_access) or unpair.")

    def _reset(self, request: Request) -> dict[str, Any]:
        given = _object(request) if request.body else {}
        if set(given) - {"start"}:
            raise ValueError("A reset may have start, nothing else.")
        self._simulator.reset(given.get("start"))
        return self.status()

    def _stop(self, _request: Request) -> dict[str, Any]:
        self._simulator.stop()
        return {"stopping": True}


def _object(request: Request) -> dict[str, Any]:
    document = request.json()
    if not isinstance(document, dict):
        raise BadBody("The body must be a JSON object.")
    return document
