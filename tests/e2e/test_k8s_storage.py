"""Role k8s_ceph_storage against a genuine Kubernetes API: what it makes, that it makes it once, what it refuses.

No driver runs here, so no claim is bound: that is tests/e2e/test_kubernetes_chain.py (make k8s-chain).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.kubernetes import needs_kubernetes
from tests.e2e.plays import Play, play
from tests.labs.kubernetes import Cluster, running

pytestmark = needs_kubernetes

ROLE = "vcpp.vcloud.k8s_ceph_storage"
REASON = "{{ ansible_failed_result.msg | default(ansible_failed_result) }}"
FSID = "b2a1c1de-4f5b-4b6e-9a55-0d8d1f0f6f01"
KEY, ROTATED = "AQBPbTFpAAAAABAAfirstfirstfirstfirstfi==", "AQBPbTFpAAAAABAAothersecondothersecond=="
NAMESPACED = {
    "deployments": "/apis/apps/v1/namespaces/{}/deployments/csi-rbdplugin-provisioner",
    "daemonsets": "/apis/apps/v1/namespaces/{}/daemonsets/csi-rbdplugin",
    "secrets": "/api/v1/namespaces/{}/secrets/csi-rbd-secret",
    "config": "/api/v1/namespaces/{}/configmaps/ceph-csi-config",
}
CLASS = "/apis/storage.k8s.io/v1/storageclasses/rbd"
CLAIMS = "/api/v1/namespaces/default/persistentvolumeclaims"
BINDINGS = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"
# A volume that nobody claims, but for its source.
VOLUME = {
    "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "persistentVolumeReclaimPolicy": "Retain",
}  # fmt: skip


def claim(name: str, labels: dict[str, str] | None = None) -> dict[str, Any]:
    """A claim of the role's class."""
    return {
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name, "labels": labels or {}},
        "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "rbd",
                 "resources": {"requests": {"storage": "1Gi"}}},
    }  # fmt: skip


@dataclass(frozen=True)
class Storage:
    """A Kubernetes API and a way to run entry points of the role."""

    cluster: Cluster
    folder: Path

    def variables(self, **more: Any) -> dict[str, Any]:
        return {
            "k8s_ceph_storage_kubeconfig": str(self.cluster.kubeconfig), "k8s_ceph_storage_cluster_id": FSID,
            "k8s_ceph_storage_monitors": ["192.168.207.201:6789", "192.168.207.202:6789"],
            "k8s_ceph_storage_client_key": KEY, "k8s_ceph_storage_wait": False, **more,
        }  # fmt: skip

    def role(self, *arguments: str, entry: str = "main", core: str = "newest", **more: Any) -> Play:
        tasks = [{"name": entry, "ansible.builtin.include_role": {"name": ROLE, "tasks_from": entry}}]
        return self._play(tasks, self.variables(**more), *arguments, core=core)

    def refused(self, *cases: tuple[str, dict[str, Any]]) -> list[str]:
        """What the role says to each of (entry point, variables), all of which it has to refuse; in one process."""
        tasks: list[dict[str, Any]] = []
        for entry, more in cases:
            include = {
                "name": entry, "ansible.builtin.include_role": {"name": ROLE, "tasks_from": entry},
                "vars": self.variables(**more),
            }  # fmt: skip
            went_well = {"name": "Say so", "ansible.builtin.debug": {"msg": "SAID nothing, it was done"}}
            said = {
                "name": "Repeat it",
                "ansible.builtin.debug": {"msg": f"SAID {REASON}"},
            }
            tasks.append({"name": "Case", "block": [include, went_well], "rescue": [said]})
        output = self._play(tasks, {}).assert_ok().output
        found = [line.partition("SAID ")[2] for line in output.splitlines() if '"msg": "SAID ' in line]
        assert len(found) == len(cases), output
        return found

    def _play(self, tasks: list[Any], variables: dict[str, Any], *arguments: str, core: str = "newest") -> Play:
        playbook = self.folder / "storage.yml"
        plays = [{"name": "Storage", "hosts": "localhost", "gather_facts": False, "tasks": tasks}]
        playbook.write_text(yaml.safe_dump(plays), encoding="utf-8")
        return play(core, self.folder, playbook, variables, *arguments)

    def get(self, name: str, namespace: str = "ceph-csi-rbd") -> Any:
        return self.cluster.api.get(NAMESPACED[name].format(namespace))


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    folder = tmp_path_factory.mktemp("storage")
    with running(folder / "kubernetes") as cluster:
        yield Storage(cluster, folder)


@pytest.fixture
def made(storage: Storage) -> Storage:
    """The same, with the role's objects in it, also where only the slow tests are run (make e2e-slow)."""
    if not storage.cluster.api.get(CLASS):
        storage.role(k8s_ceph_storage_client_key=ROTATED).assert_ok()
    return storage


def changes(ran: Play) -> int:
    return ran.assert_ok().changed()["localhost"]


def test_it_predicts_then_makes_then_changes_nothing(storage: Storage) -> None:
    predicted = changes(storage.role("--check"))
    assert not storage.cluster.api.get("/api/v1/namespaces/ceph-csi-rbd")
    assert not storage.cluster.api.get(CLASS)
    made = storage.role("--diff", "-vvv")
    # The namespace's content is foretold in two lines, and made by two tasks.
    assert changes(made) == predicted > 3
    for secret in (KEY, base64.b64encode(KEY.encode()).decode()):
        assert secret not in made.output
    assert changes(storage.role()) == 0
    assert changes(storage.role("--check")) == 0


def test_what_it_made_fits_together(storage: Storage) -> None:
    config = json.loads(storage.get("config")["data"]["config.json"])
    assert config == [{"clusterID": FSID, "monitors": ["192.168.207.201:6789", "192.168.207.202:6789"]}]
    assert base64.b64decode(storage.get("secrets")["data"]["userKey"]).decode() == KEY
    found = storage.cluster.api.get(CLASS)
    assert found["provisioner"] == "rbd.csi.ceph.com"
    assert (found["reclaimPolicy"], found["allowVolumeExpansion"]) == ("Delete", True)
    parameters = found["parameters"]
    assert (parameters["clusterID"], parameters["pool"], parameters["imageFeatures"]) == (FSID, "kube", "layering")
    for purpose in ("provisioner", "controller-expand", "node-stage"):
        where = f"csi.storage.k8s.io/{purpose}-secret-"
        assert (parameters[f"{where}name"], parameters[f"{where}namespace"]) == ("csi-rbd-secret", "ceph-csi-rbd")
    for name in ("rbd-csi-provisioner", "rbd-csi-nodeplugin"):
        binding = storage.cluster.api.get(f"{BINDINGS}/{name}")
        assert [subject["namespace"] for subject in binding["subjects"]] == ["ceph-csi-rbd"]
    # Everything that the pods mount is there, or they would wait for ever.
    for kind in ("deployments", "daemonsets"):
        for volume in storage.get(kind)["spec"]["template"]["spec"]["volumes"]:
            if name := volume.get("configMap", {}).get("name"):
                assert storage.cluster.api.get(f"/api/v1/namespaces/ceph-csi-rbd/configmaps/{name}"), name


def test_another_key_changes_the_secret_alone(storage: Storage) -> None:
    before = {name: storage.get(name)["metadata"]["generation"] for name in ("deployments", "daemonsets")}
    assert changes(storage.role(k8s_ceph_storage_client_key=ROTATED)) == 1
    assert base64.b64decode(storage.get("secrets")["data"]["userKey"]).decode() == ROTATED
    assert {name: storage.get(name)["metadata"]["generation"] for name in before} == before


def test_what_it_refuses_it_refuses_by_name_and_before_any_change(storage: Storage, tmp_path: Path) -> None:
    nobody = tmp_path / "nobody"
    wrong = yaml.safe_load(storage.cluster.kubeconfig.read_text(encoding="utf-8"))
    for user in wrong["users"]:
        user["user"] = {"token": "somebody"}
    nobody.write_text(yaml.safe_dump(wrong), encoding="utf-8")
    silent = tmp_path / "silent"
    away = yaml.safe_load(storage.cluster.kubeconfig.read_text(encoding="utf-8"))
    for each in away["clusters"]:
        each["cluster"]["server"] = "https://127.0.0.1:9"
    silent.write_text(yaml.safe_dump(away), encoding="utf-8")
    # An account that every namespace has: known to the server, and allowed nothing.
    nothing_allowed = tmp_path / "nothing_allowed"
    for user in wrong["users"]:
        user["user"] = {"token": storage.cluster.kubectl("create", "token", "default")}
    nothing_allowed.write_text(yaml.safe_dump(wrong), encoding="utf-8")
    # And one that may see namespaces, and no more.
    half = tmp_path / "half"
    storage.cluster.kubectl("create", "serviceaccount", "half")
    storage.cluster.kubectl("create", "clusterrole", "half", "--verb=get,list", "--resource=namespaces")
    storage.cluster.kubectl(
        "create", "clusterrolebinding", "half", "--clusterrole=half", "--serviceaccount=default:half"
    )
    for user in wrong["users"]:
        user["user"] = {"token": storage.cluster.kubectl("create", "token", "half")}
    half.write_text(yaml.safe_dump(wrong), encoding="utf-8")
    waiting = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "waiting"},
               "provisioner": "rbd.csi.ceph.com", "volumeBindingMode": "WaitForFirstConsumer"}  # fmt: skip
    storage.cluster.kubectl("create", "-f", "-", stdin=json.dumps(waiting))
    storage.cluster.kubectl("create", "-f", "-", stdin=json.dumps(claim("taken")))
    old = [{"ceph_csi": "v3.4.0", "kubernetes": ["1.20"], "provisioner": "v2", "attacher": "v3", "resizer": "v1",
            "snapshotter": "v4", "registrar": "v2"}]  # fmt: skip
    cases = {
        "pool": ("main", {"k8s_ceph_storage_pool": "ssd"}),
        "second": ("main", {"k8s_ceph_storage_namespace": "kube-system"}),
        "release": ("main", {"k8s_ceph_storage_versions": old}),
        "variable": ("main", {"k8s_ceph_storage_pol": "kube"}),
        "names": ("main", {"k8s_ceph_storage_class": "RBD_1", "k8s_ceph_storage_secret": "Secret"}),
        "replicas": ("main", {"k8s_ceph_storage_replicas": 0}),
        "nowhere": ("proof", {"k8s_ceph_storage_claim_namespace": "shop"}),
        "monitor": ("main", {"k8s_ceph_storage_monitors": ["192.168.207.201,192.168.207.202"]}),
        "client": ("main", {"k8s_ceph_storage_client": "client.kube"}),
        "file": ("main", {"k8s_ceph_storage_kubeconfig": str(tmp_path / "nothing")}),
        "token": ("main", {"k8s_ceph_storage_kubeconfig": str(nobody)}),
        "away": ("main", {"k8s_ceph_storage_kubeconfig": str(silent)}),
        "forbidden": ("main", {"k8s_ceph_storage_kubeconfig": str(nothing_allowed)}),
        "half": ("main", {"k8s_ceph_storage_kubeconfig": str(half)}),
        "waits": ("proof", {"k8s_ceph_storage_class": "waiting"}),
        "taken": ("proof", {"k8s_ceph_storage_claim": "taken"}),
        "size": ("proof", {"k8s_ceph_storage_claim_size": "1G"}),
        "class": ("proof", {"k8s_ceph_storage_class": "rdb"}),
    }
    before = {name: storage.get(name)["metadata"]["resourceVersion"] for name in NAMESPACED}
    said = dict(zip(cases, storage.refused(*cases.values()), strict=True))
    wanted = {
        "pool": ["parameters.pool is kube, wanted is ssd", "k8s_ceph_storage_class_recreate"],
        "second": ["already run by ceph-csi-rbd", "k8s_ceph_storage_namespace"],
        "release": ["k8s_ceph_storage_versions has no row", "v3.4.0 for 1.20", "k8s_ceph_storage_release"],
        "variable": ["has no variable k8s_ceph_storage_pol. It has", " pool, "],
        "names": ["k8s_ceph_storage_class is RBD_1. k8s_ceph_storage_secret is Secret. Kubernetes takes names"],
        "replicas": ["k8s_ceph_storage_replicas is 0"],
        "nowhere": ['Make the claim\\": namespaces \\"shop\\" not found. Nothing was made.'],
        "monitor": ["k8s_ceph_storage_monitors", "192.0.2.11:6789"],
        "client": ["k8s_ceph_storage_client is client.kube", "without"],
        "file": ["could not be asked", "k8s_ceph_storage_kubeconfig"],
        "token": ["could not be asked", "401"],
        "away": ["could not be asked", "whether the server answers"],
        "forbidden": ["forbidden", "system:serviceaccount:default:default"],
        "half": ["The Deployments of all namespaces could not be read", "forbidden", "k8s_ceph_storage_kubeconfig"],
        "waits": ["waits for the first consumer", "volumeBindingMode Immediate"],
        "taken": ["a claim default/taken already", "k8s_ceph_storage_claim"],
        "size": ["k8s_ceph_storage_claim_size is 1G", "like 1Gi"],
        "class": ["There is no StorageClass rdb"],
    }
    # Each is one paragraph, but where the server's own answer is in it.
    quoting = ("token", "forbidden", "half")
    assert not [name for name, text in said.items() if "\\n" in text and name not in quoting]
    for name, words in wanted.items():
        for word in words:
            assert word in said[name], (name, said[name])
    assert {name: storage.get(name)["metadata"]["resourceVersion"] for name in NAMESPACED} == before
    assert storage.cluster.api.get(CLASS)["parameters"]["pool"] == "kube"
    assert storage.cluster.api.get(f"{CLAIMS}/taken")
    storage.cluster.kubectl("delete", "storageclass/waiting", "pvc/taken", "--wait=false")


@pytest.mark.slow
def test_a_claim_that_an_earlier_proof_left_behind_is_taken_up(made: Storage) -> None:
    made.cluster.kubectl("create", "-f", "-", stdin=json.dumps(claim("left", {"vcpp.vcloud/proof": "true"})))
    quick = {"k8s_ceph_storage_claim_timeout": 2, "k8s_ceph_storage_claim_interval": 1}
    (said,) = made.refused(("proof", {"k8s_ceph_storage_claim": "left", **quick}))
    # No driver runs here: the claim is waited for, the server's own event is told, and nothing stays.
    assert "is not bound after 2 s" in said and "rbd.csi.ceph.com" in said
    assert not made.cluster.api.get(f"{CLAIMS}/left")


@pytest.mark.slow
def test_a_class_is_made_anew_on_request(made: Storage) -> None:
    more = {"k8s_ceph_storage_pool": "ssd", "k8s_ceph_storage_class_recreate": True,
            "k8s_ceph_storage_client_key": ROTATED}  # fmt: skip
    assert changes(made.role(**more)) == 1
    assert made.cluster.api.get(CLASS)["parameters"]["pool"] == "ssd"
    assert changes(made.role(core="oldest", **more)) == 0


@pytest.mark.slow
def test_the_provisioner_of_2019_is_found_and_removed_when_no_volume_needs_it(made: Storage) -> None:
    send, get = made.cluster.api.send, made.cluster.api.get
    meta = {"namespace": "kube-system"}
    pods = {"labels": {"app": "rbd-provisioner"}}
    containers = [{"name": "rbd-provisioner", "image": "quay.io/external_storage/rbd-provisioner:latest"}]
    template = {"metadata": pods, "spec": {"serviceAccountName": "rbd-provisioner", "containers": containers}}
    send("POST", "/apis/apps/v1/namespaces/kube-system/deployments", {
        "metadata": {"name": "rbd-provisioner", **meta},
        "spec": {"replicas": 0, "selector": {"matchLabels": pods["labels"]}, "template": template},
    })  # fmt: skip
    accounts = "/api/v1/namespaces/kube-system/serviceaccounts"
    send("POST", accounts, {"metadata": {"name": "rbd-provisioner", **meta}})
    # Runs under the same account, and has in its environment what is nobody's business.
    words = [{"name": "PASSWORD", "value": "of-the-backup"}]
    backup = {"serviceAccountName": "rbd-provisioner", "restartPolicy": "Never",
              "containers": [{"name": "backup", "image": "backup:1", "env": words}]}  # fmt: skip
    send("POST", "/apis/batch/v1/namespaces/kube-system/cronjobs", {
        "metadata": {"name": "backup", **meta},
        "spec": {"schedule": "0 0 1 1 *", "jobTemplate": {"spec": {"template": {"spec": backup}}}},
    })  # fmt: skip
    secret = {"metadata": {"name": "ceph-secret", **meta}, "stringData": {"key": KEY}}
    send("POST", "/api/v1/namespaces/kube-system/secrets", secret)
    old = "/apis/storage.k8s.io/v1/storageclasses"
    user = {"metadata": {"name": "user-key", "namespace": "default"}, "type": "kubernetes.io/rbd",
            "stringData": {"key": KEY}}  # fmt: skip
    send("POST", "/api/v1/namespaces/default/secrets", user)
    secrets = {"adminSecretName": "ceph-secret", "adminSecretNamespace": "kube-system", "userSecretName": "user-key"}
    parameters = {"pool": "kube", **secrets}
    send("POST", old, {"metadata": {"name": "old"}, "provisioner": "ceph.com/rbd", "parameters": parameters})
    volumes = "/api/v1/persistentvolumes"
    source = {"monitors": ["192.168.207.201:6789"], "image": "kubernetes-dynamic-pvc-1", "pool": "kube"}
    send("POST", volumes, {"metadata": {"name": "pvc-old"}, "spec": {**VOLUME, "rbd": source}})
    (said,) = made.refused(("migrate", {"k8s_ceph_storage_migrate_remove": True}))
    assert "pvc-old (image kube/kubernetes-dynamic-pvc-1)" in said
    assert get(f"{old}/old")
    made.cluster.kubectl("delete", "pv", "pvc-old")
    removed = made.role("-vvv", entry="migrate", k8s_ceph_storage_migrate_remove=True)
    assert changes(removed) == 1
    assert KEY not in removed.output and "of-the-backup" not in removed.output
    assert get(f"{accounts}/rbd-provisioner")
    assert not get(f"{old}/old")
    assert not get("/apis/apps/v1/namespaces/kube-system/deployments/rbd-provisioner")
    assert not get("/api/v1/namespaces/kube-system/secrets/ceph-secret")
    assert not get("/api/v1/namespaces/default/secrets/user-key")
    assert get(CLASS)


@pytest.mark.slow
def test_it_goes_when_no_volume_needs_it_and_only_then(made: Storage) -> None:
    source = {"driver": "rbd.csi.ceph.com", "volumeHandle": "0001-0024-x"}
    volume = {**VOLUME, "storageClassName": "rbd", "csi": source}
    made.cluster.api.send("POST", "/api/v1/persistentvolumes", {"metadata": {"name": "pvc-new"}, "spec": volume})
    (said,) = made.refused(("absent", {}))
    assert "pvc-new" in said
    assert "k8s_ceph_storage_remove_used" in said
    assert made.cluster.api.get(CLASS)
    made.cluster.kubectl("delete", "pv", "pvc-new")
    assert changes(made.role(entry="absent")) > 3
    assert not made.cluster.api.get(CLASS)
    assert not made.get("deployments")
    assert not made.get("secrets")
    assert changes(made.role(entry="absent")) == 0
