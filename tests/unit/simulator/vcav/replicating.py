"""Two paired sites whose tenant may replicate both ways, and the calls of a replication's life."""

from __future__ import annotations

from typing import Any

from tests.simulator.vcav.policies import writable_fields
from tests.simulator.wire import Reply

from .asking import NORTH, PASSWORD, SOUTH, Estate

SYSTEM_LOGIN = {"type": "vcdCredentials", "vcdUser": "administrator@System", "vcdPassword": PASSWORD}
RPO = 60
HOUR = 3600


class Replicating(Estate):
    """Paired; Acme has a generous policy at both sites; the provider is logged in at the north and extended south."""

    def __init__(self, version: str, tenants: tuple[str, ...] = ("Acme", "Tyrell")) -> None:
        super().__init__(version, tenants=tenants)
        self.pair()
        if self.service().product.is_3:
            self.log_in(site=SOUTH)
        for site in (NORTH, SOUTH):
            self.policy(site)
            self.service(site=site).policies.assign(self.service(site=site).policies.find("all"), "Acme")
        self.enter()

    def policy(self, site: str, name: str = "all", **changes: Any) -> None:
        """Adds a policy, or changes one."""
        policies = self.service(site=site).policies
        fields: dict[str, Any] = {
            one: True if kind is bool else {"minRpo": 5, "maxInstances": 24, "maxIncoming": -1}.get(one, 0)
            for one, kind in writable_fields(self.service(site=site).product).items()
        }
        given = {**fields, "displayName": name, **changes}
        present = {policies.view(one)["displayName"]: one for one in policies.ids()}
        if name in present:
            policies.replace(present[name], given)
        else:
            policies.create(given)

    def enter(self, login: Any = None, site: str = NORTH, extend: bool = True) -> None:
        """Logs in at a site, as the provider when nobody is named, and extends the session to the other one."""
        login = login or SYSTEM_LOGIN
        self._last = (login, site, extend)
        assert self.log_in(login, site=site).status == 200
        if extend:
            other = SOUTH if site == NORTH else NORTH
            body = {"type": "credentials", "site": other}
            body |= {"vcdUsername": login["vcdUser"], "vcdPassword": login["vcdPassword"]}
            assert self.ask("POST", "/sessions/extend", body, site=site).status == 200

    def enter_tenant(self, org: str = "Acme", site: str = NORTH, extend: bool = True) -> None:
        """The same for an organization's administrator."""
        self.enter({"type": "vcdCredentials", "vcdUser": f"admin@{org}", "vcdPassword": PASSWORD}, site, extend)

    def later(self, seconds: float) -> None:
        """Lets so much time pass that a login ends, and logs in again as the same user."""
        self.world.advance(seconds)
        self.enter(*self._last)

    def vapp(self, name: str = "acme-web-north", site: str = NORTH) -> Any:
        """A vApp of a site's inventory."""
        return self.service(site=site).workloads.find_vapp(name)

    def vdc(self, org: str = "Acme", site: str = SOUTH) -> Any:
        """An organization VDC."""
        return self.service(site=site).workloads.vdcs_of(org)[0]

    def body(self, vapp: str = "acme-web-north", **changes: Any) -> dict[str, Any]:
        """A start from north to south."""
        return {
            "source": {"type": "vapp", "site": NORTH, "vappId": self.vapp(vapp).id},
            "destination": {"type": "vcloud", "site": SOUTH, "vdc": self.vdc().id, "storageProfile": "*"},
            "description": "",
            "rpo": RPO,
            "dataConnectionType": "ENCRYPTED_COMPRESSED",
            "quiesced": False,
            "retentionPolicy": {"rules": [{"numberOfInstances": 3, "distance": 60}]},
            "targetDiskType": "THIN",
            "initialSyncTime": 0,
            "isMigration": False,
            **changes,
        }

    def start(self, *arguments: Any, **changes: Any) -> Any:
        """The finished task of a start."""
        return self.finish(self.ask("POST", "/vapp-replications", self.body(*arguments, **changes)))

    def protect(self, *arguments: Any, synced: bool = True, **changes: Any) -> Any:
        """A replication, by default with its first instance."""
        task = self.start(*arguments, **changes)
        assert task["state"] == "SUCCEEDED", task["error"]
        if synced:
            self.world.advance(120)
        return task["result"]

    def read(self, one: Any, site: str = NORTH) -> Any:
        """What a replication, or a VM replication, looks like now."""
        key = one if isinstance(one, str) else one["id"]
        kind = "vapp" if key.startswith("C4VAPP-") else "vm"
        return self.ask("GET", f"/{kind}-replications/{key}", site=site).document()

    def act(self, one: Any, operation: str, body: Any = None, method: str = "POST", site: str = NORTH) -> Reply:
        """An operation on a replication; `stop` and `cleanup` are the DELETEs."""
        key = one if isinstance(one, str) else one["id"]
        path = f"/{'vapp' if key.startswith('C4VAPP-') else 'vm'}-replications/{key}"
        if operation in ("stop", "cleanup"):
            method = "DELETE"
        if operation != "stop":
            path += "/failover-test" if operation == "cleanup" else f"/{operation}"
        if operation in ("failover", "failover-test", "migrate") and body is None:
            body = recovery()
        return self.ask(method, path, body, site=site)

    def done(self, one: Any, operation: str, body: Any = None, **more: Any) -> Any:
        """The same, finished well: the task's result."""
        task = self.finish(self.act(one, operation, body, **more), site=more.get("site", NORTH))
        assert task["state"] == "SUCCEEDED", task["error"]
        return task["result"]

    def fails(self, one: Any, operation: str, body: Any = None, **more: Any) -> str:
        """The same, whose task fails: its message."""
        task = self.finish(self.act(one, operation, body, **more), site=more.get("site", NORTH))
        assert (task["state"], task["result"]) == ("FAILED", None)
        return str(task["error"]["msg"])

    def instances(self, one: Any) -> Any:
        """Those of a VM replication."""
        return self.ask("GET", f"/vm-replications/{one['id']}/instances").document()

    def customer(self, vms: Any = None, **more: Any) -> Any:
        """Acme's on-premises site, paired with the north."""
        return self.service().customers.add("Acme-OnPrem", "Acme", "in the cellar", vms, **more)


def recovery(**changes: Any) -> dict[str, Any]:
    """Failover settings of every version."""
    return {"type": "vcloud", "powerOn": True, "sync": False, **changes}


def recovery_states(replication: Any) -> set[str]:
    """Those of the VMs."""
    return {one["destinationState"]["recoveryInfo"]["recoveryState"] for one in replication["vmReplications"]}
