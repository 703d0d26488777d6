"""The least that gets a claim bound, as somebody would type it: one pod of driver and provisioner, one class.

No second replica, no leader to be elected, no resizer or attacher, every permission. It has a driver's name of its own,
so that it works beside what role k8s_ceph_storage sets up.
"""

from __future__ import annotations

import base64
import json
from typing import Any

DRIVER, NAMESPACE, CLASS = "bare.csi.ceph.com", "bare", "bare"


def objects(fsid: str, monitors: list[str], pool: str, user: str, key: str, image: str) -> list[dict[str, Any]]:
    """The objects, in the order in which they can be created; `image` is the driver's, with its tag."""

    def thing(version: str, kind: str, name: str, **more: Any) -> dict[str, Any]:
        known = kind not in ("Namespace", "ClusterRoleBinding", "StorageClass", "CSIDriver")
        meta = {"name": name, **({"namespace": NAMESPACE} if known else {})}
        return {"apiVersion": version, "kind": kind, "metadata": meta, **more}

    sidecar = "registry.k8s.io/sig-storage/csi-provisioner:v5.3.0"
    socket = {"name": "socket", "mountPath": "/csi"}
    mounts = {"config": "/etc/ceph-csi-config", "kms": "/etc/ceph-csi-encryption-kms-config", "ceph": "/etc/ceph",
              "keys": "/tmp/csi/keys"}  # fmt: skip
    driver = {
        "name": "driver", "image": image,
        "args": ["--nodeid=bare", "--type=rbd", "--controllerserver=true", "--endpoint=unix:///csi/csi.sock",
                 f"--drivername={DRIVER}", "--v=5", "--pidlimit=-1"],
        "env": [{"name": "POD_NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}}],
        "volumeMounts": [socket, *({"name": name, "mountPath": path} for name, path in mounts.items())],
    }  # fmt: skip
    provisioner = {
        "name": "provisioner", "image": sidecar, "volumeMounts": [socket],
        "args": ["--csi-address=unix:///csi/csi.sock", "--timeout=150s", "--immediate-topology=false"],
    }  # fmt: skip
    volumes = [
        {"name": "socket", "emptyDir": {}}, {"name": "keys", "emptyDir": {}},
        {"name": "config", "configMap": {"name": "config"}}, {"name": "kms", "configMap": {"name": "kms"}},
        {"name": "ceph", "configMap": {"name": "ceph"}},
    ]  # fmt: skip
    labels = {"app": "bare"}
    pod = {"serviceAccountName": "default", "containers": [driver, provisioner], "volumes": volumes}
    secrets = {f"csi.storage.k8s.io/{what}-secret-{part}": value for what in ("provisioner", "controller-expand")
               for part, value in (("name", "secret"), ("namespace", NAMESPACE))}  # fmt: skip
    encoded = {name: base64.b64encode(text.encode()).decode() for name, text in (("userID", user), ("userKey", key))}
    config = json.dumps([{"clusterID": fsid, "monitors": monitors}])
    auth = "[global]\nauth_cluster_required = cephx\nauth_service_required = cephx\nauth_client_required = cephx\n"
    rights = {
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"kind": "ServiceAccount", "name": "default", "namespace": NAMESPACE}],
    }
    return [
        thing("v1", "Namespace", NAMESPACE),
        thing("v1", "ConfigMap", "config", data={"config.json": config}),
        thing("v1", "ConfigMap", "kms", data={"config.json": "{}"}),
        thing("v1", "ConfigMap", "ceph", data={"ceph.conf": auth, "keyring": ""}),
        thing("v1", "Secret", "secret", data=encoded),
        thing("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "bare", **rights),
        thing("storage.k8s.io/v1", "CSIDriver", DRIVER, spec={"attachRequired": False}),
        thing("apps/v1", "Deployment", "bare", spec={"replicas": 1, "selector": {"matchLabels": labels},
              "template": {"metadata": {"labels": labels}, "spec": pod}}),
        thing("storage.k8s.io/v1", "StorageClass", CLASS, provisioner=DRIVER, reclaimPolicy="Delete",
              parameters={"clusterID": fsid, "pool": pool, "imageFeatures": "layering", **secrets}),
    ]  # fmt: skip
