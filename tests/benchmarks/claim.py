"""From claim to Bound: the StorageClass and the Deployment of role k8s_ceph_storage against the least that works.

Both serve the same pool in the same lab at the same time, each with a driver's name of its own (bare_claim.py says what
the least is). A claim's time is from the request that makes it to the first look that finds it Bound, with a look every
20 ms. They are made in turns, after one of each that does not count.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import bare_claim
from tests.benchmarks.bench import Row, measure_play
from tests.labs.ceph import small
from tests.labs.kubernetes import Cluster, csi_driver, running

CLAIMS = "/api/v1/namespaces/default/persistentvolumeclaims"
SECONDS = 60


def bound(cluster: Cluster, storage_class: str, name: str) -> float:
    """Seconds until a claim of 1 GiB is Bound; it is deleted again."""
    spec = {"accessModes": ["ReadWriteOnce"], "storageClassName": storage_class,
            "resources": {"requests": {"storage": "1Gi"}}}  # fmt: skip
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": spec}
    begun = time.perf_counter()
    cluster.api.send("POST", CLAIMS, claim)
    while cluster.api.get(f"{CLAIMS}/{name}")["status"].get("phase") != "Bound":
        if time.perf_counter() - begun > SECONDS:
            raise SystemExit(f"A claim of class {storage_class} was not bound.\n{cluster.said()}")
        time.sleep(0.02)
    seconds = time.perf_counter() - begun
    cluster.api.send("DELETE", f"{CLAIMS}/{name}")
    return seconds


def prepare(cluster: Cluster, ceph: small.Ceph) -> None:
    """A pool and its user, and both ways to volumes in it."""
    ceph.run("osd", "pool", "create", "kube")
    ceph.run("pool", "init", "kube", program="rbd")
    caps = ["mon", "profile rbd", "osd", "profile rbd pool=kube", "mgr", "profile rbd pool=kube"]
    key = json.loads(ceph.run("auth", "get-or-create", "client.kube", *caps, "--format", "json"))[0]["key"]
    image = "quay.io/cephcsi/cephcsi:v3.12.2"
    bare = bare_claim.objects(ceph.fsid, ceph.monitors, "kube", "kube", key, image)
    cluster.kubectl("create", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": bare}))
    measure_play(
        [{"name": "storage", "ansible.builtin.include_role": {"name": "vcpp.vcloud.k8s_ceph_storage"}}],
        {"k8s_ceph_storage_kubeconfig": str(cluster.kubeconfig), "k8s_ceph_storage_cluster_id": ceph.fsid,
         "k8s_ceph_storage_monitors": ceph.monitors, "k8s_ceph_storage_client_key": key,
         "k8s_ceph_storage_release": "v3.12.2", "k8s_ceph_storage_wait_interval": 1},
    )  # fmt: skip
    cluster.kubectl("--namespace", bare_claim.NAMESPACE, "rollout", "status", "deployment/bare", "--timeout", "60s")


def rows(quick: bool) -> Iterator[Row]:
    """With ten claims each, or three."""
    with tempfile.TemporaryDirectory(prefix="vcpp-bench-") as folder:
        with small.running(Path(folder) / "ceph") as ceph, running(Path(folder) / "kubernetes") as cluster:
            cluster.csi(ceph)
            prepare(cluster, ceph)
            seconds: dict[str, list[float]] = {"rbd": [], bare_claim.CLASS: []}
            for turn in range(-1, 3 if quick else 10):
                for name, found in seconds.items():
                    taken = bound(cluster, name, f"{name}-{turn + 1}")
                    found += [taken] if turn >= 0 else []
    role, bare = (statistics.median(found) for found in seconds.values())
    detail = f"{role:.2f} s against {bare:.2f} s with {csi_driver()}"
    name = "a claim of 1 GiB until Bound, the role's class against the bare provisioner"
    yield Row(name, role / bare, 2, "lower", "x as long", detail)
