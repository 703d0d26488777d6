# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is left of the external rbd provisioner, and what only looks like it (contract: ceph-k8s.md 5.1)."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.vcpp.vcloud.plugins.filter.rbd_provisioner_remains import FilterModule
from ansible_collections.vcpp.vcloud.plugins.plugin_utils._rbd_provisioner import remains

SYSTEM = "kube-system"


def item(name: str, namespace: str = "", **more: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, **({"namespace": namespace} if namespace else {})}, **more}


def storage_class(name: str, provisioner: str, **parameters: str) -> dict[str, Any]:
    return item(name, provisioner=provisioner, parameters=parameters)


def deployment(name: str, image: str, account: str = "rbd-provisioner", **env: str) -> dict[str, Any]:
    container = {"image": image, "env": [{"name": key, "value": value} for key, value in env.items()]}
    return item(name, SYSTEM, spec={"template": {"spec": {"serviceAccountName": account, "containers": [container]}}})


def workload(
    kind: str, name: str, image: str, account: str = "rbd-provisioner", owner: tuple[str, str] | None = None
) -> dict[str, Any]:
    """One of another kind than Deployment, kept by `owner` (kind, name)."""
    pod = {"serviceAccountName": account, "containers": [{"image": image}]}
    template = {"template": {"spec": pod}}
    found = item(name, SYSTEM, spec={"Pod": pod, "CronJob": {"jobTemplate": {"spec": template}}}.get(kind, template))
    if owner:
        found["metadata"]["ownerReferences"] = [{"kind": owner[0], "name": owner[1], "controller": True}]
    return found


def binding(kind: str, name: str, role: str, *accounts: str, namespace: str = "") -> dict[str, Any]:
    subjects = [{"kind": "ServiceAccount", "name": account, "namespace": SYSTEM} for account in accounts]
    of = "ClusterRole" if kind == "ClusterRoleBinding" else "Role"
    return item(name, namespace, kind=kind, roleRef={"kind": of, "name": role}, subjects=subjects)


def as_written_in_2019() -> dict[str, list[dict[str, Any]]]:
    """The objects of the write-up, in the order in which it makes them."""
    return {
        "Secret": [item("ceph-secret", SYSTEM), item("ceph-secret-kube", SYSTEM), item("other", SYSTEM)],
        "Deployment": [deployment("rbd-provisioner", "quay.io/external_storage/rbd-provisioner:latest")],
        "ClusterRoleBinding": [binding("ClusterRoleBinding", "rbd-provisioner", "rbd-provisioner", "rbd-provisioner")],
        "RoleBinding": [
            binding("RoleBinding", "rbd-provisioner", "rbd-provisioner", "rbd-provisioner", namespace=SYSTEM)
        ],
        "ServiceAccount": [item("rbd-provisioner", SYSTEM), item("default", SYSTEM)],
        "StorageClass": [
            storage_class("rbd", "ceph.com/rbd", adminSecretName="ceph-secret", adminSecretNamespace=SYSTEM,
                          userSecretName="ceph-secret-kube", userSecretNamespace=SYSTEM),
            storage_class("fast", "rbd.csi.ceph.com"),
        ],
        "PersistentVolume": [],
    }  # fmt: skip


def names(found: dict[str, list[Any]]) -> list[str]:
    return [f"{each['kind']} {each['namespace']}/{each['name']}".replace(" /", " ") for each in found["objects"]]


def test_all_of_it_is_found_and_who_serves_claims_goes_first() -> None:
    found = remains(as_written_in_2019())
    assert names(found) == [
        "Deployment kube-system/rbd-provisioner",
        "StorageClass rbd",
        "ClusterRoleBinding rbd-provisioner",
        "RoleBinding kube-system/rbd-provisioner",
        "ClusterRole rbd-provisioner",
        "Role kube-system/rbd-provisioner",
        "ServiceAccount kube-system/rbd-provisioner",
        "Secret kube-system/ceph-secret",
        "Secret kube-system/ceph-secret-kube",
    ]
    assert found["namespaces"] == [SYSTEM]
    assert found["volumes"] == []


def test_a_cluster_without_it_has_nothing_left() -> None:
    others = {"StorageClass": [storage_class("fast", "rbd.csi.ceph.com")], "Deployment": [deployment("web", "nginx:1")]}
    assert remains(others) == {"objects": [], "volumes": [], "namespaces": []}
    assert remains({}) == {"objects": [], "volumes": [], "namespaces": []}


@pytest.mark.parametrize(
    "given",
    [
        deployment("p", "mirror.example:5000/ceph/rbd-provisioner@sha256:00"),
        deployment("p", "mirror.example:5000/own:1", PROVISIONER_NAME="ceph.com/rbd"),
    ],
    ids=["image", "name"],
)
def test_a_provisioner_is_known_by_its_image_or_by_the_name_it_serves(given: dict[str, Any]) -> None:
    assert names(remains({"Deployment": [given]})) == ["Deployment kube-system/p"]


def test_rights_that_somebody_else_has_as_well_are_left() -> None:
    lists = as_written_in_2019()
    lists["ClusterRoleBinding"] = [binding("ClusterRoleBinding", "both", "both", "rbd-provisioner", "backup")]
    lists["RoleBinding"] = [
        binding("RoleBinding", "viewer", "view", "rbd-provisioner", namespace=SYSTEM),
        binding("RoleBinding", "first", "shared", "rbd-provisioner", namespace=SYSTEM),
        binding("RoleBinding", "second", "shared", "backup", namespace=SYSTEM),
    ]
    found = names(remains(lists))
    assert [name for name in found if "Role" in name] == [
        "RoleBinding kube-system/viewer",
        "RoleBinding kube-system/first",
    ]


def test_the_account_of_a_namespace_is_left() -> None:
    lists = as_written_in_2019()
    lists["Deployment"] = [deployment("p", "rbd-provisioner", account="default")]
    lists["ClusterRoleBinding"], lists["RoleBinding"] = [], []
    assert not [name for name in names(remains(lists)) if name.startswith("ServiceAccount")]


def test_a_secret_that_another_class_names_is_left() -> None:
    lists = as_written_in_2019()
    lists["StorageClass"][1]["parameters"] = {"csi.storage.k8s.io/provisioner-secret-name": "ceph-secret-kube"}
    assert [name for name in names(remains(lists)) if name.startswith("Secret")] == ["Secret kube-system/ceph-secret"]


def test_a_secret_that_a_volume_of_another_kind_is_mounted_with_is_left() -> None:
    lists = as_written_in_2019()
    lists["PersistentVolume"] = [
        item("files", spec={"cephfs": {"secretRef": {"name": "ceph-secret"}}}),
        item("block", spec={"csi": {"driver": "rbd.csi.ceph.com", "nodeStageSecretRef": {"name": "ceph-secret-kube"}}}),
    ]
    found = remains(lists)
    assert found["volumes"] == []
    assert not [name for name in names(found) if name.startswith("Secret")]


def test_an_account_that_another_workload_runs_under_is_left_with_its_rights() -> None:
    lists = as_written_in_2019()
    lists["Deployment"].append(deployment("backup", "backup:1"))
    assert [name for name in names(remains(lists)) if "Secret" not in name] == [
        "Deployment kube-system/rbd-provisioner",
        "StorageClass rbd",
    ]


@pytest.mark.parametrize(
    ("kind", "of"),
    [
        ("StatefulSet", "apps/v1"), ("DaemonSet", "apps/v1"), ("ReplicaSet", "apps/v1"), ("Job", "batch/v1"),
        ("CronJob", "batch/v1"), ("ReplicationController", "v1"), ("Pod", "v1"),
    ],
)  # fmt: skip
def test_the_provisioner_is_found_and_an_account_in_use_left_whatever_runs_the_pods(kind: str, of: str) -> None:
    lists = as_written_in_2019()
    lists["Deployment"] = []
    lists[kind] = [workload(kind, "old", "rbd-provisioner:1")]
    found = remains(lists)
    assert names(found)[0] == f"{kind} kube-system/old" and found["objects"][0]["of"] == of
    assert "ServiceAccount kube-system/rbd-provisioner" in names(found)
    lists[kind].append(workload(kind, "backup", "backup:1"))
    assert [name for name in names(remains(lists)) if "Secret" not in name] == [
        f"{kind} kube-system/old",
        "StorageClass rbd",
    ]


def test_what_a_workload_made_is_a_part_of_it() -> None:
    lists = as_written_in_2019()
    image = "quay.io/external_storage/rbd-provisioner:latest"
    # An earlier state of it, whose image has another name, and its pods, are not somebody else.
    lists["ReplicaSet"] = [
        workload("ReplicaSet", "first", "own:1", owner=("Deployment", "rbd-provisioner")),
        workload("ReplicaSet", "second", image, owner=("Deployment", "rbd-provisioner")),
    ]
    lists["Pod"] = [workload("Pod", "second-x", image, owner=("ReplicaSet", "second"))]
    found = names(remains(lists))
    assert found[:2] == ["Deployment kube-system/rbd-provisioner", "StorageClass rbd"]
    assert "ServiceAccount kube-system/rbd-provisioner" in found
    # Nor is the provisioner what a workload had been before it became something else.
    lists["Deployment"] = [deployment("rbd-provisioner", "backup:1")]
    assert "Deployment" not in " ".join(names(remains(lists)))


def test_a_secret_that_another_workload_uses_is_left() -> None:
    lists = as_written_in_2019()
    backup = workload("CronJob", "backup", "backup:1", account="backup")
    pod = backup["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    pod["volumes"] = [{"name": "disk", "rbd": {"image": "disk", "secretRef": {"name": "ceph-secret"}}}]
    reference = {"secretKeyRef": {"name": "ceph-secret-kube", "key": "key"}}
    pod["containers"][0]["env"] = [{"name": "KEY", "valueFrom": reference}]
    lists["CronJob"] = [backup]
    assert not [name for name in names(remains(lists)) if name.startswith("Secret")]


def test_a_class_that_names_no_namespaces_has_its_secrets_in_default_and_with_the_claims() -> None:
    lists = as_written_in_2019()
    # The provisioners read the parameters in any case.
    lists["StorageClass"] = [
        storage_class("rbd", "kubernetes.io/rbd", AdminSecretName="admin-key", usersecretname="user-key")
    ]
    lists["Deployment"] = []
    of_a_claim, of_an_app = item("user-key", "shop", type="kubernetes.io/rbd"), item("user-key", "web", type="Opaque")
    lists["Secret"] = [
        item("admin-key", "default"), item("admin-key", "shop"), item("ceph-secret-x", "default"),
        of_a_claim, of_an_app, of_a_claim,
    ]  # fmt: skip
    found = remains(lists)
    assert found["namespaces"] == ["default"]
    assert [name for name in names(found) if name.startswith("Secret")] == [
        "Secret default/admin-key",
        "Secret shop/user-key",
    ]


def test_volumes_are_told_with_image_and_claim_and_those_of_csi_are_not() -> None:
    by_hand = item("pv-hand", spec={"rbd": {"image": "disk1"}})
    old = item("pvc-1", spec={"rbd": {"pool": "kube", "image": "kubernetes-dynamic-pvc-2"},
                              "claimRef": {"namespace": "shop", "name": "data"}})  # fmt: skip
    moved = item("pvc-3", spec={"csi": {"driver": "rbd.csi.ceph.com"}})
    moved["metadata"]["annotations"] = {"pv.kubernetes.io/provisioned-by": "kubernetes.io/rbd"}
    found = remains({"PersistentVolume": [old, moved, by_hand]})
    assert found["volumes"] == [
        "pv-hand (image rbd/disk1)",
        "pvc-1 (image kube/kubernetes-dynamic-pvc-2, claim shop/data)",
    ]


def test_the_filter_wants_lists_by_kind() -> None:
    told = FilterModule().filters()["rbd_provisioner_remains"]
    assert told({"StorageClass": []})["objects"] == []
    with pytest.raises(AnsibleFilterError, match="dictionary with lists of objects by their kind"):
        told([])
