"""What is sent for a new cluster, release by release, held to the contract (3.2, 3.6, 4.2, 5.3, 5.4 and 7.2)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._cse import (
    capi_documents,
    cluster_fields,
    releases,
    tanzu_images,
)
from ansible_collections.vcpp.vcloud.plugins.module_utils._cse.named_clusters import NamedWay
from ansible_collections.vcpp.vcloud.plugins.module_utils._cse.native_clusters import NativeWay
from ansible_collections.vcpp.vcloud.plugins.module_utils._cse.releases import Release
from ansible_collections.vcpp.vcloud.plugins.module_utils._cse.ways import Job
from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError

SITE = "https://vcd.example.com"
VALUES: dict[str, Any] = {
    "name": "k8s1", "org": "tenant1", "vdc": "vdc1", "network": "net1", "workers": 2, "nfs_nodes": 1,
    "template": "t", "storage_profile": "Gold", "ssh_key": "ssh-ed25519 AAAA", "kind": "native",
}  # fmt: skip
IMAGE = "ubuntu-2004-kube-v1.25.7+vmware.2-tkg.1-8a74b9f12e488c54605b3537acb683bc"
NEWER = "ubuntu-2004-kube-v1.26.8+vmware.1-tkg.1-0edd4dafbefbdb503f64d5472e500cf8"


def way(kind: type[Any], release: Release, **params: Any) -> Any:
    """A way to make clusters without a server behind it."""
    api = SimpleNamespace(facts={"org": "tenant1"}, acting_for=lambda org: api, is_provider=False, endpoint=SITE)
    cse = SimpleNamespace(api=api, release=release, endpoint=SITE)
    cse.acting_with = lambda other: cse
    options = {"name": "k8s1", "org": None, "vcd_tenant": None, "vdc": "vdc1", "rollback": None, **params}
    return kind(Job(cse, options, False, {}, print, print))  # type: ignore[arg-type]


@pytest.mark.parametrize(("rollback", "flag"), [(None, True), (True, True), (False, False)])
def test_1_2_has_every_key_and_the_inverted_flag(rollback: bool | None, flag: bool) -> None:
    made = way(NamedWay, Release("1.2.7", releases.FIRST), rollback=rollback).creation(VALUES)
    assert made == {
        "name": "k8s1", "node_count": 2, "vdc": "vdc1", "cpu": None, "memory": None, "network": "net1",
        "storage_profile": "Gold", "ssh_key": "ssh-ed25519 AAAA", "template": "t", "enable_nfs": True,
        "disable_rollback": flag,
    }  # fmt: skip


def test_2_0_names_the_cluster_and_its_organization() -> None:
    made = way(NamedWay, Release("2.0.0", releases.FIRST)).creation({**VALUES, "nfs_nodes": 0})
    assert (made["cluster_name"], made["org"], made["enable_nfs"]) == ("k8s1", "tenant1", False)
    assert "name" not in made


@pytest.mark.parametrize(
    "release", [Release("2.6.1", releases.SECOND), Release("3.1.4", releases.SECOND, (34, 0), legacy=True)]
)
def test_2_6_and_legacy_mode_leave_out_what_is_not_wished(release: Release) -> None:
    made = way(NamedWay, release, rollback=False).creation({**VALUES, "template_revision": 2})
    assert made == {
        "cluster_name": "k8s1", "org_name": "tenant1", "ovdc_name": "vdc1", "network_name": "net1", "num_workers": 2,
        "storage_profile_name": "Gold", "ssh_key": "ssh-ed25519 AAAA", "template_name": "t", "template_revision": 2,
        "enable_nfs": True, "rollback": False,
    }  # fmt: skip


def test_3_0_speaks_snake_case_with_an_empty_version() -> None:
    made = way(NativeWay, Release("3.0.5", releases.NATIVE, (35, 0), "1.0.0")).payload(
        {**VALUES, "template_revision": 2}
    )
    assert made["api_version"] == "" and "apiVersion" not in made
    assert made["metadata"] == {"cluster_name": "k8s1", "org_name": "tenant1", "ovdc_name": "vdc1"}
    assert made["spec"]["workers"] == {"count": 2, "sizing_class": None, "storage_profile": "Gold"}
    assert made["spec"]["k8_distribution"] == {"template_name": "t", "template_revision": 2}
    assert made["spec"]["settings"] == {
        "network": "net1", "ssh_key": "ssh-ed25519 AAAA", "rollback_on_failure": True,
    }  # fmt: skip


@pytest.mark.parametrize(("rde", "version"), [("2.0.0", "v2.0"), ("2.1.0", "v2.1")])
def test_3_1_speaks_camel_case(rde: str, version: str) -> None:
    values = {**VALUES, "template_revision": 2, "cpus": 4, "memory_mb": 8192, "pod_cidr": "10.0.0.0/16"}
    made = way(NativeWay, Release("3.1.4", releases.NATIVE, (36, 0), rde)).payload(values)
    assert made["apiVersion"] == f"cse.vmware.com/{version}"
    assert made["metadata"]["site"] == SITE
    assert made["spec"]["topology"]["workers"] == {
        "count": 2, "sizingClass": None, "storageProfile": "Gold", "cpu": 4, "memory": 8192,
    }  # fmt: skip
    assert made["spec"]["topology"]["nfs"] == {"count": 1, "sizingClass": None, "storageProfile": "Gold"}
    assert made["spec"]["settings"]["network"] == {"expose": False, "pods": {"cidrBlocks": ["10.0.0.0/16"]}}
    assert made["spec"]["distribution"] == {"templateName": "t", "templateRevision": 2}


def documents() -> list[dict[str, Any]]:
    """Those of a new cluster of 4.x."""
    pools = [{"name": "pool-1", "workers": 2, "sizing_policy": "TKG small", "disk_gb": 40}]
    values = {
        **VALUES, "template": IMAGE, "catalog": "tkg", "control_planes": 3, "pools": pools,
        "pod_cidr": "100.96.0.0/11", "service_cidr": "100.64.0.0/13",
    }  # fmt: skip
    software = tanzu_images.software_of(IMAGE)
    return capi_documents.make(
        "k8s1", values, software, site=SITE, registry="registry.example.com/", certificates=["CA"]
    )


def test_4_x_is_documents_that_say_what_was_asked() -> None:
    made = capi_documents.load(capi_documents.dump(documents()))
    assert [one["kind"] for one in made] == [
        "VCDMachineTemplate", "MachineDeployment", "Cluster", "VCDCluster", "VCDMachineTemplate",
        "KubeadmControlPlane", "KubeadmConfigTemplate",
    ]  # fmt: skip
    assert {one["metadata"]["namespace"] for one in made} == {"k8s1-ns"}
    plane = made[5]["spec"]
    settings = plane["kubeadmConfigSpec"]["clusterConfiguration"]
    assert settings["imageRepository"] == "registry.example.com/tkg"
    assert (
        settings["etcd"]["local"]["imageTag"] == "v3.5.6_vmware.9" and settings["dns"]["imageTag"] == "v1.9.3_vmware.8"
    )
    assert plane["kubeadmConfigSpec"]["users"][0]["sshAuthorizedKeys"] == ["ssh-ed25519 AAAA"]
    assert made[6]["spec"]["template"]["spec"]["users"][0]["sshAuthorizedKeys"] == ["ssh-ed25519 AAAA"]
    assert made[2]["metadata"]["annotations"]["TKGVERSION"] == "v2.2.0"
    told = capi_documents.read(made)
    assert (told["vdc"], told["network"], told["control_planes"]) == ("vdc1", "net1", 3)
    assert told["pools"] == [
        {
            "name": "pool-1", "workers": 2, "sizing_policy": "TKG small", "placement_policy": None,
            "storage_profile": None, "disk_gb": 40,
        }
    ]  # fmt: skip


def test_changes_of_4_x_leave_alone_what_they_do_not_know() -> None:
    made = [*documents(), {"kind": "Deployment", "metadata": {"name": "cluster-autoscaler"}, "spec": {"x": 1}}]
    made[1]["spec"].pop("replicas")
    minimum = "cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size"
    made[1]["metadata"]["annotations"] = {minimum: "4", "mine": "stays"}
    assert capi_documents.read(made)["pools"][0]["workers"] == 4
    capi_documents.resize(made, 1, {"pool-1": 5})
    capi_documents.upgrade(made, NEWER, tanzu_images.software_of(NEWER))
    told = capi_documents.read(made)
    assert (told["control_planes"], told["pools"][0]["workers"]) == (1, 5)
    assert told["template"] == NEWER and told["kubernetes_version"] == "v1.26.8+vmware.1"
    assert made[1]["metadata"]["annotations"] == {"mine": "stays"}
    assert made[1]["spec"]["template"]["spec"]["version"] == "v1.26.8+vmware.1"
    assert made[2]["metadata"]["labels"]["tanzuKubernetesRelease"] == "v1.26.8---vmware.1-tkg.2"
    assert made[-1]["spec"] == {"x": 1}


def test_images_go_one_minor_version_up_and_never_back() -> None:
    assert tanzu_images.refuse_upgrade(IMAGE, NEWER).tkg == "v2.3.1"
    for present, wanted in ((NEWER, IMAGE), (IMAGE, IMAGE), (IMAGE, "ubuntu-2004-kube-v1.27.8+vmware.1-tkg.1-"
                            "e77cdad8d69e4f76f2ded5e1356235b3")):  # fmt: skip
        with pytest.raises(InputError, match="a cluster goes to a later patch"):
            tanzu_images.refuse_upgrade(present, wanted)
    with pytest.raises(InputError, match="did you mean"):
        tanzu_images.software_of(IMAGE[:-1])


@pytest.mark.parametrize(
    ("release", "option", "value"),
    [
        (Release("1.2.7", releases.FIRST), "template_revision", 1),
        (Release("1.2.7", releases.FIRST), "sizing_policy", "small"),
        (Release("2.6.1", releases.SECOND), "expose", True),
        (Release("2.6.1", releases.SECOND), "control_planes", 3),
        (Release("3.0.5", releases.NATIVE, (35, 0), "1.0.0"), "access", [{"user": "roy", "level": "read_only"}]),
        (Release("3.0.5", releases.NATIVE, (35, 0), "1.0.0"), "cpus", 2),
        (Release("4.2", releases.POLLED, None, "1.3.0"), "nfs_nodes", 1),
        (Release("4.2", releases.POLLED, None, "1.3.0"), "rollback", False),
    ],
)
def test_what_a_release_has_not_is_refused_by_name(release: Release, option: str, value: Any) -> None:
    with pytest.raises(InputError, match=f"^{option} is set, but CSE"):
        cluster_fields.wanted(release, {option: value})


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"workers": -1}, "workers is -1"),
        ({"control_planes": 2}, "odd number"),
        ({"sizing_policy": "small", "cpus": 2}, "give one of them"),
        ({"disk_gb": 10}, "20 is the least"),
        ({"access": [{"user": "a", "level": "read_only"}, {"user": "a", "level": "read_write"}]}, "has 'a' twice"),
    ],
)
def test_what_no_release_takes_is_refused(params: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        cluster_fields.check(params)


@pytest.mark.parametrize(
    ("release", "name"),
    [
        (Release("1.2.7", releases.FIRST), "template"),
        (Release("2.6.1", releases.SECOND), "-k8s"),
        (Release("2.6.1", releases.SECOND), "k" * 26),
        (Release("3.1.4", releases.NATIVE, (36, 0), "2.1.0"), "k8s.1"),
        (Release("4.2", releases.POLLED, None, "1.3.0"), "K8s"),
    ],
)
def test_names_that_a_release_does_not_take(release: Release, name: str) -> None:
    with pytest.raises(InputError, match="^name is"):
        cluster_fields.check_name(release, name)
    cluster_fields.check_name(release, "k8s-1")
