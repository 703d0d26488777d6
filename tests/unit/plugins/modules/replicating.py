"""Two paired sites with a policy for the tenant Tyrell, for the tests of everything about replications.

What is replicated goes from the second site to the first, because the first is whom the tests ask.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_replication import Replications
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_replication_info import ReplicationInfo
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_replication_operation import Operation
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_site_pairing import Pairing

HERE, THERE = "A03-Auckland", "C00-Christchurch"
WEB, DB = "tyrell-web-c00", "tyrell-db-c00"  # the first has two VMs
VDC = "Tyrell A03 Allocated"
ROW = {"destination_vdc": VDC, "rpo": 60, "retention": [{"instances": 3, "distance": 60}]}
HOUR = 3600


class Tenant:
    """The tenant's replications: `protect`, `operate` and `rows` are the modules; the rest is the estate's."""

    def __init__(self, estate: Any) -> None:
        self.estate, self.control, self.release = estate, estate.control, estate.release
        simulator = estate.simulator
        done = estate.run(
            Pairing, site=THERE, public_endpoint=simulator.public(THERE), accept_certificate=True,
            remote_root_password=simulator.root_password(THERE),
        )  # fmt: skip
        assert done["changed"], done
        for site in (HERE, THERE):
            fields = self.allowing(True, maxIncoming=20, minRpo=15)
            self.control.change("policy-add", site, policy="gold", fields=fields)
            self.control.change("assign", site, policy="gold", org="Tyrell")
        self.extended = {
            "vcav_remote_site": THERE, "vcav_remote_user": simulator.vcd_user(THERE),
            "vcav_remote_password": simulator.vcd_password(THERE),
        }  # fmt: skip
        self.control.clear_journal()

    def allowing(self, allowed: bool, **further: Any) -> dict[str, Any]:
        """Fields of a policy that allows everything, or nothing, in the words of the release."""
        ways = ("Incoming", "Outgoing")
        names = [f"allow{way}" for way in ways]
        if self.release >= "4.1":
            names = [f"allow{way}{kind}" for way in ways for kind in ("Migrations", "Protections")]
        return {**dict.fromkeys(names, allowed), "maxInstances": 8, **further}

    def protect(self, *rows: dict[str, Any], check: bool = False, alone: bool = False, **options: Any) -> Any:
        """vcav_replication; `alone`: with a session at the first site only."""
        given = {"source_site": THERE, "org": "Tyrell", "common": ROW, "replications": list(rows), **options}
        return self.estate.run(Replications, check, **({} if alone else self.extended), **given)

    def operate(self, operation: str, check: bool = False, alone: bool = True, **options: Any) -> Any:
        """vcav_replication_operation, with a session at the first site only unless it is said otherwise."""
        given = {"operation": operation, "org": "Tyrell", "wait_interval": 0, **options}
        return self.estate.run(Operation, check, **({} if alone else self.extended), **given)

    def info(self, **options: Any) -> Any:
        return self.estate.run(ReplicationInfo, **options)

    def started(self, *rows: dict[str, Any]) -> None:
        """These are replicated, and their first synchronization is over."""
        done = self.protect(*(rows or ({"vapp": WEB}, {"vapp": DB})))
        assert done["changed"], done
        self.control.advance(4 * HOUR)
        self.control.clear_journal()

    def states(self) -> dict[str, str]:
        """VM -> recovery state, as the first site tells."""
        return {vm["vm"]: vm["recovery_state"] for one in self.info()["replications"] for vm in one["vms"]}

    @property
    def writes(self) -> list[str]:
        """Writes without the ids in them."""
        return [line.split("C4")[0] + line.rpartition("/")[2] if "C4" in line else line for line in self.estate.writes]
