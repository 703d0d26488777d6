"""The direct way to native clusters of CSE 3.1: entities, hooks and behaviors at the vCD alone (contract section 6)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.cse.work import Trouble
from tests.unit.simulator.cse.asking import ORG, Asker, Estate
from tests.unit.simulator.cse.native import error_of, payload

V1 = "/cloudapi/1.0.0"
KIND = "urn:vcloud:type:cse:nativeCluster:2.1.0"
KUBECONFIG = "urn:vcloud:behavior-interface:createKubeConfig:vmware:k8s:1.0.0"
DELETE_NFS = "urn:vcloud:behavior-interface:deleteNfsNode:cse:k8s:1.0.0"


@pytest.fixture(name="there")
def _there() -> Estate:
    return Estate("3.1")


def create(who: Asker, body: dict[str, Any], **headers: str) -> tuple[str, dict[str, Any]]:
    """Makes an entity: its URN and its finished task."""
    wanted = {"entityType": KIND, "name": body["metadata"]["name"], "externalId": None, "entity": body}
    reply = who.call("POST", f"{V1}/entityTypes/{KIND}", wanted, **headers)
    assert reply.status == 202, reply.body
    href = str(reply.header("Location"))
    return who.task(href)["owner"]["id"], who.finish(href)


def test_the_type_is_listed_with_its_newest_version(there: Estate) -> None:
    found = there.tenant.get(f"{V1}/entityTypes?filter=nss==nativeCluster").document()["values"]
    assert [one["version"] for one in found] == ["1.0.0", "2.1.0"]


def test_a_cluster_without_api_cse(there: Estate) -> None:
    tenant = there.tenant
    urn, task = create(tenant, payload(workers=1, nfs=1))
    assert task["status"] == "success" and task["operation"].startswith("Created cluster 'k8s1'")
    reply = tenant.get(f"{V1}/entities/{urn}")
    document, etag = reply.document(), str(reply.header("ETag"))
    assert document["state"] == "RESOLVED" and document["entity"]["status"]["phase"] == "CREATE:SUCCEEDED"
    document["entity"]["spec"]["topology"]["workers"]["count"] = 2
    reply = tenant.call("PUT", f"{V1}/entities/{urn}", document, if_match=etag)
    assert reply.status == 200, reply.body
    assert tenant.finish(str(reply.header("X-VMWARE-VCLOUD-TASK-LOCATION")))["status"] == "success"
    assert tenant.call("PUT", f"{V1}/entities/{urn}", document, if_match=etag).status == 412
    reply = tenant.call("POST", f"{V1}/entities/{urn}/behaviors/{KUBECONFIG}/invocations", {})
    task = tenant.finish(str(reply.header("Location")))
    assert task["result"]["resultContent"].startswith("apiVersion: v1"), "the text itself"
    nodes = tenant.get(f"{V1}/entities/{urn}").document()["entity"]["status"]["nodes"]
    assert len(nodes["workers"]) == 2
    arguments = {"arguments": {"node_name": nodes["nfs"][0]["name"]}}
    reply = tenant.call("POST", f"{V1}/entities/{urn}/behaviors/{DELETE_NFS}/invocations", arguments)
    assert tenant.finish(str(reply.header("Location")))["status"] == "success"
    reply = tenant.call("DELETE", f"{V1}/entities/{urn}")
    assert reply.status == 202
    assert tenant.finish(str(reply.header("Location")))["status"] == "success"
    reply = tenant.get(f"{V1}/entities/{urn}")
    assert reply.status == 403 and b"does not exist" in reply.body
    assert "k8s1" not in there.vapps()


def test_a_bad_update_is_taken_and_its_task_fails(there: Estate) -> None:
    urn, _task = create(there.tenant, payload(workers=1))
    document = there.tenant.get(f"{V1}/entities/{urn}").document()
    document["entity"]["spec"]["settings"]["ovdcNetwork"] = "other"
    reply = there.tenant.call("PUT", f"{V1}/entities/{urn}", document)
    assert reply.status == 200
    task = there.tenant.finish(str(reply.header("X-VMWARE-VCLOUD-TASK-LOCATION")))
    assert error_of(task).startswith("Change detected in immutable field(s) [settings.ovdcNetwork found : other")
    stored = there.tenant.get(f"{V1}/entities/{urn}").document()["entity"]
    assert stored["spec"]["settings"]["ovdcNetwork"] == "other", "the bad spec is stored"


def test_hooks_are_left_out_for_administrators(there: Estate) -> None:
    urn, _task = create(there.tenant, payload(workers=0))
    document = there.provider.get(f"{V1}/entities/{urn}").document()
    reply = there.provider.call("PUT", f"{V1}/entities/{urn}?invokeHooks=false", document)
    assert reply.status == 200 and reply.header("X-VMWARE-VCLOUD-TASK-LOCATION") is None
    assert there.provider.call("DELETE", f"{V1}/entities/{urn}?invokeHooks=false").status == 204
    assert "k8s1" in there.vapps(), "the machines stay"


def test_a_provider_acts_for_a_tenant(there: Estate) -> None:
    organization = there.provider.service.site_state.organizations[ORG]
    urn, task = create(there.provider, payload(workers=0), x_vmware_vcloud_tenant_context=organization.id)
    assert task["status"] == "success", task
    assert there.tenant.get(f"{V1}/entities/{urn}").document()["org"]["name"] == ORG


def test_while_the_server_is_down_a_creation_waits_with_the_vcd(there: Estate) -> None:
    there.cse.stop()
    body = payload()
    wanted = {"entityType": KIND, "name": "k8s1", "entity": body}
    reply = there.tenant.call("POST", f"{V1}/entityTypes/{KIND}", wanted)
    there.world.advance(20)
    task = there.tenant.task(str(reply.header("Location")))
    assert task["status"] == "running"
    urn = task["owner"]["id"]
    reply = there.tenant.call("DELETE", f"{V1}/entities/{urn}")
    assert reply.status == 400 and reply.document()["minorErrorCode"] == "RDE_ENTITY_NOT_RESOLVED"


def test_lists_with_groups_of_conditions(there: Estate) -> None:
    for name in ("k8s1", "k8s2"):
        create(there.tenant, payload(name, workers=0))
    base = f"{V1}/entities/interfaces/vmware/k8s/1.0.0"
    kinds = f"(entityType=={KIND},entityType==urn:vcloud:type:vmware:tkgcluster:1.0.0)"
    found = there.tenant.get(f"{base}?filter=entity.metadata.orgName=={ORG};{kinds}&pageSize=1&page=2").document()
    assert (found["resultTotal"], len(found["values"])) == (2, 1)
    assert there.tenant.get(f"{base}?page=3&pageSize=1").document()["values"] == []
    found = there.tenant.get(f"{base}?filter=name%3D%3Dk8s2").document()
    assert [one["name"] for one in found["values"]] == ["k8s2"]


def test_the_work_goes_on_when_somebody_cancels_the_task(there: Estate) -> None:
    wanted = {"entityType": KIND, "name": "k8s1", "entity": payload(workers=0)}
    reply = there.tenant.call("POST", f"{V1}/entityTypes/{KIND}", wanted)
    href = str(reply.header("Location"))
    there.world.advance(0.4)
    assert there.tenant.call("POST", f"/api/task/{href.rpartition('/')[2]}/action/cancel").status in (202, 204)
    there.world.advance(10)
    assert there.tenant.task(href)["status"] == "canceled"
    assert there.vapps()["k8s1"]["status"] == "POWERED_ON"


def test_a_kubeconfig_that_cannot_be_had(there: Estate) -> None:
    urn, _task = create(there.tenant, payload(workers=0))
    there.cse.add_trouble(Trouble("kubeconfig", "Couldn't get cluster configuration"))
    reply = there.tenant.call("POST", f"{V1}/entities/{urn}/behaviors/{KUBECONFIG}/invocations", {})
    assert error_of(there.tenant.finish(str(reply.header("Location")))) == "Couldn't get cluster configuration"
