"""CSE 4.x: entities, states, kubeconfig, updates with ETags, deletion by mark (contract 7, 8.4)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.simulator.cse.work import Trouble
from tests.unit.simulator.cse.asking import Estate
from tests.unit.simulator.cse.polled import (
    OVA_NEXT,
    V1,
    content,
    create,
    documents,
    get,
    pass_time,
    put,
    text,
)

FULL = "urn:vcloud:behavior-interface:getFullEntity:cse:capvcd:1.0.0"


@pytest.fixture(name="there")
def _there() -> Estate:
    return Estate("4.2")


def made(there: Estate, **more: Any) -> str:
    """A cluster that is there."""
    urn, _href = create(there, content(text(documents(**more))))
    assert pass_time(there, urn)[-1] == "provisioned"
    return urn


def test_a_cluster_becomes(there: Estate) -> None:
    urn, href = create(there, content(text(documents(planes=3))))
    assert urn.startswith("urn:vcloud:entity:vmware:capvcdCluster:") and urn.count(":") == 5
    entity, _etag = get(there.tenant, urn)
    assert "status" not in entity and "secure" not in entity["spec"]["vcdKe"]
    task = there.tenant.task(href)
    assert (task["status"], task["progress"]) == ("running", 1)
    assert pass_time(there, urn) == [None, "provisioning", "provisioned"]
    assert there.tenant.task(href)["status"] == "success"
    reply = there.tenant.get(f"{V1}/entities/{urn}").document()
    assert reply["state"] == "RESOLVED" and reply["entityState"] == "RESOLVED"
    status = reply["entity"]["status"]
    assert status["vcdKe"]["vcdKeVersion"] == "4.2.3" and status["vcdKe"]["errorSet"] == []
    assert status["vcdKe"]["defaultStorageClass"] == {"fileSystem": "ext4", "k8sStorageClassName": "default-sc"}
    capvcd = status["capvcd"]
    assert (capvcd["kubernetes"], capvcd["phase"]) == ("v1.25.7+vmware.2", "Provisioned")
    assert "private" not in capvcd
    assert [(one["name"], one["desiredReplicas"]) for one in capvcd["nodePool"]] == [
        ("k8s1-control-plane-node-pool", 3),
        ("pool-1", 2),
    ]
    vapp = there.provider.service.site_state.workloads.find_vapp("k8s1")
    names = sorted(one.name for one in vapp.vms.values())
    assert sum(name.startswith("k8s1-control-plane-node-pool-") for name in names) == 3
    assert sum(name.startswith("pool-1-") for name in names) == 2
    assert there.vapps()["k8s1"]["status"] == "POWERED_ON"


def test_found_by_name_and_type(there: Estate) -> None:
    urn = made(there)
    values = there.tenant.get(f"{V1}/entities/types/vmware/capvcdCluster/1.3.0?filter=name==k8s1").document()["values"]
    assert [one["id"] for one in values] == [urn]
    types = there.tenant.get(f"{V1}/entityTypes?filter=nss==capvcdCluster").document()["values"]
    assert [(one["vendor"], one["version"]) for one in types] == [("vmware", "1.3.0")]
    (config,) = there.tenant.get(f"{V1}/entities/types/vmware/VCDKEConfig/1.1.0").document()["values"]
    assert config["name"] == "vcdKeConfig" and config["entity"]["profiles"][0]["containerRegistryUrl"]


@pytest.mark.parametrize("version", ["4.0", "4.2"])
def test_the_kubeconfig_comes_with_the_whole_entity(version: str) -> None:
    there = Estate(version)
    urn, _href = create(there, content(text(documents())))
    pass_time(there, urn)
    entity, _etag = get(there.tenant, urn)
    assert ("private" in entity["status"]["capvcd"]) is (version == "4.0"), "hidden from its owner since 1.2.0"
    reply = there.tenant.call("POST", f"{V1}/entities/{urn}/behaviors/{FULL}/invocations", {})
    assert reply.status == 202
    task = there.tenant.finish(str(reply.header("Location")))
    whole = json.loads(task["result"]["resultContent"])
    assert whole["entity"]["status"]["capvcd"]["private"]["kubeConfig"].startswith("apiVersion: v1")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"planes": 2}, "must be odd"),
        ({"disk": "10Gi"}, "at least 20Gi"),
        ({"ova": "photon-5.0"}, "not found in catalog"),
        ({"network": "none"}, "Org VDC network 'none' does not exist"),
        ({"sizing": "none"}, "VM sizing policy 'none' not found"),
        ({"pools": ["pool-1"]}, "unique"),
        ({"version": "v1.24.0+vmware.1"}, "does not fit template"),
    ],
)
def test_a_creation_that_cannot_be_done(there: Estate, more: dict[str, Any], words: str) -> None:
    urn, _href = create(there, content(text(documents(**more))))
    assert pass_time(there, urn) == [None, "provisioning", "error"]
    entity, etag = get(there.tenant, urn)
    assert words in entity["status"]["vcdKe"]["errorSet"][-1]["additionalDetails"]["Detailed Error"]
    entity["spec"]["vcdKe"] |= {"markForDelete": True, "forceDelete": True}
    assert put(there.tenant, urn, entity, etag) == 200
    assert pass_time(there, urn)[-1] == "gone"


def test_names_tokens_and_broken_documents(there: Estate) -> None:
    for body in (content("a: ["), content(text(documents()), token=""), content(text(documents("other")))):
        urn, _href = create(there, body)
        assert pass_time(there, urn)[-1] == "error"


def test_a_step_that_fails_and_auto_repair(there: Estate) -> None:
    there.cse.add_trouble(Trouble("workers", "no capacity"))
    urn, _href = create(there, content(text(documents())))
    assert pass_time(there, urn)[-1] == "error"
    assert "k8s1" in there.vapps(), "what was made stays"
    there.provider.service.site_state.workloads.remove_vapp(
        there.provider.service.site_state.workloads.find_vapp("k8s1").id
    )
    there.cse.add_trouble(Trouble("workers", "no capacity"))
    urn, _href = create(there, content(text(documents()), repair=True))
    assert pass_time(there, urn, 10) == [None, "provisioning", "provisioned"]
    entity, _etag = get(there.tenant, urn)
    assert entity["status"]["vcdKe"]["errorSet"][0]["additionalDetails"]["Detailed Error"] == "no capacity"


def test_updates_hold_to_the_etag(there: Estate) -> None:
    urn = made(there)
    entity, etag = get(there.tenant, urn)
    entity["spec"]["capiYaml"] = text(documents(planes=3, workers=1, pools=["pool-2"]))
    assert put(there.tenant, urn, entity, None) == 412
    assert put(there.tenant, urn, entity, '"stale"') == 412
    assert put(there.tenant, urn, entity, etag) == 200
    assert put(there.tenant, urn, entity, etag) == 412, "it has another one now"
    pools, _etag = get(there.tenant, urn)
    assert len(pools["status"]["capvcd"]["nodePool"]) == 2, "the numbers lag behind"
    pass_time(there, urn, 3)
    now, _etag = get(there.tenant, urn)
    assert [one["availableReplicas"] for one in now["status"]["capvcd"]["nodePool"]] == [3, 1, 1]
    vapp = there.provider.service.site_state.workloads.find_vapp("k8s1")
    assert len(vapp.vms) == 5
    assert there.tenant.call("POST", f"{V1}/entities/{urn}/behaviors/{FULL}/invocations", {}).status == 202


def test_an_upgrade_and_what_is_refused(there: Estate) -> None:
    urn = made(there)

    def ask(**more: Any) -> dict[str, Any]:
        entity, etag = get(there.tenant, urn)
        entity["spec"]["capiYaml"] = text(documents(**more))
        assert put(there.tenant, urn, entity, etag) == 200
        pass_time(there, urn, 3)
        return dict(get(there.tenant, urn)[0]["status"])

    status = ask(ova=OVA_NEXT, version="v1.26.8+vmware.1")
    assert status["capvcd"]["kubernetes"] == "v1.26.8+vmware.1"
    status = ask()
    assert "cannot upgrade" in status["vcdKe"]["errorSet"][-1]["additionalDetails"]["Detailed Error"]
    assert status["capvcd"]["kubernetes"] == "v1.26.8+vmware.1"
    status = ask(ova=OVA_NEXT, version="v1.26.8+vmware.1", disk="30Gi")
    assert "cannot be changed" in status["vcdKe"]["errorSet"][-1]["additionalDetails"]["Detailed Error"]


def test_a_put_without_status_loses_the_cluster(there: Estate) -> None:
    urn = made(there)
    entity, etag = get(there.tenant, urn)
    del entity["status"]
    assert put(there.tenant, urn, entity, etag) == 200
    assert pass_time(there, urn, 2) == [None], "nobody tells a state any more"
    entity, etag = get(there.tenant, urn)
    entity["spec"]["vcdKe"] |= {"markForDelete": True, "forceDelete": True}
    assert put(there.tenant, urn, entity, etag) == 200
    assert pass_time(there, urn)[-1] == "gone"


def test_deletion_by_mark(there: Estate) -> None:
    urn = made(there)
    entity, etag = get(there.tenant, urn)
    entity["spec"]["vcdKe"] |= {"markForDelete": True, "forceDelete": True}
    assert put(there.tenant, urn, entity, etag) == 200
    assert pass_time(there, urn) == ["provisioned", "deleting", "gone"]
    assert "k8s1" not in there.vapps()
    assert there.tenant.get(f"{V1}/entities/{urn}").status == 403


def test_a_forced_deletion_breaks_off_what_hangs(there: Estate) -> None:
    there.cse.add_trouble(Trouble("control_plane", "", hang=True))
    urn, _href = create(there, content(text(documents())))
    assert pass_time(there, urn)[-1] == "provisioning" and "k8s1" in there.vapps()
    for force, end in ((False, "provisioning"), (True, "gone")):
        entity, etag = get(there.tenant, urn)
        entity["spec"]["vcdKe"] |= {"markForDelete": True, "forceDelete": force}
        assert put(there.tenant, urn, entity, etag) == 200
        assert pass_time(there, urn)[-1] == end
    assert "k8s1" not in there.vapps()


def test_an_entity_that_is_deleted_leaves_its_machines(there: Estate) -> None:
    urn = made(there)
    assert there.tenant.call("DELETE", f"{V1}/entities/{urn}").status == 204
    assert "k8s1" in there.vapps()


def test_nothing_happens_without_a_server(there: Estate) -> None:
    there.cse.stop()
    urn, href = create(there, content(text(documents())))
    assert pass_time(there, urn, 3) == [None]
    assert there.tenant.task(href)["status"] == "running"
    there.cse.start()
    assert pass_time(there, urn)[-1] == "provisioned"
