"""Entities of CSE 4.x: their documents, and the way to make and change one."""

from __future__ import annotations

from typing import Any

import yaml

from tests.unit.simulator.cse.asking import NETWORK, ORG, VDC, Asker, Estate

V1 = "/cloudapi/1.0.0"
OVA = "ubuntu-2004-kube-v1.25.7+vmware.2-tkg.1-8a74b9f12e488c54605b3537acb683bc"
OVA_NEXT = "ubuntu-2004-kube-v1.26.8+vmware.1-tkg.1-b8c57a6c8c98d227f74e7b1a9eef27st"


def documents(
    name: str = "k8s1",
    planes: int = 1,
    workers: int = 2,
    ova: str = OVA,
    version: str = "v1.25.7+vmware.2",
    **more: Any,
) -> list[dict[str, Any]]:
    """The documents of a cluster with the pool `pool-1`. `more`: disk, sizing, network, pools (names of more)."""

    def machines(pool: str) -> dict[str, Any]:
        spec = {
            "catalog": "tkg",
            "template": ova,
            "sizingPolicy": more.get("sizing"),
            "diskSize": more.get("disk", "20Gi"),
        }
        return {"kind": "VCDMachineTemplate", "metadata": {"name": pool}, "spec": {"template": {"spec": spec}}}

    plane = f"{name}-control-plane-node-pool"
    found: list[dict[str, Any]] = []
    for pool in ("pool-1", *more.get("pools", ())):
        found.append(machines(pool))
        spec: dict[str, Any] = {"replicas": workers, "template": {"spec": {"version": version}}}
        found.append({"kind": "MachineDeployment", "metadata": {"name": pool}, "spec": spec})
    network = {"pods": {"cidrBlocks": ["100.96.0.0/11"]}, "services": {"cidrBlocks": ["100.64.0.0/13"]}}
    vcd = {"site": "https://vcd.example.test", "org": ORG, "ovdc": VDC, "ovdcNetwork": more.get("network", NETWORK)}
    found += [
        {"kind": "Cluster", "metadata": {"name": name}, "spec": {"clusterNetwork": network}},
        {"kind": "VCDCluster", "metadata": {"name": name}, "spec": vcd},
        machines(plane),
        {"kind": "KubeadmControlPlane", "metadata": {"name": plane}, "spec": {"replicas": planes, "version": version}},
    ]
    return found


def text(found: list[dict[str, Any]]) -> str:
    """As `capiYaml`."""
    return str(yaml.safe_dump_all(found, sort_keys=False))


def content(capi: str, name: str = "k8s1", *, repair: bool = False, token: str = "secret-token") -> dict[str, Any]:
    """The entity of a cluster."""
    return {
        "apiVersion": "capvcd.vmware.com/v1.1",
        "kind": "CAPVCDCluster",
        "name": name,
        "metadata": {"name": name, "orgName": ORG, "site": "https://vcd.example.test", "virtualDataCenterName": VDC},
        "spec": {
            "vcdKe": {
                "isVCDKECluster": True,
                "markForDelete": False,
                "forceDelete": False,
                "autoRepairOnErrors": repair,
                "defaultStorageClassOptions": {"filesystem": "ext4", "k8sStorageClassName": "default-sc"},
                "secure": {"apiToken": token},
            },
            "capiYaml": capi,
            "projector": {"operations": []},
        },
    }


def create(there: Estate, body: dict[str, Any]) -> tuple[str, str]:
    """Makes an entity: its URN and the address of its task."""
    kind = f"urn:vcloud:type:vmware:capvcdCluster:{there.cse.release.rde}"
    reply = there.tenant.call(
        "POST", f"{V1}/entityTypes/{kind}", {"entityType": kind, "name": body["name"], "entity": body}
    )
    assert reply.status == 202, reply.body
    href = str(reply.header("Location"))
    return there.tenant.task(href)["owner"]["id"], href


def get(who: Asker, urn: str) -> tuple[dict[str, Any], str]:
    """An entity's content and its ETag."""
    reply = who.get(f"{V1}/entities/{urn}")
    assert reply.status == 200, reply.body
    return reply.document()["entity"], str(reply.header("ETag"))


def put(who: Asker, urn: str, body: dict[str, Any], etag: str | None) -> int:
    """Replaces an entity's content; the status of the answer."""
    headers = {} if etag is None else {"if_match": etag}
    return who.call("PUT", f"{V1}/entities/{urn}", {"name": body.get("name", "k8s1"), "entity": body}, **headers).status


def pass_time(there: Estate, urn: str, seconds: float = 5.0) -> list[str | None]:
    """Lets time pass in small steps; the states that were seen."""
    seen: list[str | None] = []
    for _step in range(int(seconds / 0.15)):
        there.world.advance(0.15)
        reply = there.tenant.get(f"{V1}/entities/{urn}")
        state = (
            "gone"
            if reply.status != 200
            else reply.document()["entity"].get("status", {}).get("vcdKe", {}).get("state")
        )
        if not seen or seen[-1] != state:
            seen.append(state)
    return seen
