"""On-premises sites of tenants, and replications from and to them (contract 4.9)."""

from __future__ import annotations

from typing import Any

import pytest

from .asking import NORTH, problem
from .replicating import Replicating, recovery, recovery_states

GIB = 2**30
VC = "5b8d5c2e-0000-4000-8000-000000000001"


@pytest.fixture(name="pair")
def two_sites(version: str) -> Replicating:
    pair = Replicating(version)
    pair.customer({VC: {"db01": [4 * GIB, 2 * GIB], "app01": 4 * GIB}})
    return pair


def from_customer(pair: Replicating, kind: str = "vcVm", **changes: Any) -> dict[str, Any]:
    site = pair.service().customers.sites["Acme-OnPrem"]
    vm = next(one for one in site.vcenters[VC].values() if one.name == "db01")
    return pair.body(
        source={"type": kind, "site": "Acme-OnPrem", "vmId": vm.id, "vappName": "db"},
        destination={
            "type": "vcloud", "site": NORTH, "vdc": pair.vdc(site=NORTH).id, "storageProfile": "*",
        },
        **changes,
    )  # fmt: skip


def to_customer(pair: Replicating, **changes: Any) -> dict[str, Any]:
    return pair.body(destination={"type": "vc", "site": "Acme-OnPrem"}, **changes)


def begin(pair: Replicating, body: dict[str, Any]) -> Any:
    return pair.finish(pair.ask("POST", "/vapp-replications", body))


def test_they_are_listed_and_browsed(pair: Replicating) -> None:
    sites = pair.ask("GET", "/vc-sites").document()
    assert sites == [{"site": "Acme-OnPrem", "owner": "Acme@North", "description": "in the cellar"}]
    assert pair.ask("GET", "/vc-sites/Acme-OnPrem/vcenters").document() == [{"vcId": VC}]
    answer = pair.ask("GET", f"/vc-sites/Acme-OnPrem/{VC}/vms?limit=1").document()
    assert (answer["total"], answer["items"][0]["name"]) == (2, "db01")
    assert answer["items"][0]["id"].startswith("vm-")
    assert pair.ask("GET", f"/vc-sites/Acme-OnPrem/{'0' * 36}/vms").status == 404
    assert pair.ask("GET", "/vc-sites/Nowhere/vcenters").status == 404
    pair.service().customers.sites["Acme-OnPrem"].online = False
    assert problem(pair.ask("GET", "/vc-sites/Acme-OnPrem/vcenters"))[0] == 500


def test_only_their_tenant_and_the_provider_see_them(pair: Replicating) -> None:
    pair.enter_tenant("Tyrell", extend=False)
    assert pair.ask("GET", "/vc-sites").document() == []
    assert pair.ask("GET", "/vc-sites/Acme-OnPrem/vcenters").status == 404
    pair.enter_tenant(extend=False)
    assert len(pair.ask("GET", "/vc-sites").document()) == 1
    assert problem(pair.ask("DELETE", "/vc-sites/Acme-OnPrem"))[0] == 403


@pytest.mark.parametrize("kind", ["vcVm", "vcvm"])
def test_into_the_cloud_and_back(pair: Replicating, kind: str) -> None:
    task = begin(pair, from_customer(pair, kind))
    made = task["result"]
    assert made["source"] == {
        "site": "Acme-OnPrem", "org": None, "vdcId": None, "vdcName": None, "vappId": None,
    }  # fmt: skip
    assert (made["destination"]["org"], made["owner"], made["descriptor"]["name"]) == ("Acme", "Acme@North", "db")
    assert pair.ask("GET", "/vapp-replications?sourceSiteType=vcenter").document()["total"] == 1
    pair.world.advance(120)
    pair.done(made, "migrate")
    customer = pair.service().customers.sites["Acme-OnPrem"]
    old = customer.vm(made["vmReplications"][0]["vmId"])
    assert old is not None and not old.powered_on
    assert pair.vapp("db").org == "Acme"
    result = pair.done(made, "reverse")
    assert (result["source"]["site"], result["source"]["org"]) == (NORTH, "Acme")
    assert result["destination"] == {
        "site": "Acme-OnPrem", "org": None, "vdcId": None, "vdcName": None, "recoveredVappId": None,
    }  # fmt: skip
    assert result["owner"] == "Acme@North" and result["vmReplications"][0]["storageProfileName"] is None
    assert customer.vm(old.id) is None
    pair.world.advance(20)
    assert problem(pair.act(made, "failover"))[0] == 400
    back = pair.done(made, "failover", recovery(type="vcenter"))
    info = back["vmReplications"][0]["destinationState"]["recoveryInfo"]
    there = customer.vm(info["vcdVmId"])
    assert there is not None and there.name == "db01" and info["vAppId"] is None


def test_out_of_the_cloud(pair: Replicating) -> None:
    made = begin(pair, to_customer(pair))["result"]
    assert (made["destination"]["site"], made["destination"]["org"], made["owner"]) == (
        "Acme-OnPrem", None, "Acme@North",
    )  # fmt: skip
    assert pair.ask("GET", "/vm-replications?destinationSiteType=vcenter").document()["total"] == 2
    pair.world.advance(120)
    tested = pair.done(made, "failover-test", recovery(type="vcenter"))
    assert recovery_states(tested) == {"TEST"}
    customer = pair.service().customers.sites["Acme-OnPrem"]
    assert len(customer.vcenters[VC]) == 4
    pair.done(made, "cleanup")
    assert len(customer.vcenters[VC]) == 2
    assert problem(pair.act(made, "storage-profile", {"storageProfileId": "x"}))[0] == 400


def test_policies_know_on_premises_destinations_from_4_5_on(pair: Replicating) -> None:
    product = pair.service().product
    if not product.since("4.6"):
        return
    pair.policy(NORTH, allowOutgoingOnpremProtections=False)
    assert "to an on-premises site" in begin(pair, to_customer(pair))["error"]["msg"]
    assert begin(pair, to_customer(pair, isMigration=True))["state"] == "SUCCEEDED"


def test_without_access_the_cloud_is_kept_out(pair: Replicating) -> None:
    made = begin(pair, from_customer(pair))["result"]
    pair.world.advance(120)
    pair.done(made, "failover")
    customer = pair.service().customers.sites["Acme-OnPrem"]
    customer.allow_access = False
    forbidden = (403, "Forbidden")
    assert problem(pair.ask("GET", "/vc-sites/Acme-OnPrem/vcenters")) == forbidden
    assert problem(pair.ask("GET", f"/vc-sites/Acme-OnPrem/{VC}/vms")) == forbidden
    assert problem(pair.ask("POST", "/vapp-replications", to_customer(pair))) == forbidden
    assert problem(pair.ask("POST", "/vapp-replications", from_customer(pair))) == forbidden
    assert problem(pair.act(made, "reverse")) == forbidden
    # What is there already can still be ended.
    customer.tokens.add("logged-in-there")
    headers = {"On-Prem-Auth": "logged-in-there"}
    reply = pair.ask("POST", "/vapp-replications", to_customer(pair), headers=headers)
    assert reply.status == (403 if pair.service().product.is_3 else 202)
    pair.world.advance(10)
    pair.finish(pair.act(made, "stop"))


def test_a_tenant_protects_his_own_machines(pair: Replicating) -> None:
    pair.enter_tenant(extend=False)
    made = begin(pair, from_customer(pair))["result"]
    pair.done(made, "pause")
    pair.enter_tenant("Tyrell", extend=False)
    assert pair.act(made, "pause").status == 404
    assert pair.ask("POST", "/vapp-replications", from_customer(pair)).status == 404


def test_a_vm_that_is_gone_and_a_site_that_does_not_answer(pair: Replicating) -> None:
    made = begin(pair, from_customer(pair))["result"]
    pair.world.advance(120)
    customers = pair.service().customers
    customers.sites["Acme-OnPrem"].online = False
    assert pair.read(made)["vmReplications"][0]["dataConnectionState"] == "ERROR"
    assert "does not answer" in pair.fails(made, "migrate")
    customers.sites["Acme-OnPrem"].online = True
    customers.remove_vm("Acme-OnPrem", made["vmReplications"][0]["vmId"])
    assert pair.read(made)["overallHealth"] == "RED"
    pair.done(made, "failover")


def test_a_site_that_is_used_is_not_removed(pair: Replicating) -> None:
    made = begin(pair, to_customer(pair))["result"]
    task = pair.finish(pair.ask("DELETE", "/vc-sites/Acme-OnPrem"))
    assert task["state"] == "FAILED" and "stop them first" in task["error"]["msg"]
    pair.service().customers.sites["Acme-OnPrem"].online = False
    pair.finish(pair.act(made, "stop"))
    assert pair.finish(pair.ask("DELETE", "/vc-sites/Acme-OnPrem"))["state"] == "SUCCEEDED"
    assert pair.ask("GET", "/vc-sites").document() == []
    assert pair.ask("DELETE", "/vc-sites/Acme-OnPrem").status == 404


def test_what_cannot_be_paired(pair: Replicating) -> None:
    customers = pair.service().customers
    for name, org in (("Cellar", "Nobody"), (NORTH, "Acme"), ("South", "Acme")):
        with pytest.raises(ValueError, match=r"\w"):
            customers.add(name, org)
    site = customers.add("Cellar", "Tyrell")
    assert [one.name for vms in site.vcenters.values() for one in vms.values()] == ["cellar-vm-1", "cellar-vm-2"]
    customers.remove("Cellar")
    task = begin(pair, {**from_customer(pair), "source": {**from_customer(pair)["source"], "vmId": "vm-9"}})
    assert task["error"]["code"] == "NotFound"
